"""What is planned now, as the adviser needs it; made anew only when something has changed."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from edge.domain.hours import hour_start
from edge.execution.floor import Floor
from edge.planning.scenario.model import Scenario


@dataclass(frozen=True, kw_only=True)
class Live:
    """What is planned now: `key` changes with it; `problem` without what is only reserved.

    `blocks` of the plan in force (its `version`), also of reservations.
    """

    key: str
    version: int
    problem: Scenario
    blocks: Sequence[Mapping[str, Any]]


class LivePlan:
    """Keeps the plan in force with its problem; `problem` makes it, `version` names the plan."""

    def __init__(
        self, floor: Floor, problem: Callable[[], Scenario], version: Callable[[], int]
    ) -> None:
        self._floor, self._problem, self._version = floor, problem, version
        self._kept: Live | None = None
        self._centers: object = None

    async def now(self) -> Live:
        """The plan in force and what was to be planned by it; new with each hour, too."""
        floor, version = self._floor, self._version()
        hour = hour_start(floor.clock.now(), floor.zone)
        key = f"{version}/{floor.reader.downlink_position()}/{hour}"
        if self._kept and self._kept.key == key and self._centers is floor.work_centers:
            return self._kept
        self._centers = floor.work_centers
        self._kept = await asyncio.to_thread(self._made, key, version)
        return self._kept

    def _made(self, key: str, version: int) -> Live:
        plan = self._floor.reader.plan()
        blocks = plan.schedule["blocks"] if plan else []
        return Live(key=key, version=version, problem=self._problem(), blocks=blocks)
