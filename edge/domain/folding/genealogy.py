"""Materials and lots: what job orders are made by, and which lots went into which pieces.

A segment is the time of a work center between two changes of its lots: what is mounted, and
which lot its output goes into. Its id is the seq of the fact that began it. Pieces are added to
the segment in which they were counted, so that a corrected count restates the lots of then.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from edge.domain.changes import NO_JOB, Add, Change, Put, Scalar
from edge.domain.facts import Fact, FactKind
from edge.domain.hours import HOUR

# Counts whose pieces were made before they were said: their time tells the segment.
SAID_LATER = frozenset({"released", "reported"})
LOT_COLUMNS = ("kind", "material", "revision", "unit", "expires", "supplier_lot", "container")


@dataclass(frozen=True)
class Segments:
    """When a work center's segments began, in the order of their seqs."""

    seqs: tuple[int, ...] = ()
    starts: tuple[int, ...] = ()

    def began(self, seq: int, start: int) -> "Segments":
        return Segments((*self.seqs, seq), (*self.starts, start))

    def of(self, fact: Fact, hour: int) -> int | None:
        """The segment that the fact's pieces of an hour belong to; None before the first one."""
        place = bisect_left(self.seqs, fact.seq)
        at = _made_at(fact, hour)
        while place and at is not None and self.starts[place - 1] > at:
            place -= 1
        return self.seqs[place - 1] if place else None


def _made_at(fact: Fact, hour: int) -> int | None:
    """When pieces were made that were said later; None for those that were counted then."""
    if fact.kind != FactKind.PRODUCTION_COUNT:
        return min(fact.occurred_at, hour + HOUR - 1)
    return int(fact.body["to"]) if SAID_LATER & set(fact.body.get("flags") or ()) else None


def in_segment(segments: Segments, fact: Fact, changes: Iterable[Change]) -> Iterator[Change]:
    """What the fact does to the hour buckets, in the segments of the pieces."""
    for change in changes:
        if not isinstance(change, Add) or change.table != "hour_bucket":
            continue
        hour = int(change.key["hour"] or 0)
        if (segment := segments.of(fact, hour)) is not None:
            key = {"segment": segment, "job_order_id": change.key["job_order_id"], "hour": hour}
            yield Add("segment_pieces", key, change.amounts)


def pinned(fact: Fact) -> tuple[Change, ...]:
    """The revisions and materials that a job order is made by from now on."""
    body = fact.body
    if "bom_revision" not in body:
        return ()
    definition = f"{body['product']}/{body['revision']}"
    job: dict[str, Scalar] = {"job_order_id": fact.job_order_id}
    values: dict[str, Scalar] = {
        "definition": definition,
        "bom_revision": body["bom_revision"],
        "routing_revision": body["routing_revision"],
    }
    materials = [
        Put(
            "job_material", {**job, "definition": definition, "material": one["material"]}, _of(one)
        )
        for one in body.get("materials") or ()
    ]
    return (Put("job_pin", job, values), *materials)


def _of(material: Mapping[str, str]) -> dict[str, Scalar]:
    quantity = Fraction(material["quantity"])
    return {
        "revision": material["revision"],
        "numerator": quantity.numerator,
        "denominator": quantity.denominator,
        "unit": material["unit"],
        "tracked": material["tracked"],
    }


def lots(fact: Fact) -> tuple[Change, ...]:
    """What a fact of materials changes, by its event; nothing for those that only tell."""
    changes: list[Change] = []
    if "mounted" in fact.body:
        changes += _segment(fact)
    changes += _EVENTS.get(str(fact.body["event"]), _nothing)(fact)
    if (reversed_ := fact.body.get("reverses")) is not None:
        changes.append(Put("material_reversed", {"seq": reversed_}, {"by": fact.seq}))
    return tuple(changes)


def begins_segment(fact: Fact) -> bool:
    return "mounted" in fact.body


def _nothing(_: Fact) -> list[Change]:
    return []


def _segment(fact: Fact) -> Iterator[Change]:
    """The segment that begins: all that is mounted, and all output lots that are open."""
    body = fact.body
    certain = int(bool(body["certain"]))
    row: dict[str, Scalar] = {"start": fact.occurred_at, "certain": certain}
    yield Put("segment", {"equipment_id": fact.equipment_id, "id": fact.seq}, row)
    for one in body["mounted"]:
        yield _mounted(fact.seq, one)
    for one in body["open"]:
        key: dict[str, Scalar] = {"segment": fact.seq, "job_order_id": one["job_order_id"]}
        yield Put("segment_out", key, {"lot": one["lot"]})


def _mounted(segment: int, one: Mapping[str, Any]) -> Put:
    key: dict[str, Scalar] = {"segment": segment, "material": one["material"]}
    values: dict[str, Scalar] = {name: one[name] for name in ("lot", "revision", "made_by")}
    return Put("segment_in", key, values)


def _remounted(fact: Fact) -> list[Change]:
    """Another lot was mounted all the while than was said."""
    return [_mounted(int(segment), fact.body["lot"]) for segment in fact.body["segments"]]


def _received(fact: Fact) -> list[Change]:
    quantity = Fraction(fact.body["quantity"])
    return [
        _lot(
            fact,
            numerator=quantity.numerator,
            denominator=quantity.denominator,
            job_order_id=NO_JOB,
        )
    ]


def _opened(fact: Fact) -> list[Change]:
    return [_lot(fact, job_order_id=fact.job_order_id)]


def _closed(fact: Fact) -> list[Change]:
    return [Put("lot", {"lot": fact.body["lot"]}, {"closed_at": fact.occurred_at})]


def _lot(fact: Fact, **more: Scalar) -> Put:
    return _new_lot(fact, fact.body, more)


def _named(fact: Fact, one: Mapping[str, Any]) -> Change:
    return _new_lot(fact, one, {"job_order_id": fact.job_order_id or NO_JOB})


def _new_lot(fact: Fact, said: Mapping[str, Any], more: Mapping[str, Scalar]) -> Put:
    values: dict[str, Scalar] = {name: said.get(name) for name in LOT_COLUMNS}
    values |= {"made": fact.seq, "made_at": fact.occurred_at, "closed_at": None}
    values |= {"equipment_id": fact.equipment_id}
    return Put("lot", {"lot": said["lot"]}, {**values, **more})


def _used(fact: Fact) -> list[Change]:
    """A lot, or a part of it, was put into a job order; below 0 where that is taken back."""
    body = fact.body
    return [_use(fact, "used"), *_flow(body["lot"], body["into"], "used", body["quantity"])]


def _lost(fact: Fact) -> list[Change]:
    body = fact.body
    changes: list[Change] = [_use(fact, str(body["loss"]))]
    return [*changes, *_flow(body["lot"], "", str(body["loss"]), body["quantity"])]


def _stated(fact: Fact) -> list[Change]:
    body = fact.body
    quantity = Fraction(body["quantity"])
    key: dict[str, Scalar] = {
        "job_order_id": fact.job_order_id,
        "material": body["material"],
        "lot": body["lot"],
        "unit": body["unit"],
        "denominator": quantity.denominator,
    }
    return [Add("material_stated", key, {"numerator": quantity.numerator})]


def _flowed(fact: Fact) -> list[Change]:
    """A part of lots went into others: packed, split, merged, reworked."""
    body = fact.body
    made = [_named(fact, one) for one in body.get("new") or ()]
    return made + [
        change
        for one in body["flows"]
        for change in _flow(one["from"], one["to"], str(body["how"]), one["quantity"])
    ]


def _use(fact: Fact, kind: str) -> Add:
    body = fact.body
    quantity = Fraction(body["quantity"])
    key: dict[str, Scalar] = {
        "equipment_id": fact.equipment_id,
        "hour": body["hour"],
        "job_order_id": fact.job_order_id or NO_JOB,
        "material": body["material"],
        "unit": body["unit"],
        "kind": kind,
        "denominator": quantity.denominator,
    }
    return Add("material_use", key, {"numerator": quantity.numerator})


def _flow(source: str, target: str, how: str, quantity: str) -> list[Change]:
    if not source:
        return []
    much = Fraction(quantity)
    key: dict[str, Scalar] = {"source": source, "target": target, "how": how}
    key["denominator"] = much.denominator
    return [Add("lot_flow", key, {"numerator": much.numerator})]


_EVENTS = {
    "received": _received,
    "opened": _opened,
    "closed": _closed,
    "remounted": _remounted,
    "used": _used,
    "lost": _lost,
    "stated": _stated,
    "flowed": _flowed,
}
