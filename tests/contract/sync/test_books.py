"""What consumers say they did, and the three books compared to the piece."""

from typing import Any

import pytest

from tests.contract.sync.site import Site
from tests.contract.sync.test_hello import hello
from tests.unit.erp_sync.chains import EARLY, HOUR, SIX, Chain

DAY = "2026-06-08"
ERP = "consumers/erp"
LATE = {**EARLY, "shift": "late"}


async def acknowledge(site: Site, *ids: str, **other: Any) -> Any:
    said = {"status": "posted", "document": "MB-1", **other}
    return await site.put(
        f"{ERP}/acknowledgements", {"items": [{"id": one, **said} for one in ids]}
    )


async def booked(site: Site, good: int, scrap: int = 0, after: str | None = None) -> None:
    line = {"order": "WO1", "operation": 10, "good": good, "scrap": scrap}
    answer = await site.put(f"{ERP}/books/{DAY}", {"items": [line], "after": after})
    assert answer.status_code == 200, answer.text


async def reconciled(site: Site) -> dict[str, Any]:
    answer: dict[str, Any] = (await site.get(f"reconciliations/{DAY}", consumer="erp")).json()
    return answer


async def test_acknowledgements_are_taken_once(site: Site) -> None:
    chain = Chain()
    await site.sent([chain.count(), chain.count()])
    first = await acknowledge(site, "e1/1/1", "e1/1/2")
    assert first.json() == {"accepted": 2, "unchanged": 0}
    assert (await acknowledge(site, "e1/1/1", "e1/1/2")).json() == {"accepted": 0, "unchanged": 2}
    rejected = {"status": "rejected", "document": None, "reason": "no such order"}
    assert (await acknowledge(site, "e1/1/1", **rejected)).json()["accepted"] == 1


async def test_unknown_ids_are_named_and_none_is_taken(site: Site) -> None:
    chain = Chain()
    await site.sent([chain.count()])
    answer = await acknowledge(site, "e1/1/1", "e1/1/2", "e1/2/1", "hour/1", "x", "//1")
    places = [fault["place"] for fault in answer.json()["errors"]]
    assert places == [f"items[{at}].id" for at in range(1, 6)]
    assert (await reconciled(site))["waiting"]["consumers"] == 1


@pytest.mark.parametrize(
    "item",
    [
        {"status": "posted"},
        {"status": "rejected"},
        {"status": "done", "document": "1"},
        {"status": "posted", "document": "1", "reason": "x"},
        {"status": "posted", "document": "1", "colour": "red"},
        {"status": "posted", "document": 1},
    ],
)
async def test_a_malformed_acknowledgement_is_refused(site: Site, item: dict[str, Any]) -> None:
    chain = Chain()
    await site.sent([chain.count()])
    answer = await site.put(f"{ERP}/acknowledgements", {"items": [{"id": "e1/1/1", **item}]})
    assert answer.status_code == 422, answer.text


async def test_a_day_without_differences_is_complete(site: Site) -> None:
    chain = Chain()
    eight = SIX + 8 * HOUR
    facts = [chain.state("APT", at=SIX), chain.count(10), chain.scrap(2)]
    facts.append(chain.state("OFF", at=eight, calendar=None, job=None))
    await site.sent(facts, watermark=SIX + 48 * HOUR)
    other = Chain(edge_id="e2")
    away = other.state("OFF", at=SIX, calendar=None, job=None)
    await site.sent([away], edge="e2", watermark=SIX + 48 * HOUR)
    await acknowledge(site, "e1/1/2", "e1/1/3")
    await booked(site, 8, 2)
    assert await reconciled(site) == {
        "day": DAY,
        "complete": True,
        "rows": [
            {
                "order": "WO1",
                "operation": 10,
                "recorded": {"good": 8, "scrap": 2},
                "posted": {"good": 8, "scrap": 2},
                "booked": {"good": 8, "scrap": 2},
                "difference": 0,
            }
        ],
        "pieces": 10,
        "difference": 0,
        "waiting": {"edges": 0, "consumers": 0},
        "findings": [],
    }
    chain.count(1)  # the edge has it, and says so when it starts again
    await hello(site, chain)
    found = await reconciled(site)
    assert (found["complete"], found["waiting"]["edges"]) == (False, 1)


async def test_what_is_not_posted_or_booked_otherwise_is_a_difference(site: Site) -> None:
    chain = Chain()
    await site.sent([chain.count(10), chain.count(5), chain.count(3, job="WO2.10")])
    await acknowledge(site, "e1/1/1", "e1/1/3")
    await booked(site, 20)
    found = await reconciled(site)
    assert [row["difference"] for row in found["rows"]] == [5 + 10, 3]
    assert (found["difference"], found["waiting"]["consumers"], found["complete"]) == (18, 1, False)
    places = [finding["place"] for finding in found["findings"]]
    assert places == ["WO1/10", "WO1/10", "WO2/10"]


async def test_books_are_compared_up_to_where_they_reach(site: Site) -> None:
    chain = Chain()
    await site.sent([chain.count(10)])
    cursor = (await site.get("operations-performance")).json()["next"]
    await acknowledge(site, "e1/1/1")
    await booked(site, 10, after=cursor)
    await site.sent([chain.count(7)])
    await acknowledge(site, "e1/1/2")
    assert (await reconciled(site))["difference"] == 0


async def test_a_rejected_item_is_a_finding(site: Site) -> None:
    chain = Chain()
    await site.sent([chain.count(10)])
    await acknowledge(site, "e1/1/1", status="rejected", document=None, reason="order closed")
    found = await reconciled(site)
    assert found["difference"] == 10
    assert any("order closed" in finding["message"] for finding in found["findings"])
    assert found["waiting"]["consumers"] == 0


@pytest.mark.parametrize("by", ["hour", "shift", "order"])
async def test_a_consumer_of_grouped_items_posts_all_pieces(site: Site, by: str) -> None:
    chain = Chain()
    eight = SIX + 8 * HOUR
    facts = [chain.state("APT", at=SIX), chain.job_event("started", "Running")]
    facts += [chain.count(5), chain.count(4, at=SIX + HOUR), chain.count(1, role="scrap")]
    facts += [chain.job_event("ended", "Ended", at=SIX + 2 * HOUR)]
    facts += [chain.state("APT", at=eight, calendar=LATE, job=None)]
    await site.sent(facts, watermark=eight + HOUR)
    await site.sent([chain.scrap(2)], watermark=eight + 2 * HOUR)
    items = await site.feed(by=by)
    assert items[-1]["correction"]
    await acknowledge(site, *(item["id"] for item in items[:-1]))
    before = await reconciled(site)
    assert before["rows"][0]["posted"] == {"good": 9, "scrap": 1}
    assert (before["difference"], before["waiting"]["consumers"]) == (4, 1)
    await acknowledge(site, items[-1]["id"])
    assert (await reconciled(site))["rows"][0]["posted"] == {"good": 7, "scrap": 3}


async def test_several_consumers_must_be_told_apart(site: Site) -> None:
    await booked(site, 1)
    assert (await site.get(f"reconciliations/{DAY}")).status_code == 200
    await site.put(f"consumers/wms/books/{DAY}", {"items": []})
    assert (await site.get(f"reconciliations/{DAY}")).status_code == 422
    assert (await site.get(f"reconciliations/{DAY}", consumer="wms")).status_code == 200


async def test_books_name_each_operation_once_and_a_real_day(site: Site) -> None:
    line = {"order": "WO1", "operation": 10, "good": 1, "scrap": 0}
    twice = await site.put(f"{ERP}/books/{DAY}", {"items": [line, line]})
    no_day = await site.put(f"{ERP}/books/2026-13-01", {"items": []})
    half = await site.put(f"{ERP}/books/{DAY}", {"items": [line | {"good": 0.5}]})
    assert [one.status_code for one in (twice, no_day, half)] == [422, 422, 422]


async def test_a_day_that_holds_only_what_was_taken_back_has_books_too(site: Site) -> None:
    chain = Chain()
    corrected = {**EARLY, "production_day": "2026-06-09"}
    facts = [chain.count(10), chain.count(-1, calendar=corrected)]
    await site.sent(facts, watermark=SIX + HOUR)
    await acknowledge(site, "e1/1/1", "e1/1/2")
    line = {"order": "WO1", "operation": 10, "good": -1, "scrap": 0}
    kept = await site.put(f"{ERP}/books/2026-06-09", {"items": [line]})
    assert kept.status_code == 200, kept.text
    answer = (await site.get("reconciliations/2026-06-09", consumer="erp")).json()
    [row] = answer["rows"]
    assert (row["booked"], row["difference"]) == ({"good": -1, "scrap": 0}, 0)
