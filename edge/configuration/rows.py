"""The raw file as rows that know their key, and say nothing of fields already at fault."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    """One table of the file; `faulty` holds the keys that pass one named."""

    key: str
    data: Mapping[str, Any]
    faulty: frozenset[str]

    def rows(self, name: str) -> "tuple[Row, ...]":
        """The tables of an array `[[name]]`."""
        found = self.data.get(name)
        tables = enumerate(found) if isinstance(found, list) else ()
        return tuple(
            Row(f"{self.at(name)}[{index}]", table, self.faulty)
            for index, table in tables
            if isinstance(table, dict)
        )

    def table(self, name: str) -> "Row":
        """The table `[name]`, empty if there is none."""
        found = self.data.get(name)
        return Row(self.at(name), found if isinstance(found, dict) else {}, self.faulty)

    def at(self, name: str) -> str:
        """The key of a field."""
        return f"{self.key}.{name}" if self.key else name

    def get(self, name: str) -> Any:
        """A field's value; None if it is missing or at fault."""
        return None if self.at(name) in self.faulty else self.data.get(name)

    def items(self, name: str) -> Iterator[tuple[str, Any]]:
        """The key and the value of each item of a list that is not at fault."""
        for index, value in enumerate(self.get(name) or ()):
            key = f"{self.at(name)}[{index}]"
            if not any(_within(one, key) for one in self.faulty):
                yield key, value

    @property
    def sound(self) -> bool:
        """Whether pass one found nothing wrong in this table or below it."""
        return not any(_within(key, self.key) for key in self.faulty)

    def alone_sound(self, *below: str) -> bool:
        """Whether it is sound but for the arrays `below`."""
        inner = [key for key in self.faulty if _within(key, self.key)]
        return all(any(_within(key, self.at(name)) for name in below) for key in inner)


def _within(key: str, outer: str) -> bool:
    return not outer or key == outer or key.startswith((f"{outer}.", f"{outer}["))


def repeated(rows: tuple[Row, ...], *names: str) -> Iterator[tuple[Row, Row]]:
    """Each row whose fields `names` stand in an earlier row too, and that earlier row."""
    first: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        values = tuple(row.get(name) for name in names)
        if None in values:
            continue
        if values in first:
            yield row, first[values]
        first.setdefault(values, row)
