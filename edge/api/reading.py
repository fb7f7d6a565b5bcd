"""Requests read strictly: bodies by their class, queries by their type."""

import hashlib
from typing import TypeVar

import msgspec
from starlette.requests import Request as HttpRequest

from edge.api.errors import BodyRefused, InvalidRequest
from edge.domain.ports import Request

JSON = "application/json"
LARGEST_BODY = 64 * 1024
LONGEST_KEY = 200
Body = TypeVar("Body", bound=msgspec.Struct)


class JobAction(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    actor: str
    version: int
    reason: str = ""


class ScrapReport(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    actor: str
    quantity: int
    reason: str
    version: int | None = None


class StopReason(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    actor: str
    reason: str
    note: str = ""


class Acknowledgement(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    actor: str
    plan: int
    hour: int


async def read(request: HttpRequest, kind: type[Body]) -> tuple[Body, Request]:
    """The body and the idempotency key of a write; raises InvalidRequest."""
    key = request.headers.get("idempotency-key", "")
    if not 0 < len(key) <= LONGEST_KEY:
        raise InvalidRequest(
            "the header Idempotency-Key is missing or too long",
            [{"place": "Idempotency-Key", "value": key[:20], "mend": "send a fresh UUID"}],
        )
    data = await _json(request)
    try:
        body = msgspec.json.decode(data, type=kind)
    except msgspec.DecodeError as error:
        fields = ", ".join(kind.__struct_fields__)
        raise InvalidRequest(f"{error}; fields: {fields}") from error
    if not getattr(body, "actor", "").strip():
        raise InvalidRequest(
            "actor is empty", [{"place": "actor", "value": "", "mend": "say who does this"}]
        )
    return body, _request(request, key, data)


async def _json(request: HttpRequest) -> bytes:
    """The body, of which no more is read than may come; raises BodyRefused."""
    said = request.headers.get("content-type", JSON).partition(";")[0].strip().lower()
    if said != JSON:
        raise BodyRefused(415, f"content-type {said!r} is not read here", f"send {JSON}")
    data = bytearray()
    async for part in request.stream():
        data += part
        if len(data) > LARGEST_BODY:
            detail = f"a body may have {LARGEST_BODY} bytes"
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
