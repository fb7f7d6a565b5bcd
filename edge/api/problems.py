"""Errors as RFC 9457 problem documents that say what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from edge.api.errors import (
    BodyRefused,
    ConfigurationRefused,
    EventGone,
    InvalidRequest,
    UnderWay,
)
from edge.domain.equipment import EquipmentUnreachable, WriteRefused
from edge.domain.keeping import CannotKeep
from edge.domain.recording import (
    BaselineConflict,
    RequestConflict,
    StoreUnavailable,
    VersionConflict,
)
from edge.domain.sentences import Told
from edge.execution.errors import (
    BeyondTolerance,
    Blocked,
    FaultyRows,
    Implausible,
    InvalidAction,
    LotRefused,
    NoAdvice,
    NotAllowed,
    NotAuthorized,
    NothingReported,
    NotRecognised,
    PrinterUnreachable,
    UnknownObject,
)
from edge.kpi.errors import KpiInputInvalid


@dataclass(frozen=True)
class Kind:
    """How one class of errors is answered."""

    status: int
    type: str
    title: str
    mend: str


KINDS: Mapping[type[Exception], Kind] = {
    KpiInputInvalid: Kind(
        422, "kpi-input", "There is no figure", "look at the states and run times of that time"
    ),
    UnknownObject: Kind(404, "unknown", "There is no such thing here", "look at the list again"),
    InvalidAction: Kind(422, "invalid", "The request cannot be right", "say another value"),
    NotAllowed: Kind(
        409, "not-allowed", "Not allowed now", "look at it again, and choose what is possible now"
    ),
    LotRefused: Kind(409, "lot-refused", "It may not be used here", "use another"),
    BaselineConflict: Kind(
        503,
        "counting",
        "The machine's counters do not stand still",
        "send the same again with its key; nothing was recorded",
    ),
    PrinterUnreachable: Kind(
        503, "printer-unreachable", "The printer does not answer", "see to it, then print again"
    ),
    NoAdvice: Kind(503, "no-advice", "It was not worked out in time", "ask again"),
    Blocked: Kind(
        409, "blocked", "Something forbids the start", "have that mended, then start again"
    ),
    NotAuthorized: Kind(
        403, "not-authorized", "You may not decide this", "let somebody with the role sign on"
    ),
    NotRecognised: Kind(
        403,
        "not-recognised",
        "The badge or PIN is not known",
        "try again; whose badge and PIN it is stands in plant.toml, [[person]]",
    ),
    VersionConflict: Kind(409, "changed", "It has changed since you looked", "look again"),
    RequestConflict: Kind(
        422, "key-reused", "The idempotency key was used before", "send it with a new key"
    ),
    UnderWay: Kind(
        409, "in-flight", "This request is being worked on", "wait, then repeat it with its key"
    ),
    EquipmentUnreachable: Kind(
        503, "machine-unreachable", "The machine does not answer", "check its link, then again"
    ),
    WriteRefused: Kind(
        409,
        "write-refused",
        "The machine is not written to",
        "write a tag that has write = true, a value that its type and range allow",
    ),
    PermissionError: Kind(
        409, "write-off", "Writing to the machine is off", "set write = true for the tag"
    ),
    EventGone: Kind(
        410, "event-gone", "The stream cannot go on from here", "begin anew, without Last-Event-ID"
    ),
    CannotKeep: Kind(
        409, "cannot-keep", "The store stays as it is", "see that its disk is there and has space"
    ),
    StoreUnavailable: Kind(
        503, "store-unavailable", "The store cannot take it now", "free disk space, then again"
    ),
}


def problem(
    status: int, type_: str, title: str, detail: str, mend: str, **extra: object
) -> Response:
    """A problem document as a response."""
    body = {
        "type": f"urn:taktline:problem:{type_}",
        "title": title,
        "status": status,
        "detail": detail,
        "mend": mend,
        **extra,
    }
    headers = {"Cache-Control": "no-store"}
    if status == HTTPStatus.SERVICE_UNAVAILABLE or type_ == KINDS[UnderWay].type:
        headers["Retry-After"] = "1"
    return Response(
        msgspec.json.encode(body), status, headers, media_type="application/problem+json"
    )


async def answer_known(_: Request, error: Exception) -> Response:
    """Response to an error of the rooms behind the API; one that says more is of its kind too."""
    kind = next(KINDS[one] for one in type(error).__mro__ if one in KINDS)
    detail, mend, more = in_words(error)
    return problem(kind.status, kind.type, kind.title, detail, mend or kind.mend, **more)


def in_words(error: Exception) -> tuple[str, str, Mapping[str, object]]:
    """What is so, what would mend it (may be empty), and the code and values of the sentence."""
    if not isinstance(error, Told):
        return str(error), "", {}
    more: Mapping[str, object] = {}
    if len(error.said) == 1:
        view = error.said[0].view()
        more = {"code": view["code"], "params": view["params"]}
    return error.detail, error.remedy, more


ASKED_BACK: Mapping[type[Exception], str] = {
    Implausible: "implausible",
    NothingReported: "nothing-reported",
    BeyondTolerance: "beyond-tolerance",
}


async def answer_asked_back(_: Request, error: Exception) -> Response:
    """Response to what has to be asked back: the same again with `confirm` is taken."""
    detail, mend, more = in_words(error)
    again = "if it is so, send the same again with confirm: true"
    mend = f"{mend}; {again}" if mend else again
    return problem(409, ASKED_BACK[type(error)], "Is it so?", detail, mend, confirm=True, **more)


async def answer_body_refused(_: Request, error: Exception) -> Response:
    """Response to a body that was not read."""
    assert isinstance(error, BodyRefused)
    title = HTTPStatus(error.status).phrase
    type_ = title.lower().replace(" ", "-")
    return problem(error.status, type_, title, str(error), error.mend)


async def answer_blocked(_: Request, error: Exception) -> Response:
    """Response to what several reasons forbid: `errors` has each of them with its mend."""
    assert isinstance(error, (Blocked, LotRefused))
    kind, mend = KINDS[type(error)], error.remedy
    errors = [one.view() for one in error.said]
    mend = mend or kind.mend
    return problem(kind.status, kind.type, kind.title, error.detail, mend, errors=errors)


async def answer_invalid(_: Request, error: Exception) -> Response:
    """Response to a malformed request."""
    errors = error.errors if isinstance(error, InvalidRequest) else []
    mends = dict.fromkeys(f"{one['place']}: {one['mend']}" for one in errors if one.get("mend"))
    mend = "; ".join(mends) or "send it as docs/contracts.md, section 4, has it"
    return problem(422, "invalid", "The request is malformed", str(error), mend, errors=errors)


async def answer_rows(_: Request, error: Exception) -> Response:
    """Response to a file's rows that were not taken in."""
    faults = error.faults if isinstance(error, FaultyRows) else ()
    return problem(
        422,
        "rows",
        "The rows are not right",
        str(error),
        "mend what is named and send all of them again; nothing was booked",
        errors=[fault.view() for fault in faults],
    )


async def answer_configuration(_: Request, error: Exception) -> Response:
    """Response to a plant.toml that was not taken over."""
    return problem(
        422,
        "configuration",
        "The configuration was refused",
        str(error),
        "mend what is named and reload; the edge goes on with the old one",
        errors=error.errors if isinstance(error, ConfigurationRefused) else [],
    )


async def answer_http(request: Request, error: Exception) -> Response:
    """Response where no route or method fits."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    title = HTTPStatus(status).phrase
    detail = f"{request.method} {request.url.path}"
    answer = problem(
        status, title.lower().replace(" ", "-"), title, detail, "see docs/contracts.md"
    )
    if isinstance(error, HTTPException):
        answer.headers.update(error.headers or {})
    return answer


async def answer_defect(request: Request, error: Exception) -> Response:
    """Response to what should not happen: told without details, which stand in the log."""
    return problem(
        500,
        "defect",
        "Something went wrong in the edge",
        f"{request.method} {request.url.path}: {type(error).__name__}",
        "try again; if it stays, send the log to whoever maintains the edge",
    )


HANDLERS = {
    **dict.fromkeys(KINDS, answer_known),
    Blocked: answer_blocked,
    LotRefused: answer_blocked,
    FaultyRows: answer_rows,
    InvalidRequest: answer_invalid,
    **dict.fromkeys(ASKED_BACK, answer_asked_back),
    BodyRefused: answer_body_refused,
    ConfigurationRefused: answer_configuration,
    HTTPException: answer_http,
    Exception: answer_defect,
}
