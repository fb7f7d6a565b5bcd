"""What is wrong with a plant.toml: every fault at once, by file, key, value and mend."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from edge.domain.plain_text import escaped


@dataclass(frozen=True)
class Fault:
    """One fault.

    `key` is the place as `device[0].tag[2].modulus`, counted from 0 (a line and column where
    the file is no TOML); `value` is what stands there, as TOML, empty if nothing does.
    """

    file: str
    key: str
    value: str
    message: str
    mend: str

    def __str__(self) -> str:
        place = f"{self.file}: {self.key}" if self.key else self.file
        value = f" = {self.value}" if self.value else ""
        return f"{place}{value}: {self.message}; mend: {self.mend}"


class ConfigFaults(Exception):
    """The file cannot be used; nothing of it was taken over. Mend what `faults` name."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


@dataclass(frozen=True)
class Finder:
    """Makes faults of one file."""

    file: Path

    def fault(self, key: str, value: object, message: str, mend: str) -> Fault:
        """A fault; a `value` of None means that nothing stands there.

        What of the file is told in it may be shown: what would move a cursor is escaped.
        """
        said = (escaped(text) for text in (key, as_toml(value), message, mend))
        return Fault(str(self.file), *said)


def as_toml(value: object) -> str:
    """A value as TOML writes it, shortened; empty for None."""
    if value is None:
        return ""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else text[:77] + "..."
