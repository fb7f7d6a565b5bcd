"""The hour-by-hour board of a work center: plan, actual, difference, cause."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from edge.domain.calendars import CompiledCalendar, Shift
from edge.domain.equipment import Observation
from edge.domain.hours import HOUR, cut_at_hours, hour_label, hour_start
from edge.domain.intervals import Interval, union
from edge.domain.jobs import CHOICES, About, Question
from edge.domain.orders import HourInstruction, JobOrder, job_order_id
from edge.domain.production import HourQuantity, StateInterval
from edge.domain.stops import StopBook, Stretch
from edge.domain.vocabulary import OPEN_JOB_STATES, JobState, MachineState, TimeClass
from edge.execution.figures import compiled, shift_for, shift_report
from edge.execution.floor import Floor, WorkCenter
from edge.execution.hours import NOT_SAID, HourFigures, Said, asked_view, gaps_view, required_view
from edge.execution.stops.views import changeover_views, stop_views, stretches
from edge.kpi.pareto import clipped, fault_of, reason_of

Json = dict[str, Any]
NEXT_JOBS = 5
HEADLINE = ("availability", "effectiveness", "quality_ratio", "oee")


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
        "loaded": _loaded(floor, id_),
        "beside": _beside(floor, job) if job else [],
        "next": [waiting_view(floor, waiting) for waiting in next_jobs[:NEXT_JOBS]],
        "counting": "manual" if work_center.manual else "device",
        "questions": [question_view(one) for one in _asked(floor, id_)],
        "quarantines": len(floor.reader.held_readings(id_, open_=True)),
    }
    common["andon"] = said.calls(id_)
    if shift is None:
        empty: Json = {"shift": None, "instruction": None, "hours": [], "kpis": None}
        empty |= {"required": None, "asks": [], "changeovers": []}
        return common | empty | {"open_stop": None, "stops": [], "plan_version": None}
    return common | _of_shift(floor, _shown(floor, work_center, now, shift, said))


def _shown(floor: Floor, work_center: WorkCenter, now: int, shift: Shift, said: Said) -> Shown:
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


def _of_shift(floor: Floor, shown: Shown) -> Json:
    plan = floor.reader.plan()
    stops = [one for one in stop_views(shown.book, shown.over) if _in_shift(one, shown.shift)]
    still_open = [stop for stop in stops if stop["to"] is None]
    hours = _hours(shown)
    return {
        "shift": {
            "name": shown.shift.name,
            "start": shown.shift.start,
            "end": shown.shift.end,
            "production_day": shown.shift.production_day.isoformat(),
        },
        "instruction": _instruction(floor, shown),
        "hours": [figures.row for figures in hours],
        "changeovers": changeover_views(shown.book, shown.over),
        "required": required_view(hours, shown.shift.end, shown.now),
        "asks": [figures.row["hour"] for figures in hours if figures.row["asks_cause"]],
        "kpis": _kpis(floor, shown),
        "open_stop": still_open[-1] if still_open else None,
        "stops": stops,
        "plan_version": plan.version if plan else None,
    }


def job_view(floor: Floor, job: JobOrder) -> Json:
    """A job order as the API shows it."""
    return {
        "id": job.id,
        "order": job.order,
        "operation": job.operation,
        "number": job.number,
        "product": job.product,
        "revision": job.revision,
        "bom_revision": job.needs.bom_revision or job.revision,
        "routing_revision": job.needs.routing_revision or job.revision,
        "wanted_revision": job.wanted_revision or None,
        "description": job.description,
        "work_center": job.work_center,
        "quantity": job.quantity,
        "limit": floor.register.limit(job),
        "passed_on": job.passed_on,
        "waits_for_input": floor.register.waits_for_input(job),
        "good": job.good,
        "scrap": job.scrap,
        "rework": job.rework,
        "left": job.left,
        "over": job.over,
        "setup": _setup(floor, job),
        "tool": job.tool.id if job.tool else None,
        "state": str(job.state),
        "version": job.version,
        "phase": job.phase,
        "due": job.due,
        "customer": job.customer,
        "started_at": job.started_at,
        "ended_at": job.ended_at,
    }


def _setup(floor: Floor, job: JobOrder) -> Json:
    """Pieces that a job made in set-up, and how many of them were approved."""
    rows = floor.register.book.setup_hours(job.id) if job.started_at is not None else ()
    pieces, approved = sum(row.pieces for row in rows), sum(row.approved for row in rows)
    return {"pieces": pieces, "approved": approved}


def _loaded(floor: Floor, id_: str) -> Json | None:
    """The order number that a machine shows, whose it is, and why that job is not on."""
    seen = floor.equipment.observation(id_)
    if seen is None or not seen.order:
        return None
    named = floor.register.named(id_, seen.order)
    return {
        "number": seen.order,
        "job_order_id": named.id if named else None,
        "problem": _not_on(floor, named),
    }


def _not_on(floor: Floor, named: JobOrder | None) -> str | None:
    """Why a job that the machine shows is not on: a code, or None if it is."""
    if named is None:
        return "unknown"
    if named.state in OPEN_JOB_STATES:
        return None
    if named.state == JobState.ALLOWED_TO_START:
        return None if floor.gates.allows(named) else "blocked"
    return str(named.state)


def question_view(one: Question) -> Json:
    """A question to a supervisor as the API shows it."""
    choices = [str(choice) for choice in CHOICES[About(one.about)]]
    return vars(one) | {"choices": choices if one.answered is None else []}


def _asked(floor: Floor, work_center: str) -> list[Question]:
    """Open questions about job orders of a work center."""
    jobs = floor.register.jobs
    return [
        one
        for one in floor.register.questions
        if one.answered is None and jobs[one.job_order_id].work_center == work_center
    ]


def waiting_view(floor: Floor, job: JobOrder) -> Json:
    """A job order that is to start, with what speaks against it."""
    return job_view(floor, job) | {"blocks": [vars(one) for one in floor.gates.blocks(job)]}


def _beside(floor: Floor, job: JobOrder) -> list[Json]:
    """What the strokes of a job make beside it, and the job orders that it counts for now."""
    found: list[Json] = []
    for made in job.tool.also if job.tool else ():
        other = floor.register.wanted(job, made.product)
        view = job_view(floor, other) if other else None
        found.append({"side": made.side, "product": made.product, "job": view})
    return found


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


def _instruction(floor: Floor, shown: Shown) -> Json | None:
    """What is to be made in this hour: the order that is on, else the first one."""
    hour = hour_start(shown.now, shown.work_center.calendar.zone)
    given = [one for one in shown.instructions if one.hour == hour and one.quantity]
    if not given:
        return None
    on = floor.register.running_job(shown.work_center.id)
    one = next(
        (one for one in given if on and on.id == job_order_id(one.order, one.operation)), given[0]
    )
    job = floor.register.jobs.get(job_order_id(one.order, one.operation))
    seen = floor.reader.acknowledged_instructions(shown.work_center.id, hour, hour + 1)
    return {
        "plan": one.plan,
        "hour": hour,
        "label": one.label,
        "order": one.order,
        "operation": one.operation,
        "product": job.product if job else "",
        "quantity": one.quantity,
        "acknowledged": (one.plan, hour) in set(seen),
    }


def hour_figures(floor: Floor, id_: str, hour: int, said: Said) -> tuple[Shift, HourFigures] | None:
    """An hour as the board shows it now, with its shift; None where no shift has it."""
    work_center, now = floor.work_center(id_), floor.clock.now()
    zone = work_center.calendar.zone
    start = hour_start(hour, zone)
    for shift in compiled(work_center, start, start + HOUR).shifts:
        if hour_start(shift.start, zone) <= start < shift.end:
            for one in _hours(_shown(floor, work_center, now, shift, said)):
                if one.hour == start:
                    return shift, one
    return None


def _hours(shown: Shown) -> list[HourFigures]:
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
            planned[job_order_id(one.order, one.operation)] += one.quantity
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
    """What the hour lost most time to: a reason's code, else the fault, with its texts."""
    lost: defaultdict[tuple[str, str], int] = defaultdict(int)
    for one in clipped(shown.over, part.start, part.end):
        if one.time_class == TimeClass.ADET:
            lost[reason_of(one), fault_of(one)] += one.end - one.start
    if not lost:
        return {"cause": None, "cause_text": None}
    (reason, fault), _ = max(lost.items(), key=lambda item: item[1])
    texts = dict(shown.work_center.fault_texts.get(int(fault or 0), {}))
    return {"cause": reason or fault or None, "cause_text": texts or None}


def _kpis(floor: Floor, shown: Shown) -> Json | None:
    """The shift's headline figures so far."""
    report = shift_report(floor.live, shown.work_center, shown.shift, shown.now)
    if report is None:
        return None
    kpis: Json = report["kpis"]  # type: ignore[assignment]
    return {name: kpis[name] for name in HEADLINE} | {"coverage": report["coverage"]}
