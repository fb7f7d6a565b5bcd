"""Whose pieces they are once the boundary between two jobs lies elsewhere. Pure.

What a fact becomes depends on the fact as recorded and on where the boundary is now, not on
the way it came there: to A, to B and back to A is the same as to A.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from edge.domain.dividing import (
    Cut,
    Portion,
    Running,
    cut_at,
    joined,
    parts_of,
    place,
    portions,
    span,
)
from edge.domain.facts import Fact
from edge.domain.restating import Known, Run, held

RunTime = Callable[[str | None], str | None]
Parts = list[dict[str, Any]]
Restated = tuple[Known, Parts]
Bucket = tuple[int, str, str]  # hour, shift, production day


@dataclass(frozen=True, kw_only=True)
class Boundary:
    """Where `before` gives way to `after` on a work center; either may be no job at all.

    The pieces before the cut are those of `before`. As recorded the first ended and the
    second began at their runs' recorded times. `recorded` are the runs by which it is told who was
    on when a fact was recorded: all of the work center, in their order, or, where several jobs
    are on at once, all of these two.
    """

    before: Run | None
    after: Run | None
    cut: Cut
    recorded: tuple[Run, ...]

    @property
    def runs(self) -> tuple[Run, ...]:
        return tuple(one for one in (self.before, self.after) if one)

    @property
    def jobs(self) -> frozenset[str]:
        return frozenset(one.job_order_id for one in self.runs)

    @property
    def sides(self) -> tuple[str | None, str | None]:
        """The job before and the job behind; None for no job."""
        before = self.before.job_order_id if self.before else None
        return before, self.after.job_order_id if self.after else None

    @property
    def as_recorded(self) -> bool:
        """Whether it lies where it was recorded, so that all is as recorded."""
        ends = {self.before.recorded_end} if self.before else set()
        starts = {self.after.recorded_start} if self.after else set()
        return {*ends, *starts} == {self.cut.at} and self.cut.raw is None

    @property
    def lies(self) -> int:
        """Where it lies until now (us): the end of the run before it, else the start behind it."""
        ends = [one for one in (self.before.end if self.before else None,) if one is not None]
        return (ends or [one.start for one in self.runs])[0]

    @property
    def said(self) -> frozenset[int]:
        """Where it lies by a word of before, and not as recorded: there a count is two, also where
        one job has both."""
        ends = [(self.before.end, self.before.recorded_end)] if self.before else []
        starts = [(self.after.start, self.after.recorded_start)] if self.after else []
        return frozenset(now for now, was in [*ends, *starts] if now is not None and now != was)

    @property
    def reach(self) -> tuple[int, int]:
        """From the first to the last moment (us) that its move concerns."""
        ends = [self.before.end] if self.before and self.before.end is not None else []
        starts = [self.after.start] if self.after else []
        known = [self.cut.at, *ends, *starts]
        return min(known), max(known)

    def touches(self, start: int, end: int) -> bool:
        """Whether what lasted from `start` to `end` lies in its reach, in whole or in part."""
        low, high = self.reach
        return start < high and end > low if start < end else low <= start <= high

    def gives(self, job: str | None, base: str | None, start: int, end: int) -> bool:
        """Whether what is now `job`'s, and was recorded as `base`'s, goes by this boundary.

        Not what another boundary gave to a third job; nor what the machine itself said to be of
        a job that was not on; nor what was nobody's while jobs were on.
        """
        if job is None and base is None:
            return not held(self.recorded, start, end)
        if job is not None and job not in self.jobs:
            return False
        mine = (one for one in self.recorded if one.job_order_id == base)
        return job != base or any(one.was_on(start, end) for one in mine)

    def side(self, base: str | None, start: int, end: int, *, is_before: bool) -> str | None:
        """Whose it is on a side. What was recorded as one over the boundary as recorded is one."""
        if self.as_recorded and self._over(base, start, end):
            return base
        return self.sides[0 if is_before else 1]

    def _over(self, base: str | None, start: int, end: int) -> bool:
        """Whether what was recorded as `base`'s reaches over the boundary, from its run's side."""
        at, (before, after) = self.cut.at, self.sides
        if base is None:
            return start < at < end
        if start == end == at:
            return base in self.jobs
        return (base == before and start < at <= end) or (base == after and start <= at < end)


def restated_counts(
    facts: Iterable[Known], boundary: Boundary, running: Running, run_time: RunTime
) -> Iterator[Restated]:
    """The counts that are otherwise now, each with the parts that it becomes."""
    low, high = boundary.reach
    for one in facts:
        start, end = span(one.fact)
        if end < low or start > high:
            continue
        parts = _count(one, boundary, running, run_time)
        if parts != list(one.now.parts):
            yield one, parts


def _count(one: Known, boundary: Boundary, running: Running, run_time: RunTime) -> Parts:
    known = one.now
    whole = known.now
    quantity = int(whole.body["quantity"])
    at = place(whole, quantity, boundary.cut, running)
    cut = cut_at(portions(known), at, boundary.cut.at)
    for moment in boundary.said:
        cut = cut_at(cut, place(whole, quantity, Cut(at=moment), running), moment)
    given = [_given(portion, at, whole, boundary) for portion in cut]
    return parts_of(whole, joined(given), run_time, by_raw=boundary.cut.seq == whole.seq)


def _given(portion: Portion, at: int, whole: Fact, boundary: Boundary) -> Portion:
    """A portion with the job of its side, if it goes by this boundary.

    What a person gave to a job stays there, wherever boundaries go.
    """
    start, end = span(whole)
    base = whole.job_order_id
    if portion.assigned or not boundary.touches(portion.start, portion.end):
        return portion
    if not boundary.gives(portion.job, base, start, end):
        return portion
    # What cannot be divided lies where it ends.
    is_before = portion.last <= at if portion.quantity > 0 else end <= boundary.cut.at
    return replace(portion, job=boundary.side(base, start, end, is_before=is_before))
