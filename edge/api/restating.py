"""The API of what is known later (contracts, section 4)."""

import asyncio
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from edge.api.reading import Action, Instant, Judgement, number, only, read
from edge.api.routes import UNASSIGNED_DAYS, answer, committed, edge_of, known
from edge.domain.hours import DAY, hour_label
from edge.execution.desk import Asked
from edge.execution.restating.assigning import Assignment
from edge.execution.restating.borders import Move
from edge.execution.restating.declaring import MadeIn, ReworkDone
from edge.execution.restating.opening import Booked, CounterRow, Opening, OperationRow
from edge.execution.restating.tracing_back import Step

LARGEST_OPENING = 8 * 1024 * 1024


class RawValue(BaseModel):
    """A counter's own value."""

    model_config = ConfigDict(extra="forbid", strict=True)
    tag: str
    value: int


class BoundaryMove(Judgement):
    between: list[str | None] = Field(min_length=2, max_length=2)
    at: Instant | None = None
    raw: RawValue | None = None
    run: int | None = None
    version: int | None = None


async def move_boundary(request: Request) -> Response:
    """Where the boundary between two jobs was."""
    body, key = await read(request, BoundaryMove)
    edge = edge_of(request)
    move = Move(
        before=body.between[0],
        after=body.between[1],
        note=body.note,
        at=body.at,
        raw=(body.raw.tag, body.raw.value) if body.raw else None,
        run=body.run,
    )
    asked = Asked(actor=body.actor, request=key, version=body.version)
    with edge.under_way.work_on(key):
        id_ = request.path_params["id"]
        return committed(await edge.rooms.boundaries.move(id_, move, asked))


async def show_boundaries(request: Request) -> Response:
    """When jobs were on a work center, as recorded and as now known, the last first."""
    only(request)
    edge, id_ = edge_of(request), request.path_params["id"]
    runs = await asyncio.to_thread(edge.rooms.boundaries.runs, id_)
    return answer({"items": [vars(one) for one in reversed(runs)]})


class AssignmentOf(Judgement):
    job_order_id: str | None
    taken_from: str | None = None
    hour: Instant | None = None
    fact: int | None = None
    quantity: int | None = None
    version: int | None = None


async def unassigned(request: Request) -> Response:
    """Pieces of a work center that nobody has, count by count."""
    only(request, "since")
    edge = edge_of(request)
    since = number(request, "since", edge.floor.clock.now() - UNASSIGNED_DAYS * DAY)
    id_ = request.path_params["id"]
    found = await asyncio.to_thread(edge.rooms.assigning.unassigned, id_, since)
    zone = edge.floor.work_center(id_).calendar.zone
    return answer(
        {
            "items": [
                {
                    "fact": one.fact,
                    "hour": one.hour,
                    "label": hour_label(one.hour, zone, date=True),
                    "role": one.role,
                    "quantity": one.quantity,
                    "from": one.start,
                    "to": one.end,
                }
                for one in found
            ]
        }
    )


async def assign(request: Request) -> Response:
    """Whose pieces they are that were made without an order."""
    body, key = await read(request, AssignmentOf)
    edge = edge_of(request)
    said = Assignment(
        job=body.job_order_id,
        taken_from=body.taken_from,
        note=body.note,
        hour=body.hour,
        fact=body.fact,
        quantity=body.quantity,
    )
    asked = Asked(actor=body.actor, request=key, version=body.version)
    with edge.under_way.work_on(key):
        id_ = request.path_params["id"]
        return committed(await edge.rooms.assigning.assign(id_, said, asked))


class Rework(Action):
    quantity: int
    reason: str
    place: str = Field("", max_length=200)
    hour: Instant | None = None
    day: str | None = None
    version: int | None = None


class ReworkResult(Action):
    quantity: int
    result: Literal["good", "scrap"]
    reason: str = ""
    hour: Instant | None = None
    day: str | None = None
    counted_as: Literal["good", "scrap"] | None = None
    rerun_hour: Instant | None = None
    version: int | None = None


async def rework(request: Request) -> Response:
    """Good pieces are to be reworked."""
    body, key = await read(request, Rework)
    edge = edge_of(request)
    known(edge, "scrap", body.reason)
    asked = Asked(actor=body.actor, request=key, version=body.version)
    made = MadeIn(hour=body.hour, day=body.day)
    id_ = request.path_params["id"]
    with edge.under_way.work_on(key):
        declaring = edge.actions.declaring
        said = (body.quantity, body.reason, asked, made, body.place.strip())
        return committed(await declaring.rework(id_, *said))


async def rework_done(request: Request) -> Response:
    """What came of pieces that were to be reworked."""
    body, key = await read(request, ReworkResult)
    edge = edge_of(request)
    if body.reason:
        known(edge, "scrap", body.reason)
    asked = Asked(actor=body.actor, request=key, version=body.version)
    done = ReworkDone(
        quantity=body.quantity,
        result=body.result,
        reason=body.reason,
        made=MadeIn(hour=body.hour, day=body.day),
        counted_as=body.counted_as,
        rerun=MadeIn(hour=body.rerun_hour),
    )
    id_ = request.path_params["id"]
    with edge.under_way.work_on(key):
        return committed(await edge.actions.declaring.rework_done(id_, done, asked))


class OpeningRow(BaseModel):
    """A row of an operation, or of a counter."""

    model_config = ConfigDict(extra="forbid", strict=True)
    row: int
    order: str | None = None
    operation: int = 0
    good: int = 0
    scrap: int = 0
    state: Literal["open", "finished"] = "open"
    before: int | None = None
    work_center: str | None = None
    counter: str = ""
    value: int = 0


class OpeningFile(Action):
    rows: list[OpeningRow] = Field(min_length=1)
    sha256: str
    dry_run: bool = False
    confirm: bool = False


async def take_opening(request: Request) -> Response:
    """What was made before go-live; with `dry_run` only what would be booked."""
    body, key = await read(request, OpeningFile, LARGEST_OPENING)
    edge = edge_of(request)
    opening = Opening(
        operations=[_operation(row) for row in body.rows if row.work_center is None],
        counters=[_counter(row) for row in body.rows if row.work_center is not None],
        sha256=body.sha256,
        confirm=body.confirm,
    )
    room = edge.rooms.openings
    if body.dry_run:
        return answer(_booked(room.look(opening)))
    asked = Asked(actor=body.actor, request=key)
    with edge.under_way.work_on(key):
        booked = await room.take(opening, asked)
    return answer(_booked(booked), 200 if booked.seq is None else 201)


async def show_opening(request: Request) -> Response:
    """What was taken in at go-live, by job order."""
    only(request)
    return answer({"items": [vars(one) for one in edge_of(request).rooms.openings.opened()]})


async def history_of_job(request: Request) -> Response:
    """The facts and corrections that made a job order's sums, in order."""
    only(request)
    edge = edge_of(request)
    edge.floor.register.reload()
    steps = await asyncio.to_thread(edge.rooms.history.of_job, request.path_params["id"])
    return answer({"items": [_step(one) for one in steps]})


async def history_of_hour(request: Request) -> Response:
    """The facts and corrections that made an hour of a work center, of one job or of all."""
    only(request, "job_order")
    edge, at = edge_of(request), request.path_params
    job = request.query_params.get("job_order")
    of_hour = edge.rooms.history.of_hour
    steps = await asyncio.to_thread(of_hour, at["id"], at["hour"], job)
    return answer({"items": [_step(one) for one in steps]})


def _step(step: Step) -> dict[str, object]:
    fact = step.fact
    return {
        "seq": fact.seq,
        "kind": str(fact.kind),
        "occurred_at": fact.occurred_at,
        "recorded_at": fact.recorded_at,
        "source": str(fact.source),
        "actor": fact.actor,
        "corrects": fact.body.get("corrects"),
        "note": fact.body.get("note"),
        "added": step.added,
        "stands": step.stands,
        "fact": vars(fact),
    }


def _operation(row: OpeningRow) -> OperationRow:
    return OperationRow(
        row=row.row,
        order=row.order or "",
        operation=row.operation,
        good=row.good,
        scrap=row.scrap,
        state=row.state,
        before=row.before,
    )


def _counter(row: OpeningRow) -> CounterRow:
    return CounterRow(
        row=row.row, work_center=row.work_center or "", counter=row.counter, value=row.value
    )


def _booked(booked: Booked) -> dict[str, object]:
    jobs = [
        {
            "job_order_id": job.id,
            "state": str(job.state),
            "good": job.good,
            "scrap": job.scrap,
            "left": job.left,
            "passed_on": job.passed_on,
            "changed": job.id in booked.changed,
        }
        for job in booked.jobs
    ]
    return {"jobs": jobs, "counters": booked.counters, "seq": booked.seq}


ROUTES = (
    Route("/api/v1/work-centers/{id}/boundaries", show_boundaries),
    Route("/api/v1/work-centers/{id}/boundaries", move_boundary, methods=["POST"]),
    Route("/api/v1/job-orders/{id}/rework", rework, methods=["POST"]),
    Route("/api/v1/job-orders/{id}/rework-done", rework_done, methods=["POST"]),
    Route("/api/v1/job-orders/{id}/history", history_of_job),
    Route("/api/v1/work-centers/{id}/hours/{hour:hour}/history", history_of_hour),
    Route("/api/v1/opening", take_opening, methods=["POST"]),
    Route("/api/v1/opening", show_opening),
    Route("/api/v1/work-centers/{id}/unassigned", unassigned),
    Route("/api/v1/work-centers/{id}/assignments", assign, methods=["POST"]),
)
