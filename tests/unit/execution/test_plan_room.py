"""Boards ask for differences of versions in several threads; none takes away what another found."""

from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any, cast

from edge.domain.recording import ReleasedPlan
from edge.execution.plans.room import REMEMBERED, PlanRoom

PLANS = 2 * REMEMBERED


class Kept:
    """Versions that say nothing."""

    def version(self, plan: int) -> object:
        return SimpleNamespace(plan=plan)

    def content(self, plan: int) -> ReleasedPlan:
        schedule: dict[str, Any] = {"blocks": [], "hours": [], "orders": []}
        return ReleasedPlan(
            version=plan, input_hash="", valid_from=0, schedule=schedule, instructions=()
        )


def test_differences_are_asked_for_in_threads() -> None:
    room = PlanRoom(cast("Any", None), cast("Any", Kept()), cast("Any", None))

    def ask(number: int) -> bool:
        return room.difference(number % PLANS, number % PLANS + 1).nothing

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(ask, range(4_000)))
    assert len(room._known) == REMEMBERED
