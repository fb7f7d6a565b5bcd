"""KPIs at any level and by any period, from the projections of this edge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from edge.domain.calendars import CalendarEnds, CompiledCalendar, Shift, compile_calendar
from edge.domain.figures import (
    FiguresReader,
    JobKnown,
    Place,
    PlannedScrap,
    jobs_known,
)
from edge.domain.hours import DAY, hour_start
from edge.domain.intervals import Interval
from edge.domain.sentences import say
from edge.execution.errors import UnknownObject
from edge.execution.figures.live import LiveShifts
from edge.execution.floor import Floor, WorkCenter
from edge.kpi import windows
from edge.kpi.book import Book, Question
from edge.kpi.cells import Ledger
from edge.kpi.elements import elements
from edge.kpi.projections import quantities_of, spans_of
from edge.kpi.report import Window, kpi_report
from edge.kpi.scopes import Level

Report = dict[str, object]


@dataclass
class Figures:
    """The KPIs of one edge: reads what a question needs, and has it computed."""

    floor: Floor
    more: FiguresReader

    def reports(self, question: Question) -> list[Report]:
        """One report for each window; nothing is said of the future.

        Raises UnknownObject for what is not on this edge, KpiRefused and KpiInputInvalid.
        """
        book = self.book(question)
        return [] if book is None else windows.reports(book, question)

    def book(self, question: Question) -> Book | None:
        """All that is read for a question; None if it is of the future alone."""
        now = self.floor.clock.now()
        jobs = self.jobs()
        centers = self._centers(question, jobs)
        if question.asked.start >= now:
            return None
        asked = windows.around(question, jobs, now)
        read = windows.to_read(asked, now, question.by)
        return Book(
            ledgers=[self._ledger(one, asked, read, now, jobs) for one in centers],
            until=now,
            zone=self.floor.zone,
            jobs=jobs,
            labour=self.more.labour(read.start, read.end),
        )

    def jobs(self) -> dict[str, JobKnown]:
        """Job orders with their place in their order's routing."""
        register, data = self.floor.register, self.floor.register.data
        operations: dict[str, tuple[int, int]] = {}
        for order, request in data.requests.items():
            if definition := data.definition_of(request):
                steps = [one.seq for one in definition.operations]
                operations[order] = (min(steps), max(steps))
        return jobs_known(register.reader.jobs(), operations, self._planned_scrap())

    def _planned_scrap(self) -> PlannedScrap:
        return {
            (definition.product, definition.revision, one.seq): one.planned_scrap_percent
            for definition in self.floor.register.data.definitions.values()
            for one in definition.operations
            if one.planned_scrap_percent is not None
        }

    def _centers(self, question: Question, jobs: Mapping[str, JobKnown]) -> Sequence[WorkCenter]:
        """The work centers that a question concerns; raises UnknownObject."""
        every = list(self.floor.work_centers.values())
        if (of := question.of) is None:
            return every
        if question.level == Level.UNIT:
            return [self.floor.work_center(of)]
        if question.level == Level.LINE:
            return self.floor.line(of)
        known: Mapping[Level, set[str]] = {
            Level.AREA: {place_of(self.floor, one).area for one in every},
            Level.SITE: {self.floor.site},
            Level.ORDER: {*jobs, *(one.order for one in jobs.values())},
            Level.PRODUCT: {one.product for one in jobs.values()},
        }
        if of not in known[question.level]:
            there = ", ".join(sorted(filter(None, known[question.level]))[:20])
            raise UnknownObject(
                say(
                    "kpi.place",
                    "no {level} {id!r} on this edge; there are: {known}",
                    "choose one of these",
                    level=str(question.level),
                    id=of,
                    known=there,
                )
            )
        return [one for one in every if windows.concerns(question, place_of(self.floor, one))]

    def _ledger(
        self,
        work_center: WorkCenter,
        asked: Interval,
        read: Interval,
        now: int,
        jobs: Mapping[str, JobKnown],
    ) -> Ledger:
        reader, id_ = self.floor.reader, work_center.id
        # Pieces of the hour in which the reading begins belong to it.
        since = hour_start(read.start, work_center.calendar.zone)
        return Ledger(
            equipment_id=id_,
            asked=asked,
            until=now,
            intervals=reader.state_intervals(id_, read.start, read.end),
            pieces=reader.hour_quantities(id_, since, read.end),
            zone=work_center.calendar.zone,
            read=read,
            place=place_of(self.floor, work_center),
            stops=reader.stop_book(id_, read.start, read.end),
            records=self.more.records(id_, read.start, read.end),
            jobs=jobs,
            first=self.more.first_state(id_),
        )


def place_of(floor: Floor, work_center: WorkCenter) -> Place:
    """Where a work center stands; its area is the site where none is said."""
    return Place(
        equipment_id=work_center.id,
        line=work_center.line,
        area=work_center.area or floor.site,
        site=floor.site,
        constraint=work_center.constraint,
        capacity_per_hour=work_center.capacity_per_hour,
    )


def shift_report(
    live: LiveShifts, work_center: WorkCenter, shift: Shift, now: int
) -> Report | None:
    """KPI report of a shift of the calendar so far; None before it begins."""
    end = min(shift.end, now)
    if shift.start >= end:
        return None
    day = shift.production_day.isoformat()
    zone = work_center.calendar.zone
    # A shift may begin inside an hour that began before.
    rows = live.rows(work_center.id, hour_start(shift.start, zone), shift.end)
    mine = [row for row in rows.pieces if (row.production_day, row.shift) == (day, shift.name)]
    spans = spans_of(rows.intervals, now, rows.stops)
    of = elements(spans, quantities_of(mine), shift.start, end)
    window = Window(start=shift.start, end=end, label=f"{day} {shift.name}")
    return kpi_report(work_center.id, window, of)


def compiled(work_center: WorkCenter, start: int, end: int) -> CompiledCalendar:
    """The work center's calendar in UTC with a day to spare on both sides."""
    return compile_calendar(work_center.calendar, start - DAY, end + DAY)


def shift_for(work_center: WorkCenter, now: int) -> Shift | None:
    """The shift that is on; else the next one within a week, else the last of a week."""
    calendar = compile_calendar(work_center.calendar, now - 8 * DAY, now + 8 * DAY)
    try:
        if current := calendar.shift_at(now):
            return current
    except CalendarEnds:
        return None
    coming = [shift for shift in calendar.shifts if shift.start > now]
    return coming[0] if coming else (calendar.shifts[-1] if calendar.shifts else None)
