"""A placed task is cut into clock hours, to the piece.

C(t) = min(Q, floor(worked seconds since the end of set-up x den / num)); what an hour
is to make is the difference of C between its end and its start, so that the hours add
up to the quantity by construction. Set-up seconds are cut in the same way, by what
is left of them, so that a re-plan amid a set-up cuts them alike.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from edge.domain.clock import MICROS
from edge.planning.labels import Labels
from edge.planning.model import HourRow
from edge.planning.tasks import Placement, Task


@dataclass(frozen=True)
class _Share:
    """What was done by the end of an hour."""

    hour: int
    setup_us: int
    pieces: int


def hour_rows(task: Task, labels: Labels) -> Iterator[HourRow]:
    """The task's hours in order: those with pieces or set-up, and those that it fills.

    An hour in which a run begins late and finishes no piece is left out.
    """
    placed = task.placed
    if placed is None or placed.center is None:
        return
    shares = _shares(task, placed)
    pieces = setup = 0
    for index, share in enumerate(shares):
        quantity = share.pieces - pieces
        left, left_after = placed.setup_us - setup, placed.setup_us - share.setup_us
        setup_s = -(-left // MICROS) + (-left_after // MICROS)
        whole = index < len(shares) - 1 and _runs_from_start(placed, share.hour)
        if quantity or share.setup_us > setup or whole:
            yield HourRow(
                order=task.order.id,
                seq=task.operation.seq,
                work_center=placed.center,
                hour=share.hour,
                label=labels.of(share.hour),
                quantity=quantity,
                setup_s=setup_s,
            )
        pieces, setup = share.pieces, share.setup_us


def _shares(task: Task, placed: Placement) -> list[_Share]:
    """What is done by the end of each clock hour that the task works in."""
    shares: list[_Share] = []
    worked = 0
    assert placed.timeline is not None
    for start, end, hour in placed.timeline.parts(placed.start, placed.end):
        worked += end - start
        share = _Share(hour, min(worked, placed.setup_us), pieces_by(task, placed, worked))
        if shares and shares[-1].hour == hour:
            shares[-1] = share
        else:
            shares.append(share)
    return shares


def _runs_from_start(placed: Placement, hour: int) -> bool:
    """Whether the run is under way from the hour's first working moment on."""
    assert placed.timeline is not None
    return placed.run_start <= placed.timeline.open_at(hour)


def pieces_by(task: Task, placed: Placement, worked: int) -> int:
    """C: pieces finished when `worked` microseconds of set-up and run are done."""
    run, cycle, credit = worked - placed.setup_us, placed.cycle_us, placed.credit_us
    if run <= 0:
        return 0
    spent = (run * credit.denominator + credit.numerator) * cycle.denominator
    return min(task.left, spent // (cycle.numerator * credit.denominator))
