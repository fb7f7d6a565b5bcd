"""What becomes of promises: reserved, extended, cancelled, ordered, shipped, or refused to one.

And when confirmed purchases were said last: what is received since then is of them.
"""

import json

from edge.domain.changes import Add, Change, Put, Scalar
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
        values |= {name: json.dumps(body[name], sort_keys=True) for name in ("slots", "materials")}
        return (Put("promise", {"id": fact.seq}, values),)
    key: dict[str, Scalar] = {"id": body["promise"]}
    if event == "extended":
        return (Put("promise", key, {"until": body["until"]}),)
    if event == "refused":
        return ()
    closed: dict[str, Scalar] = {"state": event, "closed_at": fact.occurred_at}
    if event == "ordered":
        closed["order_id"] = body["order"]
    return (Put("promise", key, closed),)


def claimed(fact: Fact) -> tuple[Change, ...]:
    """What has become of the promise that an order names; facts of older versions say less."""
    body, event = fact.body, fact.body["event"]
    order = body.get("order")
    if not order:
        return ()
    key: dict[str, Scalar] = {"order_id": order, "promise": body["promise"]}
    values: dict[str, Scalar] = {"state": event, "at": fact.occurred_at}
    if event in {"ordered", "refused"}:
        values |= {"why": body.get("why", ""), "by": body.get("by", "")}
        values |= {"from_stock": body.get("from_stock", 0), "product": body.get("product", "")}
    elif event == "shipped" and "from_stock" in body:
        values |= {"from_stock": body["from_stock"]}
    return (Put("order_promise", key, values),)


def shipped(fact: Fact) -> tuple[Change, ...]:
    """What of lots has gone to a customer."""
    return tuple(
        Add(
            "lot_flow",
            {"source": one["lot"], "target": "", "how": "shipped", "denominator": 1},
            {"numerator": one["quantity"]},
        )
        for one in fact.body.get("lots") or ()
    )


def purchases_came(fact: Fact) -> tuple[Change, ...]:
    """Since which fact the purchases of a document are known."""
    if fact.body.get("document") != "expected_receipts":
        return ()
    return (Put("purchases_said", {"id": fact.body["id"]}, {"seq": fact.seq}),)
