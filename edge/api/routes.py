"""The edge's HTTP API (contracts, section 4)."""

import asyncio
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from edge.api import events
from edge.api.context import Edge
from edge.api.errors import InvalidRequest
from edge.api.problems import problem
from edge.api.quality_views import now_view
from edge.api.reading import (
    Acknowledgement,
    JobAction,
    Reload,
    ScrapReport,
    number,
    only,
    read,
)
from edge.domain.hours import DAY
from edge.domain.vocabulary import JobState
from edge.execution.board.hours import call_view
from edge.execution.board.jobs import job_view
from edge.execution.board.page import board
from edge.execution.desk import Answer, Asked
from edge.execution.errors import UnknownObject
from edge.execution.restating.declaring import Found, MadeIn
from edge.execution.wording import one_of

ACTIONS = ("start", "interrupt", "resume", "complete")
AFAR = "taktline.afar"  # of a call that sync has passed on, in the scope: nobody can send it
UNASSIGNED_DAYS = 40
METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def answer(content: object, status: int = 200) -> Response:
    """JSON that no cache keeps."""
    headers = {"Cache-Control": "no-store"}
    return Response(msgspec.json.encode(content), status, headers, media_type="application/json")


def edge_of(request: Request) -> Edge:
    edge: Edge = request.app.state.edge
    return edge


async def work_centers(request: Request) -> Response:
    """All work centers of this edge."""
    only(request)
    edge = edge_of(request)
    states = {device["id"]: device["state"] for device in edge.devices()}
    return answer(
        [
            {
                "id": one.id,
                "name": one.name,
                "line": one.line,
                "device": one.device,
                "state": states.get(one.device, "unknown") if one.device else "by_hand",
                "counting": "manual" if one.manual else "device",
            }
            for one in edge.floor.work_centers.values()
        ]
    )


async def show_board(request: Request) -> Response:
    """The hour-by-hour board of a work center, with the link's state."""
    only(request, "at")
    edge = edge_of(request)
    id_ = request.path_params["id"]
    edge.floor.work_center(id_)
    at = number(request, "at", -1)
    edge.floor.register.reload()
    jobs = edge.next_jobs(id_)
    when, said = None if at < 0 else at, edge.rooms.board.said
    content = await asyncio.to_thread(board, edge.floor, id_, jobs, when, said)
    quality = now_view(await asyncio.to_thread(edge.rooms.quality.now, id_))
    alarms = edge.keeper.shown_alarms() if edge.keeper else ()
    job = edge.floor.register.running_job(id_)
    expected = edge.outlooks().get(job.order) if job else None
    content["outlook"] = expected.view() if expected else None
    setpoints = edge.rooms.setpoints
    alarms = [*alarms, *setpoints.alarms(id_)]
    live: dict[str, Any] = {"link": edge.link(), "measures": edge.measures(id_), "alarms": alarms}
    live["setpoints"] = setpoints.of(id_)
    news = await asyncio.to_thread(edge.rooms.news.of, id_)
    return answer(content | live | {"quality": quality, "plan_news": news})


async def job_orders(request: Request) -> Response:
    """Job orders, all or those of a work center or in a state."""
    only(request, "work_center", "state")
    edge = edge_of(request)
    work_center = request.query_params.get("work_center")
    state = request.query_params.get("state")
    if state is not None and state not in set(JobState):
        raise InvalidRequest(f"state={state!r}: one of {', '.join(JobState)}")
    if work_center is not None:
        edge.floor.work_center(work_center)
    edge.floor.register.reload()
    items: list[dict[str, Any]] = []
    for job in edge.floor.register.jobs.values():
        if work_center in {None, job.work_center} and state in {None, job.state}:
            start, end = edge.planned(job) or (None, None)
            items.append(job_view(edge.floor, job) | {"planned_start": start, "planned_end": end})
    return answer({"items": items, "unassigned": _unassigned(edge)})


def _unassigned(edge: Edge) -> list[dict[str, Any]]:
    """Pieces that were made without an order, by work center, of the last days.

    Also those of hours ahead, where the clock was set back after they were counted.
    """
    now = edge.floor.clock.now()
    return [
        {"work_center": row.equipment_id, "hour": row.hour, "good": row.good, "scrap": row.scrap}
        for one in edge.floor.work_centers
        for row in edge.floor.reader.hour_quantities(one, now - UNASSIGNED_DAYS * DAY, now + DAY)
        if not row.job_order_id and (row.good or row.scrap)
    ]


async def change_job(request: Request) -> Response:
    """Start, interrupt, resume or complete a job order."""
    id_, action = request.path_params["id"], request.path_params["action"]
    if action not in ACTIONS:
        raise UnknownObject(one_of("action", action, (*ACTIONS, "scrap")))
    body, key = await read(request, JobAction)
    edge = edge_of(request)
    asked = Asked(actor=body.actor, request=key, version=body.version)
    with edge.under_way.work_on(key):
        done = await edge.actions.change_job(id_, action, asked, body.reason, confirm=body.confirm)
        return committed(done)


async def scrap(request: Request) -> Response:
    """Good pieces become scrap, or counted rejects get their reason."""
    body, key = await read(request, ScrapReport)
    edge = edge_of(request)
    known(edge, "scrap", body.reason)
    asked = Asked(actor=body.actor, request=key, version=body.version)
    id_ = request.path_params["id"]
    with edge.under_way.work_on(key):
        return committed(await _scrap(edge, id_, body, asked))


async def _scrap(edge: Edge, id_: str, body: ScrapReport, asked: Asked) -> Answer:
    found = Found(
        quantity=body.quantity,
        reason=body.reason,
        made=MadeIn(hour=body.hour, day=body.day),
        place=body.place.strip(),
        counted_as=body.counted_as,
    )
    return await edge.actions.declaring.scrap(id_, found, asked)


async def acknowledge(request: Request) -> Response:
    """Say that an hour's instruction was seen, or a version of the plan as a whole."""
    body, key = await read(request, Acknowledgement)
    asked = Asked(actor=body.actor, request=key)
    id_ = request.path_params["id"]
    edge = edge_of(request)
    with edge.under_way.work_on(key):
        if body.hour is None:
            return committed(await edge.rooms.news.acknowledge(id_, body.plan, asked))
        return committed(await edge.actions.acknowledge(id_, body.plan, body.hour, asked))


async def reasons(request: Request) -> Response:
    """Reasons for scrap and stops, in both languages: all, or those that are for a work center."""
    only(request, "work_center")
    edge = edge_of(request)
    if (wanted := request.query_params.get("work_center")) is None:
        return answer(edge.reasons)
    edge.floor.work_center(wanted)
    return answer(
        {
            kind: [one for one in found if wanted in (one.get("work_centers") or [wanted])]
            for kind, found in edge.reasons.items()
        }
    )


async def status(request: Request) -> Response:
    """How the edge, its devices and its link are."""
    only(request)
    edge = edge_of(request)
    end = edge.floor.reader.chain_end()
    link = edge.link()
    return answer(
        {
            "edge_id": edge.edge_id,
            "version": edge.version,
            "plant_now": edge.floor.clock.now(),
            "timezone": edge.floor.zone.key,
            "epoch": end.epoch,
            "last_seq": end.seq,
            "forwarded_seq": end.seq - link["waiting"],
            "waiting": link["waiting"],
            "link": link,
            "devices": edge.devices(),
            "certificates": edge.certificates(),
            "plan": edge.plan(),
            "andon": [call_view(one) for one in edge.rooms.board.reader.andon_calls(open_=True)],
            "questions": len(edge.actions.questions.all(open_=True)),
            "store": edge.keeper.brief() if edge.keeper else None,
        }
    )


async def devices(request: Request) -> Response:
    """Each device with its figures and the latest reading of each tag."""
    only(request)
    edge = edge_of(request)
    return answer({"plant_now": edge.floor.clock.now(), "items": edge.devices_in_full()})


async def reload(request: Request) -> Response:
    """Take over the changed plant.toml, as one whole or not at all."""
    body, key = await read(request, Reload)
    edge = edge_of(request)
    with edge.under_way.work_on(key):
        return answer(await edge.reload(body.actor))


async def event_stream(request: Request) -> Response:
    """Facts as server-sent events."""
    only(request, "after")
    edge = edge_of(request)
    return events.stream(request, edge.floor.reader, edge.news)


async def healthz(_: Request) -> Response:
    """Alive."""
    return answer({"status": "alive"})


async def readyz(request: Request) -> Response:
    """Ready to count and to instruct; a device or a link that is away does not matter."""
    missing = edge_of(request).ready()
    if missing:
        return problem(503, "not-ready", "Not ready yet", ", ".join(missing), "wait and ask again")
    return answer({"status": "ready"})


async def metrics(request: Request) -> Response:
    """Prometheus metrics."""
    return Response(edge_of(request).metrics(), media_type=METRICS_TYPE)


def committed(done: Answer) -> Response:
    """201 with the seq of the committed fact."""
    content = {"seq": done.seq}
    if done.version is not None:
        content["version"] = done.version
    return answer(content, 201)


def known(edge: Edge, kind: str, code: str) -> None:
    """Raise InvalidRequest if a reason is not one of the plant's."""
    codes = [reason["code"] for reason in edge.reasons[kind]]
    if code not in codes:
        mend = f"one of: {', '.join(codes)}" if codes else "add [[reason]] entries to plant.toml"
        raise InvalidRequest(
            f"{kind} reason {code!r} is not known",
            [{"place": "reason", "value": code, "mend": mend}],
        )
