"""Alarms of edges: open from when they came last until someone has looked and closed them."""

from dataclasses import asdict, dataclass

from sqlalchemy import Connection, func, select, update

from erp_sync.storage import tables
from erp_sync.storage.changes import upsert

alarm = tables.alarm


@dataclass(frozen=True, kw_only=True)
class AlarmRow:
    """A refusal of what an edge sent. `at`: when it came last; `closed_at` None while open.

    `offered` and `known` are the hashes that contradict each other, "" where there are none.
    """

    edge_id: str
    kind: str
    epoch: int
    seq: int
    offered: str
    known: str
    detail: str
    at: int
    closed_at: int | None = None
    closed_by: str = ""
    note: str = ""


def record(connection: Connection, row: AlarmRow) -> None:
    """Keep an alarm; one that comes again is the same one, at its new time and open again."""
    values = asdict(row)
    keys = {key.name for key in alarm.primary_key}
    upsert(connection, alarm, [values], [name for name in values if name not in keys])


def listed(
    connection: Connection, edge_id: str | None = None, *, is_open: bool | None = None
) -> list[AlarmRow]:
    """Alarms, oldest first: of one edge or all, open or closed or both."""
    query = select(alarm).order_by(alarm.c.at, *alarm.primary_key)
    if edge_id is not None:
        query = query.where(alarm.c.edge_id == edge_id)
    if is_open is not None:
        none = alarm.c.closed_at.is_(None)
        query = query.where(none if is_open else ~none)
    return [AlarmRow(**row._mapping) for row in connection.execute(query)]


def close(connection: Connection, edge_id: str, until: int, *, by: str, note: str, now: int) -> int:
    """Close an edge's open alarms that came last at `until` or before; how many."""
    mine = alarm.c.edge_id == edge_id, alarm.c.closed_at.is_(None), alarm.c.at <= until
    closed = update(alarm).where(*mine).values(closed_at=now, closed_by=by, note=note)
    return connection.execute(closed).rowcount


def open_by_edge(connection: Connection) -> dict[str, int]:
    """How many alarms are open, of every edge that ever had one."""
    counted = func.count() - func.count(alarm.c.closed_at)
    query = select(alarm.c.edge_id, counted).group_by(alarm.c.edge_id)
    return {row[0]: row[1] for row in connection.execute(query)}
