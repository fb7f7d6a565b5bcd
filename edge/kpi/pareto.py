"""Where the time went: stops by reason, class, fault, shift, day or work center. Pure.

What is summed up is what lies over the states (edge.domain.stops), so that time is counted once
and the sums are those of the KPIs: delay (ADET), planned down time, micro-stops, and of set-up
(ASUT) what lies beyond the standard of its changeover.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from edge.domain.stops import Stretch
from edge.domain.vocabulary import SpanClass, TimeClass

STANDS = frozenset({TimeClass.ADET, SpanClass.PLANNED, SpanClass.MICRO})
NO_REASON = ""
CHANGEOVER = "CHANGEOVER"  # set-up beyond its standard, which no person has to name


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A bar of the chart: `time` in us, `count` of stops, both with the share of all."""

    key: str
    time: int
    count: int
    time_share: Fraction
    count_share: Fraction
    cumulative: Fraction


@dataclass(frozen=True, kw_only=True)
class Chart:
    """Bars, the largest first; `time` and `count` are their sums."""

    bars: tuple[Bar, ...]
    time: int
    count: int


def reason_of(one: Stretch) -> str:
    """The code of why a stretch stood; empty where nobody has said and no fault's table does."""
    if one.beyond:
        return CHANGEOVER
    if one.window is not None:
        return one.window.reason
    return one.part.reason if one.part else NO_REASON


def class_of(one: Stretch) -> str:
    if one.beyond:
        return "changeover"
    if one.window is not None:
        return one.window.class_ or "planned"
    return one.part.class_ if one.part else ""


def fault_of(one: Stretch) -> str:
    return str(one.part.fault) if one.part and one.part.fault else ""


BY: Mapping[str, Callable[[Stretch], str]] = {
    "reason": reason_of,
    "class": class_of,
    "fault": fault_of,
    "work_center": lambda one: one.interval.equipment_id,
    "shift": lambda one: f"{one.interval.production_day} {one.interval.shift}".strip(),
    "day": lambda one: one.interval.production_day,
}


def pareto(
    stretches: Iterable[Stretch], key: Callable[[Stretch], str], *, by_count: bool = False
) -> Chart:
    """The chart of stretches (clipped by who asks) by `key`.

    One stop, or part of one, is counted once in each bar in which it has time.
    """
    times: dict[str, int] = {}
    stops: dict[str, set[tuple[str, str, int, int]]] = {}
    for one in stretches:
        if one.time_class in STANDS or one.beyond:
            name = key(one)
            times[name] = times.get(name, 0) + one.end - one.start
            stops.setdefault(name, set()).add(_identity(one))
    counts = {name: len(found) for name, found in stops.items()}
    time, count = sum(times.values()), sum(counts.values())
    size = counts if by_count else times
    other = times if by_count else counts
    order = sorted(times, key=lambda name: (-size[name], -other[name], name))
    bars, reached = [], 0
    for name in order:
        reached += size[name]
        bars.append(
            Bar(
                key=name,
                time=times[name],
                count=counts[name],
                time_share=Fraction(times[name], time or 1),
                count_share=Fraction(counts[name], count or 1),
                cumulative=Fraction(reached, (count if by_count else time) or 1),
            )
        )
    return Chart(bars=tuple(bars), time=time, count=count)


def _identity(one: Stretch) -> tuple[str, str, int, int]:
    """What is counted as one: a part of a stop, a planned stop, or a delay no stop knows."""
    place = one.interval.equipment_id
    if one.changeover is not None:
        return place, "changeover", one.changeover.seq, 0
    if one.window is not None:
        return place, "window", one.window.id, 0
    if one.part is not None:
        return place, "stop", one.part.stop, one.part.cut
    return place, "delay", one.interval.opened, 0


def clipped(stretches: Iterable[Stretch], start: int, end: int) -> Iterable[Stretch]:
    """The parts of stretches in [start, end)."""
    for one in stretches:
        first, last = max(one.start, start), min(one.end, end)
        if first < last:
            yield replace(one, start=first, end=last)
