"""What the ERP takes away below what is made is asked a supervisor: pure.

A month plan may cut an order, or leave it out, when more of it is made already, or while it is
being made. Nobody guesses what is to become of that.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from edge.domain.facts import Json
from edge.domain.jobs import WITHDRAWN, About, Beyond, Kept, Question
from edge.domain.orders import JobOrder
from edge.domain.production import JobProgress
from edge.domain.vocabulary import FINAL_JOB_STATES, OPEN_JOB_STATES
from edge.domain.yields import comes_out
from edge.execution.orders.masterdata import MasterData

NO_LONGER = frozenset({About.CUT, About.CANCELLED})


@dataclass(frozen=True, kw_only=True)
class Said:
    """An event of a job order that asks, or takes a question back; `quantity` after it."""

    job_order_id: str
    event: str
    quantity: int
    extra: Mapping[str, Json]


def said_of_orders(
    jobs: Mapping[str, JobOrder],
    known: Mapping[str, JobProgress],
    data: MasterData,
    kept: Mapping[str, Kept],
    questions: Sequence[Question],
) -> dict[str, Said]:
    """By job order, what is to be asked or taken back; `jobs` as they are to be."""
    still_open = {
        one.order_id: one for one in questions if one.answered is None and one.about in NO_LONGER
    }
    orders: dict[str, list[JobOrder]] = defaultdict(list)
    for job in jobs.values():
        if job.id in known:
            orders[job.order].append(job)
    return {
        said.job_order_id: said
        for order, group in orders.items()
        for said in _said(order, group, known, data, kept.get(order), still_open.get(order))
    }


def _said(
    order: str,
    jobs: Sequence[JobOrder],
    known: Mapping[str, JobProgress],
    data: MasterData,
    kept: Kept | None,
    question: Question | None,
) -> Iterator[Said]:
    begun = sorted(
        (job for job in jobs if job.started_at is not None), key=lambda one: one.operation
    )
    if not begun or all(known[job.id].state in FINAL_JOB_STATES for job in jobs):
        return
    request = data.requests.get(order)
    wanted = request.quantity if request else 0
    if (kept and kept.against == wanted) or (question and question.wanted == wanted):
        return
    # In pieces of the order: what later operations are planned to lose is not too many.
    made = max(_comes_out(job, job.good, data) for job in begun)
    before = max(_comes_out(job, known[job.id].quantity, data) for job in begun)
    was = question.was if question else before
    opened = [job for job in begun if job.state in OPEN_JOB_STATES]
    about = _about(request is None, wanted, made, was, is_open=bool(opened))
    at = opened[0] if opened else begun[-1]
    if about is not None:
        asked = {"about": str(about), "made": made, "wanted": wanted, "was": was}
        if question:
            asked |= {"supersedes": question.id, "superseded_job": question.job_order_id}
        quantity = at.quantity if request else wanted
        yield Said(job_order_id=at.id, event="asked", quantity=quantity, extra={"question": asked})
    elif question:
        job = jobs_by_id(jobs)[question.job_order_id]
        yield taken_back(job, question)


def _comes_out(job: JobOrder, good: int, data: MasterData) -> int:
    made_by = data.definitions.get((job.product, job.revision))
    return comes_out(made_by.operations if made_by else (), job.operation, good)


def _about(is_gone: bool, wanted: int, made: int, was: int, *, is_open: bool) -> About | None:
    if is_gone:
        return About.CANCELLED if is_open or made > 0 else None
    if not wanted and is_open:
        return About.CUT  # nothing of it is wanted, and it is in work: made or not
    return About.CUT if wanted < made and wanted < was else None


def taken_back(job: JobOrder, question: Question) -> Said:
    """The end of a question that the ERP has answered by wanting enough again."""
    return Said(
        job_order_id=job.id,
        event="answered",
        quantity=job.quantity,
        extra={"answer": answer_body(question.id, WITHDRAWN)},
    )


def answer_body(
    question: int,
    answer: str,
    note: str = "",
    surplus: int = 0,
    kept: Kept | None = None,
) -> dict[str, Json]:
    """`answer` of an `answered` event."""
    return {
        "question": question,
        "answer": answer,
        "note": note,
        "surplus": surplus,
        "against": kept.against if kept else None,
        "kept": kept.quantity if kept else None,
    }


def jobs_by_id(jobs: Iterable[JobOrder]) -> dict[str, JobOrder]:
    return {job.id: job for job in jobs}


def question(about: About, job: JobOrder) -> dict[str, Json]:
    """`question` of an `asked` event."""
    quantity = job.quantity
    return {"about": str(about), "made": job.good, "wanted": quantity, "was": quantity}


def surplus(job: JobOrder) -> dict[str, Json] | None:
    """What is asked at the end of a job that has more than its tolerance."""
    policy = job.completion
    too_many = policy.beyond is not Beyond.ALLOW and job.good > policy.most(job.quantity)
    return question(About.OVER, job) if too_many else None
