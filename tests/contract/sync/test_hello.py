"""Hello: go on, restore in the next epoch, or stop on a fork."""

from typing import Any

from tests.contract.sync.site import Site
from tests.unit.erp_sync.chains import Chain


async def hello(site: Site, chain: Chain, **other: Any) -> Any:
    said = {
        "store_id": "a",
        "epoch": chain.epoch,
        "last_seq": chain.seq,
        "last_hash": chain.last,
        "version": "0.1.0",
        **other,
    }
    return await site.call("edge", "POST", "edges/e1/hello", json=said)


async def test_a_new_edge_goes_on_in_its_epoch(site: Site) -> None:
    answer = await hello(site, Chain())
    assert answer.json() == {
        "epoch": 1,
        "acknowledged_seq": 0,
        "acknowledged_hash": "",
        "action": "continue",
    }


async def test_an_edge_that_is_ahead_goes_on_and_its_backlog_is_known(site: Site) -> None:
    chain = Chain()
    await site.sent([chain.count()])
    for _ in range(3):
        chain.count()
    answer = await hello(site, chain)
    assert (answer.json()["action"], answer.json()["acknowledged_seq"]) == ("continue", 1)
    waiting = (await site.get("reconciliations/2026-06-08")).json()["waiting"]
    assert waiting["edges"] == 3


async def test_a_restored_store_gets_its_facts_and_the_next_epoch(site: Site) -> None:
    chain, restored = Chain(), Chain()
    facts = [chain.count() for _ in range(5)]
    restored.count()
    await site.sent(facts)
    answer = (await hello(site, restored)).json()
    assert (answer["action"], answer["epoch"], answer["acknowledged_seq"]) == ("restore", 2, 5)
    back = (await site.get("edges/e1/facts", who="edge", after=1, limit=3)).json()
    assert ([fact["seq"] for fact in back["facts"]], back["next"]) == ([2, 3, 4], 4)
    assert (await site.send([chain.count()], epoch=1)).status_code == 409
    going_on = Chain(epoch=2, seq=5, last=Chain().last)
    going_on.last = answer["acknowledged_hash"]
    going_on.raws = {("L1", "good"): 65_005}
    await site.sent([going_on.count()], epoch=2)
    assert (await site.feed())[-1]["id"] == "e1/2/6"


async def test_each_restore_has_an_epoch_of_its_own(site: Site) -> None:
    chain = Chain()
    await site.sent([chain.count(), chain.count()])
    epochs = [(await hello(site, Chain())).json()["epoch"] for _ in range(3)]
    assert epochs == [2, 3, 4]


async def test_a_fork_is_refused_and_recorded(site: Site) -> None:
    chain, other = Chain(), Chain()
    await site.sent([chain.count(1), chain.count(1)])
    other.count(2)
    answer = await hello(site, other)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:taktline:problem:fork")
    text = (await site.get("/metrics")).text
    assert 'taktline_sync_alarms_total{edge="e1",kind="fork"} 1.0' in text


async def test_the_old_box_is_told_after_another_was_restored(site: Site) -> None:
    old, restored = Chain(), Chain()
    await site.sent([old.count()])
    await hello(site, restored)
    old.count()
    assert (await hello(site, old)).json()["type"] == "urn:taktline:problem:fork"


async def test_facts_of_the_epoch_before_follow_in_the_new_one(site: Site) -> None:
    """An edge that comes to a new sync store sends its epochs in order."""
    chain = Chain()
    facts = [chain.count()]
    chain.epoch = 3
    facts.append(chain.count())
    await hello(site, chain)
    await site.sent(facts, epoch=3)
    assert [item["id"] for item in await site.feed()] == ["e1/1/1", "e1/3/2"]


async def test_a_store_that_was_put_back_is_noticed_and_consumers_say_again_what_was_lost(
    site: Site,
) -> None:
    """The edge was told of 4 facts; sync holds 2, and acknowledgements went with the others."""
    chain = Chain()
    await site.sent([chain.count(), chain.count()])
    before = (await site.get("operations-performance")).json()["next"]
    assert (await hello(site, chain, acknowledged_seq=2)).status_code == 200
    assert (await site.get("operations-performance", after=before)).status_code == 200
    later = [chain.count(), chain.count()]
    answer = (await hello(site, chain, acknowledged_seq=4)).json()
    assert (answer["action"], answer["acknowledged_seq"]) == ("continue", 2)
    await site.sent(later)
    gone = await site.get("operations-performance", after=before)
    assert (gone.status_code, gone.json()["type"]) == (410, "urn:taktline:problem:cursor-gone")
    page = (await site.get("operations-performance")).json()
    assert [item["id"] for item in page["items"]] == [f"e1/1/{seq}" for seq in (1, 2, 3, 4)]
    assert (await site.get("operations-performance", after=page["next"])).status_code == 200
