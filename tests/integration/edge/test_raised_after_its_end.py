"""An order that is raised after an operation of it has ended: what nobody makes is promised to
nobody, and it is said where it hangs and what mends it."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from edge.domain.facts import Source
from edge.execution.dispatch.forecasting import Forecasting
from edge.execution.orders.unmade import unmade
from tests.integration.edge.floor_on_store import SIX
from tests.integration.edge.replanned import HOUR, Planning, planning
from tests.unit.execution.floor_parts import definition, order, schedule


async def ended(one: Planning, job: str, pieces: int) -> None:
    """The job has made so many and is done."""
    floor = one.here.floor
    await one.start(job)
    await one.makes(job, pieces, center=floor.job(job).work_center)
    floor.register.reload()
    await floor.change(floor.job(job), "complete", None, source=Source.SYSTEM, actor="t")


async def planned(one: Planning, revision: int, quantity: int) -> None:
    await one.here.take(schedule(revision, order("WO1", quantity=quantity)))
    await one.replanner.replan(documents=True)
    one.here.floor.register.reload()


def told(one: Planning) -> dict[str, Any]:
    """What the last version says of each order to sales."""
    rows = [json.loads(fact.data) for fact in one.here.store.reader.facts_after(0, 1_000)]
    orders = [row["body"]["orders"] for row in rows if row["kind"] == "plan_released"][-1]
    return {row["id"]: row for row in orders}


async def test_no_finish_is_told_and_the_plan_says_why(tmp_path: Path) -> None:
    async with planning(tmp_path, (definition(), schedule(1, order("WO1", quantity=400)))) as one:
        one.at(60)
        forecasting = one.replanner.forecasting = Forecasting(one.here.floor)
        await ended(one, "WO1.10", 400)
        await planned(one, 2, 600)
        await forecasting.finished()
        said = one.replanner.problems["WO1"]
        assert "200 of 600 pieces are made by nobody" in said
        assert "operation 10 at L1 had ended with 400" in said
        assert "order 400 of it in the ERP, and plan the other 200 as a new order" in said
        assert (told(one)["WO1"]["completion"], told(one)["WO1"]["tardiness_s"]) == (None, 0)
        assert "WO1" not in forecasting.outlooks
        # What was passed on is made all the same.
        assert sum(row.quantity for row in one.rows("L2") if row.hour >= SIX + HOUR) == 400
        await planned(one, 3, 400)  # the mend
        await forecasting.finished()
        assert one.replanner.problem == ""
        assert told(one)["WO1"]["completion"] is not None


async def test_all_operations_had_ended(tmp_path: Path) -> None:
    """Nothing of it is left to plan: it is said nevertheless."""
    async with planning(tmp_path, (definition(), schedule(1, order("WO1", quantity=400)))) as one:
        one.at(60)
        await ended(one, "WO1.10", 400)
        one.at(90)
        await ended(one, "WO1.20", 400)
        await planned(one, 2, 600)
        assert "200 of 600 pieces are made by nobody" in one.replanner.problems["WO1"]


@pytest.mark.parametrize(("under", "is_told"), [("50", False), ("5", True)])
async def test_within_the_tolerance_of_the_product_nothing_is_missing(
    tmp_path: Path, under: str, is_told: bool
) -> None:
    """Raised from 400 to 440: the product may be short by five or by fifty of a hundred."""
    content = json.loads(json.dumps(definition().content))
    content["completion"] = {"under_percent": under, "over_percent": "0", "beyond": "ask"}
    made_so = replace(definition(), content=content)
    async with planning(tmp_path, (made_so, schedule(1, order("WO1", quantity=400)))) as one:
        one.at(60)
        await ended(one, "WO1.10", 400)
        await planned(one, 2, 440)
        register = one.here.floor.register
        assert bool(unmade(register.jobs.values(), register.data)) is is_told


async def test_an_operation_that_people_ended_short_is_no_raise(tmp_path: Path) -> None:
    """They know what they did, and nobody has ordered more since."""
    async with planning(tmp_path, (definition(), schedule(1, order("WO1", quantity=400)))) as one:
        one.at(60)
        await ended(one, "WO1.10", 300)
        await one.replanner.replan(documents=False)
        register = one.here.floor.register
        assert not unmade(register.jobs.values(), register.data)
        assert one.replanner.problem == ""
