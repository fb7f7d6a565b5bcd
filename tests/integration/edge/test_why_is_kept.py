"""A planner that fails loses no reason: the next plan says what was to be planned for."""

from pathlib import Path
from typing import Any

import pytest

from edge.domain.facts import decode
from edge.domain.faults import Fault
from edge.domain.pace import ReplanRules
from edge.domain.recording import Recording, StoreUnavailable
from edge.domain.sentences import say
from edge.planning.errors import PlannerTooSlow, ScenarioInvalid
from edge.planning.scenario.model import Scenario
from tests.integration.edge.replanned import PlannerHere, Planning, planning
from tests.unit.execution.floor_parts import definition, order, schedule

DOCUMENTS = (definition(), schedule(1, order("WO1", quantity=8_000)))
UNFROZEN = say("plan.because_unfrozen", "hours of L1 were unfrozen")
TOO_SLOW = PlannerTooSlow("no answer in time")
IMPOSSIBLE = ScenarioInvalid((Fault("orders[WO1]", "8000", "cannot be", "mend it"),))


class Fails(PlannerHere):
    """Fails so often with `error`, then plans."""

    def __init__(self, error: Exception, times: int = 1) -> None:
        self.error, self.left = error, times

    async def solve(self, scenario: Scenario, *, proofs: int | None = None) -> dict[str, Any]:
        if self.left:
            self.left -= 1
            raise self.error
        return await super().solve(scenario, proofs=proofs)


async def looks_until_planned(one: Planning) -> int:
    """How often it failed, as the loop looks, before a plan was offered."""
    for failed in range(5):
        try:
            if await one.look():
                return failed
        except (PlannerTooSlow, StoreUnavailable):
            pass
    raise AssertionError("no plan was made")


async def breaks_down(one: Planning) -> None:
    """L1 was down for longer than a stop may last."""
    await one.start("WO1.10")
    await one.shows("APT", job="WO1.10")
    one.at(20)
    await one.shows("ADET", job="WO1.10")
    one.at(40)


async def test_a_breakdown_is_told_by_the_plan_that_succeeds(tmp_path: Path) -> None:
    async with planning(tmp_path, DOCUMENTS) as one:
        await breaks_down(one)
        one.replanner._planner = Fails(TOO_SLOW, 2)
        assert await looks_until_planned(one) == 2
        assert one.why[0] == "plan.because_down"
        assert "plan.because_documents" not in one.why
        assert not await one.look(), "it is told once"


async def test_a_pace_that_turned_is_told_by_the_plan_that_succeeds(tmp_path: Path) -> None:
    async with planning(tmp_path, DOCUMENTS) as one:
        await one.start("WO1.10")
        one.at(40)  # nothing was made since 06:15
        one.replanner._planner = Fails(TOO_SLOW)
        assert await looks_until_planned(one) == 1
        assert one.why == ["plan.because_behind"]


async def test_what_people_said_and_documents_brought_is_told_together(tmp_path: Path) -> None:
    async with planning(tmp_path, DOCUMENTS) as one:
        one.replanner._planner = Fails(TOO_SLOW)
        await one.here.take(schedule(2, order("WO1", quantity=8_500)))
        one.replanner.wake(UNFROZEN)
        one.replanner.wake()
        assert await looks_until_planned(one) == 1
        assert one.why == ["plan.because_unfrozen", "plan.because_changed"]


async def test_a_plan_that_documents_overtook_says_all_reasons_when_it_is_made_again(
    tmp_path: Path,
) -> None:
    async with planning(tmp_path, DOCUMENTS) as one:

        class Overtaken(PlannerHere):
            async def solve(
                self, scenario: Scenario, *, proofs: int | None = None
            ) -> dict[str, Any]:
                if one.here.store.reader.downlink_position() == 2:
                    await one.here.take(schedule(2, order("WO1", quantity=8_500)))
                    one.replanner.wake()
                return await super().solve(scenario, proofs=proofs)

        one.replanner._planner = Overtaken()
        one.replanner.wake(UNFROZEN)
        assert not await one.look()
        assert await one.look()
        assert one.why == ["plan.because_unfrozen", "plan.because_changed"]


async def test_what_no_plan_was_possible_for_is_told_by_the_next_one(tmp_path: Path) -> None:
    async with planning(tmp_path, DOCUMENTS, rules=ReplanRules(off_pace=0)) as one:
        await breaks_down(one)
        one.replanner._planner = Fails(IMPOSSIBLE)
        assert not await one.look()
        assert "order WO1: 8000: cannot be; mend it" in one.replanner.problem
        one.at(42)
        assert not await one.look(), "it is not tried again until something has changed"
        await one.here.take(schedule(2, order("WO1", quantity=7_000)))
        one.replanner.wake()
        assert await one.look()
        assert one.why == ["plan.because_down", "plan.because_changed"]
        assert one.replanner.problem == ""


async def test_a_breakdown_that_documents_came_upon_is_told_beside_them(tmp_path: Path) -> None:
    async with planning(tmp_path, DOCUMENTS, rules=ReplanRules(off_pace=0)) as one:
        await breaks_down(one)
        await one.here.take(schedule(2, order("WO1", quantity=8_500)))
        one.replanner.wake()
        assert await one.look()
        assert one.why == ["plan.because_down", "plan.because_changed"]


async def test_a_release_whose_answer_was_lost_is_no_reason_for_another_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with planning(tmp_path, DOCUMENTS) as one:
        record, lost = one.here.floor.writer.record, [True]

        async def recorded(recording: Recording) -> Any:
            found = await record(recording)
            if recording.plan and lost:
                lost.clear()
                raise StoreUnavailable("the answer was lost")
            return found

        monkeypatch.setattr(one.here.floor.writer, "record", recorded)
        one.at(15)
        await one.here.take(schedule(2, order("WO1", quantity=8_500)))
        one.replanner.wake(UNFROZEN)
        with pytest.raises(StoreUnavailable):
            await one.look()
        one.replanner._stale = True  # as the loop notes it
        await one.look()
        assert one.replanner.plan.version == 2
        facts = [decode(fact.data) for fact in one.here.store.reader.facts_after(0, 1_000)]
        said = [fact.body["why"]["code"] for fact in facts if fact.kind == "plan_released"]
        assert said == ["plan.because_documents", "plan.because_unfrozen"]
