"""What is left of each order, as a line of steps: what forecasts and required rates go by; pure."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from edge.domain.clock import MICROS
from edge.domain.orders import JobOrder, Operation, OperationsRequest, job_order_id
from edge.domain.vocabulary import FINAL_JOB_STATES
from edge.execution.dispatch.released import PlanInForce
from edge.execution.orders.masterdata import MasterData
from edge.planning.months.planned import SETUP, PlannedJob
from edge.planning.months.recovering import Step
from edge.planning.months.work import NONE, Stretches

Jobs = Mapping[str, JobOrder]


@dataclass(frozen=True, kw_only=True)
class Left:
    """What is known at `now`; `working` is the work centers' time from then on, `set_up_s` what
    set-up of a job takes that is begun now or was begun last."""

    now: int
    jobs: Jobs
    data: MasterData
    working: Mapping[str, Stretches]
    set_up_s: Callable[[JobOrder], int]

    def steps(self, plan: PlanInForce) -> Mapping[str, list[Step]]:
        """By order, the operations that the plan still has."""
        found: dict[str, list[Step]] = defaultdict(list)
        following: set[str] = set()  # work centers whose next job was met already
        for id_, planned in sorted(plan.jobs.items(), key=lambda one: (one[1].start, one[0])):
            if (job := self.jobs.get(id_)) is not None:
                is_next = planned.work_center not in following
                found[job.order].append(self._step(job, planned, is_next=is_next))
                if job.started_at is None:
                    following.add(planned.work_center)
        return found

    def _step(self, job: JobOrder, planned: PlannedJob, *, is_next: bool) -> Step:
        before, after = self._around(job)
        return Step(
            operation=job.operation,
            work_center=planned.work_center,
            end=planned.end,
            left=0 if job.state in FINAL_JOB_STATES else job.left,
            cycle_us=job.run_time_per_item * MICROS / job.good_share,
            batch=_batch(job.transfer_batch, after),
            made=max(job.good, 0),
            setup_us=self._setup(job, planned, is_next=is_next),
            gap_us=_gap(after),
            at_hand=self._at_hand(job, before),
            ready=self._ready(job, before),
        )

    def _around(self, job: JobOrder) -> tuple[JobOrder | None, Operation | None]:
        """The job of the operation before it, and the operation after it."""
        made = self.data.definitions.get((job.product, job.revision))
        steps = made.operations if made else ()
        before = [one.seq for one in steps if one.seq < job.operation]
        after = next((one for one in steps if one.seq > job.operation), None)
        id_ = job_order_id(job.order, before[-1]) if before else ""
        return self.jobs.get(id_), after

    def _setup(self, job: JobOrder, planned: PlannedJob, *, is_next: bool) -> int:
        """What is left of its set-up: as planned, or what has not gone by since it was begun.

        The next one to begin has all of it to do, also where the plan has a part in an hour that
        runs.
        """
        if job.started_at is not None:
            gone = self.now - job.started_at
            return max(self.set_up_s(job) * MICROS - gone, 0) if job.phase == SETUP else 0
        working = self.working.get(planned.work_center, NONE)
        worked = working.until(planned.run_start) - working.until(planned.start)
        return max(worked, self.set_up_s(job) * MICROS) if is_next else worked

    def _at_hand(self, job: JobOrder, before: JobOrder | None) -> int:
        """Good pieces that can be made of what has come; what may be on its way still has not,
        unless the operation has begun."""
        if before is None or (self._gap_before(job) and job.started_at is None):
            return 0
        waiting = before.passed_on - job.good - job.scrap - job.rework
        return max(int(waiting * job.good_share), 0)

    def _ready(self, job: JobOrder, before: JobOrder | None) -> int:
        """When it can begin: release and material of a first one, pieces that are on their way."""
        if job.started_at is not None:
            return 0
        if before is None:
            return _released(self.data.requests.get(job.order))
        if before.state in FINAL_JOB_STATES and before.ended_at is not None:
            return before.ended_at + self._gap_before(job)
        return 0

    def _gap_before(self, job: JobOrder) -> int:
        return _gap(self.data.operation_of(job.product, job.revision, job.operation))


def _released(request: OperationsRequest | None) -> int:
    return max(request.release or 0, request.material_from or 0) if request else 0


def _gap(operation: Operation | None) -> int:
    """What passes at least between the pieces of the one before and their use."""
    if operation is None:
        return 0
    outside = operation.flow.outside
    return operation.flow.min_gap_us + (outside.lead_time_us if outside else 0)


def _batch(batch: int | None, after: Operation | None) -> int | None:
    """Pieces that come to the operation after it together; None: all."""
    outside = after.flow.outside if after else None
    if outside is None or batch is None:
        return batch
    return None if outside.batch is None else max(batch, outside.batch)
