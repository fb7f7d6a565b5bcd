"""Job orders: one for each operation of each order, with what is known of it now."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction

from edge.domain.bom import pins
from edge.domain.facts import FactDraft, FactKind, Json, Source
from edge.domain.jobs import ANY_NUMBER, Kept
from edge.domain.orders import (
    NUMBERS_PER_ORDER,
    Alternative,
    JobOrder,
    Operation,
    OperationsDefinition,
    OperationsRequest,
    job_order_id,
)
from edge.domain.production import JobProgress
from edge.domain.vocabulary import FINAL_JOB_STATES, JobState
from edge.domain.yields import good_share, wanted_good
from edge.execution.orders.holding import Requests, held
from edge.execution.orders.masterdata import MasterData

NONE_KEPT: Mapping[str, Kept] = {}
NONE_GONE: Requests = {}
PINNED_BY = frozenset({"created", "revised"})  # events that say by which revisions a job is made


def job_of(
    request: OperationsRequest,
    definition: OperationsDefinition | None,
    operation: Operation,
    number: int,
) -> JobOrder:
    """The job order of an operation before anything happened to it."""
    first = definition is None or operation.seq == definition.operations[0].seq
    way = operation.alternatives[0]
    return JobOrder(
        id=job_order_id(request.id, operation.seq),
        order=request.id,
        operation=operation.seq,
        number=number,
        product=request.product,
        revision=request.product_revision,
        work_center=way.work_center,
        quantity=_wanted(definition, operation, request.quantity),
        run_time_per_item=way.cycle,
        setup_s=way.setup_s,
        recipe=operation.recipe,
        description=f"{definition.description}: {operation.description}" if definition else "",
        due=request.due,
        priority=request.priority,
        customer=request.customer,
        state=JobState.ALLOWED_TO_START if first else JobState.NOT_ALLOWED_TO_START,
        version=0,
        phase="",
        good=0,
        scrap=0,
        rework=0,
        started_at=None,
        ended_at=None,
        tool=way.tool,
        inspections=operation.inspections,
        needs=operation.needs,
        transfer_batch=operation.transfer_batch,
        good_share=good_share(operation),
        completion=definition.completion if definition else ANY_NUMBER,
        setup_pieces=definition.setup_pieces if definition else "",
    )


def _wanted(definition: OperationsDefinition | None, operation: Operation, quantity: int) -> int:
    """Good pieces of an operation, so that the order's quantity comes out at the end."""
    if definition is None:
        return quantity
    return wanted_good(definition.operations, quantity).get(operation.seq, quantity)


def jobs_of(
    data: MasterData,
    progress: Iterable[JobProgress],
    kept: Mapping[str, Kept] = NONE_KEPT,
    gone: Requests = NONE_GONE,
) -> dict[str, JobOrder]:
    """All job orders, from documents and progress; started ones whose order is gone stay.

    `kept`: by order, a quantity that a supervisor holds to although the ERP wants another; `gone`
    are orders that are in no schedule any more, as far as they are known.
    """
    known = {row.job_order_id: row for row in progress}
    jobs: dict[str, JobOrder] = {}
    free = _free_numbers(data, known)
    for wanted in data.requests.values():
        request = held(wanted, kept.get(wanted.id))
        definition = data.definition_of(request)
        for operation in definition.operations if definition else ():
            id_ = job_order_id(request.id, operation.seq)
            row = known.pop(id_, None)
            if row is None and not request.quantity:
                continue  # all of it is there already
            number = row.number if row else _number(request, operation, free)
            job = job_of(request, definition, operation, number)
            if row:
                job, made_by = _pinned(data, job, row, operation)
                job = _progressed(job, row, made_by)
            jobs[id_] = job
    for id_, row in known.items():
        one = kept.get(row.order_id)
        is_held = one is not None and one.against == 0 and row.state not in FINAL_JOB_STATES
        job = _of_gone_order(data, row, one.quantity if one and is_held else None)
        if (last := gone.get(row.order_id)) is not None:
            job = replace(job, due=last.due, priority=last.priority, customer=last.customer)
        jobs[id_] = job
    return jobs


def _pinned(
    data: MasterData, job: JobOrder, row: JobProgress, operation: Operation
) -> tuple[JobOrder, Operation]:
    """A job that was started keeps product and revision, whatever the plan says now."""
    if row.started_at is None or (row.product, row.revision) == (job.product, job.revision):
        return job, operation
    made_by = data.operation_of(row.product, row.revision, row.operation) or operation
    kept = replace(
        job,
        product=row.product,
        revision=row.revision,
        recipe=made_by.recipe,
        needs=made_by.needs,
        transfer_batch=made_by.transfer_batch,
        wanted_revision=f"{job.product} {job.revision}",
    )
    return kept, made_by


def _number(request: OperationsRequest, operation: Operation, free: list[int]) -> int:
    if request.number is not None:
        return request.number * NUMBERS_PER_ORDER + operation.seq
    free[0] += 1
    return free[0]


def _free_numbers(data: MasterData, known: Mapping[str, JobProgress]) -> list[int]:
    """A counter above every number in use, for orders that the ERP gave none."""
    used = [row.number for row in known.values()]
    used += [
        (request.number + 1) * NUMBERS_PER_ORDER
        for request in data.requests.values()
        if request.number is not None
    ]
    return [max(used, default=0)]


def _of_gone_order(data: MasterData, row: JobProgress, held: int | None) -> JobOrder:
    """A job whose order is in no schedule any more; what was made of it stays.

    `held`: the quantity of the order that a supervisor holds to. How it is made is known as long
    as its definition is: its machine may have to be told again.
    """
    request = OperationsRequest(
        id=row.order_id,
        number=None,
        product=row.product,
        product_revision=row.revision,
        quantity=row.quantity if held is None else held,
        release=None,
        due=0,
        customer="",
        priority=1,
    )
    definition = data.definition_of(request)
    steps = definition.operations if definition else ()
    operation = next((one for one in steps if one.seq == row.operation), None) or Operation(
        seq=row.operation,
        description="",
        recipe=0,
        transfer_batch=None,
        alternatives=(Alternative(work_center=row.work_center, cycle=Fraction(0), setup_s=0),),
    )
    job = _progressed(job_of(request, definition, operation, row.number), row, operation)
    return job if held is not None else replace(job, quantity=row.quantity)


def _progressed(job: JobOrder, row: JobProgress, operation: Operation) -> JobOrder:
    way = next(
        (way for way in operation.alternatives if way.work_center == row.work_center),
        operation.alternatives[0],
    )
    return replace(
        job,
        work_center=way.work_center if row.started_at is None else row.work_center,
        run_time_per_item=way.cycle,
        setup_s=way.setup_s,
        tool=way.tool,
        state=JobState(row.state),
        version=row.version,
        phase=row.phase,
        good=row.good,
        scrap=row.scrap,
        rework=row.rework,
        started_at=row.started_at,
        ended_at=row.ended_at,
        raised=row.state == JobState.ENDED and job.quantity > row.quantity,
    )


def run_time_text(cycle: Fraction) -> str | None:
    """Seconds a piece as facts write them; None where there is none."""
    return str(cycle) if cycle > 0 else None


def event(
    job: JobOrder,
    name: str,
    *,
    at: int,
    source: Source,
    actor: str | None = None,
    extra: Mapping[str, Json] | None = None,
) -> FactDraft:
    """The fact that brought `job` to the state, version and phase that it holds."""
    body = {
        "event": name,
        "order": job.order,
        "operation": job.operation,
        "product": job.product,
        "revision": job.revision,
        "number": job.number,
        "quantity": job.quantity,
        "run_time_per_item": run_time_text(job.run_time_per_item),
        "work_center": job.work_center,
        "state": str(job.state),
        "version": job.version,
        "phase": job.phase,
        **(pins(job.needs, job.revision) if name in PINNED_BY else {}),
        **(extra or {}),
    }
    return FactDraft(
        kind=FactKind.JOB_ORDER_EVENT,
        occurred_at=at,
        equipment_id=job.work_center,
        job_order_id=job.id,
        source=source,
        actor=actor,
        body=body,
    )
