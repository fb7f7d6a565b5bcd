"""A plan is made while promises are asked for: each has what it read, and one looks at a time."""

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from edge.domain.orders import JobOrder
from edge.execution.dispatch.looking import Looking
from edge.execution.dispatch.situation import Situation
from tests.integration.edge.test_promises import LINE, asked, promising
from tests.unit.execution.floor_parts import order, schedule

LOOKS_S = 0.05


async def test_one_looks_at_the_floor_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, inside, most = Looking._seen, [0], [0]

    def slowly(self: Looking, now: int, due: Mapping[str, JobOrder]) -> Situation:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        time.sleep(LOOKS_S)  # so long that another one would come in
        inside[0] -= 1
        return seen(self, now, due)

    documents = (LINE, schedule(1, order("WO1", quantity=4_000)))
    async with promising(tmp_path, documents) as (plant, client):
        monkeypatch.setattr(Looking, "_seen", slowly)
        plan = plant.replanner
        await asyncio.gather(
            plan.replan(documents=True),
            asked(client, quantity=10),
            asyncio.to_thread(plan.what_is_left),
            asyncio.to_thread(plan.ahead),
        )
        assert most == [1]


async def test_what_is_asked_beside_a_plan_does_not_change_what_people_are_told(
    tmp_path: Path,
) -> None:
    lost = order("WO2", 2) | {"product": "NONE"}
    documents = (LINE, schedule(1, order("WO1", quantity=4_000), lost))
    async with promising(tmp_path, documents) as (plant, _):
        told = plant.replanner.problem
        assert "no definition of NONE/A" in told
        await plant.here.take(schedule(2, order("WO1", quantity=4_000)))
        assert plant.replanner.what_is_left().orders
        plant.replanner._failed(TimeoutError("as a planner that does not answer"))
        assert told in plant.replanner.problem
