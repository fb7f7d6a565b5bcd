"""The floor: what changes a job order, for dispatchers and for people alike."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from zoneinfo import ZoneInfo

from edge.domain.calendars import WorkCalendar
from edge.domain.clock import Clock
from edge.domain.equipment import Equipment, Observation
from edge.domain.facts import Json, Source
from edge.domain.jobs import WITHDRAWN, Beyond, Choice
from edge.domain.orders import JobOrder
from edge.domain.production import HourQuantity, ProductionReader, Reasons
from edge.domain.recording import Baseline, FactWriter, Recorded, Recording, Request
from edge.domain.sentences import say
from edge.execution.authority import Authority, Everyone
from edge.execution.dispatch.steps import (
    NONE_BEGUN,
    PIECES,
    CountedIn,
    pieces_of,
    steps_for,
    steps_within,
)
from edge.execution.errors import InvalidAction, UnknownObject
from edge.execution.figures.live import LiveShifts
from edge.execution.gates import Gates
from edge.execution.orders.jobs import event
from edge.execution.orders.register import JobRegister
from edge.execution.orders.transitions import recording
from edge.execution.wording import job_of_another, unknown_job

LOAD_AND_START, COMPLETE, HOLD, UNHOLD = 1, 2, 3, 4
NO_LIMIT = 0  # as machines read it
Rounded = Callable[[int, Fraction, Fraction], int]


@dataclass(frozen=True, kw_only=True)
class WorkCenter:
    """A work center as execution needs to know it.

    `constraint`: a serial line's figures are this one's. `area`: what it is added up to, empty
    for the site; `capacity_per_hour`: the pieces that it could make, where the plant says it.
    `commanded`: its machine takes orders and commands; `counts_rejects`: it has a counter for
    them, so that a person only gives their reason. `counters`: what the pieces of each counter
    count as, by tag. `measures`: the tags whose values inspections take, by name.
    `target_in`, `limit_in`: what the machine counts good pieces and all pieces in; `strokes`:
    the counters whose steps are strokes of the job's tool. `modes`: what the builder's own
    modes count as.
    `follows`: its machine loads orders itself, and jobs follow the number that it shows.
    `parallel`: so many jobs can be on it at once. `setup_pieces`: what pieces of set-up count
    as (good, scrap, approval); but for good, a person ends set-up.
    `hour_setpoints`: roles by which its machine is told the instruction of each hour.
    `device` None: people say what it does; `manual`: people report its pieces.
    """

    id: str
    name: str
    line: str
    constraint: bool = False
    area: str = ""
    capacity_per_hour: Fraction | None = None
    device: str | None
    calendar: WorkCalendar
    automatic: bool
    commanded: bool
    counts_rejects: bool
    fault_texts: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    counters: Mapping[str, str] = field(default_factory=dict)
    measures: Mapping[str, str] = field(default_factory=dict)
    manual: bool = False
    target_in: CountedIn = PIECES
    limit_in: CountedIn = PIECES
    strokes: frozenset[str] = frozenset()
    follows: bool = False
    parallel: int = 1
    setup_pieces: str = "good"
    hour_setpoints: frozenset[str] = frozenset()

    def setup_policy(self, job: JobOrder) -> str:
        """What pieces of a job's set-up count as: as its product says, else as is said here."""
        return job.setup_pieces or self.setup_pieces

    modes: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Made:
    """What a job had when its machine was told: good pieces, and pieces in all."""

    good: int = 0
    used: int = 0

    @classmethod
    def of(cls, job: JobOrder) -> "Made":
        return cls(job.good, job.good + job.scrap)


def _is_made(pieces: int, told: int | None, step: Fraction) -> bool:
    return bool(told) and pieces >= pieces_of(told or 0, step)


NONE_MADE = Made()


Apart = Callable[[HourQuantity], int]
"""Pieces of an hour bucket's rework that quality keeps apart or has sent to rework."""


def none_apart(_: HourQuantity) -> int:
    """Where quality keeps no pieces apart."""
    return 0


Named = Callable[[str, str], Reasons]
"""Work center and job order: its scrap that has a reason."""


def none_named(_work_center: str, _job: str) -> Reasons:
    """Where nobody keeps reasons."""
    return {}


Told = tuple[JobOrder, int, Made, CountedIn]  # what a machine makes, up to which target, of what


@dataclass
class Floor:
    """Job orders, machines and the record, of one edge.

    One lock a work center: what a person asks for and what the dispatcher does
    never interleave there.
    """

    site: str
    zone: ZoneInfo
    work_centers: Mapping[str, WorkCenter]
    equipment: Equipment
    register: JobRegister
    reader: ProductionReader
    writer: FactWriter
    clock: Clock
    gates: Gates = field(default_factory=Gates)
    authority: Authority = field(default_factory=Everyone)
    apart: Apart = none_apart
    named: Named = none_named
    _had: dict[str, Made] = field(init=False, default_factory=dict)
    _told_more: dict[str, tuple[Told, bool]] = field(init=False, default_factory=dict)
    live: LiveShifts = field(init=False)
    _wanting: asyncio.Lock = field(init=False, default_factory=asyncio.Lock)
    _locks: dict[str, asyncio.Lock] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.live = LiveShifts(self.reader)

    @property
    def wanting(self) -> asyncio.Lock:
        """Held by whoever changes what is wanted of orders: documents, and what is in stock."""
        return self._wanting

    def lock(self, work_center: str) -> asyncio.Lock:
        """Held by whoever changes what a work center is on."""
        return self._locks.setdefault(work_center, asyncio.Lock())

    def work_center(self, id_: str) -> WorkCenter:
        """The work center with this id; raises UnknownObject."""
        if id_ not in self.work_centers:
            known = ", ".join(sorted(self.work_centers))
            raise UnknownObject(
                say(
                    "work_center.unknown",
                    "no work center {id!r} on this edge; there are: {known}",
                    "choose one of these",
                    id=id_,
                    known=known,
                )
            )
        return self.work_centers[id_]

    def line(self, line: str) -> list[WorkCenter]:
        """The work centers of a line; raises UnknownObject."""
        found = [one for one in self.work_centers.values() if one.line == line]
        if not found:
            known = ", ".join(sorted({one.line for one in self.work_centers.values()}))
            raise UnknownObject(
                say(
                    "line.unknown",
                    "no line {id!r} on this edge; there are: {known}",
                    "choose one of these",
                    id=line,
                    known=known,
                )
            )
        return found

    def job(self, id_: str) -> JobOrder:
        """The job order with this id; raises UnknownObject."""
        if id_ not in self.register.jobs:
            raise UnknownObject(unknown_job(id_))
        return self.register.jobs[id_]

    def job_made(self, id_: str, work_center: str) -> JobOrder:
        """The job order, if it can have pieces of a work center; raises InvalidAction if not."""
        job = self.job(id_)
        if job.work_center != work_center:
            raise InvalidAction(job_of_another(job, work_center))
        if job.started_at is None:
            raise InvalidAction(
                say(
                    "job.no_pieces",
                    "{job} was not started: it cannot have pieces",
                    "start it first, or name another job",
                    job=id_,
                )
            )
        return job

    def baseline(self, work_center: str, tag: str) -> Baseline | None:
        """Where the counter's pieces so far end; None before the first."""
        mine = (work_center, tag)
        rows = self.reader.baselines()
        return next((row for row in rows if (row.equipment_id, row.tag) == mine), None)

    async def change(
        self,
        job: JobOrder,
        action: str,
        boundary: Observation | None,
        *,
        source: Source,
        actor: str | None,
        reason: str = "",
        request: Request | None = None,
        asks: Mapping[str, Json] | None = None,
    ) -> Recorded:
        """Record what `action` makes of a job; the machine is told by whoever calls."""
        made = recording(
            self.register,
            job,
            action,
            at=boundary.at if boundary else self.clock.now(),
            source=source,
            actor=actor,
            boundary=boundary,
            reason=reason,
            request=request,
            asks=asks,
        )
        try:
            recorded = await self.writer.record(made)
        finally:
            self.register.outdated = True
        self.register.reload()
        await self.equipment.reclassify(job.work_center)
        return recorded

    async def tell(self, job: JobOrder, actor: str) -> bool:
        """Write to its machine what is left of a started job, command last; False if nothing is.

        A machine that lost its job begins at 0: it must not make again what was made before.
        It is told in what it counts itself, rounded up to whole steps.
        """
        wanted = self._wanted(job)
        if wanted is None:
            return False
        target, limit = wanted
        await self._say_told(job, actor, target=target, limit=limit)
        values = {
            "order_setpoint": job.number,
            "recipe_setpoint": job.recipe,
            "target_setpoint": target,
            "limit_setpoint": limit,
            "command": LOAD_AND_START,
        }
        await self.equipment.write(job.work_center, values, actor=actor)
        return True

    async def _say_told(self, job: JobOrder, actor: str, *, target: int, limit: int) -> None:
        """Keep what a job has when its machine is told: what is made of that is known later."""
        told = {"good": job.good, "used": job.good + job.scrap, "target": target, "limit": limit}
        draft = event(
            job,
            "told",
            at=self.clock.now(),
            source=Source.SYSTEM,
            actor=actor,
            extra={"told": told},
        )
        await self.writer.record(Recording(drafts=(draft,)))
        self._had[job.id] = Made.of(job)

    def told(self, job: JobOrder) -> Made:
        """What a job had when its machine was told last; nothing where that is not known."""
        if job.id not in self._had:
            row = self.register.book.told(job.id)
            self._had[job.id] = Made(row.good, row.used) if row else NONE_MADE
        return self._had[job.id]

    def was_told_more(self, job: JobOrder, shown: Observation) -> bool:
        """Whether the machine makes a job up to more pieces than are wanted now.

        Asked at each snapshot, and answered anew once the job, its machine's target or what it
        was told has changed. The piece that is begun is within the step that is allowed for.
        """
        if not shown.target:
            return False
        center, told = self.work_centers[job.work_center], self.told(job)
        about = (job, shown.target, told, center.target_in)
        known = self._told_more.get(job.work_center)
        if known is None or known[0] != about:
            wanted = self._target(job, job.quantity - told.good, center.target_in)
            begun = center.target_in.step_of(job) != 1  # then by one step more or less
            known = about, shown.target > wanted + begun
            self._told_more[job.work_center] = known
        return known[1]

    def is_to_be_made(self, job: JobOrder) -> bool:
        """Whether it was said, since the machine was told last, that the rest is made after all:
        by a supervisor, or by the ERP that took a question back."""
        said = [
            one.answered or 0
            for one in self.register.questions
            if one.job_order_id == job.id and one.answer in {Choice.AS_PLANNED, WITHDRAWN}
        ]
        told = self.register.book.told(job.id)
        return bool(said) and max(said) > (told.seq if told else 0)

    def waits_for_input(self, job: JobOrder) -> bool:
        """Whether a started job can go on only with pieces that are still to be passed on."""
        if self.register.waits_for_input(job):
            return True
        return self.register.more_input_comes(job) and self._wanted(job) is None

    def can_go_on(self, job: JobOrder) -> bool:
        """Whether a machine can make more of a job now."""
        return self._wanted(job) is not None

    def _wanted(self, job: JobOrder) -> tuple[int, int] | None:
        """Target and limit in the machine's steps; None if there is nothing to make now.

        While more input is to come no stroke is begun that finds too few pieces.
        """
        rest = self.register.rest(job)
        if rest is None:
            return None
        center = self.work_centers[job.work_center]
        target = self._target(job, rest.good, center.target_in)
        if not target:
            return None
        if rest.limit is None:
            return target, NO_LIMIT
        rounded = steps_within if self.register.more_input_comes(job) else steps_for
        limit = self._steps(job, rest.limit, center.limit_in, rounded)
        return (target, limit) if limit else None

    def _target(self, job: JobOrder, pieces: int, counted: CountedIn) -> int:
        """Steps that make so many pieces; no more than the tolerance, where one has to be kept."""
        target = self._steps(job, max(pieces, 0), counted, steps_for)
        if job.completion.beyond is Beyond.ALLOW:
            return target
        spare = job.completion.most(job.quantity) - job.quantity
        return min(target, self._steps(job, max(pieces, 0) + spare, counted, steps_within))

    def _steps(self, job: JobOrder, pieces: int, counted: CountedIn, rounded: Rounded) -> int:
        step = counted.step_of(job)
        return rounded(pieces, step, NONE_BEGUN if step == 1 else self._begun(job, counted))

    def in_steps(self, job: JobOrder, pieces: int) -> int:
        """Good pieces in what the machine counts them in, rounded up to whole steps."""
        counted = self.work_centers[job.work_center].target_in
        return steps_for(pieces, counted.step_of(job), NONE_BEGUN)

    def _begun(self, job: JobOrder, counted: CountedIn) -> Fraction:
        """The part of a piece of this job that its counter's steps have made so far."""
        row = self.baseline(job.work_center, counted.tag)
        return Fraction(row.rest or NONE_BEGUN) if row and row.rest_of == job.id else NONE_BEGUN

    def made_as_told(self, job: JobOrder, shown: Observation) -> bool:
        """Whether a machine has made the target or the limit that it shows, since it was told."""
        center, now, before = self.work_centers[job.work_center], Made.of(job), self.told(job)
        return _is_made(now.good - before.good, shown.target, center.target_in.step_of(job)) or (
            _is_made(now.used - before.used, shown.limit, center.limit_in.step_of(job))
        )

    async def command(self, work_center: str, command: int, actor: str) -> None:
        """Write a command to a machine that takes commands; others are worked by hand."""
        if self.work_centers[work_center].commanded:
            await self.equipment.write(work_center, {"command": command}, actor=actor)
