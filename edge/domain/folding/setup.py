"""Pieces of set-up, counted apart, and what tools have made."""

from edge.domain.changes import Add, Change, Put, Scalar
from edge.domain.facts import Fact
from edge.domain.folding.pieces import PIECE_ROLES

SETUP = "setup"


def counted(fact: Fact) -> tuple[Change, ...]:
    """Pieces that were made in set-up, by hour."""
    body = fact.body
    if (
        SETUP not in body.get("flags", ())
        or body["role"] not in PIECE_ROLES
        or not body["quantity"]
    ):
        return ()
    return (Add("setup_bucket", _key(fact), {"pieces": int(body["quantity"])}),)


def approved(fact: Fact) -> tuple[Change, ...]:
    """Pieces of set-up that are good after all."""
    if not fact.body.get(SETUP):
        return ()
    return (Add("setup_bucket", _key(fact), {"approved": -int(fact.body["quantity"])}),)


def worn(fact: Fact) -> tuple[Change, ...]:
    """Pieces that a tool has made, by the pieces of a stroke: together they say the strokes."""
    body = fact.body
    if not (tool := body.get("tool")) or body["role"] not in PIECE_ROLES or not body["quantity"]:
        return ()
    key: dict[str, Scalar] = {"tool": tool["id"], "pieces_per_stroke": tool["pieces_per_stroke"]}
    return (Add("tool_wear", key, {"pieces": int(body["quantity"])}),)


def tool_changed(fact: Fact) -> tuple[Change, ...]:
    """A tool was changed or ground: its strokes count from here on."""
    if fact.body["event"] != "tool_changed":
        return ()
    said = fact.body["tool"]
    values: dict[str, Scalar] = {"strokes": said["strokes"], "at": fact.occurred_at}
    return (Put("tool_change", {"tool": said["id"]}, values | {"actor": fact.actor}),)


def _key(fact: Fact) -> dict[str, Scalar]:
    calendar = fact.body.get("calendar") or {}
    return {
        "job_order_id": fact.job_order_id or "",
        "hour": fact.body["hour"],
        "run_time_per_item": fact.body.get("run_time_per_item") or "",
        "shift": calendar.get("shift") or "",
        "production_day": calendar.get("production_day") or "",
    }
