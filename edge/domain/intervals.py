"""Spans of time and sets of them: sorted, disjoint, half-open, in microseconds UTC."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Interval:
    """From `start` (in) to `end` (out), microseconds UTC; never empty or turned round."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError(f"interval {self.start}..{self.end}: the end must be after the start")

    @property
    def length(self) -> int:
        """Microseconds."""
        return self.end - self.start

    def overlaps(self, other: "Interval") -> bool:
        """Whether the two share a moment."""
        return self.start < other.end and other.start < self.end


def union(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """What any of them covers; those that touch become one."""
    joined: list[Interval] = []
    for one in sorted(intervals):
        if joined and one.start <= joined[-1].end:
            last = joined.pop()
            joined.append(Interval(last.start, max(last.end, one.end)))
        else:
            joined.append(one)
    return tuple(joined)


def intersect(left: Iterable[Interval], right: Iterable[Interval]) -> tuple[Interval, ...]:
    """What both sets cover; each set sorted and disjoint."""
    ours, theirs = list(left), list(right)
    shared: list[Interval] = []
    i = j = 0
    while i < len(ours) and j < len(theirs):
        start, end = max(ours[i].start, theirs[j].start), min(ours[i].end, theirs[j].end)
        if start < end:
            shared.append(Interval(start, end))
        if ours[i].end <= theirs[j].end:
            i += 1
        else:
            j += 1
    return tuple(shared)


def subtract(whole: Iterable[Interval], holes: Iterable[Interval]) -> tuple[Interval, ...]:
    """What `whole` covers and `holes` does not; each set sorted and disjoint."""
    cuts, left, first = list(holes), [], 0
    for one in whole:
        start = one.start
        while first < len(cuts) and cuts[first].end <= start:
            first += 1
        at = first
        while at < len(cuts) and cuts[at].start < one.end:
            if cuts[at].start > start:
                left.append(Interval(start, cuts[at].start))
            start = max(start, cuts[at].end)
            at += 1
        if start < one.end:
            left.append(Interval(start, one.end))
    return tuple(left)
