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
from tests.contract.fact_schema import check
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


def expected(one: Planning) -> list[dict[str, Any]]:
    """What the edge has told of orders in `order_forecast`."""
    rows = [json.loads(fact.data) for fact in one.here.store.reader.facts_after(0, 1_000)]
    found = [row["body"]["orders"] for row in rows if row["kind"] == "order_forecast"]
    return [order for orders in found for order in orders]


async def test_no_finish_is_told_and_the_plan_says_why(tmp_path: Path) -> None:
    async with planning(tmp_path, (definition(), schedule(1, order("WO1", quantity=400)))) as one:
        one.at(60)
        forecasting = one.replanner.forecasting = Forecasting(one.here.floor)
        await ended(one, "WO1.10", 400)
        await planned(one, 2, 600)
        await forecasting.finished()
        said = "; ".join(map(str, one.replanner.problems["WO1"]))
        assert "200 of 600 pieces are made by nobody" in said
        assert "operation 10 at L1 had ended with 400" in said
        assert "order 400 of it in the ERP, and plan the other 200 as a new order" in said
        assert (told(one)["WO1"]["completion"], told(one)["WO1"]["tardiness_s"]) == (None, 0)
        (outlook,) = forecasting.outlooks.values()
        assert (outlook.order, outlook.planned, outlook.finish) == ("WO1", None, None)
        assert (outlook.late_s, str(outlook.unmade)) == (0, said)
        assert told(one)["WO1"]["unmade"] == outlook.view()["unmade"] == expected(one)[-1]["unmade"]
        # What was passed on is made all the same.
        assert sum(row.quantity for row in one.rows("L2") if row.hour >= SIX + HOUR) == 400
        await planned(one, 3, 400)  # the mend
        await forecasting.finished()
        assert one.replanner.problem == ""
        assert told(one)["WO1"]["completion"] is not None
        assert "unmade" not in told(one)["WO1"]
        assert expected(one)[-1]["forecast_finish"] is not None
        assert expected(one)[-1]["unmade"] is None


@pytest.mark.parametrize("starts", [False, True])
@pytest.mark.parametrize("mend", [400, 0])
async def test_all_operations_had_ended(tmp_path: Path, mend: int, starts: bool) -> None:
    """Nothing of it is left to plan: it is said nevertheless, once, and taken back when it is
    mended or gone, also by an edge that was started anew since."""
    async with planning(tmp_path, (definition(), schedule(1, order("WO1", quantity=400)))) as one:
        one.at(60)
        await ended(one, "WO1.10", 400)
        one.at(90)
        await ended(one, "WO1.20", 400)
        reader = one.here.rooms.plans.reader

        async def looks() -> None:
            if starts or one.replanner.forecasting is None:
                one.replanner.forecasting = Forecasting(one.here.floor, reader)
            await one.replanner.replan(documents=True)
            await one.replanner.forecasting.finished()

        await planned(one, 2, 600)
        assert "200 of 600 pieces are made by nobody" in one.replanner.problem
        await looks()
        await looks()
        (said,) = expected(one)
        assert said["unmade"]["params"]["missing"] == 200
        assert (said["planned_finish"], said["forecast_finish"], said["late_s"]) == (None, None, 0)
        orders = [order("WO1", quantity=mend)] if mend else []
        await one.here.take(schedule(3, *orders))
        await looks()
        await looks()
        first, last = expected(one)
        assert first == said
        assert (last["id"], last["forecast_finish"], last["unmade"]) == ("WO1", None, None)
        for row in one.here.store.reader.facts_after(0, 1_000):
            if b'"unmade":' in row.data:
                check(row.data)


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


async def test_the_finish_of_an_order_that_was_ended_short_says_of_how_many_it_is(
    tmp_path: Path,
) -> None:
    async with planning(tmp_path, (definition(), schedule(1, order("WO1", quantity=400)))) as one:
        forecasting = one.replanner.forecasting = Forecasting(one.here.floor)
        one.at(50)
        await ended(one, "WO1.10", 300)
        await one.replanner.replan(documents=False)
        await forecasting.finished()
        (said,) = expected(one)
        assert said["forecast_finish"] is not None
        assert said["unmade"]["code"] == "order.ended_short"
        assert said["unmade"]["detail"] == (
            "100 of 400 pieces do not come: operation 10 at L1 was ended with 300"
        )
        await planned(one, 2, 300)  # the ERP wants no more than that
        await forecasting.finished()
        assert expected(one)[-1]["unmade"] is None
