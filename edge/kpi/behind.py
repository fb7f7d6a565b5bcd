"""The facts behind an explanation: what made its pieces, with the counters' readings. Pure.

Where facts are found, edge and sync each know for themselves.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from edge.domain.corrections import Corrected
from edge.domain.evidence import evidence_of
from edge.domain.facts import Fact
from edge.domain.sentences import Sentence, say

Json = dict[str, Any]
Told = tuple[Corrected, tuple[Fact, ...]]
"""A fact as it stands, and the corrections that made it so."""
KEY = ("job_order_id", "shift", "production_day")
MOST_HOURS = 60  # of work centers, of which the facts are shown; of longer ones their hours
MOST_STATES = 2000
SHORTER = say("hint.shorter", "ask by hour or shift for the facts behind the pieces")
RECORDS = ("energy_hour", "inspection_hour")


class FactsBehind(Protocol):
    """Where facts are found; raises what its store raises."""

    def of_row(self, equipment_id: str, table: str, key: Mapping[str, Any]) -> Iterable[Told]:
        """The facts that have put something into a row, in order; there may be others with them.

        `key` has `hour`, `job_order_id`, `shift` and `production_day` (of pieces without a shift
        the local date).
        """
        ...

    def state(self, equipment_id: str, seq: int) -> Fact | None:
        """The fact that began a state."""
        ...


def add_facts(told: Json, facts: FactsBehind) -> None:
    """Put the facts of pieces and records, and why each state was written, into an explanation."""
    hours = {
        (unit["equipment_id"], row["hour"])
        for unit in told["units"]
        for row in (*unit["pieces"], *unit["records"])
    }
    told["facts_shown"] = len(hours) <= MOST_HOURS
    if told["facts_shown"]:
        for unit in told["units"]:
            _add_to_rows(unit, facts)
    else:
        hint(told, SHORTER)
    _add_states(told, facts)


def hint(told: Json, said: Sentence, name: str = "hint") -> None:
    """Say where more is to be had: in English, and coded."""
    view = said.view()
    told[name] = said.detail
    told[f"{name}_coded"] = {"code": view["code"], "params": view["params"]}


def _add_to_rows(unit: Json, facts: FactsBehind) -> None:
    id_ = unit["equipment_id"]
    for row in unit["pieces"]:
        key = {name: row[name] or "" for name in (*KEY, "run_time_per_item")}
        row["facts"] = _facts(facts, id_, "hour_bucket", key | {"hour": row["hour"]})
    for row in unit["records"]:
        if row["kind"] in RECORDS:
            key = {name: row["record"][name] for name in KEY}
            row["facts"] = _facts(facts, id_, row["kind"], key | {"hour": row["hour"]})


def _facts(facts: FactsBehind, equipment_id: str, table: str, key: Json) -> list[Json]:
    wanted = {**key, "equipment_id": equipment_id}
    if table == "hour_bucket":
        del wanted["production_day"]  # the row shows the local date outside any shift
    found = (
        evidence_of(corrected, corrections, table, wanted)
        for corrected, corrections in facts.of_row(equipment_id, table, key)
    )
    return [one.view for one in found if one]


def _add_states(told: Json, facts: FactsBehind) -> None:
    """The calendar by which each state was judged, and why it was written; of how many states."""
    calendars: dict[str, str] = {}
    every = [(unit["equipment_id"], row) for unit in told["units"] for row in unit["intervals"]]
    rows = [(equipment_id, row) for equipment_id, row in every if row["seq"]]
    for equipment_id, row in rows[:MOST_STATES]:
        fact = facts.state(equipment_id, row["seq"])
        body: Mapping[str, Any] = fact.body if fact else {}
        calendar = body.get("calendar") or {}
        if calendar.get("id"):
            calendars[calendar["id"]] = calendar.get("revision", "")
        row["written_for"] = body.get("reason")
    told["calendars"] = [{"id": id_, "revision": one} for id_, one in calendars.items()]
    told["states"] = {"told": min(len(rows), MOST_STATES), "of": len(rows)}
    if len(rows) > MOST_STATES:
        said = say(
            "hint.states",
            "why a state was written, and its calendar, is told of {told} of {of} states:"
            " ask by hour or shift for the others",
            told=MOST_STATES,
            of=len(rows),
        )
        hint(told, said, "states_hint")
