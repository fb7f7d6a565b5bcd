"""The API of versions and proposals (contracts, section 4; docs/plan_versions.md)."""

import asyncio
import json
from typing import Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from edge.api.errors import InvalidRequest
from edge.api.reading import LONGEST_NOTE, Action, Instant, number, only, read
from edge.api.routes import answer, committed, edge_of
from edge.domain.plan_versions import PlanProposal, PlanVersion, Unfreezing
from edge.execution.desk import Asked
from edge.execution.dispatch.late import proved_since
from edge.execution.plans.room import Difference, PlanRoom

MOST_VERSIONS = 500


class Decision(Action):
    note: str = Field("", max_length=LONGEST_NOTE)


class Unfrozen(Action):
    work_centers: list[str] = Field(min_length=1)
    until: Instant
    note: str = Field(min_length=1, max_length=LONGEST_NOTE, pattern=r"\S")


async def plan(request: Request) -> Response:
    """The plan in force, what waits for a person, and which frozen hours may be moved."""
    only(request)
    edge = edge_of(request)
    room = edge.rooms.plans
    version = room.reader.version(room.releasing.plan.version)
    waiting = room.reader.open_proposal()
    rules = room.releasing.rules
    return answer(
        {
            "version": version_view(version) if version else None,
            "proposal": proposal_view(waiting) if waiting else None,
            "unacknowledged": await asyncio.to_thread(edge.rooms.news.unseen),
            "unfrozen": [unfrozen_view(one) for one in room.unfrozen()],
            "ask_above_s": rules.ask_above_s,
            "frozen_hours": rules.frozen_hours,
            "problem": edge.plan().get("problem", ""),
            "problem_coded": edge.plan().get("problem_coded", []),
        }
    )


async def versions(request: Request) -> Response:
    """Versions, the newest first."""
    only(request, "before", "limit")
    limit = number(request, "limit", 50)
    if not 1 <= limit <= MOST_VERSIONS:
        raise InvalidRequest(f"limit={limit}: 1 to {MOST_VERSIONS}")
    before = number(request, "before", 0) or None
    found = edge_of(request).rooms.plans.reader.versions(before, limit)
    return answer({"items": [version_view(one) for one in found]})


async def version(request: Request) -> Response:
    """A version whole: schedule and instructions."""
    only(request)
    room, id_ = edge_of(request).rooms.plans, request.path_params["plan"]
    found = await asyncio.to_thread(room.content, id_)
    hours = [
        {"hour": one.hour, "work_center": one.work_center, "order": one.order}
        | {"operation": one.operation, "quantity": one.quantity, "good": one.good}
        | {"setup_s": one.setup_s}
        for one in found.instructions
    ]
    head = version_view(room.version(id_))
    return answer(head | {"schedule": dict(found.schedule), "instructions": hours})


async def differences(request: Request) -> Response:
    """What a version changes against another one; without them the last against the one before."""
    only(request, "from", "to")
    room = edge_of(request).rooms.plans
    after = _version(request, "to") or room.releasing.plan.version
    before = _version(request, "from") or room.before(after)
    found = await asyncio.to_thread(room.difference, before, after)
    found = proved_since(found, after, edge_of(request).outlooks())
    return answer({"from": before, "to": after} | difference_view(room, found))


def _version(request: Request, name: str) -> int:
    """A version of the query; `from` and `to` are numbers here and no times."""
    text = request.query_params.get(name, "0")
    if not text.isdecimal() or len(text) > 9:
        raise InvalidRequest(f"{name}={text!r} is no version of the plan")
    return int(text)


async def proposals(request: Request) -> Response:
    """Plans that asked, the newest first."""
    only(request)
    found = edge_of(request).rooms.plans.reader.proposals()
    return answer({"items": [proposal_view(one) for one in found]})


async def proposal(request: Request) -> Response:
    """A proposal with what it would change against the plan in force."""
    only(request)
    room, id_ = edge_of(request).rooms.plans, request.path_params["proposal"]
    found = await asyncio.to_thread(room.proposed, id_)
    said = room.reader.proposal(id_)
    head = proposal_view(said) if said else {}
    return answer(
        head | {"changes": {"from": found.base} | difference_view(room, found.difference)}
    )


async def release(request: Request) -> Response:
    """Bring a proposal into force."""
    body, key = await read(request, Decision)
    edge, asked = edge_of(request), Asked(actor=body.actor, request=key)
    with edge.under_way.work_on(key):
        id_ = request.path_params["proposal"]
        return committed(await edge.rooms.plans.release(id_, body.note, asked))


async def discard(request: Request) -> Response:
    """Take a proposal away."""
    body, key = await read(request, Decision)
    edge, asked = edge_of(request), Asked(actor=body.actor, request=key)
    with edge.under_way.work_on(key):
        id_ = request.path_params["proposal"]
        return committed(await edge.rooms.plans.discard(id_, body.note, asked))


async def unfreeze(request: Request) -> Response:
    """Let the next plan move frozen hours."""
    body, key = await read(request, Unfrozen)
    edge, asked = edge_of(request), Asked(actor=body.actor, request=key)
    with edge.under_way.work_on(key):
        done = await edge.rooms.plans.unfreeze(body.work_centers, body.until, body.note, asked)
        return committed(done)


def version_view(one: PlanVersion) -> dict[str, Any]:
    """A version as the API shows it; times in us."""
    return {
        **vars(one),
        "released_by": one.released_by or None,
        "why": _said(one.why),
        "difference": _said(one.difference),
    }


def proposal_view(one: PlanProposal) -> dict[str, Any]:
    """A proposal as the API shows it; times in us."""
    return {**vars(one), "why": _said(one.why), "decided_by": one.decided_by or None}


def unfrozen_view(one: Unfreezing) -> dict[str, Any]:
    """What was unfrozen, as the API shows it."""
    return {**vars(one), "work_centers": [*one.named]}


def difference_view(room: PlanRoom, found: Difference) -> dict[str, Any]:
    """A difference with its words."""
    return found.view() | {"words": [one.view() for one in room.words(found)]}


def _said(text: str) -> Any:
    return json.loads(text) if text else None


ROUTES = (
    Route("/api/v1/plan", plan),
    Route("/api/v1/plan/versions", versions),
    Route("/api/v1/plan/versions/{plan:fact}", version),
    Route("/api/v1/plan/difference", differences),
    Route("/api/v1/plan/proposals", proposals),
    Route("/api/v1/plan/proposals/{proposal:fact}", proposal),
    Route("/api/v1/plan/proposals/{proposal:fact}/release", release, methods=["POST"]),
    Route("/api/v1/plan/proposals/{proposal:fact}/discard", discard, methods=["POST"]),
    Route("/api/v1/plan/unfreeze", unfreeze, methods=["POST"]),
)
