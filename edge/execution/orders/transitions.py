"""Job orders change their state: what is recorded together, by table (OPC 10031-4)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from edge.domain.equipment import Observation
from edge.domain.facts import FactDraft, Json, Source
from edge.domain.jobs import ANY_NUMBER
from edge.domain.orders import BESIDE, JobOrder
from edge.domain.recording import ExpectedVersion, Recording, Request
from edge.domain.sentences import say
from edge.domain.vocabulary import JobState
from edge.execution.errors import NotAllowed
from edge.execution.orders.changeovers import changeover
from edge.execution.orders.jobs import event
from edge.execution.orders.passing import passed_on
from edge.execution.orders.register import JobRegister
from edge.execution.wording import ACTIONS, STATES


@dataclass(frozen=True)
class Transition:
    """From which states an action leads to which state; the event that it is recorded as."""

    event: str
    allowed: frozenset[JobState]
    to: JobState
    phase: str | None  # None leaves it


TRANSITIONS: Mapping[str, Transition] = {
    "start": Transition(
        "started", frozenset({JobState.ALLOWED_TO_START}), JobState.RUNNING, "setup"
    ),
    "run": Transition("running", frozenset({JobState.RUNNING}), JobState.RUNNING, "run"),
    "interrupt": Transition(
        "interrupted", frozenset({JobState.RUNNING}), JobState.INTERRUPTED, None
    ),
    "resume": Transition("resumed", frozenset({JobState.INTERRUPTED}), JobState.RUNNING, None),
    "beside": Transition(
        "started", frozenset({JobState.ALLOWED_TO_START}), JobState.RUNNING, BESIDE
    ),
    "lay_aside": Transition(
        "laid_aside",
        frozenset({JobState.RUNNING, JobState.INTERRUPTED}),
        JobState.ALLOWED_TO_START,
        "",
    ),
    "complete": Transition(
        "ended", frozenset({JobState.RUNNING, JobState.INTERRUPTED}), JobState.ENDED, ""
    ),
}


WITH_MAIN = frozenset({"interrupt", "resume"})


def check(job: JobOrder, action: str) -> None:
    """Raise NotAllowed, with the states that would allow it, if `action` is not due."""
    transition = TRANSITIONS[action]
    if job.state not in transition.allowed:
        needed = [STATES[state] for state in sorted(transition.allowed)]
        raise NotAllowed(
            say(
                "job.state",
                "{job} is {state}; to {action} it must be {needed}",
                "look at the board again",
                job=job.id,
                state=STATES[job.state],
                action=ACTIONS[action],
                needed=needed,
            )
        )


def refuse_beside(job: JobOrder, action: str) -> None:
    """Raise NotAllowed if people act on a job that goes with the one whose strokes make it."""
    if job.phase == BESIDE and action in WITH_MAIN:
        raise NotAllowed(
            say(
                "job.beside",
                "{job} is made beside another job",
                "{action} that one",
                job=job.id,
                action=ACTIONS[action],
            )
        )


def beyond_tolerance(job: JobOrder) -> dict[str, Json] | None:
    """What a job that ends has too few or too many, where its product has a policy for that."""
    policy = job.completion
    least, most = policy.least(job.quantity), policy.most(job.quantity)
    if policy == ANY_NUMBER or least <= job.good <= most:
        return None
    return {"made": job.good, "least": least, "most": most}


def recording(
    register: JobRegister,
    job: JobOrder,
    action: str,
    *,
    at: int,
    source: Source,
    actor: str | None,
    boundary: Observation | None,
    reason: str = "",
    request: Request | None = None,
    asks: Mapping[str, Json] | None = None,
) -> Recording:
    """What becomes true when `action` happens to `job`; `boundary` is its forced reading.

    With the end of an operation goes what becomes of those behind it. `asks` is a question to a
    supervisor that goes with it.
    """
    check(job, action)
    transition = TRANSITIONS[action]
    phase = job.phase if transition.phase is None else transition.phase
    after = replace(job, state=transition.to, version=job.version + 1, phase=phase)
    extra: dict[str, Json] = {"raw": dict(boundary.raws) if boundary else {}}
    if transition.to == JobState.ENDED and (beyond := beyond_tolerance(job)):
        extra["beyond"] = beyond
    if reason:
        extra["reason"] = reason
    if action == "start" and (standard := changeover(register, job)):
        extra["changeover"] = standard
    drafts = [event(after, transition.event, at=at, source=source, actor=actor, extra=extra)]
    versions = [ExpectedVersion(job_order_id=job.id, version=job.version)]
    if transition.to == JobState.ENDED:
        drafts += passed_on(register, after, at)
    for side in register.sides(job) if job.phase != BESIDE else ():
        if (going := _with_main(side, action)) is not None:
            drafts += _side(register, side, going, job, at)
            versions.append(ExpectedVersion(job_order_id=side.id, version=side.version))
    if asks:
        asking = replace(after, version=after.version + 1)
        question = {"question": dict(asks)}
        drafts.append(event(asking, "asked", at=at, source=Source.SYSTEM, extra=question))
    return Recording(
        drafts=tuple(drafts),
        versions=tuple(versions),
        request=request,
    )


def _with_main(side: JobOrder, action: str) -> str | None:
    """What becomes of a side when `action` happens to the job of its tool; None for nothing."""
    if action == "start":
        return "beside" if side.state == JobState.ALLOWED_TO_START and side.left else None
    if side.phase != BESIDE:
        return None
    if action in {"complete", "lay_aside"}:
        return "complete" if side.left == 0 else "lay_aside"
    return action if action in WITH_MAIN and side.state in TRANSITIONS[action].allowed else None


def _side(
    register: JobRegister, side: JobOrder, action: str, main: JobOrder, at: int
) -> list[FactDraft]:
    transition = TRANSITIONS[action]
    phase = side.phase if transition.phase is None else transition.phase
    after = replace(side, state=transition.to, version=side.version + 1, phase=phase)
    extra = {"main": main.id}
    drafts = [event(after, transition.event, at=at, source=Source.SYSTEM, extra=extra)]
    return [*drafts, *(passed_on(register, after, at) if action == "complete" else ())]
