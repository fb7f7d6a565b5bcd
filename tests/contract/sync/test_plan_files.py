"""Month plans as files over HTTP: what would change is told before, and only then it is done."""

from typing import Any

from tests.contract.sync.site import Site, definition, order, schedule
from tests.unit.erp_sync.planfiles.books import HEADER, XLSX, book

JUNE = "operations-schedules/2026-06"
DUE = "2026-06-10 14:00"
NOTHING: dict[str, Any] = {"head": [], "new": [], "moved": [], "changed": [], "removed": []}


async def send(site: Site, data: bytes, **query: str) -> Any:
    await site.put("operations-definitions/HINGE-60/A", definition())
    return await site.call(
        "planner", "PUT", JUNE, params=query, content=data, headers={"content-type": XLSX}
    )


def plan(*rows: tuple[Any, ...]) -> bytes:
    return book([(*HEADER, "customer", "priority"), *rows])


async def documents(site: Site) -> list[str]:
    items = (await site.get("edges/e1/downlink", who="edge")).json()["items"]
    return [f"{one['id']}/{one['revision']}" for one in items]


async def test_a_workbook_is_the_same_schedule_as_json(site: Site) -> None:
    row = ("WO1", "HINGE-60", "A", 800, DUE, "ACME", 3)
    first = await send(site, plan(row), revision="1")
    assert first.status_code == 201, first.text
    assert (await site.put(JUNE, schedule(order()))).status_code == 200
    # The floor gets it, and plans by it.
    items = (await site.get("edges/e1/downlink", who="edge")).json()["items"]
    assert items[-1]["content"]["orders"][0]["quantity"] == 800


async def test_a_dry_run_tells_the_difference_and_keeps_nothing(site: Site) -> None:
    one = ("WO1", "HINGE-60", "A", 800, DUE, "ACME", 3)
    two = ("WO2", "HINGE-60", "A", 100, DUE, "ACME", 3)
    three = ("WO3", "HINGE-60", "A", 50, DUE, "ACME", 3)
    empty = (await send(site, plan(one, two, three), revision="next", dry_run="true")).json()
    assert empty["before"] is None
    assert [new["id"] for new in empty["difference"]["new"]] == ["WO1", "WO2", "WO3"]
    assert await documents(site) == ["HINGE-60/A"]
    await send(site, plan(one, two, three), revision="next")

    less = plan(one, (*two[:3], 120, "2026-06-11", "=1+1", 3), ("WO4", *one[1:]))
    told = await send(site, less, revision="next", dry_run="true")
    assert told.status_code == 200
    found = told.json()
    assert (found["before"], found["revision"], found["new"]) == ("1", "2", True)
    difference = found["difference"]
    assert [new["id"] for new in difference["new"]] == ["WO4"]
    assert difference["changed"] == [
        {
            "id": "WO2",
            "made": None,
            "changes": [
                {"field": "quantity", "from": 100, "to": 120},
                {
                    "field": "due",
                    "from": "2026-06-10T14:00:00+02:00",
                    "to": "2026-06-12T00:00:00+02:00",
                },
                {"field": "customer", "from": "ACME", "to": "0"},
            ],
        }
    ]
    assert [(gone["id"], gone["quantity"]) for gone in difference["removed"]] == [("WO3", 50)]
    assert difference["same"] == 1
    assert await documents(site) == ["HINGE-60/A", "2026-06/1"]


async def test_the_same_file_again_is_no_new_revision(site: Site) -> None:
    row = ("WO1", "HINGE-60", "A", 800, DUE, "ACME", 3)
    assert (await send(site, plan(row), revision="next")).status_code == 201
    again = await send(site, plan(row), revision="next")
    assert (again.status_code, again.json()["revision"]) == (200, "1")
    told = (await send(site, plan(row), revision="next", dry_run="true")).json()
    assert told["difference"] == NOTHING | {"same": 1}
    assert told["new"] is False
    assert (await send(site, plan(("WO2", *row[1:])), revision="next")).json()["revision"] == "2"


async def test_an_order_of_another_schedule_is_told_to_move(site: Site) -> None:
    await site.put("operations-definitions/HINGE-60/A", definition())
    await site.put("operations-schedules/2026-05", schedule(order("WO9")))
    row = ("WO9", "HINGE-60", "A", 800, DUE, "ACME", 3)
    told = (await send(site, plan(row), revision="next", dry_run="true")).json()
    assert told["difference"]["moved"] == [{"id": "WO9", "schedule": "2026-05"}]
    assert told["difference"]["new"] == []


async def test_a_dry_run_is_refused_as_the_plan_would_be(site: Site) -> None:
    faulty = plan(("WO1", "HINJE", "A", 0, "soon", "ACME", 3))
    dry = await send(site, faulty, revision="1", dry_run="true")
    real = await send(site, faulty, revision="1")
    assert dry.status_code == real.status_code == 422
    assert dry.json()["errors"] == real.json()["errors"]
    assert [one["place"] for one in dry.json()["errors"]] == [
        "Plan!E2 (due)",
        "Plan!D2 (quantity)",
        "Plan!B2 (product)",
    ]
    odd = await send(site, faulty, dry_run="maybe")
    assert odd.json()["errors"][0]["place"] == "query dry_run"
    assert await documents(site) == ["HINGE-60/A"]


async def test_a_dry_run_of_json_and_of_an_old_revision(site: Site) -> None:
    await site.put("operations-definitions/HINGE-60/A", definition())
    assert (await site.put(JUNE, schedule(order(), revision=2))).status_code == 201
    told = (await site.put(f"{JUNE}?dry_run=true", schedule(order(quantity=7), revision=3))).json()
    assert told["difference"]["changed"][0]["changes"] == [
        {"field": "quantity", "from": 800, "to": 7}
    ]
    old = await site.put(f"{JUNE}?dry_run=true", schedule(order(quantity=7)))
    assert (old.status_code, old.json()["type"][21:]) == (409, "older-revision")


async def test_the_plan_in_force_is_given_as_json_and_as_files(site: Site) -> None:
    assert (await site.get(JUNE)).status_code == 404
    empty = await site.get(JUNE, format="csv", language="zh")
    assert (empty.status_code, empty.headers["x-orders"]) == (200, "0")
    assert "订单号" in empty.text
    row = ("WO1", "HINGE-60", "A", 800, DUE, "ACME", 3)
    assert (await send(site, plan(row), revision="next")).status_code == 201
    said = (await site.get(JUNE)).json()
    assert (said["revision"], said["orders"][0]["id"]) == (1, "WO1")
    dotted = await site.get(JUNE, format="csv", dates="dotted")
    assert dotted.headers["content-type"].startswith("text/csv")
    assert "10.06.2026 14:00" in dotted.text
    assert "changes revision,1" in dotted.text
    book_ = await site.get(JUNE, format="xlsx")
    again = await send(site, book_.content, revision="next", dry_run="true")
    assert again.json()["difference"] == NOTHING | {"same": 1}
    assert (await site.get(JUNE, who="reader")).status_code == 403
    odd = await site.get(JUNE, format="pdf")
    assert odd.status_code == 422
