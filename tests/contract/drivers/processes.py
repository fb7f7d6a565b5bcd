"""Devices as processes that can be frozen and killed, and a port that never answers."""

import asyncio
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]
SCHEMES = {"opcua": "opc.tcp", "modbus": "modbus.tcp"}


@dataclass
class DeviceProcess:
    """A running device; `port` stays the same when it is started again."""

    protocol: str
    port: int = 0

    def start(self) -> None:
        module = f"tests.contract.drivers.{self.protocol}_device"
        self.process = subprocess.Popen(
            [sys.executable, "-m", module, str(self.port)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        word, _, port = self.process.stdout.readline().strip().partition(" ")
        assert word == "ready", f"the device ended with {self.process.poll()}"
        self.port = int(port)

    @property
    def url(self) -> str:
        return url(self.protocol, self.port)

    def freeze(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


def url(protocol: str, port: int) -> str:
    return f"{SCHEMES[protocol]}://127.0.0.1:{port}"


@contextmanager
def running(protocol: str) -> Iterator[DeviceProcess]:
    """A device that listens, until the end of the block."""
    device = DeviceProcess(protocol)
    try:
        device.start()
        yield device
    finally:
        device.kill()


@contextmanager
def blackhole() -> Iterator[int]:
    """The port of a socket that takes connections and never answers."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


@contextmanager
def nothing_listens() -> Iterator[int]:
    """A port that is bound, so that nobody takes it, and refuses connections."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


def tasks() -> int:
    """How many tasks the loop has."""
    return len(asyncio.all_tasks())
