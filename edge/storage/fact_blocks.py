"""Which facts touch an hour of an equipment: found by blocks of facts, then looked at one by one.

Facts of an hour lie close together, but for what is said of it later (scrap, corrections,
gaps). So the index names blocks of 256 facts that follow each other, not facts: it takes a
few bytes a fact, and every fact of a block is looked at when an hour is asked for. It is
made of the facts alone, in the transaction that stores them.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping

from edge.domain.changes import Add, Change
from edge.domain.corrections import Corrected, added
from edge.domain.facts import Fact, FactKind
from edge.storage import corrections, fact_rows
from edge.storage.fact_rows import Row
from edge.storage.packing import BLOCK
from edge.storage.projections import PIECES

HOUR = 3_600_000_000  # us; blocks are found by hours of UTC, whatever the site's zone
LONGEST_SPAN = 24 * 366  # hours of one gap that are entered; a longer one is cut there
INSERT = "INSERT OR IGNORE INTO fact_block (equipment_id, hour, block) VALUES (?, ?, ?)"
FIND = (
    "SELECT DISTINCT block FROM fact_block"
    " WHERE equipment_id = ? AND hour BETWEEN ? AND ? ORDER BY block"
)
OPEN_BEFORE = (
    "SELECT opened FROM state_interval WHERE equipment_id = :equipment AND start < :end"
    " ORDER BY start DESC LIMIT 1"
)
CORRECTS = b'"kind":"correction"'  # it need not name the equipment that pieces come to
SPANS = frozenset({FactKind.DATA_GAP, FactKind.QUARANTINE})


class Touched:
    """What facts touch, gathered until it is written."""

    def __init__(self) -> None:
        self._found: set[tuple[str, int, int]] = set()

    def add(self, fact: Fact, changes: Iterable[Change]) -> None:
        """Take in a fact with what it changed."""
        block = self.happened(fact)
        self.counted(changes, (block,))
        if fact.kind in SPANS:
            self._found.update((fact.equipment_id, hour, block) for hour in _span(fact.body))

    def happened(self, fact: Fact) -> int:
        """Take in when a fact happened; the block that it lies in."""
        block = block_of(fact.seq)
        self._found.add((fact.equipment_id, fact.occurred_at // HOUR, block))
        return block

    def counted(self, changes: Iterable[Change], blocks: Iterable[int]) -> None:
        """Take in the hours whose pieces were changed by facts of these blocks."""
        for change in changes:
            if isinstance(change, Add) and change.table == PIECES:
                place, hour = str(change.key["equipment_id"]), int(change.key["hour"] or 0)
                self._found.update((place, hour // HOUR, block) for block in blocks)

    def rows(self) -> dict[str, list[tuple[str, int, int]]]:
        """What was gathered, by statement."""
        return {INSERT: list(self._found)}

    def write(self, conn: sqlite3.Connection) -> None:
        """Write what was gathered, inside the caller's transaction."""
        conn.executemany(INSERT, self._found)
        self._found = set()


def block_of(seq: int) -> int:
    """The block that a fact lies in; block 0 begins with seq 1."""
    return (seq - 1) // BLOCK


def rows_of_hour(conn: sqlite3.Connection, equipment_id: str, hour: int) -> list[Row]:
    """The facts that touch [hour, hour + 1 h) of an equipment, in order; `hour` in us.

    What happened in it, what was counted in it (whenever it was told), gaps and quarantines
    that reach into it, the state that it began with, and corrections of any of these, also
    those that brought pieces here from elsewhere, with the fact that they correct.
    """
    found: dict[int, Row] = {}
    for row in _candidates(conn, equipment_id, hour):
        fact = row.fact()
        if fact.kind == FactKind.CORRECTION:
            found |= _corrected(conn, row, fact, equipment_id, hour)
        elif _touches(fact, equipment_id, hour) or _counts_in(fact, equipment_id, hour):
            found[row.seq] = row
    for (opened,) in conn.execute(OPEN_BEFORE, {"equipment": equipment_id, "end": hour + 1}):
        if state := fact_rows.one(conn, opened):
            found[opened] = state
    return [found[seq] for seq in sorted(found)]


def rows_of_hours(
    conn: sqlite3.Connection, equipment_id: str, start: int, end: int
) -> Iterator[Row]:
    """The facts of all blocks that touch an hour from that of `start` to that of `end` (us)."""
    for (block,) in conn.execute(FIND, (equipment_id, start // HOUR, end // HOUR)).fetchall():
        yield from fact_rows.after(conn, block * BLOCK, BLOCK)


def _candidates(conn: sqlite3.Connection, equipment_id: str, hour: int) -> Iterator[Row]:
    hours = (hour // HOUR, (hour + HOUR - 1) // HOUR)
    quoted = json.dumps(equipment_id, ensure_ascii=False).encode()
    blocks = [block for (block,) in conn.execute(FIND, (equipment_id, *hours))]
    for block in blocks:
        for row in fact_rows.after(conn, block * BLOCK, BLOCK):
            data = row.checked().data
            if quoted in data or CORRECTS in data:
                yield row


def _touches(fact: Fact, equipment_id: str, hour: int) -> bool:
    if fact.equipment_id != equipment_id:
        return False
    own = fact.body.get("hour")
    if isinstance(own, int):
        return hour <= own < hour + HOUR
    if fact.kind in SPANS:
        start, end = fact.body.get("from"), fact.body.get("to")
        if isinstance(start, int) and isinstance(end, int):
            return start < hour + HOUR and end >= hour
    return hour <= fact.occurred_at < hour + HOUR


def _counts_in(fact: Fact, equipment_id: str, hour: int) -> bool:
    """Whether pieces of the hour are moved by a fact that was told at another time."""
    return any(
        one.table == PIECES
        and one.key["equipment_id"] == equipment_id
        and hour <= int(one.key["hour"] or 0) < hour + HOUR
        for one in added(fact)
    )


def _corrected(
    conn: sqlite3.Connection, row: Row, correction: Fact, equipment_id: str, hour: int
) -> dict[int, Row]:
    """A correction with its fact, if that was, is, or was meanwhile of the hour."""
    seq = int(correction.body["corrects"])
    known, original = corrections.corrected(conn, conn, seq), fact_rows.one(conn, seq)
    if known is None or original is None:
        return {}
    if any(_touches(one, equipment_id, hour) for one in _versions(known)):
        return {seq: original, row.seq: row}
    return {}


def _versions(known: Corrected) -> Iterator[Fact]:
    """What a fact was taken for, from how it was recorded to what it is known to be now."""
    for corrections_so_far in range(len(known.earlier) + 1):
        yield from Corrected(known.fact, known.earlier[:corrections_so_far]).stands


def _span(body: Mapping[str, object]) -> range:
    start, end = body.get("from"), body.get("to")
    if not isinstance(start, int) or not isinstance(end, int):
        return range(0)
    return range(start // HOUR, min(end // HOUR, start // HOUR + LONGEST_SPAN) + 1)
