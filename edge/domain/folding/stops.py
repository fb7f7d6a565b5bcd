"""What people say of stops: reasons, where a stop is cut and joined, and planned stops."""

from collections.abc import Callable, Mapping

from edge.domain.changes import Add, Change, Put, Scalar
from edge.domain.facts import Fact


def reasoned(fact: Fact) -> tuple[Change, ...]:
    """By the fact's `event`; one without is the reason of a stop."""
    changes = EVENTS[fact.body.get("event", "reason")](fact)
    if (stop := fact.body.get("stop")) is None:
        return changes
    return (*changes, Add("stop", {"equipment_id": fact.equipment_id, "id": stop}, {"said": 1}))


def _reason(fact: Fact) -> tuple[Change, ...]:
    if cut := fact.body.get("part"):
        return (Put("stop_part", _part(fact, cut), _said(fact)),)
    key = {"equipment_id": fact.equipment_id, "id": fact.body["stop"]}
    return (Put("stop", key, _said(fact)),)


def _split(fact: Fact) -> tuple[Change, ...]:
    return (Put("stop_part", _part(fact, fact.body["at"]), {**_said(fact), "removed": 0}),)


def _merged(fact: Fact) -> tuple[Change, ...]:
    return (Put("stop_part", _part(fact, fact.body["at"]), {"removed": 1}),)


def _planned(fact: Fact) -> tuple[Change, ...]:
    values = _said(fact) | {"start": fact.body["from"], "end": fact.body["to"], "cancelled": 0}
    values.pop("planned")
    id_ = fact.body.get("planned_stop") or fact.seq
    return (Put("planned_stop", {"equipment_id": fact.equipment_id, "id": id_}, values),)


def _cancelled(fact: Fact) -> tuple[Change, ...]:
    key = {"equipment_id": fact.equipment_id, "id": fact.body["planned_stop"]}
    return (Put("planned_stop", key, {"cancelled": 1}),)


def changed_over(fact: Fact) -> tuple[Change, ...]:
    """The standard of the set-up that begins with a job's start."""
    if (standard := fact.body.get("changeover")) is None:
        return ()
    key: dict[str, Scalar] = {"equipment_id": fact.equipment_id, "seq": fact.seq}
    values: dict[str, Scalar] = {"at": fact.occurred_at, "job_order_id": fact.job_order_id}
    values |= {"from": standard["from"], "to": standard["to"]}
    return (Put("changeover", key, values | {"standard_us": standard["standard_s"] * 1_000_000}),)


def _part(fact: Fact, cut: int) -> dict[str, Scalar]:
    return {"equipment_id": fact.equipment_id, "stop": fact.body["stop"], "cut": cut}


def _said(fact: Fact) -> dict[str, Scalar]:
    """The reason with what it meant when it was said; facts of older versions say less."""
    body = fact.body
    return {
        "reason": body["reason"],
        "note": body.get("note") or "",
        "class": body.get("class") or "",
        "planned": int(body.get("planned") or False),
    }


EVENTS: Mapping[str, Callable[[Fact], tuple[Change, ...]]] = {
    "reason": _reason,
    "split": _split,
    "merged": _merged,
    "planned": _planned,
    "planned_changed": _planned,
    "planned_cancelled": _cancelled,
}
