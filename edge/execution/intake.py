"""Documents from the downlink become job orders, in one recording."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from edge.domain.facts import FactDraft, FactKind, Source
from edge.domain.orders import JobOrder
from edge.domain.ports import Document, ExpectedVersion, JobProgress, Recording
from edge.domain.vocabulary import FINAL_JOB_STATES, OPEN_JOB_STATES, JobState
from edge.execution.jobs import event, jobs_of
from edge.execution.masterdata import (
    DEFINITION,
    SCHEDULE,
    MasterData,
    read_definition,
    read_schedule,
)


def merged(data: MasterData, documents: Sequence[Document]) -> MasterData:
    """Master data with `documents` in force. Raises ValueError or KeyError on a malformed one."""
    definitions = dict(data.definitions)
    schedules = {schedule.id: schedule for schedule in data.schedules}
    for document in documents:
        if document.kind == DEFINITION:
            definitions[document.id, document.revision] = read_definition(document)
        elif document.kind == SCHEDULE:
            schedules[document.id] = read_schedule(document)
        else:
            raise ValueError(f"document kind {document.kind!r} is not known to this version")
    requests = {order.id: order for schedule in schedules.values() for order in schedule.orders}
    position = max([data.position, *(document.position for document in documents)])
    return MasterData(definitions, requests, tuple(schedules.values()), position)


def recording(
    after: MasterData,
    documents: Sequence[Document],
    progress: Sequence[JobProgress],
    *,
    site: str,
    at: int,
) -> Recording:
    """What becomes true when `documents` arrive: they are kept, and job orders follow them.

    It holds only while each job order that it changes is at the version of `progress`.
    """
    known = {row.job_order_id: row for row in progress}
    events = list(_job_events(jobs_of(after, progress), known, after, at))
    received = [_received(document, site, at) for document in documents]
    return Recording(
        drafts=(*received, *events),
        versions=tuple(_rested_on(draft.job_order_id, known) for draft in events),
        documents=tuple(documents),
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


def _job_events(
    jobs: Mapping[str, JobOrder], known: Mapping[str, JobProgress], data: MasterData, at: int
) -> Iterable[FactDraft]:
    for job in jobs.values():
        row = known.get(job.id)
        if row is None:
            yield event(_next(job), "created", at=at, source=Source.ERP)
        elif job.state in FINAL_JOB_STATES:
            continue
        elif job.order not in data.requests:
            # Work that has begun is never taken away here: a person decides (complete it).
            if job.state not in OPEN_JOB_STATES:
                gone = replace(_next(job), state=JobState.ABORTED)
                yield event(gone, "aborted", at=at, source=Source.ERP)
        elif (job.quantity, job.product, job.revision) != (row.quantity, row.product, row.revision):
            yield event(_next(job), "revised", at=at, source=Source.ERP)


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
