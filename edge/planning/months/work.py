"""When a plan has its work centers produce, and how much of that is due by a moment; pure."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from edge.domain.intervals import Interval, intersect, subtract, union
from edge.planning.months.planned import PlannedJob


@dataclass(frozen=True)
class Stretches:
    """Sorted stretches of time in which a work center is to produce."""

    starts: Sequence[int] = ()
    ends: Sequence[int] = ()
    before: Sequence[int] = (0,)

    @classmethod
    def of(cls, stretches: Iterable[Interval]) -> "Stretches":
        parts = list(stretches)
        return cls(
            [one.start for one in parts],
            [one.end for one in parts],
            [0, *accumulate(one.length for one in parts)],
        )

    def until(self, at: int) -> int:
        """Microseconds of work that are due by `at`."""
        found = bisect_right(self.starts, at) - 1
        if found < 0:
            return 0
        return self.before[found] + min(at, self.ends[found]) - self.starts[found]

    def moment(self, work: int, origin: int) -> int:
        """The first moment by which so much is due; `origin` for none, and beyond the last
        stretch as if it went on."""
        if work <= 0:
            return origin
        found = min(bisect_left(self.before, work), len(self.starts))
        if not found:
            return origin + work
        return self.ends[found - 1] - self.before[found] + work

    def latest(self, work: int) -> int:
        """The last moment by which no more than so much is due; beyond the last stretch as if it
        went on."""
        found = bisect_right(self.before, work) - 1
        if found < len(self.starts):
            return self.starts[found] + work - self.before[found]
        return self.ends[-1] + work - self.before[-1] if self.ends else 0


NONE = Stretches()


@dataclass(frozen=True)
class PlannedWork:
    """Run time by work center, from the moment of planning on."""

    by_center: Mapping[str, Stretches] = field(default_factory=dict)

    def until(self, work_center: str, at: int) -> int:
        """Microseconds of run that the plan wants of a work center by `at`."""
        return self.by_center.get(work_center, NONE).until(at)


def planned_work(
    jobs: Iterable[PlannedJob],
    frozen: Iterable[PlannedJob],
    span: Interval,
    valid_from: int,
    working: Mapping[str, Sequence[Interval]],
    closed: Mapping[str, Sequence[Interval]],
) -> PlannedWork:
    """Work that is due in `span`: of `frozen` up to `valid_from`, of `jobs` from there on.

    `working` is each work center's working time, `closed` what of it is known to be lost.
    """
    runs: dict[str, list[Interval]] = defaultdict(list)
    fence = min(max(valid_from, span.start), span.end)
    _collect(runs, frozen, span.start, fence)
    _collect(runs, jobs, fence, span.end)
    return PlannedWork(
        {
            center: Stretches.of(
                subtract(
                    intersect(union(found), working.get(center, ())),
                    union(closed.get(center, ())),
                )
            )
            for center, found in runs.items()
        }
    )


def _collect(
    runs: dict[str, list[Interval]], jobs: Iterable[PlannedJob], start: int, end: int
) -> None:
    for job in jobs:
        for run_start, run_end in job.producing:
            first, last = max(run_start, start), min(run_end, end)
            if first < last:
                runs[job.work_center].append(Interval(first, last))
