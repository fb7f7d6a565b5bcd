"""Corrections by the fact that they correct."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert, select

from erp_sync.storage import tables

correction = tables.correction


def of(
    connection: Connection, edge_id: str, corrects: int, *, before: int | None = None
) -> list[Mapping[str, Any]]:
    """The changes of all corrections of a fact so far, in order; `before` a seq: those of then."""
    query = select(correction.c.changes).where(
        correction.c.edge_id == edge_id, correction.c.corrects == corrects
    )
    if before is not None:
        query = query.where(correction.c.seq < before)
    return [json.loads(row.changes) for row in connection.execute(query.order_by(correction.c.seq))]


def add(
    connection: Connection, edge_id: str, corrects: int, seq: int, changes: Mapping[str, Any]
) -> None:
    """Keep a correction."""
    connection.execute(
        insert(correction).values(
            edge_id=edge_id, corrects=corrects, seq=seq, changes=json.dumps(changes)
        )
    )
