"""What a fact does to the projections and to the ledger of pieces; pure.

The fold of the domain says what changes; the ledger is its hour buckets, fact by
fact. A `correction` takes back what the corrected fact does now and books what it
does with the changes: names of the fact itself (`job_order_id`, `equipment_id`,
`occurred_at`) or of its body.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from edge.domain.clock import to_datetime
from edge.domain.facts import Fact, FactKind
from edge.domain.fold import Add, Change, FoldState, fold
from erp_sync.storage.ledger import Entry

FACT_FIELDS = frozenset({"job_order_id", "equipment_id", "occurred_at"})
CORRECTABLE = frozenset({FactKind.PRODUCTION_COUNT, FactKind.SCRAP, FactKind.REWORK})


@dataclass(frozen=True)
class Corrected:
    """A fact that a correction names, with the changes of all corrections before."""

    fact: Fact
    earlier: Sequence[Mapping[str, Any]]


def order_of(job_order_id: str | None) -> tuple[str, int]:
    """Order and operation: of `WO1001.10` WO1001 and 10; "" and 0 without a job order."""
    order, dot, operation = (job_order_id or "").rpartition(".")
    return (order, int(operation)) if dot and operation.isdecimal() else ("", 0)


def correction_changes(correction: Fact, corrected: Corrected) -> tuple[Change, ...]:
    """Take back the corrected fact as it stands and book it as it should be."""
    if corrected.fact.kind not in CORRECTABLE:
        return ()
    old = corrected.fact
    for changes in corrected.earlier:
        old = changed(old, changes)
    new = changed(old, correction.body["changes"])
    back = [_negated(change) for change in _added(old)]
    return (*back, *_added(new))


def changed(fact: Fact, changes: Mapping[str, Any]) -> Fact:
    """The fact as the changes say it was."""
    own = {name: value for name, value in changes.items() if name in FACT_FIELDS}
    body = {name: value for name, value in changes.items() if name not in FACT_FIELDS}
    return replace(fact, **own, body={**fact.body, **body})


def entries(changes: Sequence[Change], edge_id: str, position: int, zone: ZoneInfo) -> list[Entry]:
    """The ledger's lines of one fact's changes."""
    buckets = [one for one in changes if isinstance(one, Add) and one.table == "hour_bucket"]
    return [
        _entry(bucket, edge_id, position, line, zone)
        for line, bucket in enumerate(buckets)
        if any(bucket.amounts.values())
    ]


def effects_json(lines: Sequence[Entry]) -> bytes | None:
    """The lines as the feed shows them beside the fact; None if there are none."""
    if not lines:
        return None
    return msgspec.json.encode([effect(line) for line in lines])


def effect(line: Entry) -> dict[str, Any]:
    """`{order, operation, production_day, good, scrap, rework}`; order null without one."""
    return {
        "order": line.order_id or None,
        "operation": line.operation or None,
        "production_day": line.production_day,
        "good": line.good,
        "scrap": line.scrap,
        "rework": line.rework,
    }


def _added(fact: Fact) -> list[Add]:
    return [one for one in fold(FoldState(), fact).changes if isinstance(one, Add)]


def _negated(change: Add) -> Add:
    return replace(change, amounts={name: -amount for name, amount in change.amounts.items()})


def _entry(bucket: Add, edge_id: str, position: int, line: int, zone: ZoneInfo) -> Entry:
    key = bucket.key
    order, operation = order_of(str(key["job_order_id"]))
    hour = int(key["hour"] or 0)
    # Outside any shift the production day is the local date.
    day = str(key["production_day"]) or to_datetime(hour).astimezone(zone).date().isoformat()
    return Entry(
        position=position,
        line=line,
        edge_id=edge_id,
        order_id=order,
        operation=operation,
        equipment_id=str(key["equipment_id"]),
        hour=hour,
        shift_key=f"{day}|{key['shift']}",
        production_day=day,
        good=bucket.amounts.get("good", 0),
        scrap=bucket.amounts.get("scrap", 0),
        rework=bucket.amounts.get("rework", 0),
    )
