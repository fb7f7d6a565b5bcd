"""The grouped feeds: an hour, shift or order is sent once, when it is closed.

Closed means that the edge's watermark has passed its end. What comes later is sent as
a correction item with the differences, so that the items of a group always add up.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection, Row

from edge.domain.hours import next_hour
from erp_sync.inbox.local_days import day_end
from erp_sync.storage import ledger, sequences
from erp_sync.storage.ledger import GROUP_KEY, PIECES, Entry


def add(connection: Connection, entries: Sequence[Entry], zone: ZoneInfo) -> None:
    """Add a batch's pieces to their groups."""
    ends: dict[tuple[str, str], int] = {}
    for entry in entries:
        ends["hour", str(entry.hour)] = next_hour(entry.hour, zone)
        if entry.shift_key.endswith("|"):  # outside any shift: the local day ends it
            ends["shift", entry.shift_key] = day_end(entry.production_day, zone)
    ledger.add_groups(connection, entries, ends)


def emit(connection: Connection, edge_id: str, watermark: int, covered: int) -> None:
    """Send the groups of an edge that its watermark closes; `covered` is the feed's tip."""
    ledger.close_orders(connection, edge_id)
    ledger.close_shifts(connection, edge_id)
    by_grouping: dict[str, list[Row[Any]]] = defaultdict(list)
    sent = []
    for row in ledger.closed(connection, edge_id, watermark):
        sent.append(_sent(row, covered))
        if any(_differences(row).values()):
            by_grouping[row.grouping].append(row)
    items: list[dict[str, Any]] = []
    for grouping, rows in by_grouping.items():
        first = sequences.take(connection, grouping_feed(grouping), len(rows))
        items += [_item(row, first + at, covered) for at, row in enumerate(rows)]
    ledger.emit(connection, items, sent)


def grouping_feed(grouping: str) -> str:
    """Name of the sequence that positions a grouped feed."""
    return f"{sequences.GROUPED}:{grouping}"


def _differences(row: Row[Any]) -> dict[str, int]:
    now = row._mapping
    return {name: now[name] - now[f"sent_{name}"] for name in PIECES}


def _sent(row: Row[Any], covered: int) -> dict[str, Any]:
    now = row._mapping
    key = {name: now[name] for name in GROUP_KEY}
    return key | {"open": 0, "covered": covered} | {f"sent_{n}": now[n] for n in PIECES}


def _slot(grouping: str, slot: str) -> dict[str, Any]:
    if grouping == "hour":
        return {"hour": int(slot)}
    if grouping == "shift":
        day, _, shift = slot.partition("|")
        return {"production_day": day, "shift": shift or None}
    return {}


def _item(row: Row[Any], position: int, covered: int) -> dict[str, Any]:
    shown = {
        "position": position,
        "id": f"{row.grouping}/{position}",
        "type": row.grouping,
        "order": row.order_id or None,
        "operation": row.operation or None,
        "equipment_id": row.equipment_id,
        **_slot(row.grouping, row.slot),
        **_differences(row),
        "correction": row.covered > 0,
    }
    stored = ("grouping", "edge_id", "order_id", "operation", "equipment_id", "slot")
    return {name: row._mapping[name] for name in stored} | {
        "position": position,
        "covers_after": row.covered,
        "covers_to": covered,
        "data": msgspec.json.encode(shown),
    }
