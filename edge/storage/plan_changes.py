"""What facts of plans change in this store: versions, proposals, and who has seen what."""

import json
from collections.abc import Callable, Mapping

from edge.domain.changes import Put, Scalar
from edge.domain.facts import Fact, FactKind
from edge.domain.plan_versions import OPEN, RELEASED

HEAD = ("made_at", "as_of", "valid_from", "input_hash")


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False) if value is not None else ""


def _released(fact: Fact) -> tuple[Put, ...]:
    body, plan = fact.body, fact.body["plan"]
    found = body.get("difference")
    values: dict[str, Scalar] = {
        **{name: body.get(name) for name in (*HEAD, "replaces", "proposal")},
        "seq": fact.seq,
        "released_at": fact.occurred_at,
        "released_by": fact.actor or "",
        "why": _text(body.get("why")),
        "moved_s": found["moved_s"] if found else None,
        "difference": _text(found),
    }
    told = (
        Put("plan_told", {"work_center": one, "plan": plan}, {"told_at": fact.occurred_at})
        for one in body.get("told", ())
    )
    decided: tuple[Put, ...] = ()
    if (proposal := body.get("proposal")) is not None:
        decided = (_decided(fact, proposal, RELEASED, body.get("note", ""), plan),)
    return (Put("plan_version", {"plan": plan}, values), *told, *decided)


def _proposal(fact: Fact) -> tuple[Put, ...]:
    body, proposal = fact.body, fact.body["proposal"]
    if body["event"] != "proposed":
        return (_decided(fact, proposal, body["event"], body["note"], None),)
    values: dict[str, Scalar] = {
        **{name: body[name] for name in (*HEAD, "base", "limit_s")},
        "seq": fact.seq,
        "why": _text(body["why"]),
        "moved_s": body["difference"]["moved_s"],
        "state": OPEN,
    }
    return (Put("plan_proposal", {"proposal": proposal}, values),)


def _decided(fact: Fact, proposal: int, state: str, note: str, plan: int | None) -> Put:
    values: dict[str, Scalar] = {
        "state": state,
        "decided_at": fact.occurred_at,
        "decided_by": fact.actor or "",
        "note": note,
        "plan": plan,
    }
    return Put("plan_proposal", {"proposal": proposal}, values)


def _unfrozen(fact: Fact) -> tuple[Put, ...]:
    values: dict[str, Scalar] = {
        "at": fact.occurred_at,
        "actor": fact.actor or "",
        "work_centers": _text(fact.body["work_centers"]),
        "until": fact.body["until"],
        "note": fact.body["note"],
    }
    return (Put("unfreezing", {"id": fact.seq}, values),)


def _acknowledged(fact: Fact) -> tuple[Put, ...]:
    """An hour's instruction was seen, or a version as a whole, where no hour is said."""
    place = {name: fact.body[name] for name in ("work_center", "plan")}
    if (hour := fact.body["hour"]) is None:
        values: dict[str, Scalar] = {"seen_at": fact.occurred_at, "seen_by": fact.actor or ""}
        return (Put("plan_seen", place, values),)
    seen: dict[str, Scalar] = {"acknowledged_at": fact.occurred_at, "actor": fact.actor}
    return (Put("instruction_acknowledged", {**place, "hour": hour}, seen),)


def _forecast(fact: Fact) -> tuple[Put, ...]:
    """What was told last of each order."""
    return tuple(
        Put("order_told", {"order_id": one["id"]}, {"seq": fact.seq, "said": _text(one)})
        for one in fact.body["orders"]
    )


RULES: Mapping[FactKind, Callable[[Fact], tuple[Put, ...]]] = {
    FactKind.PLAN_RELEASED: _released,
    FactKind.PLAN_PROPOSAL: _proposal,
    FactKind.PLAN_UNFROZEN: _unfrozen,
    FactKind.ORDER_FORECAST: _forecast,
    FactKind.INSTRUCTION_ACKNOWLEDGED: _acknowledged,
}
