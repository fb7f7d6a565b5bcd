"""Which orders are late is one truth: the list of late ones, `GET /orders` and what sales hears."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.commands.plan_views import of_edge
from edge.execution.dispatch.forecasting import Forecasting
from edge.planning.scenario.model import Scenario
from edge.planning.views.chart import chart_of
from tests.integration.edge.floor_on_store import MINUTE
from tests.integration.edge.replanned import PlannerHere, Planning, planning
from tests.integration.edge.test_api import api
from tests.integration.edge.test_instructions import get
from tests.integration.edge.test_raised_after_its_end import ended
from tests.unit.execution.floor_parts import definition, order, schedule

DUE = {"due": "2026-06-08T06:30:00+02:00"}


@asynccontextmanager
async def told(
    folder: Path, *orders: dict[str, Any], centers: tuple[str, ...] = ("L1", "L2")
) -> AsyncIterator[tuple[Planning, Any]]:
    async with planning(folder, (definition(centers=centers), schedule(1, *orders))) as one:
        forecasting = Forecasting(one.here.floor, one.here.rooms.plans.reader)
        one.replanner.forecasting = forecasting
        async with api(one.here, outlooks=lambda: forecasting.outlooks) as client:
            yield one, client


async def planned(one: Planning, *, documents: bool = True) -> None:
    assert one.replanner.forecasting is not None
    await one.replanner.replan(documents=documents)
    await one.replanner.forecasting.finished()


def last_told(one: Planning) -> dict[str, int]:
    """By order, how late it is by the last `order_forecast` that names it."""
    rows = [json.loads(fact.data) for fact in one.here.store.reader.facts_after(0, 5_000)]
    said = [row["body"]["orders"] for row in rows if row["kind"] == "order_forecast"]
    return {order["id"]: order["late_s"] for orders in said for order in orders}


async def agree(one: Planning, client: httpx.AsyncClient) -> dict[str, int]:
    """The late orders, as all that tell them say."""
    listed = {
        row["order"]: row["late_s"]
        for row in (await get(client, "/plan/late"))["items"]
        if row["completion"] is not None
    }
    shown = {row["id"]: row["late_s"] for row in (await get(client, "/orders"))["items"]}
    assert listed == {id_: late_s for id_, late_s in shown.items() if late_s}
    sold = last_told(one)
    assert {*listed} == {id_ for id_ in sold if sold[id_] and id_ in shown and shown[id_]}
    said = await get(client, "/plan/chart")
    assert {row.id: row.late_s for row in chart_of(said["schedule"], of_edge(said)).late} == {
        id_: late_s
        for id_, late_s in listed.items()
        if id_ in {row["id"] for row in said["schedule"]["orders"]}
    }
    return listed


async def test_a_late_order_that_the_running_hour_has_whole_stays_late(tmp_path: Path) -> None:
    """Planned at 06:10 for 06:10 to about 06:55, and due at 06:30."""
    only = definition(centers=("L1",))
    async with planning(tmp_path, (only, schedule(1, order("WO1", quantity=900) | DUE))) as one:
        forecasting = one.replanner.forecasting = Forecasting(one.here.floor)
        async with api(one.here, outlooks=lambda: forecasting.outlooks) as client:
            await planned(one)
            before = await agree(one, client)
            assert [*before] == ["WO1"]
            one.at(20)
            await one.start("WO1.10")
            await one.makes("WO1.10", 200)
            one.here.floor.register.reload()
            # Another order comes: what is left of WO1 stands in the hour that runs.
            await one.here.take(schedule(2, order("WO1", quantity=900) | DUE, order("WO2", 2)))
            await planned(one)
            rows = {row["id"]: row for row in one.made[-1].schedule["orders"]}
            assert rows["WO1"]["completion"] is None, "the plan has nothing of it behind the hour"
            after = await agree(one, client)
            assert abs(after["WO1"] - before["WO1"]) < 10 * 60
            (item,) = (await get(client, "/plan/late?work_center=L1"))["items"]
            assert (item["order"], item["work_centers"]) == ("WO1", ["L1"])
            assert item["completion"] == item["due"] + item["late_s"] * MINUTE // 60
            assert item["reasons"]


async def test_until_reasons_are_proved_all_say_so_and_then_the_same(tmp_path: Path) -> None:
    """A plan that hours wait for has no time for them; they are proved beside."""
    asked, free = asyncio.Event(), asyncio.Event()

    class Quick(PlannerHere):
        async def solve(self, scenario: Scenario, *, proofs: int | None = None) -> dict[str, Any]:
            return await super().solve(scenario, proofs=0)

    class Thorough(PlannerHere):
        async def solve(self, scenario: Scenario, *, proofs: int | None = None) -> dict[str, Any]:
            asked.set()
            await free.wait()
            return await super().solve(scenario, proofs=proofs)

    orders = [order("WO1", quantity=4_000), order("WO2", 2, 4_000)]
    async with told(tmp_path, *orders, centers=("L1",)) as (one, client):
        one.replanner._planner, one.replanner.thorough = Quick(), Thorough()
        await planned(one)
        await one.here.take(schedule(2, *(row | DUE for row in orders)))
        await one.replanner.replan(documents=True)
        await asyncio.wait_for(asked.wait(), 30)

        async def codes() -> tuple[set[str], set[str], set[str], set[str]]:
            item = (await get(client, "/plan/late"))["items"][0]
            rows = (await get(client, "/orders"))["items"]
            (row,) = (one for one in rows if one["id"] == item["order"])
            said = await get(client, "/plan/chart")
            drawn = chart_of(said["schedule"], of_edge(said)).late[0]
            words = (await get(client, f"/plan/difference?from=1&to={said['version']}"))["words"]
            (became,) = (
                one
                for one in words
                if one["code"] == "plan.became_late" and one["params"]["order"] == item["order"]
            )
            return (
                {code for one in item["reasons"] if (code := one["code"])[:10] == "plan.late_"},
                {one["code"] for one in row["late_because"]} & {"plan.late_unexplained"},
                {one["type"] for one in drawn.reasons} or {drawn.why},
                {became["params"]["why"]["code"]},
            )

        not_yet = {"plan.late_unexplained"}
        assert await codes() == (not_yet, not_yet, {"not_yet"}, not_yet)
        free.set()
        assert one.replanner.forecasting is not None
        await one.replanner.forecasting.finished()
        listed, still, drawn, became = await codes()
        assert not still
        assert "CAPACITY" in drawn
        assert became <= listed
        assert not (listed | became) & {*not_yet, "plan.late_unproved"}


async def test_an_order_that_cannot_be_finished_stands_without_a_finish(tmp_path: Path) -> None:
    async with told(tmp_path, order("WO1", quantity=400) | DUE) as (one, client):
        one.at(60)
        await ended(one, "WO1.10", 400)
        await one.here.take(schedule(2, order("WO1", quantity=600) | DUE))
        await planned(one)
        for path in ("/plan/late", "/plan/late?work_center=L1", "/plan/late?work_center=L2"):
            (item,) = (await get(client, path))["items"]
            assert (item["order"], item["completion"], item["late_s"]) == ("WO1", None, 0)
            assert [said["code"] for said in item["reasons"]] == ["order.unmade"]
        one.at(90)
        await ended(one, "WO1.20", 400)  # nothing of it is planned any more
        await planned(one)
        (item,) = (await get(client, "/plan/late?work_center=L1"))["items"]
        assert item["completion"] is None
        await one.here.take(schedule(3, order("WO1", quantity=400) | DUE))
        await planned(one)
        assert (await get(client, "/plan/late"))["items"] == []


@pytest.mark.parametrize("mended", [False, True])
async def test_an_edge_that_starts_again_lists_what_was_told(tmp_path: Path, mended: bool) -> None:
    orders = [order("WO1", quantity=400) | DUE, order("WO2", 2, 9_000) | DUE]
    async with told(tmp_path, *orders) as (one, _):
        one.at(60)
        await ended(one, "WO1.10", 400)
        await one.here.take(schedule(2, order("WO1", quantity=600) | DUE, orders[1]))
        await planned(one)
        before = one.replanner.forecasting
        assert before is not None
        if mended:  # while the edge is off
            await one.here.take(schedule(3, orders[1]))
        again = Forecasting(one.here.floor, one.here.rooms.plans.reader)
        again.recall(one.replanner.plan)
        kept = {"WO2"} if mended else {"WO1", "WO2"}
        assert {*again.outlooks} == kept
        assert all(again.outlooks[id_].view() == before.outlooks[id_].view() for id_ in kept)


steps = st.lists(
    st.tuples(st.integers(5, 90), st.integers(0, 1_500), st.integers(100, 6_000)),
    min_size=1,
    max_size=5,
)


@settings(max_examples=12, deadline=None)
@given(steps=steps, due=st.integers(0, 300))
async def test_all_who_tell_late_orders_agree_at_any_time(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, int, int]], due: int
) -> None:
    """Minutes go by, pieces are made, the ERP wants other quantities."""
    when = {"due": f"2026-06-08T{6 + due // 60:02}:{due % 60:02}:00+02:00"}
    first = [order("WO1", quantity=900) | when, order("WO2", 2, 2_000) | when]
    async with told(tmp_path_factory.mktemp("edge"), *first) as (one, client):
        await planned(one)
        await one.start("WO1.10")
        at, made = 10, 0
        for count, (minutes, pieces, quantity) in enumerate(steps):
            at += minutes
            one.at(at)
            made += pieces
            await one.makes("WO1.10", pieces)
            other = order("WO2", 2, quantity) | when
            await one.here.take(schedule(2 + count, first[0], other))
            await planned(one)
            await agree(one, client)
