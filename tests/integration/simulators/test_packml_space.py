"""The PackML address space before the product's own discovery, and read while pieces are made."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from asyncua import ua
from asyncua.client.client import Client

from plc_drivers.configuration import DeviceConfig
from plc_drivers.discovery.browse import Bounds, walk
from plc_drivers.opcua.connection import Connection
from simulators.clock import SystemClock
from tests.integration.simulators.conftest import MACHINE, PLANT
from tests.integration.simulators.processes import Child, machines

pytestmark = pytest.mark.xdist_group("packml_simulator")
NUMBERS = {
    "OrderSetpoint": (1_001_010, ua.VariantType.UInt32),
    "RecipeSetpoint": (10, ua.VariantType.UInt16),
    "TargetSetpoint": (40, ua.VariantType.UInt32),
    "Command": (1, ua.VariantType.UInt16),
}


@pytest.fixture
async def packml(tmp_path: Path) -> AsyncIterator[tuple[Child, str]]:
    text = MACHINE.format(
        id="PM", scheme="opc.tcp", where="127.0.0.1:0", order="ABCD", bits=16, start=65_520
    )
    text = text.replace("\n[[machine.recipe]]", '\naddress_space = "packml"\n[[machine.recipe]]')
    path = tmp_path / "scenario.toml"
    path.write_text(PLANT + text, encoding="utf-8")
    with machines(path) as child:
        ready = await asyncio.to_thread(child.answer)
        yield child, ready["machines"]["PM"]["url"]


async def test_discovery_recognises_its_types(packml: tuple[Child, str]) -> None:
    device = DeviceConfig(id="d", driver="opcua", url=packml[1], insecure=True)
    connection = Connection(device, SystemClock().now)
    await connection.open()
    try:
        found = await walk(connection, Bounds(pause_s=0))
    finally:
        await connection.end(goodbye=True)
    told = {
        "/".join(one.path[1:]): (one.recognised.role, one.recognised.states)
        for one in found.variables
        if one.recognised
    }
    assert told == {
        "Status/StateCurrent": ("state", "packml"),
        "Status/UnitModeCurrent": ("mode", ""),
        "Status/CurMachSpeed": ("speed", ""),
        "Admin/ProdProcessedCount[0]/AccCount": ("total", ""),
        "Admin/ProdDefectiveCount[0]/AccCount": ("reject", ""),
        "MachineryItemState/CurrentState/Number": ("state", "machinery"),
    }
    models = {one.recognised.model for one in found.variables if one.recognised}
    assert "type of PackML (OPC 30050)" in models


async def test_all_pieces_stand_in_its_counts(packml: tuple[Child, str]) -> None:
    child, url = packml
    async with Client(url) as client:

        async def read(*paths: str) -> list[Any]:
            nodes = [client.get_node(f"ns=2;s=PM.{path}") for path in paths]
            values: list[Any] = await client.read_values(nodes)
            return values

        counts = [f"Admin.Prod{each}Count[0].AccCount" for each in ("Processed", "Defective")]
        before = await read(*counts)
        for name, (value, kind) in NUMBERS.items():
            node = client.get_node(f"ns=2;s=PM.Command.{name}")
            await node.write_value(ua.DataValue(ua.Variant(value, kind)))
        async with asyncio.timeout(20):
            while (await read("Status.StateCurrent"))[0] != 6:
                await asyncio.sleep(0.01)
            number, words, speed = await read(
                "MachineryItemState.CurrentState.Number",
                "MachineryItemState.CurrentState",
                "Status.CurMachSpeed",
            )
            while (await read("Status.StateCurrent"))[0] != 17:
                await asyncio.sleep(0.01)
        after = await read(*counts)
        (made,) = (await asyncio.to_thread(child.ask, "truth"))["truth"]["PM"]
    assert (number, words.Text, speed) == (3, "Executing", 3000.0)
    total, reject = (end - start for start, end in zip(before, after, strict=True))
    assert total == made["good"] + made["scrap"]
    assert reject % 2**16 == made["scrap"]
    assert made["good"] == 40
