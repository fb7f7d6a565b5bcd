"""What if: the plan with changes beside the one in force, and a proposal of what a plan can do.

Nothing is changed by either. What is proposed waits as any proposal does, and somebody releases
or discards it.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from edge.domain.facts import Json, decode
from edge.domain.sentences import Sentence, remembered, say
from edge.execution.authority import PLANNER
from edge.execution.desk import Asked, Desk
from edge.execution.dispatch.bettering import Ahead
from edge.execution.dispatch.releasing import MadePlan, Release
from edge.execution.errors import InvalidAction, NotAllowed
from edge.execution.floor import Floor
from edge.execution.plans.room import PlanRoom
from edge.execution.promising.advice import advised
from edge.execution.promising.room import Promises
from edge.planning.comparing.feasible import refusals
from edge.planning.promises.asking import AskWhatIf
from edge.planning.promises.holding import with_promised, without_held
from edge.planning.scenario.writing import scenario_json

REMEMBERED = 20  # answers, for who asks again because the first one was lost
Changes = Sequence[Mapping[str, Any]]


def nothing_ahead() -> Ahead | None:
    """Where nobody plans there is nothing to propose."""
    return None


@dataclass
class Supposing:
    """The room; `ahead` says what there is to plan behind the hours that stay (None: nothing)."""

    floor: Floor
    promises: Promises
    plans: PlanRoom
    ahead: Callable[[], Ahead | None] = nothing_ahead
    _answers: OrderedDict[str, dict[str, Json]] = field(init=False, default_factory=OrderedDict)

    async def scenario(self) -> dict[str, Json]:
        """What is to be planned now, as `taktline.scenario/1`: counts, frozen hours and the plan in
        force in it, without what is only reserved. Raises NoAdvice.
        """
        live = await self.promises.finding.planned_now()
        return await asyncio.to_thread(scenario_json, live.problem)

    async def what_if(self, changes: Changes) -> dict[str, Json]:
        """What would change in the plan of now, with its reservations.

        Raises InvalidAction, NoAdvice.
        """
        live = await self.promises.finding.planned_now()
        held = await asyncio.to_thread(self.promises.held)
        scenario = with_promised(live.problem, held, {}, live.promised)
        answer = await advised(
            self.promises.finding.adviser, AskWhatIf(scenario=scenario, changes=changes), live
        )
        found: dict[str, Json] = answer["what_if"]
        return found

    async def propose(self, changes: Changes, note: str, asked: Asked) -> dict[str, Json]:
        """The same, and the plan that does it as a proposal: its number is `proposal`.

        The same request again gets the same answer; once the edge was started again, the number
        alone. The word of a planner. Raises NotAuthorized, InvalidAction where a plan cannot do it,
        NotAllowed where it would move nothing, VersionConflict where it was overtaken.
        """
        if again := Desk(self.floor).answered(asked):
            number: dict[str, Json] = {"proposal": self._proposed_by(again.seq)}
            return self._answers.get(asked.request.key, number)
        self.floor.authority.check(asked.actor, PLANNER)
        if refused := refusals(_sound(changes)):
            raise InvalidAction(refused[0])
        ahead, live = await asyncio.to_thread(self.ahead), await self.promises.finding.planned_now()
        if ahead is None:
            raise NotAllowed(
                say(
                    "plan.if_too_soon",
                    "the hours behind those that stay are just being planned",
                    "ask again in a moment",
                )
            )
        question = AskWhatIf(scenario=ahead.scenario, changes=changes, feasible=True)
        answer = await advised(self.promises.finding.adviser, question, live)
        found: dict[str, Json] = answer["what_if"]
        by = Release(actor=asked.actor, request=asked.request)
        made = _made(ahead, answer["schedule"], found, asked.actor, note)
        if (recorded := await self.plans.releasing.propose(made, by)) is None:
            raise NotAllowed(
                say(
                    "plan.if_nothing",
                    "the plan would move nothing for it, or nothing that does not wait already",
                    "look at the proposals",
                )
            )
        found = await asyncio.to_thread(
            self._as_proposed, found, self._proposed_by(recorded.first_seq)
        )
        self._answers[asked.request.key] = found
        while len(self._answers) > REMEMBERED:
            self._answers.popitem(last=False)
        return found

    def _as_proposed(self, found: Mapping[str, Json], proposal: int) -> dict[str, Json]:
        """An answer with the figures of the proposal itself, as those who decide it see them:
        against the version in force. Reads the store."""
        said = self.plans.proposed(proposal)
        told = [*self.plans.words(said.difference), said.lateness.words()]
        return {
            **found,
            **said.lateness.view(),
            "words": [one.view() for one in told],
            "difference": said.difference.view(),
            "proposal": proposal,
            "against": said.base,
        }

    def _proposed_by(self, seq: int) -> int:
        """The number of the proposal that was recorded from a fact on."""
        bodies = [decode(one.data).body for one in self.floor.reader.facts_after(seq - 1, 2)]
        return next(int(one["proposal"]) for one in bodies if one.get("event") == "proposed")


def _sound(changes: Changes) -> Changes:
    """What is no change at all is left for the planner to refuse, with its place."""
    known = {"open", "down", "order", "remove", "line", "alternative", "move"}
    return [
        one
        for one in changes
        if len(one) == 1 and known & one.keys() and isinstance(next(iter(one.values())), Mapping)
    ]


def _made(
    ahead: Ahead, schedule: Mapping[str, Any], found: Mapping[str, Json], actor: str, note: str
) -> MadePlan:
    return MadePlan(
        schedule=without_held(schedule),
        valid_from=ahead.valid_from,
        trigger=_because(actor, found, note),
        made_at=ahead.made_at,
        as_of=ahead.as_of,
        base=ahead.base,
        footing=ahead.footing,
    )


def _because(actor: str, found: Mapping[str, Any], note: str) -> Sentence:
    said = [remembered(one) for one in found["changes"]]
    return say(
        "plan.because_what_if",
        "{actor} proposes ({note}): {changes}",
        actor=actor,
        note=note.strip() or "-",
        changes=said,
    )
