"""Requests that are being worked on: a repetition is told to wait, not worked on twice."""

from collections.abc import Iterator
from contextlib import contextmanager

from edge.api.errors import UnderWay
from edge.domain.recording import Request


class RequestsUnderWay:
    """The keys of requests that have no answer yet."""

    def __init__(self) -> None:
        self._keys: set[str] = set()

    @contextmanager
    def work_on(self, request: Request) -> Iterator[None]:
        """Hold the request's key for the block; raises UnderWay if it is held."""
        if request.key in self._keys:
            raise UnderWay("the first request with this key has not been answered yet")
        self._keys.add(request.key)
        try:
            yield
        finally:
            self._keys.discard(request.key)
