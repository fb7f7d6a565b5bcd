"""The pure fold: what a fact changes in every projection.

`fold(state, fact)` gives the next state and the changes; whoever stores the
projections applies them and knows nothing of their meaning. Facts hold all that
was resolved when they were made, so folding them again gives the same projections
under any later configuration.

Projections (table, key; amounts are added, values are put):

- `hour_bucket` (equipment_id, hour, job_order_id, run_time_per_item, shift,
  production_day): good, scrap, rework
- `state_interval` (equipment_id, opened): start, end, state, mode, fault,
  time_class, job_order_id, shift, production_day
- `stop` (equipment_id, id): start, end, fault, job_order_id, reason, note
- `job_progress` (job_order_id): order_id, operation, product, revision, number,
  work_center, quantity, state, version, phase, started_at, ended_at; amounts good,
  scrap, rework
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from edge.domain.facts import Fact, FactKind, Json
from edge.domain.vocabulary import TimeClass

Scalar = int | str | None
NO_JOB = ""
PIECE_ROLES = frozenset({"good", "scrap", "rework"})


@dataclass(frozen=True)
class Put:
    """Set columns of the row with this key, making the row if it is new."""

    table: str
    key: Mapping[str, Scalar]
    values: Mapping[str, Scalar]


@dataclass(frozen=True)
class Add:
    """Add to columns of the row with this key, making the row with zeros if it is new."""

    table: str
    key: Mapping[str, Scalar]
    amounts: Mapping[str, int]


Change = Put | Add


@dataclass(frozen=True)
class OpenState:
    """The state interval of a work center that has not ended yet."""

    opened: int  # seq of the fact that opened it
    start: int
    time_class: str
    stop: int | None = None  # id of the open stop


@dataclass(frozen=True)
class FoldState:
    """What the fold must remember between facts: one open interval a work center."""

    open_states: Mapping[str, OpenState] = field(default_factory=dict)


@dataclass(frozen=True)
class Folded:
    state: FoldState
    changes: tuple[Change, ...]


def fold(state: FoldState, fact: Fact) -> Folded:
    """The state after `fact` and the changes that it makes in the projections."""
    if fact.kind == FactKind.EQUIPMENT_STATE:
        return _equipment_state(state, fact)
    changes = _CHANGES.get(fact.kind)
    return Folded(state, changes(fact) if changes else ())


def _count(fact: Fact) -> tuple[Change, ...]:
    role, quantity = str(fact.body["role"]), int(fact.body["quantity"])
    # Steps that made no whole piece yet change no figure.
    return _pieces(fact, {role: quantity}) if quantity and role in PIECE_ROLES else ()


def _reclassified(fact: Fact) -> tuple[Change, ...]:
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


JOB_COLUMNS = ("product", "revision", "number", "work_center", "quantity", "state", "version")
STAMPS = {"started": "started_at", "ended": "ended_at", "aborted": "ended_at"}


def _job_order_event(fact: Fact) -> tuple[Change, ...]:
    body = fact.body
    values: dict[str, Scalar] = {column: body.get(column) for column in JOB_COLUMNS}
    values |= {"order_id": body["order"], "operation": body["operation"]}
    values["phase"] = body.get("phase") or ""
    if stamp := STAMPS.get(body["event"]):
        values[stamp] = fact.occurred_at
    elif body["event"] == "created":  # also again, when an order that was cut is wanted anew
        values["ended_at"] = None
    return (Put("job_progress", {"job_order_id": fact.job_order_id}, values),)


def _stop_reason(fact: Fact) -> tuple[Change, ...]:
    key = {"equipment_id": fact.equipment_id, "id": fact.body["stop"]}
    return (Put("stop", key, {"reason": fact.body["reason"], "note": fact.body.get("note") or ""}),)


_CHANGES: Mapping[FactKind, Callable[[Fact], tuple[Change, ...]]] = {
    FactKind.PRODUCTION_COUNT: _count,
    FactKind.SCRAP: _reclassified,
    FactKind.REWORK: _reclassified,
    FactKind.JOB_ORDER_EVENT: _job_order_event,
    FactKind.STOP_REASON: _stop_reason,
}


def _equipment_state(state: FoldState, fact: Fact) -> Folded:
    """Close the open interval, open the next; delays that touch are one stop."""
    previous = state.open_states.get(fact.equipment_id)
    start = max(fact.occurred_at, previous.start) if previous else fact.occurred_at
    changes: list[Change] = []
    if previous:
        key: dict[str, Scalar] = {"equipment_id": fact.equipment_id, "opened": previous.opened}
        changes.append(Put("state_interval", key, {"end": start}))
    changes.append(_opened(fact, start))
    opened = OpenState(fact.seq, start, str(fact.body["time_class"]))
    opened = replace(opened, stop=_stop_id(previous, opened))
    changes += _stop_changes(fact, previous, opened)
    return Folded(
        FoldState({**state.open_states, fact.equipment_id: opened}),
        tuple(changes),
    )


def _opened(fact: Fact, start: int) -> Put:
    calendar: Mapping[str, Json] = fact.body.get("calendar") or {}
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


def _stop_id(previous: OpenState | None, opened: OpenState) -> int | None:
    if opened.time_class != TimeClass.ADET:
        return None
    return previous.stop if previous and previous.stop is not None else opened.opened


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
    elif fact.body["fault"]:
        values["fault"] = fact.body["fault"]
    if values:
        changes.append(Put("stop", {**equipment, "id": opened.stop}, values))
    return changes
