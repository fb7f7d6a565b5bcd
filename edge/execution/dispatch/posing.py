"""Poses what is to be planned: what is left of the month, and all that other rooms say of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from edge.domain.calendars import WorkCalendar
from edge.domain.clock import to_datetime
from edge.domain.orders import JobOrder
from edge.domain.pace import ReplanRules
from edge.domain.remarks import Remark
from edge.domain.vocabulary import OPEN_JOB_STATES
from edge.execution.dispatch.frozen import Frozen
from edge.execution.dispatch.made_before import made_at
from edge.execution.dispatch.plannable import Plannable, plannable
from edge.execution.dispatch.released import PlanInForce
from edge.execution.dispatch.set_aside import SetAside
from edge.execution.dispatch.triggers import Counts
from edge.execution.dispatch.watching import Basis, Watch
from edge.execution.floor import Floor
from edge.execution.orders.changeovers import as_set_up, with_changeovers
from edge.execution.orders.unmade import unmade
from edge.execution.people.rules import PeopleRules
from edge.planning.levels.handing_on import with_shares
from edge.planning.months.carrying import carried, unkept
from edge.planning.months.month import scenario_from
from edge.planning.months.owing import owing
from edge.planning.months.planned import PlannedJob
from edge.planning.months.staffing import staffed
from edge.planning.months.standing import hold_back
from edge.planning.months.supplying import Supplied
from edge.planning.promises.booking import Booking, Taken
from edge.planning.promises.holding import with_promised
from edge.planning.scenario import model


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What is planned, on what basis, and by name what is left out of it or cannot be kept."""

    basis: Basis
    scenario: model.Scenario
    left_out: tuple[Remark, ...]


@dataclass(kw_only=True)
class Around:
    """What other rooms say to a plan; asked for each plan, in any thread. Without them: nothing."""

    held: Callable[[], Sequence[Booking]] = tuple  # reservations that hold a place
    places: Callable[[], Mapping[str, Taken]] = dict  # of promised orders
    supply: Callable[[model.Scenario], Supplied] = Supplied  # material by date
    staff: Callable[[], PeopleRules] = PeopleRules  # who is planned with
    remarks: Callable[[], Sequence[Remark]] = tuple  # of promises that orders do not get


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is to be planned: from `at` (us) on, behind `kept`, where `plan` is in force.

    `pressing` orders keep no place in it, nothing does unless it `keeps`. `held` are the
    reservations that are planned with; None: all that hold a place.
    """

    at: int
    kept: Frozen | None
    plan: PlanInForce
    keeps: bool = True
    pressing: frozenset[str] = frozenset()
    held: Sequence[Booking] | None = None


@dataclass
class Posing:
    """Poses the problems of one floor; runs beside the loop, and more than once at a time:
    promises and better plans ask for theirs while a plan is made."""

    floor: Floor
    watch: Watch
    around: Around = field(default_factory=Around)
    aside: SetAside = field(default_factory=SetAside)

    def pose(self, asked: Asked) -> Problem:
        """What is planned, from the store and the other rooms. Raises VersionConflict where counts
        come faster than they can be read."""
        floor, plan = self.floor, asked.plan
        now, made = floor.clock.now(), made_at(floor, asked.at)
        jobs = made.jobs
        data = floor.register.held
        aside = self.aside.of(data, floor.work_centers, now)
        chosen = plannable(data, floor.work_centers, asked.at, aside)
        basis = Basis(
            at=asked.at,
            situation=self.watch.situation(now, plan, first_waiting(floor, plan)),
            counts=Counts.of({job.id: job for job in jobs}),
            requests=data.requests,
        )
        staff = self.around.staff()
        left = self._left(asked, chosen, jobs, staff.calendars)
        waits = basis.situation.waiting()
        supply = self.around.supply(hold_back(left, basis.situation.closed(), waits))
        today = to_datetime(asked.at).astimezone(floor.zone).date()
        manned = staffed(supply.scenario, staff.people.values(), staff.skills, today)
        scenario = owing(carried(manned.scenario), made.in_hour, waits)
        short = (Remark(order=one.order, said=one.sentence()) for one in supply.short)
        never = unmade(floor.register.jobs.values(), data).values()
        missing = manned.missing if scenario.people else ()
        held = self.around.held() if asked.held is None else asked.held
        return Problem(
            basis=basis,
            scenario=with_promised(scenario, held, self.around.places(), plan.promised),
            left_out=(
                *chosen.left_out,
                *short,
                *missing,
                *unkept(manned.scenario),
                *(one.remark() for one in never),
            ),
        )

    def _left(
        self,
        asked: Asked,
        chosen: Plannable,
        jobs: Sequence[JobOrder],
        calendars: Iterable[WorkCalendar],
    ) -> model.Scenario:
        """What is left of the orders, behind the hours that are kept, in the order in force."""
        centers, kept = self.floor.work_centers.values(), asked.kept
        planned = asked.plan.jobs
        known = {one.id: one for one in (*calendars, *(center.calendar for center in centers))}
        scenario = scenario_from(
            chosen.definitions,
            chosen.requests,
            [as_set_up(self.floor.register, job) for job in jobs],
            known.values(),
            [model.WorkCenter(id=center.id, calendar=center.calendar.id) for center in centers],
            asked.at,
            chosen.until,
            previous=kept.kept if kept else (),
            frozen_until=kept.until if kept else None,
            begun_as=[
                planned[job.id]
                for job in jobs
                if job.state in OPEN_JOB_STATES and job.id in planned
            ],
            in_force=_keeping(asked),
        )
        scenario = with_changeovers(scenario, self.floor.register, jobs)
        scenario = replace(scenario, levelling=_levelling(self.watch.rules))
        return with_shares(scenario, _keeping(asked), max(asked.at, scenario.frozen_until or 0))


def first_waiting(floor: Floor, plan: PlanInForce) -> Callable[[str], JobOrder | None]:
    """Says which job is the next one of a work center by the plan in force."""

    def first(work_center: str) -> JobOrder | None:
        return next(iter(plan.next_jobs(floor.register.waiting(work_center))), None)

    return first


def _keeping(asked: Asked) -> list[PlannedJob]:
    """What keeps its order."""
    if not asked.keeps:
        return []
    return [one for one in asked.plan.jobs.values() if one.order not in asked.pressing]


def _levelling(rules: ReplanRules) -> tuple[model.Levelling, ...]:
    return tuple(
        model.Levelling(
            pitch_us=one.pitch,
            products=one.products,
            families=one.families,
            work_centers=one.work_centers,
        )
        for one in rules.levels
    )
