"""A placed task is cut into clock hours, to the piece.

C(t) = min(Q, floor(worked seconds since the end of set-up x den / num)); what an hour
is to make is the difference of C between its end and its start, so that the hours add
up to the quantity by construction. Set-up seconds are cut in the same way, by what
is left of them, so that a re-plan amid a set-up cuts them alike.

A month has tens of thousands of hours: they are integers here, worked time looked up in
tables, and become rows once.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from fractions import Fraction
from weakref import WeakKeyDictionary

from edge.domain.clock import MICROS
from edge.domain.hours import hour_starts
from edge.planning.placing.tasks import Placement, Stretch, Task
from edge.planning.placing.timeline import Timeline

Cut = tuple[int, int, int]  # hour (UTC start), pieces, seconds of set-up


class WorkedHours:
    """The clock hours of a timeline that have working time, in order, and the time worked by then.

    `ends[k]` is the time worked from the timeline's origin to the end of `hours[k]`.
    """

    def __init__(self, timeline: Timeline) -> None:
        self.hours: list[int] = []
        self.ends: list[int] = []
        working = timeline.working
        if not working:
            return
        zone = timeline.calendar.zone
        starts = hour_starts(working[0].start, working[-1].end, zone)
        worked, at = 0, 0
        for one in working:
            at = bisect_right(starts, one.start, at) - 1
            left = one.start
            while left < one.end:
                right = min(one.end, starts[at + 1])
                worked += right - left
                if self.hours and self.hours[-1] == starts[at]:
                    self.ends[-1] = worked
                else:
                    self.hours.append(starts[at])
                    self.ends.append(worked)
                left, at = right, at + 1
            at = max(at - 1, 0)


class HourCutter:
    """Cuts placed tasks; knows the hours of each timeline after the first time."""

    def __init__(self) -> None:
        self._known: WeakKeyDictionary[Timeline, WorkedHours] = WeakKeyDictionary()

    def cuts(self, task: Task) -> list[Cut]:
        """The task's hours in order: those with pieces or set-up, and those that it fills.

        An hour in which a run begins late and finishes no piece is left out; so is a task
        that is done outside.
        """
        placed = task.placed
        if placed is None or placed.timeline is None:
            return []
        if placed.stretches:
            return self._cuts_of_parts(placed)
        timeline, setup = placed.timeline, placed.setup_us
        start, end = timeline.amount(placed.start), timeline.amount(placed.end)
        grid, run = self._grid(timeline, end), _Run.of(task, placed)
        hours, ends = grid.hours, grid.ends
        first = bisect_right(ends, start)
        last = bisect_left(ends, end, first)
        found: list[Cut] = []
        before = worked = 0
        for index in range(first, last + 1):
            worked_before, worked = worked, min(ends[index], end) - start
            pieces = run.made(worked - setup)
            quantity, before = pieces - before, pieces
            if worked_before < setup:
                spent = _seconds(setup - worked_before, max(setup - worked, 0))
                found.append((hours[index], quantity, spent))
            elif quantity or (index < last and _begins(ends, index) >= start + setup):
                found.append((hours[index], quantity, 0))  # one that begins with the run is filled
        return found

    def _cuts_of_parts(self, placed: Placement) -> list[Cut]:
        """As `cuts`, of a task that is interrupted: what it waits fills no hour."""
        assert placed.timeline is not None
        parts = [_Part.of(one, placed) for one in placed.stretches]
        grid = self._grid(placed.timeline, parts[-1].end)
        first = bisect_right(grid.ends, parts[0].start)
        last = bisect_left(grid.ends, parts[-1].end, first)
        setup = sum(one.end - one.start for one in parts if one.is_setup)
        found: list[Cut] = []
        begins = _begins(grid.ends, first)
        for index in range(first, last + 1):
            ends = grid.ends[index]
            here = [one for one in parts if one.start < ends and one.end > begins]
            pieces = sum(one.made(ends) - one.made(begins) for one in here if not one.is_setup)
            after = setup - sum(one.worked(ends) for one in parts if one.is_setup)
            before = setup - sum(one.worked(begins) for one in parts if one.is_setup)
            spent = _seconds(before, after)
            filled = sum(one.worked(ends) - one.worked(begins) for one in here) == ends - begins
            if pieces or before > after or (filled and index < last):
                found.append((grid.hours[index], pieces, spent))
            begins = ends
        return found

    def worked(self, timeline: Timeline, start: int, end: int) -> list[tuple[int, int]]:
        """The clock hours of [start, end) that have working time: (hour, microseconds)."""
        first, last = timeline.amount(start), timeline.amount(end)
        if first >= last:
            return []
        grid = self._grid(timeline, last)
        found, before = [], first
        for index in range(bisect_right(grid.ends, first), bisect_left(grid.ends, last) + 1):
            until = min(grid.ends[index], last)
            found.append((grid.hours[index], until - before))
            before = until
        return found

    def _grid(self, timeline: Timeline, end: int) -> WorkedHours:
        grid = self._known.get(timeline)
        if grid is None or not grid.ends or grid.ends[-1] < end:
            grid = self._known[timeline] = WorkedHours(timeline)
        return grid


def _seconds(before: int, after: int) -> int:
    """Whole seconds of set-up in an hour, by what is left of it before and after: they add up."""
    return -(-before // MICROS) + (-after // MICROS)


def _begins(ends: list[int], index: int) -> int:
    """The work by the beginning of an hour."""
    return ends[index - 1] if index else 0


@dataclass(frozen=True, slots=True)
class _Run:
    """The integers of C: (worked x `times` + `plus`) // `per`, at most `most`."""

    times: int
    plus: int
    per: int
    most: int

    @classmethod
    def of(cls, task: Task, placed: Placement) -> "_Run":
        return cls.by(placed, placed.credit_us, task.left)

    @classmethod
    def by(cls, placed: Placement, credit: Fraction, most: int) -> "_Run":
        """So many pieces by the placement's alternative, the first with so much work behind it."""
        assert placed.way is not None
        over, under = placed.way.cycle_parts
        behind, parts = credit.numerator, credit.denominator
        return cls(parts * under, behind * under, over * parts, most)

    def made(self, worked: int) -> int:
        """Pieces finished when so many microseconds of the run are done."""
        return min(self.most, (worked * self.times + self.plus) // self.per) if worked > 0 else 0


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of a task by the work done on its work center when it begins and ends."""

    is_setup: bool
    start: int
    end: int
    run: _Run

    @classmethod
    def of(cls, one: Stretch, placed: Placement) -> "_Part":
        assert placed.timeline is not None
        amount = placed.timeline.amount
        run = _Run.by(placed, one.credit_us, one.quantity)
        return cls(one.is_setup, amount(one.start), amount(one.end), run)

    def worked(self, amount: int) -> int:
        """What it has worked by then."""
        return max(min(amount, self.end) - self.start, 0)

    def made(self, amount: int) -> int:
        """Pieces that it has finished by then."""
        return self.run.most if amount >= self.end else self.run.made(self.worked(amount))


def pieces_by(task: Task, placed: Placement, amount: int) -> int:
    """C: pieces finished when so much has been worked on its work center since the origin."""
    parts = [_Part.of(one, placed) for one in placed.parts(task.left)]
    return sum(one.made(amount) for one in parts if not one.is_setup)
