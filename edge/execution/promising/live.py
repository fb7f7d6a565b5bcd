"""What is planned now, as the adviser needs it; made anew only when something has changed."""

import asyncio
from dataclasses import dataclass
from typing import Protocol

from edge.domain.hours import hour_start
from edge.domain.sentences import say
from edge.execution.dispatch.released import PlanInForce
from edge.execution.errors import NoAdvice
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


class Plans(Protocol):
    """Whoever plans."""

    @property
    def plan(self) -> PlanInForce: ...
    def what_is_left(self) -> Scenario: ...


class LivePlan:
    """Keeps the plan in force with its problem, as `plans` has it once it is there."""

    plans: Plans | None = None

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self._kept: Live | None = None
        self._centers: object = None

    async def now(self) -> Live:
        """The plan in force and what was to be planned by it; new with each hour, too.

        Raises NoAdvice while nobody plans.
        """
        floor, plans = self._floor, self.plans
        if plans is None:
            raise NoAdvice(
                say("promise.no_plans", "nothing is planned here yet", "ask again in a moment")
            )
        plan = plans.plan
        hour = hour_start(floor.clock.now(), floor.zone)
        key = f"{plan.version}/{floor.reader.downlink_position()}/{hour}"
        if self._kept and self._kept.key == key and self._centers is floor.work_centers:
            return self._kept
        self._centers = floor.work_centers
        problem = await asyncio.to_thread(plans.what_is_left)
        self._kept = Live(key=key, version=plan.version, problem=problem, promised=plan.promised)
        return self._kept
