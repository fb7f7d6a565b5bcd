"""How a file of a month plan is to be read: what the file itself cannot tell."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self
from zoneinfo import ZoneInfo

from edge.domain.faults import Fault

CHOICES: Mapping[str, tuple[str, ...]] = {
    "dates": ("day-first", "month-first"),
    "decimal": ("point", "comma"),
    "epoch": ("1900", "1904"),
    "encoding": ("utf-8", "utf-16", "gb18030", "windows-1252"),
    "separator": ("comma", "semicolon", "tab"),
}


@dataclass(frozen=True, kw_only=True)
class Options:
    """Empty: not said, and then what can be read in two ways is refused.

    `dates` and `decimal` decide what 6/5/2026 and 1,200 mean, `epoch` what a bare serial
    date counts from. `sheet` is the one to read; `ignore` are headers to leave aside, `*`
    for all that are unknown. Dates are days of `zone`.
    """

    zone: ZoneInfo
    dates: str = ""
    decimal: str = ""
    epoch: str = ""
    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    ignore: tuple[str, ...] = ()

    @classmethod
    def of(cls, query: Mapping[str, str], zone: ZoneInfo) -> tuple[Self, list[Fault]]:
        """The options of a request's query, and the faults of what is none."""
        faults = [
            Fault(f"query {name}", query[name], "is not known here", f"write {' or '.join(known)}")
            for name, known in CHOICES.items()
            if query.get(name, known[0]) not in known
        ]
        wrong = {fault.place.removeprefix("query ") for fault in faults}
        said = {name: query[name] for name in CHOICES if name in query and name not in wrong}
        ignore = tuple(one.strip() for one in query.get("ignore", "").split(",") if one.strip())
        return cls(zone=zone, sheet=query.get("sheet", ""), ignore=ignore, **said), faults


NAMES = tuple(one.name for one in fields(Options) if one.name != "zone")
