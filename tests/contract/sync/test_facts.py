"""Facts in: once each, in order, with their effects, whatever comes how often."""

import json
from typing import Any

import pytest

from edge.domain.facts import FactKind
from tests.contract.sync.site import Site
from tests.unit.erp_sync.chains import EARLY, HOUR, SIX, Chain


async def alarms(site: Site) -> str:
    return (await site.get("/metrics")).text


async def test_a_batch_is_acknowledged_with_its_hash_and_kept_to_the_byte(site: Site) -> None:
    chain = Chain()
    facts = [chain.count(), chain.state("APT", at=SIX), chain.count(2)]
    answer = await site.send(facts, watermark=SIX)
    assert answer.json() == {"epoch": 1, "acknowledged_seq": 3, "hash": chain.last}
    kept = (await site.get("edges/e1/facts", who="edge", after=0)).content
    assert kept == b'{"facts":[%b],"next":3}' % b",".join(facts)


async def test_duplicates_do_nothing_and_are_counted(site: Site) -> None:
    chain = Chain()
    facts = [chain.count(3), chain.count(4)]
    await site.sent(facts)
    answer = await site.send([*facts, chain.count(5)])
    assert answer.json()["acknowledged_seq"] == 3
    again = await site.send([])
    assert again.json()["acknowledged_seq"] == 3
    assert [item["position"] for item in await site.feed()] == [1, 2, 3]
    metrics = await alarms(site)
    assert 'taktline_sync_facts_received_total{edge="e1"} 3.0' in metrics
    assert 'taktline_sync_facts_duplicate_total{edge="e1"} 2.0' in metrics


async def test_a_gap_says_what_is_expected_and_takes_nothing(site: Site) -> None:
    chain = Chain()
    facts = [chain.count() for _ in range(4)]
    await site.sent(facts[:1])
    answer = await site.send([facts[1], facts[3]])
    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (409, "urn:taktline:problem:gap")
    assert problem["expected_seq"] == 2
    assert len(await site.feed()) == 1
    await site.sent(facts[1:])


async def test_the_same_key_with_other_content_is_an_alarm_and_recorded(site: Site) -> None:
    mine, other = Chain(), Chain()
    await site.sent([mine.count(1)])
    for _ in range(2):
        answer = await site.send([other.count(2)])
        assert answer.json()["type"] == "urn:taktline:problem:key-conflict"
        other = Chain()
    assert 'taktline_sync_alarms_total{edge="e1",kind="key-conflict"} 2.0' in await alarms(site)
    found = (await site.get("reconciliations/2026-06-08")).json()["findings"]
    assert sum(one["place"] == "edge e1" for one in found) == 1


async def test_a_chain_that_does_not_go_on_is_an_alarm(site: Site) -> None:
    mine, other = Chain(), Chain()
    await site.sent([mine.count(1)])
    other.count(2)
    answer = await site.send([other.count(1)])
    assert answer.json()["type"] == "urn:taktline:problem:chain-broken"


async def test_pieces_of_a_raw_range_are_booked_once(site: Site) -> None:
    chain = Chain()
    await site.sent([chain.count(5, raw=(100, 105)), chain.count(5, raw=(105, 110))])
    answer = await site.send([chain.count(10, raw=(100, 110))])
    problem = answer.json()
    assert problem["type"] == "urn:taktline:problem:overlapping-range"
    assert problem["facts"] == ["e1/1/2", "e1/1/3"]
    assert len(await site.feed()) == 2


async def test_a_wrap_and_a_quarantine_are_no_overlap(site: Site) -> None:
    chain = Chain()
    held = {"tag": "good", "counter_epoch": 1, "raw_from": 4, "raw_to": 900, "reason": "jump"}
    facts = [
        chain.count(10, raw=(65_530, 4)),
        chain.add(FactKind.QUARANTINE, held),
        chain.count(1, raw=(900, 901)),
        chain.count(896, raw=(4, 900)),
    ]
    await site.sent(facts)
    assert (await site.send([chain.count(896, raw=(4, 900))])).status_code == 409


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body: body.pop("role"),
        lambda body: body.update(hour="six"),
        lambda body: body.update(quantity=None),
    ],
)
async def test_a_malformed_fact_is_named_and_nothing_is_taken(site: Site, spoil: Any) -> None:
    chain = Chain()
    good = chain.count()
    body = json.loads(good)["body"]
    body |= {"raw_from": body["raw_to"], "raw_to": body["raw_to"] + 1}
    spoil(body)
    bad = chain.add(FactKind.PRODUCTION_COUNT, body, job="WO1.10")
    answer = await site.send([good, bad])
    assert answer.status_code == 422, answer.text
    assert "e1/1/2" in answer.json()["detail"]
    assert await site.feed() == []


async def test_what_is_no_fact_is_named_by_its_place(site: Site) -> None:
    chain = Chain(edge_id="e2")
    answer = await site.send([b'{"v":1}', chain.count(), b"7"])
    places = [fault["place"] for fault in answer.json()["errors"]]
    assert places == ["facts[0]", "facts[1]", "facts[2]"]


async def test_scrap_reclassifies_and_a_reason_alone_does_not(site: Site) -> None:
    chain = Chain()
    await site.sent(
        [
            chain.count(10),
            chain.scrap(3),
            chain.scrap(2, effect="reason_only"),
            chain.scrap(1, kind=FactKind.REWORK),
            chain.count(2, role="scrap"),
        ]
    )
    day = (await site.get("reconciliations/2026-06-08")).json()
    assert day["rows"][0]["recorded"] == {"good": 6, "scrap": 5}
    effects = [item["effects"] for item in await site.feed()]
    assert effects[2] == []
    assert effects[1] == [
        {
            "order": "WO1",
            "operation": 10,
            "production_day": "2026-06-08",
            "good": -3,
            "scrap": 3,
            "rework": 0,
        }
    ]


async def test_a_correction_moves_pieces_again_and_again(site: Site) -> None:
    chain = Chain()
    facts = [chain.count(10), chain.correction(1, {"job_order_id": "WO2.10"})]
    await site.sent([*facts, chain.correction(1, {"quantity": 7, "job_order_id": "WO3.10"})])
    rows = (await site.get("reconciliations/2026-06-08")).json()["rows"]
    recorded = {row["order"]: row["recorded"]["good"] for row in rows}
    assert recorded == {"WO1": 0, "WO2": 0, "WO3": 7}


async def test_pieces_outside_any_shift_belong_to_the_local_day(site: Site) -> None:
    chain = Chain()
    late = SIX + 17 * HOUR  # 23:00 local time, 21:00 UTC
    await site.sent([chain.count(1, at=late, calendar=None, job=None)])
    rows = (await site.get("reconciliations/2026-06-08")).json()["rows"]
    assert rows[0] | {"difference": 0} == {
        "order": None,
        "operation": None,
        "recorded": {"good": 1, "scrap": 0},
        "posted": {"good": 0, "scrap": 0},
        "booked": None,
        "difference": 0,
    }
    assert EARLY["production_day"] == "2026-06-08"
