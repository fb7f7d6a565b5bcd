"""Maintenance: orders by their events, where plans were last done, and what machines have run."""

from edge.domain.changes import Add, Change, Put, Scalar
from edge.domain.facts import Fact
from edge.domain.vocabulary import TimeClass

RUNNING = frozenset({TimeClass.APT, TimeClass.ASUT, TimeClass.APT_OUTSIDE})
STATES = {"reported": "reported", "begun": "begun", "done": "done", "cancelled": "cancelled"}


def happened(fact: Fact) -> tuple[Change, ...]:
    """An order is reported, begun, done or cancelled; a plan is carried over at go-live."""
    body, event = fact.body, fact.body["event"]
    if event == "tool_changed":  # of a tool, not of a machine
        return ()
    if event == "carried_over":
        return (_done(fact),)
    id_ = fact.seq if event == "reported" else body["order"]
    key: dict[str, Scalar] = {"equipment_id": fact.equipment_id, "id": id_}
    values: dict[str, Scalar] = {"state": STATES[event]}
    if event == "reported":
        values |= {name: body[name] for name in ("kind", "plan", "stop", "note")}
        values |= {"reported_at": body["at"], "reported_by": fact.actor or ""}
    elif event == "begun":
        values["start"] = body["at"]
    else:
        values |= {"end": body["at"], "done_by": fact.actor or "", "result": body["note"]}
    changes: list[Change] = [Put("maintenance_interval", key, values)]
    if event == "done" and body["plan"]:
        changes.append(_done(fact))
    return tuple(changes)


def _done(fact: Fact) -> Put:
    body = fact.body
    values: dict[str, Scalar] = {"at": body["at"]}
    values |= {name: body[name] for name in ("running", "cycles")}
    return Put("maintenance_done", {"plan": body["plan"]}, values)


def cycled(fact: Fact) -> tuple[Change, ...]:
    """Cycles of a count: its pieces, or its counter's steps where a step is not a piece."""
    body = fact.body
    if fact.source != "plc" or body["role"] not in {"good", "scrap", "total"}:
        return ()
    cycles = int(body["quantity"])
    if body.get("pieces_per_pulse") and body["raw_to"] >= body["raw_from"]:
        cycles = body["raw_to"] - body["raw_from"]
    return (Add("usage", {"equipment_id": fact.equipment_id}, {"cycles": cycles}),)


def ran(equipment_id: str, time_class: str, start: int, end: int) -> tuple[Change, ...]:
    """An interval has ended: what of it the machine ran."""
    if time_class not in RUNNING or end <= start:
        return ()
    return (Add("usage", {"equipment_id": equipment_id}, {"running": end - start}),)
