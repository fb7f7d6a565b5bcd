"""What a fact does to the projections and to the ledger of pieces; pure.

The fold of the domain says what changes; the ledger is its hour buckets, fact by
fact. What a `correction` changes, `edge.domain.corrections` says.
"""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from edge.domain.changes import Add, Change
from edge.domain.clock import to_datetime
from erp_sync.storage.ledger import Entry, order_of


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
