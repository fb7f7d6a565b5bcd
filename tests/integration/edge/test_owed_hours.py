"""What an hour that runs still owes is what it says less what was made in it: a re-plan amid it
leaves the sum of all hours the order's, to the piece."""

from pathlib import Path

import pytest

from edge.execution.dispatch.replanning import Replanner
from tests.integration.edge.floor_on_store import MINUTE, SIX
from tests.integration.edge.replanned import PlannerHere
from tests.integration.edge.test_promises import LINE, promising
from tests.unit.execution.floor_parts import order, schedule


@pytest.mark.parametrize("minutes", [11, 15, 20, 40, 59])
async def test_a_re_plan_amid_an_hour_with_a_set_up_plans_no_piece_twice(
    tmp_path: Path, minutes: int
) -> None:
    """Planned at ten past: five minutes of set-up, then 1,080 pieces until seven."""
    wanted = order("WO1", quantity=4_000)
    async with promising(tmp_path, (LINE, schedule(1, wanted))) as (plant, _):
        reader = plant.here.store.reader
        before = reader.instructions("L1", SIX, SIX + 600 * MINUTE)
        assert (before[0].quantity, before[0].setup_s) == (1_080, 300)
        assert sum(one.quantity for one in before) == 4_000
        plant.here.clock.plant = SIX + minutes * MINUTE
        rest = 60 - minutes - 5  # nobody has begun: what can still be made is less from now on
        await plant.here.take(schedule(2, wanted, order("WO2", number=2, quantity=10)))
        await plant.replanner.replan(documents=True)
        after = reader.instructions("L1", SIX, SIX + 600 * MINUTE)
        assert after[0] == before[0]
        coming = sum(one.quantity for one in after[1:] if one.order == "WO1")
        assert coming == 4_000 - min(1_080, max(rest, 0) * 24)


async def test_an_order_that_the_hour_has_whole_keeps_its_time_and_its_turn(tmp_path: Path) -> None:
    """WO1 and WO2 both end in the hour that runs: a re-plan plans no more of them, and forgets
    neither when they are due nor which comes first; nor does an edge that starts again."""
    first, second = order("WO1", quantity=200), order("WO2", number=2, quantity=100)
    async with promising(tmp_path, (LINE, schedule(1, first, second))) as (plant, _):
        planner, floor = plant.replanner, plant.here.floor
        planned = [planner.planned(floor.job(name)) for name in ("WO1.10", "WO2.10")]
        assert planned[0] is not None
        assert planned[0][0] == SIX + 10 * MINUTE
        plant.here.clock.plant = SIX + 12 * MINUTE
        third = order("WO3", number=3, quantity=10)
        await plant.here.take(schedule(2, first, second, third))
        await planner.replan(documents=True)
        assert planner.plan.version == 2
        for again in (planner, Replanner(floor, PlannerHere())):
            assert [again.planned(floor.job(name)) for name in ("WO1.10", "WO2.10")] == planned
            assert [one.id for one in again.next_jobs("L1")] == ["WO1.10", "WO2.10", "WO3.10"]
        said = plant.here.store.reader.plan()
        assert said is not None
        assert {row["order"] for row in said.schedule["kept"]} == {"WO1", "WO2"}
