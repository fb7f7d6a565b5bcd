"""What sync keeps of when an order is finished: never a finish and the reason for none at once."""

from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, insert

from erp_sync.masterdata.orders import order_status
from erp_sync.storage import forecasts, orders, tables
from erp_sync.storage.engine import Store

UNMADE = {"code": "order.unmade", "params": {}, "detail": "20 of 100", "mend": "cut it"}
SHORT = {"code": "order.ended_short", "params": {}, "detail": "5 of 100", "mend": "order them"}
times = st.integers(1, 10**6)

plans = st.tuples(st.just("plan"), st.one_of(st.none(), times), st.booleans())
"""A released plan: when the order is done, or not; false: nothing of it is left to plan."""
told = st.one_of(
    st.tuples(st.just("told"), times, st.sampled_from([None, SHORT])),
    st.tuples(st.just("told"), st.none(), st.sampled_from([None, UNMADE])),
)
"""What the edge expects of it, or why nothing."""


class Undo(Exception):
    """Nothing of an example stays in the store."""


def row(order: str, finish: int | None, unmade: Any, plan: int) -> dict[str, Any]:
    return {
        "id": order,
        "due": 0,
        "planned_finish": finish,
        "forecast_finish": finish,
        "unmade": unmade,
        "plan": plan,
        "made_at": plan,
    }


@settings(deadline=None)
@given(steps=st.lists(st.one_of(plans, told), max_size=8))
def test_what_was_said_last_is_shown(store: Store, steps: list[tuple[str, Any, Any]]) -> None:
    """Of plans and outlooks in any order: a finish, or the sentence why there is none, or of how
    many pieces the finish is. Another order and another edge keep what they have."""

    def write(db: Connection) -> None:
        for one in (tables.order_outlook, tables.forecast, tables.planned_order):
            db.execute(delete(one))
        for id_ in ("A", "B", "C"):
            db.execute(insert(tables.planned_order).values(order_id=id_, quantity=100, due=0))
        forecasts.put_outlooks(db, "e2", [row("C", None, UNMADE, 1)])
        planned: int | None = None
        outlook: tuple[int | None, Any] | None = None
        for plan, (kind, at, more) in enumerate(steps, start=1):
            if kind == "plan":
                planned = at if more else None
                beside = {"id": "B", "completion": 7, "due": 0, "tardiness_s": 0, "reasons": []}
                mine = [beside | {"id": "A", "completion": at}] if more else []
                forecasts.replace_with(db, "e1", plan, [*mine, beside])
                if outlook and (outlook[0] is None) != (planned is None):
                    outlook = None  # it was of another plan
            else:
                forecasts.put_outlooks(db, "e1", [row("A", at, more, plan)])
                outlook = (at, more) if at or more else None
            finish, unmade = planned, None
            if outlook and (outlook[0] is None or planned is not None):
                finish, unmade = outlook
            shown = {one["id"]: one for one in _statuses(db)}
            assert (shown["A"]["forecast_finish"], shown["A"]["unmade"]) == (finish, unmade)
            assert (shown["A"]["planned_finish"] is None) == (finish is None)
            assert finish is None or unmade is not UNMADE
            assert (shown["C"]["forecast_finish"], shown["C"]["unmade"]) == (None, UNMADE)
        raise Undo

    with suppress(Undo):
        store.write_now(write)


def _statuses(db: Connection) -> list[dict[str, Any]]:
    return [order_status(one, None) for one in orders.records(db)]
