"""What the fact of a release says: forecasts, what changed in short, whom it concerns."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from edge.domain.clock import parse_time
from edge.domain.facts import FactDraft, Json, Source
from edge.domain.orders import JobOrder
from edge.domain.recording import ExpectedVersion, ReleasedPlan
from edge.domain.vocabulary import FINAL_JOB_STATES
from edge.execution.dispatch.released import PlanInForce
from edge.execution.figures.reports import shift_for
from edge.execution.floor import Floor
from edge.execution.orders.jobs import event
from edge.execution.orders.register import JobRegister
from edge.execution.orders.unmade import Unmade
from edge.planning.comparing.difference import Difference, Move
from edge.planning.scenario.writing import whole_seconds

FIRST_MOVES: Final = 20
NO_FINISH: Final[dict[str, Json]] = {"completion": None, "tardiness_s": 0, "reasons": []}


def forecasts(schedule: Mapping[str, Any], never: Mapping[str, Unmade]) -> list[Json]:
    """What a plan says of each order, with times in µs, for sales and the ERP.

    One that hours which stay have whole is done when they have it done; one whose pieces nobody
    makes is `never` done, whatever is planned of it, and says why.
    """
    kept = dict[str, int]()
    for row in schedule.get("kept", ()):
        kept[row["order"]] = max(parse_time(row["end"]), kept.get(row["order"], 0))
    found = [_forecast(order, kept.get(order["id"])) for order in schedule["orders"]]
    return [
        one | _unmade(never.get(order["id"]))
        for one, order in zip(found, schedule["orders"], strict=True)
    ]


def _unmade(one: Unmade | None) -> dict[str, Json]:
    """What is said of an order whose pieces nobody makes; nothing of others."""
    return {**NO_FINISH, "unmade": one.sentence().view()} if one else {}


def _forecast(order: Mapping[str, Any], kept: int | None) -> dict[str, Json]:
    completion, due = _micros(order["completion"]), _micros(order["due"])
    late_s = order["tardiness_s"]
    if completion is None and kept is not None:
        completion = kept
        late_s = 0 if due is None else whole_seconds(max(kept - due, 0))
    return {
        "id": order["id"],
        "completion": completion,
        "due": due,
        "tardiness_s": late_s,
        "reasons": order["reasons"],
    }


def changed_in_short(found: Difference) -> dict[str, Json]:
    """What a plan changes, as its fact keeps it: the longest moves, and which orders are late."""
    longest = sorted(found.moved, key=lambda one: (-one.after.work_s, one.order, one.operation))
    return {
        "moved_s": found.moved_s,
        "moved": len(found.moved),
        "moves": [_move(one) for one in longest[:FIRST_MOVES]],
        "became_late": [one.order for one in found.became_late],
        "on_time_again": [one.order for one in found.on_time_again],
        "hours": len(found.hours),
    }


def _move(one: Move) -> dict[str, Json]:
    return {
        "order": one.order,
        "operation": one.operation,
        "how": str(one.how),
        "work_center": one.after.work_center,
        "start": one.after.start,
        "from_work_center": one.before.work_center,
        "from_start": one.before.start,
        "work_s": one.after.work_s,
    }


def told(
    floor: Floor,
    plan: ReleasedPlan,
    found: Difference | None,
    now: int,
    papers: Collection[tuple[str, int]] = (),
) -> list[str]:
    """Work centers to which a version says something new of the shift that is on, or comes:
    other pieces, or other `papers` (by work center and hour) to make them by."""
    if found is None:
        cells = {(one.work_center, one.hour) for one in plan.instructions}
    else:
        cells = {(one.work_center, one.hour) for one in found.hours} | {*papers}
    first: dict[str, int] = {}
    for center, hour in cells:
        first[center] = min(hour, first.get(center, hour))
    return sorted(
        center
        for center, hour in first.items()
        if center in plan.unfrozen or hour < _shift_end(floor, center, now)
    )


def _shift_end(floor: Floor, work_center: str, now: int) -> int:
    if work_center not in floor.work_centers:
        return 0
    shift = shift_for(floor.work_centers[work_center], now)
    return shift.end if shift else 0


def revised(
    register: JobRegister, plan: PlanInForce, now: int
) -> tuple[list[FactDraft], tuple[ExpectedVersion, ...]]:
    """Events of the jobs that a plan gives to another work center than they were on."""
    moved = list(_moved(register, plan))
    drafts = [event(to, "revised", at=now, source=Source.SYSTEM) for to in moved]
    return drafts, tuple(
        ExpectedVersion(job_order_id=to.id, version=to.version - 1) for to in moved
    )


def _moved(register: JobRegister, plan: PlanInForce) -> Iterator[JobOrder]:
    """Jobs as they are then."""
    for id_, planned in plan.jobs.items():
        job = register.jobs.get(id_)
        if job is None or job.started_at is not None or job.state in FINAL_JOB_STATES:
            continue
        if job.work_center != planned.work_center:
            yield replace(job, work_center=planned.work_center, version=job.version + 1)


def _micros(text: str | None) -> int | None:
    return None if text is None else parse_time(text)
