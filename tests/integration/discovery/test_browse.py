"""Discovery of an OPC UA server with companion models, loops and what cannot be watched."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from asyncua import ua
from asyncua.server.server import Server
from asyncua.ua.object_ids import ObjectIds
from typer.testing import CliRunner

from edge.commissioning.discover import discover
from edge.config import load
from edge.domain.clock import SystemClock
from plc_drivers.configuration import DeviceConfig
from plc_drivers.discovery.browse import Bounds, Walk, walk
from plc_drivers.discovery.companion import MACHINERY_URI, PACKML_URI
from plc_drivers.opcua.connection import Connection
from plc_drivers.opcua.wire import Held
from simulators.opcua.standard_space import new_server
from tests.contract.drivers.monitored import MonitoredServer
from tests.ports import free_port

pytestmark = pytest.mark.asyncio(loop_scope="module")


@asynccontextmanager
async def serving(server: Server) -> AsyncIterator[None]:
    await server.start()
    try:
        yield
    finally:
        await server.stop()


@pytest_asyncio.fixture(loop_scope="module", scope="module", name="url")
async def fixture_url() -> AsyncIterator[str]:
    server = new_server()
    await server.init()
    url = f"opc.tcp://127.0.0.1:{free_port()}"
    server.set_endpoint(url)
    server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    own = await server.register_namespace("urn:maker")
    packml = await server.register_namespace(PACKML_URI)
    machinery = await server.register_namespace(MACHINERY_URI)
    line = await server.nodes.objects.add_object(own, "Line1")
    status = await line.add_object(packml, "Status")
    await status.add_variable(packml, "StateCurrent", 6, ua.VariantType.Int32)
    await status.add_variable(packml, "UnitModeCurrent", 1, ua.VariantType.Int32)
    admin = await line.add_object(own, "Admin")
    for name in ("ProdProcessedCount[0]", "ProdDefectiveCount[0]"):
        count = await admin.add_object(own, name)
        await count.add_variable(own, "AccCount", 10, ua.VariantType.UInt32)
    item = await line.add_object(machinery, "MachineryItemState")
    state = await item.add_variable(machinery, "CurrentState", ua.LocalizedText("Executing"))
    await state.add_property(0, "Number", 3, ua.VariantType.UInt32)
    speed = await line.add_variable(own, "Temperature", 20.5, ua.VariantType.Double)
    unit = ua.EUInformation(DisplayName=ua.LocalizedText("°C"))
    await speed.add_property(0, "EngineeringUnits", unit)
    await line.add_variable(own, "Curve", [1.0, 2.0], ua.VariantType.Double)
    await admin.add_reference(line, ObjectIds.Organizes)  # a loop
    crowd = await server.nodes.objects.add_object(own, "Crowd")
    for number in range(150):
        await crowd.add_variable(own, f"V{number}", number, ua.VariantType.UInt16)
    async with serving(server):
        yield url


async def walked(url: str, bounds: Bounds) -> Walk:
    device = DeviceConfig(id="d", driver="opcua", url=url, insecure=True)
    connection = Connection(device, SystemClock().now)
    await connection.open()
    try:
        return await walk(connection, bounds)
    finally:
        await connection.end(goodbye=True)


async def test_models_units_and_what_is_left_out(url: str) -> None:
    found = await walked(url, Bounds(pause_s=0))
    told = {
        "/".join(one.path[1:]): (one.recognised.role, one.recognised.states)
        for one in found.variables
        if one.recognised
    }
    assert told == {
        "Status/StateCurrent": ("state", "packml"),
        "Status/UnitModeCurrent": ("mode", ""),
        "Admin/ProdProcessedCount[0]/AccCount": ("total", ""),
        "Admin/ProdDefectiveCount[0]/AccCount": ("reject", ""),
        "MachineryItemState/CurrentState/Number": ("state", "machinery"),
    }
    by_name = {one.name: one for one in found.variables}
    assert (by_name["Temperature"].unit, by_name["Temperature"].type) == ("°C", "float64")
    assert "Line1/Curve" in found.skipped
    assert sum(one.path[0] == "Crowd" for one in found.variables) == 150
    assert not found.cut


async def test_a_server_is_asked_for_no_more_at_once_than_it_tells(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[int] = []
    values = Connection.values

    async def counted(self: Connection, nodes: Sequence[ua.NodeId], *more: Any) -> list[Held]:
        asked.append(len(nodes))
        return await values(self, nodes, *more)

    monkeypatch.setattr(Connection, "values", counted)
    server = MonitoredServer()
    await server.start()
    try:
        for number in range(7):
            await server.add(f"N{number}", number)
        await server.limit(read=3)
        found = await walked(server.url, Bounds(pause_s=0))
    finally:
        await server.stop()
    assert {f"N{number}" for number in range(7)} <= {one.name for one in found.variables}
    assert max(asked) == 3


async def test_the_walk_ends_at_its_bounds_and_says_so(url: str) -> None:
    assert (await walked(url, Bounds(nodes=20, pause_s=0))).cut
    shallow = await walked(url, Bounds(depth=1, pause_s=0))
    assert shallow.cut
    assert not shallow.variables


async def run(*arguments: str) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "taktline", "discover", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


async def test_the_draft_is_sound_and_says_why(url: str, tmp_path: Path) -> None:
    file = tmp_path / "plant.toml"
    code, out, err = await run("opcua", url, "--watch", "1", "--out", str(file))
    assert (code, out) == (0, ""), err
    plant = load(file)
    roles = {tag.role: tag.id for tag in plant.devices[0].connection.tags}
    assert {"state", "total", "reject", "mode"} <= roles.keys()
    text = file.read_text()
    assert "# tells when the server was started" in text
    assert (roles["boot"], 'address = "i=2257"\ntype = "datetime"' in text) == ("StartTime", True)
    assert "# type of PackML (OPC 30050)" in text
    assert '# id = "V149"' in text
    again, _, words = await run("opcua", url, "--watch", "1", "--out", str(file))
    assert again == 2
    assert "is there already" in words
    assert file.read_text() == text


async def test_json_for_scripts(url: str) -> None:
    code, out, _ = await run("opcua", url, "--watch", "1", "--json")
    assert code == 0
    tags = {one["role"]: one for one in json.loads(out)["tags"]}
    assert tags["state"]["evidence"]


async def test_nobody_there_is_told_with_exit_1() -> None:
    for arguments in (
        ("opcua", f"opc.tcp://127.0.0.1:{free_port()}"),
        ("modbus", f"127.0.0.1:{free_port()}"),
    ):
        code, out, err = await run(*arguments)
        assert (code, out) == (1, "")
        assert "cannot be reached" in err


async def test_usage_is_told_with_exit_2() -> None:
    for arguments, words in (
        (("opcua", "http://x"), "is no OPC UA url"),
        (("modbus", "x", "--table", "rolls"), "is no table"),
        (("modbus", "x", "--first", "9", "--last", "1"), "below --first"),
        (("opcua", "opc.tcp://x:1", "--policy", "Rot13"), "policy"),
        (("opcua", "opc.tcp://x:1", "--user", "ann"), "mend: --policy"),
        (("opcua", "opc.tcp://x:1", "--password-env", "X"), "mend: --policy"),
    ):
        runner = CliRunner(env={"COLUMNS": "200"})
        done = await asyncio.to_thread(runner.invoke, discover, arguments)
        assert done.exit_code == 2, done.stderr
        assert words in done.stderr
