"""What the KPIs need beside states and pieces: energy by hour, and where work centers stand."""

from edge.domain.changes import NO_JOB, Add, Change, Put
from edge.domain.facts import Fact


def metered(fact: Fact) -> tuple[Change, ...]:
    """Energy that a meter counted, in Wh."""
    body = fact.body
    if body["role"] != "energy" or not body["quantity"]:
        return ()
    calendar = body.get("calendar") or {}
    key = {
        "equipment_id": fact.equipment_id,
        "hour": body["hour"],
        "job_order_id": fact.job_order_id or NO_JOB,
        "shift": calendar.get("shift") or "",
        "production_day": calendar.get("production_day") or "",
    }
    return (Add("energy_hour", key, {"energy": int(body["quantity"])}),)


def placed(fact: Fact) -> tuple[Change, ...]:
    """Line, area and capacity of each work center of the configuration in force."""
    return tuple(
        Put(
            "work_center_place",
            {"equipment_id": id_},
            {
                "line": one["line"],
                "area": one["area"] or "",
                "site": fact.equipment_id,
                "is_constraint": int(one["constraint"]),
                "capacity_per_hour": one["capacity_per_hour"] or "",
            },
        )
        for id_, one in (fact.body.get("work_centers") or {}).items()
    )
