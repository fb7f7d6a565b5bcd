"""When orders will be finished by what the floor really makes, for people here and for sales.

After each plan, in the background: a plan's hours never wait for it. What has changed by more
than people would care about becomes a fact, so that the ERP's books have it too.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property, partial
from typing import Any

import structlog

from edge.domain.calendars import CompiledCalendar, compile_calendar
from edge.domain.clock import parse_time
from edge.domain.facts import FactDraft, FactKind, Source
from edge.domain.hours import DAY, hour_start
from edge.domain.intervals import Interval, intersect, subtract, union
from edge.domain.orders import JobOrder, OperationsRequest, job_order_id
from edge.domain.outlook import Outlook
from edge.domain.pace import MINUTE
from edge.domain.plan_versions import NoPlans, PlanReader
from edge.domain.recording import Recording, StoreUnavailable
from edge.domain.sentences import Sentence, remembered, say
from edge.domain.vocabulary import FINAL_JOB_STATES
from edge.execution.dispatch.left import Left
from edge.execution.dispatch.moving import FAR, USUAL, Reasons, slower
from edge.execution.dispatch.released import PlanInForce
from edge.execution.dispatch.situation import NOTHING, Situation
from edge.execution.floor import Floor
from edge.execution.orders.changeovers import set_up_s
from edge.execution.orders.unmade import Unmade, ended_short, unmade
from edge.planning.comparing.ahead import Ahead
from edge.planning.comparing.difference import sketch, without_proof
from edge.planning.comparing.difference_words import why_late
from edge.planning.errors import PlannerLost, PlannerTooSlow, ScenarioInvalid
from edge.planning.months import outlook
from edge.planning.months.outlook import Range, Sample, share
from edge.planning.months.recovering import Step
from edge.planning.months.work import Stretches

LOOKED_BACK = 21 * DAY
MOST_HOURS = 120
AHEAD = 90 * DAY
WEEK = 7 * DAY
PERCENT = 5
log = structlog.get_logger(__name__)
Orders = Sequence[Mapping[str, Any]]
Proved = Callable[[], Awaitable[Orders]]


@dataclass(frozen=True, kw_only=True)
class Known:
    """What a forecast is made of, beside the floor: the plan in force, as it was released.

    `unexplained` are its late orders of which no reason was looked for, as that takes long;
    `proved` gives all orders with them. `schedule` is the whole plan.
    """

    plan: PlanInForce
    orders: Orders
    schedule: Mapping[str, Any]
    made_at: int
    because: Sentence
    situation: Situation = NOTHING
    unexplained: frozenset[str] = frozenset()
    proved: Proved | None = None

    @cached_property
    def ahead(self) -> Ahead:
        """Which orders are made before late ones."""
        return Ahead(lambda: sketch(self.schedule))


@dataclass
class Forecasting:
    """The outlook of each order of one floor that is not finished, and what was told of it."""

    floor: Floor
    reader: PlanReader = field(default_factory=NoPlans)
    outlooks: Mapping[str, Outlook] = field(default_factory=dict)
    _told: dict[str, Outlook] = field(init=False, default_factory=dict)
    _has_recalled: bool = field(init=False, default=False)
    _shares: dict[str, dict[int, int]] = field(init=False, default_factory=dict)
    _calendars: dict[str, CompiledCalendar] = field(init=False, default_factory=dict)
    _next: Known | None = field(init=False, default=None)
    _triggers: list[Sentence] = field(init=False, default_factory=list)
    _reasons: Reasons = field(init=False, default_factory=Reasons)
    _task: asyncio.Task[None] | None = field(init=False, default=None)

    def begin(self, known: Known) -> None:
        """Make the forecasts of a plan in the background; the last plan's, where they wait."""
        self._next = known
        self._triggers.append(known.because)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._go_on())

    async def finished(self) -> None:
        """Wait until nothing is being made."""
        if self._task is not None:
            await self._task

    async def end(self) -> None:
        """Make no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _go_on(self) -> None:
        while (known := self._next) is not None:
            self._next = None
            try:
                await self.look(known)
                if known.proved is not None:
                    orders = await known.proved()
                    if self._next is None:  # else they are those of a plan that is none any more
                        await self.look(replace(known, orders=orders, unexplained=frozenset()))
            except (StoreUnavailable, PlannerLost, PlannerTooSlow, ScenarioInvalid) as error:
                log.warning("forecast_postponed", why=str(error))
            except Exception:  # a defect in a forecast stops no plan; the next one tries again
                log.exception("forecast_failed", plan=known.plan.version)

    def recall(self, plan: PlanInForce) -> None:
        """Until a plan is looked at, expect what people were told before the edge was started of
        orders that are not done. Reads the store."""
        register = self.floor.register
        jobs, requests = register.jobs, register.held.requests
        open_ = {jobs[one].order for one in plan.jobs if one in jobs and _is_open(jobs[one])}
        said = self.reader.forecasts({*open_, *requests})
        told = [Outlook.of(one) for one in said.values()]
        self.outlooks = {
            one.order: one
            for one in told
            if (one.order in requests and one.unmade)
            or (one.order in open_ and one.finish is not None)
        }

    async def look(self, known: Known) -> None:
        """Make all forecasts, and record those that have changed."""
        jobs = self.floor.register.jobs
        now = self.floor.clock.now()
        made = await asyncio.to_thread(self._made, known, jobs, now)
        if not self._has_recalled:
            await asyncio.to_thread(self._recall, made, jobs)
            self._has_recalled = True
        triggers, self._triggers = self._triggers, []
        self._reasons.heard(made, triggers)
        self.outlooks = {
            id_: self._reasons.moved(one, self._told.get(id_), now) for id_, one in made.items()
        }
        news = [one for one in self.outlooks.values() if _is_news(one, self._told.get(one.order))]
        changed = [*news, *self._mended(known)]
        if not changed:
            return
        draft = FactDraft(
            kind=FactKind.ORDER_FORECAST,
            occurred_at=now,
            equipment_id=self.floor.site,
            source=Source.SYSTEM,
            body={"plan": known.plan.version, "orders": [one.view() for one in changed]},
        )
        await self.floor.writer.record(Recording(drafts=(draft,)))
        self._told = {order: self._told[order] for order in self.outlooks if order in self._told}
        self._told |= {one.order: one for one in news}
        self._reasons.told(one.order for one in news)

    def _mended(self, known: Known) -> Iterable[Outlook]:
        """Of orders that were told to have no finish, and of which there is nothing to say any
        more: nothing."""
        for told in self._told.values():
            if told.finish is None and told.order not in self.outlooks:
                yield _nothing_of(told.order, told.due, known)

    def _recall(self, orders: Collection[str], jobs: Mapping[str, JobOrder]) -> None:
        """What people were told of these orders before the edge was started, or that one of `jobs`
        has no finish, and why plans were made since. Reads the store."""
        said = self.reader.forecasts({*orders, *(job.order for job in jobs.values())})
        known = {order: Outlook.of(one) for order, one in said.items()}
        self._told = {order: one for order, one in known.items() if order in orders or one.unmade}
        versions = [*reversed(self.reader.versions())]
        for order, told in self._told.items():
            later = (one.why_view for one in versions if one.plan > told.plan)
            self._reasons.recall(order, [remembered(one) for one in later if one])

    def range_of(self, steps: Sequence[Step]) -> Range | None:
        """When work that is planned so will be done; None while too little is known of its work
        centers, and of what is too far away. Reads the store."""
        now, jobs = self.floor.clock.now(), self.floor.register.jobs
        centers = {one.work_center for one in steps} & self.floor.work_centers.keys()
        if any(one.work_center not in centers for one in steps):
            return None
        seen = outlook.Floor(
            now=now,
            until=_looked_at(now),
            working={one: self._working(one, now, ()) for one in centers},
            samples={one: self._sample(one, jobs, now) for one in centers},
        )
        return seen.finish(steps)

    def _made(self, known: Known, jobs: Mapping[str, JobOrder], now: int) -> Mapping[str, Outlook]:
        """All outlooks at `now`. Reads the store; runs beside the loop."""
        closed = known.situation.closed()
        floor = outlook.Floor(
            now=now,
            until=_looked_at(now),
            working={
                one: self._working(one, now, closed.get(one, ())) for one in self.floor.work_centers
            },
            samples={one: self._sample(one, jobs, now) for one in self.floor.work_centers},
        )
        register = self.floor.register
        left = Left(
            now=now,
            jobs=jobs,
            data=register.held,
            working=floor.working,
            set_up_s=partial(set_up_s, register),
        )
        steps, beside = left.steps(known.plan), _beside(jobs)
        never = unmade(jobs.values(), register.held)  # of those no finish is told to anybody
        rows = (one for one in known.orders if one["id"] not in never)
        found = (self._outlook(one, steps, floor, known, beside) for one in rows)
        short = ended_short(jobs.values(), register.held)
        made = {one.order: _without(short, one) for one in found if one is not None}
        return made | _never(never, register.held.requests, known)

    def _outlook(
        self,
        row: Mapping[str, Any],
        steps: Mapping[str, list[Step]],
        floor: outlook.Floor,
        known: Known,
        beside: Mapping[str, str],
    ) -> Outlook | None:
        left = [one for one in steps.get(row["id"], ()) if one.work_center in floor.working]
        planned = _planned_finish(row, left)
        if not left or planned is None or row["due"] is None:
            return None
        due = parse_time(row["due"])
        seen = floor.finish(left)
        # What is done outside ends as planned: only the work here can be seen to be late.
        after = max(planned - max(one.end for one in left), 0)
        finish = planned if seen is None else seen.middle + after
        is_late = max(finish, planned) > due
        needed = floor.recovery(left, due - after)
        return Outlook(
            order=row["id"],
            due=due,
            planned=planned,
            finish=finish,
            low=None if seen is None else seen.low + after,
            high=None if seen is None else seen.high + after,
            hours=min(len(floor.samples[one.work_center].shares) for one in left),
            is_open=seen is not None and seen.open,
            needed=needed,
            plan=known.plan.version,
            made_at=known.made_at,
            reasons=tuple(row["reasons"]),
            because=(
                *(self._because(row, planned, due, finish, known) if is_late else ()),
                *(_planned_alone(row["id"], beside) if is_late else ()),
                *(_open_end(floor) if seen and seen.open else ()),
            ),
        )

    def _because(
        self, row: Mapping[str, Any], planned: int, due: int, finish: int, known: Known
    ) -> Iterable[Sentence]:
        """Why an order is late: what the planner has proved, the pace, what has happened."""
        if planned > due:
            yield why_late(
                row,
                self.floor.zone,
                known.ahead.of(row),
                unexplained=row["id"] in known.unexplained,
            )
        if finish > planned + MINUTE or planned <= due:
            yield slower(finish - planned)
        if known.because.code not in USUAL:
            yield known.because

    def _working(self, center: str, now: int, closed: Sequence[Interval]) -> Stretches:
        calendar = self._calendars.get(center)
        pattern = self.floor.work_centers[center].calendar
        if (
            calendar is None
            or calendar.revision != pattern.revision
            or calendar.span.start > now
            or calendar.span.end < now + AHEAD - DAY
        ):
            calendar = compile_calendar(pattern, now - DAY, now + AHEAD)
            self._calendars[center] = calendar
        ahead = intersect(calendar.working, [Interval(now, now + AHEAD - DAY)])
        return Stretches.of(subtract(ahead, union(closed)))

    def _sample(self, center: str, jobs: Mapping[str, JobOrder], now: int) -> Sample:
        """What the work center made of the hours that are over and had a plan, the latest ones.

        Hours of the last day are looked at anew each time: scrap is found later, counts are
        corrected.
        """
        known = self._shares.setdefault(center, {})
        last = hour_start(now, self.floor.zone)
        start = max(now - LOOKED_BACK, max(known, default=0) - DAY)
        for hour in [one for one in known if one >= start]:
            del known[hour]
        for hour, (made, planned) in self._by_hour(center, jobs, start, last).items():
            if planned:
                known[hour] = share(made, planned)
        for hour in sorted(known)[:-MOST_HOURS]:
            del known[hour]
        return Sample(shares=tuple(known[hour] for hour in sorted(known)))

    def _by_hour(
        self, center: str, jobs: Mapping[str, JobOrder], start: int, end: int
    ) -> dict[int, tuple[int, int]]:
        """By hour, microseconds of work in good pieces made and in those planned."""
        if start >= end:
            return {}
        made: dict[int, Fraction] = defaultdict(Fraction)
        planned: dict[int, Fraction] = defaultdict(Fraction)
        for one in self.floor.reader.instructions(center, start, end):
            if (job := jobs.get(job_order_id(one.order, one.operation))) and one.quantity:
                planned[one.hour] += one.good * job.run_time_per_item * 1_000_000
        for row in self.floor.reader.hour_quantities(center, start, end):
            if row.good and row.run_time_per_item:
                made[row.hour] += row.good * Fraction(row.run_time_per_item) * 1_000_000
        return {hour: (int(made[hour]), int(work)) for hour, work in planned.items()}


def _planned_finish(row: Mapping[str, Any], left: Sequence[Step]) -> int | None:
    """When the plan has an order finished (us): behind its frozen hours, or in them, where they
    have all that is left of it. None: nothing is left."""
    if row["completion"] is not None:
        return parse_time(row["completion"])
    return max((one.end for one in left if one.left), default=None)


def _is_open(job: JobOrder) -> bool:
    return job.state not in FINAL_JOB_STATES


def _never(
    found: Mapping[str, Unmade], requests: Mapping[str, OperationsRequest], known: Known
) -> dict[str, Outlook]:
    """Of orders of which pieces are made by nobody: no finish, and why."""
    return {
        order: replace(_nothing_of(order, requests[order].due, known), unmade=one.sentence())
        for order, one in found.items()
    }


def _without(short: Mapping[str, Unmade], one: Outlook) -> Outlook:
    """An outlook with what it leaves out, where people ended the order short."""
    found = short.get(one.order)
    return replace(one, unmade=found.sentence()) if found else one


def _nothing_of(order: str, due: int, known: Known) -> Outlook:
    """That no finish of an order is expected."""
    return Outlook(
        order=order,
        due=due,
        planned=None,
        finish=None,
        plan=known.plan.version,
        made_at=known.made_at,
    )


def _is_news(now: Outlook, told: Outlook | None) -> bool:
    """Whether a forecast is told: it is new, or has changed by more than people care about."""
    if told is None or (now.late_s > 0) != (told.late_s > 0):
        return True
    if (now.low is None) != (told.low is None) or _said(now) != _said(told):
        return True
    if now.unexplained != told.unexplained:
        return True
    if str(now.unmade) != str(told.unmade) or (now.finish is None) != (told.finish is None):
        return True
    times = ((now.finish, told.finish), (now.low, told.low), (now.high, told.high))
    if any(abs((one or 0) - (other or 0)) >= FAR for one, other in times):
        return True
    rate, before = now.needed, told.needed
    if rate is None or before is None:
        return rate is not before
    if rate.possible != before.possible or (rate.percent is None) != (before.percent is None):
        return True
    return abs((rate.percent or 0) - (before.percent or 0)) >= PERCENT


def _said(one: Outlook) -> list[dict[str, Any]]:
    """The reasons, without what lifting them would bring: that is other whenever it is asked."""
    return [without_proof(reason) for reason in one.reasons if isinstance(reason, dict)]


def _beside(jobs: Mapping[str, JobOrder]) -> Mapping[str, str]:
    """Orders that strokes of another open order make too, with that one's id."""
    still = [job for job in jobs.values() if job.state not in FINAL_JOB_STATES and job.left]
    makers = {
        (job.work_center, one.product): job.order
        for job in still
        if job.tool is not None
        for one in job.tool.also
    }
    found = {job.order: makers.get((job.work_center, job.product), "") for job in still}
    return {order: maker for order, maker in found.items() if maker and maker != order}


def _looked_at(now: int) -> int:
    """The end of the calendar that forecasts look at; it moves once a week, so that an order
    that ends nowhere before it is not told again each hour."""
    return (now + AHEAD - DAY) // WEEK * WEEK


def _open_end(floor: outlook.Floor) -> Iterable[Sentence]:
    """That nobody can say when it ends: as the hours have gone, not in the days looked at."""
    yield say(
        "forecast.open",
        "as its work centers have made their hours it may not be finished within {days} days",
        "look at what stands still, or plan it elsewhere",
        days=(floor.until - floor.now) // DAY,
    )


def _planned_alone(order: str, beside: Mapping[str, str]) -> Iterable[Sentence]:
    """That an order may be finished earlier than planned: the plan knows of no co-products."""
    if other := beside.get(order):
        yield say(
            "forecast.beside",
            "the strokes of {other} make it too, and it is planned by itself: it may be earlier",
            "start it beside {other}",
            other=other,
        )
