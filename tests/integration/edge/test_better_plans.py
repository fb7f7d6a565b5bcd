"""A better plan is looked for while the floor is quiet, proposed, and dropped when overtaken."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from edge.domain.pace import ReplanRules
from edge.domain.plan_versions import BETTER, PlanProposal
from edge.domain.recording import Document, Request
from edge.execution.dispatch.bettering import Bettering
from edge.planning.scenario.model import Scenario, Turn
from edge.planning.solving import solve
from tests.integration.edge.floor_on_store import MINUTE, SIX
from tests.integration.edge.replanned import HOUR, Planning, planning
from tests.unit.execution.floor_parts import definition, order, schedule

DOCUMENTS = (definition(), schedule(1, *(order(f"WO{n}", 1 + n, 900) for n in range(4))))


@dataclass
class Seeker:
    """Finds the orders the other way round much better; waits until it may answer."""

    gain_s: int = 100_000
    may: asyncio.Event = field(default_factory=asyncio.Event)
    asked: list[str] = field(default_factory=list)
    closed: int = 0

    async def solve(
        self, scenario: Scenario, *, proofs: int | None = None, effort: str = "first"
    ) -> dict[str, Any]:
        self.asked.append(effort)
        await self.may.wait()
        cost = 200_000 - (self.gain_s if effort == "normal" else 0)
        other = [*reversed(scenario.orders)]
        turns = tuple(
            Turn(work_center=center, order=one.id, seq=seq)
            for one in other
            for center, seq in (("L1", 10), ("L2", 20))
        )
        found = solve(replace(scenario, follow=turns), proofs=proofs)
        return {**found, "objective": {**found["objective"], "weighted_tardiness_s": cost}}

    async def close(self) -> None:
        self.closed += 1


@dataclass
class Quiet:
    """A floor that plans, and whoever looks for better plans."""

    one: Planning
    seeker: Seeker
    bettering: Bettering

    async def look(self, minute: int) -> None:
        self.one.at(minute)
        await self.one.replanner.look()

    @property
    def open(self) -> PlanProposal | None:
        return self.one.replanner.releasing.reader.open_proposal()


@asynccontextmanager
async def quiet(
    folder: Path, documents: tuple[Document, ...] = DOCUMENTS, **seeks: Any
) -> AsyncIterator[Quiet]:
    rules = ReplanRules(better=15 * MINUTE, off_pace=0)
    async with planning(folder, documents, rules=rules) as one:
        replanner, seeker = one.replanner, Seeker(**seeks)
        replanner.releasing = one.here.rooms.plans.releasing
        replanner.releasing.look_again()
        bettering = Bettering(one.here.floor, replanner.releasing, seeker, replanner.ahead)
        replanner.bettering = bettering
        yield Quiet(one, seeker, bettering)
        seeker.may.set()
        await bettering.end()


async def test_what_is_worth_moving_is_proposed_and_never_released_by_itself(
    tmp_path: Path,
) -> None:
    async with quiet(tmp_path) as it:
        it.seeker.may.set()
        before = it.one.rows()
        await it.look(24)
        assert it.seeker.asked == []  # not quiet for long enough
        await it.look(26)
        await it.bettering.finished()
        assert it.seeker.asked == ["first", "normal"]
        assert it.open is not None
        assert it.open.why_view["code"] == BETTER
        assert it.open.valid_from == SIX + HOUR  # the hour that runs stays
        assert it.one.rows() == before
        assert it.one.replanner.plan.version == 1
        await it.look(40)
        assert it.seeker.asked == ["first", "normal"]  # once for each version
        plans = it.one.replanner.releasing
        await plans.release(it.open.proposal, "ann", "", Request(key="k", fingerprint="k"))
        first = [row.order for row in it.one.rows() if row.hour == SIX + HOUR and row.quantity]
        assert plans.plan.version == 2
        assert "WO3" in first
        assert [row for row in it.one.rows() if row.hour == SIX] == [
            row for row in before if row.hour == SIX
        ]


async def test_what_is_not_worth_moving_is_not_proposed(tmp_path: Path) -> None:
    async with quiet(tmp_path, gain_s=19_000) as it:  # less than a tenth
        it.seeker.may.set()
        await it.look(30)
        await it.bettering.finished()
        assert (it.seeker.asked, it.open) == (["first", "normal"], None)


async def test_what_is_overtaken_while_it_is_looked_for_is_dropped(tmp_path: Path) -> None:
    async with quiet(tmp_path) as it:
        await it.look(30)
        await asyncio.sleep(0)
        assert it.seeker.asked == ["first"]
        await it.one.here.take(schedule(2, *(order(f"WO{n}", 1 + n, 950) for n in range(4))))
        it.one.replanner.wake()
        await it.look(31)
        assert it.one.replanner.plan.version == 2
        it.seeker.may.set()
        await it.bettering.finished()
        assert it.open is None
        assert it.seeker.closed == 1  # its process has ended with it


async def test_it_goes_when_its_first_hour_begins_or_a_later_plan_is_released(
    tmp_path: Path,
) -> None:
    async with quiet(tmp_path) as it:
        it.seeker.may.set()
        await it.look(30)
        await it.bettering.finished()
        assert [one.state for one in it.one.replanner.releasing.reader.proposals(1)] == ["open"]
        await it.look(61)
        await it.look(62)
        (last,) = it.one.replanner.releasing.reader.proposals(1)
        assert last.state == "overtaken"


async def test_without_the_key_nothing_is_looked_for(tmp_path: Path) -> None:
    async with quiet(tmp_path) as it:
        it.one.replanner.watch.follow(ReplanRules())
        await it.look(59)
        assert it.seeker.asked == []
