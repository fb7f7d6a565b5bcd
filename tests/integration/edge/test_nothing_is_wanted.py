"""The last orders are taken away: the plan says so, and no machine works by the old one."""

from pathlib import Path

from edge.domain.facts import decode
from edge.execution.dispatch.forecasting import Forecasting
from tests.integration.edge.floor_on_store import SIX
from tests.integration.edge.replanned import HOUR, planning
from tests.unit.execution.floor_parts import definition, order, schedule

DOCUMENTS = (definition(), schedule(1, order("WO1", quantity=4_000)))


async def test_without_orders_nothing_is_planned_any_more(tmp_path: Path) -> None:
    async with planning(tmp_path, DOCUMENTS) as one:
        one.replanner.forecasting = Forecasting(one.here.floor)
        before = [row for row in one.rows() if row.hour == SIX]
        await one.here.take(schedule(2))
        one.replanner.wake()
        one.at(20)
        assert await one.look()
        assert one.why == ["plan.because_gone"]
        assert one.made[-1].trigger.params["orders"] == "WO1"
        assert one.replanner.plan.version == 2
        assert one.rows() == before  # the hour that runs stays as it was released
        assert one.replanner.next_job("L1") is None
        assert one.replanner.plan.jobs == {}
        facts = [decode(one.data) for one in one.here.store.reader.facts_after(0, 1_000)]
        assert [one.body["orders"] for one in facts if one.kind == "plan_released"][-1] == []
        await one.replanner.forecasting.finished()
        one.at(61)
        await one.look()
        assert one.replanner.plan.version == 2  # and stays so
        await one.here.take(schedule(3, order("WO2", quantity=500)))
        one.replanner.wake()
        assert await one.look()
        assert sum(row.quantity for row in one.rows() if row.hour > SIX) == 500
        assert [row.plan for row in one.rows() if row.hour == SIX + HOUR] == [3]


async def test_an_edge_that_never_had_orders_makes_no_plan(tmp_path: Path) -> None:
    async with planning(tmp_path, (definition(),)) as one:
        assert (one.made, one.replanner.plan.version, one.replanner.problem) == ([], 0, "")
