"""A date that no plan reaches is named, and stops no other order's plan; nor does any failure."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from edge.domain.clock import parse_time
from edge.domain.recording import Document
from edge.execution.dispatch import replanning
from edge.execution.dispatch.situation import Closure, Situation
from edge.planning.errors import PlannerLost
from edge.planning.scenario.model import Scenario
from tests.integration.edge.floor_on_store import SIX
from tests.integration.edge.replanned import Planning, planning
from tests.unit.execution.floor_parts import definition, order, schedule

LAST = "9999-12-31T23:59:59+00:00"
FIRST = "0001-01-01T00:00:00+00:00"


def with_order(**dates: str) -> Document:
    return schedule(2, order("WO1", quantity=400), order("WO2", 2, 100) | dates)


def until(moment: str) -> Document:
    found = with_order()
    return replace(found, content={**found.content, "to": moment})


def planned(plant: Planning) -> set[str]:
    return {row.order for row in plant.rows() if row.plan == plant.replanner.plan.version}


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (with_order(due=LAST), "order WO2: due 9999-12-31 is more than 10 years from now"),
        (with_order(due=FIRST), "order WO2: due 0001-01-01 is more than 10 years from now"),
        (with_order(due="2062-06-10T14:00+02:00"), "order WO2: due 2062-06-10"),
        (with_order(release="2199-12-01T00:00+00:00"), "order WO2: release 2199-12-01"),
        (with_order(material_from=LAST), "order WO2: material_from 9999-12-31"),
        (with_order(due=LAST, release=LAST), "; order WO2: release 9999-12-31"),
    ],
)
async def test_an_order_with_a_far_date_is_named_and_left_out(
    tmp_path: Path, document: Document, said: str
) -> None:
    documents = (definition(), schedule(1, order("WO1", quantity=400)))
    async with planning(tmp_path, documents) as plant:
        plant.at(120)
        await plant.here.take(document)
        await plant.replanner.replan(documents=True)
        assert said in plant.replanner.problem
        assert "mend it in the schedule" in plant.replanner.problem
        assert list(plant.replanner.problems) == ["WO2"]
        assert plant.replanner.plan.version == 2
        assert planned(plant) == {"WO1"}


@pytest.mark.parametrize("moment", [LAST, "2062-07-01T00:00:00+02:00"])
async def test_a_schedule_that_ends_far_away_is_named_and_planned(
    tmp_path: Path, moment: str
) -> None:
    documents = (definition(), schedule(1, order("WO1", quantity=400)))
    async with planning(tmp_path, documents) as plant:
        await plant.here.take(until(moment))
        await plant.replanner.replan(documents=True)
        assert f"schedule 2026-06: to {moment[:4]}" in plant.replanner.problem
        assert {"WO1", "WO2"} == {one.order for one in plant.replanner.plan.jobs.values()}
        assert planned(plant) == {"WO2"}  # all of WO1 stands in the hour that runs, of plan 1


@pytest.mark.parametrize(
    "dates",
    [
        {"release": FIRST},
        {"material_from": FIRST},
        {"due": "2036-06-01T00:00+02:00"},
        {"due": "2016-06-12T00:00+02:00"},
        {"release": "2036-06-01T00:00+02:00", "due": "2036-06-02T00:00+02:00"},
    ],
)
async def test_dates_within_reach_are_planned(tmp_path: Path, dates: dict[str, str]) -> None:
    documents = (definition(), schedule(1, order("WO1", quantity=400)))
    async with planning(tmp_path, documents) as plant:
        await plant.here.take(with_order(**dates))
        await plant.replanner.replan(documents=True)
        assert plant.replanner.problem == ""
        assert {"WO1", "WO2"} == {one.order for one in plant.replanner.plan.jobs.values()}


class FailsAtFirst:
    """A planner that fails so often as there are errors, and then is the real one."""

    def __init__(self, plant: Planning, errors: list[Exception]) -> None:
        self._real, self.errors, self.asked = plant.replanner._planner, errors, 0

    async def solve(self, scenario: Scenario, *, proofs: int | None = None) -> dict[str, Any]:
        self.asked += 1
        if self.errors:
            raise self.errors.pop(0)
        return await self._real.solve(scenario, proofs=proofs)


@asynccontextmanager
async def running(plant: Planning) -> AsyncIterator[None]:
    task = asyncio.create_task(plant.replanner.run())
    try:
        yield
        assert not task.done()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def comes(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not true():
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("error", [ValueError("year 10000"), KeyError("L9"), PlannerLost("gone")])
async def test_a_plan_that_fails_is_told_and_tried_again(
    tmp_path: Path, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replanning, "LOOK_S", 0.01)
    monkeypatch.setattr(replanning, "PAUSE_S", 0.1)
    documents = (definition(), schedule(1, order("WO1", quantity=400)))
    async with planning(tmp_path, documents) as plant:
        planner = FailsAtFirst(plant, [error])
        plant.replanner._planner = planner
        await plant.here.take(with_order())
        plant.replanner.wake()
        async with running(plant):
            await comes(lambda: "no new plan was made" in plant.replanner.problem)
            assert str(error) in plant.replanner.problem
            assert plant.replanner.plan.version == 1
            await comes(lambda: plant.replanner.plan.version == 2)
            await comes(lambda: plant.replanner.problem == "")
        assert planner.asked == 2


async def test_what_fails_again_and_again_is_tried_ever_more_rarely(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever sends a mended document does not wait for that: it is planned at once."""
    monkeypatch.setattr(replanning, "LOOK_S", 0.001)
    monkeypatch.setattr(replanning, "PAUSE_S", 0.01)
    documents = (definition(), schedule(1, order("WO1", quantity=400)))
    async with planning(tmp_path, documents) as plant:
        waits: list[float] = []
        wait = plant.replanner._asked_within

        async def waited(seconds: float) -> None:
            waits.append(seconds)
            await wait(min(seconds, 0.01) if len(waits) < 16 else 3_600)

        plant.replanner._asked_within = waited  # type: ignore[method-assign]
        plant.replanner._planner = FailsAtFirst(plant, [ValueError("no")] * 16)
        plant.replanner.wake()
        async with running(plant):
            await comes(lambda: len(waits) == 16)
            assert waits[:4] == [0.01, 0.02, 0.04, 0.08]
            assert waits[-1] == replanning.LONGEST_PAUSE_S
            await plant.here.take(with_order())
            plant.replanner.wake()
            await comes(lambda: plant.replanner.plan.version == 2)


async def test_an_order_that_there_is_no_time_for_is_named_and_left_out(tmp_path: Path) -> None:
    documents = (definition(), schedule(1, order("WO1", quantity=400)))
    async with planning(tmp_path, documents) as plant:
        plant.at(120)
        whole, typo = order("WO1", quantity=9_000), order("WO2", 2, 2**31 - 1)
        await plant.here.take(schedule(2, whole, typo, order("WO3", 3)))
        plant.replanner.wake()
        await plant.look()
        await plant.look()
        assert (
            "order WO2: operation 10: 2147483647 pieces need 1491308 h of work"
            in plant.replanner.problem
        )
        assert plant.replanner.plan.version == 2
        assert {one.order for one in plant.replanner.plan.jobs.values()} == {"WO1", "WO3"}
        await plant.here.take(schedule(3, whole, order("WO2", 2, 100)))
        plant.replanner.wake()
        await plant.look()
        assert plant.replanner.problem == ""
        assert {one.order for one in plant.replanner.plan.jobs.values()} == {"WO1", "WO2"}


async def test_a_work_center_that_is_stopped_for_ever_stops_only_its_own_orders(
    tmp_path: Path,
) -> None:
    other = definition("BOLT", ("L2",))
    both = schedule(1, order("WO1", quantity=9_000), order("WO2", 2) | {"product": "BOLT"})
    async with planning(tmp_path, (definition("HINGE", ("L1",)), other, both)) as plant:
        plant.replanner.watch.situation = stopped(plant)  # type: ignore[method-assign]
        plant.at(60)
        await plant.look()
        await plant.look()
        assert "L2, where it is made, is not open by 20" in (plant.replanner.problem)
        assert planned(plant) == {"WO1"}


def stopped(plant: Planning) -> Callable[..., Situation]:
    """What is seen, and a stop of L2 that ends in another century."""
    seen, end = plant.replanner.watch.situation, parse_time("2199-01-01T00:00:00+00:00")
    closure = Closure(work_center="L2", kind="planned", id=1, start=SIX, end=end)

    def situation(*told: Any) -> Situation:
        found = seen(*told)
        return replace(found, closures=(*found.closures, closure))

    return situation
