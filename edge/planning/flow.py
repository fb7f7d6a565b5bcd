"""When an operation may start on what the one before it passes on.

Pieces are passed on in batches. A run is not interrupted for want of pieces: it
starts so late that each batch is there before its first piece is needed.
"""

from collections.abc import Iterator
from fractions import Fraction
from math import floor

from edge.planning.tasks import Placement, Task
from edge.planning.timeline import Timeline

FEW_BATCHES = 32


def _batch(producer: Task) -> int:
    """Pieces that are passed on together; a step done outside brings all at once."""
    out = max(producer.out, 1)
    if producer.batch is None or producer.operation.lead_time_us is not None:
        return out
    return min(producer.batch, out)


def ceil_work(pieces: int, cycle_us: Fraction, credit_us: Fraction) -> int:
    """Whole microseconds of work in which so many pieces are finished."""
    over, under = _work(pieces, cycle_us, credit_us)
    return -(-over // under)


def floor_work(pieces: int, cycle_us: Fraction, credit_us: Fraction) -> tuple[int, bool]:
    """Whole microseconds of work within which no later piece is begun; whether exact."""
    over, under = _work(pieces, cycle_us, credit_us)
    found, rest = divmod(over, under)
    return found, rest == 0


def _work(pieces: int, cycle_us: Fraction, credit_us: Fraction) -> tuple[int, int]:
    """pieces x cycle - credit as integers: this runs for every batch, fractions are slow."""
    over, under = cycle_us.numerator, cycle_us.denominator
    spent, parts = credit_us.numerator, credit_us.denominator
    return pieces * over * parts - spent * under, under * parts


class Arrivals:
    """When pieces of the step before are there for a task, from the fence on."""

    def __init__(self, task: Task, fence: int) -> None:
        producer = task.before
        assert producer is not None
        self._task, self._producer, self._fence = task, producer, fence
        self._gap = task.operation.min_gap_us
        self._placed = producer.placed
        self._batch = _batch(producer)
        self._first = self._number(task.used)
        self._last = self._number(task.used + max(task.left, 1) - 1)

    def _number(self, piece: int) -> int:
        """Number of the batch in which a piece comes, both from 0; at most the last batch."""
        last = max(self._producer.out - 1, 0)
        return min(piece, last) // self._batch

    def first(self) -> int:
        """When the first batch that the task needs is there."""
        return self._time(self._first)

    def _time(self, batch: int) -> int:
        """When a batch (from 0) is complete and its gap is over."""
        amount = min((batch + 1) * self._batch, self._producer.out)
        return max(self._fence, self._made(amount) + self._gap)

    def _made(self, amount: int) -> int:
        """When the producer has that many good pieces."""
        producer, placed = self._producer, self._placed
        if amount <= producer.good or placed is None:
            return self._fence - self._gap if producer.done_at is None else producer.done_at
        if placed.timeline is None:
            return placed.end
        share = producer.operation.yield_
        starts = -(-(amount - producer.good) * share.denominator // share.numerator)
        starts = min(starts, producer.left)
        work = ceil_work(starts, placed.cycle_us, placed.credit_us)
        return placed.timeline.after(placed.run_start, work)

    def least_amount(self, timeline: Timeline, cycle_us: Fraction) -> int:
        """Work that must have passed on `timeline` when the run starts, so that it never waits."""
        credit, none = self._task.credit_us, Fraction(0)
        most, exact = 0, True
        for batch in self._telling(timeline):
            pieces = max(batch * self._batch - self._task.used, 0)
            work, whole = floor_work(pieces, cycle_us, credit if pieces else none)
            most = max(most, timeline.amount(self._time(batch)) - work)
            exact = exact and whole
        # Between telling batches times are rounded up to the microsecond: one is added.
        return most + (0 if self._few() or (exact and self._whole()) else 1)

    def _few(self) -> bool:
        piecewise = self._producer.operation.yield_ != 1
        return piecewise or self._last - self._first < FEW_BATCHES

    def _whole(self) -> bool:
        placed = self._placed
        return placed is None or (placed.cycle_us.denominator == placed.credit_us.denominator == 1)

    def _telling(self, timeline: Timeline) -> Iterator[int]:
        """Batches among which the one that binds is: all if few, else those at borders.

        Between borders of working time both runs go on evenly, so that the distance
        between them is greatest at an end.
        """
        if self._few():
            yield from range(self._first, self._last + 1)
            return
        yield from (self._first, self._last)
        placed = self._placed
        if placed is None or placed.timeline is None:
            return
        start, end = self._time(self._first), self._time(self._last)
        edges = [one - self._gap for one in timeline.borders(start, end)]
        edges += placed.timeline.borders(start - self._gap, end - self._gap)
        for edge in edges:
            batch = self._made_by(edge, placed) // self._batch
            for near in (batch - 1, batch, batch + 1):
                if self._first <= near <= self._last:
                    yield near

    def _made_by(self, at: int, placed: Placement) -> int:
        """Good pieces of a producer without loss at a moment."""
        timeline = placed.timeline
        assert timeline is not None
        worked = timeline.amount(at) - timeline.amount(placed.run_start)
        done = floor((worked + placed.credit_us) / placed.cycle_us)
        return self._producer.good + min(max(done, 0), self._producer.left)
