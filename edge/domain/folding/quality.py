"""Quality: what holds, results, frozen limits and nonconformances change.

Pieces that are not conforming stay in the hour in which they were made: they leave the
good ones for `rework` (neither good nor scrap yet), and go on from there once it is decided.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from edge.domain.changes import NO_JOB, Add, Change, Put, Scalar
from edge.domain.facts import Fact

NONE: Mapping[str, int] = {}


@dataclass(frozen=True)
class Move:
    """What one piece of an event changes: in the books, of the nonconformance, of its part and
    in the hour of rework."""

    books: Mapping[str, int]
    row: Mapping[str, int]
    part: Mapping[str, int]
    hour: Mapping[str, int]


MOVES: Mapping[str, Move] = {
    "opened": Move({"good": -1, "rework": 1}, {"quantity": 1, "held": 1}, {"held": 1}, {"held": 1}),
    "used": Move({"rework": -1, "good": 1}, {"held": -1, "used": 1}, {"held": -1}, {"held": -1}),
    "scrapped": Move(
        {"rework": -1, "scrap": 1}, {"held": -1, "scrapped": 1}, {"held": -1}, {"held": -1}
    ),
    "returned": Move(
        {"rework": -1, "scrap": 1}, {"held": -1, "returned": 1}, {"held": -1}, {"held": -1}
    ),
    "rework": Move(
        NONE, {"held": -1, "waiting": 1}, {"held": -1, "waiting": 1}, {"held": -1, "sent": 1}
    ),
    "reworked_good": Move(
        {"rework": -1, "good": 1}, {"waiting": -1, "reworked_good": 1}, {"waiting": -1}, {"good": 1}
    ),
    "reworked_scrap": Move(
        {"rework": -1, "scrap": 1},
        {"waiting": -1, "reworked_scrap": 1},
        {"waiting": -1},
        {"scrap": 1},
    ),
}
# What a decision finds pieces to be; reworked scrap was told as rework before.
DEFECTS = {"scrapped": "scrap", "returned": "scrap", "rework": "rework", "reworked_scrap": "scrap"}
# The same of what people declare, by kind and effect.
DECLARED: Mapping[tuple[str, str], str] = {
    ("scrap", "reclassify"): "scrap",
    ("scrap", "reason_only"): "scrap",
    ("rework", "reclassify"): "rework",
    ("rework", "done_scrap"): "scrap",
}
OPENED = ("lot", "reason", "cause", "place", "note", "inspection")
RESULT = ("product", "revision", "operation", "inspection", "sample", "inspected")
LIMITS = ("product", "operation", "characteristic", "chart", "size", "subgroups")
FROZEN = (*LIMITS, "center", "spread", "note")
SAMPLE = ("chart", "gauge", "unit", "lower", "nominal", "upper")


def held(fact: Fact) -> tuple[Change, ...]:
    """A hold that is placed or released."""
    body = fact.body
    if body["event"] == "released":
        values: dict[str, Scalar] = {"released_at": fact.occurred_at, "released_by": fact.actor}
        return (Put("quality_hold", {"id": body["hold"]}, values | {"release_note": body["note"]}),)
    names = ("scope", "target", "reason", "origin", "inspection")
    placed: dict[str, Scalar] = {name: body[name] for name in names}
    placed |= {"interrupts": int(body["interrupts"]), "equipment_id": fact.equipment_id}
    placed |= {"reason_coded": _coded(body["reason_coded"]) if "reason_coded" in body else ""}
    placed |= {"placed_at": fact.occurred_at, "placed_by": fact.actor or ""}
    return (Put("quality_hold", {"id": fact.seq}, placed),)


def inspected(fact: Fact) -> tuple[Change, ...]:
    """An inspection that was done: its row, its points of charts, its hour's first passes."""
    body = fact.body
    values: dict[str, Scalar] = {name: body[name] for name in RESULT}
    values |= {"equipment_id": fact.equipment_id, "job_order_id": fact.job_order_id or NO_JOB}
    values |= {"at": fact.occurred_at, "actor": fact.actor or ""}
    values |= {name: int(body[name]) for name in ("again", "passed", "first_pass_good")}
    values |= {"covers": json.dumps(body["covers"], sort_keys=True)}
    # Of an edge before they had codes: their words alone.
    values |= {"findings": _coded(body.get("findings_coded", body["findings"]))}
    changes: list[Change] = [Put("inspection_result", {"seq": fact.seq}, values)]
    changes += _measured(fact)
    if not body["again"] and body["inspected"]:
        amounts = {name: int(body[name]) for name in ("inspected", "first_pass_good")}
        changes.append(Add("inspection_hour", _hour(fact, body), amounts))
    return tuple(changes)


def _coded(said: Any) -> str:
    """Sentences, the same for a fact that is just made and for one that was kept."""
    return json.dumps(said, sort_keys=True)


def found_bad(fact: Fact) -> tuple[Change, ...]:
    """Scrap and rework that people declare, by what was wrong with it and where."""
    body = fact.body
    kind = DECLARED.get((str(fact.kind), body["effect"]))
    if kind is None or body.get("setup"):
        return ()
    return (_defect(fact, body, kind, body["reason"], body.get("place") or ""),)


def _defect(fact: Fact, when: Mapping[str, Any], kind: str, reason: str, place: str) -> Add:
    key = _hour(fact, when) | {"kind": kind, "reason": reason, "place": place}
    return Add("defect_hour", key, {"quantity": int(when["quantity"])})


def voided(fact: Fact, correction: Fact) -> tuple[Change, ...]:
    """A result that was recorded wrongly: it covers nothing, is no point, and no first pass."""
    body = fact.body
    said: dict[str, Scalar] = {"voided_at": correction.occurred_at, "voided_by": correction.actor}
    said["void_note"] = correction.body["note"]
    changes: list[Change] = [Put("inspection_result", {"seq": fact.seq}, said)]
    for one in body["results"]:
        if one["kind"] == "measured":
            key: dict[str, Scalar] = {"seq": fact.seq, "characteristic": one["characteristic"]}
            changes.append(Put("measured_sample", key, {"voided": 1}))
    if not body["again"] and body["inspected"]:
        amounts = {name: -int(body[name]) for name in ("inspected", "first_pass_good")}
        changes.append(Add("inspection_hour", _hour(fact, body), amounts))
    return tuple(changes)


def frozen(fact: Fact) -> tuple[Change, ...]:
    """Control limits that a person froze."""
    values: dict[str, Scalar] = {name: fact.body[name] for name in FROZEN}
    values |= {"equipment_id": fact.equipment_id, "at": fact.occurred_at, "actor": fact.actor}
    return (Put("control_limits", {"seq": fact.seq}, values),)


def nonconforming(fact: Fact) -> tuple[Change, ...]:
    """Pieces that are suspect, and what is decided of them: each in the hour it was made."""
    body, move = fact.body, MOVES[fact.body["event"]]
    id_ = fact.seq if body["event"] == "opened" else body["nonconformance"]
    changes: list[Change] = []
    if body["event"] == "opened":
        said: dict[str, Scalar] = {name: body[name] for name in OPENED}
        said |= {"equipment_id": fact.equipment_id, "job_order_id": fact.job_order_id or NO_JOB}
        said |= {"opened_at": fact.occurred_at, "opened_by": fact.actor or ""}
        changes.append(Put("nonconformance", {"id": id_}, said))
    for part in body["parts"]:
        changes += _moved(fact, id_, move, part)
    return tuple(changes)


def _moved(fact: Fact, id_: int, move: Move, part: Mapping[str, Any]) -> Iterator[Change]:
    quantity = int(part["quantity"])
    hour = _hour(fact, part)
    bucket = {**hour, "run_time_per_item": part.get("run_time_per_item") or ""}
    if move.books:
        yield Add("hour_bucket", bucket, _times(move.books, quantity))
        if fact.job_order_id is not None:
            job: dict[str, Scalar] = {"job_order_id": fact.job_order_id}
            yield Add("job_progress", job, _times(move.books, quantity))
    yield Add("nonconformance", {"id": id_}, _times(move.row, quantity))
    place: dict[str, Scalar] = {"nonconformance": id_, **bucket}
    yield Add("nonconformance_part", place, _times(move.part, quantity))
    yield Add("rework_hour", hour, _times(move.hour, quantity))
    if kind := DEFECTS.get(fact.body["event"]):
        said = (fact.body.get("reason") or "", fact.body.get("place") or "")
        yield _defect(fact, part, kind, *said)


def _measured(fact: Fact) -> Iterator[Change]:
    body = fact.body
    for one in body["results"]:
        if one["kind"] != "measured":
            continue
        values: dict[str, Scalar] = {name: one[name] for name in SAMPLE}
        values |= {name: body[name] for name in ("product", "operation", "inspection")}
        values |= {"equipment_id": fact.equipment_id, "job_order_id": fact.job_order_id or NO_JOB}
        values |= {"at": fact.occurred_at, "actor": fact.actor or ""}
        values |= {name: json.dumps(one[name], sort_keys=True) for name in ("readings", "findings")}
        key: dict[str, Scalar] = {"seq": fact.seq, "characteristic": one["characteristic"]}
        yield Put("measured_sample", key, values)


def _hour(fact: Fact, when: Mapping[str, Any]) -> dict[str, Scalar]:
    calendar = when.get("calendar") or {}
    return {
        "equipment_id": fact.equipment_id,
        "hour": when["hour"],
        "job_order_id": fact.job_order_id or NO_JOB,
        "shift": calendar.get("shift") or "",
        "production_day": calendar.get("production_day") or "",
    }


def _times(amounts: Mapping[str, int], quantity: int) -> dict[str, int]:
    return {name: amount * quantity for name, amount in amounts.items()}
