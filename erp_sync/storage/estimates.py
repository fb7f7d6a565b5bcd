"""What an edge last answered when it was asked for a promise, by product."""

from dataclasses import asdict, dataclass

from sqlalchemy import Connection, select

from erp_sync.storage import tables
from erp_sync.storage.changes import upsert

estimate = tables.estimate


@dataclass(frozen=True)
class Estimate:
    """`revision` as it was asked for, empty for the newest; `answer` is the edge's JSON."""

    edge_id: str
    product: str
    revision: str
    quantity: int
    at: int
    answer: bytes


def keep(connection: Connection, row: Estimate) -> None:
    """Keep it in the place of the one before."""
    upsert(connection, estimate, [asdict(row)], ("quantity", "at", "answer"))


def last(connection: Connection, edge_id: str, product: str, revision: str) -> Estimate | None:
    """The last answer for a product; None if there never was one."""
    query = select(estimate).where(
        estimate.c.edge_id == edge_id,
        estimate.c.product == product,
        estimate.c.revision == revision,
    )
    row = connection.execute(query).one_or_none()
    return Estimate(**row._mapping) if row else None
