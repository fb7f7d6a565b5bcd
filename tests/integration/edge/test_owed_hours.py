"""What an hour that runs still owes is what it says less what was made in it: a re-plan amid it
leaves the sum of all hours the order's, to the piece."""

from dataclasses import replace
from pathlib import Path

import pytest

from edge.domain.facts import FactDraft, FactKind, Source
from edge.domain.hours import hour_start
from edge.domain.sentences import say
from edge.execution.dispatch.replanning import Replanner
from edge.execution.quality.holds import Placing
from tests.integration.edge.floor_on_store import MINUTE, SIX
from tests.integration.edge.replanned import HOUR, PlannerHere, Planning, planning
from tests.integration.edge.test_promises import LINE, promising
from tests.integration.edge.test_replan_triggers import by
from tests.unit.execution.floor_parts import definition, order, schedule


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


async def add_up(one: Planning, made: int) -> int:
    """Plan at this moment: what was made, what hours that stay still owe and what is planned behind
    them are the order. When it is finished."""
    await one.replanner.replan(documents=False, because=[ANY])
    plan = one.replanner.plan
    left = one.replanner.what_is_left()
    until = left.frozen_until or hour_start(left.begin, left.zone)  # nothing may stand in them
    stays = [row for row in left.previous if row.order == "WO1" and row.hour < until]
    owed = sum(row.quantity if row.owed is None else row.owed for row in stays)
    coming = sum(row.quantity for row in one.rows() if row.order == "WO1" and row.hour >= until)
    assert made + owed + coming == 9_000
    return plan.jobs["WO1.10"].end


ANY = say("plan.because_changed", "changed")


async def test_frozen_hours_in_which_a_machine_stands_are_made_up_for_at_once(
    tmp_path: Path,
) -> None:
    """Two hours are frozen, and the press is repaired in them: what they cannot bring is planned
    behind them when that is known, and not hour by hour as they go by."""
    documents = (definition(centers=("L1",)), schedule(1, order("WO1", quantity=9_000)))
    async with planning(tmp_path, documents) as one:
        releasing = one.replanner.releasing
        releasing.rules = replace(releasing.rules, frozen_hours=2)
        await one.start("WO1.10")
        one.at(30)
        await one.makes("WO1.10", 360)
        await add_up(one, 360)
        before = [row for row in one.rows() if row.hour < SIX + 3 * HOUR]
        body = {"event": "planned", "from": SIX + HOUR, "to": SIX + 3 * HOUR}
        body |= {"reason": "REPAIR", "note": "", "class": "breakdown"}
        await one.here.record(
            FactDraft(
                kind=FactKind.STOP_REASON,
                occurred_at=one.here.clock.now(),
                equipment_id="L1",
                source=Source.OPERATOR,
                actor="sue",
                body=body,
            )
        )
        one.at(31)
        first = await add_up(one, 360)
        assert [row for row in one.rows() if row.hour < SIX + 3 * HOUR] == before
        one.at(59)
        await one.makes("WO1.10", 700)
        for minutes in (59, 61, 90, 121, 179, 181):
            one.at(minutes)
            assert abs(await add_up(one, 1_060) - first) < 3 * MINUTE


async def test_frozen_hours_bring_nothing_of_what_is_on_hold(tmp_path: Path) -> None:
    documents = (definition(), schedule(1, order("WO1", quantity=9_000), order("WO2", 2)))
    async with planning(tmp_path, documents) as one:
        releasing = one.replanner.releasing
        releasing.rules = replace(releasing.rules, frozen_hours=2)
        one.at(30)
        free = await add_up(one, 0)
        holds = one.here.rooms.quality.holds
        placed = await holds.place(Placing(scope="job_order", target="WO1", reason="burr"), by("q"))
        one.at(31)
        first = await add_up(one, 0)
        assert first > free + 8 * HOUR
        for minutes in (61, 90, 121, 181):
            one.at(minutes)
            assert await add_up(one, 0) == first
        await holds.release(placed.seq, "sorted", by("r"))
        one.at(200)
        assert await add_up(one, 0) < first
