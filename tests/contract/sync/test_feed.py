"""The feed: one order for all, immutable pages, cursors that know their feed."""

import asyncio
import json

from edge.domain.facts import FactKind
from erp_sync.endpoint.cursor import Cursor, decode
from tests.contract.sync.site import Site
from tests.unit.erp_sync.chains import EARLY, HOUR, SECOND, SIX, Chain

CALL = {"event": "called", "topic": "material", "note": ""}

LATE = {**EARLY, "shift": "late"}


async def test_items_are_facts_with_their_bytes_order_and_effects(site: Site) -> None:
    chain = Chain()
    fact = chain.count(3)
    await site.sent([fact])
    page = await site.get("operations-performance")
    assert fact in page.content
    assert page.json()["items"] == [
        {
            "position": 1,
            "id": "e1/1/1",
            "type": "fact",
            "order": "WO1",
            "operation": 10,
            "effects": [
                {
                    "order": "WO1",
                    "operation": 10,
                    "production_day": "2026-06-08",
                    "good": 3,
                    "scrap": 0,
                    "rework": 0,
                }
            ],
            "fact": json.loads(fact),
        }
    ]


async def test_full_pages_are_immutable_and_the_tip_is_not_kept(site: Site) -> None:
    chain = Chain()
    await site.sent([chain.count() for _ in range(5)])
    full = await site.get("operations-performance", limit=3)
    assert "no-cache" in full.headers["cache-control"]  # a feed made anew begins at the same URL
    assert not full.json()["complete"]
    second = await site.get("operations-performance", limit=2, after=full.json()["next"])
    assert "immutable" in second.headers["cache-control"]
    await site.sent([chain.count()])
    again = await site.get("operations-performance", limit=3)
    assert (again.content, again.headers["etag"]) == (full.content, full.headers["etag"])
    params, etag = {"limit": 3}, full.headers["etag"]
    for known in (f'"other", {etag}', f"W/{etag}", "*"):
        tag = {"if-none-match": known}
        same = await site.call("erp", "GET", "operations-performance", params=params, headers=tag)
        assert (same.status_code, same.content) == (304, b"")
    tip = await site.get("operations-performance", limit=9, after=full.json()["next"])
    assert (tip.headers["cache-control"], tip.json()["complete"]) == ("no-store", True)
    assert [item["position"] for item in tip.json()["items"]] == [4, 5, 6]


async def test_pages_of_any_size_give_the_same_items(site: Site) -> None:
    chain, other = Chain(), Chain(edge_id="e2")
    for _ in range(3):
        await site.sent([chain.count(), chain.state("APT", at=SIX)])
        await site.sent([other.count(), other.count()], edge="e2")
    whole = await site.feed()
    assert [item["position"] for item in whole] == list(range(1, 13))
    assert (
        await site.feed(limit=1) == await site.feed(limit=4) == await site.feed(limit=12) == whole
    )


async def test_kinds_are_filtered_and_bound_to_the_cursor(site: Site) -> None:
    chain = Chain()
    await site.sent([chain.count(), chain.state("APT", at=SIX), chain.scrap(1), chain.count()])
    some = await site.feed(kinds="scrap,production_count", limit=1)
    assert [item["position"] for item in some] == [1, 3, 4]
    cursor = (await site.get("operations-performance", kinds="scrap")).json()["next"]
    other = await site.get("operations-performance", kinds="production_count", after=cursor)
    assert (other.status_code, other.json()["type"][21:]) == (422, "cursor-of-another-filter")
    unknown = await site.get("operations-performance", kinds="scrapp")
    assert unknown.status_code == 422


async def test_a_cursor_of_a_restored_feed_is_gone(site: Site) -> None:
    chain = Chain()
    await site.sent([chain.count(), chain.count()])
    cursor = decode((await site.get("operations-performance")).json()["next"])
    other_store = Cursor("00000000", "fact", (), cursor.position, cursor.check)
    went_otherwise = Cursor(cursor.feed, "fact", (), cursor.position, "0" * 12)
    beyond = Cursor(cursor.feed, "fact", (), 99, cursor.check)
    for gone in (other_store, went_otherwise, beyond):
        answer = await site.get("operations-performance", after=gone.encode())
        assert answer.status_code == 410, answer.text
    assert (await site.get("operations-performance", after="nonsense")).status_code == 422


async def test_a_long_poll_wakes_when_facts_are_committed(site: Site) -> None:
    chain = Chain()
    await site.sent([chain.count()])
    cursor = (await site.get("operations-performance")).json()["next"]
    polls = [
        asyncio.create_task(site.get("operations-performance", after=cursor, wait=30))
        for _ in range(20)
    ]
    await asyncio.sleep(0)
    await site.sent([chain.count()])
    pages = [(await poll).json()["items"] for poll in polls]
    assert [[item["id"] for item in page] for page in pages] == [["e1/1/2"]] * 20


async def test_a_wait_that_times_out_is_empty_with_the_same_cursor(site: Site) -> None:
    cursor = (await site.get("operations-performance")).json()["next"]
    poll = asyncio.create_task(site.get("operations-performance", after=cursor, wait=0.2))
    page = (await poll).json()
    assert page == {"items": [], "next": cursor, "complete": True}


async def test_hours_are_sent_once_closed_and_corrected_later(site: Site) -> None:
    chain = Chain()
    first = [chain.count(5), chain.count(2, role="scrap"), chain.count(4, at=SIX + HOUR)]
    await site.sent(first, watermark=SIX + HOUR)
    assert await site.feed(by="hour") == []
    await site.sent([], watermark=SIX + HOUR + 1)
    six = {
        "position": 1,
        "id": "hour/1",
        "type": "hour",
        "order": "WO1",
        "operation": 10,
        "equipment_id": "L1",
        "hour": SIX,
        "good": 5,
        "scrap": 2,
        "rework": 0,
        "correction": False,
    }
    assert await site.feed(by="hour") == [six]
    await site.sent([chain.scrap(1)], watermark=SIX + 2 * HOUR)
    await site.sent([], watermark=SIX + 3 * HOUR)
    items = await site.feed(by="hour")
    assert items[1] == six | {
        "position": 2,
        "id": "hour/2",
        "good": -1,
        "scrap": 1,
        "correction": True,
    }
    assert (items[2]["hour"], items[2]["good"]) == (SIX + HOUR, 4)


async def test_what_changes_no_sum_of_an_hour_sends_nothing(site: Site) -> None:
    chain = Chain()
    await site.sent([chain.count(5)], watermark=SIX + 2 * HOUR)
    again = {"quantity": 5}
    await site.sent([chain.correction(1, again)], watermark=SIX + 2 * HOUR)
    assert [item["good"] for item in await site.feed(by="hour")] == [5]


async def test_a_shift_is_sent_when_the_next_has_begun(site: Site) -> None:
    chain = Chain()
    eight = SIX + 8 * HOUR
    await site.sent([chain.state("APT", at=SIX), chain.count(5)], watermark=eight + HOUR)
    assert await site.feed(by="shift") == []
    await site.sent([chain.state("APT", at=eight, calendar=LATE)], watermark=eight + HOUR)
    items = await site.feed(by="shift")
    assert [(one["shift"], one["production_day"], one["good"]) for one in items] == [
        ("early", "2026-06-08", 5)
    ]


async def test_an_order_is_sent_when_its_operation_has_ended(site: Site) -> None:
    chain = Chain()
    await site.sent([chain.job_event("started", "Running"), chain.count(5)], watermark=SIX + HOUR)
    assert await site.feed(by="order") == []
    six = chain.count(6)
    ended = chain.job_event("ended", "Ended", at=SIX + HOUR, version=2)
    await site.sent([six, ended], watermark=SIX + HOUR + SECOND)
    assert [(one["order"], one["good"]) for one in await site.feed(by="order")] == [("WO1", 11)]
    await site.sent([chain.count(1)], watermark=SIX + HOUR + SECOND)
    late = (await site.feed(by="order"))[1]
    assert (late["good"], late["correction"]) == (1, True)


async def test_facts_of_all_kinds_come_through(site: Site) -> None:
    chain = Chain()
    gap = {"from": SIX, "to": SIX + 1, "reason": "unreachable", "detail": ""}
    facts = [chain.add(FactKind.DATA_GAP, gap), chain.add(FactKind.ANDON, CALL)]
    await site.sent(facts)
    assert [item["effects"] for item in await site.feed()] == [[], []]
