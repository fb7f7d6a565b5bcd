"""Apply what the fold returns: rows are put, amounts are added, batches at a time."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

from edge.domain.changes import Add, Change, Scalar
from erp_sync.storage import record_tables, tables

PROJECTIONS: Mapping[str, Table] = {
    "hour_bucket": tables.hour_bucket,
    "state_interval": tables.state_interval,
    "stop": tables.stop,
    "stop_part": tables.stop_part,
    "planned_stop": tables.planned_stop,
    "job_progress": tables.job_progress,
    "energy_hour": record_tables.energy_hour,
    "work_center_place": record_tables.work_center_place,
    "inspection_hour": record_tables.inspection_hour,
    "job_pin": record_tables.job_pin,
    "job_material": record_tables.job_material,
    "material_use": record_tables.material_use,
    "maintenance_interval": record_tables.maintenance_interval,
    "labour_interval": record_tables.labour_interval,
    "order_promise": record_tables.order_promise,
}
# Tables that an edge keeps for itself: no other book needs them.
EDGES_OWN = frozenset(
    {
        "maintenance_done",
        "usage",
        "hour_signature",
        "changeover",
        "andon_call",
        "data_gap",
        "job_run",
        "job_opening",
        "job_event",
        "job_question",
        "job_told",
        "lot",
        "segment",
        "segment_in",
        "segment_out",
        "segment_pieces",
        "lot_flow",
        "material_stated",
        "material_reversed",
        "interval_job",
        "setup_bucket",
        "tool_wear",
        "tool_change",
        "quality_hold",
        "inspection_result",
        "measured_sample",
        "control_limits",
        "nonconformance",
        "nonconformance_part",
        "rework_hour",
        "defect_hour",
        "promise",
        "purchases_said",
    }
)
_INSERTS: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_Key = tuple[tuple[str, Scalar], ...]


def apply_changes(connection: Connection, edge_id: str, changes: Iterable[Change]) -> None:
    """Write the changes of a batch of one edge, each row once."""
    added: dict[tuple[str, _Key], dict[str, int]] = defaultdict(dict)
    put: dict[tuple[str, _Key], dict[str, Scalar]] = defaultdict(dict)
    for change in changes:
        if change.table in EDGES_OWN:
            continue
        place = change.table, (("edge_id", edge_id), *sorted(change.key.items()))
        if isinstance(change, Add):
            sums = added[place]
            for name, amount in change.amounts.items():
                sums[name] = sums.get(name, 0) + amount
        else:
            put[place].update(change.values)
    _write(connection, added, add=True)
    _write(connection, put, add=False)


def _write(
    connection: Connection,
    rows: Mapping[tuple[str, _Key], Mapping[str, Scalar]],
    *,
    add: bool,
) -> None:
    alike: dict[tuple[str, tuple[str, ...]], list[dict[str, Scalar]]] = defaultdict(list)
    for (table, key), values in rows.items():
        alike[table, tuple(sorted(values))].append({**dict(key), **values})
    for (table, columns), group in alike.items():
        upsert(connection, PROJECTIONS[table], group, columns, add=add)


def upsert(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    columns: Sequence[str],
    *,
    add: bool = False,
) -> None:
    """Insert rows; where the primary key exists, set `columns` or `add` to them."""
    if not rows:
        return
    insert = _INSERTS[connection.dialect.name](table)
    new = insert.excluded
    values = {name: table.c[name] + new[name] if add else new[name] for name in columns}
    keys = list(table.primary_key)
    connection.execute(
        insert.on_conflict_do_update(index_elements=keys, set_=values)
        if values
        else insert.on_conflict_do_nothing(index_elements=keys),
        rows,
    )
