"""A re-plan is made beside the event loop, keeps the order in force, and reads no book anew."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge.execution.dispatch import posing, releasing
from edge.execution.dispatch.replanning import Replanner
from edge.execution.orders import register
from edge.planning.process import PlannerProcess
from edge.storage import plans
from tests.integration.edge.floor_on_store import MINUTE, SIX, site
from tests.unit.execution.floor_parts import count, definition, order, schedule

ORDERS = [order(f"WO{number}", 1 + number, quantity=400) for number in range(12)]
HEAVY = (
    (posing, "scenario_from"),
    (releasing, "sketch"),
    (releasing, "compared"),
    (releasing, "instructions"),
    (releasing, "in_force"),
    (plans, "pack"),
    (register, "jobs_of"),
    (msgspec.json, "decode"),
)


def watched(patch: pytest.MonkeyPatch) -> list[tuple[str, bool]]:
    """What of the heavy work is done from now on, and whether on the loop's thread."""
    done: list[tuple[str, bool]] = []

    def through(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def told(*args: Any, **named: Any) -> Any:
            done.append((name, threading.current_thread() is threading.main_thread()))
            return work(*args, **named)

        return told

    for room, name in HEAVY:
        patch.setattr(room, name, through(name, getattr(room, name)))
    return done


async def test_nothing_heavy_of_a_replan_is_done_on_the_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = (definition(), schedule(1, *ORDERS))
    async with site(tmp_path, documents=documents) as here, PlannerProcess() as planner:
        replanner = Replanner(here.floor, planner)
        await replanner.look()
        here.clock.plant += MINUTE
        await here.record(count("WO3.10", 300, "L1"))
        done = watched(monkeypatch)
        before = dict(replanner.plan.jobs)
        await replanner.look()
        assert replanner.plan.version == 2
        assert [name for name, on_loop in done if on_loop] == []
        assert {name for name, _ in done} >= {"scenario_from", "compared", "instructions", "decode"}
        after = replanner.plan.jobs
        coming = {id_ for id_, one in before.items() if one.start > SIX + 60 * MINUTE}
        wait = [id_ for id_ in _order(before) if id_ in coming and not id_.startswith("WO3")]
        assert len(wait) > 12  # the others are in the hour that runs
        assert wait == [id_ for id_ in _order(after) if id_ in wait]


def _order(jobs: Any) -> list[str]:
    return sorted(jobs, key=lambda id_: (jobs[id_].work_center, jobs[id_].start))
