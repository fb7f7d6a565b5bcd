"""The API's server, the signals that end or reload the edge, and its background tasks."""

import asyncio
import contextlib
import json
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any

import uvicorn

GRACE_S = 2


class ApiServer(uvicorn.Server):
    """uvicorn without signal handlers of its own: the daemon ends it."""

    def __init__(self, app: Any) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                lifespan="off",
                ws="none",  # there are none, so no library is looked for
                timeout_graceful_shutdown=GRACE_S,
            )
        )

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def signals_end(
    server: uvicorn.Server, ending: asyncio.Event, reload: Callable[[], None]
) -> AsyncIterator[set[signal.Signals]]:
    """SIGTERM and SIGINT end event streams and the server, and with it the daemon.

    SIGHUP calls `reload`. Yields the signals that came and ended it.
    """
    came: set[signal.Signals] = set()

    def end(number: signal.Signals) -> None:
        came.add(number)
        ending.set()
        server.should_exit = True

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end, number)
    loop.add_signal_handler(signal.SIGHUP, reload)
    try:
        yield came
    finally:
        ending.set()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.remove_signal_handler(number)


async def cancelled(tasks: Sequence[asyncio.Future[Any]]) -> None:
    """Cancel tasks and wait until they have ended."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def bound(host: str, port: int) -> socket.socket:
    """A listening socket for the API; OSError if the address is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener


def announce(listener: socket.socket) -> None:
    """One JSON line on stdout with where the API listens."""
    host, port = listener.getsockname()[:2]
    sys.stdout.write(json.dumps({"ready": True, "api": f"http://{host}:{port}"}) + "\n")
    sys.stdout.flush()
