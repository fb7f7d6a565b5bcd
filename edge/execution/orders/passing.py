"""What an operation passes on to the ones behind it, at its end and when more is known later."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from edge.domain.facts import FactDraft, Source
from edge.domain.orders import JobOrder, job_order_id
from edge.domain.recording import ExpectedVersion
from edge.domain.vocabulary import FINAL_JOB_STATES, JobState
from edge.execution.orders.jobs import event
from edge.execution.orders.register import JobRegister


@dataclass(frozen=True)
class Late:
    """Events of operations that may start after all, and the versions that they rest on."""

    drafts: tuple[FactDraft, ...] = ()
    versions: tuple[ExpectedVersion, ...] = ()


def standing(before: JobOrder | None) -> JobState:
    """The state of an operation that was not begun, by the one before it (None: it is first)."""
    if before is None or (before.state != JobState.ABORTED and before.passed_on > 0):
        return JobState.ALLOWED_TO_START
    return JobState.ABORTED if before.state in FINAL_JOB_STATES else JobState.NOT_ALLOWED_TO_START


def passed_on(register: JobRegister, ended: JobOrder, at: int) -> list[FactDraft]:
    """Events of the operations behind one that ends.

    The next may start with the pieces that were passed on; with none there is nothing to
    work on, and it is aborted.
    """
    following = register.after(ended)
    if following is None or following.state != JobState.NOT_ALLOWED_TO_START:
        return []
    if ended.good > 0:
        return [allowed(following, at)]
    gone = replace(following, state=JobState.ABORTED, version=following.version + 1)
    extra = {"reason": f"operation {ended.operation} passed on no good pieces"}
    aborted = event(gone, "aborted", at=at, source=Source.SYSTEM, extra=extra)
    return [aborted, *passed_on(register, gone, at)]


def allowed(following: JobOrder, at: int) -> FactDraft:
    """The event of an operation whose input has come."""
    after = replace(following, state=JobState.ALLOWED_TO_START, version=following.version + 1)
    return event(after, "allowed", at=at, source=Source.SYSTEM)


def passed_on_late(register: JobRegister, good: Mapping[str, int], at: int) -> Late:
    """What becomes of operations that were aborted for lack of input only, when more is known.

    `good` are the good pieces that job orders are known to have made more (below 0: fewer).
    An order that was cut stays cut, and nothing that may start is taken back.
    """
    revived = [
        job
        for id_, more in good.items()
        if more > 0 and (made := register.jobs.get(id_)) is not None
        for job in _revived(register, replace(made, good=made.good + more))
    ]
    return Late(tuple(_again(job, at) for job in revived), tuple(map(_rested_on, revived)))


def _again(job: JobOrder, at: int) -> FactDraft:
    extra = {"reason": "good pieces were passed on after all"}
    after = replace(job, version=job.version + 1)
    return event(after, "created", at=at, source=Source.SYSTEM, extra=extra)


def _rested_on(job: JobOrder) -> ExpectedVersion:
    return ExpectedVersion(job_order_id=job.id, version=job.version)


def _revived(register: JobRegister, ended: JobOrder) -> Iterator[JobOrder]:
    """The aborted operations behind `ended`, as they stand now; at their old version."""
    before = ended
    for job in _behind(register, ended):
        if job.state != JobState.ABORTED or job.started_at is not None:
            return
        if (state := standing(before)) == JobState.ABORTED:
            return
        before = replace(job, state=state, ended_at=None)
        yield before


def _behind(register: JobRegister, ended: JobOrder) -> Iterable[JobOrder]:
    """The operations behind one, aborted or not, while its order is in force."""
    request = register.held.requests.get(ended.order)
    definition = register.held.definition_of(request) if request and request.quantity else None
    for operation in definition.operations if definition else ():
        job = register.jobs.get(job_order_id(ended.order, operation.seq))
        if operation.seq > ended.operation and job is not None:
            yield job
