"""Which inspections are due, from what was made, when it ran and which were done. Pure.

A due point has a name that no later count changes: `pieces:150` is reached when the job has made
150 pieces, `minutes:60` after an hour of its production time, `start`, `setup` and `stop:4711`
(the seq that opened the stop) with the first production after them, `last` once all is made.
A result says which points it covers; of pieces and minutes it covers all up to the one it names.
So a count that comes late or is corrected moves what is due, and nothing is asked twice.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from edge.domain.clock import MICROS
from edge.domain.quality.plans import InspectionPlan, When

MINUTE = 60 * MICROS
PIECES, MINUTES = "pieces", "minutes"


@dataclass(frozen=True, kw_only=True)
class Ended:
    """A stop that has ended: the seq that opened it, how long it was, and the production time
    (us) of the job since."""

    id: int
    lasted: int
    produced_since: int


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A job order as inspections see it: pieces made, production time (us), whether set-up is
    over, its stops, and the time (us) since all was made (None while it is not)."""

    made: int
    produced: int
    in_setup: bool
    stops: tuple[Ended, ...] = ()
    complete_since: int | None = None


@dataclass(frozen=True, kw_only=True)
class Due:
    """An inspection that is due: the points that a result covers, how late the first is.

    `late` in `unit` (pieces, or whole minutes); `missed` points before the last can not be made
    good any more.
    """

    points: tuple[str, ...]
    late: int
    unit: str
    overdue: bool
    missed: int


def due_of(plan: InspectionPlan, now: Standing, covered: Iterable[str]) -> Due | None:
    """What is due of `plan`; None if nothing is."""
    when, done = plan.when, frozenset(covered)
    if when.every_pieces is not None:
        return _counted(when, PIECES, when.every_pieces, now.made, 1, done)
    if when.every_minutes is not None:
        return _counted(when, MINUTES, when.every_minutes, now.produced, MINUTE, done)
    if when.last:
        return _last(when, now, done)
    return _first(when, now, done)


def _counted(
    when: When, unit: str, every: int, reached: int, scale: int, done: frozenset[str]
) -> Due | None:
    """`reached` counts in `unit` x `scale`; each multiple of `every` is a point."""
    last = max(reached, 0) // (every * scale) * every
    covered = max(
        (int(point.partition(":")[2]) for point in done if point.startswith(unit)), default=0
    )
    if last <= covered:
        return None
    first = covered - covered % every + every
    late = reached - first * scale
    return Due(
        points=(f"{unit}:{last}",),
        late=late // scale,
        unit=unit,
        overdue=late > when.tolerance * scale,
        missed=(last - first) // every,
    )


def _first(when: When, now: Standing, done: frozenset[str]) -> Due | None:
    began = now.produced > 0 or now.made > 0
    reached: list[tuple[str, int]] = []  # point, production time since it
    if "start" in when.first_after and began:
        reached.append(("start", now.produced))
    if "setup" in when.first_after and began and not now.in_setup:
        reached.append(("setup", now.produced))
    if "stop" in when.first_after:
        reached += [
            (f"stop:{stop.id}", stop.produced_since)
            for stop in now.stops
            if stop.lasted >= when.stop_minutes * MINUTE and stop.produced_since > 0
        ]
    found = [(point, since) for point, since in reached if point not in done]
    if not found:
        return None
    return _by_time(when, [point for point, _ in found], max(since for _, since in found))


def _last(when: When, now: Standing, done: frozenset[str]) -> Due | None:
    if now.complete_since is None or now.made <= 0 or "last" in done:
        return None
    return _by_time(when, ["last"], now.complete_since)


def _by_time(when: When, points: list[str], late: int) -> Due:
    return Due(
        points=tuple(points),
        late=late // MINUTE,
        unit=MINUTES,
        overdue=late > when.tolerance * MINUTE,
        missed=0,
    )
