"""Requests read strictly: bodies by their class, queries by their type."""

import hashlib
import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request as HttpRequest

from edge.api.errors import BodyRefused, InvalidRequest
from edge.api.segments import Segment
from edge.domain.clock import parse_time
from edge.domain.gs1 import GS
from edge.domain.plain_text import is_plain
from edge.domain.recording import Request

JSON = "application/json"
LARGEST_BODY = 64 * 1024
LONGEST_KEY = 200
LONGEST_NOTE = 2000
LARGEST = 2**63 - 1  # of an integer that the store can hold
SCANNED = frozenset({"code", "lot", "from", "to"})  # in which GS ends an element of GS1
LAST_INSTANT = 7_258_118_400_000_000  # 2200: whatever is made of it is still a date
TIMES = frozenset({"at", "from", "since", "to"})  # of a query


def instant(said: Any) -> Any:
    """Microseconds of an instant that is said as integer or as text; raises ValueError."""
    found = parse_time(said) if isinstance(said, str) else said
    if isinstance(found, int) and not 0 <= found <= LAST_INSTANT:
        raise ValueError("an instant is of 1970 to 2199")
    return found


# Microseconds UTC, or ISO 8601 with an offset.
Instant = Annotated[int, BeforeValidator(instant)]


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
    counted_as: Literal["good", "reject"] | None = None
    place: str = Field("", max_length=200)
    hour: Instant | None = None
    day: str | None = None
    version: int | None = None


class Acknowledgement(Action):
    plan: int
    hour: Instant | None = None


class TagWrite(Action):
    value: bool | int | str


class Reload(Action):
    pass


class Judgement(Action):
    note: str = Field(min_length=1, max_length=LONGEST_NOTE, pattern=r"\S")


class Release(Judgement):
    quantity: int
    job_order_id: str | None = None
    hour: Instant | None = None
    also: dict[str, int] | None = None


class QuantityReport(Action):
    hour: Instant
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
        raise _refused(faults) from error
    content = msgspec.json.decode(data)
    if faults := list(_unstorable(content, "")):
        raise _refused(faults)
    return body, _request(request, key, content)


def _refused(faults: list[dict[str, str]]) -> InvalidRequest:
    said = "; ".join(f"{fault['place']}: {fault['message']}" for fault in faults)
    return InvalidRequest(said, faults)


def _fault(found: ErrorDetails, kind: type[Action]) -> dict[str, str]:
    """One fault of a body: place, value, message and mend."""
    fields = ", ".join(field.alias or name for name, field in kind.model_fields.items())
    missing = found["type"] == "missing"
    return {
        "place": ".".join(str(part) for part in found["loc"]) or "body",
        "value": "" if missing else str(found["input"])[:60],
        "message": found["msg"],
        "mend": f"the fields are: {fields}; see docs/contracts.md, section 4",
    }


def _unstorable(content: Any, place: str) -> Iterator[dict[str, str]]:
    """Integers that no store holds, and texts that would move a screen's cursor."""
    if isinstance(content, dict):
        for name, value in content.items():
            yield from _unstorable(name, place or "body")
            yield from _unstorable(value, f"{place}.{name}" if place else name)
    elif isinstance(content, list):
        for index, value in enumerate(content):
            yield from _unstorable(value, f"{place}.{index}")
    elif isinstance(content, str) and not is_plain(_without_fnc1(place, content)):
        value = ascii(content)[1:-1][:60]
        yield _named(place, value, "has a control character", "write it without")
    elif isinstance(content, int) and abs(content) > LARGEST:
        yield _named(place, str(content)[:60], "is too large", f"at most {LARGEST}")


def _without_fnc1(place: str, text: str) -> str:
    """A scanned code without the characters that end its elements; any other text as it is."""
    return text.replace(GS, "") if place.rpartition(".")[2] in SCANNED else text


def _named(place: str, value: str, message: str, mend: str) -> dict[str, str]:
    return {"place": place, "value": value, "message": message, "mend": mend}


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


def _request(request: HttpRequest, key: str, content: Any) -> Request:
    """Keys are scoped by method and path; the fingerprint is that of the body's content."""
    text = msgspec.json.encode(content, order="deterministic")
    return Request(
        key=f"{request.method} {request.url.path} {key}",
        fingerprint=hashlib.sha256(text).hexdigest(),
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
    """An integer of the query, or an instant; raises InvalidRequest if it is missing or none."""
    text = request.query_params.get(name)
    if text is None and default is not None:
        return default
    try:
        found: int = instant(_whole(text or "")) if name in TIMES else _counted(text or "")
    except ValueError as error:
        time = "microseconds UTC, or for example 2026-06-08T06:50+02:00, its + written as %2B"
        said = str(error) if name in TIMES else f"is no integer up to {LARGEST}"
        fault = _named(name, text or "", said, time if name in TIMES else "write an integer")
        raise InvalidRequest(f"{name}={text!r}: {said}", [fault]) from None
    return found


def _counted(text: str) -> int:
    if abs(found := int(text)) > LARGEST:
        raise ValueError
    return found


def _whole(text: str) -> int | str:
    """A `+` that was not escaped is read as a blank: it is the offset's."""
    return int(text) if text.lstrip("-").isdecimal() else re.sub(r" (?=[\d:]+$)", "+", text)


def truth(request: HttpRequest, name: str) -> bool | None:
    """`true` or `false` of the query; None if it is missing; raises InvalidRequest."""
    text = request.query_params.get(name)
    if text not in {None, "true", "false"}:
        fault = {"place": f"query {name}", "value": text or "", "mend": "write true or false"}
        raise InvalidRequest(f"{name}={text!r} is neither true nor false", [fault])
    return None if text is None else text == "true"


class FactNumber(Convertor[int]):
    """A fact's number in a path. One that no store holds names nothing: 404."""

    regex = "[0-9]{1,18}"

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


class HourNumber(FactNumber):
    """An hour in a path, in microseconds; up to the year 2286, so that it is always a date."""

    regex = "[0-9]{1,16}"


# In the routes' paths `{seq:fact}` and `{hour:hour}` stand where Starlette has `int`.
register_url_convertor("fact", FactNumber())
register_url_convertor("hour", HourNumber())
register_url_convertor("segment", Segment())
