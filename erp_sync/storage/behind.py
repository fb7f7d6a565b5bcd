"""The facts behind an explanation, as the edges sent them: with their raw counter readings.

The ledger says which facts moved pieces of a day and job. Which ones metered energy, or were an
inspection, no book here says: those are asked of the edge.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select, union

from edge.domain.corrections import Corrected
from edge.domain.facts import Fact, FactKind, decode
from edge.kpi.behind import Told
from erp_sync.storage import facts, record_tables, tables
from erp_sync.storage.ledger import order_of

PIECES = "hour_bucket"


class SentFacts:
    """Facts of the store, read in the caller's transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def edges_of(self, equipment_id: str) -> Sequence[str]:
        """The edges that have told of a work center."""
        every = (tables.state_interval, tables.hour_bucket, record_tables.work_center_place)
        of = (select(one.c.edge_id).where(one.c.equipment_id == equipment_id) for one in every)
        return sorted(self._connection.scalars(union(*of)))

    def of_row(self, equipment_id: str, table: str, key: Mapping[str, Any]) -> Iterator[Told]:
        if table != PIECES:
            return
        entry, fact = tables.entry, tables.fact
        order, operation = order_of(key["job_order_id"])
        query = (
            select(fact.c.edge_id, fact.c.data)
            .join(entry, entry.c.position == fact.c.position)
            .where(
                entry.c.production_day == key["production_day"],
                entry.c.order_id == order,
                entry.c.operation == operation,
                entry.c.equipment_id == equipment_id,
                entry.c.hour == key["hour"],
            )
            .distinct()
        )
        found: dict[tuple[str, int], Fact] = {}
        for edge_id, data in self._connection.execute(query):
            of = self._itself(edge_id, decode(data))
            found[edge_id, of.seq] = of
        for edge_id, seq in sorted(found):
            yield self._told(edge_id, found[edge_id, seq])

    def state(self, equipment_id: str, seq: int) -> Fact | None:
        for edge_id in self.edges_of(equipment_id):
            data = facts.data(self._connection, edge_id, seq)
            if data is not None and (fact := decode(data)).equipment_id == equipment_id:
                return fact
        return None

    def _itself(self, edge_id: str, fact: Fact) -> Fact:
        """A fact, or the one that it corrects."""
        if fact.kind != FactKind.CORRECTION:
            return fact
        return self._stored(edge_id, int(fact.body["corrects"]))

    def _stored(self, edge_id: str, seq: int) -> Fact:
        data = facts.data(self._connection, edge_id, seq)
        if data is None:
            raise LookupError(f"{edge_id}/{seq}: a correction names or is it, and it is not stored")
        return decode(data)

    def _told(self, edge_id: str, fact: Fact) -> Told:
        correction = tables.correction
        query = select(correction.c.seq).where(
            correction.c.edge_id == edge_id, correction.c.corrects == fact.seq
        )
        seqs = self._connection.scalars(query.order_by(correction.c.seq)).all()
        corrections = tuple(self._stored(edge_id, seq) for seq in seqs)
        return Corrected(fact, [one.body["changes"] for one in corrections]), corrections
