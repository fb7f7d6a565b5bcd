"""The API of people (contracts, section 4)."""

import asyncio
from typing import Any

from pydantic import Field, model_validator
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from edge.api.reading import Action, Instant, Judgement, number, only, read
from edge.api.routes import answer, committed, edge_of
from edge.domain.clock import to_datetime
from edge.execution.desk import Asked
from edge.execution.people.rules import Credentials


class SignOn(Action):
    actor: str = Field("", description="Whoever it is says so by badge or PIN")
    badge: str = ""
    person: str = ""
    pin: str = ""
    work_center: str = ""

    @model_validator(mode="after")
    def _one_way(self) -> "SignOn":
        if bool(self.badge) == bool(self.person):
            raise ValueError("say badge, or person and pin")
        return self


class SignOff(Action):
    person: str
    work_center: str = ""


class Presence(Judgement):
    from_: Instant | None = Field(None, alias="from")
    to: Instant | None = None


async def people(request: Request) -> Response:
    """Who works here, what they may and can do, and where they are."""
    only(request)
    edge = edge_of(request)
    presence = edge.rooms.people.presence
    there = presence.signed_on()
    today = to_datetime(edge.floor.clock.now()).astimezone(edge.floor.zone).date()
    items: list[dict[str, Any]] = [
        {
            "id": one.id,
            "name": one.name,
            "crew": one.crew,
            "roles": sorted(one.roles),
            "skills": [
                {
                    "skill": skill,
                    "until": until.isoformat() if until else None,
                    "valid": one.holds(skill, today),
                }
                for skill, until in one.skills.items()
            ],
            "badge": one.badge is not None,
            "pin": one.pin_hash is not None,
            "present": [
                {"kind": on.kind, "at": on.equipment_id, "since": on.start, "opened": on.opened}
                for on in there
                if on.person == one.id
            ],
        }
        for one in presence.rules.people.values()
    ]
    return answer({"items": items})


async def sign_on(request: Request) -> Response:
    """Somebody begins to work at a work center, or comes to the site."""
    body, key = await read(request, SignOn)
    edge, asked = edge_of(request), Asked(actor=body.person or "badge", request=key)
    who = Credentials(badge=body.badge, person=body.person, pin=body.pin)
    with edge.under_way.work_on(key):
        done = await edge.rooms.people.signing.sign_on(who, body.work_center, asked)
    recorded = edge.floor.reader.corrected(done.seq)
    person = recorded.fact.body["person"] if recorded else ""
    return answer({"seq": done.seq, "person": person}, 201)


async def sign_off(request: Request) -> Response:
    """Somebody ends the work at a work center, or leaves."""
    body, key = await read(request, SignOff)
    edge, asked = edge_of(request), Asked(actor=body.actor, request=key)
    with edge.under_way.work_on(key):
        signing = edge.rooms.people.signing
        return committed(await signing.sign_off(body.person, body.work_center, asked))


async def correct(request: Request) -> Response:
    """A supervisor says when somebody was there."""
    body, key = await read(request, Presence)
    edge, asked = edge_of(request), Asked(actor=body.actor, request=key)
    opened = request.path_params["opened"]
    with edge.under_way.work_on(key):
        span = (body.from_, body.to)
        return committed(await edge.rooms.people.signing.correct(opened, span, body.note, asked))


async def labour(request: Request) -> Response:
    """Labour and performance by person, crew, work center or job order."""
    only(request, "from", "to", "by")
    edge = edge_of(request)
    start, end = number(request, "from"), number(request, "to")
    by = request.query_params.get("by", "person")
    items = await asyncio.to_thread(edge.rooms.people.labour.report, start, end, by)
    return answer({"items": items})


ROUTES = (
    Route("/api/v1/people", people),
    Route("/api/v1/sign-ons", sign_on, methods=["POST"]),
    Route("/api/v1/sign-offs", sign_off, methods=["POST"]),
    Route("/api/v1/labour", labour),
    Route("/api/v1/labour/{opened:fact}/corrections", correct, methods=["POST"]),
)
