"""KPIs on the edge and at the sync service: the same figures, to the digit."""

from dataclasses import replace
from datetime import time
from pathlib import Path
from typing import Any

from edge.domain.calendars import ShiftPattern, WorkCalendar
from edge.domain.facts import FactDraft, FactKind, Source
from edge.execution.figures.reports import shift_for, shift_report
from tests.contract.sync.site import site_at
from tests.integration.edge.floor_on_store import MINUTE, SIX, Site, site
from tests.integration.edge.test_api import API, act, api

HOUR = 60 * MINUTE
HALF_PAST = WorkCalendar(
    "half", "Europe/Berlin", (ShiftPattern("early", frozenset(range(5)), time(6, 30), time(14)),)
)
EARLY = {"id": "day", "revision": "1", "shift": "early", "production_day": "2026-06-08"}


def state(at: int, time_class: str) -> FactDraft:
    body = {"state": 6, "mode": 1, "fault": None, "time_class": time_class}
    return FactDraft(
        kind=FactKind.EQUIPMENT_STATE,
        occurred_at=at,
        equipment_id="L1",
        source=Source.PLC,
        body=body | {"calendar": EARLY, "reason": "state"},
    )


def count(hour: int, quantity: int, raw: int, role: str = "good") -> FactDraft:
    body = {
        "role": role,
        "quantity": quantity,
        "tag": role,
        "counter_epoch": 1,
        "raw_from": raw,
        "raw_to": raw + quantity,
        "from": hour,
        "to": hour + MINUTE,
        "hour": hour,
        "flags": [],
        "run_time_per_item": "7/3",
        "calendar": EARLY,
    }
    return FactDraft(
        kind=FactKind.PRODUCTION_COUNT,
        occurred_at=hour + MINUTE,
        equipment_id="L1",
        source=Source.PLC,
        job_order_id="WO1.10",
        body=body,
    )


async def an_hour_and_a_half(here: Site) -> None:
    await here.record(
        state(SIX, "ASUT"),
        state(SIX + 7 * MINUTE, "APT"),
        count(SIX, 1111, 0),
        count(SIX, 7, 0, role="scrap"),
        state(SIX + 61 * MINUTE, "ADET"),
        state(SIX + 77 * MINUTE, "APT"),
        count(SIX + HOUR, 321, 1111),
    )
    here.clock.advance(80 * 60)


async def test_edge_and_sync_give_the_same_figures_to_the_digit(tmp_path: Path) -> None:
    (tmp_path / "edge").mkdir()
    async with site(tmp_path / "edge") as here, api(here) as edge, site_at(tmp_path) as sync:
        await an_hour_and_a_half(here)
        facts = [fact.data for fact in here.store.reader.facts_after(0, 100)]
        await sync.sent(facts, watermark=SIX + 90 * MINUTE)
        for by in ("hour", "shift", "day", "week", "span"):
            for start, end in ((SIX, SIX + HOUR), (SIX + 11, SIX + 70 * MINUTE), (SIX, SIX + 99)):
                span: dict[str, Any] = {"from": start, "to": end, "by": by}
                there = (await sync.get("kpis", **span, equipment="L1")).json()["items"]
                query = span | {"work_center": "L1"}
                found = (await edge.get(f"{API}/kpis", params=query)).json()["items"]
                assert found == there
                assert there[0]["elements"]["good_quantity"] >= 1111


async def test_the_first_day_of_a_work_center_begins_with_its_first_state(tmp_path: Path) -> None:
    (tmp_path / "edge").mkdir()
    async with site(tmp_path / "edge") as here, api(here) as edge, site_at(tmp_path) as sync:
        await an_hour_and_a_half(here)
        facts = [fact.data for fact in here.store.reader.facts_after(0, 100)]
        await sync.sent(facts, watermark=SIX + 90 * MINUTE)
        day: dict[str, Any] = {"from": SIX, "to": SIX + HOUR, "by": "day"}
        found = (await edge.get(f"{API}/kpis", params=day | {"work_center": "L1"})).json()["items"]
        there = (await sync.get("kpis", **day, equipment="L1")).json()["items"]
        for [item] in (found, there):
            assert (item["from"], item["coverage"]) == (SIX, "1.000000")
            assert item["elements"]["planned_busy_time"] == 90 * MINUTE
            assert item["kpis"]["oee"] is not None
        night: dict[str, Any] = {"from": SIX - HOUR, "to": SIX, "by": "hour"}
        there = (await sync.get("kpis", **night, equipment="L1")).json()["items"]
        answer = await edge.get(f"{API}/kpis", params=night | {"work_center": "L1"})
        assert answer.json()["items"] == there == []


async def test_a_shift_that_begins_within_an_hour_has_that_hours_pieces(tmp_path: Path) -> None:
    async with site(tmp_path) as here:
        await here.record(state(SIX + 30 * MINUTE, "APT"), count(SIX, 300, 0))
        work_center = replace(here.floor.work_centers["L1"], calendar=HALF_PAST)
        now = SIX + 45 * MINUTE
        shift = shift_for(work_center, now)
        assert shift is not None
        report = shift_report(here.floor.live, work_center, shift, now)
        assert report is not None
        elements: Any = report["elements"]
        assert elements["good_quantity"] == 300
        assert elements["planned_busy_time"] == 15 * MINUTE


async def test_scrap_found_after_the_shift_counts_where_the_pieces_were_made(
    tmp_path: Path,
) -> None:
    async with site(tmp_path) as here, api(here) as client:
        await act(client, "/job-orders/WO1.10/start", "k1", version=1)
        await here.record(count(SIX, 30, 0), count(SIX + HOUR, 4, 30))
        here.clock.advance(20 * 3600)
        answer = await act(client, "/job-orders/WO1.10/scrap", "k2", quantity=7, reason="burr")
        assert answer.status_code == 201, answer.text
        again = await act(client, "/job-orders/WO1.10/scrap", "k2", quantity=7, reason="burr")
        assert again.json() == answer.json()
        rows = here.store.reader.hour_quantities("L1", SIX, SIX + 48 * HOUR)
        assert [(row.hour, row.good, row.scrap, row.production_day) for row in rows] == [
            (SIX, 27, 3, "2026-06-08"),
            (SIX + HOUR, 0, 4, "2026-06-08"),
        ]
        assert {row.run_time_per_item for row in rows} == {"7/3"}


async def test_a_line_is_its_constraint_or_the_sum_of_its_work_centers(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as edge:
        await an_hour_and_a_half(here)
        centers = {id_: replace(one, line="A") for id_, one in here.floor.work_centers.items()}
        here.floor.work_centers = centers
        span: dict[str, Any] = {"from": SIX, "to": SIX + HOUR, "by": "hour"}

        async def planned(**query: str) -> int:
            answer = await edge.get(f"{API}/kpis", params={**span, **query})
            [item] = answer.json()["items"]
            elements: dict[str, int] = item["elements"]
            return elements["planned_busy_time"]

        assert await planned(work_center="L1") == HOUR
        assert await planned(line="A") == 2 * HOUR  # L2 was not seen: unknown, and planned
        centers["L1"] = replace(centers["L1"], constraint=True)
        assert await planned(line="A") == HOUR
        unknown = await edge.get(f"{API}/kpis", params={**span, "line": "B"})
        assert unknown.status_code == 404
