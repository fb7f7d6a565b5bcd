"""The room of the planner: versions and their differences, proposals, frozen hours, who has seen.

What is in force, and what asks, is kept by `edge/execution/dispatch/releasing.py`.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock

from edge.domain.facts import FactKind
from edge.domain.hours import moment_label
from edge.domain.orders import HourInstruction
from edge.domain.plan_versions import OPEN, PlanReader, PlanVersion, Unfreezing, decided
from edge.domain.recording import ReleasedPlan, VersionConflict
from edge.domain.sentences import Sentence, say
from edge.execution.authority import PLANNER, SUPERVISOR
from edge.execution.desk import Answer, Asked, Desk
from edge.execution.dispatch.releasing import Releasing
from edge.execution.errors import InvalidAction, NotAllowed, UnknownObject
from edge.execution.floor import Floor
from edge.planning.comparing.difference import Difference, difference
from edge.planning.comparing.difference_words import words
from edge.planning.comparing.lateness import LatenessInAll, against
from edge.planning.comparing.papers import with_other_papers

__all__ = ["Difference", "PlanRoom"]

REMEMBERED = 8  # differences: boards ask for the same ones each second


def nobody(_: Sentence) -> None:
    """Whoever plans again, where nobody does."""


@dataclass(frozen=True)
class Proposed:
    """What a proposal changes against a version, and what that does to lateness in all."""

    base: int
    difference: Difference
    lateness: LatenessInAll


@dataclass(frozen=True)
class _Between:
    """What lies between two versions: what is planned otherwise, and hours by other papers."""

    difference: Difference
    papers: Sequence[HourInstruction]


class PlanRoom:
    """Plans of one floor, as people see and decide them."""

    def __init__(self, floor: Floor, reader: PlanReader, releasing: Releasing) -> None:
        self.floor, self.reader, self.releasing = floor, reader, releasing
        self.wake: Callable[[Sentence], None] = nobody
        self._desk = Desk(floor)
        self._known: OrderedDict[tuple[int, int], _Between] = OrderedDict()
        self._remembering = Lock()

    def version(self, plan: int) -> PlanVersion:
        """What is known of a version; raises UnknownObject."""
        if (found := self.reader.version(plan)) is None:
            raise UnknownObject(
                say(
                    "plan.unknown",
                    "there is no version {plan} of the plan here",
                    "look at the list of versions",
                    plan=plan,
                )
            )
        return found

    def before(self, plan: int) -> int:
        """The version that a version replaced. Raises UnknownObject, also where it is the first."""
        if not (found := self.version(plan).replaces):
            raise UnknownObject(
                say(
                    "plan.first",
                    "version {plan} is the first one: there is none to compare it with",
                    "wait for the next plan, or compare two versions that you name",
                    plan=plan,
                )
            )
        return found

    def content(self, plan: int) -> ReleasedPlan:
        """A version whole. Raises UnknownObject, NotAllowed once it is kept in short."""
        self.version(plan)
        if (found := self.reader.content(plan)) is None:
            raise NotAllowed(
                say(
                    "plan.in_short",
                    "version {plan} is not kept whole any more",
                    "take a later one; what it changed stands in the list of versions",
                    plan=plan,
                )
            )
        return found

    def difference(self, before: int, after: int) -> Difference:
        """What a version changes against another one, from when the later one is valid.

        Raises UnknownObject, and NotAllowed where one is not kept whole.
        """
        return self._between(before, after).difference

    def other_papers(self, before: int, after: int) -> Sequence[HourInstruction]:
        """Hours of a version that are done by other papers than in another one; raises as
        `difference`."""
        return self._between(before, after).papers

    def _between(self, before: int, after: int) -> _Between:
        key = (before, after)
        if (found := self._known.get(key)) is None:
            old, new = self.content(before), self.content(after)
            since = max(old.valid_from, new.valid_from)
            found = _Between(
                difference(old.schedule, new.schedule, since),
                with_other_papers(old.instructions, new.instructions, since),
            )
            self._remember(key, found)
        return found

    def _remember(self, key: tuple[int, int], found: _Between) -> None:
        """Several threads ask: what one of them lets go another one may just have found."""
        with self._remembering:
            self._known[key] = found
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)

    def proposed(self, proposal: int) -> Proposed:
        """What a proposal would change against the plan in force, or changed against its base.

        Raises UnknownObject.
        """
        waiting, said = self.reader.proposal(proposal), self.reader.proposed(proposal)
        if waiting is None or said is None:
            raise UnknownObject(
                say(
                    "plan.no_proposal",
                    "proposal {proposal} is not here",
                    "look at the proposals again",
                    proposal=proposal,
                )
            )
        base = self.releasing.plan.version if waiting.state == OPEN else waiting.base
        old = self.content(base).schedule
        found = difference(old, said.schedule, waiting.valid_from)
        return Proposed(base, found, against(old, said.schedule))

    def words(self, found: Difference) -> list[Sentence]:
        """A difference in words."""
        return words(found, self.floor.zone)

    async def release(self, proposal: int, note: str, asked: Asked) -> Answer:
        """Bring a proposal into force; the word of a planner or supervisor.

        Raises NotAuthorized, VersionConflict (it is decided, replaced, or its first hour has
        begun), RequestConflict.
        """
        if again := self._desk.answered(asked):
            return again
        self._check_open(proposal, asked)
        try:
            recorded = await self.releasing.release(proposal, asked.actor, note, asked.request)
        finally:
            # What has happened since it was proposed is planned in.
            self.wake(say("plan.because_decided", "somebody has decided a proposal"))
        return self._desk.answer(recorded)

    async def discard(self, proposal: int, note: str, asked: Asked) -> Answer:
        """Take a proposal away: the plan in force stays. Raises as `release`."""
        if again := self._desk.answered(asked):
            return again
        self._check_open(proposal, asked)
        recorded = await self.releasing.discard(proposal, asked.actor, note, asked.request)
        return self._desk.answer(recorded)

    async def unfreeze(
        self, work_centers: Sequence[str], until: int, note: str, asked: Asked
    ) -> Answer:
        """Let the next plan move frozen hours of work centers that begin before `until` (us).

        A supervisor's word. Raises UnknownObject, InvalidAction, NotAuthorized.
        """
        if again := self._desk.answered(asked):
            return again
        self.floor.authority.check(asked.actor, SUPERVISOR)
        for one in work_centers:
            self.floor.work_center(one)
        if until <= self.floor.clock.now():
            raise InvalidAction(
                say(
                    "plan.unfrozen_past",
                    "{until} is past",
                    "hours that are over stay as they are: say a later time",
                    until=moment_label(until, self.floor.zone),
                )
            )
        body = {"work_centers": sorted(set(work_centers)), "until": until, "note": note.strip()}
        draft = self._desk.draft(FactKind.PLAN_UNFROZEN, self.floor.site, asked, body)
        done = self._desk.answer(await self._desk.record(asked, draft))
        self.wake(
            say(
                "plan.because_unfrozen",
                "hours of {work_centers} were unfrozen: {note}",
                work_centers=", ".join(sorted(set(work_centers))),
                note=note.strip(),
            )
        )
        return done

    def unfrozen(self) -> Sequence[Unfreezing]:
        """What is unfrozen now."""
        return self.reader.unfreezings(self.floor.clock.now())

    def _check_open(self, proposal: int, asked: Asked) -> None:
        self.floor.authority.check(asked.actor, PLANNER)
        found = self.reader.proposal(proposal)
        if found is None:
            self.proposed(proposal)
        elif found.state != OPEN:
            raise VersionConflict(decided(proposal, found.state, found.decided_by))
