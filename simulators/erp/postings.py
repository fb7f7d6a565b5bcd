"""What an item of the feed means for a book: pure, shared by the ERP and the demo's own reader.

An item is a fact (docs/contracts.md, section 1 and 3). Good, scrap and rework are
pieces; a reclassification takes from good what it adds elsewhere; a correction
changes fields of an earlier fact, so its effect is the new effect less the old one. One that
names `parts` divides the fact: each part is the fact with its own changes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

KINDS = ("production_count", "scrap", "rework", "nonconformance", "correction")
ROLES = ("good", "scrap", "rework")
# Kind and effect of what people find -> what it does to pieces, each once.
EFFECTS: Mapping[tuple[str, str], Mapping[str, int]] = {
    ("scrap", "reclassify"): {"good": -1, "scrap": 1},
    ("rework", "reclassify"): {"good": -1, "rework": 1},
    ("rework", "done_good"): {"rework": -1, "good": 1},
    ("rework", "done_scrap"): {"rework": -1, "scrap": 1},
    ("rework", "rerun_good"): {"good": -1},
    ("rework", "rerun_scrap"): {"scrap": -1},
}
# What becomes of suspect pieces. While it is not decided they are neither good nor scrap.
EVENTS: Mapping[str, Mapping[str, int]] = {
    "opened": {"good": -1, "rework": 1},
    "used": {"rework": -1, "good": 1},
    "scrapped": {"rework": -1, "scrap": 1},
    "returned": {"rework": -1, "scrap": 1},
    "rework": {},
    "reworked_good": {"rework": -1, "good": 1},
    "reworked_scrap": {"rework": -1, "scrap": 1},
}
Place = tuple[str, int]  # order and operation
NO_ORDER: Place = ("", 0)


@dataclass(frozen=True)
class Pieces:
    """Pieces of one order and operation."""

    good: int = 0
    scrap: int = 0
    rework: int = 0

    def __add__(self, other: "Pieces") -> "Pieces":
        return Pieces(self.good + other.good, self.scrap + other.scrap, self.rework + other.rework)

    def __neg__(self) -> "Pieces":
        return Pieces(-self.good, -self.scrap, -self.rework)


@dataclass(frozen=True)
class Entry:
    """What a book keeps of an item: where it belongs and what it says."""

    id: str
    edge_id: str
    seq: int
    kind: str
    place: Place
    occurred_at: int
    body: Mapping[str, Any]


@dataclass(frozen=True)
class Posting:
    """Pieces to be added where and on the day that `of` belongs to."""

    of: Entry
    pieces: Pieces


def entry_of(item: Mapping[str, Any]) -> Entry:
    """The entry of an item of the feed; raises ValueError if it is not a fact."""
    try:
        fact = item["fact"]
        order, operation = item.get("order"), item.get("operation")
        return Entry(
            id=str(item["id"]),
            edge_id=str(fact["edge_id"]),
            seq=int(fact["seq"]),
            kind=str(fact["kind"]),
            place=(str(order), int(operation)) if order and operation else NO_ORDER,
            occurred_at=int(fact["occurred_at"]),
            body=fact["body"],
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"item {item.get('id')!r} is not a fact: {error!r}") from error


def pieces_of(entry: Entry) -> Pieces:
    """What the entry adds at its place, in pieces."""
    quantity = int(entry.body.get("quantity", 0))
    if entry.kind == "production_count":
        role = str(entry.body["role"])
        return Pieces(**{role: quantity}) if role in ROLES else Pieces()
    if entry.kind == "nonconformance":
        moves = EVENTS.get(str(entry.body["event"]), {})
    else:
        moves = EFFECTS.get((entry.kind, str(entry.body.get("effect"))), {})
    return Pieces(**{role: sign * quantity for role, sign in moves.items()})


PARTS = "parts"


def stands(entry: Entry) -> tuple[Entry, ...]:
    """An entry as it now stands: its parts, or itself."""
    whole = replace(entry, body={k: v for k, v in entry.body.items() if k != PARTS})
    parts = entry.body.get(PARTS) or ()
    return tuple(corrected(whole, part) for part in parts) or (whole,)


def corrected(original: Entry, changes: Mapping[str, Any]) -> Entry:
    """The original as now known: `changes` are fields of its body, or of the fact itself."""
    fields = dict(changes)
    place = original.place
    occurred_at = int(fields.pop("occurred_at", original.occurred_at))
    if "job_order_id" in fields:
        order, _, operation = str(fields.pop("job_order_id") or "").rpartition(".")
        place = (order, int(operation)) if order else NO_ORDER
    # Parts hold until the next correction, whatever it names; an empty list is none.
    body = {**{k: v for k, v in original.body.items() if k != PARTS}, **fields}
    return replace(original, place=place, occurred_at=occurred_at, body=body)


def postings(entry: Entry) -> tuple[Posting, ...]:
    """What an entry that corrects nothing adds; suspect pieces in the hours they were made in."""
    made = entry.body.get(PARTS) if entry.kind == "nonconformance" else None
    ones = [replace(entry, body={**entry.body, **part}) for part in made or ()] or [entry]
    return tuple(Posting(one, pieces_of(one)) for one in ones)


def correction_postings(original: Entry, now: Entry) -> tuple[Posting, ...]:
    """What a correction adds: the old effect taken back, the new one given."""
    back = [Posting(one, -pieces_of(one)) for one in stands(original)]
    return (*back, *(Posting(one, pieces_of(one)) for one in stands(now)))
