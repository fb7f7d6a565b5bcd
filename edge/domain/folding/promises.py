"""What becomes of promises: reserved, extended, cancelled, ordered."""

import json

from edge.domain.changes import Change, Put, Scalar
from edge.domain.facts import Fact

SAID = (
    "product",
    "revision",
    "quantity",
    "from_stock",
    "make",
    "customer",
    "priority",
    "date",
    "until",
    "kept",
    "note",
)


def promised(fact: Fact) -> tuple[Change, ...]:
    """By the fact's `event`; a promise is known by the seq of its first fact."""
    body, event = fact.body, fact.body["event"]
    if event == "reserved":
        values: dict[str, Scalar] = {name: body[name] for name in SAID}
        values |= {"at": fact.occurred_at, "actor": fact.actor or "", "state": "reserved"}
        values |= {name: json.dumps(body[name]) for name in ("slots", "materials")}
        return (Put("promise", {"id": fact.seq}, values),)
    key: dict[str, Scalar] = {"id": body["promise"]}
    if event == "extended":
        return (Put("promise", key, {"until": body["until"]}),)
    closed: dict[str, Scalar] = {"state": event, "closed_at": fact.occurred_at}
    if event == "ordered":
        closed["order_id"] = body["order"]
    return (Put("promise", key, closed),)
