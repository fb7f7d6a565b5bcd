"""What the plan in force has still to be begun, so that a plan made again keeps its order; pure.

The blocks of a plan say two things: in which order work comes, and what is under way. Here is
only the order. What should have been begun and was not has its block at the fence, where nothing
can be taken for begun; what frozen hours begin has it as it was planned, because they stay.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from edge.domain.orders import JobOrder
from edge.domain.vocabulary import FINAL_JOB_STATES
from edge.planning.months.planned import PlannedJob, blocks_of
from edge.planning.scenario.model import Block, Order

Key = tuple[str, int]


def waiting_blocks(
    in_force: Iterable[PlannedJob],
    orders: Iterable[Order],
    progress: Mapping[Key, JobOrder],
    hours: Collection[tuple[str, int, str]],
    fence: int,
) -> tuple[Block, ...]:
    """The blocks of operations that nobody has begun, in the order of the plan in force.

    `hours`: order, operation and work center of what frozen hours have; `fence` (us) is their end.
    """
    ways = {
        (order.id, step.seq): {one.work_center for one in step.alternatives}
        for order in orders
        for step in order.operations
    }
    wait = [
        one
        for one in in_force
        if one.work_center in ways.get((one.order, one.operation), ())
        and one.runs != ()
        and not _has_begun(progress.get((one.order, one.operation)))
    ]
    frozen = [one for one in wait if (one.order, one.operation, one.work_center) in hours]
    taken = {(one.order, one.operation) for one in frozen}
    rest = sorted((one for one in wait if (one.order, one.operation) not in taken), key=_by_start)
    return (
        *(block for one in frozen for block in blocks_of(one)),
        *_from(rest, fence),
    )


def _has_begun(job: JobOrder | None) -> bool:
    """Whether anything was done of it; then the counts say what is left, and not a plan."""
    if job is None:
        return False
    made = job.good or job.scrap or job.rework
    return bool(made) or job.started_at is not None or job.state in FINAL_JOB_STATES


def _by_start(job: PlannedJob) -> tuple[int, str, int]:
    return (job.start, job.order, job.operation)


def _from(jobs: Sequence[PlannedJob], fence: int) -> Iterable[Block]:
    """Their blocks; those before the fence at it, in their order, a microsecond apart."""
    late = sum(one.start < fence for one in jobs)
    for rank, one in enumerate(jobs):
        first = fence + min(rank, late)
        if one.start >= first:
            yield from blocks_of(one)
        else:
            yield Block(
                order=one.order,
                seq=one.operation,
                work_center=one.work_center,
                kind="run",
                start=first,
                end=max(one.end, first + 1),
                quantity=one.quantity,
                credit=one.credit,
            )
