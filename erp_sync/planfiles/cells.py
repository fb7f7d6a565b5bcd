"""Cells of a sheet as they were found, and where they stand: `Plan!B7`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from edge.domain.faults import Fault

LETTERS = 26
SHOWN = 80


@dataclass(frozen=True)
class Broken:
    """A cell in which a formula failed, as `#REF!`, or has no saved value, as `=2*150`."""

    text: str

    @property
    def is_unsaved(self) -> bool:
        return self.text.startswith("=")

    @property
    def why(self) -> tuple[str, str]:
        """What is wrong with it, and what would mend it."""
        if self.is_unsaved:
            mend = "open the file in a spreadsheet program and save it, or write the value"
            return "is a formula, and the program saved no value with it", mend
        return "has a formula that failed", "mend the formula"


Cell = str | int | float | bool | date | datetime | time | timedelta | Broken | None
Merged = tuple[tuple[int, int], tuple[int, int]]  # first and last (row, column), from 0


@dataclass(frozen=True, kw_only=True)
class Grid:
    """One sheet; rows and columns count from 0 and begin with the sheet's A1.

    `name` is empty for a CSV, which has no sheets. `epoch` is the year that serial
    dates of the file count from, None where nobody knows it.
    """

    name: str = ""
    rows: Sequence[Sequence[Cell]] = ()
    merged: Sequence[Merged] = ()
    epoch: int | None = None

    def place(self, row: int, column: int | None = None, field_: str = "") -> str:
        """`Plan!B7 (quantity)`; without a column the row, `Plan!7`."""
        cell = cell_name(row, column)
        sheet = f"{self.name}!" if self.name else "" if column is not None else "row "
        return f"{sheet}{cell} ({field_})" if field_ else f"{sheet}{cell}"


@dataclass(frozen=True, kw_only=True)
class File:
    """A file's sheets, or what is wrong with the file as a whole."""

    grids: Sequence[Grid] = ()
    faults: Sequence[Fault] = ()
    options: Mapping[str, str] = field(default_factory=dict)  # how it was read, for the answer


def cell_name(row: int, column: int | None) -> str:
    """(6, 1) -> B7, as a spreadsheet counts."""
    letters = ""
    while column is not None and column >= 0:
        column, letter = divmod(column, LETTERS)
        letters, column = chr(ord("A") + letter) + letters, column - 1
    return f"{letters}{row + 1}"


def as_shown(cell: Cell) -> str:
    """A cell's value as a fault shows it, short."""
    if cell is None:
        return ""
    if isinstance(cell, Broken):
        return cell.text
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 10**15:
        return str(int(cell))
    text = str(cell)
    return text if len(text) <= SHOWN else text[: SHOWN - 3] + "..."


def is_blank(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())
