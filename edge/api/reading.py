"""Requests read strictly: bodies by their class, queries by their type."""

import hashlib
from typing import TypeVar

import msgspec
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails
from starlette.requests import Request as HttpRequest

from edge.api.errors import BodyRefused, InvalidRequest
from edge.domain.ports import Request

JSON = "application/json"
LARGEST_BODY = 64 * 1024
LONGEST_KEY = 200
LONGEST_NOTE = 2000


class Action(BaseModel):
    """What every action says: who does it."""

    model_config = ConfigDict(extra="forbid", strict=True)
    actor: str = Field(min_length=1, pattern=r"\S")


class JobAction(Action):
    version: int
    reason: str = ""
    confirm: bool = False


class ScrapReport(Action):
    quantity: int
    reason: str
    place: str = Field("", max_length=200)
    hour: int | None = None
    day: str | None = None
    version: int | None = None


class Acknowledgement(Action):
    plan: int
    hour: int


class TagWrite(Action):
    value: bool | int | str


class Reload(Action):
    pass


class Judgement(Action):
    note: str = Field(min_length=1, max_length=LONGEST_NOTE, pattern=r"\S")


class Release(Judgement):
    quantity: int
    job_order_id: str | None = None
    hour: int | None = None
    also: dict[str, int] | None = None


class QuantityReport(Action):
    hour: int
    good: int
    scrap: int
    reason: str = ""
    version: int | None = None
    confirm: bool = False


class Changes(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    quantity: int = 0
    job_order_id: str | None = None

    @property
    def said(self) -> dict[str, int | str | None]:
        """What was named, and nothing else."""
        return self.model_dump(exclude_unset=True)


class CorrectionOf(Judgement):
    changes: Changes
    version: int | None = None


Body = TypeVar("Body", bound=Action)


async def read(
    request: HttpRequest, kind: type[Body], largest: int = LARGEST_BODY
) -> tuple[Body, Request]:
    """The body (of at most `largest` bytes) and the idempotency key of a write; raises
    InvalidRequest."""
    key = request.headers.get("idempotency-key", "")
    if not 0 < len(key) <= LONGEST_KEY:
        raise InvalidRequest(
            "the header Idempotency-Key is missing or too long",
            [{"place": "Idempotency-Key", "value": key[:20], "mend": "send a fresh UUID"}],
        )
    data = await _json(request, largest)
    try:
        body = kind.model_validate_json(data)
    except ValidationError as error:
        faults = [_fault(found, kind) for found in error.errors(include_url=False)]
        detail = "; ".join(f"{fault['place']}: {fault['message']}" for fault in faults)
        raise InvalidRequest(detail, faults) from error
    return body, _request(request, key, data)


def _fault(found: ErrorDetails, kind: type[Action]) -> dict[str, str]:
    """One fault of a body: place, value, message and mend."""
    fields = ", ".join(kind.model_fields)
    missing = found["type"] == "missing"
    return {
        "place": ".".join(str(part) for part in found["loc"]) or "body",
        "value": "" if missing else str(found["input"])[:60],
        "message": found["msg"],
        "mend": f"the fields are: {fields}; see docs/contracts.md, section 4",
    }


async def _json(request: HttpRequest, largest: int) -> bytes:
    """The body, of which no more is read than may come; raises BodyRefused."""
    said = request.headers.get("content-type", JSON).partition(";")[0].strip().lower()
    if said != JSON:
        raise BodyRefused(415, f"content-type {said!r} is not read here", f"send {JSON}")
    data = bytearray()
    async for part in request.stream():
        data += part
        if len(data) > largest:
            detail = f"a body may have {largest} bytes"
            raise BodyRefused(413, detail, "send only what the contract names")
    return bytes(data)


def _request(request: HttpRequest, key: str, data: bytes) -> Request:
    """Keys are scoped by method and path; the fingerprint is that of the body's content."""
    content = msgspec.json.encode(msgspec.json.decode(data), order="deterministic")
    return Request(
        key=f"{request.method} {request.url.path} {key}",
        fingerprint=hashlib.sha256(content).hexdigest(),
    )


def only(request: HttpRequest, *names: str) -> None:
    """Raise InvalidRequest if the query has anything but `names`."""
    unknown = sorted(set(request.query_params) - set(names))
    if unknown:
        mend = f"one of: {', '.join(names)}" if names else "leave it out"
        errors = [
            {"place": f"query {name}", "value": request.query_params[name], "mend": mend}
            for name in unknown
        ]
        raise InvalidRequest(f"not known here: {', '.join(unknown)}", errors)


def text(request: HttpRequest, name: str) -> str:
    """A text of the query; raises InvalidRequest if it is missing."""
    if not (found := request.query_params.get(name, "")):
        fault = {"place": f"query {name}", "value": "", "mend": f"add ?{name}=..."}
        raise InvalidRequest(f"{name} is missing", [fault])
    return found


def number(request: HttpRequest, name: str, default: int | None = None) -> int:
    """An integer of the query; raises InvalidRequest if it is missing or none."""
    text = request.query_params.get(name)
    if text is None and default is not None:
        return default
    try:
        return int(text or "")
    except ValueError:
        raise InvalidRequest(
            f"{name}={text!r} is not an integer",
            [{"place": name, "value": text or "", "mend": "microseconds UTC, or a count"}],
        ) from None


def truth(request: HttpRequest, name: str) -> bool | None:
    """`true` or `false` of the query; None if it is missing; raises InvalidRequest."""
    text = request.query_params.get(name)
    if text not in {None, "true", "false"}:
        fault = {"place": f"query {name}", "value": text or "", "mend": "write true or false"}
        raise InvalidRequest(f"{name}={text!r} is neither true nor false", [fault])
    return None if text is None else text == "true"
