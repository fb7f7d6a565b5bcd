"""Where an order is: its operations by routing, with what the floor has done; pure."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from sqlalchemy import Row

from edge.domain.clock import MICROS
from edge.domain.promises import HAS
from edge.domain.vocabulary import JobState
from edge.domain.yields import Loss, wanted_good
from erp_sync.storage.orders import OrderRecord


def order_status(record: OrderRecord, as_of: int | None) -> dict[str, Any]:
    """The answer of `GET /orders/{id}`."""
    order = record.order
    operations = _operations(record)
    last = operations[-1] if operations else {"good": 0}
    good, there = int(last["good"]), _there(record)
    return {
        "id": order.order_id,
        "product": order.product,
        "quantity": order.quantity,
        "from_stock": there,
        "promises": [_promise(one, order.product) for one in record.promises],
        "customer": order.customer,
        "priority": order.priority,
        "due": order.due,
        **_expected(record, as_of),
        "state": str(JobState.ENDED)
        if there == order.quantity and not any(job.started_at for job in record.jobs)
        else _state([str(operation["state"]) for operation in operations]),
        "operations": operations,
        "good": good,
        "scrap": sum(int(operation["scrap"]) for operation in operations),
        "left": max(order.quantity - there - good, 0),
        "over": max(good + there - order.quantity, 0),
        "as_of": as_of,
    }


def _there(record: OrderRecord) -> int:
    """Pieces of the order that are there already, by promises that it has taken over."""
    product = record.order.product
    has = sum(int(one.from_stock) for one in record.promises if _is_there(one, product))
    return min(has, int(record.order.quantity))


def _is_there(row: Row[Any], product: str) -> bool:
    """Whether an order of a product has what a promise held; older facts do not say of what."""
    return row.state in HAS and row.product in {"", product}


def _promise(row: Row[Any], product: str) -> dict[str, Any]:
    return {
        "id": row.promise,
        "state": row.state,
        "why": row.why,
        "by": row.by,
        "from_stock": row.from_stock if _is_there(row, product) else 0,
        "at": row.at,
    }


def _expected(record: OrderRecord, as_of: int | None) -> dict[str, Any]:
    """When the order is expected to be finished, how surely, and why late; as its edge said last.

    Without its word that is what the plan says, of which nothing is known but that. Of an order
    whose pieces nobody makes no finish is told, whatever is planned of it.
    """
    said: Mapping[str, Any] = record.outlook or {}
    made_at = said.get("made_at")
    finish = said.get("forecast_finish", record.completion)
    late_us = 0 if finish is None else max(finish - record.order.due, 0)
    return {
        "planned_finish": None if finish is None else record.completion,
        "forecast_finish": finish,
        "forecast_range": said.get("range"),
        "forecast_hours": said.get("hours", 0),
        "recovery": said.get("recovery"),
        "late_s": -(-late_us // MICROS),
        "late_reasons": [] if finish is None else record.reasons or said.get("late_reasons", []),
        "late_because": said.get("late_because", []),
        "moved": said.get("moved"),
        "unmade": said.get("unmade"),
        "plan": record.plan,
        "forecast_at": made_at,
        "forecast_age_s": None
        if made_at is None or as_of is None
        else max(as_of - made_at, 0) // MICROS,
    }


def _operations(record: OrderRecord) -> list[dict[str, Any]]:
    jobs = {job.operation: job for job in record.jobs}
    planned = {int(step["seq"]): step for step in record.routing}
    whole = record.order.quantity - _there(record)
    wanted = wanted_good([_loss(step) for _, step in sorted(planned.items())], whole)
    return [
        _operation(seq, wanted.get(seq, whole), planned.get(seq), jobs.get(seq))
        for seq in sorted({*jobs, *planned})
    ]


def _loss(step: Mapping[str, Any]) -> Loss:
    percent = step.get("planned_scrap_percent")
    return Loss(seq=int(step["seq"]), planned_scrap_percent=Fraction(percent) if percent else None)


def _operation(
    seq: int, quantity: int, step: Mapping[str, Any] | None, job: Row[Any] | None
) -> dict[str, Any]:
    center = step["alternatives"][0]["work_center"] if step else None
    if job is None:
        return {
            "operation": seq,
            "work_center": center,
            "quantity": quantity,
            "good": 0,
            "scrap": 0,
            "left": quantity,
            "over": 0,
            "state": str(JobState.NOT_ALLOWED_TO_START),
            "started_at": None,
            "ended_at": None,
        }
    wanted = job.quantity or quantity
    return {
        "operation": seq,
        "work_center": job.work_center or center,
        "quantity": wanted,
        "good": job.good,
        "scrap": job.scrap,
        "left": max(wanted - job.good, 0),
        "over": max(job.good - wanted, 0),
        "state": job.state or str(JobState.NOT_ALLOWED_TO_START),
        "started_at": job.started_at,
        "ended_at": job.ended_at,
    }


def _state(states: list[str]) -> str:
    """State of an order by its operations: what most presses it on comes first."""
    if states and all(state == JobState.ENDED for state in states):
        return str(JobState.ENDED)
    # One operation has ended and the next has not begun: the order is under way.
    begun = JobState.RUNNING in states or JobState.ENDED in states
    for state, holds in (
        (JobState.ABORTED, JobState.ABORTED in states and JobState.RUNNING not in states),
        (JobState.INTERRUPTED, JobState.INTERRUPTED in states and JobState.RUNNING not in states),
        (JobState.RUNNING, begun),
        (JobState.ALLOWED_TO_START, JobState.ALLOWED_TO_START in states),
    ):
        if holds:
            return str(state)
    return str(JobState.NOT_ALLOWED_TO_START)
