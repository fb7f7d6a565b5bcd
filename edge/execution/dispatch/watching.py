"""Watches what a plan was made of: when it is so no more, what is left is planned again."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from edge.domain.hours import DAY, hour_start, next_hour
from edge.domain.intervals import Interval
from edge.domain.orders import JobOrder, OperationsRequest
from edge.domain.pace import MINUTE, ReplanRules
from edge.domain.plan_versions import Footing, Outage
from edge.domain.sentences import Sentence
from edge.execution.dispatch.looking import Looking
from edge.execution.dispatch.released import PlanInForce
from edge.execution.dispatch.situation import NOTHING, Situation, changes
from edge.execution.dispatch.triggers import Counts, Paces, decided, ordered, pressing, scrapped
from edge.planning.months.planned import PlannedJob
from edge.planning.months.work import planned_work

Due = Callable[[str], JobOrder | None]


@dataclass(frozen=True, kw_only=True)
class Basis:
    """What a plan is made of: the moment of its counts, and what was known then."""

    at: int
    situation: Situation = NOTHING
    counts: Counts = field(default_factory=Counts)
    requests: Mapping[str, OperationsRequest] = field(default_factory=dict)


class Watch:
    """What has changed since the last plan of one floor, in words."""

    def __init__(self, looking: Looking) -> None:
        self.looking = looking
        self.paces = Paces(rules=looking.rules)
        self.basis: Basis | None = None
        self._began: tuple[Sequence[Outage], int] | None = None
        self._floor = looking.floor
        self._shifts: dict[str, tuple[str, int] | None] = {}
        self._seen: tuple[int, int] = (-1, -1)

    @property
    def rules(self) -> ReplanRules:
        """The rules in force."""
        return self.looking.rules

    def follow(self, rules: ReplanRules) -> None:
        """Go by these rules from now on."""
        self.looking.rules = self.paces.rules = rules

    def recall(self, requests: Mapping[str, OperationsRequest]) -> None:
        """The plan in force knows `requests`, and none that documents have brought since."""
        basis = self.basis or Basis(at=self._floor.clock.now())
        self.basis = replace(basis, requests=requests)

    def begin_again(self, footing: Footing, as_of: int) -> None:
        """The edge was started: go on from what the plan in force rests on, of facts to `as_of`."""
        self._began = (footing.outages, as_of)
        self.looking.recall(footing.outages, self._floor.clock.now())

    def is_new(self) -> bool:
        """Whether anything may have changed since it was asked last."""
        seen = (self._floor.reader.chain_end().seq, self._floor.clock.now() // MINUTE)
        new, self._seen = seen != self._seen, seen
        return new

    def triggers(self, plan: PlanInForce, due: Due) -> list[Sentence]:
        """Why what is left is to be planned again now; empty: it is not. Reads the store."""
        basis, now = self.basis, self._floor.clock.now()
        if basis is None or now < basis.at:
            return []
        jobs = self._floor.register.jobs
        situation = self.situation(now, plan, due)
        found = changes(basis.situation, situation, self._floor.zone)
        found += decided(basis.requests, self._floor.register)
        found += scrapped(jobs, basis.counts, self._planned_scrap(jobs), self.rules)
        return found + self.paces.look(self._known(now), jobs)

    def situation(self, now: int, plan: PlanInForce, due: Due) -> Situation:
        """What holds the floor up now."""
        return self.looking.situation(now, self._overdue(now, plan, due))

    def ordered(self, requests: Mapping[str, OperationsRequest]) -> list[Sentence]:
        """What documents have brought since the last plan."""
        return [] if self.basis is None else ordered(self.basis.requests, requests)

    def news(self, situation: Situation, said: Iterable[Sentence]) -> list[Sentence]:
        """What holds the floor up otherwise than at the last plan, beside what is `said`."""
        if self.basis is None:
            return []
        known = {_subject(one) for one in said}
        before = situation.known(*self._began) if self._began else self.basis.situation
        found = changes(before, situation, self._floor.zone)
        return [one for one in found if _subject(one) not in known]

    def pressing(self, requests: Mapping[str, OperationsRequest]) -> list[str]:
        """Orders that documents have made more urgent since the last plan."""
        return [] if self.basis is None else pressing(self.basis.requests, requests)

    def made(
        self,
        basis: Basis,
        released: bool,
        jobs: Iterable[PlannedJob],
        frozen: Iterable[PlannedJob],
        valid_from: int,
    ) -> None:
        """A plan was made of `basis`; `released`: it is in force, as `jobs` from `valid_from` on
        and as `frozen`, those of the plan before, until then."""
        self.basis, self._began = basis, None
        if not released:
            self.paces.set_aside()
            return
        span = Interval(basis.at, max(basis.at, valid_from) + 2 * DAY)
        calendars = {one: self.looking.calendar(one, basis.at) for one in self._floor.work_centers}
        work = planned_work(
            jobs,
            frozen,
            span,
            valid_from,
            {one: found.working for one, found in calendars.items()},
            basis.situation.closed(),
        )
        self.paces.planned(work, basis.counts)

    def _overdue(self, now: int, plan: PlanInForce, due: Due) -> dict[str, JobOrder]:
        """By work center where no job is on: the one that the plan wants started by now."""
        found: dict[str, JobOrder] = {}
        for center in self._floor.work_centers:
            if self._floor.register.running_job(center) is not None:
                continue
            job = due(center)
            planned = plan.jobs.get(job.id) if job else None
            if job is not None and planned is not None and planned.begins <= now:
                found[center] = job
        return found

    def _known(self, now: int) -> dict[str, int]:
        """By work center, up to when its pieces are known: where people report, so far as they
        have reported whole hours."""
        found = {}
        for id_, center in self._floor.work_centers.items():
            self._look_at_shift(id_, now)
            found[id_] = self._reported(id_, now) if center.manual else now
        return found

    def _reported(self, center: str, now: int) -> int:
        zone = self._floor.zone
        basis = self.basis
        first = hour_start(basis.at if basis else now, zone)
        rows = self._floor.reader.hour_quantities(center, first, now + 1)
        hours = [row.hour for row in rows if row.job_order_id]
        return min(next_hour(max(hours), zone), now) if hours else first

    def _look_at_shift(self, center: str, now: int) -> None:
        found = self.looking.calendar(center, now).shift_at(now)
        shift = (found.name, found.start) if found else None
        if center in self._shifts and self._shifts[center] != shift and shift is not None:
            self.paces.new_shift(center)
        if shift is not None or center not in self._shifts:
            self._shifts[center] = shift

    def _planned_scrap(self, jobs: Mapping[str, JobOrder]) -> dict[str, Fraction]:
        """The planned percentage of scrap of jobs that have scrap."""
        data = self._floor.register.data
        found: dict[str, Fraction] = {}
        for job in jobs.values():
            if job.scrap or job.rework:
                operation = data.operation_of(job.product, job.revision, job.operation)
                if operation and operation.planned_scrap_percent:
                    found[job.id] = operation.planned_scrap_percent
        return found


def _subject(one: Sentence) -> tuple[str, str, str]:
    """What a sentence about the situation tells of."""
    return (one.code, str(one.params.get("work_center")), str(one.params.get("about")))
