"""Processes of the product as users start them, for journeys; always ended."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parent.parent.parent
PATIENCE_S = 30.0
LOOK_S = 0.05


@dataclass
class Process:
    """A running `taktline` command; its output goes to `log`."""

    popen: subprocess.Popen[bytes]
    log: Path

    def kill(self) -> None:
        """As a power cut would."""
        self.popen.send_signal(signal.SIGKILL)
        self.popen.wait()

    def end(self) -> int:
        """Ask it to end; its exit code."""
        self.popen.send_signal(signal.SIGTERM)
        return self.popen.wait(timeout=PATIENCE_S)


def taktline(log: Path, *arguments: str, env: Mapping[str, str] | None = None) -> Any:
    """Run a command until the block ends."""
    return started(log, sys.executable, "-m", "taktline", *arguments, env=env)


@contextlib.contextmanager
def started(log: Path, *command: str, env: Mapping[str, str] | None = None) -> Iterator[Process]:
    """Run a program beside its log until the block ends; it finds the code of the tests."""
    about = {**os.environ, "PYTHONPATH": str(ROOT), **(env or {})}
    with log.open("ab") as out:
        popen = subprocess.Popen(
            command,
            cwd=log.parent,
            stdout=out,
            stderr=out,
            env=about,
        )
        process = Process(popen, log)
        try:
            yield process
        finally:
            if popen.poll() is None:
                process.kill()


async def until(what: Callable[[], Any], seconds: float = PATIENCE_S) -> Any:
    """Wait until an awaitable check gives something true; AssertionError with the last answer."""
    answer: Any = None
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while not answer:
                answer = await what()
                await asyncio.sleep(0 if answer else LOOK_S)
    assert answer, f"{what} did not come true within {seconds:g} s"
    return answer


@dataclass
class Api:
    """The API of a running process."""

    client: httpx.AsyncClient

    async def ready(self) -> bool:
        try:
            return (await self.client.get("/readyz")).status_code == 200
        except httpx.HTTPError:
            return False

    async def get(self, path: str, **query: Any) -> Any:
        answer = await self.client.get(f"/api/v1{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def status(self) -> dict[str, Any]:
        status: dict[str, Any] = await self.get("/status")
        return status

    async def pieces(self) -> int:
        """Good pieces that were recorded, with and without an order."""
        answer = await self.get("/job-orders")
        rows = [*answer["items"], *answer["unassigned"]]
        return sum(row["good"] for row in rows)


@contextlib.asynccontextmanager
async def api(port: int, token: str = "") -> AsyncIterator[Api]:
    """The API on a port, once it is ready."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers) as client:
        here = Api(client)
        await until(here.ready)
        yield here
