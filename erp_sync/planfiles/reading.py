"""A month plan from a sheet: its head and orders, and every fault by sheet and cell."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import pairwise
from typing import Any

from edge.domain.faults import Fault
from erp_sync.planfiles.cells import Broken, Cell, File, Grid, as_shown, is_blank
from erp_sync.planfiles.dates import NotADate, moment
from erp_sync.planfiles.headers import (
    COLUMNS,
    ENDS,
    HEAD_FIELDS,
    LOOKED_AT,
    Header,
    header_row,
    plain,
    read_header,
)
from erp_sync.planfiles.numbers import LARGEST, NotWhole, whole_number
from erp_sync.planfiles.options import Options

WHOLE = frozenset({"number", "quantity", "priority", "promise"})
MOMENTS = frozenset({"release", "due", "material_from"})
ONE_EACH = frozenset({"id", "number", "quantity", "promise"})
# Words of sums as `plain` has them: of one group, and of all.
SUBTOTALS = frozenset({"subtotal", "subtotals", "sub total", "sub totals", "小计"})
SUMS = frozenset({"total", "sum", "totals", "grand total", "合计", "总计", "共计"})
MAY_BE_IN_SUMS = frozenset({"id", "quantity", "product", "customer"})
LARGEST_ROWS = 100_000


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What a file says: `head` and `orders` as a JSON schedule has them, and their places.

    Fields that could not be read stand in `faults` and in `judged` (order's index, field):
    they are told once. `notes` are what was left aside, in words.
    """

    head: Mapping[str, Any] = field(default_factory=dict)
    orders: Sequence[dict[str, Any]] = ()
    faults: Sequence[Fault] = ()
    judged: frozenset[tuple[int, str]] = frozenset()
    notes: Sequence[str] = ()
    place: Callable[[int, str], str] = lambda index, name: f"row {index + 2} ({name})"
    head_places: Mapping[str, str] = field(default_factory=dict)


def read_plan(file: File, options: Options) -> Sheet:
    """The plan of a file's sheet."""
    if file.faults or not file.grids:
        empty = [Fault("file", "", "has no sheet", "write a sheet with a header and the orders")]
        return Sheet(faults=file.faults or empty)
    grid = _filled(file.grids[0])
    row = header_row(grid)
    if row is None:
        names = ",".join(names[0] for names in COLUMNS.values())
        message = f"the header is missing in the first {LOOKED_AT} rows"
        return Sheet(faults=[Fault(grid.place(0), "", message, f"write the header {names}")])
    header = read_header(grid, row, options)
    return _Reader(grid, header, options).read()


def _filled(grid: Grid) -> Grid:
    """Merged cells of one column hold the value of their first in each of them."""
    rows = [list(row) for row in grid.rows]
    for (top, left), (bottom, right) in grid.merged:
        if left != right or top >= len(rows) or left >= len(rows[top]):
            continue
        for row in rows[top + 1 : bottom + 1]:
            row += [None] * (left + 1 - len(row))
            row[left] = rows[top][left]
    return Grid(name=grid.name, rows=rows, merged=grid.merged, epoch=grid.epoch)


def _merged(grid: Grid, header: Header) -> tuple[set[tuple[int, int]], set[tuple[int, str]]]:
    """Cells (row, column) that are merged over several columns, and fields (row, name) that are
    one cell over several rows although each order has its own."""
    own = [(name, at) for name, at in header.columns.items() if name in ONE_EACH]
    wide: set[tuple[int, int]] = set()
    shared: set[tuple[int, str]] = set()
    for (top, left), (bottom, right) in grid.merged:
        if right > left:
            wide.add((top, left))
        if bottom > top:
            rows = range(top, min(bottom + 1, len(grid.rows)))
            shared |= {(row, name) for name, at in own if left <= at <= right for row in rows}
    return wide, shared


class _Reader:
    """Goes through the rows below a header once."""

    def __init__(self, grid: Grid, header: Header, options: Options) -> None:
        self._grid, self._header, self._options = grid, header, options
        self._faults = list(header.faults)
        self._judged: set[tuple[int, str]] = set()
        self._rows: list[int] = []
        self._orders: list[dict[str, Any]] = []
        self._summed = 0  # orders above the last sum
        self._wide, self._shared = _merged(grid, header)
        self._notes = [f"column {name} was left aside" for name in header.ignored]

    def read(self) -> Sheet:
        rows, first = self._grid.rows, self._header.row + 1
        filled = sum(1 for row in rows[first:] if row)
        if filled > LARGEST_ROWS:
            mend = "send the plan in several schedules"
            fault = Fault("file", str(filled), f"has more than {LARGEST_ROWS} rows", mend)
            return Sheet(faults=[fault])
        for row in range(first, len(rows)):
            self._row(row)
        head, places = self._head()
        return Sheet(
            head=head,
            orders=self._orders,
            faults=self._faults,
            judged=frozenset(self._judged),
            notes=self._notes,
            place=self._place,
            head_places=places,
        )

    def _place(self, index: int, name: str) -> str:
        row = self._rows[index]
        column = self._header.columns.get(name)
        return self._grid.place(row, column, name if column is not None else "")

    def _row(self, row: int) -> None:
        cells = self._grid.rows[row]
        if all(is_blank(cell) for cell in cells):
            return
        columns = self._header.columns
        said = {
            name: cells[at]
            for name, at in columns.items()
            if at < len(cells) and not is_blank(cells[at])
        }
        if self._is_header(row, said) or self._is_heading(row, cells):
            return
        if self._is_sum(row, cells, said):
            return
        self._beyond(row, cells)
        self._rows.append(row)
        index = len(self._orders)
        order: dict[str, Any] = {}
        for name, cell in said.items():
            value = self._value(row, name, cell)
            if value is not None:
                order[name] = value
            else:
                self._judged.add((index, name))
        self._orders.append(order)

    def _is_header(self, row: int, said: Mapping[str, Cell]) -> bool:
        """The header again, as printed lists have it on each page."""
        head = self._grid.rows[self._header.row]
        again = {name: head[at] for name, at in self._header.columns.items()}
        if dict(said) != again:
            return False
        self._notes.append(f"{self._grid.place(row)} is the header again and was left aside")
        return True

    def _is_heading(self, row: int, cells: Sequence[Cell]) -> bool:
        """One cell merged over several columns is a heading among the orders."""
        filled = [at for at, cell in enumerate(cells) if not is_blank(cell)]
        if len(filled) != 1 or (row, filled[0]) not in self._wide:
            return False
        where, text = self._grid.place(row, filled[0]), as_shown(cells[filled[0]])
        self._notes.append(f"{where} is a heading and was left aside: {text}")
        return True

    def _is_sum(self, row: int, cells: Sequence[Cell], said: Mapping[str, Cell]) -> bool:
        """A row of totals is no order; its quantity must be the sum of those above."""
        if {*said} - MAY_BE_IN_SUMS:
            return False
        words = {plain(cell) for cell in cells if isinstance(cell, str)}
        if not words & {*SUMS, *SUBTOTALS}:
            return False
        self._notes.append(f"{self._grid.place(row)} is a sum and was left aside")
        since, self._summed = self._summed, len(self._orders)
        cell = said.get("quantity")
        if cell is None or (isinstance(cell, Broken) and cell.is_unsaved):
            return True
        value = self._value(row, "quantity", said["quantity"])
        if value is not None and (why := self._is_not_sum(value, since, words)):
            place = self._grid.place(row, self._header.columns["quantity"], "quantity")
            self._faults.append(Fault(place, str(value), why, "mend the orders or the sum"))
        return True

    def _is_not_sum(self, value: int, since: int, words: set[str]) -> str:
        """What a sum should be, if it is not: a subtotal that of the orders since the last sum,
        a total that of all above, or of those since the last one where groups end in totals."""
        of_group, of_all = self._total(since), self._total(0)
        if not words & SUBTOTALS:
            group = {of_group} if since < len(self._orders) else set()
            is_right = of_all is None or value in {of_all, *group}
            return "" if is_right else f"is not the sum of the orders above, which is {of_all}"
        if of_group in (None, value):
            return ""
        return f"is not the sum of the orders since the last sum, which is {of_group}"

    def _total(self, since: int) -> int | None:
        """Pieces of the orders from there on; None if one of them could not be read."""
        if any((at, "quantity") in self._judged for at in range(since, len(self._orders))):
            return None
        found = (one.get("quantity") for one in self._orders[since:])
        return sum(one for one in found if isinstance(one, int))

    def _beyond(self, row: int, cells: Sequence[Cell]) -> None:
        """Cells behind the last column of the header: a separator too many, or a stray value."""
        width = len(self._grid.rows[self._header.row])
        for at in range(width, len(cells)):
            if not is_blank(cells[at]):
                where, text = self._grid.place(row, at), as_shown(cells[at])
                mend = "put a text that holds the separator in quotes, or name the column"
                self._faults.append(Fault(where, text, "stands in no column of the header", mend))

    def _value(self, row: int, name: str, cell: Cell) -> Any:
        """A field's value; None where it cannot be read, and then a fault tells so."""
        try:
            if (row, name) in self._shared:
                raise NotWhole("is one cell for several orders", "write each order's own")
            return _read(name, cell, self._options, self._grid.epoch)
        except (NotWhole, NotADate) as why:
            place = self._grid.place(row, self._header.columns[name], name)
            self._faults.append(Fault(place, as_shown(cell), why.message, why.mend))
            return None

    def _head(self) -> tuple[dict[str, Any], dict[str, str]]:
        """What stands above the header: a word, and its value in the next filled cell."""
        head: dict[str, Any] = {}
        places: dict[str, str] = {}
        for row in range(self._header.row):
            cells = [(at, c) for at, c in enumerate(self._grid.rows[row]) if not is_blank(c)]
            for (_, word), (at, cell) in pairwise(cells):
                name = HEAD_FIELDS.get(plain(word)) if isinstance(word, str) else None
                if name is None:
                    continue
                place = self._grid.place(row, at, name)
                if name in head:
                    message = f"is there twice, first in {places[name]}"
                    self._faults.append(Fault(place, as_shown(cell), message, "write it once"))
                    continue
                try:
                    head[name] = read_head(name, cell, self._options, self._grid.epoch)
                    places[name] = place
                except (NotWhole, NotADate) as why:
                    self._faults.append(Fault(place, as_shown(cell), why.message, why.mend))
                    places[name] = place
        return head, places


def read_head(name: str, cell: Cell, options: Options, epoch: int | None) -> Any:
    """A value of the plan's head; raises NotWhole or NotADate."""
    if name == "schedule":
        return _text(cell)
    if name not in ("revision", "based_on"):
        return moment(cell, options, epoch, ends=name in ENDS)
    if isinstance(cell, str) and plain(cell) in ("next", "下一个", "下一版"):
        return "next"
    return whole_number(cell, options.decimal)


def _read(name: str, cell: Cell, options: Options, epoch: int | None) -> Any:
    if name in WHOLE:
        return whole_number(cell, options.decimal)
    if name in MOMENTS:
        return moment(cell, options, epoch, ends=name in ENDS)
    return _text(cell)


def _text(cell: Cell) -> str:
    """A text; numbers as they are shown. Raises NotWhole."""
    mend = "format the cell as text and write it anew"
    if isinstance(cell, Broken):
        raise NotWhole(*cell.why)
    if isinstance(cell, bool):
        raise NotWhole("is a truth value", mend)
    if isinstance(cell, date | datetime | time):
        raise NotWhole("is a date, where a text is wanted", mend)
    if isinstance(cell, int | float):
        if abs(cell) >= LARGEST:
            raise NotWhole("has more digits than a spreadsheet keeps", mend)
        return str(int(cell)) if cell == int(cell) else repr(cell)
    return str(cell).strip()
