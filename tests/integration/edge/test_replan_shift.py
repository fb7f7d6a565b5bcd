"""A shift with late operators, a breakdown and scrap: what was released, made and is left add up.

At every plan, for every operation: good pieces + what the hour that runs still owes + the hours
that follow = what the order wants. Hours that have begun stay as they were released.
"""

import asyncio
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil
from pathlib import Path
from random import Random
from typing import Any

import pytest

from edge.domain.facts import Source
from edge.domain.hours import hour_start, next_hour
from edge.domain.orders import HourInstruction, JobOrder, job_order_id
from edge.domain.recording import VersionConflict
from edge.domain.vocabulary import FINAL_JOB_STATES, JobState
from edge.execution.figures.reports import compiled
from tests.integration.edge.floor_on_store import MINUTE, SIX
from tests.integration.edge.replanned import HOUR, ZONE, Planning, planning
from tests.unit.execution.floor_parts import definition, order, schedule

STEP = 3  # minutes
A_MINUTE = Fraction(24)  # pieces by the routing


@dataclass
class Shift:
    """Machines that work by the plan, as well as they can; and what was released."""

    one: Planning
    rates: dict[str, Fraction]
    done: dict[str, Fraction] = field(default_factory=dict)
    released: dict[tuple[str, int], list[HourInstruction]] = field(default_factory=dict)
    whys: list[str] = field(default_factory=list)

    @property
    def now(self) -> int:
        return self.one.here.clock.now()

    def rows(self, center: str) -> list[HourInstruction]:
        return self.one.rows(center)

    async def work(self, center: str, *, up: bool) -> None:
        """A step of a work center: it starts what is next, makes what it can, ends what is done."""
        floor = self.one.here.floor
        job = floor.register.running_job(center)
        coming = self.one.replanner.next_job(center) if job is None and up else None
        if coming is not None and coming.left:
            await self.one.start(coming.id)
            await self.one.shows("APT", center, coming.id)
        job = floor.register.running_job(center)
        if job is None:
            return
        if up and self._open(center):
            self.done[center] = self.done.get(center, Fraction(0)) + self.rates[center] * STEP
        pieces = int(self.done.get(center, 0))
        self.done[center] = self.done.get(center, Fraction(0)) - pieces
        room = job.left
        if (limit := floor.register.limit(job)) is not None:
            room = min(room, max(limit - job.good - job.scrap, 0))
        await self.one.makes(job.id, min(pieces, room), center=center)
        job = floor.job(job.id)
        if not job.left:
            await floor.change(job, "complete", None, source=Source.SYSTEM, actor="t")

    def _open(self, center: str) -> bool:
        floor = self.one.here.floor
        return compiled(floor.work_centers[center], self.now, self.now).is_working(self.now - 1)

    async def look(self) -> None:
        """Let the edge look, and hold what it released against what was made."""
        hour = hour_start(self.now, ZONE)
        if not await self.one.look():
            return
        self.whys += self.one.why
        for center in ("L1", "L2"):
            for row in self.rows(center):
                if row.hour < self.one.made[-1].valid_from:
                    self._stays(center, row.hour)
        for job in self.one.here.floor.register.jobs.values():
            self._adds_up(job, hour)

    def _stays(self, center: str, hour: int) -> None:
        """An hour that had begun is as it was when it began."""
        rows = [row for row in self.rows(center) if row.hour == hour]
        known = self.released.setdefault((center, hour), rows)
        assert rows == known, (center, hour)

    def _adds_up(self, job: JobOrder, hour: int) -> None:
        if job.state in FINAL_JOB_STATES:
            return
        valid_from = self.one.made[-1].valid_from
        mine = [
            row
            for center in ("L1", "L2")
            for row in self.rows(center)
            if (row.order, row.operation) == (job.order, job.operation)
        ]
        coming = sum(row.quantity for row in mine if row.hour >= valid_from)
        if valid_from > hour:  # the hour that runs stays, and owes what was not made of it
            owed = sum(self._owed(row) for row in mine if row.hour == hour)
            assert job.good + owed + coming == max(job.quantity, job.good + owed), job.id
        else:  # planned anew from the hour's start on: its own pieces count against it
            quantities = self.one.here.store.reader.hour_quantities(
                job.work_center, hour, hour + HOUR
            )
            inside = sum(row.good for row in quantities if row.job_order_id == job.id)
            assert job.good - inside + coming == job.quantity, job.id

    def _owed(self, row: HourInstruction) -> int:
        """What is still to come of an hour that was released: what it says less what was made in
        it, as far as its work center has time for it, what is on it first."""
        rest = self._worked_s(row.work_center, self.now, next_hour(row.hour, ZONE))
        rows = [one for one in self.rows(row.work_center) if one.hour == row.hour]
        on = self.one.here.floor.register.running_job(row.work_center)
        for one in sorted(rows, key=lambda one: not (on and on.order == one.order)):
            job = self.one.here.floor.job(job_order_id(one.order, one.operation))
            wanted = max(one.quantity - self._made(job, row.hour), 0)
            if wanted and job.started_at is None:
                rest -= one.setup_s
            can = ceil(max(rest, Fraction(0)) * A_MINUTE / 60)
            if one == row:
                return min(wanted, can)
            begun = job.started_at is not None  # the piece in work is taken to be nearly done
            rest -= Fraction(max(min(wanted, can) - begun, 0) * 60) / A_MINUTE
        raise AssertionError(row)

    def _made(self, job: JobOrder, hour: int) -> int:
        reader = self.one.here.store.reader
        rows = reader.hour_quantities(job.work_center, hour, hour + HOUR)
        return sum(row.good + row.scrap + row.rework for row in rows if row.job_order_id == job.id)

    def _worked_s(self, center: str, start: int, stop: int) -> Fraction:
        """Working time without what it is known to stand still for."""
        floor, basis = self.one.here.floor, self.one.replanner.watch.basis
        assert basis is not None
        calendar = compiled(floor.work_centers[center], self.now, self.now)
        lost = sum(
            calendar.worked(max(start, one.start), min(stop, one.end))
            for one in basis.situation.closed().get(center, [])
            if max(start, one.start) < min(stop, one.end)
        )
        return Fraction(calendar.worked(start, stop) - lost, 1_000_000)


@pytest.mark.parametrize("seed", [1, 2])
async def test_what_was_released_made_and_is_left_adds_up_all_the_shift(
    tmp_path: Path, seed: int
) -> None:
    random = Random(seed)
    late = random.randrange(20, 45, STEP)
    down = random.randrange(100, 200, STEP)
    up_again = down + random.randrange(30, 70, STEP)
    scrap = random.randrange(330, 400, STEP)
    documents = (
        definition(),
        schedule(1, order("WO1", quantity=4_000), order("WO2", 2, quantity=3_000)),
    )
    async with planning(tmp_path, documents) as one:
        rates = {"L1": A_MINUTE * random.randrange(80, 101) / 100, "L2": A_MINUTE}
        shift = Shift(one, rates)
        for minute in range(12, 480, STEP):
            one.at(minute)
            is_down = down <= minute < up_again
            if minute in {down, down + 1, down + 2}:
                await one.shows("ADET", "L1", _on(one, "L1"))
            if minute in {up_again, up_again + 1, up_again + 2}:
                await one.shows("APT", "L1", _on(one, "L1"))
            await shift.work("L1", up=minute >= late and not is_down)
            await shift.work("L2", up=True)
            if minute in range(scrap, scrap + STEP) and (pressed := _on(one, "L1")):
                await one.makes(pressed, 250, role="scrap")
            await shift.look()
        assert {"plan.because_behind", "plan.because_down", "plan.because_open"} <= set(shift.whys)
        assert "plan.because_hour" in shift.whys
        assert len(shift.whys) < 40, shift.whys
        for job in one.here.floor.register.jobs.values():
            assert job.good <= job.quantity or job.state is JobState.ENDED
        assert one.rows()[-1].hour >= SIX + MINUTE


async def test_what_an_operation_made_before_it_ended_in_this_hour_goes_on(tmp_path: Path) -> None:
    documents = (definition(), schedule(1, order("WO1", quantity=1_000)))
    async with planning(tmp_path, documents) as one:
        await one.start("WO1.10")
        one.at(59)
        await one.makes("WO1.10", 990)
        one.at(61)
        await one.makes("WO1.10", 5)  # of 7; two were scrap
        await one.makes("WO1.10", 2, role="scrap")
        floor = one.here.floor
        job = floor.job("WO1.10")
        await floor.change(job, "complete", None, source=Source.SYSTEM, actor="t")
        one.at(62)
        assert await one.look()
        assert one.why == ["plan.because_hour"]
        assert sum(row.quantity for row in one.rows("L2") if row.hour >= SIX + HOUR) == 995


async def test_a_count_that_comes_while_hours_are_read_is_planned_once(tmp_path: Path) -> None:
    documents = (definition(), schedule(1, order("WO1", quantity=4_000)))
    async with planning(tmp_path, documents) as one:
        await one.start("WO1.10")
        one.at(59)
        await one.makes("WO1.10", 1_000)
        one.at(62)
        reader, loop = one.here.floor.reader, asyncio.get_running_loop()
        read, late = reader.hour_quantities, [9]

        def counted_meanwhile(center: str, start: int, end: int) -> Any:
            if late and center == "L1" and start == SIX + HOUR:
                makes = one.makes("WO1.10", late.pop())
                asyncio.run_coroutine_threadsafe(makes, loop).result(30)
            return read(center, start, end)

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(reader, "hour_quantities", counted_meanwhile)
            # Collection records beside the loop: what is in memory does not know of it yet.
            patched.setattr(one.here.floor.register, "reload", lambda: None)
            assert await one.look()
        assert (one.why, late) == (["plan.because_hour"], [])
        assert sum(row.quantity for row in one.rows() if row.hour >= SIX + HOUR) == 3_000


async def test_counts_that_never_rest_while_hours_are_read_postpone_the_plan(
    tmp_path: Path,
) -> None:
    documents = (definition(), schedule(1, order("WO1", quantity=4_000)))
    async with planning(tmp_path, documents) as one:
        await one.start("WO1.10")
        version = one.replanner.plan.version
        one.at(62)
        reader, loop = one.here.floor.reader, asyncio.get_running_loop()
        read = reader.hour_quantities

        def always_one_more(center: str, start: int, end: int) -> Any:
            if center == "L1" and start == SIX + HOUR:
                asyncio.run_coroutine_threadsafe(one.makes("WO1.10", 1), loop).result(30)
            return read(center, start, end)

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(reader, "hour_quantities", always_one_more)
            with pytest.raises(VersionConflict, match="counts came faster"):
                await one.look()
        assert one.replanner.plan.version == version
        one.replanner.wake()  # as the loop does after a plan that was postponed
        await one.look()
        assert one.replanner.plan.version > version


def _on(one: Planning, center: str) -> str | None:
    job = one.here.floor.register.running_job(center)
    return job.id if job else None
