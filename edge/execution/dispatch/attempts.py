"""A plan on its way, from what is planned to what is offered; and who solves it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from edge.domain.plan_versions import Footing
from edge.domain.sentences import Sentence
from edge.execution.dispatch.frozen import Frozen
from edge.execution.dispatch.posing import Problem
from edge.execution.dispatch.released import PlanInForce
from edge.execution.dispatch.releasing import MadePlan
from edge.execution.dispatch.triggers import BY_HOUR
from edge.execution.dispatch.triggers import because as because_of
from edge.planning.scenario import model


class Planner(Protocol):
    """Whoever solves scenarios, in a process of its own."""

    async def solve(self, scenario: model.Scenario, *, proofs: int | None = None) -> dict[str, Any]:
        """The schedule; reasons only if so many placements prove them (None: in any case).

        Raises ScenarioInvalid, PlannerLost or PlannerTooSlow.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """A plan on its way: begun at `now` (us) of facts up to `as_of`, for the hours from
    `valid_from` on, behind those that are `kept`, instead of the plan `before`, and why.

    It is overtaken when documents (`position`) or work centers are others meanwhile.
    """

    now: int
    as_of: int
    position: int
    centers: object
    before: PlanInForce
    kept: Frozen | None
    valid_from: int
    problem: Problem
    why: tuple[Sentence, ...]

    def made(self, schedule: Mapping[str, Any], position: int) -> MadePlan:
        """It with its schedule; `position` of the documents that were read for it."""
        kept, situation = self.kept, self.problem.basis.situation
        return MadePlan(
            schedule=schedule,
            valid_from=self.valid_from,
            trigger=because_of([*self.why] or [BY_HOUR]),
            made_at=self.now,
            as_of=self.as_of,
            base=self.before.version,
            unfrozen=kept.unfrozen if kept else {},
            instead=kept.instead if kept else (),
            footing=Footing(position=position, outages=situation.outages()),
            waiting=situation.waiting(),
        )
