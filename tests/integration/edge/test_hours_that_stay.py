"""Hours that have begun and frozen ones stay to the byte, also beside hours in which nothing is
planned, and nothing is planned into the past."""

from pathlib import Path
from typing import Any

import pytest

from edge.domain.facts import Source
from edge.domain.recording import VersionConflict
from edge.planning.scenario.model import Scenario
from tests.integration.edge.floor_on_store import MINUTE, SIX
from tests.integration.edge.replanned import HOUR, PlannerHere, planning
from tests.integration.edge.test_api import act
from tests.integration.edge.test_plan_versions import AT_ONCE, planner
from tests.unit.execution.floor_parts import definition, order, schedule

NIGHT = SIX - 40 * MINUTE
URGENT = order("WO9", 5, 3_000) | {"due": AT_ONCE, "priority": 10}


async def test_frozen_hours_stay_before_the_shift_as_well(tmp_path: Path) -> None:
    """Nothing is planned in the hour that runs; those after it are frozen all the same."""
    async with planner(tmp_path, ask_above_s=10**9, frozen_hours=2) as it:
        it.here.clock.plant = NIGHT
        await it.replanner.replan(documents=True)
        before = it.stored(SIX + 2 * HOUR)
        assert len(before) == 2
        it.here.clock.plant += 10 * MINUTE
        await it.here.take(schedule(2, order("WO0", 9, 4_000), URGENT))
        await it.replanner.replan(documents=True)
        assert it.version == 2
        assert it.stored(SIX + 2 * HOUR) == before
        rows = it.here.store.reader.instructions("L1", SIX + 2 * HOUR, SIX + 3 * HOUR)
        assert "WO9" in {row.order for row in rows}


async def test_a_plan_that_asks_at_night_waits_for_a_person(tmp_path: Path) -> None:
    async with planner(tmp_path) as it:
        it.here.clock.plant = NIGHT
        await it.replanner.replan(documents=True)
        it.here.clock.plant += 10 * MINUTE
        await it.due_first(2, "WO2")
        waits = it.here.rooms.plans.reader.open_proposal()
        assert waits is not None
        assert waits.valid_from == SIX


async def test_a_proposal_is_not_released_into_hours_that_are_frozen_by_now(tmp_path: Path) -> None:
    async with planner(tmp_path, frozen_hours=1) as it:
        await it.replanner.replan(documents=True)
        await it.due_first(2, "WO2")
        waits = it.here.rooms.plans.reader.open_proposal()
        assert waits is not None
        assert waits.valid_from == SIX + 2 * HOUR
        it.here.clock.plant = SIX + HOUR + 10 * MINUTE  # 08:00 is frozen now, and no look came yet
        before = it.stored()
        old = await act(it.client, f"/plan/proposals/{waits.proposal}/release", "k1")
        assert (old.status_code, old.json()["code"]) == (409, "plan.proposal_old")
        assert it.stored() == before
        await it.replanner.look()
        later = it.here.rooms.plans.reader.open_proposal()
        assert later is not None
        assert later.valid_from == SIX + 3 * HOUR
        done = await act(it.client, f"/plan/proposals/{later.proposal}/release", "k2")
        assert done.status_code == 201, done.text
        assert it.stored(SIX + 3 * HOUR) == before[: len(it.stored(SIX + 3 * HOUR))]


async def test_at_the_start_of_an_hour_what_waits_is_made_for_the_hours_behind_it(
    tmp_path: Path,
) -> None:
    async with planner(tmp_path, frozen_hours=1) as it:
        await it.replanner.replan(documents=True)
        await it.due_first(2, "WO2")
        it.here.clock.plant = SIX + HOUR + MINUTE
        await it.replanner.look()
        waits = it.here.rooms.plans.reader.open_proposal()
        assert waits is not None
        assert waits.valid_from == SIX + 3 * HOUR
        it.here.clock.plant += 40 * MINUTE
        done = await act(it.client, f"/plan/proposals/{waits.proposal}/release", "k1")
        assert done.status_code == 201, done.text


async def test_where_nothing_stands_in_the_hour_planning_begins_now(tmp_path: Path) -> None:
    documents = (definition(), schedule(1, order("WO1", quantity=100)))
    async with planning(tmp_path, documents) as one:
        assert {row.hour for row in one.rows()} == {SIX}
        one.at(335)
        await one.start("WO1.10")
        await one.makes("WO1.10", 100)
        floor = one.here.floor
        await floor.change(floor.job("WO1.10"), "complete", None, source=Source.SYSTEM, actor="t")
        one.at(340)  # 11:40
        both = schedule(2, order("WO1", quantity=100), order("WO2", 2, quantity=4_000))
        await one.here.take(both)
        one.replanner.wake()
        assert await one.look()
        mine = [row for row in one.rows() if row.order == "WO2"]
        assert sum(row.quantity for row in mine) == 4_000
        # Twenty minutes are left of the hour, five of them to set up.
        assert (mine[0].hour, mine[0].quantity, mine[0].setup_s) == (SIX + 5 * HOUR, 360, 300)


@pytest.mark.parametrize(("minute", "stays"), [(2, False), (3, True), (45, True)])
async def test_an_hour_whose_plan_comes_late_stays_as_it_was_released(
    tmp_path: Path, minute: int, stays: bool
) -> None:
    documents = (definition(), schedule(1, order("WO1", quantity=8_000)))
    async with planning(tmp_path, documents) as one:
        before = [row for row in one.rows() if row.hour == SIX + HOUR]
        one.at(60 + minute)
        assert await one.look()
        after = [row for row in one.rows() if row.hour == SIX + HOUR]
        assert (after == before) is stays
        assert one.why == ["plan.because_hour"]


async def test_a_plan_that_is_ready_too_late_for_its_hour_is_made_again_behind_it(
    tmp_path: Path,
) -> None:
    documents = (definition(), schedule(1, order("WO1", quantity=8_000)))
    async with planning(tmp_path, documents) as one:

        class Slow(PlannerHere):
            async def solve(
                self, scenario: Scenario, *, proofs: int | None = None
            ) -> dict[str, Any]:
                one.here.clock.plant += 6 * MINUTE
                return await super().solve(scenario, proofs=proofs)

        one.replanner._planner = Slow()
        before = [row for row in one.rows() if row.hour == SIX + HOUR]
        one.at(60)
        with pytest.raises(VersionConflict, match="hours of the plan began"):
            await one.look()
        one.replanner.wake()  # as the loop does after a plan that was postponed
        assert await one.look()
        assert one.made[-1].valid_from == SIX + 2 * HOUR
        assert one.replanner.plan.version == 2
        assert [row for row in one.rows() if row.hour == SIX + HOUR] == before
