"""Whenever the edge looks, and however long a plan takes: hours by which people work stay.

Moments in and between hours, before and after the shift, hours in which nothing is planned, looks
that come late, planners that are slow, documents, counts, people who release what waits.
"""

import asyncio
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from itertools import count as numbers
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.domain.hours import hour_start, next_hour
from edge.domain.orders import HourInstruction
from edge.domain.recording import Document, VersionConflict
from edge.execution.dispatch.frozen import AT_LATEST, IN_TIME
from edge.execution.figures.reports import compiled
from edge.planning.scenario.model import Scenario
from tests.integration.edge.floor_on_store import MINUTE, SIX
from tests.integration.edge.replanned import HOUR, ZONE, PlannerHere
from tests.integration.edge.test_api import act
from tests.integration.edge.test_plan_versions import Planner, planner
from tests.integration.edge.test_replanning import counted
from tests.unit.execution.floor_parts import order, schedule

SECOND = MINUTE // 60
CENTERS = ("L1", "L2")
A_PIECE = 5 * SECOND // 2
KEYS = numbers()
Kept = dict[tuple[str, int], list[HourInstruction]]


@dataclass(frozen=True, kw_only=True)
class Step:
    """So many seconds pass; then orders come, are counted, or are released; then the edge looks,
    and a plan takes `takes` seconds."""

    passes: int
    orders: tuple[tuple[int, int], ...] | None  # quantity and priority of each
    counted: int
    takes: int
    releases: bool


@dataclass
class Slow(PlannerHere):
    """Plans, and the plant's clock goes on meanwhile."""

    it: Planner
    takes: int = 0

    async def solve(self, scenario: Scenario, *, proofs: int | None = None) -> dict[str, Any]:
        found = await super().solve(scenario, proofs=proofs)
        self.it.here.clock.plant += self.takes * SECOND
        return found


@dataclass
class Watched:
    """A floor that plans, and what its hours said before each look."""

    it: Planner
    frozen_hours: int

    @property
    def now(self) -> int:
        return self.it.here.clock.now()

    def hours(self) -> Kept:
        found: Kept = {}
        for center in CENTERS:
            rows = self.it.here.store.reader.instructions(center, SIX - 40 * HOUR, 2**60)
            for row in rows:
                found.setdefault((center, row.hour), []).append(row)
        return found

    async def look(self) -> None:
        """As the loop does; a plan that came too late is made again at the next look."""
        before, began, version = self.hours(), self.now, self.it.version
        with suppress(VersionConflict):
            await self.it.replanner.look()
        self._check(before, began, version)

    async def release(self) -> None:
        """A person releases what waits, if it is not too old."""
        waits = self.it.here.rooms.plans.reader.open_proposal()
        if waits is None:
            return
        before, began, version = self.hours(), self.now, self.it.version
        path = f"/plan/proposals/{waits.proposal}/release"
        answer = await act(self.it.client, path, f"r{next(KEYS)}")
        assert answer.status_code in {201, 409}, answer.text
        self._check(before, began, version)

    def _check(self, before: Kept, began: int, version: int) -> None:
        after, hour = self.hours(), hour_start(began, ZONE)
        fresh = began - hour <= IN_TIME
        until = hour
        for _ in range(self.frozen_hours + (not fresh)):
            until = next_hour(until, ZONE)
        free = not any(hour <= at < until for _, at in before)
        for center, at in {*before, *after}:
            was, now = before.get((center, at), []), after.get((center, at), [])
            if was == now:
                continue
            assert at >= hour, "an hour of the past"
            assert free or at >= until, "a frozen hour"
            if was:
                assert self.now - at <= AT_LATEST, "an hour by which people work"
            new = [row for row in now if row.plan > version]
            if at == hour:
                self._fits(center, new, hour if fresh else began)

    def _fits(self, center: str, rows: list[HourInstruction], start: int) -> None:
        """The hour that runs asks for no more than fits behind `start`."""
        end = next_hour(start, ZONE)
        time = compiled(self.it.here.floor.work_centers[center], start, end)
        work = sum(row.quantity * A_PIECE + row.setup_s * SECOND for row in rows)
        assert work <= time.worked(start, end) + A_PIECE, "planned into the past"


def documents(revision: int, orders: tuple[tuple[int, int], ...]) -> Document:
    """A month of these orders; the more urgent the sooner they are due."""
    wanted = [
        order(f"WO{place}", place + 1, quantity)
        | {"priority": priority, "due": f"2026-06-{19 - priority:02}T14:00:00+02:00"}
        for place, (quantity, priority) in enumerate(orders)
    ]
    return schedule(revision, *wanted)


ORDERS = st.lists(st.tuples(st.integers(1, 6_000), st.integers(1, 9)), max_size=4).map(tuple)
# Just before, at and just after the start of an hour, and anywhere.
PASSES = st.one_of(
    st.integers(0, 60),
    st.integers(0, 6 * 3_600),
    st.integers(0, 6).flatmap(
        lambda hours: st.integers(-150, 330).map(lambda at: max(hours * 3_600 + at, 0))
    ),
)
STEPS = st.builds(
    Step,
    passes=PASSES,
    orders=st.one_of(st.none(), ORDERS, ORDERS),
    counted=st.integers(0, 300),
    takes=st.one_of(st.just(0), st.integers(0, 30), st.integers(301, 1_200)),
    releases=st.booleans(),
)


async def _run(steps: list[Step], starts: int, frozen_hours: int, ask: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with planner(Path(folder), ask_above_s=ask, frozen_hours=frozen_hours) as it:
            slow = it.replanner._planner = Slow(it)
            it.here.clock.plant = SIX + starts * SECOND
            watched = Watched(it, frozen_hours)
            await watched.look()
            for revision, step in enumerate(steps, start=2):
                it.here.clock.plant += step.passes * SECOND
                if step.orders is not None:
                    await it.here.take(documents(revision, step.orders))
                    it.replanner.wake()
                job = it.here.floor.register.jobs.get("WO0.10")
                if step.counted and job is not None and job.left > step.counted:
                    hour = hour_start(watched.now, ZONE)
                    await it.here.record(counted("WO0.10", step.counted, hour))
                slow.takes = 0
                if step.releases:
                    await watched.release()
                slow.takes = step.takes
                await watched.look()
            slow.takes = 0
            await watched.look()


@settings(max_examples=12, deadline=None)
@given(
    steps=st.lists(STEPS, min_size=2, max_size=6),
    starts=st.integers(-5 * 3_600, 7 * 3_600),
    frozen_hours=st.integers(0, 3),
    ask=st.sampled_from([0, 8 * 3_600, 10**9]),
)
def test_no_hour_that_has_begun_or_is_frozen_changes_and_nothing_is_planned_into_the_past(
    steps: list[Step], starts: int, frozen_hours: int, ask: int
) -> None:
    asyncio.run(_run(steps, starts, frozen_hours, ask))


@pytest.mark.longer
@pytest.mark.timeout(600)
@settings(max_examples=300, deadline=None)
@given(
    steps=st.lists(STEPS, min_size=3, max_size=9),
    starts=st.integers(-5 * 3_600, 7 * 3_600),
    frozen_hours=st.integers(0, 3),
    ask=st.sampled_from([0, 8 * 3_600, 10**9]),
)
def test_nor_in_many_more_days(steps: list[Step], starts: int, frozen_hours: int, ask: int) -> None:
    asyncio.run(_run(steps, starts, frozen_hours, ask))
