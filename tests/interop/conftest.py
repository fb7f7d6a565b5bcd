"""Devices that nobody here wrote, one of each for all tests of a module."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio

from plc_drivers.configuration import GroupConfig, SecurityConfig
from plc_drivers.opcua import pki
from tests.interop.foreign import Foreign
from tests.interop.modbus_devices import Libmodbus, PyModbusTcp
from tests.interop.node_opcua import PASSWORD, USER, NodeOpcua

PASSWORD_ENV = "TAKTLINE_INTEROP_PASSWORD"


def opcua_plain(folder: Path) -> Foreign:
    return NodeOpcua(pki=folder)


def opcua_subscribed(folder: Path) -> Foreign:
    """Secured, with a user, and the server tells of changes by itself."""
    group = GroupConfig(id="fast", mode="subscribe", sampling_ms=20, publishing_ms=50)
    security = SecurityConfig(
        policy="Basic256Sha256",
        mode="SignAndEncrypt",
        pki=folder / "edge",
        user=USER,
        password_env=PASSWORD_ENV,
    )
    name = "node-opcua, Basic256Sha256, subscribed"
    return NodeOpcua(pki=folder, security=security, groups=(group,), name=name)


def modbus_rtu(folder: Path) -> Foreign:
    return Libmodbus(link=folder / "line", name="libmodbus RTU")


DEVICES: dict[str, Callable[[Path], Foreign]] = {
    "node-opcua": opcua_plain,
    "node-opcua-secured": opcua_subscribed,
    "pymodbustcp": lambda _: PyModbusTcp(),
    "libmodbus-tcp": lambda _: Libmodbus(),
    "libmodbus-rtu": modbus_rtu,
}


@dataclass
class Shelf:
    """Devices that run, opened when first asked for; starting one takes seconds."""

    folder: Path
    running: dict[str, Foreign] = field(default_factory=dict)

    async def take(self, name: str) -> Foreign:
        if name not in self.running:
            device = DEVICES[name](self.folder)
            await device.open()
            if isinstance(device, NodeOpcua) and device.security is not None:
                trust(device)
            self.running[name] = device
        return self.running[name]


def trust(device: NodeOpcua) -> None:
    """As a person does once: the server's certificate is compared and trusted."""
    assert device.security is not None
    pki.trust(device.security.pki, str(device.certificate))


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """Short, because the path of a serial line is part of a url."""
    made = Path(tempfile.mkdtemp(prefix="interop"))
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shelf(folder: Path) -> AsyncIterator[Shelf]:
    here = Shelf(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(PASSWORD_ENV, PASSWORD)
        yield here
        for device in here.running.values():
            await device.close()


@pytest_asyncio.fixture(loop_scope="session", params=DEVICES)
async def device(request: pytest.FixtureRequest, shelf: Shelf) -> Foreign:
    """A running device with counters at 0; each test takes its own account of the truth."""
    running = await shelf.take(request.param)
    await running.show(good=0, reject=0, total=0, order=1_001_010, state=6)
    return running
