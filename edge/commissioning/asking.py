"""One request of a command to a running edge, as `taktline quarantine`, `reload` and `write` ask.

A request that may have been taken, and got no answer, is sent again with its key: the edge tells
what came of the first, and does nothing twice.
"""

from collections.abc import Mapping
from http import HTTPStatus
from time import sleep
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from uuid import uuid4

from edge.commissioning.address import authorization, checked_url
from edge.commissioning.exits import UNREACHABLE, USAGE, end

if TYPE_CHECKING:
    import httpx

TIME_LIMIT_S = 10.0
ATTEMPTS = 3
PAUSE_S = 1.0
UNDER_WAY = "urn:taktline:problem:in-flight"


def ask(
    edge: str,
    token_env: str,
    method: str,
    path: str,
    *,
    time_limit_s: float = TIME_LIMIT_S,
    attempts: int = ATTEMPTS,
    whose: str = "edge",
    **options: Any,
) -> "httpx.Response":
    """The answer to `path` below /api/v1; exit 5 where none comes, 2 for a wrong address.

    `edge` is the address of the service; `whose` names it, and the option that it came from.
    """
    import httpx  # not before a question is asked: help comes without it

    url = checked_url(edge, whose)
    headers = authorization(token_env) | options.pop("headers", {})
    if method != "GET":
        headers |= {"Idempotency-Key": uuid4().hex}
    why = "it is still at work"
    for attempt in range(attempts):
        try:
            answer = httpx.request(
                method,
                f"{url}/api/v1{path}",
                headers=headers,
                timeout=time_limit_s,
                trust_env=False,
                **options,
            )
        except httpx.RequestError as error:
            why = str(error) or type(error).__name__
            continue
        if attempt == 0 or document(answer).get("type") != UNDER_WAY:
            return answer
        sleep(PAUSE_S)  # our own first request: it was not lost, it takes its time
    return end(f"{whose} {url} cannot be reached: {why}; is it running there?", UNREACHABLE)


def in_path(name: str) -> str:
    """A name as one part of a path, whatever stands in it; exit 2 for an empty one."""
    if not name:
        end("an empty name names nothing; mend: write the name", USAGE)
    # A part that is . or .. would be taken for a step to another path.
    return quote(name, safe="") if name.strip(".") else name.replace(".", "%2E")


def document(answer: "httpx.Response") -> Mapping[str, Any]:
    """What was answered; empty if it is no JSON object."""
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def refusal(answer: "httpx.Response") -> str:
    """Why the edge refused, and what helps, as its problem document says."""
    problem = document(answer)
    try:
        return f"{problem['title']}: {problem['detail']}; mend: {problem['mend']}"
    except KeyError:
        phrase = HTTPStatus(answer.status_code).phrase
        return f"HTTP {answer.status_code} {phrase}: {answer.text[:200]}"
