"""Whatever stands in a segment of a path comes out of it, a slash too."""

from typing import Any
from urllib.parse import quote, unquote

import httpx
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

import edge.api.reading  # noqa: F401 - it registers what stands in paths
from edge.api.segments import Segments


async def said(request: Request) -> JSONResponse:
    return JSONResponse({"of": request.scope["route"].path, **request.path_params})


ROUTES = [Route("/lots/{lot:segment}", said), Route("/lots/{lot:segment}/trace", said)]
APP = Starlette(routes=ROUTES, middleware=[Middleware(Segments)])
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\uffff"), min_size=1)
NAMED = NAMES.filter(lambda name: name.strip("./") != "") | st.sampled_from(
    ["A/7", "/", "//", "A/trace", "A%2F7", "A%252F7", "(10)A/7", "A?b#c", "A /7", "%", "ä/ö"]
)


async def asked(path: str) -> tuple[int, Any]:
    transport = httpx.ASGITransport(APP)
    async with httpx.AsyncClient(transport=transport, base_url="http://edge") as client:
        answer = await client.get(path)
        return answer.status_code, answer.json() if answer.is_success else None


@given(name=NAMED)
async def test_a_name_comes_out_as_it_was_sent(name: str) -> None:
    for end in ("", "/trace"):
        status, found = await asked(f"/lots/{quote(name, safe='')}{end}")
        assert (status, found) == (200, {"of": f"/lots/{{lot:segment}}{end}", "lot": name})


async def test_a_slash_that_is_not_encoded_begins_a_segment() -> None:
    assert (await asked("/lots/A/7"))[0] == 404
    assert (await asked("/lots/A/trace"))[1] == {"of": "/lots/{lot:segment}/trace", "lot": "A"}
    assert unquote("A%2f7") == "A/7"
    assert (await asked("/lots/A%2f7"))[1]["lot"] == "A/7"
