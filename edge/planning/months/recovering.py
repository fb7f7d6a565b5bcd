"""What an operation must bring from now on for its order to be on time; pure.

An order's steps are a line that its batches go through. A step gets its first pieces at the
earliest when those before it have made a batch at their rates, and has the time until those
behind it must have the last one, set-up and gaps between them left out. Of three ways through a
step the one that asks most counts: all that is left of it; its first batch, after which those
behind it have all of theirs to make; its last one, after those before it have made all of theirs.
Where all steps work at the same times no other way is longer (lot streaming with equal batches,
Potts and Baker 1989). A last batch is taken to be a whole one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from edge.domain.outlook import Needed
from edge.planning.months.work import Stretches

HOUR = 3_600_000_000


@dataclass(frozen=True, kw_only=True)
class Step:
    """An operation of an order that is not done: where it is planned, and when it ends (us).

    `left` good pieces are wanted of it, at `cycle_us` each, planned loss included, after
    `setup_us` of set-up; `made` are made. `batch` of them are passed on together, None: all; the
    step behind it has them `gap_us` later. `at_hand` pieces have come to it that it has not begun;
    what else it begins with is there from `ready` (us) on.
    """

    operation: int
    work_center: str
    end: int
    left: int
    cycle_us: Fraction
    batch: int | None = None
    made: int = 0
    setup_us: int = 0
    gap_us: int = 0
    at_hand: int = 0
    ready: int = 0

    @property
    def first_out(self) -> int:
        """Pieces that it makes until it passes some on."""
        return (
            self.left if self.batch is None else min(self.batch - self.made % self.batch, self.left)
        )

    @property
    def last_out(self) -> int:
        """Pieces that it passes on at the end."""
        return self.left if self.batch is None else min(self.batch, self.left)

    def work(self, pieces: int) -> int:
        """Microseconds of work of so many pieces."""
        return int(pieces * self.cycle_us)


@dataclass(frozen=True, kw_only=True)
class Line:
    """The steps of an order of which something is left, in their order, with their working time
    from `now` on."""

    now: int
    steps: Sequence[Step]
    working: Mapping[str, Stretches]

    def needed(self, due: int) -> Needed | None:
        """What the step that is pressed most must bring for the last to be done by `due` (us)."""
        arrivals, limits = self._arrivals(), self._limits(due)
        found = (self._pressed(place, arrivals[place], limits) for place in range(len(self.steps)))
        return max(found, key=_pressed, default=None)

    def _arrivals(self) -> list["_Span"]:
        """Of each step when its first and its last pieces come at the earliest."""
        found = list[_Span]()
        out = done = self.now
        for place, step in enumerate(self.steps):
            start = max(self.now, step.ready)
            has_some = not place or step.at_hand > 0
            span = _Span(start if has_some else max(out, start), max(done, start))
            found.append(span)
            first = self._after(step, span.first, step.setup_us + step.work(step.left))
            last = self._after(step, span.last, step.work(self._comes_last(place)))
            done = max(first, last) + step.gap_us
            batch = self._after(step, span.first, step.setup_us + step.work(step.first_out))
            out = done if step.first_out == step.left else batch + step.gap_us
        return found

    def _limits(self, due: int) -> list["_Span"]:
        """Of each step when it must have passed on its first and its last pieces."""
        found = list[_Span]()
        limit = _Span(due, due)
        for place in range(len(self.steps) - 1, -1, -1):
            found.append(limit)
            if place:
                came = self._must_come(place, limit)
                gap = self.steps[place - 1].gap_us
                limit = _Span(came.first - gap, came.last - gap)
        return found[::-1]

    def _must_come(self, place: int, limit: "_Span") -> "_Span":
        """When a step must have its first and its last pieces of the one before it."""
        step, last_in = self.steps[place], self._comes_last(place)
        setup = 0 if step.at_hand else step.setup_us
        coming = max(step.left - step.at_hand, last_in)
        first = self._before(step, limit.last, setup + step.work(coming))
        if not step.at_hand and step.first_out < step.left:
            first = min(first, self._before(step, limit.first, setup + step.work(step.first_out)))
        if self._comes_whole(place):
            return _Span(first, first)
        return _Span(first, self._before(step, limit.last, step.work(last_in)))

    def _pressed(self, place: int, span: "_Span", limits: Sequence["_Span"]) -> Needed:
        """What a step must bring by the way through it that asks most."""
        step, until = self.steps[place], self.working[self.steps[place].work_center].until
        ways = list(self._ways(place, span, limits[place]))
        times = [(pieces, until(end) - until(start) - lost) for pieces, start, end, lost in ways]
        possible = all(time > 0 for _, time in times)
        rate = max(Fraction(pieces, time) for pieces, time in times) if possible else None
        return Needed(
            operation=step.operation,
            work_center=step.work_center,
            pieces=step.left,
            per_hour=None if rate is None else rate * HOUR,
            percent=None if rate is None else -int(-rate * step.cycle_us * 100 // 1),
        )

    def _ways(
        self, place: int, span: "_Span", limit: "_Span"
    ) -> Iterator[tuple[int, int, int, int]]:
        """Pieces, from when to when, and the set-up in between."""
        step = self.steps[place]
        yield step.left, span.first, limit.last, step.setup_us
        if step.first_out < step.left and place < len(self.steps) - 1:
            yield step.first_out, span.first, limit.first, step.setup_us
        if place and not self._comes_whole(place):
            yield self._comes_last(place), span.last, limit.last, 0

    def _comes_last(self, place: int) -> int:
        """Pieces with which a step has all of its own."""
        return min(self.steps[place - 1].last_out, self.steps[place].left) if place else 0

    def _comes_whole(self, place: int) -> bool:
        """Whether all that is missing comes to a step at once, and it has none of it yet."""
        before = self.steps[place - 1]
        return before.first_out == before.left and not self.steps[place].at_hand

    def _after(self, step: Step, at: int, work: int) -> int:
        """When so much work of a step is done that is begun at a moment."""
        working = self.working[step.work_center]
        return max(working.moment(working.until(at) + work, self.now), at)

    def _before(self, step: Step, end: int, work: int) -> int:
        """When so much work must be begun at the latest to be done at `end`; before now if that
        is over."""
        working = self.working[step.work_center]
        due = working.until(end) - work
        return min(working.latest(due), end) if due >= 0 else self.now + due


@dataclass(frozen=True)
class _Span:
    first: int
    last: int


def recovery(
    now: int, steps: Iterable[Step], working: Mapping[str, Stretches], due: int
) -> Needed | None:
    """What the most pressed of an order's steps must bring; None if nothing is left of them."""
    left = sorted((one for one in steps if one.left > 0), key=lambda one: one.operation)
    return Line(now=now, steps=left, working=working).needed(due)


def _pressed(one: Needed) -> tuple[bool, int, int]:
    return (one.percent is None, one.percent or 0, -one.operation)
