"""What a month plan would change, against the one that is there now."""

from collections.abc import Mapping, Sequence
from typing import Any

Json = dict[str, Any]
HEAD = ("from", "to")


def difference(
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any],
    elsewhere: Mapping[str, str],
    made: Mapping[str, int],
) -> Json:
    """New, changed, removed and unchanged orders between two schedules, as they are kept.

    `elsewhere`: the schedule that has an order now, of those that another one has; they
    move here. `made`: good pieces so far, of orders that are begun.
    """
    old = _by_id(before["orders"]) if before else {}
    new = _by_id(after["orders"])
    changed = [
        {"id": id_, "made": made.get(id_), "changes": _changes(old[id_], order)}
        for id_, order in new.items()
        if id_ in old and old[id_] != order
    ]
    return {
        "head": _changes({k: before[k] for k in HEAD}, {k: after[k] for k in HEAD})
        if before
        else [],
        "new": [order for id_, order in new.items() if id_ not in old and id_ not in elsewhere],
        "moved": [
            {"id": id_, "schedule": elsewhere[id_]}
            for id_ in new
            if id_ not in old and id_ in elsewhere
        ],
        "changed": changed,
        "removed": [
            {**order, "made": made.get(id_)} for id_, order in old.items() if id_ not in new
        ],
        "same": sum(old.get(id_) == order for id_, order in new.items()),
    }


def _by_id(orders: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {str(order["id"]): order for order in orders}


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Json]:
    return [
        {"field": name, "from": old.get(name), "to": value}
        for name, value in new.items()
        if old.get(name) != value
    ]
