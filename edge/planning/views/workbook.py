"""A plan as a workbook: orders, hours, a sheet a work center, capacity, reasons, and the board.

Times are real dates of the site's clock; texts are texts, whatever they begin with. The same
plan gives the same bytes.
"""

import io
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import xlsxwriter

from edge.domain.clock import parse_time
from edge.planning.views.chart import Chart
from edge.planning.views.escaping import safe
from edge.planning.views.words import Words

Json = Mapping[str, Any]
Cell = str | int | float | bool | date | datetime | None
Rows = Iterable[Sequence[Cell]]
HOUR_S = 3600
LONGEST_NAME = 31
LONGEST_TEXT = 32_000
NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
WIDE = {"why": 70, "figures": 60, "cause": 30, "customer": 24, "product": 20, "order": 16}


@dataclass(frozen=True, kw_only=True)
class Floor:
    """What an edge tells of what was made: rows of `GET .../board` by work center, job orders."""

    boards: Mapping[str, Sequence[Json]] = field(default_factory=dict)
    jobs: Sequence[Json] = ()


def workbook_of(chart: Chart, schedule: Json, words: Words, floor: Floor | None = None) -> bytes:
    """The workbook of a schedule and its chart; with `floor` the actuals beside the plan."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"created": datetime.fromisoformat("2000-01-01")})
        writer = _Book(book, chart, words)
        writer.orders()
        writer.reasons()
        writer.capacity()
        if floor is not None:
            writer.jobs(floor.jobs)
            writer.board(floor.boards)
        writer.hours(schedule["hours"])
        writer.matrices(schedule["hours"])
    return file.getvalue()


class _Book:
    """Writes one sheet after the other."""

    def __init__(self, book: Any, chart: Chart, words: Words) -> None:
        self._book, self._chart, self._words = book, chart, words
        self._names: set[str] = set()
        self._head = book.add_format(
            {"bold": True, "bg_color": "#D9E2EC", "bottom": 1, "text_wrap": True, "valign": "top"}
        )
        self._bold = book.add_format({"bold": True, "num_format": "#,##0", "top": 1})
        self._wrap = book.add_format({"text_wrap": True, "valign": "top"})
        self._bad = book.add_format({"font_color": "#C8102E", "bold": True, "num_format": "0.0"})
        self._formats = {
            "time": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
            "whole": book.add_format({"num_format": "#,##0"}),
            "hatched": book.add_format(
                {"num_format": "#,##0", "pattern": 14, "fg_color": "#9AA5B1", "bg_color": "#FFFFFF"}
            ),
            "decimal": book.add_format({"num_format": "0.0"}),
            "share": book.add_format({"num_format": "0 %"}),
        }

    def orders(self) -> None:
        said = self._chart.orders.values()
        late = {one.id for one in self._chart.late}
        rows = (
            (
                one.id,
                one.product,
                one.family,
                one.quantity or None,
                self._local(one.due),
                self._local(one.completion),
                one.late_s / HOUR_S if one.id in late else None,
                one.late_quantity or None,
                "\n".join(self._words.whys(one.reasons, one.why)),
            )
            for one in sorted(said, key=lambda one: (one.due or 0, one.id))
        )
        heads = (
            "order", "product", "family", "quantity", "due", "done", "late_by", "late_pieces",
            "why",
        )  # fmt: skip
        self._table("orders", heads, rows, bad="late_by")

    def reasons(self) -> None:
        rows = (
            (
                one.id,
                at,
                str(reason.get("type", "")),
                self._words.reason(reason),
                self._moment(reason.get("relaxed")),
                ", ".join(
                    f"{name} {value}"
                    for name, value in reason.items()
                    if name not in ("type", "relaxed")
                ),
            )
            for one in self._chart.late
            for at, reason in enumerate(one.reasons, start=1)
        )
        without = (
            (one.id, None, "", self._words(one.why), None, "")
            for one in self._chart.late
            if one.why
        )
        self._table(
            "reasons", ("order", "rank", "type", "why", "without", "figures"), [*rows, *without]
        )

    def capacity(self) -> None:
        rows = (
            (
                one["work_center"],
                one["required_s"] / HOUR_S,
                one["available_s"] / HOUR_S,
                Share(one["required_s"] / one["available_s"]) if one["available_s"] else None,
                one["short_s"] / HOUR_S if one["short_s"] else None,
            )
            for one in self._chart.capacity
        )
        heads = ("work_center", "needed", "available", "load", "short")
        self._table("capacity", heads, rows, bad="short")

    def jobs(self, jobs: Sequence[Json]) -> None:
        """Job orders as they stand, beside when they are planned."""
        rows = (
            (
                one["order"],
                one["operation"],
                one["product"],
                one["work_center"],
                one["state"],
                one["quantity"],
                one["good"],
                one["scrap"],
                one["left"],
                self._local(one["planned_start"]),
                self._local(one["planned_end"]),
                self._local(one["started_at"]),
                self._local(one["ended_at"]),
            )
            for one in jobs
        )
        heads = (
            "order", "operation", "product", "work_center", "state", "quantity", "good", "scrap",
            "left", "start", "end", "started", "ended",
        )  # fmt: skip
        self._table("jobs", heads, rows)

    def board(self, boards: Mapping[str, Sequence[Json]]) -> None:
        """The hour-by-hour boards: what was made beside what was planned."""
        rows = (
            (
                center,
                self._local(row["hour"]),
                row["label"],
                row["plan"],
                row["expected"],
                row["actual"],
                row["scrap"],
                row["difference"],
                row["cumulative"],
                row["cause"] or "",
                row["signature"]["by"] if row["signature"] else "",
            )
            for center, hours in boards.items()
            for row in hours
        )
        heads = (
            "work_center", "hour", "label", "planned", "expected", "actual", "scrap", "difference",
            "cumulative", "cause", "signed",
        )  # fmt: skip
        self._table("board", heads, rows)

    def hours(self, hours: Sequence[Json]) -> None:
        rows = (
            (
                row["work_center"],
                self._moment(row["hour"]),
                row["label"],
                row["order"],
                row["seq"],
                self._product(row["order"]),
                row["quantity"],
                row["setup_s"] or None,
                self._words("frozen") if row.get("frozen") else "",
                self._words("unchecked") if row.get("unchecked") else "",
            )
            for row in sorted(hours, key=lambda row: (row["work_center"], parse_time(row["hour"])))
        )
        heads = (
            "work_center", "hour", "label", "order", "operation", "product", "begun", "setup_s",
            "frozen", "unchecked",
        )  # fmt: skip
        self._table("hours", heads, rows)

    def matrices(self, hours: Sequence[Json]) -> None:
        """A sheet a work center: a row a day, a column an hour of the clock, pieces in between."""
        centers: dict[str, list[Json]] = defaultdict(list)
        for row in hours:
            centers[row["work_center"]].append(row)
        for center, rows in sorted(centers.items()):
            self._matrix(center, rows)

    def _matrix(self, center: str, rows: Sequence[Json]) -> None:
        pieces: dict[tuple[date, str], int] = defaultdict(int)
        unchecked: set[tuple[date, str]] = set()
        for row in rows:
            at = self._chart.local(parse_time(row["hour"]))
            place = at.date(), self._clock(at)
            pieces[place] += row["quantity"]
            if row.get("unchecked"):
                unchecked.add(place)
        days = sorted({day for day, _ in pieces})
        clocks = sorted({clock for _, clock in pieces})
        sheet = self._sheet(center)
        corner = f"{self._words('day')}: {self._words('begun')}"
        for column, name in enumerate([corner, *clocks, self._words("total")]):
            sheet.write_string(0, column, name, self._head)
        for number, day in enumerate(days, start=1):
            sheet.write_datetime(number, 0, day, self._formats["date"])
            found = [pieces.get((day, clock)) for clock in clocks]
            for column, (clock, quantity) in enumerate(zip(clocks, found, strict=True), start=1):
                if quantity is not None:
                    form = self._formats["hatched" if (day, clock) in unchecked else "whole"]
                    sheet.write_number(number, column, quantity, form)
            span = f"{_cell(number, 1)}:{_cell(number, len(clocks))}"
            self._sum(sheet, number, len(clocks) + 1, span, sum(one or 0 for one in found))
        last = len(days) + 1
        sheet.write_string(last, 0, self._words("total"), self._bold)
        for column, clock in enumerate(clocks, start=1):
            span = f"{_cell(1, column)}:{_cell(last - 1, column)}"
            made = sum(pieces.get((day, clock), 0) for day in days)
            self._sum(sheet, last, column, span, made)
        span = f"{_cell(1, len(clocks) + 1)}:{_cell(last - 1, len(clocks) + 1)}"
        self._sum(sheet, last, len(clocks) + 1, span, sum(pieces.values()))
        if unchecked:
            sheet.write_blank(last + 2, 0, None, self._formats["hatched"])
            sheet.write_string(last + 2, 1, self._words("unchecked_long"))
        sheet.set_column(0, 0, 16)
        sheet.set_column(1, len(clocks), 7)
        sheet.freeze_panes(1, 1)
        self._printed(sheet)

    def _clock(self, at: datetime) -> str:
        """06:00; the hour that a clock change brings again says its offset."""
        again = at.replace(fold=1 - at.fold).utcoffset() != at.utcoffset()
        return f"{at:%H:%M} {at:%z}" if at.fold and again else f"{at:%H:%M}"

    def _sum(self, sheet: Any, row: int, column: int, span: str, value: int) -> None:
        sheet.write_formula(row, column, f"=SUM({span})", self._bold, value)

    def _table(self, name: str, heads: Sequence[str], rows: Rows, bad: str = "") -> None:
        """A sheet with a frozen header, a filter, and each column as wide as it needs."""
        sheet = self._sheet(self._words(name))
        for column, head in enumerate(heads):
            sheet.write_string(0, column, self._words(head), self._head)
            sheet.set_column(column, column, WIDE.get(head, 14))
        last = 0
        for last, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                self._put(sheet, last, column, cell, is_bad=heads[column] == bad)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, max(last, 1), len(heads) - 1)
        self._printed(sheet)

    def _put(self, sheet: Any, row: int, column: int, cell: Cell, *, is_bad: bool) -> None:
        if cell is None or cell == "":
            return
        if isinstance(cell, datetime):
            sheet.write_datetime(row, column, cell, self._formats["time"])
        elif isinstance(cell, Share):
            sheet.write_number(row, column, cell, self._formats["share"])
        elif isinstance(cell, float):
            sheet.write_number(row, column, cell, self._bad if is_bad else self._formats["decimal"])
        elif isinstance(cell, int):
            sheet.write_number(row, column, cell, self._formats["whole"])
        else:
            sheet.write_string(row, column, safe(str(cell))[:LONGEST_TEXT], self._wrap)

    def _sheet(self, name: str) -> Any:
        """A sheet with a name that a workbook may have, and no other has."""
        plain = NOT_IN_NAMES.sub("_", safe(name)).strip()[:LONGEST_NAME] or "_"
        chosen = next(one for one in _tries(plain) if one.casefold() not in self._names)
        self._names.add(chosen.casefold())
        return self._book.add_worksheet(chosen)

    def _printed(self, sheet: Any) -> None:
        sheet.set_landscape()
        sheet.set_paper(8)  # A3
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)

    def _product(self, order: str) -> str:
        said = self._chart.orders.get(order)
        return said.product if said else ""

    def _local(self, at: int | None) -> datetime | None:
        return None if at is None else self._chart.local(at).replace(tzinfo=None)

    def _moment(self, said: str | None) -> datetime | None:
        return None if not said else self._local(parse_time(said))


class Share(float):
    """A number that is shown in percent."""


def _tries(name: str) -> Iterator[str]:
    yield name
    for number in range(2, 10_000):
        more = f" {number}"
        yield name[: LONGEST_NAME - len(more)] + more


def _cell(row: int, column: int) -> str:
    name: str = xlsxwriter.utility.xl_rowcol_to_cell(row, column)
    return name
