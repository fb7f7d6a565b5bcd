"""What people say of stops."""

from edge.domain.changes import Change, Put
from edge.domain.facts import Fact


def reasoned(fact: Fact) -> tuple[Change, ...]:
    key = {"equipment_id": fact.equipment_id, "id": fact.body["stop"]}
    return (Put("stop", key, {"reason": fact.body["reason"], "note": fact.body.get("note") or ""}),)
