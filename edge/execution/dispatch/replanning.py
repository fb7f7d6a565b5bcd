"""The month plan becomes hours, and stays level with what was made.

A plan is made of what is left when documents come, at the start of each hour, and when what it
was made of is so no more (`watching.py`). It is an immutable version; hours that had begun
before it keep what they had. A plan that was overtaken by new documents or work centers while it
was made is dropped.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import structlog

from edge.domain.faults import Fault
from edge.domain.hours import hour_start, next_hour
from edge.domain.orders import JobOrder, OperationsRequest
from edge.domain.plan_versions import Footing
from edge.domain.recording import StoreUnavailable, VersionConflict
from edge.domain.remarks import Remark, in_english
from edge.domain.sentences import Sentence, say
from edge.execution.dispatch.attempts import Attempt, Planner
from edge.execution.dispatch.bettering import Ahead, Bettering
from edge.execution.dispatch.forecasting import Forecasting, Known
from edge.execution.dispatch.frozen import Frozen, frozen, has_begun, window
from edge.execution.dispatch.looking import Looking
from edge.execution.dispatch.pending import Pending
from edge.execution.dispatch.posing import Around, Asked, Posing, Problem, first_waiting
from edge.execution.dispatch.released import PlanInForce
from edge.execution.dispatch.releasing import MadePlan, Outcome, Releasing
from edge.execution.dispatch.set_aside import named_in, told
from edge.execution.dispatch.triggers import DOCUMENTS, STARTED
from edge.execution.dispatch.watching import Basis, Watch
from edge.execution.figures.reports import compiled
from edge.execution.floor import Floor
from edge.execution.orders.masterdata import requests_at
from edge.planning.errors import PlannerLost, PlannerTooSlow, ScenarioInvalid
from edge.planning.levels.levelling import levelled
from edge.planning.months.planned import planned_jobs
from edge.planning.promises.booking import Booking
from edge.planning.promises.holding import standing_jobs, without_held
from edge.planning.scenario import model
from edge.planning.schedules.rows import unswept

LOOK_S = 0.2
PAUSE_S, LONGEST_PAUSE_S = 2.0, 60.0  # after a plan that failed, and at most
EXPECTED = (PlannerLost, PlannerTooSlow, StoreUnavailable, VersionConflict)
PROOFS = 2_000  # placements; more would let the hours wait for the reasons
NOT_LEVEL = Remark(
    said=say(
        "plan.not_level",
        "the plan in force goes on without what has changed: it cannot be kept level in its order"
        " of work",
        "release the proposal that waits, or discard it",
    )
)
log = structlog.get_logger(__name__)


class Replanner:
    """Keeps a plan in force on one floor."""

    forecasting: Forecasting | None = None
    bettering: Bettering | None = None
    thorough: Planner | None = None  # proves reasons beside the planner that floors wait for

    def __init__(
        self,
        floor: Floor,
        planner: Planner,
        looking: Looking | None = None,
        releasing: Releasing | None = None,
    ) -> None:
        self._floor, self._planner = floor, planner
        self.watch = Watch(looking or Looking(floor))
        self.releasing = releasing or Releasing(floor)
        self.remarks: tuple[Remark, ...] = ()  # what could not be planned, for people to mend
        self._posing = Posing(floor, self.watch)
        self._left_out: tuple[Remark, ...] = ()
        self._asked = asyncio.Event()
        self._asked.set()
        self._pending = Pending(documents=True)  # what came while the edge was off
        self._pressing: set[str] = set()  # more urgent than the plan in force knows them
        self._until = 0  # plant time at which the next hour begins
        self._planned_at = 0  # plant time of the last plan that was made
        self._stale = False  # whether the store may hold a later plan than `plan`
        self.releasing.level = self._level
        self._known_version = 0  # the version whose footing is known here
        self._has_started = self.plan.version > 0  # and has planned nothing since
        self._recall()

    @property
    def plan(self) -> PlanInForce:
        """The plan in force."""
        return self.releasing.plan

    @property
    def around(self) -> Around:
        """What other rooms say to each plan."""
        return self._posing.around

    @property
    def problem(self) -> str:
        """What could not be planned and why, in English."""
        return in_english(self.remarks)

    @property
    def problems(self) -> dict[str, list[Sentence]]:
        """By order what of it could not be planned as it is, and what mends that."""
        found: dict[str, list[Sentence]] = {}
        for one in self._left_out:
            if one.order:
                found.setdefault(one.order, []).append(one.said)
        return found

    def wake(self, why: Sentence | None = None) -> None:
        """New documents have come, work centers have changed, or what `why` says has happened."""
        new = Pending(because=(why,)) if why else Pending(documents=True)
        self._pending = self._pending.and_then(new)
        self._asked.set()

    def next_jobs(self, work_center: str) -> list[JobOrder]:
        """Jobs that may start on a work center, in the order of the plan."""
        return self.plan.next_jobs(self._floor.register.waiting(work_center))

    def next_job(self, work_center: str) -> JobOrder | None:
        """The job to start now; None outside of working time or before its release.

        One that something forbids lets the next one pass: a held lot must not stop a line.
        """
        now = self._floor.clock.now()
        if not compiled(self._floor.work_centers[work_center], now, now).is_working(now):
            return None
        requests = self._floor.register.held.requests
        released = (
            job for job in self.next_jobs(work_center) if _released(requests.get(job.order), now)
        )
        return next((job for job in released if self._is_due(job, now)), None)

    def _is_due(self, job: JobOrder, now: int) -> bool:
        """Whether it may start, and not so early that it would wait for input on the machine."""
        planned = self.plan.jobs.get(job.id)
        early = planned is not None and planned.begins > now
        if early and self._floor.register.more_input_comes(job):
            return False
        return self._floor.gates.allows(job)

    def planned(self, job: JobOrder) -> tuple[int, int] | None:
        """Planned start and end of a job order, µs."""
        found = self.plan.jobs.get(job.id)
        return (found.begins, found.end) if found else None

    def what_is_left(self) -> model.Scenario:
        """What is planned now, without what is only reserved; runs beside the loop."""
        now = self._floor.clock.now()
        return self._posed(now, self._frozen(now, begun=True), held=()).scenario

    def _posed(
        self, at: int, kept: Frozen | None, held: Sequence[Booking] | None = None
    ) -> Problem:
        """What is planned from `at` behind `kept`; runs beside the loop. The first look knows not
        what became urgent: nothing keeps its order then."""
        return self._posing.pose(
            Asked(
                at=at,
                kept=kept,
                plan=self.plan,
                keeps=self.watch.basis is not None,
                pressing=frozenset(self._pressing),
                held=held,
            )
        )

    async def run(self) -> None:
        """Plan when asked, at each hour and when what was planned is so no more, for ever.

        Whatever goes wrong with a plan is told in `remarks`; it is made again later, the rarer the
        more often it failed, or at once when it is asked for anew.
        """
        pause, failure = PAUSE_S, tuple[Remark, ...]()
        while True:
            try:
                await self.look()
                pause = PAUSE_S
                if failure and self.remarks == failure:
                    self.remarks = ()
            except Exception as error:
                before, failure = failure, self._failed(error)
                if isinstance(error, EXPECTED):
                    log.warning("plan_postponed", why=str(error))
                elif failure != before:  # once, not at each time that it is tried
                    log.exception("plan_failed")
                await self._asked_within(pause)
                pause = min(2 * pause, LONGEST_PAUSE_S)
            await asyncio.sleep(LOOK_S)

    def _failed(self, error: Exception) -> tuple[Remark, ...]:
        """Tell that no plan was made; what `remarks` are now."""
        self._stale = True  # the plan may have been released although its answer was lost
        said = say(
            "plan.not_made",
            "no new plan was made ({words}), that in force goes on; it is tried again",
            "mend what came last, or send the edge's log to its maker",
            words=f"{type(error).__name__}: {error}",
        )
        self.remarks = (Remark(said=said), *self._left_out)
        return self.remarks

    async def _asked_within(self, seconds: float) -> None:
        """Wait so long, or until a plan is asked for; then there is one to be made."""
        self._asked.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._asked.wait()
        self._asked.set()

    async def look(self) -> None:
        """Plan again if there is a reason to, now."""
        if self._asked.is_set() or self._floor.clock.now() >= self._until:
            await self._plan_for(Pending())
        elif because := await self._changed():
            await self._plan_for(Pending(because=tuple(because)))
        elif self.bettering:
            await self.bettering.look(self.watch.rules, self._planned_at)

    async def _plan_for(self, new: Pending) -> None:
        """Plan for all that waits and what is `new`; it waits on if nothing comes of it."""
        self._asked.clear()
        pending, self._pending = self._pending.and_then(new), Pending()
        settled = False
        try:
            # A sweep of all that a month makes would stop the loop; afterwards most of it is gone.
            with unswept():
                settled = await self.replan(documents=pending.documents, because=pending.because)
        finally:
            if not settled:
                self._pending = pending.and_then(self._pending)
                self._asked.set()

    async def _changed(self) -> list[Sentence]:
        """Why what is left is to be planned again; empty while all is as it was planned."""
        if not self.watch.is_new():
            return []
        self._floor.register.reload()
        first = first_waiting(self._floor, self.plan)
        return await asyncio.to_thread(self.watch.triggers, self.plan, first)

    async def replan(self, *, documents: bool, because: Sequence[Sentence] = ()) -> bool:
        """Make and release a plan of what is left now; `because` says what has changed.

        False: it was dropped, because documents or work centers have changed meanwhile, or because
        the planner named orders that are left out now.

        With new `documents`, or because of something, or where an hour's plan comes late, the hour
        that runs stays as released. Where nothing stands in it planning begins now.
        """
        floor = self._floor
        now, as_of = self._catch_up()
        if not floor.register.held.requests and not self.plan.version:
            return True  # nothing was ever wanted; later, that nothing is wanted any more is a plan
        attempt = await self._begin(now, as_of, documents, because)
        self._left_out = attempt.problem.left_out
        try:
            schedule = await self._planner.solve(attempt.problem.scenario, proofs=PROOFS)
        except ScenarioInvalid as invalid:
            return self._is_settled_without(attempt, invalid)
        remarks = await asyncio.to_thread(self.around.remarks)
        self.remarks = (*self._left_out, *remarks)
        moved = floor.reader.downlink_position() != attempt.position
        if moved or floor.work_centers is not attempt.centers:
            return False
        made = attempt.made(without_held(schedule), floor.register.data.position)
        in_force = await self._bring(attempt, made)
        if self.bettering and self.plan.version != attempt.before.version:
            self.bettering.overtaken()
        jobs, frozen_jobs = self.plan.jobs.values(), attempt.before.jobs.values()
        basis = attempt.problem.basis
        self.watch.made(basis, in_force, jobs, frozen_jobs, attempt.valid_from)
        self._known_version, self._has_started = self.plan.version, False
        return True

    def _catch_up(self) -> tuple[int, int]:
        """Know what the store knows: the moment (us) and the last fact (seq) of before that was
        read, so that a plan never says that it rests on more than it does."""
        floor = self._floor
        now = self._planned_at = floor.clock.now()
        self._until = next_hour(now, floor.zone)
        as_of = floor.reader.chain_end().seq
        floor.register.reload()
        if self._stale:
            self.releasing.look_again()
            self._stale = False
        return now, as_of

    async def _begin(
        self, now: int, as_of: int, documents: bool, because: Sequence[Sentence]
    ) -> Attempt:
        """What is planned, from when on, and why."""
        floor, before = self._floor, self.plan
        self._recall()
        self._pressing |= {*self.watch.pressing(floor.register.held.requests)}
        late = documents or bool(because) or has_begun(now, floor.zone)
        hour, kept = hour_start(now, floor.zone), self._frozen(now, begun=late)
        at = now if kept or late or not before.version else hour
        position, centers = floor.reader.downlink_position(), floor.work_centers
        problem = await asyncio.to_thread(self._posed, at, kept)
        return Attempt(
            now=now,
            as_of=as_of,
            position=position,
            centers=centers,
            before=before,
            kept=kept,
            valid_from=kept.until if kept else hour,
            problem=problem,
            why=self._why(documents, because, problem.basis),
        )

    def _is_settled_without(self, attempt: Attempt, invalid: ScenarioInvalid) -> bool:
        """Whether there is no plan for now; False if it is made at once without what was named.

        The plan that is possible again says why this one was to be made.
        """
        if self._leaves_out(invalid, attempt.problem.scenario, attempt.now):
            return False
        faults = [str(fault) for fault in invalid.faults]
        self.remarks = tuple(_of_planner(fault) for fault in invalid.faults)
        self.watch.made(attempt.problem.basis, False, (), (), attempt.valid_from)
        self._pending = Pending(because=attempt.why).and_then(self._pending)
        log.error("plan_impossible", faults=faults)
        return True

    async def _bring(self, attempt: Attempt, made: MadePlan) -> bool:
        """Bring a plan into force or let it wait for a person; whether what is in force is level
        with what was made."""
        released = await self.releasing.offer(made) is not Outcome.ASKS
        scenario: model.Scenario | None = attempt.problem.scenario
        if released:
            self._pressing.clear()
        else:
            scenario = await self._ask(made, attempt)
        if scenario is not None and self.forecasting:
            level = None if released else await asyncio.to_thread(self._floor.reader.plan)
            schedule = level.schedule if level else made.schedule
            known = self._known(made, schedule, attempt.problem.basis, scenario)
            self.forecasting.begin(known)
        return scenario is not None

    def _recall(self) -> None:
        """Take over what the plan in force rests on, where it was not released by the last look:
        it is of before the edge was started, or a person has released it."""
        if self.plan.version == self._known_version:
            return
        self._known_version = self.plan.version
        floor, footing = self._floor, self.releasing.footing()
        if footing is None:  # of an edge of before: take all that there is now as known to it
            self.watch.recall(floor.register.held.requests)
            return
        self._pressing = {*footing.pressing}
        register, position = floor.register, footing.position
        is_read = position == register.data.position
        said = register.data.requests if is_read else requests_at(floor.reader, position)
        self.watch.recall(register.wanted_of(said))
        if self._has_started:
            self.watch.begin_again(footing, self.releasing.as_of())

    def _leaves_out(self, invalid: ScenarioInvalid, scenario: model.Scenario, now: int) -> bool:
        """Whether the planner named orders that are left out now, and others are left."""
        floor, named = self._floor, named_in(invalid.faults)
        if all(one.id in named for one in scenario.orders):
            return False  # what is wrong is not theirs: the plan in force goes on
        data = floor.register.held
        return self._posing.aside.take(named, data, floor.work_centers, now, self._until)

    def _known(
        self,
        made: MadePlan,
        schedule: Mapping[str, Any],
        basis: Basis,
        scenario: model.Scenario,
    ) -> Known:
        """What forecasts are made of; where late orders do not say why, that is proved first."""
        orders: Sequence[Mapping[str, Any]] = schedule["orders"]
        unexplained, thorough = frozenset(schedule.get("unexplained", ())), self.thorough

        async def proved() -> list[dict[str, Any]]:
            assert thorough is not None
            solved = without_held(await thorough.solve(scenario))["orders"]
            reasons = {one["id"]: one["reasons"] for one in solved}
            return [{**one, "reasons": reasons.get(one["id"], [])} for one in orders]

        return Known(
            plan=self.plan,
            orders=orders,
            schedule=schedule,
            made_at=made.made_at,
            because=made.trigger,
            situation=basis.situation,
            unexplained=unexplained,
            proved=proved if unexplained and thorough is not None else None,
        )

    def ahead(self) -> Ahead | None:
        """What a longer search would plan: behind the hours that stay as they are. Reads the
        store; runs beside the loop."""
        floor, now = self._floor, self._floor.clock.now()
        version, as_of = self.plan.version, floor.reader.chain_end().seq
        kept = self._window(now, begun=True)
        if not version or kept.unfrozen or self._pressing:
            return None
        position = floor.register.data.position
        problem = self._posed(now, kept)
        return Ahead(
            scenario=problem.scenario,
            base=version,
            as_of=as_of,
            footing=Footing(position=position, outages=problem.basis.situation.outages()),
            made_at=now,
            valid_from=kept.until,
        )

    def _why(
        self, documents: bool, because: Sequence[Sentence], basis: Basis
    ) -> tuple[Sentence, ...]:
        """What the plan is made for, of all that has happened; empty: the hour alone."""
        brought = self.watch.ordered(basis.requests) if documents else []
        news = self.watch.news(basis.situation, because)
        found = (*because, *news, *brought)
        return found or self._usual(documents)

    def _usual(self, documents: bool) -> tuple[Sentence, ...]:
        if self._has_started:
            return (STARTED,)
        return (DOCUMENTS,) if documents else ()

    def _frozen(self, now: int, *, begun: bool) -> Frozen | None:
        """The hours that stay as they were released; None: nothing stands in them."""
        found = self._window(now, begun=begun)
        return found if found.given else None

    def _window(self, now: int, *, begun: bool) -> Frozen:
        """The hours behind which is planned, also where nothing stands in them."""
        until = window(self._floor, now, self.releasing.rules.frozen_hours, begun=begun)
        return frozen(self._floor, now, until, self.releasing.reader.unfreezings(now))

    async def _ask(self, made: MadePlan, attempt: Attempt) -> model.Scenario | None:
        """Let a plan wait for a person, and keep the one in force level meanwhile: of what that
        was made; None where it could not be.

        Hours that run are nobody's to decide: at the start of an hour the plan that waits is made
        once more, for the hours after it.
        """
        level = await self._keep_level(made, attempt.problem.scenario)
        kept, behind = attempt.kept, self._window(made.made_at, begun=True)
        if kept is None or kept.until < behind.until:
            problem = await asyncio.to_thread(self._posed, made.made_at, behind)
            schedule = without_held(await self._planner.solve(problem.scenario, proofs=PROOFS))
            base = self.plan.version
            made = replace(made, schedule=schedule, valid_from=behind.until, base=base)
            if await self.releasing.offer(made) is not Outcome.ASKS:
                self._pressing.clear()
                return problem.scenario
        await self.releasing.propose(replace(made, base=self.plan.version))
        if level is None:
            self.remarks = (*self.remarks, NOT_LEVEL)
        return level

    async def _keep_level(self, made: MadePlan, scenario: model.Scenario) -> model.Scenario | None:
        """Cut what is left into hours anew in the order in force: of what that was made; None if
        the planner could not follow it."""
        around, plan = self.around, self.plan
        promised = standing_jobs(around.held(), around.places(), plan.promised)
        level = levelled(scenario, [*plan.jobs.values(), *promised], made.schedule)
        schedule = without_held(await self._planner.solve(level, proofs=PROOFS))
        pressing = tuple(sorted(self._pressing))
        footing = replace(made.footing, pressing=pressing) if made.footing else None
        kept = replace(made, schedule=schedule, base=self.plan.version, footing=footing)
        return None if await self.releasing.keep_level(kept) is Outcome.ASKS else level

    async def _level(self, made: MadePlan) -> MadePlan:
        """A plan that waited, in its places and its order, of what is left now; as it was made
        where the planner does not answer: the next plan is level then."""
        floor, around, now = self._floor, self.around, self._floor.clock.now()
        as_of, base = floor.reader.chain_end().seq, self.plan.version
        floor.register.reload()
        try:
            kept = await asyncio.to_thread(self._window, now, begun=True)
            problem = await asyncio.to_thread(self._posed, now, kept)
            free = await self._planner.solve(problem.scenario, proofs=0)
            promised = standing_jobs(around.held(), around.places(), self.plan.promised)
            jobs = [*planned_jobs(made.schedule), *promised]
            level = levelled(problem.scenario, jobs, free)
            schedule = without_held(await self._planner.solve(level, proofs=PROOFS))
        except (PlannerLost, PlannerTooSlow, ScenarioInvalid) as error:
            log.warning("proposal_not_level", why=str(error))
            return made
        return replace(
            made,
            schedule=schedule,
            valid_from=kept.until,
            made_at=now,
            as_of=as_of,
            base=base,
            unfrozen=kept.unfrozen,
            instead=kept.instead,
            waiting=problem.basis.situation.waiting(),
        )


def _of_planner(fault: Fault) -> Remark:
    """A fault for which there is no plan at all."""
    order = next(iter(named_in([fault])), "")
    return Remark(order=order, said=told(fault))


def _released(request: OperationsRequest | None, now: int) -> bool:
    return request is not None and (request.release is None or request.release <= now)
