"""What people's presence comes to: labour by person, crew, machine or job order, and performance.

Pieces are known by hour: those of an hour go to whoever was at the machine in it, by their labour.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from edge.domain.hours import DAY, hour_start, next_hour
from edge.domain.intervals import Interval
from edge.domain.people import LabourInterval, PeopleReader
from edge.domain.states import StateInterval
from edge.domain.vocabulary import TimeClass
from edge.execution.errors import InvalidAction
from edge.execution.floor import Floor
from edge.execution.wording import one_of, span_of_days
from edge.kpi.labour import (
    LabourShare,
    Made,
    Performance,
    attendance_time,
    performance,
    shares,
    work_time,
)
from edge.kpi.projections import quantities_of
from edge.kpi.report import rendered

RUNNING = frozenset({TimeClass.APT, TimeClass.ASUT, TimeClass.APT_OUTSIDE})
LONGEST = 40 * DAY
BY: Mapping[str, Callable[[LabourShare], str]] = {
    "person": lambda share: share.person,
    "crew": lambda share: share.crew,
    "work_center": lambda share: share.equipment_id,
    "job": lambda share: share.job_order_id,
}


@dataclass(frozen=True)
class Labour:
    """Labour on one floor."""

    floor: Floor
    reader: PeopleReader

    def report(self, start: int, end: int, by: str) -> list[dict[str, Any]]:
        """A row for each person, crew, work center or job order; raises InvalidAction."""
        if by not in BY:
            raise InvalidAction(one_of("by", by, BY))
        if not start < end or end - start > LONGEST:
            raise InvalidAction(span_of_days(LONGEST))
        zone = self.floor.zone
        until = min(next_hour(end - 1, zone), self.floor.clock.now())
        begin = hour_start(start, zone)
        if begin >= until:
            return []
        window = Interval(begin, until)
        presence = self.reader.labour(window.start, window.end)
        states = self._states(window)
        parts = shares(presence, window, _running(states, window))
        if by == "job":
            parts = [part for share in parts for part in _by_job(share, states, window)]
        found = performance(parts, self._made(window), BY[by], of_job=by == "job")
        return [_row(by, key, one, presence, window) for key, one in found.items()]

    def _states(self, window: Interval) -> Mapping[str, Sequence[StateInterval]]:
        read = self.floor.reader.state_intervals
        return {id_: read(id_, window.start, window.end) for id_ in self.floor.work_centers}

    def _made(self, window: Interval) -> list[Made]:
        found = []
        for id_ in self.floor.work_centers:
            rows = self.floor.reader.hour_quantities(id_, window.start, window.end)
            for row, of in zip(rows, quantities_of(rows), strict=True):
                span = Interval(row.hour, next_hour(row.hour, self.floor.zone))
                standard = (of.run_time_per_item or Fraction(0)) * row.good * 1_000_000
                found.append(
                    Made(
                        equipment_id=id_,
                        job_order_id=row.job_order_id,
                        span=span,
                        standard_time=standard,
                        good=row.good,
                    )
                )
        return found


def _running(
    states: Mapping[str, Sequence[StateInterval]], window: Interval
) -> dict[str, list[Interval]]:
    return {
        id_: [
            Interval(one.start, end)
            for one in found
            if one.time_class in RUNNING
            and one.start < (end := window.end if one.end is None else one.end)
        ]
        for id_, found in states.items()
    }


def _by_job(
    share: LabourShare, states: Mapping[str, Sequence[StateInterval]], window: Interval
) -> list[LabourShare]:
    """The parts of a share by the job order that its machine was on."""
    found = []
    for one in states.get(share.equipment_id, ()):
        start = max(share.start, one.start)
        end = min(share.end, window.end if one.end is None else one.end)
        if start < end:
            found.append(replace(share, start=start, end=end, job_order_id=one.job_order_id))
    return found


def _row(
    by: str,
    key: str,
    one: Performance,
    presence: Sequence[LabourInterval],
    window: Interval,
) -> dict[str, Any]:
    row: dict[str, Any] = {
        "key": key,
        "labour": round(one.labour),
        "standard_time": round(one.standard_time),
        "good": str(one.good),
        "performance": rendered(one.ratio),
    }
    if by in {"person", "crew"}:
        own = [interval for interval in presence if getattr(interval, by) == key]
        work, attendance = work_time(own, window), attendance_time(own, window)
        row |= {"work_time": work, "attendance_time": attendance}
        row["worker_efficiency"] = rendered(Fraction(work, attendance) if attendance else None)
    return row
