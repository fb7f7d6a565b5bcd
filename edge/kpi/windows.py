"""KPI reports at any level and by any period: for the edge and the sync alike; pure.

Pieces are known by clock hour and shift, so a window is made of whole ones: what is asked
for is widened to the hours, shifts, production days or weeks that it touches. A figure never
sets the pieces of one stretch of time beside the time of another. Nothing is said of what is
not known yet: windows end at `until`.

Work centers add up, also over a line that works in parallel, an area and the site. A serial
line does not: its figures are its constraint's, but for what the line as a whole uses (energy,
people, material, maintenance).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from edge.domain.figures import JobKnown, Place
from edge.domain.hours import DAY, HOUR, hour_label, hour_start, next_hour
from edge.domain.intervals import Interval
from edge.kpi.attendance import NOWHERE, person_shares
from edge.kpi.book import Book, Group, Question
from edge.kpi.cells import Cell, Entry, Ledger, entries, labour_entries, local_day
from edge.kpi.elements import Elements
from edge.kpi.report import Window, kpi_report
from edge.kpi.scopes import EQUIPMENT, Level, Period
from edge.kpi.sources import OF_WHOLE_LINE
from edge.kpi.sums import elements_of, life_of

LONGEST = 40 * DAY  # that is asked for at once, but for the life of an order
LONGEST_ORDER = 400 * DAY
# How far the records before and behind what is asked reach into its windows.
MARGINS: Mapping[Period, tuple[int, int]] = {
    Period.HOUR: (HOUR, HOUR),
    Period.SPAN: (HOUR, HOUR),
    Period.SHIFT: (DAY + HOUR, DAY),
    Period.DAY: (DAY + HOUR, 2 * DAY + HOUR),
    Period.WEEK: (7 * DAY + HOUR, 8 * DAY + 2 * HOUR),
    Period.ORDER: (HOUR, HOUR),
}


def to_read(asked: Interval, until: int, by: Period = Period.SHIFT) -> Interval:
    """What a ledger must hold for windows of a period that touch `asked`."""
    before, behind = MARGINS[by]
    return Interval(asked.start - before, max(min(asked.end + behind, until), asked.start + 1))


def reports(book: Book, question: Question) -> list[dict[str, object]]:
    """One report for each window and thing; raises KpiInputInvalid and KpiRefused."""
    kpis = question.kpis
    return [
        kpi_report(group.of, window, of, level=question.level, kpis=kpis, missing=group.missing)
        for group, window, of in figures(book, question)
    ]


def figures(
    book: Book, question: Question, *, evidence: bool = False
) -> Iterator[tuple[Group, Window, Elements]]:
    """Elements of each window and thing in order of time; with `evidence` their entries too."""
    found = _groups(book, question, evidence=evidence)
    for group in sorted(found.values(), key=lambda one: (one.span().start, one.of)):
        window = _window(book, question, group)
        if window is not None:
            yield group, window, elements_of(book, question, group)


def _groups(book: Book, question: Question, *, evidence: bool) -> dict[tuple[str, str], Group]:
    window_of, found = _windows(book, question), dict[tuple[str, str], Group]()
    shared = _shared(book)
    for ledger in book.ledgers:
        names = _names(book, question, ledger)
        object_of = _objects(question, ledger)
        for entry in _all(ledger, shared):
            if names is not None and names.isdisjoint(entry.names):
                continue
            key = window_of(entry.cell)
            of = object_of(entry.cell) if key is not None else None
            if key is None or of is None or question.of not in {None, of}:
                continue
            group = found.get((of, key))
            if group is None:
                group = found[of, key] = Group(of, key, entries=[] if evidence else None)
            group.take(ledger.equipment_id, entry, names)
    return found


def _shared(book: Book) -> dict[str, list[Entry]] | None:
    """Entries of people's time by work center; those of no work center are the first one's."""
    if book.labour.intervals is None or not book.ledgers:
        return None
    ids = book.known
    found: dict[str, list[Entry]] = {}
    reads = [ledger.read for ledger in book.ledgers]
    window = Interval(min(one.start for one in reads), max(one.end for one in reads))
    running = {id_: ledger.running for id_, ledger in ids.items()}
    for share in person_shares(book.labour.intervals, window, running):
        ledger = ids.get(share.equipment_id)
        if ledger is None and share.equipment_id == NOWHERE:
            ledger = book.ledgers[0]
        if ledger is not None:
            found.setdefault(ledger.equipment_id, []).extend(labour_entries(ledger, [share]))
    return found


def _all(ledger: Ledger, shared: Mapping[str, Sequence[Entry]] | None) -> Iterator[Entry]:
    yield from entries(ledger)
    yield from (shared or {}).get(ledger.equipment_id, ())


def _names(book: Book, question: Question, ledger: Ledger) -> frozenset[str] | None:
    """Which elements of a work center count: of a serial line's others only what the line uses."""
    if question.level != Level.LINE or ledger.place.constraint:
        return None
    line = ledger.place.line
    serial = any(one.place.constraint and one.place.line == line for one in book.ledgers)
    return OF_WHOLE_LINE if serial or line in book.serial else None


def _objects(question: Question, ledger: Ledger) -> Callable[[Cell], str | None]:
    place, jobs = ledger.place, ledger.jobs
    fixed = {
        Level.UNIT: ledger.equipment_id,
        Level.LINE: place.line,
        Level.AREA: place.area,
        Level.SITE: place.site,
    }
    if question.level in EQUIPMENT:
        name = fixed[question.level]
        return lambda _: name
    whole = question.of is None or question.of not in jobs
    touching = orders_touching(jobs.values(), question.asked, ledger.until)

    def of_order(cell: Cell) -> str | None:
        job = jobs.get(cell.job)
        if job is None or (question.of is None and job.order not in touching):
            return None
        return job.order if whole else cell.job

    def of_product(cell: Cell) -> str | None:
        job = jobs.get(cell.job)
        return job.product if job else None

    return of_order if question.level == Level.ORDER else of_product


def _windows(book: Book, question: Question) -> Callable[[Cell], str | None]:
    """The key of the window that a cell lies in; None for none that is asked for."""
    asked, zone = question.asked, book.zone
    whole = whole_hours(asked, book.until, zone)
    days = _days(asked, zone)
    weeks = {week_of(day) for day in days}
    by: Mapping[Period, Callable[[Cell], str | None]] = {
        Period.HOUR: lambda cell: str(cell.hour) if _in(cell.hour, whole) else None,
        Period.SPAN: lambda cell: "" if _in(cell.hour, whole) else None,
        Period.SHIFT: lambda cell: f"{cell.day} {cell.shift}" if cell.shift else None,
        Period.DAY: lambda cell: cell.day if cell.day in days else None,
        Period.WEEK: lambda cell: week if (week := week_of(cell.day)) in weeks else None,
        Period.ORDER: lambda _: "",
    }
    return by[question.by]


def _window(book: Book, question: Question, group: Group) -> Window | None:
    """The window of a group with its label; None for a shift that was not asked for."""
    span, asked = group.span(), question.asked
    if question.by == Period.SHIFT and not span.overlaps(asked):
        return None
    label = group.key or group.of
    if question.by == Period.HOUR:
        label = _label(int(group.key), book.zone)
    if question.by == Period.ORDER:
        span = life_of(book, group.of) or span
    return Window(start=span.start, end=span.end, label=label)


@lru_cache(maxsize=2048)
def _label(hour: int, zone: ZoneInfo) -> str:
    """An hour's label; all work centers of a plant have the same hours."""
    return hour_label(hour, zone, date=True)


def around(question: Question, jobs: Mapping[str, JobKnown], until: int) -> Interval:
    """What has to be read for a question: of orders their whole lives."""
    if question.level != Level.ORDER:
        return question.asked
    of = question.of
    mine = [one for id_, one in jobs.items() if of is None or of in {id_, one.order}]
    when = question.asked if of is None else Interval(0, until + 1)
    lives = orders_touching(mine, when, until).values()
    start = min((life.start for life in lives), default=question.asked.start)
    end = max((life.end for life in lives), default=question.asked.end)
    return Interval(max(start, end - LONGEST_ORDER), max(end, start + 1))


def concerns(question: Question, place: Place) -> bool:
    """Whether a work center has a part in what a question is of."""
    mine = {
        Level.UNIT: place.equipment_id,
        Level.LINE: place.line,
        Level.AREA: place.area,
        Level.SITE: place.site,
    }
    return question.of is None or mine.get(question.level, question.of) == question.of


def whole_hours(asked: Interval, until: int, zone: ZoneInfo) -> Interval:
    """The clock hours that `asked` touches, up to `until`."""
    start = hour_start(asked.start, zone)
    return Interval(start, max(min(next_hour(asked.end - 1, zone), until), start + 1))


def week_of(day: str) -> str:
    """The ISO week of a production day, `2026-W24`."""
    year, week, _ = date.fromisoformat(day).isocalendar()
    return f"{year}-W{week:02d}"


def _days(asked: Interval, zone: ZoneInfo) -> frozenset[str]:
    """The local dates of what is asked."""
    day, last = (date.fromisoformat(local_day(at, zone)) for at in (asked.start, asked.end - 1))
    found = set()
    while day <= last:
        found.add(day.isoformat())
        day += timedelta(days=1)
    return frozenset(found)


def _in(hour: int, whole: Interval) -> bool:
    return whole.start <= hour < whole.end


def orders_touching(jobs: Iterable[JobKnown], asked: Interval, until: int) -> dict[str, Interval]:
    """The orders that were being made in `asked`, each with its life so far."""
    lives: dict[str, Interval] = {}
    for job in jobs:
        if job.started_at is None:
            continue
        end = until if job.ended_at is None else job.ended_at
        life = Interval(job.started_at, max(end, job.started_at + 1))
        known = lives.get(job.order, life)
        lives[job.order] = Interval(min(known.start, life.start), max(known.end, life.end))
    return {order: life for order, life in lives.items() if life.overlaps(asked)}
