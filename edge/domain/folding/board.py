"""The board: causes and signatures of hours, calls for help, gaps of what is known."""

from collections.abc import Callable, Mapping

from edge.domain.changes import Add, Change, Put, Scalar
from edge.domain.facts import Fact

FIGURES = ("plan", "expected", "good", "scrap", "difference")


def hour(fact: Fact) -> tuple[Change, ...]:
    """A cause, a signature, or one that is taken back; each is one event more of its hour."""
    key: dict[str, Scalar] = {"equipment_id": fact.equipment_id, "hour": fact.body["hour"]}
    values = HOUR[fact.body["event"]](fact)
    return (Put("hour_signature", key, values), Add("hour_signature", key, {"events": 1}))


def _cause(fact: Fact) -> dict[str, Scalar]:
    return {
        "cause": fact.body["reason"],
        "note": fact.body["note"],
        "cause_by": fact.actor or "",
        "cause_at": fact.occurred_at,
    }


def _signed(fact: Fact) -> dict[str, Scalar]:
    figures: dict[str, Scalar] = {name: fact.body[name] for name in FIGURES}
    signed: dict[str, Scalar] = {
        "signed_seq": fact.seq,
        "signed_at": fact.occurred_at,
        "signed_by": fact.actor or "",
    }
    return figures | signed


def _unsigned(_fact: Fact) -> dict[str, Scalar]:
    nothing: dict[str, Scalar] = dict.fromkeys((*FIGURES, "signed_seq", "signed_at"))
    return nothing | {"signed_by": ""}


HOUR: Mapping[str, Callable[[Fact], dict[str, Scalar]]] = {
    "cause": _cause,
    "signed": _signed,
    "unsigned": _unsigned,
}


def called(fact: Fact) -> tuple[Change, ...]:
    """A call for help: made, acknowledged, closed."""
    body, by, at = fact.body, fact.actor or "", fact.occurred_at
    id_ = fact.seq if body["event"] == "called" else body["call"]
    key: dict[str, Scalar] = {"equipment_id": fact.equipment_id, "id": id_}
    values: Mapping[str, dict[str, Scalar]] = {
        "called": {"topic": body.get("topic"), "note": body["note"], "called_at": at},
        "acknowledged": {"acknowledged_at": at, "acknowledged_by": by},
        "closed": {"closed_at": at, "closed_by": by, "closing_note": body["note"]},
    }
    said = dict(values[body["event"]])
    if body["event"] == "called":
        said["called_by"] = by
    return (Put("andon_call", key, said),)


def unknown(fact: Fact) -> tuple[Change, ...]:
    """Time of which something is not known."""
    body = fact.body
    values: dict[str, Scalar] = {"start": body["from"], "end": body["to"]}
    values |= {"reason": body["reason"], "detail": body["detail"]}
    return (Put("data_gap", {"equipment_id": fact.equipment_id, "seq": fact.seq}, values),)
