"""What is free on the work centers beside a plan: stays, the gaps between them, first fits.

A stay is one operation's set-up and run on a work center, from when it begins to when it
ends. Between two stays another one fits if it ends before the next begins and does not
make the set-up of the next one longer, so that nothing of the plan is moved by it.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from edge.planning.placing.timeline import Capacity, Timeline
from edge.planning.placing.underway import Standing
from edge.planning.scenario.model import Scenario, WorkCenter


@dataclass(frozen=True, order=True)
class Stay:
    """A work center is held from `start` to `end` (us) by an order of a family.

    `lot_of`: the operation of which it is a lot; `setup_us` what it has to set up of its own
    where it follows no other lot of that.
    """

    start: int
    end: int
    family: str
    order: str = ""
    lot_of: tuple[str, int] | None = field(default=None, compare=False)
    setup_us: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Fit:
    """A place that was found: set-up from `start`, run from `run_start` to `end` (us)."""

    start: int
    setup_us: int
    setup_end: int
    run_start: int
    end: int


@dataclass(frozen=True)
class Lane:
    """A work center with what holds it, in order of time."""

    center: WorkCenter
    timeline: Timeline
    standing: Standing
    stays: tuple[Stay, ...] = ()

    def first_fit(self, ready: int, family: str, setup_us: int, work_us: int) -> Fit:
        """The first place from `ready` on for a set-up and a run of so much work.

        No place that begins later is done earlier. Raises CalendarEnds.
        """
        index = bisect_right(self.stays, ready, key=lambda one: one.end)
        while True:
            before = self.stays[index - 1] if index else None
            following = self.stays[index] if index < len(self.stays) else None
            start = self.timeline.open_at(max(ready, before.end if before else ready))
            if following is None or start < following.start:
                prepared = before or self.standing
                setup = setup_us + self._change(prepared.family, family)
                fit = self._fit(start, setup, work_us)
                if following is None or self._leaves(fit, prepared, family, following):
                    return fit
            index += 1

    def _fit(self, start: int, setup: int, work: int) -> Fit:
        setup_end = self.timeline.after(start, setup)
        run_start = self.timeline.open_at(setup_end) if setup else start
        return Fit(start, setup, setup_end, run_start, self.timeline.after(run_start, work))

    def _leaves(self, fit: Fit, before: Stay | Standing, family: str, following: Stay) -> bool:
        """Whether the next stay is as it was."""
        change = self._change(family, following.family)
        if following.lot_of is not None and following.lot_of == before.lot_of:
            is_as_it_was = change + following.setup_us == 0
        else:
            is_as_it_was = change <= self._change(before.family, following.family)
        return fit.end <= following.start and is_as_it_was

    def _change(self, before: str | None, after: str) -> int:
        return self.center.setup_matrix_us.get(before or "", {}).get(after, 0)


def lanes_of(
    scenario: Scenario,
    capacity: Capacity,
    stays: Mapping[str, Iterable[Stay]],
    standing: Mapping[str, Standing],
) -> dict[str, Lane]:
    """A lane for each work center of the scenario; `standing` says what each is set up for."""
    return {
        center.id: Lane(
            center,
            capacity.timeline(center),
            standing.get(center.id, Standing(center.initial_family)),
            _in_line(stays.get(center.id, ())),
        )
        for center in scenario.work_centers
    }


def _in_line(stays: Iterable[Stay]) -> tuple[Stay, ...]:
    """In order of time; of those that overlap nothing between them is free."""
    found: list[Stay] = []
    for stay in sorted(stays):
        last = found[-1].end if found else 0
        found.append(stay if stay.end >= last else replace(stay, end=last))
    return tuple(found)
