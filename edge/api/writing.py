"""`POST /devices/{id}/tags/{tag}`: one value to a machine, audited, once for each key."""

from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from edge.api.reading import TagWrite, read
from edge.api.routes import answer, edge_of
from edge.domain.equipment import NoSuchTag
from edge.domain.facts import decode
from edge.domain.production import ProductionReader
from edge.domain.recording import Request
from edge.execution.desk import first_of
from edge.execution.errors import UnknownObject

SAID = ("read_back", "confirmed")


async def write_tag(request: HttpRequest) -> Response:
    """Write a value; a repeated request is told what came of the first and writes nothing."""
    body, key = await read(request, TagWrite)
    edge = edge_of(request)
    device, tag = request.path_params["id"], request.path_params["tag"]
    with edge.under_way.work_on(key):
        if again := _answered(edge.floor.reader, key):
            return answer(again, 201)
        try:
            written = await edge.write_tag(device, tag, body.value, body.actor, key)
        except NoSuchTag as error:
            raise UnknownObject(*error.said) from error
    said = {name: getattr(written, name) for name in SAID}
    return answer({"seq": written.seq, **said}, 201)


def _answered(reader: ProductionReader, request: Request) -> dict[str, object] | None:
    """What was answered to the first request of this key, from its audit fact."""
    first = first_of(reader, request)
    if first is None:
        return None
    detail = decode(reader.facts_after(first - 1, 1)[0].data).body["detail"]
    return {"seq": first, **{name: detail[name] for name in SAID}}
