"""Truth against the three books, to the piece: pure.

A difference is the absolute difference of a book from the truth at one place (order
and operation), good and scrap apart, so that errors cannot cancel: a piece moved
between two orders counts two, in each book that moved it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

Place = tuple[str, int]  # order and operation; ("", 0) for pieces without an order
BOOKS = ("recorded", "posted", "booked")
ROLES = ("good", "scrap")


@dataclass(frozen=True)
class Quantities:
    """Pieces, good and scrap apart."""

    good: int = 0
    scrap: int = 0

    @property
    def pieces(self) -> int:
        return self.good + self.scrap


Account = Mapping[Place, Quantities]
NOTHING = Quantities()


@dataclass(frozen=True, kw_only=True)
class Accounts:
    """Truth and the three books; `planned` holds good pieces wanted, by place."""

    planned: Mapping[Place, int]
    truth: Account
    recorded: Account
    posted: Account
    booked: Account


@dataclass(frozen=True, kw_only=True)
class Row:
    """One order and operation through all books."""

    order: str
    operation: int
    planned: int
    truth: Quantities
    recorded: Quantities
    posted: Quantities
    booked: Quantities


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A book that is off at a place; `pieces` above 0 are too many, below 0 too few."""

    order: str
    operation: int
    book: str
    role: str
    pieces: int

    def __str__(self) -> str:
        place = f"{self.order}.{self.operation}" if self.order else "pieces without an order"
        much = f"{abs(self.pieces)} {self.role} too {'many' if self.pieces > 0 else 'few'}"
        return f"{place}: {self.book} has {much}"


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """`pieces` of truth, and `difference`, the sum of all absolute differences from it."""

    rows: tuple[Row, ...]
    differences: tuple[Difference, ...]
    pieces: int
    difference: int


def compare(accounts: Accounts) -> Comparison:
    """Compare every place that the truth or a book has pieces at."""
    books = (accounts.truth, accounts.recorded, accounts.posted, accounts.booked)
    places = sorted({place for book in books for place, q in book.items() if q != NOTHING})
    rows = tuple(_row(place, accounts) for place in places)
    differences = tuple(found for row in rows for found in _differences(row))
    return Comparison(
        rows=rows,
        differences=differences,
        pieces=sum(row.truth.pieces for row in rows),
        difference=sum(abs(found.pieces) for found in differences),
    )


def _row(place: Place, accounts: Accounts) -> Row:
    order, operation = place
    return Row(
        order=order,
        operation=operation,
        planned=accounts.planned.get(place, 0),
        truth=accounts.truth.get(place, NOTHING),
        recorded=accounts.recorded.get(place, NOTHING),
        posted=accounts.posted.get(place, NOTHING),
        booked=accounts.booked.get(place, NOTHING),
    )


def _differences(row: Row) -> list[Difference]:
    offs = (
        (book, role, getattr(getattr(row, book), role) - getattr(row.truth, role))
        for book in BOOKS
        for role in ROLES
    )
    return [
        Difference(order=row.order, operation=row.operation, book=book, role=role, pieces=off)
        for book, role, off in offs
        if off
    ]
