"""What the fold must remember of an edge, read back from its projections."""

from sqlalchemy import Connection, select

from edge.domain.fold import FoldState
from edge.domain.folding.states import OpenState
from erp_sync.storage import tables


def load(connection: Connection, edge_id: str) -> FoldState:
    """The open state interval of each work center, with its open stop."""
    state, stop = tables.state_interval, tables.stop
    stops = {
        row.equipment_id: row.id
        for row in connection.execute(
            select(stop.c.equipment_id, stop.c.id).where(
                stop.c.edge_id == edge_id, stop.c.end.is_(None), stop.c.start.is_not(None)
            )
        )
    }
    rows = connection.execute(
        select(state).where(state.c.edge_id == edge_id, state.c.end.is_(None))
    )
    return FoldState(
        {
            row.equipment_id: OpenState(
                opened=row.opened,
                start=row.start,
                time_class=row.time_class,
                stop=stops.get(row.equipment_id),
            )
            for row in rows
        }
    )
