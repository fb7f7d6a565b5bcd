"""The step that is due on a work center, from the job that is on and what it shows. Pure."""

from enum import Enum

from edge.domain.equipment import Observation
from edge.domain.orders import JobOrder
from edge.domain.vocabulary import PRODUCING, WAITING_FOR_ORDER, JobState, MachineState


class Step(Enum):
    """What is due on a work center."""

    WAIT = "wait"
    START = "start"  # the machine is free: give it the next job
    TELL = "tell"  # the job is started, but the machine does not know it yet
    RUN = "run"  # the first pieces: set-up is over
    END = "end"  # the machine has completed the job
    FOLLOW = "follow"  # the machine has loaded a job by itself
    LEFT = "left"  # the machine has gone on from the job to something else
    STOP = "stop"  # the machine makes more of the job than is wanted now


def due(job: JobOrder | None, shown: Observation) -> Step:
    """The step that is due, from the job that is on and what the machine shows."""
    idle = shown.state in WAITING_FOR_ORDER and not shown.command
    if job is None:
        return Step.START if idle else Step.WAIT
    if shown.order != job.number:
        return Step.TELL if idle and job.state == JobState.RUNNING else Step.WAIT
    if shown.state == MachineState.COMPLETE and not shown.command:
        return Step.END
    return _run_or_wait(job, shown)


def due_by_hand(job: JobOrder | None, shown: Observation) -> Step:
    """The step that is due where an operator starts and ends jobs: RUN or WAIT.

    A machine that shows no order number makes the job that was started there.
    """
    if job is None or shown.order not in (None, job.number):
        return Step.WAIT
    return _run_or_wait(job, shown)


def due_by_machine(job: JobOrder | None, named: JobOrder | None, shown: Observation) -> Step:
    """The step that is due where the machine loads orders itself: jobs follow what it shows.

    `named` is the job order of the number that it shows, if there is one.
    """
    if shown.order is None or shown.state is None:
        return Step.WAIT
    can_start = named is not None and named.state == JobState.ALLOWED_TO_START
    if job is not None and shown.order != job.number:
        # What a person has started is still being set up: the machine shows it later.
        return Step.LEFT if can_start or job.phase != "setup" else Step.WAIT
    if job is not None:
        is_complete = shown.state == MachineState.COMPLETE
        return Step.END if is_complete else _run_or_wait(job, shown)
    at_work = shown.state not in WAITING_FOR_ORDER or shown.state == MachineState.IDLE
    return Step.FOLLOW if at_work and can_start else Step.WAIT


def _run_or_wait(job: JobOrder, shown: Observation) -> Step:
    in_setup = job.state == JobState.RUNNING and job.phase == "setup"
    return Step.RUN if in_setup and shown.state in PRODUCING else Step.WAIT
