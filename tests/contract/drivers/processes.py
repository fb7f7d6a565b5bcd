"""Devices as processes that can be frozen and killed, and places that never answer."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Face:
    """One way to reach a device: its driver, its url, the module that serves it.

    A serial face is at a path, all others at a port of the loopback.
    """

    driver: str
    scheme: str
    command: tuple[str, ...]
    serial: bool = False

    def url(self, place: str) -> str:
        return f"{self.scheme}://{place}" if self.serial else f"{self.scheme}://127.0.0.1:{place}"


FACES = {
    "modbus": Face("modbus", "modbus.tcp", ("modbus_device", "tcp")),
    "modbus_rtu": Face("modbus", "modbus.rtu", ("modbus_device", "rtu"), serial=True),
    "modbus_rtu_tcp": Face("modbus", "modbus.rtu+tcp", ("modbus_device", "rtu_tcp")),
    "opcua": Face("opcua", "opc.tcp", ("opcua_device",)),
    "pymodbustcp": Face("modbus", "modbus.tcp", ("pymodbustcp_device",)),
}


@dataclass
class DeviceProcess:
    """A running device; `place` stays the same when it is started again."""

    protocol: str
    place: str

    def start(self) -> None:
        module, *arguments = FACES[self.protocol].command
        self.process = subprocess.Popen(
            [sys.executable, "-m", f"tests.contract.drivers.{module}", *arguments, self.place],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        word, _, place = self.process.stdout.readline().strip().partition(" ")
        assert word == "ready", f"the device ended with {self.process.poll()}"
        self.place = place

    @property
    def url(self) -> str:
        return FACES[self.protocol].url(self.place)

    def freeze(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


@contextmanager
def running(protocol: str) -> Iterator[DeviceProcess]:
    """A device that listens, until the end of the block."""
    with tempfile.TemporaryDirectory() as folder:
        line = str(Path(folder) / "line")
        device = DeviceProcess(protocol, line if FACES[protocol].serial else "0")
        try:
            device.start()
            yield device
        finally:
            device.kill()


@contextmanager
def blackhole(protocol: str) -> Iterator[str]:
    """The url of a socket that takes connections, or a line that takes bytes, and is silent."""
    face = FACES[protocol]
    if face.serial:
        master, end = os.openpty()
        yield face.url(os.ttyname(end))
        os.close(end)
        os.close(master)
        return
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield face.url(listening.getsockname()[1])


@contextmanager
def nothing_listens(protocol: str) -> Iterator[str]:
    """The url of a port that is bound, so that nobody takes it, and refuses connections; or of a
    serial port that is not there."""
    face = FACES[protocol]
    if face.serial:
        yield face.url("/dev/tty-that-is-not-there")
        return
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield face.url(bound.getsockname()[1])


def tasks() -> int:
    """How many tasks the loop has."""
    return len(asyncio.all_tasks())
