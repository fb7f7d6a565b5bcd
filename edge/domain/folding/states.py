"""States of work centers: intervals that tile time, and the stops that delays make."""

from dataclasses import dataclass

from edge.domain.changes import NO_JOB, Change, Put, Scalar
from edge.domain.facts import Fact
from edge.domain.folding.maintenance import ran
from edge.domain.vocabulary import TimeClass


@dataclass(frozen=True)
class OpenState:
    """The state interval of a work center that has not ended yet."""

    opened: int  # seq of the fact that opened it
    start: int
    time_class: str
    stop: int | None = None  # id of the open stop


def changed(previous: OpenState | None, fact: Fact) -> tuple[OpenState, tuple[Change, ...]]:
    """Close the open interval, open the next; delays that touch are one stop."""
    start = max(fact.occurred_at, previous.start) if previous else fact.occurred_at
    changes: list[Change] = []
    if previous:
        key: dict[str, Scalar] = {"equipment_id": fact.equipment_id, "opened": previous.opened}
        changes.append(Put("state_interval", key, {"end": start}))
        changes += ran(fact.equipment_id, previous.time_class, previous.start, start)
    changes.append(_opened(fact, start))
    time_class = str(fact.body["time_class"])
    opened = OpenState(fact.seq, start, time_class, _stop_id(previous, fact.seq, time_class))
    changes += _stop_changes(fact, previous, opened)
    return opened, tuple(changes)


def _opened(fact: Fact, start: int) -> Put:
    calendar = fact.body.get("calendar") or {}
    return Put(
        "state_interval",
        {"equipment_id": fact.equipment_id, "opened": fact.seq},
        {
            "start": start,
            "end": None,
            "state": fact.body["state"],
            "mode": fact.body["mode"],
            "fault": fact.body["fault"],
            "time_class": fact.body["time_class"],
            "job_order_id": fact.job_order_id or NO_JOB,
            "shift": calendar.get("shift") or "",
            "production_day": calendar.get("production_day") or "",
        },
    )


def _stop_id(previous: OpenState | None, opened: int, time_class: str) -> int | None:
    if time_class != TimeClass.ADET:
        return None
    return previous.stop if previous and previous.stop is not None else opened


def _stop_changes(fact: Fact, previous: OpenState | None, opened: OpenState) -> list[Change]:
    equipment: dict[str, Scalar] = {"equipment_id": fact.equipment_id}
    changes: list[Change] = []
    if previous and previous.stop is not None and previous.stop != opened.stop:
        changes.append(Put("stop", {**equipment, "id": previous.stop}, {"end": opened.start}))
    if opened.stop is None:
        return changes
    values: dict[str, Scalar] = {}
    if opened.stop == opened.opened:
        values = {"start": opened.start, "end": None, "job_order_id": fact.job_order_id or NO_JOB}
        values["fault"] = fact.body["fault"]
        if fact.body.get("micro_us"):
            values["micro_us"] = fact.body["micro_us"]
    elif fact.body["fault"]:
        values["fault"] = fact.body["fault"]
    if values and (cause := fact.body.get("cause")):
        values |= {"cause": cause["reason"], "cause_class": cause["class"]}
        values["cause_planned"] = int(cause["planned"])
    if values:
        changes.append(Put("stop", {**equipment, "id": opened.stop}, values))
    return changes
