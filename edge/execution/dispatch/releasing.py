"""What becomes of a plan that was made: a version, the same as before, or a proposal.

`edge/execution/dispatch/replanning.py` says when and what to plan; here is what is in force. What
moves no more hours than the plant allows is released by the edge. What moves more waits for a
person, who releases or discards it; meanwhile the plan in force is kept level. There is one open
proposal at most: a later plan that says otherwise takes its place.
"""

import asyncio
from collections.abc import Awaitable, Callable, Container, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import structlog

from edge.domain.facts import FactDraft, FactKind, Json, Source
from edge.domain.instructions import BLANK, Sheet
from edge.domain.orders import HourInstruction, OperationsRequest
from edge.domain.plan_versions import (
    BETTER,
    DISCARDED,
    WHAT_IF,
    Footing,
    NoPlans,
    PlanProposal,
    PlanReader,
    ReleaseRules,
)
from edge.domain.recording import (
    ProposedPlan,
    Recorded,
    Recording,
    ReleasedPlan,
    Request,
    VersionConflict,
)
from edge.domain.sentences import Sentence, remembered, say
from edge.execution.dispatch.frozen import came_too_late, window
from edge.execution.dispatch.release_facts import changed_in_short, forecasts, revised, told
from edge.execution.dispatch.released import PlanInForce, in_force
from edge.execution.floor import Floor
from edge.execution.orders.unmade import unmade
from edge.planning.comparing.difference import Difference, Sketch, compared, sketch
from edge.planning.comparing.papers import Place, other_papers, papers_of
from edge.planning.months.planned import with_kept
from edge.planning.schedules.instructing import Papers, instructions

TRIES = 3  # of a release, while the plan in force changes under it
OF_OTHERS = frozenset({BETTER, WHAT_IF})  # proposals that no re-plan of the edge stands behind
log = structlog.get_logger(__name__)


class Outcome(StrEnum):
    """What became of a plan that was offered."""

    RELEASED = "released"
    SAME = "same"
    ASKS = "asks"


@dataclass(frozen=True, kw_only=True)
class MadePlan:
    """A schedule that was solved, and why; it replaces what is planned from `valid_from` (us).

    It was made at `made_at` (us) from facts up to `as_of` (seq), against version `base`. Work
    centers in `unfrozen` get `instead` for their frozen hours from the moment on that stands
    there. `footing` is what an edge that starts again has to know of it. `waiting`: operations on
    hold, and until when they do nothing of what their hours say.
    """

    schedule: Mapping[str, Any]
    valid_from: int
    trigger: Sentence
    made_at: int
    as_of: int
    base: int
    unfrozen: Mapping[str, int] = field(default_factory=dict)
    instead: tuple[HourInstruction, ...] = ()
    footing: Footing | None = None
    waiting: Mapping[tuple[str, int], int] = field(default_factory=dict)


Level = Callable[[MadePlan], Awaitable[MadePlan]]
"""Makes a plan that was proposed anew, in its places and its order, of what is left now."""


@dataclass(frozen=True, kw_only=True)
class Release:
    """Who releases a plan: a person, by a proposal, or the edge by its rule."""

    actor: str | None = None
    request: Request | None = None
    proposal: int | None = None
    note: str = ""


BY_RULE = Release()


@dataclass(frozen=True, kw_only=True)
class Step:
    """From the plan in force to one that was made: `found` None for the first plan; `same`: it
    says what is in force already, to the piece, the second and the papers. `others` are the work
    centers and hours in which something is to be made by other papers, `papers` what it is made
    by."""

    after: Sketch
    papers: Papers
    found: Difference | None = None
    same: bool = False
    others: frozenset[tuple[str, int]] = frozenset()


@dataclass(frozen=True)
class _Before:
    """What of the version in force is compared: read once."""

    version: int
    sketch: Sketch
    papers: Mapping[Place, Sheet]


class Releasing:
    """Keeps which plan is in force, and brings the next one into force."""

    def __init__(
        self, floor: Floor, reader: PlanReader | None = None, rules: ReleaseRules | None = None
    ) -> None:
        self._floor, self.reader = floor, reader or NoPlans()
        self.rules = rules or ReleaseRules()
        self.level: Level | None = None
        self.plan: PlanInForce = in_force(floor.reader.plan())
        self.released_at: int | None = None
        self._before: _Before | None = None
        self._turn = asyncio.Lock()

    def look_again(self) -> None:
        """The store may hold a later plan than is known here."""
        self.plan = in_force(self._floor.reader.plan())

    def footing(self) -> Footing | None:
        """What the plan in force rests on; None where it is not known. Reads the store."""
        version = self.reader.version(self.plan.version)
        return self.reader.footing(version.seq) if version else None

    def as_of(self) -> int:
        """The last fact that the plan in force rests on; 0 where it is not known."""
        version = self.reader.version(self.plan.version)
        return (version.as_of or 0) if version else 0

    async def offer(self, made: MadePlan) -> Outcome:
        """Release a plan if it may be without asking. Raises VersionConflict if it was overtaken,
        StoreUnavailable."""
        async with self._turn:
            outcome = await self._by_rule(made, closes=self.reader.open_proposal())
            if outcome is Outcome.SAME:
                await self._let_go()
            return outcome

    async def keep_level(self, made: MadePlan) -> Outcome:
        """Release a plan that only keeps the one in force level; a proposal that is open stays so.

        One that moves as much as asks is none: the planner could not follow the order in force.
        Orders that are of another product now, or of another revision, have nothing that could
        stay: what moves of them asks nobody.
        """
        async with self._turn:
            return await self._by_rule(made, is_level=True)

    async def _by_rule(
        self, made: MadePlan, closes: PlanProposal | None = None, *, is_level: bool = False
    ) -> Outcome:
        """Release a plan that says something new and asks nobody."""
        self._check(made)
        step = await asyncio.to_thread(self._step, made)
        if (found := step.found) is not None:
            if step.same:
                return Outcome.SAME
            if self._asks(found, self._made_otherwise(step.papers) if is_level else ()):
                return Outcome.ASKS
        await self._release(made, step, BY_RULE, closes=closes)
        return Outcome.RELEASED

    async def propose(self, made: MadePlan, by: Release = BY_RULE) -> Recorded | None:
        """Let a plan wait for a person; the one that is open goes on if it says the same.

        None: it says the same, moves nothing, or was discarded already. `by`: who proposes it.
        """
        async with self._turn:
            self._check(made)
            if self.is_old(made.valid_from):
                raise _too_late()
            open_ = self.reader.open_proposal()
            step = await asyncio.to_thread(self._step, made)
            found = step.found
            if found is None or (by.actor and not found.moved_s):
                return None
            if await asyncio.to_thread(self._was_proposed, open_, step, made):
                return None
            drafts = [self._proposed_fact(made, found, by.actor)]
            if open_:
                drafts.insert(0, self._overtaken(open_, made.made_at))
            number = self.reader.last_proposal() + 1
            content = ProposedPlan(
                proposal=number,
                schedule=made.schedule,
                instructions=instructions(made.schedule, 0, step.papers),
            )
            recorded = await self._floor.writer.record(
                Recording(
                    drafts=tuple(drafts),
                    proposed=content,
                    decides=open_.proposal if open_ else None,
                    request=by.request,
                )
            )
            log.info("plan_proposed", proposal=number, moved_s=found.moved_s)
            return recorded

    async def release(self, proposal: int, actor: str, note: str, request: Request) -> Recorded:
        """Bring a proposal into force by a person's word.

        Raises VersionConflict if it is not open any more, or its first hour has begun or is frozen.
        """
        by = Release(actor=actor, request=request, proposal=proposal, note=note)
        for left in reversed(range(TRIES)):
            said = await asyncio.to_thread(self._waiting, proposal)
            # Not in turn: it takes a plan, which others must not wait for.
            made = await self.level(said) if self.level else said
            async with self._turn:
                if made.base != self.plan.version and left:
                    continue
                self._check(made)
                step = await asyncio.to_thread(self._step, made)
                return await self._release(made, step, by)
        raise AssertionError("the last try is taken or refused")

    async def discard(self, proposal: int, actor: str, note: str, request: Request) -> Recorded:
        """Take a proposal away by a person's word. Raises VersionConflict as `release`."""
        body = {"event": "discarded", "proposal": proposal, "note": note}
        draft = self._fact(FactKind.PLAN_PROPOSAL, body, self._floor.clock.now(), actor)
        async with self._turn:
            return await self._floor.writer.record(
                Recording(drafts=(draft,), decides=proposal, request=request)
            )

    async def withdraw(self) -> None:
        """Close the open proposal, which no plan stands behind any more."""
        async with self._turn:
            if open_ := self.reader.open_proposal():
                await self._close(open_)

    async def _let_go(self) -> None:
        """The edge would plan as is in force: what it proposed itself has no reason any more."""
        open_ = self.reader.open_proposal()
        if open_ is not None and open_.why_view.get("code") not in OF_OTHERS:
            await self._close(open_)

    async def _close(self, open_: PlanProposal) -> None:
        draft = self._overtaken(open_, self._floor.clock.now())
        await self._floor.writer.record(Recording(drafts=(draft,), decides=open_.proposal))

    def is_old(self, valid_from: int) -> bool:
        """Whether hours from there on have begun or are frozen by now: nobody decides them."""
        floor = self._floor
        return valid_from < window(floor, floor.clock.now(), self.rules.frozen_hours, begun=True)

    def _check(self, made: MadePlan) -> None:
        """Raise VersionConflict if another plan is in force than that against which it was made,
        or if an hour that it would write anew has begun too long ago."""
        if came_too_late(self._floor, made.valid_from):
            raise _too_late()
        if made.base != self.plan.version:
            raise VersionConflict(
                say(
                    "plan.overtaken",
                    "the plan was made against version {base}; version {version} is in force",
                    base=made.base,
                    version=self.plan.version,
                )
            )

    def _step(self, made: MadePlan) -> Step:
        """What a plan changes against the one in force. Takes a while; runs beside the loop."""
        after, papers = sketch(made.schedule), self._papers()
        if self._before is None or self._before.version != self.plan.version:
            plan = self._floor.reader.plan()
            self._before = _before(plan, sketch(plan.schedule)) if plan else None
        if self._before is None:
            return Step(after=after, papers=papers)
        before = self._before.sketch
        found = compared(before, after, made.valid_from)
        other = other_papers(self._before.papers, after, papers.sheet, made.valid_from)
        same = found.nothing and before.told() == after.told() and not made.unfrozen and not other
        return Step(after=after, papers=papers, found=found, same=same, others=other)

    def _asks(self, found: Difference, excused: Container[str] = ()) -> bool:
        """Whether what moves, of orders that are not `excused`, is more than the plant allows."""
        limit = self.rules.ask_above_s
        return limit is not None and found.moved_s_without(excused) > limit

    def _made_otherwise(self, papers: Papers) -> frozenset[str]:
        """Orders that the plan in force has by another product or revision than is wanted now; not
        those of which it says no product."""
        assert self._before is not None
        return frozenset(
            order
            for (order, *_), sheet in self._before.papers.items()
            if sheet != BLANK and _is_other(sheet, papers.requests.get(order))
        )

    def _was_proposed(self, open_: PlanProposal | None, step: Step, made: MadePlan) -> bool:
        """Whether the same moves wait already, or somebody did not want them."""
        last = open_ or self._last_proposal()
        if last is None or (open_ and open_.valid_from != made.valid_from):
            return False
        if not open_ and last.state != DISCARDED:
            return False
        said = self.reader.proposed(last.proposal)
        if said is None:
            return False
        return not compared(sketch(said.schedule), step.after, made.valid_from).moved_s

    def _last_proposal(self) -> PlanProposal | None:
        return next(iter(self.reader.proposals(1)), None)

    def _waiting(self, proposal: int) -> MadePlan:
        """What an open proposal says, against the plan in force. The store refuses one that is
        decided."""
        waiting, said = self.reader.proposal(proposal), self.reader.proposed(proposal)
        if waiting is None or said is None or self.is_old(waiting.valid_from):
            raise VersionConflict(
                say(
                    "plan.proposal_old",
                    "the first hour of proposal {proposal} has begun, or is frozen now",
                    "a later one comes with the next plan: look at the proposals again",
                    proposal=proposal,
                )
            )
        return MadePlan(
            schedule=said.schedule,
            valid_from=waiting.valid_from,
            trigger=remembered(waiting.why_view),
            made_at=waiting.made_at,
            as_of=waiting.as_of,
            base=self.plan.version,
            footing=self.reader.footing(waiting.seq),
        )

    async def _release(
        self,
        made: MadePlan,
        step: Step,
        by: Release,
        closes: PlanProposal | None = None,
    ) -> Recorded:
        floor, now = self._floor, self._floor.clock.now()
        plan, then, fact = await asyncio.to_thread(self._written, made, step, by, now)
        drafts, versions = revised(floor.register, then, now)
        if closes:
            drafts = [self._overtaken(closes, now), *drafts]
        closed = closes.proposal if closes else None
        recorded = await floor.writer.record(
            Recording(
                drafts=(fact, *drafts),
                versions=versions,
                plan=plan,
                decides=closed if by.proposal is None else by.proposal,
                request=by.request,
            )
        )
        floor.register.reload()
        self.plan, self.released_at = then, now
        self._before = _before(plan, step.after)
        hours = len(plan.instructions)
        log.info("plan_released", version=plan.version, hours=hours, by=by.actor or "")
        return recorded

    def _written(
        self, made: MadePlan, step: Step, by: Release, now: int
    ) -> tuple[ReleasedPlan, PlanInForce, FactDraft]:
        """The version, as what it is in force, and its fact. Runs beside the loop."""
        version = max(self.plan.version, self.reader.last_version()) + 1
        coming = tuple(
            one
            for one in instructions(made.schedule, version, step.papers)
            if one.hour >= made.valid_from
        )
        plan = ReleasedPlan(
            version=version,
            input_hash=made.schedule["input_hash"],
            valid_from=made.valid_from,
            schedule=with_kept(
                made.schedule, self.plan.jobs.values(), made.valid_from, made.waiting
            ),
            instructions=(*(_of(one, version) for one in made.instead), *coming),
            unfrozen=made.unfrozen,
            keep=self.rules.keep,
        )
        return plan, in_force(plan), self._released_fact(plan, made, step, by, now)

    def _papers(self) -> Papers:
        """By what the plan was made, so that its hours say it for ever."""
        register = self._floor.register
        jobs = {(job.order, job.operation): job for job in register.jobs.values()}
        data = register.held
        return Papers(definitions=data.definitions, requests=data.requests, jobs=jobs)

    def _released_fact(
        self, plan: ReleasedPlan, made: MadePlan, step: Step, by: Release, now: int
    ) -> FactDraft:
        found, register = step.found, self._floor.register
        body: dict[str, Json] = {
            "plan": plan.version,
            "input_hash": plan.input_hash,
            "valid_from": plan.valid_from,
            "orders": forecasts(plan.schedule, unmade(register.jobs.values(), register.held)),
            "made_at": made.made_at,
            "as_of": made.as_of,
            "replaces": self.plan.version,
            "why": made.trigger.view(),
            "proposal": by.proposal,
            "note": by.note,
            "difference": changed_in_short(found) if found else None,
            "told": told(self._floor, plan, found, now, step.others),
            "unfrozen": dict(plan.unfrozen),
            "rests_on": made.footing.view() if made.footing else None,
        }
        return self._fact(FactKind.PLAN_RELEASED, body, now, by.actor)

    def _proposed_fact(self, made: MadePlan, found: Difference, actor: str | None) -> FactDraft:
        body: dict[str, Json] = {
            "event": "proposed",
            "proposal": self.reader.last_proposal() + 1,
            "base": self.plan.version,
            "input_hash": made.schedule["input_hash"],
            "valid_from": made.valid_from,
            "made_at": made.made_at,
            "as_of": made.as_of,
            "why": made.trigger.view(),
            "limit_s": self.rules.ask_above_s or 0,
            "difference": changed_in_short(found),
            "rests_on": made.footing.view() if made.footing else None,
        }
        return self._fact(FactKind.PLAN_PROPOSAL, body, made.made_at, actor)

    def _overtaken(self, open_: PlanProposal, now: int) -> FactDraft:
        body = {"event": "overtaken", "proposal": open_.proposal, "note": ""}
        return self._fact(FactKind.PLAN_PROPOSAL, body, now)

    def _fact(
        self, kind: FactKind, body: Mapping[str, Json], at: int, actor: str | None = None
    ) -> FactDraft:
        return FactDraft(
            kind=kind,
            occurred_at=at,
            equipment_id=self._floor.site,
            source=Source.OPERATOR if actor else Source.SYSTEM,
            actor=actor,
            body=body,
        )


def _before(plan: ReleasedPlan, of: Sketch) -> _Before:
    return _Before(plan.version, of, papers_of(plan.instructions, plan.valid_from))


def _of(one: HourInstruction, version: int) -> HourInstruction:
    """An instruction that is new is of this version; one that stays keeps its own."""
    return one if one.plan else replace(one, plan=version)


def _is_other(sheet: Sheet, wanted: OperationsRequest | None) -> bool:
    """Whether what is wanted now is not what a sheet is of."""
    made = (sheet.product, sheet.revision)
    return wanted is None or made != (wanted.product, wanted.product_revision)


def _too_late() -> VersionConflict:
    return VersionConflict(
        say(
            "plan.too_late",
            "hours of the plan began while it was made",
            "nothing: it is planned again in a moment",
        )
    )
