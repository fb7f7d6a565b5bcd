"""A piece of a plan to be solved anew: jobs, where each can be done, and what holds them.

Times are whole ticks of one axis of working time, from an origin that the maker of the
window knows. A window says nothing of calendars, batches or orders: they have become
lags between jobs, first and last moments, and steps at which lateness jumps (a night).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from edge.planning.placing.tasks import Key


@dataclass(frozen=True, kw_only=True)
class Way:
    """A work center that can do a job: ticks of its own set-up and of the run.

    `earliest`: the first moment at which the job's set-up may begin there; `run_from`: its run.
    """

    center: str
    setup: int
    run: int
    earliest: int = 0
    run_from: int = 0

    @property
    def length(self) -> int:
        return self.setup + self.run


@dataclass(frozen=True, kw_only=True)
class Job:
    """One operation of the window. `latest`: its run ends by then, or others come late.

    `hint`: the work center and the moment at which its set-up begins now; `change`: the ticks
    of its set-up now that come of the change of family.
    """

    key: Key
    family: str
    ways: tuple[Way, ...]
    hint: tuple[str, int]
    change: int = 0
    latest: int | None = None


@dataclass(frozen=True)
class Distance:
    """Ticks from the run of an operation until the `setup`, and the `run`, of the next may begin.

    They are two: how long a set-up takes hangs on what came before it on the work center.
    """

    setup: int
    run: int

    def to_setup(self, lasting: int) -> int:
        """Ticks until a set-up may begin that takes so many."""
        return max(self.setup, self.run - lasting)


@dataclass(frozen=True, kw_only=True)
class Lag:
    """How far behind `first` its `second` follows, by the work centers on which both are done."""

    first: Key
    second: Key
    between: Mapping[tuple[str, str], Distance]


@dataclass(frozen=True, kw_only=True)
class Post:
    """A work center within the window: set up for `family`, free from `free_at` on.

    `setup`: ticks from family to family. `after`: the family of what follows the window
    there, and the moment by which the last job and the change to that family are done.
    """

    center: str
    family: str | None
    free_at: int
    setup: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    after: tuple[str, int] | None = None

    def change(self, before: str | None, to: str) -> int:
        return self.setup.get(before or "", {}).get(to, 0)


@dataclass(frozen=True, kw_only=True)
class Goal:
    """What a job's end costs: `weight` for each tick after `due`.

    `steps`: (moment, ticks): whoever ends after the moment is so much later by the clock.
    """

    key: Key
    due: int
    weight: int
    steps: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Window:
    """`goals` are minimized, or the end of all where there are none."""

    jobs: tuple[Job, ...]
    posts: tuple[Post, ...]
    lags: tuple[Lag, ...]
    horizon: int
    goals: tuple[Goal, ...] = ()
    setup_price: int = 0
