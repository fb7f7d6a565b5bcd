"""What an operator can do, on which job, and how it reaches the edge exactly once."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from uuid import uuid4

from edge.domain.clock import Clock
from edge.domain.vocabulary import OPEN_JOB_STATES, JobState
from terminal_ui.client import EdgeClient
from terminal_ui.errors import EdgeBusy, EdgeUnreachable
from terminal_ui.feed import retry_delay
from terminal_ui.model import Board, Hour, Job, OpenStop, Stop

# How long the same request is sent again while nobody answers. Later, a start or an end
# would surprise the floor; the operator is told to look at the board instead.
GIVE_UP_S = 60.0

# A shorter stop without a fault (a machine between two jobs) is recorded, but not asked about.
ASK_FROM = 60_000_000

MANUAL = "manual"  # people report the pieces

# The states of a job in which an action makes sense; the edge decides all the same.
JOB_ACTIONS: Mapping[str, frozenset[JobState]] = {
    "start": frozenset({JobState.ALLOWED_TO_START}),
    "interrupt": frozenset({JobState.RUNNING}),
    "resume": frozenset({JobState.INTERRUPTED}),
    "complete": OPEN_JOB_STATES,
    "scrap": OPEN_JOB_STATES,
}


@dataclass(frozen=True)
class Command:
    """One decision of the operator; its key stays the same however often it is sent."""

    action: str
    path: str
    body: Mapping[str, object]
    key: str = field(default_factory=lambda: uuid4().hex)


class Unconfirmed(Exception):
    """Nobody answered for GIVE_UP_S: whether it was recorded is not known."""

    def __init__(self, last: EdgeUnreachable | EdgeBusy) -> None:
        super().__init__(str(last))
        self.problem = last.problem if isinstance(last, EdgeBusy) else None


def job_for(action: str, board: Board) -> Job | None:
    """The job that `action` would act on: the open one, for a start the next that is ready."""
    current = () if board.job is None else (board.job,)
    waits = action == "start" and not any(job.state in OPEN_JOB_STATES for job in current)
    candidates = (*current, *board.next) if waits else current
    return next((job for job in candidates if job.state in JOB_ACTIONS[action]), None)


def stop_for(board: Board) -> OpenStop | Stop | None:
    """The stop that wants a reason: the open one, else the last of the shift without."""
    if board.open_stop is not None:
        return board.open_stop
    return next((stop for stop in reversed(board.stops) if _wants_reason(stop)), None)


def _wants_reason(stop: Stop) -> bool:
    lasted = (stop.from_ if stop.to is None else stop.to) - stop.from_
    return not stop.reason and (bool(stop.fault) or lasted >= ASK_FROM)


def possible(board: Board | None) -> frozenset[str]:
    """The actions that make sense now."""
    if board is None:
        return frozenset()
    names = {name for name in JOB_ACTIONS if job_for(name, board)}
    if stop_for(board) is not None:
        names.add("stop_reason")
    if board.instruction is not None and not board.instruction.acknowledged:
        names.add("acknowledge")
    if board.quarantines:
        names.add("judge")
    if board.counting == MANUAL and job_for("complete", board) and hours_so_far(board):
        names.add("quantities")
    return frozenset(names)


def hours_so_far(board: Board) -> tuple[Hour, ...]:
    """The hours of the shift for which pieces can be reported."""
    return tuple(hour for hour in board.hours if hour.hour <= board.plant_now)


def job_command(action: str, job: Job, actor: str, **more: object) -> Command:
    """`more` is the quantity and reason of scrap. The version is the one that was on the screen."""
    body = {"actor": actor, "version": job.version, **more}
    return Command(action, f"/job-orders/{job.id}/{action}", body)


def stop_command(stop: int, actor: str, reason: str, note: str) -> Command:
    body = {"actor": actor, "reason": reason, **({"note": note} if note else {})}
    return Command("stop_reason", f"/stops/{stop}/reason", body)


def acknowledge_command(board: Board, plan: int, hour: int, actor: str) -> Command:
    body = {"actor": actor, "plan": plan, "hour": hour}
    return Command("acknowledge", f"/work-centers/{board.work_center}/acknowledge", body)


def quantities_command(
    job: Job, actor: str, hour: int, good: int, scrap: int, reason: str
) -> Command:
    body = {"actor": actor, "version": job.version, "hour": hour, "good": good, "scrap": scrap}
    more = {"reason": reason} if reason else {}
    return Command("quantities", f"/job-orders/{job.id}/quantities", body | more)


def judge_command(id_: int, actor: str, quantity: int, note: str) -> Command:
    """The release of so many pieces; of none it discards the reading."""
    body: dict[str, object] = {"actor": actor, "note": note}
    if not quantity:
        return Command("judge", f"/quarantines/{id_}/discard", body)
    return Command("judge", f"/quarantines/{id_}/release", body | {"quantity": quantity})


def confirmed(command: Command) -> Command:
    """The same, said to be so; another request, with a key of its own."""
    return Command(command.action, command.path, {**command.body, "confirm": True})


async def deliver(
    command: Command,
    client: EdgeClient,
    clock: Clock,
    waiting: Callable[[Exception], None],
    give_up_s: float = GIVE_UP_S,
) -> Mapping[str, object]:
    """Send until it is answered; the answer, with the `seq` of its fact. `waiting` hears why it
    takes longer.

    Raises Unconfirmed after `give_up_s` without an answer; Refused and AnswerInvalid at once.
    """
    deadline = clock.monotonic() + give_up_s
    attempt, told = 0, ""
    while True:
        attempt += 1
        try:
            return await client.record(command.path, command.body, command.key)
        except (EdgeUnreachable, EdgeBusy) as error:
            delay = error.seconds if isinstance(error, EdgeBusy) else retry_delay(attempt, 0.5)
            if clock.monotonic() + delay > deadline:
                raise Unconfirmed(error) from error
            if str(error) != told:  # once a reason, so that it does not hide other messages
                told = str(error)
                waiting(error)
            await asyncio.sleep(delay)
