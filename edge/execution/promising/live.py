"""What is planned now, as the adviser needs it; made anew only when something has changed."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from edge.domain.hours import hour_start
from edge.execution.dispatch.released import PlanInForce
from edge.execution.floor import Floor
from edge.planning.months.planned import PlannedJob
from edge.planning.scenario.model import Scenario


@dataclass(frozen=True, kw_only=True)
class Live:
    """What is planned now: `key` changes with it; `problem` without what is only reserved.

    `promised` is where the plan in force (its `version`) has that.
    """

    key: str
    version: int
    problem: Scenario
    promised: tuple[PlannedJob, ...]


class LivePlan:
    """Keeps the plan in force with its problem; `problem` makes it, `plan` is it."""

    def __init__(
        self, floor: Floor, problem: Callable[[], Scenario], plan: Callable[[], PlanInForce]
    ) -> None:
        self._floor, self._problem, self._plan = floor, problem, plan
        self._kept: Live | None = None
        self._centers: object = None

    async def now(self) -> Live:
        """The plan in force and what was to be planned by it; new with each hour, too."""
        floor, plan = self._floor, self._plan()
        hour = hour_start(floor.clock.now(), floor.zone)
        key = f"{plan.version}/{floor.reader.downlink_position()}/{hour}"
        if self._kept and self._kept.key == key and self._centers is floor.work_centers:
            return self._kept
        self._centers = floor.work_centers
        self._kept = await asyncio.to_thread(self._made, key, plan)
        return self._kept

    def _made(self, key: str, plan: PlanInForce) -> Live:
        problem = self._problem()
        return Live(key=key, version=plan.version, problem=problem, promised=plan.promised)
