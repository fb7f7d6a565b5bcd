"""The ERP's own books, in its own SQLite file: orders, bookings, totals, cursor.

A page of the feed is booked in one transaction with the cursor that follows it,
and each item only once, by its id. What was decided about an item (posted or
rejected) stays pending in the same file until the sync service has taken the
acknowledgement, so a crash between page and acknowledgement loses neither.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from simulators.erp.example import Example
from simulators.erp.postings import (
    NO_ORDER,
    Entry,
    Pieces,
    Place,
    Posting,
    corrected,
    correction_postings,
    entry_of,
    postings,
)

SCHEMA = """
CREATE TABLE IF NOT EXISTS customer (name TEXT PRIMARY KEY, priority INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS product (id TEXT, revision TEXT, description TEXT NOT NULL,
  PRIMARY KEY (id, revision));
CREATE TABLE IF NOT EXISTS production_order (id TEXT PRIMARY KEY, number INTEGER NOT NULL,
  product TEXT NOT NULL, revision TEXT NOT NULL, quantity INTEGER NOT NULL, due TEXT NOT NULL,
  customer TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS operation (order_id TEXT, seq INTEGER, PRIMARY KEY (order_id, seq));
CREATE TABLE IF NOT EXISTS item (id TEXT PRIMARY KEY, edge_id TEXT NOT NULL, seq INTEGER NOT NULL,
  kind TEXT NOT NULL, order_id TEXT NOT NULL, operation INTEGER NOT NULL,
  occurred_at INTEGER NOT NULL, body TEXT NOT NULL, status TEXT NOT NULL, document TEXT,
  reason TEXT, acknowledged INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS item_by_fact ON item (edge_id, seq);
CREATE INDEX IF NOT EXISTS item_pending ON item (acknowledged) WHERE acknowledged = 0;
CREATE TABLE IF NOT EXISTS booking (document INTEGER PRIMARY KEY AUTOINCREMENT,
  item_id TEXT NOT NULL, day TEXT NOT NULL, order_id TEXT NOT NULL, operation INTEGER NOT NULL,
  good INTEGER NOT NULL, scrap INTEGER NOT NULL, rework INTEGER NOT NULL,
  booked_at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS total (day TEXT, order_id TEXT, operation INTEGER,
  good INTEGER NOT NULL, scrap INTEGER NOT NULL, rework INTEGER NOT NULL,
  PRIMARY KEY (day, order_id, operation));
CREATE TABLE IF NOT EXISTS memo (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
ADD_TOTAL = """
INSERT INTO total VALUES (:day, :order_id, :operation, :good, :scrap, :rework)
ON CONFLICT DO UPDATE SET good = good + :good, scrap = scrap + :scrap, rework = rework + :rework
"""
CURSOR, REPORTED = "cursor", "reported"


@dataclass(frozen=True)
class Acknowledgement:
    """What the ERP says of an item: `posted` with a document, or `rejected` with a reason."""

    id: str
    status: str
    document: str | None = None
    reason: str | None = None

    def as_json(self) -> dict[str, str]:
        named = {"id": self.id, "status": self.status, "document": self.document}
        return {k: v for k, v in {**named, "reason": self.reason}.items() if v is not None}


NO_PIECES = "no pieces"  # the document of an item that moves none


class Books:
    """The books in one file. `now` gives plant time in microseconds, `zone` the site's days."""

    def __init__(self, path: Path, zone: ZoneInfo, now: Callable[[], int]) -> None:
        self._zone, self._now = zone, now
        self._db = sqlite3.connect(path, isolation_level=None, timeout=10)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.executescript(SCHEMA)

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, for everything done inside."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def enter_master_data(self, example: Example) -> None:
        """Customers, products, orders and their operations, as the ERP knows them."""
        routings = {(d.product, d.revision): d for d in example.definitions}
        with self.transaction():
            for order in example.plan.orders:
                self._insert("customer", (order.customer, order.priority))
                row = (order.id, order.number, order.product, order.product_revision)
                self._insert("production_order", (*row, order.quantity, order.due, order.customer))
                routing = routings.get((order.product, order.product_revision))
                for seq in routing.operations if routing else ():
                    self._insert("operation", (order.id, seq))
            for d in example.definitions:
                row3 = (d.product, d.revision, str(d.content.get("description") or ""))
                self._insert("product", row3)

    def book_page(
        self, items: Sequence[Mapping[str, Any]], cursor: str, *, check_ids: bool = True
    ) -> int:
        """Book the items that are new and keep the cursor behind them; gives how many were new.

        `check_ids=False` books all of them again: a fault on purpose, for tests.
        """
        with self.transaction():
            booked = sum(self._book(item, check_ids=check_ids) for item in items)
            self._remember(CURSOR, cursor)
        return booked

    def forget_cursor(self) -> None:
        """Read the feed from its start again; items that are known are not booked again."""
        with self.transaction():
            self._db.execute("DELETE FROM memo WHERE name IN (?, ?)", (CURSOR, REPORTED))

    @property
    def cursor(self) -> str | None:
        """Where to go on in the feed; None at its start."""
        return self.memo(CURSOR)

    def pending(self, limit: int) -> list[Acknowledgement]:
        """Decisions that the sync service has not taken yet, oldest first."""
        rows = self._db.execute(
            "SELECT id, status, document, reason FROM item WHERE acknowledged = 0"
            " ORDER BY rowid LIMIT ?",
            (limit,),
        )
        return [Acknowledgement(*row) for row in rows]

    def acknowledged(self, ids: Sequence[str]) -> None:
        """The sync service has committed these."""
        with self.transaction():
            self._db.executemany(
                "UPDATE item SET acknowledged = 1 WHERE id = ?", [(id_,) for id_ in ids]
            )

    def totals(self, day: str) -> dict[Place, Pieces]:
        """Totals of a production day by order and operation."""
        rows = self._db.execute(
            "SELECT order_id, operation, good, scrap, rework FROM total WHERE day = ?"
            " ORDER BY order_id, operation",
            (day,),
        )
        return {(row[0], row[1]): Pieces(row[2], row[3], row[4]) for row in rows}

    def days(self) -> list[str]:
        """Production days with totals."""
        return [row[0] for row in self._db.execute("SELECT DISTINCT day FROM total ORDER BY day")]

    def reported(self) -> bool:
        """Whether the totals up to the cursor have been sent."""
        return self.cursor is not None and self.memo(REPORTED) == self.cursor

    def note_reported(self, cursor: str | None) -> None:
        """The totals up to `cursor` are with the sync service."""
        if cursor is not None:
            self.note(REPORTED, cursor)

    def note(self, name: str, value: str) -> None:
        with self.transaction():
            self._remember(name, value)

    def memo(self, name: str) -> str | None:
        row = self._db.execute("SELECT value FROM memo WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def move_piece(self) -> str | None:
        """A fault on purpose: one good piece of one order goes to another; says which, if it could.

        The first two orders with good pieces on the same day, each at its first operation.
        """
        with self.transaction():
            rows = self._db.execute(
                "SELECT day, order_id, MIN(operation) FROM total WHERE good > 0"
                " GROUP BY day, order_id ORDER BY day, order_id LIMIT 2"
            ).fetchall()
            if len(rows) < 2 or rows[0][0] != rows[1][0]:
                return None
            for (day, order, operation), pieces in zip(rows, (-1, 1), strict=True):
                self._add_total(day, (order, operation), Pieces(good=pieces))
        return f"{rows[0][1]}.{rows[0][2]} -> {rows[1][1]}.{rows[1][2]}"

    def _book(self, item: Mapping[str, Any], *, check_ids: bool) -> int:
        entry = entry_of(item)
        known = self._db.execute("SELECT 1 FROM item WHERE id = ?", (entry.id,)).fetchone()
        if known and check_ids:
            # Whoever sends it again may have lost that it was acknowledged: say so again.
            self._db.execute("UPDATE item SET acknowledged = 0 WHERE id = ?", (entry.id,))
            return 0
        try:
            # What moves no pieces (a state that is known otherwise) is nothing to book.
            moves_none = item.get("effects") == [] and self._is_new(entry)
            booked = () if moves_none else self._postings(entry)
        except _Rejected as rejected:
            self._keep(entry, Acknowledgement(entry.id, "rejected", reason=str(rejected)))
            return 1
        numbers = [self._book_posting(entry.id, posting) for posting in booked]
        document = f"MB-{numbers[0]:07}" if numbers else NO_PIECES
        self._keep(entry, Acknowledgement(entry.id, "posted", document=document))
        return 1

    def _is_new(self, entry: Entry) -> bool:
        """Whether a correction is of a fact that no book has taken."""
        return entry.kind == "correction" and self._row(entry) is None

    def _postings(self, entry: Entry) -> tuple[Posting, ...]:
        if entry.kind == "correction":
            original = self._original(entry)
            now = corrected(original, entry.body["changes"])
            # What had no order could not be booked: only what has one now is, or was since.
            moved = tuple(
                posting
                for posting in correction_postings(original, now)
                if posting.of.place != NO_ORDER
            )
            self._check_places(moved)
            self._db.execute(
                "UPDATE item SET order_id = ?, operation = ?, occurred_at = ?, body = ?,"
                " document = coalesce(document, ?), acknowledged = acknowledged AND"
                " status = 'posted', status = 'posted', reason = NULL WHERE id = ?",
                (*now.place, now.occurred_at, json.dumps(now.body), NO_PIECES, now.id),
            )
            return moved
        found = tuple(one for one in postings(entry) if not _says_nothing(one))
        self._check_places(found)
        return found

    def _original(self, entry: Entry) -> Entry:
        row = self._row(entry)
        placed = row is not None and (row["order_id"], row["operation"]) != NO_ORDER
        if row is None or (row["status"] != "posted" and placed):
            raise _Rejected(f"corrects fact {entry.body['corrects']}, which is not booked here")
        return Entry(
            id=row["id"],
            edge_id=row["edge_id"],
            seq=row["seq"],
            kind=row["kind"],
            place=(row["order_id"], row["operation"]),
            occurred_at=row["occurred_at"],
            body=json.loads(row["body"]),
        )

    def _row(self, entry: Entry) -> Any:
        """The item that a correction corrects; None if no book has taken it."""
        return self._db.execute(
            "SELECT * FROM item WHERE edge_id = ? AND seq = ?",
            (entry.edge_id, int(entry.body["corrects"])),
        ).fetchone()

    def _check_places(self, postings: Sequence[Posting]) -> None:
        for order, operation in (posting.of.place for posting in postings):
            if (order, operation) == NO_ORDER:
                raise _Rejected("made without an order")
            if not self._db.execute(
                "SELECT 1 FROM operation WHERE order_id = ? AND seq = ?", (order, operation)
            ).fetchone():
                raise _Rejected(f"order {order}, operation {operation}: unknown here")

    def _book_posting(self, item_id: str, posting: Posting) -> int:
        day, (order, operation) = self._day(posting.of), posting.of.place
        pieces = posting.pieces
        self._add_total(day, (order, operation), pieces)
        return int(
            self._db.execute(
                "INSERT INTO booking (item_id, day, order_id, operation, good, scrap, rework,"
                " booked_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING document",
                (
                    *(item_id, day, order, operation),
                    *(pieces.good, pieces.scrap, pieces.rework, self._now()),
                ),
            ).fetchone()[0]
        )

    def _add_total(self, day: str, place: Place, pieces: Pieces) -> None:
        key = {"day": day, "order_id": place[0], "operation": place[1]}
        self._db.execute(ADD_TOTAL, {**key, **vars(pieces)})

    def _keep(self, entry: Entry, decision: Acknowledgement) -> None:
        row = (entry.id, entry.edge_id, entry.seq, entry.kind, *entry.place, entry.occurred_at)
        verdict = (decision.status, decision.document, decision.reason)
        self._insert("item", (*row, json.dumps(entry.body), *verdict, 0))

    def _day(self, entry: Entry) -> str:
        """Production day: as the fact resolved it, else the site's date when it occurred."""
        calendar = entry.body.get("calendar") or {}
        if day := calendar.get("production_day"):
            return str(day)
        moment = datetime.fromtimestamp(entry.occurred_at // 1_000_000, UTC)
        return moment.astimezone(self._zone).date().isoformat()

    def _insert(self, table: str, row: Sequence[object]) -> None:
        marks = ", ".join("?" * len(row))
        self._db.execute(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", row)

    def _remember(self, name: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO memo VALUES (?, ?)", (name, value))


def _says_nothing(posting: Posting) -> bool:
    """Whether there is nothing to book: a reading that was discarded while no order was on."""
    return posting.of.place == NO_ORDER and posting.pieces == Pieces()


class _Rejected(Exception):
    """An item that the ERP will not book; the text is the reason."""
