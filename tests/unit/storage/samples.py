"""Drafts and recordings as the rooms of an edge make them, for tests of the store."""

from typing import Any

from edge.domain.facts import FactDraft, FactKind, Source
from edge.domain.orders import HourInstruction
from edge.domain.recording import Baseline, BaselineMove, Recording, ReleasedPlan

HOUR = 3_600_000_000
CALENDAR = {"id": "two_shift", "revision": 1, "shift": "early", "production_day": "2026-06-01"}


def draft(
    kind: FactKind,
    body: dict[str, Any],
    *,
    at: int = 0,
    work_center: str = "L1",
    job: str | None = None,
) -> FactDraft:
    return FactDraft(
        kind=kind,
        occurred_at=at,
        equipment_id=work_center,
        job_order_id=job,
        source=Source.PLC,
        body=body,
    )


def count(
    raw_from: int,
    quantity: int,
    *,
    role: str = "good",
    work_center: str = "L1",
    job: str | None = "WO1.10",
    at: int = 0,
) -> FactDraft:
    """A count of `quantity` pieces of the counter `role`."""
    body = {
        "role": role,
        "quantity": quantity,
        "tag": role,
        "counter_epoch": 1,
        "raw_from": raw_from,
        "raw_to": raw_from + quantity,
        "from": at,
        "to": at,
        "hour": at - at % HOUR,
        "flags": [],
        "run_time_per_item": "2.5",
        "calendar": CALENDAR,
    }
    return draft(FactKind.PRODUCTION_COUNT, body, at=at, work_center=work_center, job=job)


def state(time_class: str, *, at: int, work_center: str = "L1", fault: int = 0) -> FactDraft:
    body = {
        "state": 6 if time_class == "APT" else 11,
        "mode": 1,
        "fault": fault,
        "time_class": time_class,
        "calendar": CALENDAR,
        "reason": "state",
    }
    return draft(FactKind.EQUIPMENT_STATE, body, at=at, work_center=work_center)


def job_event(event: str, version: int, *, job: str = "WO1.10", at: int = 0) -> FactDraft:
    order, _, operation = job.partition(".")
    body = {
        "event": event,
        "order": order,
        "operation": int(operation),
        "product": "HINGE-60",
        "revision": "A",
        "number": 1010,
        "quantity": 800,
        "run_time_per_item": "2.5",
        "work_center": "L1",
        "state": "Running",
        "version": version,
        "phase": "setup",
        "raw": {},
    }
    return draft(FactKind.JOB_ORDER_EVENT, body, at=at, job=job)


def baseline(raw: int, *, tag: str = "good", work_center: str = "L1", at: int = 0) -> Baseline:
    return Baseline(equipment_id=work_center, tag=tag, counter_epoch=1, raw=raw, at=at)


def first(raw: int = 0, *, tag: str = "good", work_center: str = "L1") -> Recording:
    """The first sight of a counter."""
    body = {"tag": tag, "counter_epoch": 1, "raw": raw, "reason": "first"}
    return Recording(
        drafts=(draft(FactKind.COUNTER_BASELINE, body, work_center=work_center),),
        baselines=(
            BaselineMove(expected=None, new=baseline(raw, tag=tag, work_center=work_center)),
        ),
    )


def counted(was: Baseline, quantity: int, *, at: int = 0, job: str | None = "WO1.10") -> Recording:
    """Pieces counted, with the move of the baseline from where it `was`."""
    new = Baseline(
        equipment_id=was.equipment_id,
        tag=was.tag,
        counter_epoch=was.counter_epoch,
        raw=was.raw + quantity,
        at=at,
    )
    made = count(was.raw, quantity, role=was.tag, work_center=was.equipment_id, job=job, at=at)
    return Recording(drafts=(made,), baselines=(BaselineMove(expected=was, new=new),))


def plan(version: int, valid_from: int, hours: dict[int, int]) -> ReleasedPlan:
    """A plan for L1 with pieces by hour."""
    instructions = tuple(
        HourInstruction(
            plan=version,
            work_center="L1",
            hour=hour,
            label="06:00",
            order="WO1",
            operation=10,
            quantity=quantity,
            setup_s=0,
        )
        for hour, quantity in hours.items()
    )
    return ReleasedPlan(
        version=version,
        input_hash=f"hash{version}",
        valid_from=valid_from,
        schedule={"orders": [{"id": "WO1", "reasons": []}]},
        instructions=instructions,
    )
