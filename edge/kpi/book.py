"""What is asked, all that is read for it, and the groups of entries that figures are sums of."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from zoneinfo import ZoneInfo

from edge.domain.figures import JobKnown, Labour, MaterialHour
from edge.domain.hours import HOUR
from edge.domain.intervals import Interval
from edge.kpi.cells import Entry, Ledger
from edge.kpi.registry import Kpi, chosen
from edge.kpi.scopes import Level, Period


@dataclass(frozen=True, kw_only=True)
class Question:
    """Which figures: of what `of` names (None: all of the level), of which windows."""

    level: Level
    by: Period
    asked: Interval
    of: str | None = None
    names: tuple[str, ...] = ()

    @property
    def kpis(self) -> tuple[Kpi, ...]:
        """The indicators that are asked for; raises KpiRefused."""
        return chosen(self.names, self.level, self.by)


_OF_UNITS: Mapping[str, Callable[[Ledger], object]] = {
    "energy": lambda one: one.records.energy,
    "inspections": lambda one: one.records.inspections,
    "materials": lambda one: one.records.materials,
    "maintenance": lambda one: one.records.maintenance,
    "capacity": lambda one: one.place.capacity_per_hour,
}


@dataclass(frozen=True, kw_only=True)
class Book:
    """The ledgers of the work centers that a question concerns, and what they share.

    `serial`: lines that have a constraint, also where nothing is known of it.
    """

    ledgers: Sequence[Ledger]
    until: int
    zone: ZoneInfo
    jobs: Mapping[str, JobKnown] = field(default_factory=dict)
    labour: Labour = field(default_factory=Labour)
    serial: frozenset[str] = frozenset()

    @cached_property
    def known(self) -> Mapping[str, Ledger]:
        """The ledgers by work center."""
        return {ledger.equipment_id: ledger for ledger in self.ledgers}

    @cached_property
    def silent(self) -> Mapping[str, frozenset[str]]:
        """The work centers that say nothing of a source, for those that each has its own of."""
        return {
            source: frozenset(id_ for id_, ledger in self.known.items() if says(ledger) is None)
            for source, says in _OF_UNITS.items()
        }


@dataclass
class Group:
    """The entries of one window of one work center, line, area, site, order or product."""

    of: str
    key: str
    sums: dict[str, int | Fraction] = field(default_factory=dict)
    start: int | None = None
    end: int | None = None
    hours: set[int] = field(default_factory=set)
    units: set[str] = field(default_factory=set)
    materials: set[str] = field(default_factory=set)
    of_material: set[str] = field(default_factory=set)
    made: set[str] = field(default_factory=set)
    missing: dict[str, list[str]] = field(default_factory=dict)
    entries: list[tuple[str, Entry]] | None = None

    def take(self, equipment_id: str, entry: Entry, names: frozenset[str] | None) -> None:
        """Add an entry; `names`: only these elements of it."""
        sums = self.sums
        took = False
        for name, value in zip(entry.names, entry.values, strict=True):
            if names is None or name in names:
                sums[name] = sums[name] + value if name in sums else value
                took = True
        if not took:
            return
        self.units.add(equipment_id)
        self.hours.add(entry.cell.hour)
        if entry.start is not None and entry.end is not None:
            self.start = entry.start if self.start is None else min(self.start, entry.start)
            self.end = entry.end if self.end is None else max(self.end, entry.end)
        if entry.names[0] == "consumed_material":
            self.materials.add(entry.record.unit)
            if len(entry.names) == 1 or isinstance(entry.record, MaterialHour):
                self.of_material.add(entry.cell.job)  # not by what it lost alone
        elif entry.names[0] == "produced_quantity" and entry.values[0]:
            self.made.add(entry.cell.job)
        if self.entries is not None:
            self.entries.append((equipment_id, entry))

    def span(self) -> Interval:
        """From its first time to its last; of pieces without any, their hours."""
        if self.start is None or self.end is None:
            return Interval(min(self.hours), max(self.hours) + HOUR)
        return Interval(self.start, self.end)
