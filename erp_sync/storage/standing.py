"""How things stand: edges and consumers against the feed."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from erp_sync.storage import alarms, edges, sequences, tables
from erp_sync.storage.edges import EdgeRow


@dataclass(frozen=True)
class ConsumerLag:
    """How many items of a feed lie after the last that a consumer acknowledged."""

    name: str
    grouping: str
    lag: int


@dataclass(frozen=True)
class Standing:
    """The feed's tip, all edges, all consumers, open alarms of edges that ever had one."""

    feed_position: int
    edges: list[EdgeRow]
    consumers: list[ConsumerLag]
    open_alarms: dict[str, int]


def standing(connection: Connection) -> Standing:
    """How things stand now."""
    consumer = tables.consumer
    tip = sequences.tip(connection, sequences.FEED)
    lags = []
    for row in connection.execute(select(consumer).order_by(consumer.c.name)).all():
        end = tip
        if row.grouping != "fact":
            end = sequences.tip(connection, f"{sequences.GROUPED}:{row.grouping}")
        lags.append(ConsumerLag(row.name, row.grouping, end - row.position))
    return Standing(tip, edges.every(connection), lags, alarms.open_by_edge(connection))
