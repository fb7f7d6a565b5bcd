"""People's time at work centers, for worker efficiency: no person is there twice. Pure, exact.

Work is divided over the work centers at which a person works at the same time, by the rule of
the plant (`edge.kpi.labour`); where that lets each count the whole instant, here they take
equal parts, so that work never exceeds attendance. Attendance goes with the work; what is left
of it belongs to the work center that it names, else to the site alone. Shares add up to the
person's time.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from edge.domain.intervals import Interval, subtract, union
from edge.domain.people import WORK, LabourInterval
from edge.kpi import labour

NOWHERE = ""


@dataclass(frozen=True, kw_only=True)
class PersonShare:
    """Of each microsecond from `start` to `end` a person gave `weight` to a work center.

    `work`: that it was work, else attendance alone. `opened`: the facts that began it.
    """

    equipment_id: str
    person: str
    start: int
    end: int
    weight: Fraction
    work: bool
    opened: tuple[int, ...]


def person_shares(
    intervals: Iterable[LabourInterval],
    window: Interval,
    running: Mapping[str, Sequence[Interval]],
) -> list[PersonShare]:
    """Shares of all people within a window that does not reach past now."""
    every = [replace(one, split="equal") if one.split == "full" else one for one in intervals]
    by_person: dict[str, list[LabourInterval]] = defaultdict(list)
    for one in every:
        by_person[one.person].append(one)
    found = [
        PersonShare(
            equipment_id=share.equipment_id,
            person=share.person,
            start=share.start,
            end=share.end,
            weight=share.weight,
            work=True,
            opened=_at(by_person[share.person], share.start, share.end, window),
        )
        for share in labour.shares(every, window, running)
    ]
    for person in sorted(by_person):
        found += _attending(by_person[person], window)
    return found


def _attending(mine: Sequence[LabourInterval], window: Interval) -> Iterator[PersonShare]:
    """What of a person's attendance is no work."""
    busy = union(span for one in mine if one.kind == WORK and (span := _within(one, window)))
    taken = list(busy)
    for one in sorted(mine, key=lambda one: (one.start, one.opened)):
        span = _within(one, window)
        if one.kind == WORK or span is None:
            continue
        for free in subtract([span], union(taken)):
            yield PersonShare(
                equipment_id=one.equipment_id or NOWHERE,
                person=one.person,
                start=free.start,
                end=free.end,
                weight=Fraction(1),
                work=False,
                opened=(one.opened,),
            )
        taken.append(span)


def _at(mine: Iterable[LabourInterval], start: int, end: int, window: Interval) -> tuple[int, ...]:
    spans = [(one.opened, _within(one, window)) for one in mine]
    return tuple(id_ for id_, span in spans if span and span.start < end and start < span.end)


def _within(one: LabourInterval, window: Interval) -> Interval | None:
    start = max(one.start, window.start)
    end = window.end if one.end is None else min(one.end, window.end)
    return Interval(start, end) if start < end else None
