"""What holds the floor up now: machines that are down, holds, people who are missing."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Protocol

from edge.domain.calendars import CompiledCalendar
from edge.domain.hours import DAY
from edge.domain.maintenance import MaintenanceOrder
from edge.domain.orders import JobOrder
from edge.domain.pace import ReplanRules
from edge.domain.plan_versions import Outage
from edge.domain.quality.records import Hold, HoldScope
from edge.domain.states import StateInterval
from edge.domain.stops import PlannedStop, parts_of
from edge.domain.vocabulary import FINAL_JOB_STATES, MachineState, TimeClass
from edge.execution.dispatch.situation import (
    ABSENT,
    DOWN,
    HELD,
    MAINTAINED,
    PLANNED,
    Closure,
    Situation,
    Wait,
)
from edge.execution.figures.reports import compiled
from edge.execution.floor import Floor

# States in which a machine that broke down has not come back; what it does in breaks among them.
NOT_BACK = frozenset(
    {
        MachineState.CLEARING,
        MachineState.STOPPED,
        MachineState.SUSPENDED,
        MachineState.STOPPING,
        MachineState.ABORTING,
        MachineState.ABORTED,
        MachineState.HOLDING,
        MachineState.HELD,
        MachineState.SUSPENDING,
    }
)
AHEAD = 40 * DAY  # so far ahead planned stops are looked for


class HoldsSeen(Protocol):
    """What planning asks of holds."""

    def open_holds(self) -> Sequence[Hold]: ...
    def among(self, holds: Iterable[Hold], job: JobOrder) -> Sequence[Hold]:
        """Those of `holds` that are on a job order."""
        ...


class MaintenanceSeen(Protocol):
    """What planning asks of maintenance."""

    def orders(
        self, equipment_id: str | None = None, *, open_: bool | None = None
    ) -> Sequence[MaintenanceOrder]: ...


Missing = Callable[[JobOrder], Sequence[str]]
"""What people are missing at a job's work center to start it, as skills; empty for none."""


def nobody_missing(_: JobOrder) -> Sequence[str]:
    """Where plant.toml names no people."""
    return ()


@dataclass(frozen=True)
class _Down:
    """A machine that is down: its stop, and since when."""

    id: int
    since: int


@dataclass(frozen=True)
class _Alone:
    """A work center where people are missing: since when, and for which job order.

    A plan without it wants that job later; people are missing for it all the same.
    """

    since: int
    job: str


@dataclass
class Looking:
    """Looks at one floor; remembers since when what it saw is so.

    Plans, promises and what-ifs look in threads of their own; one looks at a time.
    """

    floor: Floor
    rules: ReplanRules = field(default_factory=ReplanRules)
    holds: HoldsSeen | None = None
    maintenance: MaintenanceSeen | None = None
    missing: Missing = nobody_missing
    _down: dict[str, _Down] = field(init=False, default_factory=dict)
    _alone: dict[str, _Alone] = field(init=False, default_factory=dict)
    _calendars: dict[str, CompiledCalendar] = field(init=False, default_factory=dict)
    _turn: Lock = field(init=False, default_factory=Lock)

    def situation(self, now: int, due: Mapping[str, JobOrder]) -> Situation:
        """The situation at `now`; `due` is the job order that the plan wants started by now at
        each work center where none is on. Reads the store; may run in any thread."""
        with self._turn:
            return self._seen(now, due)

    def _seen(self, now: int, due: Mapping[str, JobOrder]) -> Situation:
        closures = list(self._planned(now))
        for center in self.floor.work_centers:
            found = (
                self._broken(center, now, closures),
                self._maintained(center, now),
                self._absent(center, now, due.get(center)),
            )
            closures += [one for one in found if one is not None]
        open_ = self.holds.open_holds() if self.holds else ()
        closures += self._held(open_, now)
        return Situation(
            closures=tuple(sorted(closures, key=lambda one: one.key)),
            waits=tuple(self._waits(open_, now)) if open_ else (),
        )

    def recall(self, outages: Iterable[Outage], now: int) -> None:
        """Go on from what a plan was made without; what has come back since is forgotten."""
        with self._turn:
            self._recalled(outages, now)

    def _recalled(self, outages: Iterable[Outage], now: int) -> None:
        for one in outages:
            if one.work_center not in self.floor.work_centers:
                continue
            if one.kind == ABSENT:
                self._alone[one.work_center] = _Alone(one.since, one.job)
            elif self._is_down_since(one.work_center, one.since, now):
                self._down[one.work_center] = _Down(0, one.since)

    def _is_down_since(self, center: str, since: int, now: int) -> bool:
        """Whether it has not come back, not even between two looks."""
        seen = self.floor.reader.state_intervals(center, since, now + 1)
        return all(map(_is_not_back, seen))

    def calendar(self, center: str, now: int) -> CompiledCalendar:
        """The working time of a work center round `now`; compiled once a day."""
        found = self._calendars.get(center)
        calendar = self.floor.work_centers[center].calendar
        if (
            found is None
            or found.revision != calendar.revision
            or not found.span.start + DAY // 2 <= now <= found.span.end - DAY // 2
        ):
            found = compiled(self.floor.work_centers[center], now - DAY, now + 2 * DAY)
            self._calendars[center] = found
        return found

    def _planned(self, now: int) -> Iterator[Closure]:
        for center in self.floor.work_centers:
            for one in self.floor.reader.stop_book(center, now, now + AHEAD).planned:
                if not one.cancelled and one.end > now:
                    yield Closure(
                        work_center=center,
                        kind=PLANNED,
                        id=one.id,
                        start=one.start,
                        end=one.end,
                    )

    def _broken(self, center: str, now: int, planned: Iterable[Closure]) -> Closure | None:
        """A machine that is down longer than a stop may last."""
        if not self.rules.breakdown:
            return None
        down = self._down_since(center, now)
        if down is None:
            self._down.pop(center, None)
            return None
        lasted = self.calendar(center, now).worked(max(down.since, now - DAY), now)
        if center not in self._down and lasted <= self.rules.breakdown:
            return None
        self._down[center] = down
        said = [
            one.end for one in planned if one.work_center == center and one.start <= now < one.end
        ]
        steps = (now - down.since) // self.rules.repair + 1
        return Closure(
            work_center=center,
            kind=DOWN,
            id=down.id,
            start=down.since,
            end=max(said) if said else down.since + steps * self.rules.repair,
            assumed=not said,
        )

    def _down_since(self, center: str, now: int) -> _Down | None:
        intervals = self.floor.reader.state_intervals(center, now, now + 1)
        current = intervals[-1] if intervals else None
        before = self._down.get(center)
        if before is not None:
            return before if self._is_down_since(center, before.since, now) else None
        if current is None:
            return None
        if current.time_class == TimeClass.ASUT and current.fault and current.state in NOT_BACK:
            return _Down(current.opened, current.start)  # it broke down while it was set up
        if current.time_class != TimeClass.ADET:
            return None
        book = self.floor.reader.stop_book(center, now, now + 1)
        still = [one for one in book.stops if one.end is None]
        if not still:
            return None
        part = parts_of(still[-1], book.parts)[-1]
        covered = any(_covers(one, now) for one in book.planned)
        return None if part.planned or covered else _Down(still[-1].id, part.start)

    def _maintained(self, center: str, now: int) -> Closure | None:
        if self.maintenance is None:
            return None
        begun = [
            one
            for one in self.maintenance.orders(center, open_=True)
            if one.state == "begun" and one.start is not None
        ]
        if not begun:
            return None
        one = begun[-1]
        start = one.start or now
        steps = max(now - start, 0) // self.rules.repair + 1
        return Closure(
            work_center=center,
            kind=MAINTAINED,
            id=one.id,
            start=start,
            end=start + steps * self.rules.repair,
            assumed=True,
        )

    def _absent(self, center: str, now: int, due: JobOrder | None) -> Closure | None:
        waiting = due or self._still_waiting(center)
        missing = self.missing(waiting) if waiting and self.rules.absence else ()
        if waiting is None or not missing:
            self._alone.pop(center, None)
            return None
        calendar, known = self.calendar(center, now), self._alone.get(center)
        is_break = known is not None and calendar.shift_at(now) is not None
        if not calendar.is_working(now) and not is_break:
            return None
        since = known.since if known else now
        self._alone[center] = _Alone(since, waiting.id)
        lasted = calendar.worked(max(since, now - DAY), now)
        if lasted <= self.rules.absence:
            return None
        steps = (now - since) // self.rules.back + 1
        return Closure(
            work_center=center,
            kind=ABSENT,
            id=0,
            start=since,
            end=since + steps * self.rules.back,
            about=", ".join(missing),
            assumed=True,
            job=waiting.id,
        )

    def _still_waiting(self, center: str) -> JobOrder | None:
        """The job for which people were missing at the last look, while it waits there still."""
        register, alone = self.floor.register, self._alone.get(center)
        job = register.jobs.get(alone.job) if alone else None
        if job is None or register.running_job(center) is not None:
            return None
        waits = job.work_center == center and job.state not in FINAL_JOB_STATES and job.left
        return job if waits else None

    def _held(self, holds: Iterable[Hold], now: int) -> Iterator[Closure]:
        for hold in holds:
            if hold.scope == HoldScope.WORK_CENTER and hold.target in self.floor.work_centers:
                yield Closure(
                    work_center=hold.target,
                    kind=HELD,
                    id=hold.id,
                    start=hold.placed_at,
                    end=self._released(hold, now),
                    about=hold.reason,
                    assumed=True,
                )

    def _released(self, hold: Hold, now: int) -> int:
        """When a hold is taken to be released: so long after it was placed, and again."""
        steps = max(now - hold.placed_at, 0) // self.rules.hold + 1
        return hold.placed_at + steps * self.rules.hold

    def _waits(self, holds: Sequence[Hold], now: int) -> Iterator[Wait]:
        assert self.holds is not None
        others = [hold for hold in holds if hold.scope != HoldScope.WORK_CENTER]
        if not others:
            return
        for job in self.floor.register.jobs.values():
            if job.state in FINAL_JOB_STATES or not job.left:
                continue
            on = self.holds.among(others, job)
            if on:
                until = [(self._released(one, now), one.id, one) for one in on]
                end, _, hold = max(until, key=lambda one: one[:2])
                yield Wait(
                    order=job.order,
                    operation=job.operation,
                    hold=hold.id,
                    until=end,
                    about=hold.reason,
                )


def _is_not_back(current: StateInterval | None) -> bool:
    """Whether nothing shows that a machine that was down works again."""
    if current is None or current.state is None:
        return True
    return current.time_class == TimeClass.ADET or current.state in NOT_BACK


def _covers(one: PlannedStop, now: int) -> bool:
    return not one.cancelled and one.start <= now < one.end
