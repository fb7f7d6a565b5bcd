"""A plant of a golden case becomes the book that figures are computed from."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from edge.domain.clock import parse_time
from edge.domain.figures import (
    EnergyHour,
    InspectionHour,
    JobKnown,
    Labour,
    MaintenanceInterval,
    MaterialHour,
    MaterialUse,
    Place,
    Records,
)
from edge.domain.intervals import Interval
from edge.domain.people import LabourInterval
from edge.domain.production import HourQuantity
from edge.domain.states import StateInterval, Stop
from edge.domain.stops import PlannedStop, StopBook
from edge.kpi.book import Book, Question
from edge.kpi.cells import Ledger
from edge.kpi.scopes import Level, Period
from edge.kpi.windows import around, to_read

Case = Mapping[str, Any]


def question_of(case: Case) -> Question:
    """What a case asks."""
    ask = case["ask"]
    return Question(
        level=Level(ask["level"]),
        by=Period(ask["by"]),
        asked=Interval(parse_time(ask["from"]), parse_time(ask["to"])),
        of=ask.get("of"),
    )


def book_of(case: Case) -> Book:
    """What a case knows."""
    zone, until = ZoneInfo(case.get("zone", "Europe/Berlin")), parse_time(case["until"])
    jobs = {id_: _job(job) for id_, job in case.get("jobs", {}).items()}
    question = question_of(case)
    asked = around(question, jobs, until)
    read = to_read(asked, until, question.by)
    ledgers = [
        _ledger(id_, unit, asked, read, until, zone, jobs) for id_, unit in case["units"].items()
    ]
    labour = (
        [_labour(at, row) for at, row in enumerate(case["labour"])] if "labour" in case else None
    )
    return Book(ledgers=ledgers, until=until, zone=zone, jobs=jobs, labour=Labour(intervals=labour))


def _job(job: Mapping[str, Any]) -> JobKnown:
    percent = job.get("planned_scrap_percent")
    return JobKnown(
        order=job["order"],
        operation=job["operation"],
        product=job["product"],
        first=job.get("first", True),
        last=job.get("last", True),
        started_at=_time(job.get("started_at")),
        ended_at=_time(job.get("ended_at")),
        planned_scrap_percent=None if percent is None else Fraction(percent),
    )


def _ledger(
    id_: str,
    unit: Mapping[str, Any],
    asked: Interval,
    read: Interval,
    until: int,
    zone: ZoneInfo,
    jobs: Mapping[str, JobKnown],
) -> Ledger:
    capacity = unit.get("capacity_per_hour")
    return Ledger(
        equipment_id=id_,
        asked=asked,
        until=until,
        intervals=_states(id_, unit["states"], until),
        pieces=[_made(id_, row) for row in unit.get("made", ())],
        zone=zone,
        read=read,
        place=Place(
            equipment_id=id_,
            line=unit.get("line", id_),
            area=unit.get("area", "s1"),
            site="s1",
            constraint=unit.get("constraint", False),
            capacity_per_hour=None if capacity is None else Fraction(capacity),
        ),
        stops=_stops(id_, unit),
        records=_records(id_, unit),
        jobs=jobs,
        first=_time(unit.get("first")),
    )


def _states(id_: str, rows: Sequence[Sequence[str]], until: int) -> list[StateInterval]:
    """Each row lasts until the next one, the last one until now; class "" is a gap."""
    starts = [parse_time(row[0]) for row in rows]
    ends = [end for _, end in pairwise([*starts, until])]
    return [
        StateInterval(
            equipment_id=id_,
            opened=at,
            start=start,
            end=end,
            state=6,
            mode=1,
            fault=None,
            time_class=row[1],
            job_order_id=row[2],
            shift=row[3],
            production_day=row[4],
        )
        for at, (row, start, end) in enumerate(zip(rows, starts, ends, strict=True), start=1)
        if row[1]
    ]


def _made(id_: str, row: Sequence[Any]) -> HourQuantity:
    hour, job, run_time, shift, day, good, scrap, *rework = row
    return HourQuantity(
        equipment_id=id_,
        hour=parse_time(hour),
        job_order_id=job,
        run_time_per_item=run_time,
        shift=shift,
        production_day=day,
        good=good,
        scrap=scrap,
        rework=rework[0] if rework else 0,
    )


def _stops(id_: str, unit: Mapping[str, Any]) -> StopBook:
    stops = [
        Stop(
            equipment_id=id_,
            id=at,
            start=parse_time(start),
            end=parse_time(end),
            fault=None,
            job_order_id="",
            reason="broken",
            note="",
            class_="breakdown",
        )
        for at, (start, end) in enumerate(unit.get("breakdowns", ()), start=1)
    ]
    planned = [
        PlannedStop(
            equipment_id=id_,
            id=100 + at,
            start=parse_time(start),
            end=parse_time(end),
            reason="meeting",
            note="",
            class_="planned",
        )
        for at, (start, end) in enumerate(unit.get("planned_stops", ()))
    ]
    return StopBook(stops=stops, planned=planned)


def _records(id_: str, unit: Mapping[str, Any]) -> Records:
    def key(row: Sequence[Any]) -> dict[str, Any]:
        names = ("job_order_id", "shift", "production_day")
        told = dict(zip(names, row[1:4], strict=True))
        return {"equipment_id": id_, "hour": parse_time(row[0]), **told}

    energy = [EnergyHour(**key(row), energy=row[4]) for row in unit.get("energy", ())]
    inspected = [
        InspectionHour(**key(row), inspected=row[4], first_pass_good=row[5])
        for row in unit.get("inspections", ())
    ]
    materials = [
        MaterialHour(
            **key(row),
            material=row[4],
            unit=row[5],
            consumed=Fraction(row[6]),
            production_loss=Fraction(row[7]),
            storage_loss=Fraction(row[8]) if row[8:] else None,
            other_loss=Fraction(row[9]) if row[9:] else None,
        )
        for row in unit.get("materials", ())
    ]
    uses = [
        MaterialUse(
            equipment_id=id_,
            hour=parse_time(hour),
            job_order_id=job,
            material=material,
            unit=of,
            kind=kind,
            amount=Fraction(amount),
        )
        for hour, job, material, of, kind, amount in unit.get("uses", ())
    ]
    maintenance = [
        MaintenanceInterval(
            equipment_id=id_, id=at, kind=kind, start=parse_time(start), end=parse_time(end)
        )
        for at, (kind, start, end) in enumerate(unit.get("maintenance", ()))
    ]
    return Records(
        energy=energy if "energy" in unit else None,
        inspections=inspected if "inspections" in unit else None,
        materials=materials if "materials" in unit else None,
        maintenance=maintenance if "maintenance" in unit else None,
        uses=uses,
    )


def _labour(at: int, row: Sequence[str]) -> LabourInterval:
    person, kind, equipment, start, end = row
    return LabourInterval(
        person=person,
        opened=at + 1,
        kind=kind,
        start=parse_time(start),
        end=parse_time(end),
        equipment_id=equipment,
        crew="",
        split="equal",
    )


def _time(text: str | None) -> int | None:
    return None if text is None else parse_time(text)
