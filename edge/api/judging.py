"""The API of what people say of counts (contracts, section 4)."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from edge.api.context import Edge
from edge.api.errors import InvalidRequest
from edge.api.reading import CorrectionOf, Judgement, QuantityReport, Release, only, read, truth
from edge.api.routes import answer, committed, edge_of, known
from edge.domain.hours import hour_label
from edge.domain.production import HeldReading
from edge.execution.desk import Asked
from edge.execution.orders.reporting import Report
from edge.execution.quarantine.beside import Side
from edge.execution.quarantine.held import meanings, most, pieces
from edge.execution.quarantine.judging import Decision
from edge.execution.restating.correcting import Correction


async def quarantines(request: Request) -> Response:
    """Quarantines, all or those of a work center, open or decided."""
    only(request, "work_center", "open")
    edge = edge_of(request)
    if (id_ := request.query_params.get("work_center")) is not None:
        edge.floor.work_center(id_)
    found = edge.floor.reader.held_readings(id_, open_=truth(request, "open"))
    return answer({"items": [held_view(edge, held) for held in found]})


async def release(request: Request) -> Response:
    """So many pieces were made after all."""
    body, key = await read(request, Release)
    decision = Decision(
        quantity=body.quantity,
        note=body.note,
        job_order_id=body.job_order_id,
        hour=body.hour,
        also=body.also,
    )
    edge, asked = edge_of(request), Asked(actor=body.actor, request=key)
    with edge.under_way.work_on(key):
        id_ = request.path_params["id"]
        return committed(await edge.actions.judging.decide(id_, decision, asked))


async def discard(request: Request) -> Response:
    """No pieces were made."""
    body, key = await read(request, Judgement)
    edge, asked = edge_of(request), Asked(actor=body.actor, request=key)
    with edge.under_way.work_on(key):
        decision = Decision(quantity=0, note=body.note)
        id_ = request.path_params["id"]
        return committed(await edge.actions.judging.decide(id_, decision, asked))


async def report_quantities(request: Request) -> Response:
    """A person's report of what a job made in an hour."""
    body, key = await read(request, QuantityReport)
    edge = edge_of(request)
    if body.reason:
        known(edge, "scrap", body.reason)
    asked = Asked(actor=body.actor, request=key, version=body.version)
    report = Report(
        hour=body.hour, good=body.good, scrap=body.scrap, reason=body.reason, confirm=body.confirm
    )
    with edge.under_way.work_on(key):
        id_ = request.path_params["id"]
        return committed(await edge.actions.reporting.report(id_, report, asked))


async def show_fact(request: Request) -> Response:
    """A fact, and what of it is now known to be otherwise."""
    only(request)
    found = edge_of(request).actions.correcting.found(request.path_params["seq"])
    one = found.stands[0] if len(found.stands) == 1 else found.now
    now = {"quantity": one.body.get("quantity"), "job_order_id": one.job_order_id}
    said = {"fact": vars(found.fact), "now": now, "parts": found.parts}
    return answer(said | {"version": len(found.earlier)})


async def correct(request: Request) -> Response:
    """What is now known of a count or of scrap."""
    body, key = await read(request, CorrectionOf)
    edge, seq = edge_of(request), request.path_params["seq"]
    if not body.changes.said:
        fault = {"place": "changes", "value": "{}", "mend": "name quantity or job_order_id"}
        raise InvalidRequest("changes is empty", [fault])
    asked = Asked(actor=body.actor, request=key, version=body.version)
    correction = Correction(changes=body.changes.said, note=body.note)
    with edge.under_way.work_on(key):
        return committed(await edge.actions.correcting.correct(seq, correction, asked))


def held_view(edge: Edge, held: HeldReading) -> dict[str, Any]:
    """A quarantine with what its values can mean and, once decided, the decision."""
    floor, judging = edge.floor, edge.actions.judging
    work_center = floor.work_centers.get(held.equipment_id)
    zone = work_center.calendar.zone if work_center else floor.zone
    hour = judging.hour_of(held) if work_center else held.at
    sides = judging.offered(held) if work_center else ()
    return {
        "id": held.id,
        "work_center": held.equipment_id,
        "tag": held.tag,
        "role": judging.role_of(held),
        "reason": held.reason,
        "raw_from": held.raw_from,
        "raw_to": held.raw_to,
        "from": held.from_,
        "to": held.to if held.to is not None else held.at,
        "hour": hour,
        "label": hour_label(hour, zone, date=True),
        "job_order_id": judging.job_of(held) or None,
        "limit": None if held.limit is None else pieces(held, held.limit),
        "most": most(held),
        "meanings": [
            vars(one) | {"also": {side.made.side: side.beside(one.pieces) for side in sides}}
            for one in meanings(held)
        ],
        "also": [_side_view(side) for side in sides],
        "decision": _decision(held),
    }


def _side_view(side: Side) -> dict[str, str | None]:
    job = side.job.id if side.job else None
    return {"side": side.made.side, "product": side.made.product, "job_order_id": job}


def _decision(held: HeldReading) -> dict[str, Any] | None:
    if held.decided is None:
        return None
    return {
        "seq": held.decided,
        "at": held.decided_at,
        "actor": held.actor,
        "quantity": held.quantity,
        "job_order_id": held.job_order_id,
        "note": held.note,
    }
