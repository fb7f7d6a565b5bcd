"""Pieces: hour buckets and the progress of job orders."""

from collections.abc import Mapping

from edge.domain.changes import NO_JOB, Add, Change, Scalar
from edge.domain.facts import Fact

# Kind and effect of what people find -> what it does to pieces. Pieces that ran through the
# machine again were counted again: the second count is taken back where it was made.
EFFECTS: Mapping[tuple[str, str], Mapping[str, int]] = {
    ("scrap", "reclassify"): {"good": -1, "scrap": 1},
    ("rework", "reclassify"): {"good": -1, "rework": 1},
    ("rework", "done_good"): {"rework": -1, "good": 1},
    ("rework", "done_scrap"): {"rework": -1, "scrap": 1},
    ("rework", "rerun_good"): {"good": -1},
    ("rework", "rerun_scrap"): {"scrap": -1},
}
PIECE_ROLES = frozenset({"good", "scrap", "rework"})


def counted(fact: Fact) -> tuple[Change, ...]:
    role, quantity = str(fact.body["role"]), int(fact.body["quantity"])
    # Steps that made no whole piece yet change no figure.
    return _pieces(fact, {role: quantity}) if quantity and role in PIECE_ROLES else ()


def reclassified(fact: Fact) -> tuple[Change, ...]:
    moves = EFFECTS.get((str(fact.kind), fact.body["effect"]))
    if moves is None:
        return ()
    quantity = int(fact.body["quantity"])
    return _pieces(fact, {role: sign * quantity for role, sign in moves.items()})


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
