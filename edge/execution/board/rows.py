"""The rows of the hours of a shift: plan, actual, difference, cause."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from edge.domain.calendars import CompiledCalendar, Shift
from edge.domain.hours import HOUR, cut_at_hours, hour_label, hour_start
from edge.domain.intervals import Interval, union
from edge.domain.orders import HourInstruction, job_order_id
from edge.domain.production import HourQuantity
from edge.domain.stops import StopBook, Stretch
from edge.domain.vocabulary import TimeClass
from edge.execution.board.hours import (
    HourFigures,
    Said,
    asked_view,
    gaps_view,
)
from edge.execution.figures.reports import compiled
from edge.execution.floor import Floor, WorkCenter
from edge.execution.stops.views import stretches
from edge.kpi.pareto import clipped, fault_of, reason_of

Json = dict[str, Any]


@dataclass(frozen=True)
class Shown:
    """What a board is made of, read once."""

    work_center: WorkCenter
    now: int
    shift: Shift
    calendar: CompiledCalendar
    instructions: Sequence[HourInstruction]
    quantities: Sequence[HourQuantity]
    book: StopBook
    over: Sequence[Stretch]
    said: Said


def read_shift(floor: Floor, work_center: WorkCenter, now: int, shift: Shift, said: Said) -> Shown:
    start = hour_start(shift.start, work_center.calendar.zone)
    book, over = stretches(floor.reader, work_center.id, start, shift.end, now)
    return Shown(
        work_center,
        now,
        shift,
        compiled(work_center, start, shift.end),
        floor.reader.instructions(work_center.id, start, shift.end),
        floor.reader.hour_quantities(work_center.id, start, shift.end),
        book,
        over,
        said,
    )


def hour_figures(floor: Floor, id_: str, hour: int, said: Said) -> tuple[Shift, HourFigures] | None:
    """An hour as the board shows it now, with its shift; None where no shift has it."""
    work_center, now = floor.work_center(id_), floor.clock.now()
    zone = work_center.calendar.zone
    start = hour_start(hour, zone)
    for shift in compiled(work_center, start, start + HOUR).shifts:
        if hour_start(shift.start, zone) <= start < shift.end:
            for one in hour_rows(read_shift(floor, work_center, now, shift, said)):
                if one.hour == start:
                    return shift, one
    return None


def hour_rows(shown: Shown) -> list[HourFigures]:
    rows: list[HourFigures] = []
    cumulative = 0
    zone = shown.work_center.calendar.zone
    first = hour_start(shown.shift.start, zone)
    signed = {
        one.hour: one for one in shown.said.signatures(shown.work_center.id, first, shown.shift.end)
    }
    gaps = shown.said.gaps(shown.work_center.id, first, min(shown.shift.end, shown.now))
    for part in cut_at_hours(Interval(shown.shift.start, shown.shift.end), zone):
        hour = hour_start(part.start, zone)
        plan = _by_job_plan(shown.instructions, hour)
        actual, scrap = _by_job_actual(shown.quantities, hour)
        status = _status(shown, part)
        figures = HourFigures.of(
            part,
            hour,
            plan=sum(plan.values()),
            good=sum(actual.values()),
            scrap=scrap,
            worked=shown.calendar.worked(part.start, part.end),
            stopped=_planned_time(shown, part),
            left=_time_left(shown, part),
        )
        begun = status in {"past", "current"} or bool(actual)
        cumulative += figures.difference if begun else 0
        cause = _cause(shown, part)
        rows.append(figures)
        figures.row.update(
            {
                "hour": hour,
                "label": hour_label(hour, zone),
                "plan": figures.plan,
                "expected": figures.expected,
                "planned_stop": figures.stopped,
                "actual": figures.good if begun else None,
                "scrap": scrap,
                "difference": figures.difference if begun else None,
                "cumulative": cumulative if begun else None,
                **cause,
                "status": status,
                **asked_view(
                    figures, signed.get(hour), shown.said.red_percent, cause, over=status == "past"
                ),
                **gaps_view(gaps, part),
                "orders": [
                    {"job_order_id": job, "plan": plan.get(job, 0), "actual": actual.get(job, 0)}
                    for job in sorted({*plan, *actual})
                ],
            }
        )
    return rows


def _planned_time(shown: Shown, part: Interval) -> int:
    """Time of the hour that planned stops take: as far as it is known, and ahead of it."""
    known = sum(
        min(one.end, part.end) - max(one.start, part.start)
        for one in shown.over
        if one.planned and one.start < part.end and part.start < one.end
    )
    ahead = union(
        Interval(max(one.start, part.start, shown.now), min(one.end, part.end))
        for one in shown.book.planned
        if max(one.start, part.start, shown.now) < min(one.end, part.end)
    )
    return known + sum(shown.calendar.worked(one.start, one.end) for one in ahead)


def _time_left(shown: Shown, part: Interval) -> int:
    """Working time of the hour that is still to come, without planned stops."""
    start = max(part.start, shown.now)
    if start >= part.end:
        return 0
    windows = union(
        Interval(max(one.start, start), min(one.end, part.end))
        for one in shown.book.planned
        if max(one.start, start) < min(one.end, part.end)
    )
    taken = sum(shown.calendar.worked(one.start, one.end) for one in windows)
    return shown.calendar.worked(start, part.end) - taken


def _by_job_plan(instructions: Sequence[HourInstruction], hour: int) -> Mapping[str, int]:
    planned: defaultdict[str, int] = defaultdict(int)
    for one in instructions:
        if one.hour == hour and one.quantity:
            planned[job_order_id(one.order, one.operation)] += one.good
    return planned


def _by_job_actual(quantities: Sequence[HourQuantity], hour: int) -> tuple[Mapping[str, int], int]:
    made: defaultdict[str, int] = defaultdict(int)
    scrap = 0
    for row in quantities:
        if row.hour == hour:
            made[row.job_order_id] += row.good
            scrap += row.scrap
    return made, scrap


def _status(shown: Shown, part: Interval) -> str:
    if shown.calendar.worked(part.start, part.end) == 0:
        return "break"
    if part.end <= shown.now:
        return "past"
    return "current" if part.start <= shown.now else "future"


def _cause(shown: Shown, part: Interval) -> Json:
    """What the hour lost most time to: a reason's code, else the fault with its texts."""
    lost: defaultdict[tuple[str, str], int] = defaultdict(int)
    for one in clipped(shown.over, part.start, part.end):
        if one.time_class == TimeClass.ADET:
            lost[reason_of(one), fault_of(one)] += one.end - one.start
    if not lost:
        return {"cause": None, "cause_text": None}
    (reason, fault), _ = max(lost.items(), key=lambda item: item[1])
    if reason:  # its words are those of GET /reasons
        return {"cause": reason, "cause_text": None}
    texts = dict(shown.work_center.fault_texts.get(int(fault or 0), {}))
    return {"cause": fault or None, "cause_text": texts or None}
