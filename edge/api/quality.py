"""The API of quality (contracts, section 4; docs/quality.md)."""

import asyncio

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from edge.api.quality_views import chart_view, hold_view, inspection_view, result_view, run_view
from edge.api.reading import Action, Instant, Judgement, number, only, read, text, truth
from edge.api.routes import answer, committed, edge_of, known
from edge.execution.desk import Asked
from edge.execution.quality.charting import MOST_POINTS, Freeze, Place
from edge.execution.quality.disposing import Disposition, Suspects
from edge.execution.quality.holds import Placing
from edge.execution.quality.inspecting import Inspected
from edge.execution.quality.judging import Seen
from edge.execution.quality.machine_runs import Run
from edge.execution.quality.room import Quality


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class HoldPlaced(Action):
    scope: str
    target: str = Field(min_length=1, max_length=200)
    reason: str = Field(min_length=1, max_length=2000, pattern=r"\S")
    interrupts: bool = False


def quality_of(request: Request) -> Quality:
    """The quality room of the edge."""
    return edge_of(request).rooms.quality


async def holds(request: Request) -> Response:
    """Holds, those that are on, released ones, or all."""
    only(request, "open")
    found = quality_of(request).reader.holds(open_=truth(request, "open"))
    return answer({"items": [hold_view(one) for one in found]})


async def place_hold(request: Request) -> Response:
    """Put a hold on a lot, a job order, a product, a work center or a gauge."""
    body, key = await read(request, HoldPlaced)
    placing = Placing(
        scope=body.scope, target=body.target, reason=body.reason.strip(), interrupts=body.interrupts
    )
    quality, asked = quality_of(request), Asked(actor=body.actor, request=key)
    with edge_of(request).under_way.work_on(key):
        return committed(await quality.holds.place(placing, asked))


async def release_hold(request: Request) -> Response:
    """Release a hold; never by who placed it."""
    body, key = await read(request, Judgement)
    quality, asked = quality_of(request), Asked(actor=body.actor, request=key)
    with edge_of(request).under_way.work_on(key):
        id_ = request.path_params["id"]
        return committed(await quality.holds.release(id_, body.note, asked))


class SeenBody(Shape):
    characteristic: str
    readings: list[str] = Field([], max_length=100)
    gauge: str = ""


class ResultBody(Action):
    job_order_id: str
    inspection: str
    results: list[SeenBody] = Field(max_length=50)
    sample: str = Field("", max_length=200)
    note: str = Field("", max_length=2000)
    again: bool = False


class FreezeBody(Judgement):
    work_center: str
    product: str
    operation: int
    characteristic: str
    subgroups: int = Field(25, ge=1, le=500)
    without: list[int] = Field([], max_length=100)


async def inspections(request: Request) -> Response:
    """Inspections of the jobs that are on, with what is due and how late it is."""
    only(request, "work_center", "due")
    edge, quality = edge_of(request), quality_of(request)
    wanted, due = request.query_params.get("work_center"), truth(request, "due")
    of = [edge.floor.work_center(wanted).id] if wanted else list(edge.floor.work_centers)
    edge.floor.register.reload()
    found = [asked for one in of for asked in await asyncio.to_thread(quality.inspections.of, one)]
    chosen = [one for one in found if due is None or bool(one.due) == due]
    return answer({"items": [inspection_view(one) for one in chosen]})


async def record_result(request: Request) -> Response:
    """Record an inspection; holds that follow from it are placed with it."""
    body, key = await read(request, ResultBody)
    done = Inspected(
        inspection=body.inspection,
        seen=tuple(
            Seen(characteristic=one.characteristic, readings=tuple(one.readings), gauge=one.gauge)
            for one in body.results
        ),
        sample=body.sample.strip(),
        note=body.note.strip(),
        again=body.again,
    )
    quality, asked = quality_of(request), Asked(actor=body.actor, request=key)
    with edge_of(request).under_way.work_on(key):
        recorded = await quality.inspecting.record(body.job_order_id, done, asked)
        found = quality.reader.result(recorded.seq)
        said = result_view(found) if found else {}
        return answer({"seq": recorded.seq, **said}, 201)


async def void_result(request: Request) -> Response:
    """Take a result back that was recorded wrongly."""
    body, key = await read(request, Judgement)
    quality, asked = quality_of(request), Asked(actor=body.actor, request=key)
    with edge_of(request).under_way.work_on(key):
        seq = request.path_params["seq"]
        return committed(await quality.inspecting.void(seq, body.note, asked))


async def results(request: Request) -> Response:
    """Results of a job order, or the last ones of a work center."""
    only(request, "work_center", "job_order", "limit")
    edge, quality = edge_of(request), quality_of(request)
    if job := request.query_params.get("job_order"):
        found = quality.reader.results(edge.floor.job(job).id)
    else:
        center = edge.floor.work_center(text(request, "work_center")).id
        found = quality.reader.latest_results(center, min(number(request, "limit", 50), 500))
    return answer({"items": [result_view(one) for one in found]})


async def chart(request: Request) -> Response:
    """A control chart: points, limits in force, broken rules, capability."""
    only(request, "work_center", "product", "operation", "characteristic", "points")
    place = Place(
        work_center=text(request, "work_center"),
        product=text(request, "product"),
        operation=number(request, "operation"),
        characteristic=text(request, "characteristic"),
    )
    most = max(1, min(number(request, "points", 100), MOST_POINTS))
    found = await asyncio.to_thread(quality_of(request).charts.chart, place, most)
    return answer(chart_view(place, found))


async def freeze(request: Request) -> Response:
    """Freeze control limits from a baseline of the chart."""
    body, key = await read(request, FreezeBody)
    place = Place(
        work_center=body.work_center,
        product=body.product,
        operation=body.operation,
        characteristic=body.characteristic,
    )
    freeze = Freeze(
        place=place, subgroups=body.subgroups, note=body.note, without=frozenset(body.without)
    )
    quality, asked = quality_of(request), Asked(actor=body.actor, request=key)
    with edge_of(request).under_way.work_on(key):
        return committed(await quality.charts.freeze(freeze, asked))


class RunBody(Action):
    work_center: str
    product: str
    operation: int
    characteristic: str
    readings: list[str] = Field(max_length=1000)
    gauge: str = ""
    note: str = Field("", max_length=2000)


async def machine_runs(request: Request) -> Response:
    """The last runs of a work center's machine, with Cm and Cmk."""
    only(request, "work_center", "limit")
    center = edge_of(request).floor.work_center(text(request, "work_center")).id
    limit = max(1, min(number(request, "limit", 20), 200))
    found = await asyncio.to_thread(quality_of(request).runs.of, center, limit)
    return answer({"items": [run_view(one) for one in found]})


async def record_run(request: Request) -> Response:
    """Record a run of a machine."""
    body, key = await read(request, RunBody)
    place = Place(
        work_center=body.work_center,
        product=body.product,
        operation=body.operation,
        characteristic=body.characteristic,
    )
    run = Run(place=place, readings=tuple(body.readings), gauge=body.gauge, note=body.note.strip())
    quality, asked = quality_of(request), Asked(actor=body.actor, request=key)
    with edge_of(request).under_way.work_on(key):
        return committed(await quality.runs.record(run, asked))


async def defects(request: Request) -> Response:
    """What was wrong with bad pieces, and where: the most frequent first."""
    only(request, "work_center", "from", "to")
    floor, quality = edge_of(request).floor, quality_of(request)
    center = floor.work_center(text(request, "work_center")).id
    start, end = number(request, "from", 0), number(request, "to", floor.clock.now() + 1)
    found = await asyncio.to_thread(quality.reader.defects, center, start, end)
    return answer({"items": [vars(one) for one in found]})


class SuspectsBody(Action):
    job_order_id: str
    quantity: int
    reason: str
    cause: str = Field("", max_length=200)
    place: str = Field("", max_length=200)
    lot: str = Field("", max_length=200)
    note: str = Field("", max_length=2000)
    inspection: str = Field("", max_length=200)
    hour: Instant | None = None


class DispositionBody(Judgement):
    decision: str
    quantity: int | None = None


async def nonconformances(request: Request) -> Response:
    """Nonconformances, those with pieces that are not done with, or all."""
    only(request, "open")
    found = quality_of(request).reader.nonconformances(open_=truth(request, "open"))
    return answer({"items": [vars(one) for one in found]})


async def open_nonconformance(request: Request) -> Response:
    """Keep suspect pieces of a job order apart."""
    body, key = await read(request, SuspectsBody)
    edge = edge_of(request)
    known(edge, "scrap", body.reason)
    said = body.model_dump(exclude={"actor", "job_order_id"})
    quality, asked = quality_of(request), Asked(actor=body.actor, request=key)
    with edge.under_way.work_on(key):
        suspects = Suspects(**said)
        return committed(await quality.disposing.open(body.job_order_id, suspects, asked))


async def dispose(request: Request) -> Response:
    """Decide what becomes of pieces of a nonconformance."""
    body, key = await read(request, DispositionBody)
    disposition = Disposition(decision=body.decision, note=body.note, quantity=body.quantity)
    quality, asked = quality_of(request), Asked(actor=body.actor, request=key)
    with edge_of(request).under_way.work_on(key):
        id_ = request.path_params["id"]
        return committed(await quality.disposing.decide(id_, disposition, asked))


ROUTES = (
    Route("/api/v1/quality/defects", defects),
    Route("/api/v1/quality/machine-runs", machine_runs),
    Route("/api/v1/quality/machine-runs", record_run, methods=["POST"]),
    Route("/api/v1/quality/nonconformances", nonconformances),
    Route("/api/v1/quality/nonconformances", open_nonconformance, methods=["POST"]),
    Route("/api/v1/quality/nonconformances/{id:fact}/decisions", dispose, methods=["POST"]),
    Route("/api/v1/quality/inspections", inspections),
    Route("/api/v1/quality/results", results),
    Route("/api/v1/quality/results", record_result, methods=["POST"]),
    Route("/api/v1/quality/results/{seq:fact}/void", void_result, methods=["POST"]),
    Route("/api/v1/quality/chart", chart),
    Route("/api/v1/quality/chart/limits", freeze, methods=["POST"]),
    Route("/api/v1/quality/holds", holds),
    Route("/api/v1/quality/holds", place_hold, methods=["POST"]),
    Route("/api/v1/quality/holds/{id:fact}/release", release_hold, methods=["POST"]),
)
