"""Three books compared, to the piece; pure.

A difference is the sum over (order, operation) of absolute differences, good and scrap
apart, of recorded to posted and of posted to booked, so that errors cannot cancel.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

Key = tuple[str, int]
Pieces = tuple[int, int]
NOTHING: Pieces = (0, 0)


@dataclass(frozen=True)
class Books:
    """Good and scrap by (order, operation): `recorded` by edges, `posted` as the consumer
    acknowledged, `reached` of it what its books reach, `booked` its own totals or None."""

    recorded: Mapping[Key, Pieces]
    posted: Mapping[Key, Pieces]
    reached: Mapping[Key, Pieces]
    booked: Mapping[Key, Pieces] | None


@dataclass(frozen=True)
class Row:
    """One operation in the three books."""

    order: str
    operation: int
    recorded: Pieces
    posted: Pieces
    reached: Pieces
    booked: Pieces | None

    @property
    def difference(self) -> int:
        """Pieces that the books disagree on."""
        found = _apart(self.recorded, self.posted)
        return found if self.booked is None else found + _apart(self.reached, self.booked)


@dataclass(frozen=True)
class Finding:
    """Something to look into."""

    place: str
    message: str
    mend: str


def compare(books: Books) -> list[Row]:
    """All operations that stand in any of the books."""
    keys = {*books.recorded, *books.posted, *(books.booked or {})}
    return [
        Row(
            order=key[0],
            operation=key[1],
            recorded=books.recorded.get(key, NOTHING),
            posted=books.posted.get(key, NOTHING),
            reached=books.reached.get(key, NOTHING),
            booked=None if books.booked is None else books.booked.get(key, NOTHING),
        )
        for key in sorted(keys)
    ]


def findings(rows: list[Row]) -> Iterator[Finding]:
    """What differs where, in words."""
    for row in rows:
        place = f"{row.order}/{row.operation}" if row.order else "without an order"
        if row.recorded != row.posted:
            yield Finding(
                place,
                f"recorded {_said(row.recorded)}, posted {_said(row.posted)}",
                "read the feed to its end and acknowledge all; look for rejected items",
            )
        if row.booked is not None and row.reached != row.booked:
            yield Finding(
                place,
                f"posted {_said(row.reached)}, booked {_said(row.booked)}",
                "look in the consumer's books for this operation: an item booked twice, "
                "left out, or on another order",
            )


def _apart(left: Pieces, right: Pieces) -> int:
    return abs(left[0] - right[0]) + abs(left[1] - right[1])


def _said(pieces: Pieces) -> str:
    return f"{pieces[0]} good and {pieces[1]} scrap"
