"""What a fault can be told beside its kind: each parameter reads itself, from a file or a word."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from simulators.tags import TAG_IDS
from simulators.toml_reader import Table

INTEGER = re.compile(r"[+-]?\d+")
FLAGS = {"true": True, "false": False}


class Parameter(Protocol):
    """A key of a fault. `read` notes what is wrong in the table's faults."""

    @property
    def name(self) -> str: ...

    @property
    def says(self) -> str: ...

    @property
    def usual(self) -> object:
        """Its default."""
        ...

    def read(self, table: Table) -> object: ...


@dataclass(frozen=True)
class Whole:
    """A whole number."""

    name: str
    least: int
    most: int
    usual: int
    says: str
    among: tuple[int, ...] = ()

    def read(self, table: Table) -> int:
        found = table.integer(self.name, self.least, self.most, self.usual)
        if self.among and found not in self.among:
            table.refuse(self.name, "is not known", f"one of {', '.join(map(str, self.among))}")
        return found


@dataclass(frozen=True)
class Share:
    """A part of all, as a decimal in quotes."""

    name: str
    usual: str
    says: str

    def read(self, table: Table) -> float:
        return float(table.fraction(self.name, "0", "1", self.usual))


@dataclass(frozen=True)
class Flag:
    name: str
    usual: bool
    says: str

    def read(self, table: Table) -> bool:
        return table.flag(self.name, self.usual)


@dataclass(frozen=True)
class Word:
    """One of a few words, the first unless told."""

    name: str
    among: tuple[str, ...]
    says: str

    @property
    def usual(self) -> str:
        return self.among[0]

    def read(self, table: Table) -> str:
        return table.text(self.name, self.usual, self.among)


@dataclass(frozen=True)
class Tags:
    """Ids of tags."""

    name: str
    says: str
    usual: tuple[str, ...] = TAG_IDS
    among: tuple[str, ...] = TAG_IDS

    def read(self, table: Table) -> tuple[str, ...]:
        if table.peek(self.name) is None:
            table.skip(self.name)
            return self.usual
        return tuple(table.texts(self.name, self.among))


@dataclass(frozen=True)
class Status:
    """The name of an OPC UA status code that is not Good."""

    name: str
    usual: str
    says: str

    def read(self, table: Table) -> int:
        name = table.text(self.name, self.usual)
        code = _status_codes().get(name)
        if code is None or name.startswith("Good"):
            mend = "a name of OPC UA Part 6, such as BadSensorFailure or UncertainLastUsableValue"
            table.refuse(self.name, "is no bad or uncertain status", mend)
        return code or 0


def _status_codes() -> dict[str, int]:
    # Imported when needed: asyncua alone costs a second and some 80 MB.
    from asyncua.ua.status_codes import StatusCodes

    return {name: code for name, code in vars(StatusCodes).items() if isinstance(code, int)}


def from_word(parameter: Parameter | None, text: str) -> object:
    """The value that a TOML file would hold for what a person typed."""
    reader = FORMS.get(type(parameter))
    return text if reader is None else reader(text)


FORMS: dict[type, Callable[[str], object]] = {
    Whole: lambda text: int(text) if INTEGER.fullmatch(text) else text,
    Flag: lambda text: FLAGS.get(text, text),
    Tags: lambda text: text.split(","),
}
