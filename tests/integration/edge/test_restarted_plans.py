"""Whenever an edge is started again, it plans what it would have planned without that.

At random moments of a shift the store is copied as a kill leaves it. An edge over the copy must
bring into force what the one that went on does, byte for byte, with the same proposal; where that
has nothing new to plan, its version stays. Then the copy goes on in its place.
"""

import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest

from edge.domain.faults import Fault
from edge.domain.pace import ReplanRules
from edge.domain.plan_versions import ReleaseRules
from edge.domain.recording import Document
from edge.execution.dispatch.looking import Looking
from edge.execution.dispatch.releasing import Releasing
from edge.execution.dispatch.replanning import Replanner
from edge.execution.errors import NotAllowed
from edge.execution.promising.joining import join
from edge.execution.quality.holds import Placing
from edge.planning.errors import ScenarioInvalid
from edge.planning.promises.adviser import Adviser
from tests.integration.edge.floor_on_store import MINUTE, SIX, site
from tests.integration.edge.replanned import PlannerHere, Planning
from tests.integration.edge.test_replan_triggers import by
from tests.unit.execution.floor_parts import definition, order, schedule

ORDERS = ("WO1", "WO2", "WO3", "WO4")
RULES = ReplanRules(off_pace=0)


class AdviserHere:
    """The adviser without its process."""

    def __init__(self) -> None:
        self._adviser = Adviser()

    async def ask(self, question: Any) -> dict[str, Any]:
        answer = self._adviser.answer(question)
        if "faults" in answer:
            raise ScenarioInvalid(tuple(Fault.of(fault) for fault in answer["faults"]))
        return answer

    async def close(self) -> None:
        pass


def orders_document(revision: int, wanted: Mapping[str, tuple[int, int]]) -> Document:
    """Orders of 1,500 pieces; of each its due day of June and its priority."""
    return schedule(
        revision,
        *(
            order(id_, place, 1_500)
            | {"due": f"2026-06-{day:02}T12:00:00+02:00", "priority": priority}
            for place, (id_, (day, priority)) in enumerate(wanted.items(), start=1)
        ),
    )


@asynccontextmanager
async def edge(
    folder: Path, at: int, ask_above_s: int, orders: Document
) -> AsyncIterator[Planning]:
    """An edge that was started now over what lies in a folder; `orders` is the last document."""
    folder.mkdir(exist_ok=True)
    async with site(folder, documents=(definition(), orders)) as here:
        here.clock.plant = at
        looking = Looking(here.floor, RULES, holds=here.rooms.quality.holds)
        rules = ReleaseRules(ask_above_s=ask_above_s, keep=3)
        releasing = Releasing(here.floor, here.rooms.plans.reader, rules)
        replanner = Replanner(here.floor, PlannerHere(), looking, releasing)
        here.rooms.plans.releasing = releasing
        here.rooms.plans.wake = replanner.wake
        here.rooms.promises.finding.adviser = AdviserHere()
        join(here.rooms, replanner, here.floor)
        yield Planning(here, replanner)


@dataclass
class Shift:
    """What happens, drawn; the same for whoever goes on."""

    dice: Random
    wanted: dict[str, tuple[int, int]] = field(
        default_factory=lambda: dict.fromkeys(ORDERS, (11, 3))
    )
    revision: int = 1
    holds: list[int] = field(default_factory=list)

    @property
    def orders(self) -> Document:
        """The last document."""
        return orders_document(self.revision, self.wanted)

    async def goes_on(self, one: Planning) -> None:
        """Something happens."""
        await self.dice.choice(
            [
                self._works,
                self._works,
                self._is_urgent,
                self._is_decided,
                self._is_supposed,
                self._breaks_down,
                self._is_held,
            ]
        )(one)

    async def _works(self, one: Planning) -> None:
        """The next job of a line is begun, or brings pieces."""
        center = self.dice.choice(["L1", "L2"])
        register = one.here.floor.register
        job = register.running_job(center)
        if job is None:
            coming = one.replanner.next_job(center)
            if coming is not None and coming.left:
                await one.start(coming.id)
            return
        limit = register.limit(job)
        room = job.left if limit is None else min(job.left, limit - job.good)
        await one.makes(job.id, min(self.dice.randrange(1, 400), room), center=center)
        await one.shows("APT", center, job.id)

    async def _is_urgent(self, one: Planning) -> None:
        """The ERP wants an order sooner, or later."""
        day, priority = self.dice.choice([8, 9, 12]), self.dice.choice([3, 9])
        self.wanted[self.dice.choice(ORDERS)] = (day, priority)
        self.revision += 1
        await one.here.take(self.orders)
        if self.dice.random() < 0.5:
            one.replanner.wake()
            await one.look()

    async def _is_decided(self, one: Planning) -> None:
        """A planner releases or discards what waits."""
        room = one.here.rooms.plans
        waiting = room.reader.open_proposal()
        if waiting is not None and waiting.valid_from > one.here.clock.now():
            decide = self.dice.choice([room.release, room.discard])
            await decide(waiting.proposal, "so", by("eva"))

    async def _is_supposed(self, one: Planning) -> None:
        """A planner lets an order come first, and releases that."""
        change = {"order": {"id": self.dice.choice(ORDERS), "due": "2026-06-08T09:00:00+02:00"}}
        try:
            found = await one.here.rooms.supposing.propose([change], "they wait", by("eva"))
        except NotAllowed:
            return
        await one.here.rooms.plans.release(int(str(found["proposal"])), "so", by("eva"))

    async def _breaks_down(self, one: Planning) -> None:
        """A line is down, switched off while it is, or works again."""
        center = self.dice.choice(["L1", "L2"])
        kind, broken = self.dice.choice([("ADET", True), ("ADOT", True), ("APT", False)])
        await one.shows(kind, center, broken=broken)

    async def _is_held(self, one: Planning) -> None:
        """An order is put on hold, or released."""
        room = one.here.rooms.quality.holds
        if self.holds:
            await room.release(self.holds.pop(), "sorted", by("r"))
            return
        target = self.dice.choice(ORDERS)
        placed = await room.place(Placing(scope="job_order", target=target, reason="burr"), by("q"))
        self.holds.append(placed.seq)


def in_force(one: Planning) -> list[bytes]:
    """The hours in force, as they lie in the store."""
    sql = "SELECT * FROM hour_instruction ORDER BY hour, work_center, position"
    return [repr(tuple(row)).encode() for row in one.here.store.rows.query(sql)]


def waits(one: Planning) -> tuple[int, Any] | None:
    """What waits for a person: its number, and what it would bring."""
    reader = one.here.rooms.plans.reader
    found = reader.open_proposal()
    said = reader.proposed(found.proposal) if found else None
    return (found.proposal, said.instructions) if found and said else None


async def restarted(root: Path, seed: int, steps: int) -> int:
    """How often an edge was started again in a drawn shift, and planned as the other one."""
    dice, starts = Random(seed), 0
    shift, ask = Shift(dice), dice.choice([0, 2 * 3600, 8 * 3600])
    folder = root / "0"
    at = SIX + 10 * MINUTE
    async with AsyncExitStack() as stack:
        one = await stack.enter_async_context(edge(folder, at, ask, shift.orders))
        await one.look()
        for _ in range(steps):
            await shift.goes_on(one)
            if dice.random() < 0.6:
                one.here.clock.plant += dice.randrange(1, 40) * MINUTE
            if dice.random() < 0.6:
                await one.look()
            if dice.random() > 0.35:
                continue
            starts += 1
            again = root / str(starts)
            shutil.copytree(folder, again)
            before = one.replanner.plan.version
            one.replanner.wake()
            await one.look()
            now = one.here.clock.now()
            other = await stack.enter_async_context(edge(again, now, ask, shift.orders))
            await other.look()
            where = f"seed {seed}, start {starts}"
            assert in_force(other) == in_force(one), where
            assert waits(other) == waits(one), where
            assert (other.replanner.plan.version == before) == (
                one.replanner.plan.version == before
            ), where
            one, folder = other, again
    return starts


async def test_what_a_planner_released_stays_when_the_edge_starts_again(tmp_path: Path) -> None:
    shift = Shift(Random(1))
    hours = 8 * 3600
    (tmp_path / "one").mkdir()
    async with edge(tmp_path / "one", SIX + 10 * MINUTE, hours, shift.orders) as one:
        await one.look()
        change = {"order": {"id": "WO3", "due": "2026-06-08T09:00:00+02:00"}}
        found = await one.here.rooms.supposing.propose([change], "they wait", by("eva"))
        await one.here.rooms.plans.release(int(str(found["proposal"])), "so", by("eva"))
        await one.look()
        expected, version = in_force(one), one.replanner.plan.version
        shutil.copytree(tmp_path / "one", tmp_path / "two")
    async with edge(tmp_path / "two", SIX + 10 * MINUTE, hours, shift.orders) as one:
        await one.look()
        assert one.replanner.plan.version == version
        assert in_force(one) == expected
        # What became urgent while an edge was away is known when it starts.
        shift.wanted["WO4"], shift.revision = (9, 3), 2
        await one.here.take(shift.orders)
        shutil.copytree(tmp_path / "two", tmp_path / "three")
    async with edge(tmp_path / "three", SIX + 12 * MINUTE, hours, shift.orders) as one:
        await one.look()
        assert one.replanner.plan.version == version + 1
        reader = one.here.rooms.plans.reader
        newest = reader.version(version + 1)
        assert newest is not None
        assert (newest.why_view or {})["code"] == "plan.because_urgent"


@pytest.mark.parametrize("seed", [2, 4, 12])
async def test_who_starts_again_plans_as_who_goes_on(tmp_path: Path, seed: int) -> None:
    await restarted(tmp_path, seed, 24)


@pytest.mark.longer
async def test_who_starts_again_plans_as_who_goes_on_whatever_happens(tmp_path: Path) -> None:
    for seed in range(100, 140):
        folder = tmp_path / str(seed)
        folder.mkdir()
        await restarted(folder, seed, 60)
