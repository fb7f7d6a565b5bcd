"""Pieces: hour buckets and the progress of job orders."""

from collections.abc import Mapping

from edge.domain.changes import NO_JOB, Add, Change, Scalar
from edge.domain.facts import Fact

PIECE_ROLES = frozenset({"good", "scrap", "rework"})


def counted(fact: Fact) -> tuple[Change, ...]:
    role, quantity = str(fact.body["role"]), int(fact.body["quantity"])
    # Steps that made no whole piece yet change no figure.
    return _pieces(fact, {role: quantity}) if quantity and role in PIECE_ROLES else ()


def reclassified(fact: Fact) -> tuple[Change, ...]:
    if fact.body["effect"] != "reclassify":
        return ()
    quantity = int(fact.body["quantity"])
    return _pieces(fact, {"good": -quantity, str(fact.kind): quantity})


def _pieces(fact: Fact, amounts: Mapping[str, int]) -> tuple[Change, ...]:
    calendar = fact.body.get("calendar") or {}
    key: dict[str, Scalar] = {
        "equipment_id": fact.equipment_id,
        "hour": fact.body["hour"],
        "job_order_id": fact.job_order_id or NO_JOB,
        "run_time_per_item": fact.body.get("run_time_per_item") or "",
        "shift": calendar.get("shift") or "",
        "production_day": calendar.get("production_day") or "",
    }
    changes: list[Change] = [Add("hour_bucket", key, amounts)]
    if fact.job_order_id is not None:
        changes.append(Add("job_progress", {"job_order_id": fact.job_order_id}, amounts))
    return tuple(changes)
