"""The rows of running shifts, kept in memory and moved on by the facts that follow.

A board is looked at every second by many; it must not read its shift anew each time. Counts
and scrap are added as the fold adds them; a state, a reason or anything else that concerns a
work center lets its rows be read again, once. What is kept is always what reading it would give.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace

from edge.domain.changes import Add
from edge.domain.corrections import added
from edge.domain.facts import Fact, FactKind, decode
from edge.domain.production import HourQuantity, ProductionReader
from edge.domain.states import StateInterval
from edge.domain.stops import StopBook

MOST = 200  # shifts that are kept
CHUNK, FAR_BEHIND = 500, 5_000  # facts
EVERY = "*"
COUNTED = frozenset({FactKind.PRODUCTION_COUNT, FactKind.SCRAP, FactKind.REWORK})
# Kinds that change neither states, nor stops, nor pieces of hours.
ELSEWHERE = frozenset(
    {
        FactKind.AUDIT,
        FactKind.COUNTER_BASELINE,
        FactKind.DATA_GAP,
        FactKind.INSTRUCTION_ACKNOWLEDGED,
        FactKind.LABOUR,
        FactKind.PLAN_RELEASED,
        FactKind.QUARANTINE,
        FactKind.SCHEDULE_RECEIVED,
    }
)
# Kinds of which one fact can concern work centers that it does not name.
ANYWHERE = frozenset({FactKind.CORRECTION, FactKind.NONCONFORMANCE})
Place = tuple[str, int, int]


@dataclass(frozen=True, kw_only=True)
class ShiftRows:
    """What a shift's figures are made of."""

    intervals: Sequence[StateInterval]
    stops: StopBook
    pieces: Sequence[HourQuantity]


class LiveShifts:
    """Rows of shifts by work center, start and end (us); may be asked from any thread."""

    def __init__(self, reader: ProductionReader) -> None:
        self._reader = reader
        self._door = threading.Lock()
        self._kept: dict[Place, ShiftRows] = {}
        self._seq = -1
        self.read = 0  # how often rows were read from the store

    def rows(self, work_center: str, start: int, end: int) -> ShiftRows:
        """States and stops that touch [start, end), and pieces of the hours that begin there."""
        place = work_center, start, end
        with self._door:
            self._catch_up()
            if (kept := self._kept.get(place)) is not None:
                return kept
            rows = self._read(place)
            # What was committed meanwhile may be in the rows or not: then they are not kept.
            if not {work_center, EVERY} & self._catch_up():
                while len(self._kept) >= MOST:
                    del self._kept[next(iter(self._kept))]
                self._kept[place] = rows
            return rows

    def _read(self, place: Place) -> ShiftRows:
        self.read += 1
        return ShiftRows(
            intervals=self._reader.state_intervals(*place),
            stops=self._reader.stop_book(*place),
            pieces=self._reader.hour_quantities(*place),
        )

    def _catch_up(self) -> set[str]:
        """Take the facts that have come; the work centers that they concern."""
        if self._seq < 0:
            self._seq = self._reader.chain_end().seq
        concerned: set[str] = set()
        first = self._seq
        while found := self._reader.facts_after(self._seq, CHUNK):
            for stored in found:
                concerned |= self._take(decode(stored.data))
            self._seq = found[-1].seq
            if self._seq - first > FAR_BEHIND:  # nobody has looked for long: begin anew
                self._kept.clear()
                self._seq = self._reader.chain_end().seq
                return {EVERY}
        return concerned

    def _take(self, fact: Fact) -> set[str]:
        if fact.kind in ELSEWHERE:
            return set()
        if fact.kind in ANYWHERE:
            self._kept.clear()
            return {EVERY}
        if fact.kind not in COUNTED:
            self._drop(fact.equipment_id)
            return {fact.equipment_id}
        for change in added(fact):
            if change.table == "hour_bucket":
                self._add(change)
        return {fact.equipment_id}

    def _drop(self, work_center: str) -> None:
        for place in [place for place in self._kept if place[0] == work_center]:
            del self._kept[place]

    def _add(self, change: Add) -> None:
        for place, rows in self._kept.items():
            hour = change.key["hour"]
            if place[0] == change.key["equipment_id"] and place[1] <= int(hour or 0) < place[2]:
                self._kept[place] = replace(rows, pieces=_with(rows.pieces, change))


def _with(pieces: Sequence[HourQuantity], change: Add) -> list[HourQuantity]:
    """The pieces with what a count adds; a row that comes to nothing is none."""
    found, rest = None, []
    for row in pieces:
        if all(getattr(row, name) == value for name, value in change.key.items()):
            found = row
        else:
            rest.append(row)
    if found is None:
        found = HourQuantity(**change.key, good=0, scrap=0, rework=0)  # type: ignore[arg-type]
    sums = {name: getattr(found, name) + amount for name, amount in change.amounts.items()}
    row = replace(found, **sums)
    kept = [row] if row.good or row.scrap or row.rework else []
    return sorted([*rest, *kept], key=lambda one: one.hour)
