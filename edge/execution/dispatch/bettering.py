"""A better plan is looked for while nothing happens, and proposed where it is worth moving.

A re-plan is quick and keeps its order. When the floor has been quiet for some minutes, a process
of low priority looks longer (effort `normal`). What it finds is never released by itself: it is a
proposal, and a person decides. One is looked for at a time, and once for each version of the plan;
what is overtaken meanwhile is dropped.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import structlog

from edge.domain.pace import MINUTE, ReplanRules
from edge.domain.plan_versions import BETTER, Footing, PlanProposal
from edge.domain.recording import StoreUnavailable, VersionConflict
from edge.domain.sentences import Sentence, say
from edge.execution.dispatch.releasing import MadePlan, Releasing
from edge.execution.floor import Floor
from edge.planning.errors import PlannerLost, PlannerTooSlow, ScenarioInvalid
from edge.planning.in_force import is_worth_moving
from edge.planning.promises.holding import without_held
from edge.planning.scenario.model import Scenario

HOUR_S = 3_600
LONGEST_SEARCH_S = 900.0
PROOFS = 2_000
log = structlog.get_logger(__name__)


class Searcher(Protocol):
    """Whoever looks for better plans, beside the planner that the floor waits for."""

    async def solve(
        self, scenario: Scenario, *, proofs: int | None = None, effort: str = "first"
    ) -> dict[str, Any]:
        """The schedule of an effort; raises as the planner."""
        ...

    async def close(self) -> None:
        """End it; it starts again when it is asked."""
        ...


@dataclass(frozen=True, kw_only=True)
class Ahead:
    """What is to be planned behind the hours that stay: made against version `base`, from facts
    up to `as_of` and what `footing` says, from `valid_from` (us) on."""

    scenario: Scenario
    base: int
    as_of: int
    footing: Footing
    made_at: int
    valid_from: int


@dataclass
class Bettering:
    """Looks for better plans of one floor; `ahead` says what there is to plan (None: nothing)."""

    floor: Floor
    releasing: Releasing
    searcher: Searcher
    ahead: Callable[[], Ahead | None]
    _minute: int = field(init=False, default=-1)
    _looked: int = field(init=False, default=0)  # the version that was searched last
    _task: asyncio.Task[None] | None = field(init=False, default=None)

    async def look(self, rules: ReplanRules, quiet_since: int) -> None:
        """Begin to look if the floor has been quiet for long enough, and drop what is too old;
        once a minute."""
        now, version = self.floor.clock.now(), self.releasing.plan.version
        if now // MINUTE == self._minute:
            return
        self._minute = now // MINUTE
        open_ = self.releasing.reader.open_proposal()
        if open_ is not None and is_better(open_) and self.releasing.is_old(open_.valid_from):
            await self.releasing.withdraw()
        running = self._task is not None and not self._task.done()
        quiet = rules.better and now - quiet_since >= rules.better
        if running or not quiet or open_ is not None or version in {0, self._looked}:
            return
        self._looked = version
        if (ahead := await asyncio.to_thread(self.ahead)) is not None:
            self._task = asyncio.create_task(self._search(ahead))

    def overtaken(self) -> None:
        """Another plan is in force: what is being looked for is of no use."""
        if self._task is not None and self._task.cancel():
            log.info("better_plan_dropped", why="another plan is in force")

    async def finished(self) -> None:
        """Wait until nothing is looked for."""
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)

    async def end(self) -> None:
        """Look for no more."""
        if self._task is not None:
            self._task.cancel()
        await self.finished()
        await self.searcher.close()

    async def _search(self, ahead: Ahead) -> None:
        try:
            await self._propose(ahead)
        except (PlannerLost, PlannerTooSlow, ScenarioInvalid) as error:
            log.warning("better_plan_not_found", why=str(error))
        except (StoreUnavailable, VersionConflict) as error:
            log.info("better_plan_dropped", why=str(error))
        finally:
            await self.searcher.close()  # it is needed once an hour, and takes room

    async def _propose(self, ahead: Ahead) -> None:
        kept = await self.searcher.solve(ahead.scenario, proofs=0)
        found = await self.searcher.solve(ahead.scenario, proofs=PROOFS, effort="normal")
        before, after = _cost(kept), _cost(found)
        orders = ahead.scenario.orders
        if not is_worth_moving(before, after, orders) or not self._holds(ahead):
            return
        await self.releasing.propose(
            MadePlan(
                schedule=without_held(found),
                valid_from=ahead.valid_from,
                trigger=better(before[0] - after[0]),
                made_at=ahead.made_at,
                as_of=ahead.as_of,
                base=ahead.base,
                footing=ahead.footing,
            )
        )

    def _holds(self, ahead: Ahead) -> bool:
        """Whether the plan, the documents and the first hour are those that it was made for."""
        return (
            self.releasing.plan.version == ahead.base
            and self.floor.reader.downlink_position() == ahead.footing.position
            and not self.releasing.is_old(ahead.valid_from)
            and self.releasing.reader.open_proposal() is None
        )


def is_better(one: PlanProposal) -> bool:
    """Whether a proposal is one of these."""
    return one.why_view.get("code") == BETTER


def better(gain_s: int) -> Sentence:
    """Why it is proposed: by how much less late orders are, each times its weight."""
    return say(
        "plan.because_better",
        "a better plan was found: late orders lose {hours} h less, each times its weight",
        "look at the difference, and release or discard it",
        hours=gain_s // HOUR_S,
    )


def _cost(schedule: Mapping[str, Any]) -> tuple[int, int]:
    found = schedule["objective"]
    return found["weighted_tardiness_s"], found["setup_s"]
