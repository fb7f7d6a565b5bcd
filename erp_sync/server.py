"""The process: one event loop, one listening socket, a clean end on a signal."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Iterator

import structlog
import uvicorn

from erp_sync.endpoint.app import make_app
from erp_sync.service import Service

GRACE_S = 5
INTERRUPTED = 130
log = structlog.get_logger("sync")


class _Server(uvicorn.Server):
    """A server whose signals are ours: a SIGTERM ends with exit code 0."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listen(host: str, port: int) -> socket.socket:
    """A bound socket; raises OSError if the address is taken or not ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        bound.listen(2048)
    except OSError:
        bound.close()
        raise
    bound.setblocking(False)
    return bound


async def serve(service: Service, bound: socket.socket) -> int:
    """Serve until SIGTERM (0) or SIGINT (130)."""
    config = uvicorn.Config(
        make_app(service),
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=GRACE_S,
        lifespan="off",
    )
    server = _Server(config)
    code = 0

    def stop(exit_code: int) -> None:
        nonlocal code
        code = exit_code
        service.stop_waiting()
        server.should_exit = True

    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop, 0)
    loop.add_signal_handler(signal.SIGINT, stop, INTERRUPTED)
    host, port = bound.getsockname()[:2]
    log.info("listening", url=f"http://{host}:{port}", site=service.config.site_id)
    await server.serve([bound])
    log.info("stopped")
    return code
