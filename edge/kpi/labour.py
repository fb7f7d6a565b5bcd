"""Labour time: what people's presence comes to, by machine, person and crew; pure and exact.

A person may work at several machines at once. Then an instant is divided by the rule of the
plant: `equal` (each of them an equal part), `running` (equal parts among those that run; all
of them where none does) or `full` (each machine counts the whole instant: sums over machines
then exceed the person's time, and are labelled so). Times of ISO 22400-2: APWT is the time in
which a person works at any machine, APAT the time of attendance.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from edge.domain.intervals import Interval
from edge.domain.people import ATTENDANCE, WORK, LabourInterval

RULES = ("equal", "running", "full")
Spans = Mapping[str, Sequence[Interval]]
Weights = Callable[[Sequence[str], frozenset[str]], Iterable[tuple[str, Fraction]]]


@dataclass(frozen=True, kw_only=True)
class LabourShare:
    """Of each microsecond from `start` to `end` a person gave `weight` to a machine."""

    person: str
    crew: str
    equipment_id: str
    start: int
    end: int
    weight: Fraction
    job_order_id: str = ""

    @property
    def time(self) -> Fraction:
        """Microseconds of labour."""
        return self.weight * (self.end - self.start)


def _equal(at: Sequence[str], _running: frozenset[str]) -> Iterator[tuple[str, Fraction]]:
    for one in at:
        yield one, Fraction(1, len(at))


def _by_running(at: Sequence[str], running: frozenset[str]) -> Iterator[tuple[str, Fraction]]:
    yield from _equal([one for one in at if one in running] or at, running)


def _full(at: Sequence[str], _running: frozenset[str]) -> Iterator[tuple[str, Fraction]]:
    for one in at:
        yield one, Fraction(1)


_WEIGHTS: Mapping[str, Weights] = {"equal": _equal, "running": _by_running, "full": _full}


def shares(
    intervals: Iterable[LabourInterval], window: Interval, running: Spans
) -> list[LabourShare]:
    """Labour of the window, by person and machine, cut wherever anything changes.

    `running` are the spans in which each machine runs (APT and ASUT), sorted and disjoint.
    Intervals that last reach to the window's end: let it not reach past now.
    """
    by_person: dict[str, list[LabourInterval]] = defaultdict(list)
    for one in intervals:
        if one.kind == WORK and _within(one, window) is not None:
            by_person[one.person].append(one)
    return [
        share
        for person in sorted(by_person)
        for share in _of_person(by_person[person], window, running)
    ]


def _of_person(
    own: Sequence[LabourInterval], window: Interval, running: Spans
) -> Iterator[LabourShare]:
    spans = [(one, span) for one in own if (span := _within(one, window)) is not None]
    cuts = {edge for _, span in spans for edge in (span.start, span.end)}
    for machine in {one.equipment_id for one in own if one.split == "running"}:
        cuts |= {edge for span in running.get(machine, ()) for edge in (span.start, span.end)}
    borders = sorted(cut for cut in cuts if window.start <= cut <= window.end)
    for start, end in pairwise(borders):
        here = [one for one, span in spans if span.start <= start and end <= span.end]
        if not here:
            continue
        at = sorted({one.equipment_id for one in here})
        runs = frozenset(one for one in at if _covers(running.get(one, ()), start))
        for machine, weight in _WEIGHTS[here[-1].split](at, runs):
            yield LabourShare(
                person=here[-1].person,
                crew=here[-1].crew,
                equipment_id=machine,
                start=start,
                end=end,
                weight=weight,
            )


def _covers(spans: Sequence[Interval], instant: int) -> bool:
    """Whether one of the spans, sorted and disjoint, holds the instant."""
    at = bisect_right(spans, instant, key=lambda span: span.start)
    return at > 0 and instant < spans[at - 1].end


def _within(one: LabourInterval, window: Interval) -> Interval | None:
    start = max(one.start, window.start)
    end = window.end if one.end is None else min(one.end, window.end)
    return Interval(start, end) if start < end else None


def work_time(intervals: Iterable[LabourInterval], window: Interval) -> int:
    """APWT of one person or, summed, of several: microseconds at any machine, once each."""
    return _presence(intervals, window, WORK)


def attendance_time(intervals: Iterable[LabourInterval], window: Interval) -> int:
    """APAT: microseconds of attendance. Who is at a machine is there: APWT never exceeds it."""
    return _presence(intervals, window, ATTENDANCE, WORK)


def _presence(intervals: Iterable[LabourInterval], window: Interval, *kinds: str) -> int:
    by_person: dict[str, list[Interval]] = defaultdict(list)
    for one in intervals:
        if one.kind in kinds and (span := _within(one, window)) is not None:
            by_person[one.person].append(span)
    return sum(_union(spans) for spans in by_person.values())


def _union(spans: Iterable[Interval]) -> int:
    total, reached = 0, 0
    for span in sorted(spans, key=lambda span: span.start):
        start = max(span.start, reached)
        total += max(span.end - start, 0)
        reached = max(reached, span.end)
    return total


@dataclass(frozen=True, kw_only=True)
class Made:
    """What a machine made in a stretch of time: standard time of good pieces (us), pieces."""

    equipment_id: str
    span: Interval
    standard_time: Fraction
    good: int
    job_order_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Performance:
    """What a person or crew did: labour and the standard time of their good pieces (us).

    `good` pieces may be a part of a piece, where several people made it.
    """

    labour: Fraction
    standard_time: Fraction
    good: Fraction

    @property
    def ratio(self) -> Fraction | None:
        """Standard time of good pieces by labour time; None without labour."""
        return self.standard_time / self.labour if self.labour else None


def performance(
    labour: Sequence[LabourShare],
    made: Iterable[Made],
    by: Callable[[LabourShare], str],
    *,
    of_job: bool = False,
) -> dict[str, Performance]:
    """By what `by` names (a person, a crew): pieces go to those who were there, by their labour.

    `of_job`: the labour is cut by job orders, and pieces go to that of their own job only.
    Pieces that a machine made while nobody was signed on are nobody's: key "".
    """
    times: dict[str, Fraction] = defaultdict(Fraction)
    for share in labour:
        times[by(share)] += share.time
    standard: dict[str, Fraction] = defaultdict(Fraction)
    good: dict[str, Fraction] = defaultdict(Fraction)
    at_machine: dict[str, list[LabourShare]] = defaultdict(list)
    for share in labour:
        at_machine[share.equipment_id].append(share)
    for one in made:
        there = at_machine[one.equipment_id]
        if of_job:
            there = [share for share in there if share.job_order_id == one.job_order_id]
        present = _present(there, one.span, by)
        whole = sum(present.values())
        for name, time in present.items() if whole else ({"": Fraction(1)}).items():
            part = time / (whole or 1)
            standard[name] += part * one.standard_time
            good[name] += part * one.good
    names = sorted({*times, *standard})
    return {
        name: Performance(labour=times[name], standard_time=standard[name], good=good[name])
        for name in names
    }


def _present(
    labour: Iterable[LabourShare], span: Interval, by: Callable[[LabourShare], str]
) -> dict[str, Fraction]:
    found: dict[str, Fraction] = defaultdict(Fraction)
    for share in labour:
        length = min(share.end, span.end) - max(share.start, span.start)
        if length > 0:
            found[by(share)] += share.weight * length
    return found
