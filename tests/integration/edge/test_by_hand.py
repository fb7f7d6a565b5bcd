"""Lines without a signal: people say what they do, and report by hour what they made."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from edge.collection.equipment import Machines
from edge.collection.settings import WorkCenterSettings
from edge.domain.equipment import EquipmentUnreachable
from edge.domain.facts import FactKind, decode
from edge.domain.states import StateInterval
from edge.domain.vocabulary import JobState, TimeClass
from edge.storage.verify import verify
from tests.contract.fact_schema import check
from tests.integration.edge.floor_on_store import CALENDAR, MINUTE, SIX, Site, site
from tests.integration.edge.sync_between import link_of, sync_at
from tests.integration.edge.test_api import API, act, api
from tests.integration.edge.test_quarantines import sent
from tests.unit.execution.floor_parts import order, schedule

HOUR = 60 * MINUTE


@dataclass
class Bench:
    """A work center without a device on a real store, and its API."""

    here: Site
    client: httpx.AsyncClient
    machines: Machines

    async def job(self, action: str, version: int, key: str = "") -> None:
        done = await act(
            self.client, f"/job-orders/WO1.10/{action}", key or action, version=version
        )
        assert done.status_code == 201, done.text

    async def report(self, key: str, hour: int = SIX, **body: Any) -> httpx.Response:
        content = {"good": 0, "scrap": 0, "hour": hour, **body}
        return await act(self.client, "/job-orders/WO1.10/quantities", key, **content)

    async def at(self, time: int) -> None:
        self.here.clock.plant = time
        await self.machines.collectors["L1"].tick()

    def made(self, hour: int = SIX) -> tuple[int, int]:
        rows = self.here.store.reader.hour_quantities("L1", hour, hour + 1)
        return sum(row.good for row in rows), sum(row.scrap for row in rows)

    def states(self) -> list[StateInterval]:
        return list(self.here.store.reader.state_intervals("L1", 0, self.here.clock.plant + 1))

    def classes(self) -> list[tuple[int, str]]:
        """Time class from which minute after six on."""
        return [((one.start - SIX) // MINUTE, one.time_class) for one in self.states()]


def machines_of(here: Site) -> Machines:
    centers = [
        WorkCenterSettings(id=id_, device=None, calendar=CALENDAR, zone=CALENDAR.zone)
        for id_ in ("L1", "L2")
    ]
    return Machines(
        [],
        centers,
        writer=here.store,
        evidence=here.store.reader,
        jobs=here.floor.register,
        clock=here.clock,
    )


@asynccontextmanager
async def bench(folder: Path) -> AsyncIterator[Bench]:
    async with site(folder) as here:
        machines = machines_of(here)
        here.floor.equipment = machines
        here.floor.work_centers = {
            id_: replace(one, device=None, manual=True)
            for id_, one in here.floor.work_centers.items()
        }
        await machines.start()
        try:
            async with api(here) as client:
                yield Bench(here, client, machines)
        finally:
            await machines.stop()


async def test_the_state_is_what_people_say(tmp_path: Path) -> None:
    async with bench(tmp_path) as one:
        await one.at(SIX + 10 * MINUTE)
        await one.at(SIX + 15 * MINUTE)
        await one.job("start", 1)
        await one.at(SIX + 20 * MINUTE)
        await one.job("interrupt", one.here.floor.job("WO1.10").version)
        await one.at(SIX + 25 * MINUTE)
        await one.job("resume", one.here.floor.job("WO1.10").version)
        await one.at(SIX + 5 * HOUR)
        assert one.classes() == [
            (10, TimeClass.ADOT),
            (15, TimeClass.APT),
            (20, TimeClass.ADET),
            (25, TimeClass.APT),
            (240, TimeClass.APT_OUTSIDE),
            (270, TimeClass.APT),
        ]
        [stop] = one.here.store.reader.stops("L1", SIX, SIX + HOUR)
        assert (stop.start, stop.end) == (SIX + 20 * MINUTE, SIX + 25 * MINUTE)
        board = (await one.client.get(f"{API}/work-centers/L1/board")).json()
        assert (board["state"]["quality"], board["counting"]) == ("by_hand", "manual")
        assert board["kpis"]["coverage"] == "0.966667"  # nobody said anything before 06:10
        for fact in one.here.store.reader.facts_after(0, 1000):
            if fact.kind in {FactKind.EQUIPMENT_STATE, FactKind.JOB_ORDER_EVENT}:
                check(fact.data)


async def test_an_edge_that_was_off_goes_on_from_what_was_said(tmp_path: Path) -> None:
    async with bench(tmp_path) as one:
        await one.job("start", 1)
        await one.machines.stop()
        one.here.clock.plant = SIX + 9 * HOUR
        again = machines_of(one.here)
        await again.start()
        await again.collectors["L1"].tick()
        await again.stop()
        assert one.classes()[-2:] == [(270, TimeClass.APT), (480, TimeClass.APT_OUTSIDE)]
        assert TimeClass.UNKNOWN not in {state.time_class for state in one.states()}
        with pytest.raises(PermissionError):
            await again.write("L1", {"command": 1}, actor="x")


async def test_pieces_are_reported_by_hour_and_add_up(tmp_path: Path) -> None:
    async with bench(tmp_path) as one:
        await one.job("start", 1)
        await one.at(SIX + 70 * MINUTE)
        assert (await one.report("a", good=40, scrap=2, reason="burr")).status_code == 201
        assert (await one.report("b", good=5)).status_code == 201
        assert (await one.report("c", SIX + HOUR, good=7)).status_code == 201
        assert (await one.report("d", good=-3, scrap=-1)).status_code == 201
        assert (await one.report("a", good=40, scrap=2, reason="burr")).status_code == 201
        found = await one.client.get(f"{API}/quality/defects?work_center=L1")
        [defect] = found.json()["items"]  # what is taken back is no defect either
        assert (defect["kind"], defect["reason"], defect["quantity"]) == ("scrap", "burr", 1)
        assert (one.made(), one.made(SIX + HOUR)) == ((42, 1), (7, 0))
        one.here.floor.register.reload()
        job = one.here.floor.job("WO1.10")
        assert (job.good, job.scrap) == (49, 1)
        board = (await one.client.get(f"{API}/work-centers/L1/board")).json()
        hours = {hour["label"]: (hour["actual"], hour["scrap"]) for hour in board["hours"]}
        assert hours["06:00+02:00"] == (42, 1)
        rows = one.here.store.reader.hour_quantities("L1", SIX, SIX + 2 * HOUR)
        whose = [(row.shift, row.production_day, row.run_time_per_item) for row in rows]
        assert whose == [("early", "2026-06-08", "5/2")] * 2
        counts = [
            decode(fact.data)
            for fact in one.here.store.reader.facts_after(0, 1000)
            if fact.kind == FactKind.PRODUCTION_COUNT
        ]
        ends = [(fact.body["raw_from"], fact.body["raw_to"]) for fact in counts]
        assert ends == [(0, 40), (40, 42), (42, 47), (47, 54), (54, 57), (57, 58)]
        await one.here.store.rebuild()
        assert one.made() == (42, 1)
        assert verify(tmp_path / "edge.sqlite").whole


async def test_more_than_the_cycle_allows_is_asked_back(tmp_path: Path) -> None:
    async with bench(tmp_path) as one:  # 2.5 s a piece; at 06:20 there is room for 480, and one
        await one.job("start", 1)
        await one.at(SIX + 20 * MINUTE)
        assert (await one.report("a", good=400)).status_code == 201
        much = await one.report("b", good=82)
        assert much.status_code == 409
        assert (much.json()["type"], much.json()["confirm"]) == (
            "urn:taktline:problem:implausible",
            True,
        )
        assert "room for 81" in much.json()["detail"]
        assert (await one.report("b", good=82, confirm=True)).status_code == 201
        assert one.made() == (482, 0)


async def test_what_just_fits_into_the_hour_is_believed(tmp_path: Path) -> None:
    async with bench(tmp_path) as one:
        await one.job("start", 1)
        await one.at(SIX + 20 * MINUTE)
        assert (await one.report("a", good=481)).status_code == 201
        assert (await one.report("b", good=1)).status_code == 409


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"good": 0}, 422, "nothing to report"),
        ({"good": 1, "reason": "burr"}, 422, "no scrap"),
        ({"scrap": 1, "reason": "moths"}, 422, "not known"),
        ({"good": -1}, 422, "only 0 were reported"),
        ({"good": 1, "hour": SIX - HOUR}, 422, "was worked on from"),
        ({"good": 1, "hour": SIX + HOUR}, 422, "was worked on from"),
        ({"good": 1, "version": 9}, 409, "look again"),
        ({"good": 1.5}, 422, "good"),
    ],
)
async def test_what_cannot_be_is_refused_with_words(
    tmp_path: Path, body: dict[str, Any], status: int, words: str
) -> None:
    async with bench(tmp_path) as one:
        await one.job("start", 1)
        before = one.here.store.reader.chain_end()
        answer = await one.report("k", **body)
        assert (answer.status_code, words in answer.text) == (status, True), answer.text
        assert one.here.store.reader.chain_end() == before


async def test_a_job_has_no_pieces_before_its_start_and_has_them_after_its_end(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path) as one:
        early = await one.report("a", good=1)
        assert (early.status_code, "was not started" in early.text) == (409, True)
        await one.job("start", 1)
        await one.at(SIX + 20 * MINUTE)
        assert (await one.report("b", good=1)).status_code == 201
        await one.job("complete", one.here.floor.job("WO1.10").version)
        await one.at(SIX + 3 * HOUR)
        assert (await one.report("c", good=9)).status_code == 201
        assert one.made() == (10, 0)
        assert one.here.floor.register.outdated
        assert (await one.report("d", SIX + HOUR, good=1)).status_code == 422


async def completed(one: Bench, key: str = "c", **more: Any) -> httpx.Response:
    version = one.here.floor.job("WO1.10").version
    return await act(one.client, "/job-orders/WO1.10/complete", key, version=version, **more)


def state(one: Bench, id_: str) -> JobState:
    one.here.floor.register.reload()
    return one.here.floor.job(id_).state


async def test_an_end_with_nothing_reported_is_asked_back(tmp_path: Path) -> None:
    async with bench(tmp_path) as one:
        await one.job("start", 1)
        await one.at(SIX + 20 * MINUTE)
        before = one.here.store.reader.chain_end()
        asked = await completed(one)
        assert (asked.status_code, asked.json()["confirm"]) == (409, True)
        assert asked.json()["type"] == "urn:taktline:problem:nothing-reported"
        assert "operation 20 would have no input" in asked.json()["detail"]
        assert one.here.store.reader.chain_end() == before
        assert (await one.report("r", good=4)).status_code == 201
        assert (await completed(one)).status_code == 201
        assert state(one, "WO1.20") == JobState.ALLOWED_TO_START


async def test_pieces_reported_after_the_end_make_the_next_operation_available_again(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path) as one:
        await one.job("start", 1)
        await one.at(SIX + 20 * MINUTE)
        assert (await completed(one, confirm=True)).status_code == 201
        assert state(one, "WO1.20") == JobState.ABORTED
        assert (await one.report("s", scrap=2)).status_code == 201
        assert state(one, "WO1.20") == JobState.ABORTED
        late = [await one.report("r", good=5) for _ in range(2)]
        assert [answer.status_code for answer in late] == [201, 201]
        assert state(one, "WO1.20") == JobState.ALLOWED_TO_START
        assert one.here.floor.job("WO1.20").ended_at is None
        assert one.here.floor.register.limit(one.here.floor.job("WO1.20")) == 5
        facts = [decode(fact.data) for fact in one.here.store.reader.facts_after(0, 1000)]
        events = [
            fact
            for fact in facts
            if fact.kind == FactKind.JOB_ORDER_EVENT and fact.job_order_id == "WO1.20"
        ]
        assert [fact.body["event"] for fact in events] == ["created", "aborted", "created"]
        check(one.here.store.reader.facts_after(events[-1].seq - 1, 1)[0].data)
        assert verify(tmp_path / "edge.sqlite").whole


async def test_an_order_that_was_cut_is_not_brought_back_by_a_late_report(tmp_path: Path) -> None:
    async with bench(tmp_path) as one:
        await one.job("start", 1)
        await one.at(SIX + 20 * MINUTE)
        assert (await completed(one, confirm=True)).status_code == 201
        await one.here.take(schedule(2, order("WO2", 2)))
        assert (await one.report("r", good=5)).status_code == 201
        assert state(one, "WO1.20") == JobState.ABORTED


async def test_a_correction_that_finds_good_pieces_makes_the_next_operation_available_again(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path) as one:
        await one.job("start", 1)
        await one.at(SIX + 20 * MINUTE)
        said = (await one.report("r", good=5)).json()["seq"]
        assert (await one.report("s", good=-5)).status_code == 201
        assert (await completed(one, confirm=True)).status_code == 201
        assert state(one, "WO1.20") == JobState.ABORTED
        body = {"changes": {"quantity": 8}, "note": "counted again"}
        done = await act(one.client, f"/facts/{said}/corrections", "k", **body)
        assert done.status_code == 201, done.text
        assert state(one, "WO1.20") == JobState.ALLOWED_TO_START


async def test_where_a_counter_counts_nobody_reports_good_pieces(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        await act(client, "/job-orders/WO1.10/start", "s", version=1)
        body = {"hour": SIX, "good": 1, "scrap": 0}
        answer = await act(client, "/job-orders/WO1.10/quantities", "k", **body)
        assert (answer.status_code, "counts its pieces by plc_L1" in answer.text) == (409, True)


async def test_two_people_at_once_and_one_twice(tmp_path: Path) -> None:
    async with bench(tmp_path) as one:
        await one.job("start", 1)
        await one.at(SIX + 50 * MINUTE)
        asked = [one.report(f"{person}{turn}", good=1) for person in "ab" for turn in range(10)]
        twice = [one.report(f"a{turn}", good=1) for turn in range(10)]
        answers = await asyncio.gather(*asked, *twice)
        # One that comes again while it is being worked on is told to wait.
        assert {answer.status_code for answer in answers[:20]} <= {201, 409}
        assert one.made() == (20, 0)


async def test_a_real_sync_books_what_was_reported(tmp_path: Path) -> None:
    (tmp_path / "sync").mkdir()
    async with bench(tmp_path) as one, sync_at(tmp_path / "sync") as sync:
        await one.job("start", 1)
        await one.at(SIX + 50 * MINUTE)
        for key, good in enumerate((30, -4, 9, -9, 1)):
            assert (await one.report(str(key), good=good, scrap=max(good, 0))).status_code == 201
        link = link_of(one.here.store, sync.url)
        await link.greet(5.0)
        running = asyncio.create_task(link.run())
        try:
            await sent(one.here)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await link.client.close()
        day = await asyncio.to_thread(booked, tmp_path / "sync" / "sync.sqlite")
        assert day == (*one.made(), 0)


def booked(path: Path) -> tuple[int, int, int]:
    """Good and scrap in a sync store's ledger, and its alarms."""
    import contextlib
    import sqlite3

    with contextlib.closing(sqlite3.connect(path)) as db:
        good, scrap = db.execute("SELECT sum(good), sum(scrap) FROM entry").fetchone()
        return good, scrap, db.execute("SELECT count(*) FROM alarm").fetchone()[0]


async def test_nothing_can_be_read_or_written_by_force(tmp_path: Path) -> None:
    async with bench(tmp_path) as one:
        shown = await one.machines.force_reading("L1")
        assert (shown.state, shown.raws) == (4, {})
        with pytest.raises((PermissionError, EquipmentUnreachable)):
            await one.machines.write("L1", {"order_setpoint": 1}, actor="x")
