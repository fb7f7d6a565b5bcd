"""Facts as server-sent events, from any place in the chain on and then as they come."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable

from starlette.requests import Request
from starlette.responses import StreamingResponse

from edge.api.errors import EventGone, InvalidRequest
from edge.domain.chain import StoredFact
from edge.domain.production import ProductionReader

EVENT_ID = re.compile(r"([0-9]{1,18})\.([0-9]{1,18})")
PAGE = 500
SIGN_OF_LIFE_S = 10.0
News = Callable[[int, float], Awaitable[bool]]  # False once the edge is ending


def begin_after(request: Request, reader: ProductionReader) -> int:
    """The seq after which the stream begins: `Last-Event-ID`, else `after`, else now.

    Raises InvalidRequest, and EventGone if the chain has no such fact: the store was put back.
    """
    text = request.headers.get("last-event-id") or request.query_params.get("after")
    end = reader.chain_end()
    if not text:
        return end.seq
    if not (found := EVENT_ID.fullmatch(text)):
        raise InvalidRequest(f"event id {text!r} is not EPOCH.SEQ, such as 1.42")
    epoch, seq = int(found[1]), int(found[2])
    known = reader.facts_after(seq - 1, 1) if 0 < seq <= end.seq else []
    if seq and (not known or known[0].epoch != epoch):
        raise EventGone(f"there is no fact {text} here; the last one is {end.epoch}.{end.seq}")
    return seq


def stream(request: Request, reader: ProductionReader, news: News) -> StreamingResponse:
    """The response that streams facts until the client leaves."""
    events = _events(begin_after(request, reader), reader, news)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(events, headers=headers, media_type="text/event-stream")


async def _events(after: int, reader: ProductionReader, news: News) -> AsyncIterator[bytes]:
    yield b": facts of this edge\n\n"
    while True:
        facts = await asyncio.to_thread(reader.facts_after, after, PAGE)
        for fact in facts:
            yield _event(fact)
        if facts:
            after = facts[-1].seq
        elif await news(after, SIGN_OF_LIFE_S):
            yield b": alive\n\n"
        else:
            return


def _event(fact: StoredFact) -> bytes:
    return b"id: %d.%d\nevent: %b\ndata: %b\n\n" % (
        fact.epoch,
        fact.seq,
        fact.kind.encode(),
        fact.data,
    )
