"""Labour: intervals of presence, each begun by one fact and ended by another that names it."""

from edge.domain.changes import Change, Put, Scalar
from edge.domain.facts import Fact

BEGINS = frozenset({"signed_on", "came"})


def signed(fact: Fact) -> tuple[Change, ...]:
    """An interval begins; or the one that the fact names ends at `at`, or is corrected."""
    body = fact.body
    begins = body["event"] in BEGINS
    key: dict[str, Scalar] = {"person": body["person"]}
    key["opened"] = fact.seq if begins else body["opened"]
    if not begins:
        values: dict[str, Scalar] = {"end": body["at"]}
        values |= {"start": body["start"]} if body["event"] == "corrected" else {}
        return (Put("labour_interval", key, values),)
    values = {name: body[name] for name in ("kind", "crew", "split")}
    values |= {"start": body["at"], "end": None, "equipment_id": fact.equipment_id}
    return (Put("labour_interval", key, values),)
