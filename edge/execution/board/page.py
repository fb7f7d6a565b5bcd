"""The hour-by-hour board of a work center: plan, actual, difference, cause."""

from collections.abc import Sequence
from typing import Any

from edge.domain.calendars import Shift
from edge.domain.equipment import Observation
from edge.domain.hours import hour_label
from edge.domain.orders import JobOrder
from edge.domain.states import StateInterval
from edge.domain.vocabulary import MachineState
from edge.execution.board.hours import NOT_SAID, Said, required_view
from edge.execution.board.instructions import chosen, now_and_next
from edge.execution.board.jobs import (
    beside,
    job_view,
    loaded,
    not_shown,
    open_questions,
    question_view,
    waiting_view,
)
from edge.execution.board.rows import Shown, hour_rows, read_shift
from edge.execution.figures.reports import shift_for, shift_report
from edge.execution.floor import Floor, WorkCenter
from edge.execution.stops.views import changeover_views, stop_views

Json = dict[str, Any]
NEXT_JOBS = 5
HEADLINE = ("availability", "effectiveness", "quality_ratio", "oee")


def board(
    floor: Floor,
    id_: str,
    next_jobs: Sequence[JobOrder],
    at: int | None = None,
    said: Said = NOT_SAID,
) -> Json:
    """The board of the shift that is on, or of the one at `at` (µs); contract section 4.

    `said` knows what people said of hours and calls.
    """
    work_center, now = floor.work_center(id_), floor.clock.now()
    shift = shift_for(work_center, now if at is None else at)
    job = floor.register.running_job(id_)
    intervals = floor.reader.state_intervals(id_, now, now + 1)
    common: Json = {
        "work_center": id_,
        "name": work_center.name,
        "plant_now": now,
        "label": hour_label(now, work_center.calendar.zone, date=True),
        "state": _state(work_center, intervals, floor.equipment.observation(id_)),
        "job": waiting_view(floor, job) if job else None,
        "jobs": [job_view(floor, one) for one in floor.register.mains(id_)],
        "loaded": loaded(floor, id_),
        "not_shown": not_shown(floor, id_),
        "beside": beside(floor, job) if job else [],
        "next": [waiting_view(floor, waiting) for waiting in next_jobs[:NEXT_JOBS]],
        "counting": "manual" if work_center.manual else "device",
        "questions": [question_view(one) for one in open_questions(floor, id_)],
        "quarantines": len(floor.reader.held_readings(id_, open_=True)),
    }
    common["andon"] = said.calls(id_)
    common["instructions"], common["next_instructions"] = now_and_next(floor, id_, now)
    common["instruction"] = chosen(floor, id_, common["instructions"])
    if shift is None:
        empty: Json = {"shift": None, "hours": [], "kpis": None}
        empty |= {"required": None, "asks": [], "changeovers": []}
        return common | empty | {"open_stop": None, "stops": [], "plan_version": None}
    return common | _of_shift(floor, read_shift(floor, work_center, now, shift, said))


def _of_shift(floor: Floor, shown: Shown) -> Json:
    plan = floor.reader.plan()
    stops = [one for one in stop_views(shown.book, shown.over) if _in_shift(one, shown.shift)]
    still_open = [stop for stop in stops if stop["to"] is None]
    hours = hour_rows(shown)
    return {
        "shift": {
            "name": shown.shift.name,
            "start": shown.shift.start,
            "end": shown.shift.end,
            "production_day": shown.shift.production_day.isoformat(),
        },
        "hours": [figures.row for figures in hours],
        "changeovers": changeover_views(shown.book, shown.over),
        "required": required_view(hours, shown.shift.end, shown.now),
        "asks": [figures.row["hour"] for figures in hours if figures.row["asks_cause"]],
        "kpis": _kpis(floor, shown),
        "open_stop": still_open[-1] if still_open else None,
        "stops": stops,
        "plan_version": plan.version if plan else None,
    }


def _in_shift(stop: Json, shift: Shift) -> bool:
    return bool(stop["from"] < shift.end and (stop["to"] is None or stop["to"] > shift.start))


def _state(
    work_center: WorkCenter, intervals: Sequence[StateInterval], seen: Observation | None
) -> Json:
    current = intervals[-1] if intervals else None
    state = current.state if current else None
    fault = (current.fault if current else None) or None
    return {
        "state": state,
        "name": MachineState(state).name if state in set(MachineState) else None,
        "mode": current.mode if current else None,
        "fault": fault,
        "fault_text": dict(work_center.fault_texts.get(fault, {})) if fault else None,
        "time_class": current.time_class if current else "UNKNOWN",
        "since": current.start if current else None,
        "quality": _quality(work_center, seen),
    }


def _quality(work_center: WorkCenter, seen: Observation | None) -> str:
    """What the state rests on: a signal, the word of people, or nothing now."""
    if work_center.device is None:
        return "by_hand"
    return "good" if seen else "unknown"


def _kpis(floor: Floor, shown: Shown) -> Json | None:
    """The shift's headline figures so far."""
    report = shift_report(floor.live, shown.work_center, shown.shift, shown.now)
    if report is None:
        return None
    kpis: Json = report["kpis"]  # type: ignore[assignment]
    return {name: kpis[name] for name in HEADLINE} | {"coverage": report["coverage"]}
