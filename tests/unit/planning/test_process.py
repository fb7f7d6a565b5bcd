"""The planner as a process of its own: answers, faults, death, time limit."""

import contextlib
import io
import json
import os
import signal
from typing import Any

import pytest

from edge.planning.efforts import Effort, Search
from edge.planning.errors import PlannerLost, PlannerTooSlow, ScenarioInvalid
from edge.planning.process import PlannerProcess
from edge.planning.scenario.parse import parse
from edge.planning.solving import solve
from edge.planning.worker import serve
from tests.unit.planning.scenarios import order, scenario

DOCUMENT = scenario(order("O1"))


def test_a_line_in_and_a_line_out() -> None:
    lines = [json.dumps(DOCUMENT), "{", json.dumps({"format": 1})]
    answers = io.BytesIO()
    serve(io.BytesIO("\n".join(lines).encode()), answers)
    found: list[dict[str, Any]] = [json.loads(line) for line in answers.getvalue().splitlines()]
    assert found[0] == {"schedule": solve(parse(DOCUMENT))}
    assert [fault["place"] for fault in found[1]["faults"]] == ["file"]
    assert found[2]["faults"][0].keys() == {"place", "value", "message", "mend"}


async def test_it_starts_when_needed_and_again_when_it_died() -> None:
    async with PlannerProcess() as planner:
        before = planner.pid
        assert before is None
        assert await planner.solve(DOCUMENT) == solve(parse(DOCUMENT))
        first = planner.pid
        assert first is not None
        with pytest.raises(ScenarioInvalid, match="is missing"):
            await planner.solve({"format": "taktline.scenario/1"})
        assert planner.pid == first
        os.kill(first, signal.SIGKILL)
        # Whether the death is seen before or while it is asked is a matter of time.
        with contextlib.suppress(PlannerLost):
            await planner.solve(DOCUMENT)
        assert await planner.solve(DOCUMENT) == solve(parse(DOCUMENT))
        assert planner.pid not in (None, first)
    assert planner.pid is None


async def test_a_plan_that_takes_too_long_ends_the_process() -> None:
    async with PlannerProcess(seconds=0.001) as planner:
        with pytest.raises(PlannerTooSlow, match=r"within 0\.001 s"):
            await planner.solve(DOCUMENT)
        assert planner.pid is None


async def test_one_of_low_priority_looks_longer_and_lets_others_go_first() -> None:
    read = parse(scenario(order("O1"), order("O2")))
    async with PlannerProcess(low=True) as planner:
        found = await planner.solve(read, effort="normal")
        assert found == solve(read, search=Search(effort=Effort.NORMAL))
        assert os.getpriority(os.PRIO_PROCESS, planner.pid or 0) == 19
