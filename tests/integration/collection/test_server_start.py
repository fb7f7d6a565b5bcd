"""When an OPC UA server was started (ns=0;i=2257) marks its boots: resets are told from silence."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from edge.domain.facts import FactKind
from plc_drivers.configuration import DeviceConfig, TagConfig
from tests.integration.collection.devices import OpcUaDevice, fresh_values
from tests.integration.collection.plant import Plant, until

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("collection")]
LIMITED = 100_000_000  # more than the machine can make while the test waits


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server() -> AsyncIterator[OpcUaDevice]:
    made = OpcUaDevice()
    await made.start()
    yield made
    await made.stop()


@pytest_asyncio.fixture(loop_scope="module")
async def device(server: OpcUaDevice) -> OpcUaDevice:
    await server.show(**fresh_values() | {"good": LIMITED})
    return server


def marked(device: OpcUaDevice) -> DeviceConfig:
    """The device whose boot mark is the server's start time."""
    config = device.config("press1")
    start = TagConfig(id="boot", address="i=2257", type="datetime", role="boot")
    tags = tuple(start if one.id == "boot" else one for one in config.tags)
    return replace(config, tags=tags)


def mark(plant: Plant) -> int:
    """The boot mark as it lies in the store."""
    [found] = [row.raw for row in plant.store.baselines() if row.tag.startswith("boot")]
    return found


async def restarted(plant: Plant, device: OpcUaDevice, **values: int) -> None:
    await device.stop()
    await until(lambda: plant.state() == "silent", "silence")
    device.values |= values
    await device.start()


async def test_wiped_counters_are_a_reset_and_a_lower_bound(device: OpcUaDevice) -> None:
    async with Plant([marked(device)]) as plant:
        await plant.begin()
        await until(lambda: plant.machines.observation("L1") is not None, "a first snapshot")
        await device.show(good=LIMITED + 8)
        await until(lambda: plant.store.pieces() == 8, "8 pieces")
        before = mark(plant)
        assert before > 1_700_000_000_000_000  # microseconds: far beyond 32 bits
        await restarted(plant, device, good=12, reject=0)
        await until(lambda: plant.store.pieces() == 20, "the pieces since the start")
        last = plant.store.of(FactKind.PRODUCTION_COUNT)[-1].body
        assert "lower_bound" in last["flags"]
        assert (last["raw_from"], last["raw_to"]) == (0, 12)
        assert mark(plant) > before
        assert not plant.store.of(FactKind.QUARANTINE)
        await device.show(good=15)
        await until(lambda: plant.store.pieces() == 23, "exact again")
        assert plant.store.of(FactKind.PRODUCTION_COUNT)[-1].body["flags"] == []


async def test_retentive_counters_are_exact(device: OpcUaDevice) -> None:
    async with Plant([marked(device)]) as plant:
        await plant.begin()
        await until(lambda: plant.machines.observation("L1") is not None, "a first snapshot")
        await device.show(good=LIMITED + 8)
        await until(lambda: plant.store.pieces() == 8, "8 pieces")
        await restarted(plant, device, good=LIMITED + 30)
        await until(lambda: plant.store.pieces() == 30, "pieces made meanwhile")
        flags = [one.body["flags"] for one in plant.store.of(FactKind.PRODUCTION_COUNT)]
        assert not {"lower_bound", "ambiguous"} & {flag for each in flags for flag in each}
        assert not plant.store.of(FactKind.QUARANTINE)
        assert [one.body["reason"] for one in plant.store.of(FactKind.COUNTER_BASELINE)] == [
            "first",
            "first",
        ]


async def test_the_mark_outlives_the_edge(device: OpcUaDevice) -> None:
    """Server and counters begin anew while the edge is off."""
    async with Plant([marked(device)]) as plant:
        await plant.begin()
        await until(lambda: plant.machines.observation("L1") is not None, "a first snapshot")
        await plant.machines.stop()
        await device.stop()
        device.values |= {"good": 7}
        await device.start()
        await plant.begin()
        await until(lambda: plant.store.pieces() == 7, "the pieces since the start")
        assert "lower_bound" in plant.store.of(FactKind.PRODUCTION_COUNT)[-1].body["flags"]
