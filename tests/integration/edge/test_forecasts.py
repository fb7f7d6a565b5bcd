"""What is expected of orders, from what a real store knows of the hours that were worked."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from edge.domain.clock import parse_time
from edge.domain.facts import FactKind, decode
from edge.domain.outlook import Needed, Outlook
from edge.domain.recording import Document
from edge.domain.sentences import say
from edge.execution.dispatch.forecasting import AHEAD, Forecasting
from edge.planning.months.outlook import WHOLE, Sample
from edge.planning.scenario.model import Scenario
from tests.contract.fact_schema import check
from tests.integration.edge.floor_on_store import MINUTE, SIX
from tests.integration.edge.replanned import HOUR, PlannerHere, Planning, planning
from tests.integration.edge.test_plan_versions import planner
from tests.unit.execution.floor_parts import definition, order, schedule

DAY = 24 * HOUR
SHIFT = (1, 2, 3, 5, 6, 7, 8)  # hours of a shift that are full, counted to their ends


async def worked(one: Planning, days: int, pieces: int) -> None:
    """So many shifts in which each full hour brings so many pieces; 1,440 are planned."""
    await one.start("WO1.10")
    for day in range(days):
        for hour in range(1, 9):
            one.here.clock.plant = SIX + day * DAY + hour * HOUR - MINUTE
            await one.makes("WO1.10", pieces if hour in SHIFT else pieces // 2)
            one.here.clock.plant = SIX + day * DAY + hour * HOUR + MINUTE
            await one.look()
            forecasting = one.replanner.forecasting
            assert forecasting is not None
            await forecasting.finished()


async def test_half_the_rate_is_expected_to_take_twice_the_time_and_sales_is_told_why(
    tmp_path: Path,
) -> None:
    due = {"due": "2026-06-15T14:00:00+02:00"}
    documents = (
        definition(centers=("L1",)),
        schedule(1, {**order("WO1", quantity=60_000), **due}),
    )
    async with planning(tmp_path, documents) as one:
        forecasting = one.replanner.forecasting = Forecasting(one.here.floor)
        one.replanner.wake()
        await one.look()
        await forecasting.finished()
        [first] = forecasting.outlooks.values()
        assert (first.low, first.high, first.finish) == (None, None, first.planned)
        assert first.late_s == 0
        await worked(one, 4, 720)
        [now] = forecasting.outlooks.values()
        assert now.planned is not None
        assert now.finish is not None
        assert now.low is not None
        assert now.high is not None
        assert now.low <= now.finish <= now.high
        assert now.finish > now.planned + 2 * DAY
        assert now.hours >= 24
        assert now.late_s > 0
        assert "forecast.slower" in [said.code for said in now.because]
        needed = now.needed
        assert needed is not None
        assert (needed.operation, needed.pieces) == (10, one.here.floor.job("WO1.10").left)
        assert not needed.possible

        facts = [decode(row.data) for row in one.here.store.reader.facts_after(0, 5_000)]
        told = [fact for fact in facts if fact.kind == FactKind.ORDER_FORECAST]
        said: list[Any] = list(told[-1].body["orders"])
        assert said[0]["forecast_finish"] == now.finish
        assert len(told) < 33, "what has hardly changed is not told again"
        for row in one.here.store.reader.facts_after(0, 5_000):
            fact = decode(row.data)
            if fact.kind == FactKind.ORDER_FORECAST:
                check(row.data)


async def test_an_edge_that_starts_again_knows_what_was_told(tmp_path: Path) -> None:
    documents = (definition(centers=("L1",)), schedule(1, order("WO1", quantity=60_000)))
    async with planning(tmp_path, documents) as one:
        reader = one.here.rooms.plans.reader

        def told() -> list[Any]:
            facts = (decode(row.data) for row in one.here.store.reader.facts_after(0, 5_000))
            return [fact.body for fact in facts if fact.kind == FactKind.ORDER_FORECAST]

        def starts_again() -> Forecasting:
            forecasting = one.replanner.forecasting = Forecasting(one.here.floor, reader)
            return forecasting

        first = starts_again()
        await worked(one, 4, 720)
        before, count = first.outlooks["WO1"], len(told())
        assert before.moved is not None
        assert before.moved.because
        assert Outlook.of(before.view()).view() == before.view()
        again = starts_again()
        one.replanner.wake()
        await one.look()
        await again.finished()
        assert len(told()) == count, "nothing new is told"
        known = again.outlooks["WO1"].moved
        assert known is not None
        assert known.view() == before.moved.view()
        # What makes it move over a start is told with its reason, and what it was before.
        one.here.clock.plant += 22 * HOUR
        again = starts_again()
        await one.replanner.replan(documents=False, because=[say("plan.because_down", "down")])
        await again.finished()
        moved = again.outlooks["WO1"].moved
        assert moved is not None
        assert moved.was == told()[-2]["orders"][0]["forecast_finish"]
        assert "plan.because_down" in [said.code for said in moved.because]
        rows = [*reader.forecasts(["WO1"]).values()]
        assert rows == [told()[-1]["orders"][0]]
        assert reader.forecasts([]) == {}
        found = await one.here.store.rebuild()
        assert found
        assert [*reader.forecasts(["WO1"]).values()] == rows


async def test_while_a_plan_waits_sales_is_told_of_the_one_in_force(tmp_path: Path) -> None:
    """Also where its reasons are proved later, beside the planner that floors wait for."""

    class Quick(PlannerHere):
        async def solve(self, scenario: Scenario, *, proofs: int | None = None) -> dict[str, Any]:
            return await super().solve(scenario, proofs=0)

    async with planner(tmp_path) as it:
        it.replanner._planner, it.replanner.thorough = Quick(), PlannerHere()
        forecasting = it.replanner.forecasting = Forecasting(it.here.floor)
        await it.replanner.replan(documents=True)
        await forecasting.finished()
        await it.due_first(2, "WO2")
        await forecasting.finished()
        assert (await it.got("/plan"))["proposal"]["state"] == "open"
        plan = it.here.store.reader.plan()
        assert plan is not None
        orders = {one["id"]: one for one in plan.schedule["orders"]}
        in_force = {id_: parse_time(one["completion"]) for id_, one in orders.items()}
        assert {id_: one.planned for id_, one in forecasting.outlooks.items()} == in_force
        late = [one for one in forecasting.outlooks.values() if orders[one.order]["tardiness_s"]]
        assert late
        assert all(one.reasons for one in late)
        told: dict[str, int | None] = {}
        for row in it.here.store.reader.facts_after(0, 5_000):
            fact = decode(row.data)
            if fact.kind == FactKind.ORDER_FORECAST:
                told |= {one["id"]: one["planned_finish"] for one in fact.body["orders"]}
        assert told == in_force


async def test_a_forecast_that_has_hardly_changed_is_not_told_again(tmp_path: Path) -> None:
    documents = (definition(centers=("L1",)), schedule(1, order("WO1", quantity=5_000)))
    async with planning(tmp_path, documents) as one:
        forecasting = one.replanner.forecasting = Forecasting(one.here.floor)
        await one.start("WO1.10")
        for minute, pieces in ((60, 45 * 24), (61, 24)):
            one.at(minute)
            await one.makes("WO1.10", pieces)
            await one.look()
            await forecasting.finished()
        end = one.here.store.reader.chain_end().seq
        one.replanner.wake()
        await one.look()
        await forecasting.finished()
        facts = [decode(row.data) for row in one.here.store.reader.facts_after(end, 100)]
        assert FactKind.ORDER_FORECAST not in [fact.kind for fact in facts]


async def needed(folder: Path, made: Document, due: str, **more: Any) -> Needed:
    """What the only order, of an hour's pieces, must bring from six on."""
    documents = (made, schedule(1, {**order("WO1", quantity=1_440), "due": due, **more}))
    async with planning(folder, documents) as one:
        forecasting = one.replanner.forecasting = Forecasting(one.here.floor)
        one.replanner.wake()
        await one.look()
        await forecasting.finished()
        found = forecasting.outlooks["WO1"].needed
        assert found is not None
        return found


async def test_what_must_be_brought_leaves_out_set_up_plating_and_what_is_not_there(
    tmp_path: Path,
) -> None:
    one = definition(centers=("L1",))
    one.content["operations"][0]["alternatives"][0]["setup_s"] = 3 * 3_600
    found = await needed(tmp_path / "setup", one, "2026-06-08T09:40:00+02:00")
    assert (found.percent, found.possible) == (200, False)

    plated = definition()
    plated.content["operations"][1]["outside"] = {"lead_time_s": 72 * 3_600, "batch": None}
    found = await needed(tmp_path / "plated", plated, "2026-06-08T14:00:00+02:00")
    assert (found.operation, found.percent, found.possible) == (10, None, False)

    late = {"material_from": "2026-06-08T08:00:00+02:00"}
    found = await needed(
        tmp_path / "late", definition(centers=("L1",)), "2026-06-08T10:35:00+02:00", **late
    )
    assert (found.percent, found.per_hour) == (50, Fraction(720))


async def test_a_machine_that_made_almost_nothing_tells_an_open_end_and_no_far_century(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stood = Sample(shares=(0,) * 40 + (WHOLE,) * 8)
    monkeypatch.setattr(Forecasting, "_sample", lambda *_: stood)
    documents = (definition(centers=("L1",)), schedule(1, order("WO1", quantity=8_000)))
    async with planning(tmp_path, documents) as one:
        forecasting = one.replanner.forecasting = Forecasting(one.here.floor)
        one.at(20)
        one.replanner.wake()
        await one.look()
        await forecasting.finished()
        [now] = forecasting.outlooks.values()
        assert now.high is not None
        assert now.high < one.here.clock.now() + AHEAD
        assert now.is_open
        assert "forecast.open" in [said.code for said in now.because]
        facts = [row.data for row in one.here.store.reader.facts_after(0, 500)]
        told = [data for data in facts if decode(data).kind == FactKind.ORDER_FORECAST]
        check(told[-1])
        said: Any = decode(told[-1]).body["orders"]
        assert said[0]["range"]["open"] is True


async def test_a_late_order_that_another_one_s_strokes_make_says_that_it_is_planned_alone(
    tmp_path: Path,
) -> None:
    left, right = definition("LEFT", ("L1",)), definition("RIGHT", ("L1",))
    beside = [{"side": "right", "product": "RIGHT", "pieces_per_stroke": "1"}]
    way = left.content["operations"][0]["alternatives"][0]
    way["tool"] = {"id": "T1", "pieces_per_stroke": "1", "also": beside}
    soon = {"due": "2026-06-08T07:00:00+02:00"}
    documents = (
        left,
        right,
        schedule(
            1,
            {**order("WO1", quantity=5_000), "product": "LEFT", **soon},
            {**order("WO2", 2, quantity=5_000), "product": "RIGHT", **soon},
        ),
    )
    async with planning(tmp_path, documents) as one:
        forecasting = one.replanner.forecasting = Forecasting(one.here.floor)
        one.replanner.wake()
        await one.look()
        await forecasting.finished()
        said = forecasting.outlooks["WO2"].because[-1]
        assert (said.code, said.params["other"]) == ("forecast.beside", "WO1")
        assert "forecast.beside" not in [x.code for x in forecasting.outlooks["WO1"].because]
