"""What content types a call reads; anything else is 415 before it is read."""

from fastapi import Request

from erp_sync.errors import Problem

JSON = "application/json"


def media_type(request: Request, *read: str) -> str:
    """The body's content type, JSON where none is said; raises Problem (415) if not in `read`."""
    said = request.headers.get("content-type", JSON).partition(";")[0].strip().lower()
    if said in read:
        return said
    raise Problem(
        415,
        "media-type",
        "This content type is not read here",
        f"content-type {said!r}",
        f"send {' or '.join(read)}",
    )


async def json_body(request: Request) -> bytes:
    """The body of a call that reads JSON alone; raises Problem (415)."""
    media_type(request, JSON)
    return await request.body()
