"""Projections that a new version adds are made of the facts that were stored before it.

A migration names them in the setting `refold`; the store makes them when it is opened, in the
transaction of the migration. They are new and empty then, so nothing is added twice.
"""

from collections.abc import Iterator
from itertools import groupby

from sqlalchemy import Connection, delete, select

from edge.domain.changes import Change
from edge.domain.corrections import Corrected, correction_changes
from edge.domain.facts import Fact, FactKind, decode
from edge.domain.fold import FoldState, fold
from erp_sync.storage import corrections, facts, tables
from erp_sync.storage.changes import apply_changes

NAME = "refold"
# What each table is made of. Of these kinds a fact's changes follow from it alone.
KINDS = {
    "inspection_hour": (FactKind.QUALITY_RESULT, FactKind.CORRECTION),
    "job_pin": (FactKind.JOB_ORDER_EVENT,),
    "job_material": (FactKind.JOB_ORDER_EVENT,),
    "material_use": (FactKind.MATERIAL_CONSUMED, FactKind.MATERIAL_PRODUCED),
    "maintenance_interval": (FactKind.MAINTENANCE,),
    "labour_interval": (FactKind.LABOUR,),
    "order_promise": (FactKind.PROMISE,),
}


def fold_again(connection: Connection) -> None:
    """Make what the setting names, if there is one, of the facts that are stored."""
    setting = tables.setting
    named = connection.scalar(select(setting.c.value).where(setting.c.name == NAME))
    if named is None:
        return
    wanted = frozenset(named.split(","))
    for edge_id, changes in groupby(_changes(connection, wanted), key=lambda one: one[0]):
        apply_changes(connection, edge_id, [change for _, change in changes])
    connection.execute(delete(setting).where(setting.c.name == NAME))


def _changes(connection: Connection, wanted: frozenset[str]) -> Iterator[tuple[str, Change]]:
    fact = tables.fact
    kinds = {str(kind) for name in wanted for kind in KINDS[name]}
    query = (
        select(fact.c.edge_id, fact.c.data)
        .where(fact.c.kind.in_(kinds))
        .order_by(fact.c.edge_id, fact.c.seq)
    )
    for edge_id, data in connection.execute(query):
        for change in _of(connection, edge_id, decode(data)):
            if change.table in wanted:
                yield edge_id, change


def _of(connection: Connection, edge_id: str, fact: Fact) -> tuple[Change, ...]:
    if fact.kind != FactKind.CORRECTION:
        return fold(FoldState(), fact).changes
    seq = int(fact.body["corrects"])
    data = facts.data(connection, edge_id, seq)
    if data is None:
        raise LookupError(f"{edge_id}/{fact.seq} corrects {seq}, which is not stored")
    earlier = corrections.of(connection, edge_id, seq, before=fact.seq)
    return correction_changes(fact, Corrected(decode(data), earlier))
