"""What is done at each batch does not grow with the years."""

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert

from erp_sync.inbox import intake
from erp_sync.storage import tables
from erp_sync.storage.engine import Store

BERLIN = ZoneInfo("Europe/Berlin")
PAST = 20_000  # states and stops that have ended
STEPS = 1_000  # of SQLite's machine, between two ticks
MOST_TICKS = 20


def past(at: int) -> dict[str, Any]:
    return {"edge_id": "e1", "equipment_id": f"L{at % 3}", "start": at, "end": at + 3, "fault": 7}


def fill(db: Connection) -> None:
    """Years of states and stops."""
    words = {"shift": "early", "production_day": "2026-06-08", "job_order_id": ""}
    state = {"state": 6, "mode": 1, "time_class": "APT", **words}
    states = [{**past(at), **state, "opened": at} for at in range(PAST)]
    db.execute(insert(tables.state_interval), states)
    stop = {"job_order_id": "", "reason": "", "note": ""}
    db.execute(insert(tables.stop), [{**past(at), **stop, "id": at} for at in range(PAST)])


def test_a_sign_of_life_does_not_read_the_past(store: Store) -> None:
    store.write_now(fill)

    def ticks(db: Connection) -> int:
        ticked: list[int] = []
        raw: Any = db.connection.driver_connection
        raw.set_progress_handler(lambda: ticked.append(1), STEPS)
        intake.take_in(db, "e1", 1, [], PAST, BERLIN, PAST)
        raw.set_progress_handler(None, 0)
        return len(ticked)

    assert store.write_now(ticks) <= MOST_TICKS
