"""Documents from the downlink become job orders, in one recording."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from edge.domain.facts import FactDraft, FactKind, Source
from edge.domain.jobs import Kept, Question, kept_of
from edge.domain.orders import JobOrder, job_order_id
from edge.domain.production import JobProgress
from edge.domain.receipts import receipts_from
from edge.domain.recording import Document, ExpectedVersion, Recording
from edge.domain.vocabulary import FINAL_JOB_STATES, OPEN_JOB_STATES, JobState
from edge.execution.orders.asking import said_of_orders
from edge.execution.orders.jobs import event, jobs_of
from edge.execution.orders.masterdata import (
    DEFINITION,
    RECEIPTS,
    SCHEDULE,
    MasterData,
    read_definition,
    read_schedule,
    requests_of,
)
from edge.execution.orders.passing import standing

# What it is called when an operation that was not begun comes to a state.
NAMES = {JobState.ABORTED: "aborted", JobState.ALLOWED_TO_START: "allowed"}


def merged(data: MasterData, documents: Sequence[Document]) -> MasterData:
    """Master data with `documents` in force. Raises ValueError or KeyError on a malformed one."""
    definitions, purchases = dict(data.definitions), dict(data.purchases)
    schedules = {schedule.id: schedule for schedule in data.schedules}
    for document in documents:
        if document.kind == DEFINITION:
            definitions[document.id, document.revision] = read_definition(document)
        elif document.kind == SCHEDULE:
            schedules[document.id] = read_schedule(document)
        elif document.kind == RECEIPTS:
            purchases[document.id] = receipts_from(document.content)
        else:
            raise ValueError(f"document kind {document.kind!r} is not known to this version")
    requests = requests_of(schedules.values(), data.from_stock)
    position = max([data.position, *(document.position for document in documents)])
    return replace(
        data,
        definitions=definitions,
        requests=requests,
        schedules=tuple(schedules.values()),
        position=position,
        purchases=purchases,
    )


def recording(
    after: MasterData,
    documents: Sequence[Document],
    progress: Sequence[JobProgress],
    *,
    site: str,
    at: int,
    before: MasterData | None = None,
    questions: Sequence[Question] = (),
) -> Recording:
    """What becomes true when `documents` arrive: they are kept, and job orders follow them.

    A job order that was started keeps its revisions; where they want another one now, and did
    not by `before`, it is said.

    It holds only while each job order that it changes is at the version of `progress`.
    """
    known = {row.job_order_id: row for row in progress}
    held = kept_of(questions)
    jobs = jobs_of(after, progress, held)
    events = list(job_events(jobs, known, after, held, at, questions))
    received = [_received(document, site, at) for document in documents]
    kept = _kept(jobs, jobs_of(before, progress, held) if before else {}, at)
    return Recording(
        drafts=(*received, *events, *kept),
        versions=tuple(_rested_on(draft.job_order_id, known) for draft in events),
        documents=tuple(documents),
    )


def _kept(
    jobs: Mapping[str, JobOrder], before: Mapping[str, JobOrder], at: int
) -> Iterable[FactDraft]:
    """Started job orders that keep their revision although another one is wanted now."""
    for job in jobs.values():
        said = before[job.id].wanted_revision if job.id in before else ""
        if job.state in OPEN_JOB_STATES and job.wanted_revision not in {"", said}:
            detail = {
                "kept": f"{job.product} {job.revision}",
                "wanted": job.wanted_revision,
            }
            yield FactDraft(
                kind=FactKind.AUDIT,
                occurred_at=at,
                equipment_id=job.work_center,
                job_order_id=job.id,
                source=Source.ERP,
                body={"action": "revision_kept", "detail": detail},
            )


def _rested_on(id_: str | None, known: Mapping[str, JobProgress]) -> ExpectedVersion:
    assert id_ is not None, "events are of job orders"
    return ExpectedVersion(job_order_id=id_, version=known[id_].version if id_ in known else 0)


def _received(document: Document, site: str, at: int) -> FactDraft:
    return FactDraft(
        kind=FactKind.SCHEDULE_RECEIVED,
        occurred_at=at,
        equipment_id=site,
        source=Source.ERP,
        body={
            "document": document.kind,
            "id": document.id,
            "revision": document.revision,
            "sha256": document.sha256,
            "position": document.position,
        },
    )


def job_events(
    jobs: Mapping[str, JobOrder],
    known: Mapping[str, JobProgress],
    data: MasterData,
    kept: Mapping[str, Kept],
    at: int,
    questions: Sequence[Question] = (),
) -> Iterable[FactDraft]:
    """Events of all that the documents change, in the order of the operations.

    Work that has begun is never taken away here: a person is asked.
    """
    after = _standing(jobs, known, data, kept)
    said = said_of_orders(after, known, data, kept, questions)
    for job in after.values():
        if one := said.get(job.id):
            asks = replace(_next(job), quantity=one.quantity)
            yield event(asks, one.event, at=at, source=Source.ERP, extra=one.extra)
        elif name := _name(known.get(job.id), job):
            yield event(_next(job), name, at=at, source=Source.ERP)


def _standing(
    jobs: Mapping[str, JobOrder],
    known: Mapping[str, JobProgress],
    data: MasterData,
    kept: Mapping[str, Kept],
) -> dict[str, JobOrder]:
    """The job orders as they are to be, in the order of the operations."""
    wanted = _wanted(data) | _held_to(jobs, data, kept)
    found: dict[str, JobOrder] = {}
    before: dict[str, JobOrder] = {}  # by order, the wanted operation before, as it will be
    for job in sorted(jobs.values(), key=lambda one: one.operation):
        row, after = known.get(job.id), job
        if (row is None or _is_unstarted(job)) and not _is_unreadable(job, data):
            is_wanted = job.id in wanted
            state = standing(before.get(job.order)) if is_wanted else JobState.ABORTED
            after = replace(job, state=state)
        if job.id in wanted:
            before[job.order] = after
        found[job.id] = after
    return found


def _held_to(
    jobs: Mapping[str, JobOrder], data: MasterData, kept: Mapping[str, Kept]
) -> frozenset[str]:
    """Ids of the operations of orders that are gone, and are made all the same."""
    return frozenset(
        job.id
        for job in jobs.values()
        if job.order not in data.requests and job.order in kept and kept[job.order].quantity > 0
    )


def _wanted(data: MasterData) -> frozenset[str]:
    """Ids of all operations of all orders in force of which something is to be made."""
    return frozenset(
        job_order_id(request.id, operation.seq)
        for request in data.requests.values()
        if request.quantity and (definition := data.definition_of(request)) is not None
        for operation in definition.operations
    )


def _is_unstarted(job: JobOrder) -> bool:
    return job.started_at is None and job.state not in {*OPEN_JOB_STATES, JobState.ENDED}


def _is_unreadable(job: JobOrder, data: MasterData) -> bool:
    """Whether the order is in force, but nobody knows yet how it is made."""
    request = data.requests.get(job.order)
    return request is not None and data.definition_of(request) is None


def _name(row: JobProgress | None, after: JobOrder) -> str | None:
    """The event that brings a job order from its row to what it is now; None for no change."""
    if row is None:
        return "created"
    if row.state != after.state:
        if row.state == JobState.ABORTED:
            return "created"  # it was cut, and is wanted again
        return NAMES.get(after.state, "revised")
    if after.state in FINAL_JOB_STATES:
        return None
    made = (after.quantity, after.product, after.revision, after.work_center)
    return "revised" if made != (row.quantity, row.product, row.revision, row.work_center) else None


def _next(job: JobOrder) -> JobOrder:
    return replace(job, version=job.version + 1)


def refused(document: Document, why: str, *, site: str, at: int) -> Recording:
    """A document that cannot be read is kept under the kind `refused`, and said to be so."""
    draft = FactDraft(
        kind=FactKind.AUDIT,
        occurred_at=at,
        equipment_id=site,
        source=Source.ERP,
        body={
            "action": "document_refused",
            "detail": {"document": document.kind, "id": document.id, "why": why},
        },
    )
    return Recording(drafts=(draft,), documents=(replace(document, kind="refused"),))
