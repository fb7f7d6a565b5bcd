"""The accounts of a run, each from whoever keeps it, by the way that anybody could take."""

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from simulators.demo.comparison import Place, Quantities
from simulators.erp.example import Example
from simulators.erp.postings import NO_ORDER


def planned(example: Example) -> dict[Place, int]:
    """Good pieces that the ERP wants, of every operation of every order."""
    routings = {(d.product, d.revision): d.operations for d in example.definitions}
    return {
        (order.id, seq): order.quantity
        for order in example.plan.orders
        for seq in routings.get((order.product, order.product_revision), ())
    }


def truth(totals: Iterable[Mapping[str, Any]], example: Example) -> dict[Place, Quantities]:
    """What the machines made, by the ERP's orders; a number that it never gave keeps its digits."""
    names = {order.number: order.id for order in example.plan.orders}
    account: dict[Place, Quantities] = {}
    for row in totals:
        number, operation = divmod(int(row["number"]), 1000)
        _add(account, (names.get(number, f"number {number}"), operation), row)
    return account


def recorded(
    job_orders: Iterable[Mapping[str, Any]], unassigned: Iterable[Mapping[str, Any]]
) -> dict[Place, Quantities]:
    """What the edge says of its job orders, and of pieces without one."""
    account: dict[Place, Quantities] = {}
    for job in job_orders:
        _add(account, (str(job["order"]), int(job["operation"])), job)
    for part in unassigned:
        _add(account, NO_ORDER, part)
    return account


def booked(books: Path) -> dict[Place, Quantities]:
    """What stands in the ERP's own file, over all days."""
    account: dict[Place, Quantities] = {}
    with closing(read_only(books)) as db:
        for row in db.execute("SELECT order_id, operation, good, scrap FROM total"):
            _add(account, (row["order_id"], row["operation"]), row)
    return account


def read_only(path: Path) -> sqlite3.Connection:
    """A connection that can change nothing."""
    db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=10)
    db.row_factory = sqlite3.Row
    return db


def _add(account: dict[Place, Quantities], place: Place, row: Any) -> None:
    known = account.get(place, Quantities())
    good, scrap = known.good + int(row["good"]), known.scrap + int(row["scrap"])
    account[place] = Quantities(good, scrap)


def days(books: Path) -> list[str]:
    """Production days that the ERP has booked anything on."""
    with closing(read_only(books)) as db:
        return [row[0] for row in db.execute("SELECT DISTINCT day FROM total ORDER BY day")]
