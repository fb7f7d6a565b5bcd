"""Documents for edges that know more than a store that was put back from a backup."""

from tests.contract.sync.site import Site, definition, order, schedule

MAY = "operations-schedules/MAY"
HINGE = "operations-definitions/HINGE-60/A"


async def test_an_edge_that_is_ahead_of_a_restored_store_gets_every_document(site: Site) -> None:
    await site.put(HINGE, definition())
    await site.put(MAY, schedule(order()))
    path, kinds = "edges/e1/downlink", ["operations_definition", "operations_schedule"]
    known = (await site.get(path, who="edge")).json()["items"]
    assert [item["kind"] for item in known] == kinds
    # It holds a document at 5, which was given out before the store was put back.
    anew = (await site.get(path, who="edge", after=5, sha256="lost")).json()["items"]
    assert [(item["position"], item["kind"]) for item in anew] == [(6, kinds[0]), (7, kinds[1])]
    assert [item["content"] for item in anew] == [item["content"] for item in known]
    # Another edge stands where documents were, and is not given them for ever.
    other = (await site.get("edges/e2/downlink", who="edge", after=2, sha256="x")).json()["items"]
    assert [item["position"] for item in other] == [6, 7]
    last = {"after": 7, "sha256": anew[1]["sha256"]}
    assert (await site.get(path, who="edge", **last)).json()["items"] == []
    await site.put(MAY, schedule(order(quantity=7), revision=2))
    [revised] = (await site.get(path, who="edge", **last)).json()["items"]
    assert (revised["position"], revised["revision"]) == (8, "2")


async def test_an_edge_that_holds_another_document_at_its_last_position_gets_all(
    site: Site,
) -> None:
    await site.put(HINGE, definition())
    await site.put(MAY, schedule(order()))
    query = {"after": 2, "sha256": "what stood here before the store was put back"}
    anew = (await site.get("edges/e1/downlink", who="edge", **query)).json()["items"]
    assert [item["position"] for item in anew] == [3, 4]
