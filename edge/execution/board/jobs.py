"""Job orders as the board and the API show them."""

from typing import Any

from edge.domain.jobs import CHOICES, About, Question
from edge.domain.orders import JobOrder
from edge.domain.sentences import Sentence, say
from edge.domain.vocabulary import OPEN_JOB_STATES, PRODUCING, JobState
from edge.execution.floor import Floor

Json = dict[str, Any]


def job_view(floor: Floor, job: JobOrder) -> Json:
    """A job order as the API shows it."""
    return {
        "id": job.id,
        "order": job.order,
        "operation": job.operation,
        "number": job.number,
        "product": job.product,
        "revision": job.revision,
        "bom_revision": job.needs.bom_revision or job.revision,
        "routing_revision": job.needs.routing_revision or job.revision,
        "wanted_revision": job.wanted_revision or None,
        "description": job.description,
        "work_center": job.work_center,
        "quantity": job.quantity,
        "limit": floor.register.limit(job),
        "passed_on": job.passed_on,
        "waits_for_input": floor.register.waits_for_input(job),
        "good": job.good,
        "scrap": job.scrap,
        "rework": job.rework,
        "left": job.left,
        "over": job.over,
        "setup": _setup(floor, job),
        "tool": job.tool.id if job.tool else None,
        "state": str(job.state),
        "version": job.version,
        "phase": job.phase,
        "due": job.due,
        "customer": job.customer,
        "started_at": job.started_at,
        "ended_at": job.ended_at,
    }


def _setup(floor: Floor, job: JobOrder) -> Json:
    """Pieces that a job made in set-up, and how many of them were approved."""
    rows = floor.register.book.setup_hours(job.id) if job.started_at is not None else ()
    pieces, approved = sum(row.pieces for row in rows), sum(row.approved for row in rows)
    return {"pieces": pieces, "approved": approved}


def loaded(floor: Floor, id_: str) -> Json | None:
    """The order number that a machine shows, whose it is, and why that job is not on."""
    seen = floor.equipment.observation(id_)
    if seen is None or not seen.order:
        return None
    named = floor.register.named(id_, seen.order)
    return {
        "number": seen.order,
        "job_order_id": named.id if named else None,
        "problem": _not_on(floor, named),
    }


def not_shown(floor: Floor, id_: str) -> Json | None:
    """What is so where a machine shows another order number than the job that is on: its pieces
    are of that number, or nobody's. None where it shows it, or has no number, or people count.

    What the edge loads is shown a moment later: of such a machine it is said once it makes pieces.
    """
    seen, on = floor.equipment.observation(id_), floor.register.running_job(id_)
    if seen is None or seen.order is None or on is None:
        return None
    if seen.order in {one.number for one in floor.register.mains(id_)}:
        return None
    center = floor.work_center(id_)
    if center.manual or (center.automatic and seen.state not in PRODUCING):
        return None
    return _instead(on, seen.order, floor.register.named(id_, seen.order)).view()


def _instead(on: JobOrder, shown: int, named: JobOrder | None) -> Sentence:
    if not shown:
        return say(
            "machine.no_order",
            "the machine shows no order number: what it makes is nobody's, and not of {job}",
            "load number {number} at the machine; assign to {job} what was made without it",
            job=on.id,
            number=on.number,
        )
    if named is None:
        return say(
            "machine.unknown_order",
            "the machine shows number {shown}, which no job order has here: what it makes is"
            " nobody's, and not of {job}",
            "load number {number} at the machine; assign to {job} what was made without it",
            job=on.id,
            number=on.number,
            shown=shown,
        )
    return say(
        "machine.other_order",
        "the machine shows number {shown}: what it makes is of {other}, and not of {job}",
        "load number {number} at the machine, or start {other} in the place of {job}",
        job=on.id,
        number=on.number,
        shown=shown,
        other=named.id,
    )


def _not_on(floor: Floor, named: JobOrder | None) -> str | None:
    """Why a job that the machine shows is not on: a code, or None if it is."""
    if named is None:
        return "unknown"
    if named.state in OPEN_JOB_STATES:
        return None
    if named.state == JobState.ALLOWED_TO_START:
        return None if floor.gates.allows(named) else "blocked"
    return str(named.state)


def question_view(one: Question) -> Json:
    """A question to a supervisor as the API shows it."""
    choices = [str(choice) for choice in CHOICES[About(one.about)]]
    return vars(one) | {"choices": choices if one.answered is None else []}


def open_questions(floor: Floor, work_center: str) -> list[Question]:
    """Open questions about job orders of a work center."""
    jobs = floor.register.jobs
    return [
        one
        for one in floor.register.questions
        if one.answered is None and jobs[one.job_order_id].work_center == work_center
    ]


def waiting_view(floor: Floor, job: JobOrder) -> Json:
    """A job order that is to start, with what speaks against it."""
    return job_view(floor, job) | {"blocks": [one.view() for one in floor.gates.blocks(job)]}


def beside(floor: Floor, job: JobOrder) -> list[Json]:
    """What the strokes of a job make beside it, and the job orders that it counts for now."""
    found: list[Json] = []
    for made in job.tool.also if job.tool else ():
        other = floor.register.wanted(job, made.product)
        view = job_view(floor, other) if other else None
        found.append({"side": made.side, "product": made.product, "job": view})
    return found
