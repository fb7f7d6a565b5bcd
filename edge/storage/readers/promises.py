"""The PromiseReader of a store."""

import json
from collections.abc import Sequence
from typing import Any

from edge.domain.promises import Claim, Reservation, materials_from, slots_from
from edge.storage.rows import Rows

COLUMNS = (
    "id, at, actor, product, revision, quantity, from_stock, make, customer, priority, date,"
    " until, kept, note, slots, materials, state, order_id, closed_at"
)
# The product of a promise is in its own first fact; facts of before do not say it of orders.
CLAIMS = (
    "FROM (SELECT o.order_id, o.promise, o.state, o.why, o.by, o.from_stock,"
    " coalesce(p.product, o.product) AS product"
    " FROM order_promise o LEFT JOIN promise p ON p.id = o.promise) ORDER BY order_id, promise"
)


class PromiseRows:
    """Reservations as they stand; may be called from any thread."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def reservations(self) -> Sequence[Reservation]:
        sql = f"SELECT {COLUMNS} FROM promise WHERE product IS NOT NULL ORDER BY id"
        return [_reservation(row) for row in self._rows.query(sql)]

    def reservation(self, id_: int) -> Reservation | None:
        sql = f"SELECT {COLUMNS} FROM promise WHERE id = ? AND product IS NOT NULL"
        rows = self._rows.query(sql, (id_,))
        return _reservation(rows[0]) if rows else None

    def claims(self) -> Sequence[Claim]:
        return self._rows.records(Claim, CLAIMS)


def _reservation(row: Any) -> Reservation:
    said = dict(row)
    slots, materials = json.loads(said.pop("slots")), json.loads(said.pop("materials"))
    return Reservation(**said, slots=slots_from(slots), materials=materials_from(materials))
