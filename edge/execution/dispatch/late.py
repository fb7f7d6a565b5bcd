"""Orders that the plan in force finishes too late, and why, in sentences."""

from collections.abc import Mapping
from typing import Any

from edge.domain.clock import parse_time
from edge.execution.floor import Floor
from edge.planning.comparing.difference_words import why

Json = dict[str, Any]


def late_orders(floor: Floor, work_center: str | None = None) -> Json:
    """`{version, items}`, the latest first; with a work center those that it works on.

    An item: order, product, customer, quantity, due and completion (us), `late_s` seconds,
    `late_pieces`, `work_centers` in the order of its way, and a sentence a proved reason.
    """
    plan = floor.reader.plan()
    if plan is None:
        return {"version": None, "items": []}
    ways = _ways(plan.schedule)
    late = [row for row in plan.schedule["orders"] if row["tardiness_s"]]
    items = [_item(floor, row, ways.get(row["id"], [])) for row in late]
    if work_center is not None:
        items = [one for one in items if work_center in one["work_centers"]]
    items.sort(key=lambda one: (-one["late_s"], one["order"]))
    return {"version": plan.version, "items": items}


def _ways(schedule: Mapping[str, Any]) -> dict[str, list[str]]:
    """Work centers of each order, in the order in which it comes there."""
    ways: dict[str, list[str]] = {}
    for block in sorted(schedule["blocks"], key=lambda one: (one["order"], one["seq"])):
        way = ways.setdefault(block["order"], [])
        if block["work_center"] and block["work_center"] not in way:
            way.append(block["work_center"])
    return ways


def _item(floor: Floor, row: Mapping[str, Any], way: list[str]) -> Json:
    request = floor.register.data.requests.get(row["id"])
    reasons = [why([one], floor.zone) for one in row["reasons"]] or [why([], floor.zone)]
    return {
        "order": row["id"],
        "product": request.product if request else "",
        "customer": request.customer if request else "",
        "quantity": request.ordered if request else None,
        "due": parse_time(row["due"]),
        "completion": parse_time(row["completion"]),
        "late_s": row["tardiness_s"],
        "late_pieces": row["late_quantity"],
        "work_centers": way,
        "reasons": [one.view() for one in reasons],
    }
