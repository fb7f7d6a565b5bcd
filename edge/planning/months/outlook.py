"""When orders will really be finished, by what the floor has made of its hours so far; pure.

A plan reckons with the rates of the routings. What a work center made of each past hour of its
plan is a share of what was asked: below 1 where it stood or was slow. When an operation ends that
the plan ends after `T` hours of work is the moment by which so many shares, drawn from those that
were seen, add up to T. Drawn many times this gives the middle and a range (the bootstrap of Efron
1979, with blocks of hours because troubles last, Kuensch 1989). Each time the hours to draw from
are themselves drawn first, and a trouble that was not seen yet can be among them. Ranges of the
bootstrap are too narrow where little was seen, so the ends are the 4 and 96 percent of the draws:
simulated machines are then held four times of five (docs/decisions/0022). The finish at the mean
of all shares is always in the range, and nothing ends beyond the calendar that is looked at: what
would is told to end there, and to be open.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from edge.domain.outlook import Needed
from edge.planning.months.recovering import HOUR, Step, recovery
from edge.planning.months.work import Stretches

WHOLE = 1_000_000  # a share of 1
DRAWS = 100
BLOCK = 6  # hours that are drawn together
NOTHING_MADE = [0]  # an hour as there may be, though none was seen
FEWEST = 24  # hours below which nothing is drawn
LOW, HIGH = 4, 96  # percent of the draws
LONGEST = 240  # hours that are drawn; beyond them a path goes on as it went


@dataclass(frozen=True, kw_only=True)
class Sample:
    """What a work center made of the last hours of its plan, the oldest first, in millionths."""

    shares: tuple[int, ...] = ()

    @property
    def is_enough(self) -> bool:
        return len(self.shares) >= FEWEST and any(self.shares)


def share(made_us: int, planned_us: int) -> int:
    """What of an hour's planned work was made, in millionths; both in microseconds of work."""
    return max(made_us, 0) * WHOLE // planned_us


@dataclass
class Draws:
    """Work by hour, drawn from a sample: `takes(number, work)` is how long it takes in a draw."""

    sample: Sample
    seed: int
    most: int  # us of working time; a path in which nothing is made ends there
    _paths: list[list[int]] = field(init=False, default_factory=list)
    _pools: list[tuple[Random, list[int]]] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        for number in range(DRAWS):
            random = Random(self.seed * DRAWS + number)
            shares = self.sample.shares
            pool: list[int] = []
            unseen = max(len(shares) // BLOCK, 1) + 1
            while len(pool) < len(shares):
                pool += _block(shares, random) if random.randrange(unseen) else NOTHING_MADE
            self._pools.append((random, pool[: len(shares)]))
            self._paths.append([0])

    def takes(self, number: int, work: int) -> int:
        """Microseconds of working time in which so much planned work is made, in one draw."""
        path = self._paths[number]
        random, pool = self._pools[number]
        while path[-1] < work and len(path) <= LONGEST:
            for one in _block(pool, random):
                path.append(path[-1] + one * HOUR // WHOLE)
        if path[-1] < work:
            hours = (len(path) - 1) * HOUR
            return min(hours * work // path[-1], self.most) if path[-1] else self.most
        place = _first_at_least(path, work)
        before, made = path[place - 1], path[place] - path[place - 1]
        return (place - 1) * HOUR + (work - before) * HOUR // max(made, 1)

    def at_mean(self, work: int) -> int:
        """Microseconds of working time in which it is made at the mean of all shares."""
        shares = self.sample.shares
        return min(len(shares) * WHOLE * work // sum(shares), self.most)


def _block(shares: Sequence[int], random: Random) -> list[int]:
    """Some hours that followed each other; the last is followed by the first."""
    start = random.randrange(len(shares))
    return [shares[(start + step) % len(shares)] for step in range(BLOCK)]


def _first_at_least(path: Sequence[int], work: int) -> int:
    low, high = 1, len(path) - 1
    while low < high:
        middle = (low + high) // 2
        if path[middle] >= work:
            high = middle
        else:
            low = middle + 1
    return low


@dataclass(frozen=True, kw_only=True)
class Range:
    """When an order will be finished (us): four of five end between `low` and `high`; `hours` were
    looked at, of the work center of which the fewest are known. `open`: it may be later than
    `high`, which is then the end of the calendar that is looked at."""

    low: int
    middle: int
    high: int
    hours: int
    open: bool = False


@dataclass
class Floor:
    """The work centers as they stand: their working time from `now` to `until`, and what was
    seen."""

    now: int
    until: int
    working: Mapping[str, Stretches]
    samples: Mapping[str, Sample]
    seed: int = 0
    _draws: dict[str, Draws] = field(init=False, default_factory=dict)

    def finish(self, steps: Sequence[Step]) -> Range | None:
        """When an order will be finished of which `steps` are left; None while too little is
        known of any of their work centers, and of what is planned beyond the calendar.

        A step that ends later than planned delays those behind it by as much at the most, so the
        order is late by what its latest step is late.
        """
        samples = [self.samples.get(one.work_center, NOTHING_SEEN) for one in steps]
        if not steps or not all(one.is_enough for one in samples):
            return None
        last = max(steps, key=lambda one: one.end)
        if last.end > self.until:
            return None
        mean = self._end(last, max(self._late(one, None) for one in steps))
        drawn = (max(self._late(one, number) for one in steps) for number in range(DRAWS))
        ends = sorted(self._end(last, late) for late in drawn)
        low, middle, high = (ends[DRAWS * one // 100] for one in (LOW, 50, HIGH))
        low, high = min(low, mean), max(high, mean)
        return Range(
            low=low,
            middle=middle,
            high=high,
            hours=min(len(one.shares) for one in samples),
            open=high >= self.until,
        )

    def _end(self, last: Step, late: int) -> int:
        """When the last step ends, so late; at the latest where the calendar does."""
        working = self.working[last.work_center]
        work = working.until(last.end) + late
        return min(working.moment(work, self.now), self.until)

    def _late(self, step: Step, number: int | None) -> int:
        """Working time by which a step ends later than planned, in a draw; None: at the mean."""
        work = self.working[step.work_center].until(step.end)
        if work <= 0:
            return 0
        drawn = self._drawn(step.work_center)
        return (drawn.at_mean(work) if number is None else drawn.takes(number, work)) - work

    def _drawn(self, center: str) -> Draws:
        if center not in self._draws:
            seed = self.seed + sum(map(ord, center))
            self._draws[center] = Draws(self.samples[center], seed, self.until - self.now)
        return self._draws[center]

    def recovery(self, steps: Sequence[Step], due: int) -> Needed | None:
        """What the most pressed of an order's steps must bring; None if nothing is left, or if
        nobody can say: it is due beyond the calendar and does not fit into it."""
        found = recovery(self.now, steps, self.working, due)
        return found if due <= self.until or (found and found.possible) else None


NOTHING_SEEN = Sample()
