"""From a month plan and the floor's progress to a scenario, and from a schedule back.

What is left of each order is planned from `now`. Finished orders are left out; an
operation that was ended short limits those after it to the pieces it made; a job
that is under way keeps its work center.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from edge.domain.calendars import WorkCalendar, compile_calendar
from edge.domain.clock import MICROS
from edge.domain.faults import Fault
from edge.domain.hours import DAY
from edge.domain.orders import (
    BESIDE,
    HourInstruction,
    JobOrder,
    OperationsDefinition,
    OperationsRequest,
)
from edge.domain.vocabulary import FINAL_JOB_STATES, OPEN_JOB_STATES, JobState
from edge.planning.errors import ScenarioInvalid
from edge.planning.months.away import Away, lying
from edge.planning.months.planned import SETUP, PlannedJob, blocks_of
from edge.planning.months.steps import steps_of
from edge.planning.months.waiting import waiting_blocks
from edge.planning.scenario.closing import near
from edge.planning.scenario.model import (
    Actual,
    HourRow,
    Operation,
    Order,
    Scenario,
    WorkCenter,
)
from edge.planning.scenario.writing import utc

LONGEST_CLOSED = 10 * DAY
Definitions = Mapping[tuple[str, str], OperationsDefinition]


def scenario_from(
    definitions: Iterable[OperationsDefinition],
    requests: Iterable[OperationsRequest],
    jobs: Iterable[JobOrder],
    calendars: Iterable[WorkCalendar],
    work_centers: Iterable[WorkCenter],
    now: int,
    horizon_end: int,
    *,
    previous: Iterable[HourInstruction] = (),
    frozen_until: int | None = None,
    begun_as: Iterable[PlannedJob] = (),
    in_force: Iterable[PlannedJob] = (),
) -> Scenario:
    """What is left of the requests, to be planned from `now`.

    `jobs` tell good, scrap and state of each operation that was begun; `begun_as` how the plan in
    force has those that are on, so that the piece in work keeps what was done of it, and
    `in_force` all that it has, so that what is left keeps its order. Raises ScenarioInvalid that
    names every request whose product has no definition.
    """
    known = {(one.product, one.revision): one for one in definitions}
    wanted, begun = tuple(requests), tuple(jobs)
    shifts = tuple(near(one, now, horizon_end) for one in calendars)
    _refuse_unknown(wanted, known)
    progress = {(job.order, job.operation): job for job in begun}
    made_as = {(one.product, one.product_revision) for one in wanted}
    steps = {key: steps_of(known[key]) for key in made_as}  # once: orders of a product share them
    orders = [_order(request, known, steps) for request in wanted]
    opened = sorted((one for one in orders if not _is_done(one, progress)), key=_order_id)
    ids = {order.id for order in opened}
    centers = [_set_up(center, begun, known) for center in work_centers]
    kept, centers_by_id = tuple(previous), {one.id: one for one in centers}
    hours = {(one.order, one.operation, one.work_center) for one in kept}
    runs = {
        (one.order, one.operation): one
        for one in begun_as
        if one.order in ids
        and (_place_of(one) in hours or _stands(one, centers_by_id, shifts, now))
    }
    left = (request for request in wanted if request.id in ids)
    away = _away(left, known, progress, now)
    fence = max(now, frozen_until or now)
    blocks = [block for one in runs.values() for block in blocks_of(one)]
    rest = (one for one in in_force if (one.order, one.operation) not in runs)
    waiting = waiting_blocks(rest, opened, progress, hours, fence)
    return Scenario(
        timezone=shifts[0].timezone,
        calendars=tuple(sorted(shifts, key=lambda one: one.id)),
        work_centers=tuple(sorted(centers, key=lambda one: one.id)),
        plan_start=min([now, *(order.due for order in opened if order.due is not None)]),
        plan_end=horizon_end,
        orders=tuple(lying(one, progress, now) for one in opened),
        now=now,
        frozen_until=frozen_until,
        actuals=tuple(sorted((*_actuals(begun, opened, fence, runs), *away.actuals), key=_place)),
        previous=tuple(_row(one) for one in kept),
        previous_blocks=(*blocks, *waiting, *away.blocks),
    )


def _place_of(job: PlannedJob) -> tuple[str, int, str]:
    return (job.order, job.operation, job.work_center)


def _away(
    requests: Iterable[OperationsRequest],
    known: Definitions,
    progress: Mapping[tuple[str, int], JobOrder],
    now: int,
) -> Away:
    """What is outside of these orders."""
    found = Away()
    for one in requests:
        found.look(one.id, known[one.product, one.product_revision], progress, now)
    return found


def _stands(
    job: PlannedJob,
    centers: Mapping[str, WorkCenter],
    calendars: Iterable[WorkCalendar],
    now: int,
) -> bool:
    """Whether a plan has a job begun by `now`, or as the next thing that is worked there."""
    if job.start <= now:
        return True
    center = centers.get(job.work_center)
    calendar = next((one for one in calendars if center and one.id == center.calendar), None)
    if calendar is None or job.start > now + LONGEST_CLOSED:
        return False
    return compile_calendar(calendar, now, job.start + 1).worked(now, job.start) == 0


def _place(actual: Actual) -> tuple[str, int]:
    return (actual.order, actual.seq)


def _order_id(order: Order) -> str:
    return order.id


def _refuse_unknown(requests: Iterable[OperationsRequest], known: Definitions) -> None:
    faults = tuple(
        Fault(
            f"orders[{request.id}].product",
            f"{request.product} {request.product_revision}",
            "has no operations definition",
            "send the definition before the schedule",
        )
        for request in requests
        if (request.product, request.product_revision) not in known
    )
    if faults:
        raise ScenarioInvalid(faults)


def _order(
    request: OperationsRequest,
    known: Definitions,
    steps: Mapping[tuple[str, str], tuple[Operation, ...]],
) -> Order:
    key = (request.product, request.product_revision)
    return Order(
        id=request.id,
        product=request.product,
        family=known[key].family,
        quantity=request.quantity,
        due=request.due,
        operations=steps[key],
        weight=request.priority,
        release=request.release,
        material_from=request.material_from,
    )


def _is_done(order: Order, progress: Mapping[tuple[str, int], JobOrder]) -> bool:
    """Whether the last operation was ended or has brought the quantity."""
    last = progress.get((order.id, order.operations[-1].seq))
    return last is not None and (last.state in FINAL_JOB_STATES or last.good >= order.quantity)


def _actuals(
    jobs: Iterable[JobOrder],
    orders: Iterable[Order],
    fence: int,
    runs: Mapping[tuple[str, int], PlannedJob],
) -> tuple[Actual, ...]:
    """Counts of the open orders' jobs; each work center is held by one open job at most.

    What is left of a set-up is planned behind the `fence` (us): hours before it stay as they are.

    Where the plan in force has the run of a job with pieces, that says where it is. An operation
    that another product or revision of the order no longer has is none of its own any more.
    """
    steps = {(order.id, step.seq) for order in orders for step in order.operations}
    own = [job for job in jobs if (job.order, job.operation) in steps]
    holders: dict[str, JobOrder] = {}
    for job in sorted(own, key=_claim):
        if job.state in OPEN_JOB_STATES and job.phase != BESIDE:
            holders[job.work_center] = job

    def said(job: JobOrder) -> bool:
        run = runs.get((job.order, job.operation))
        is_planned = run is not None and run.work_center == job.work_center
        has_run = job.phase != SETUP and job.good + job.scrap + job.rework > 0
        return holders.get(job.work_center) is job and not (is_planned and has_run)

    return tuple(
        Actual(
            order=job.order,
            seq=job.operation,
            good=max(job.good, 0),
            scrap=max(job.scrap + job.rework, 0),
            ended=job.state in FINAL_JOB_STATES,
            running_on=job.work_center if said(job) else None,
            setup_left_us=_setup_left(job, fence) if said(job) else 0,
        )
        for job in sorted(own, key=lambda one: (one.order, one.operation))
        if _has_counts(job)
    )


def _has_counts(job: JobOrder) -> bool:
    """Whether there is anything to say of a job: of a month most have not begun."""
    made = job.good or job.scrap or job.rework
    return bool(made) or job.state in OPEN_JOB_STATES or job.state in FINAL_JOB_STATES


def _claim(job: JobOrder) -> tuple[bool, int, str]:
    """The strongest claim on a work center last: running, then begun latest."""
    return (job.state is JobState.RUNNING, job.started_at or 0, job.id)


def _setup_left(job: JobOrder, fence: int) -> int:
    """A set-up that was begun is taken to have gone on since then, and to go on until the fence."""
    if job.phase != SETUP:
        return 0
    gone = fence - job.started_at if job.started_at is not None else 0
    return max(job.setup_s * MICROS - gone, 0)


def _set_up(center: WorkCenter, jobs: Iterable[JobOrder], known: Definitions) -> WorkCenter:
    """The work center with the family of the job that was begun there last."""
    begun = [job for job in jobs if job.work_center == center.id and job.started_at is not None]
    if not begun:
        return center
    last = max(begun, key=lambda job: (job.started_at or 0, job.id))
    definition = known.get((last.product, last.revision))
    return replace(center, initial_family=definition.family) if definition else center


def _row(one: HourInstruction) -> HourRow:
    return HourRow(
        order=one.order,
        seq=one.operation,
        work_center=one.work_center,
        hour=one.hour,
        label=one.label,
        quantity=one.quantity,
        setup_s=one.setup_s,
        written=utc(one.hour),
        unchecked=one.sheet.unchecked,
    )
