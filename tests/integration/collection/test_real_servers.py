"""Counts are exact over all that happens to a line: real servers, real sockets."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio
from pymodbus.constants import ExcCodes

from edge.domain.equipment import EquipmentUnreachable, Observation
from edge.domain.facts import FactKind
from tests.integration.collection.devices import (
    Device,
    ModbusDevice,
    OpcUaDevice,
    fresh_values,
)
from tests.integration.collection.plant import Plant, until
from tests.integration.collection.proxy import Wire
from tests.ports import free_port

# One server a protocol: an OPC UA server takes seconds to begin.
pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("collection")]
DEVICES: dict[str, Callable[[], Device]] = {"opcua": OpcUaDevice, "modbus": ModbusDevice}


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=sorted(DEVICES))
async def server(request: pytest.FixtureRequest) -> AsyncIterator[Device]:
    made = DEVICES[request.param]()
    await made.start()
    yield made
    await made.stop()


@pytest_asyncio.fixture(loop_scope="module")
async def device(server: Device) -> Device:
    """The running controller as new, five pieces before its counter wraps."""
    server.writes.clear()
    await server.show(**fresh_values() | {"good": (1 << 32) - 5})
    return server


async def ready(plant: Plant) -> None:
    await plant.begin()
    await until(lambda: plant.machines.observation("L1") is not None, "a first snapshot")


async def test_every_piece_over_a_wrap_and_a_restart_of_the_server(device: Device) -> None:
    async with Plant([device.config("press1")]) as plant:
        await ready(plant)
        await device.show(good=3, reject=2)  # over 2^32
        await until(lambda: plant.store.pieces() == 8, "8 pieces")
        await device.stop()
        await until(lambda: plant.state() == "silent", "silence")
        device.values |= {"good": 45, "reject": 5}
        await device.start()
        await until(lambda: plant.store.pieces() == 50, "pieces made meanwhile")
        assert plant.store.pieces("scrap") == 5
        assert plant.state() == "connected"
        assert not plant.store.of(FactKind.QUARANTINE)
        counts = plant.store.of(FactKind.PRODUCTION_COUNT)
        assert {fact.job_order_id for fact in counts} == {"WO1001.10"}


async def test_every_piece_over_a_restart_of_the_edge(device: Device) -> None:
    async with Plant([device.config("press1")]) as plant:
        await ready(plant)
        await device.show(good=7)
        await until(lambda: plant.store.pieces() == 12, "12 pieces")
        await plant.machines.stop()
        await device.show(good=20, order=1002010)
        await ready(plant)
        await until(lambda: plant.store.pieces() == 25, "25 pieces")
        last = plant.store.of(FactKind.PRODUCTION_COUNT)[-1]
        assert last.job_order_id == "WO1001.10"
        assert last.body["flags"][:2] == ["order_changed", "recovered"]
        assert [one.body["reason"] for one in plant.store.of(FactKind.DATA_GAP)] == ["edge_down"]


async def test_a_wire_gone_dark_is_unknown_in_time_and_counts_again(device: Device) -> None:
    async with (
        Wire(target=device.port) as wire,
        Plant([device.config("press1", wire.port)]) as plant,
    ):
        await ready(plant)
        seen = plant.machines.observation("L1")
        assert seen is not None
        wire.dark = True
        before = plant.clock.monotonic()
        await until(lambda: plant.machines.observation("L1") is None, "silence")
        states = plant.store.of(FactKind.EQUIPMENT_STATE)
        await until(lambda: len(plant.store.of(FactKind.EQUIPMENT_STATE)) == 2, "UNKNOWN")
        assert plant.clock.monotonic() - before < 5  # the promise; the limit here is 0.8 s
        unknown = plant.store.of(FactKind.EQUIPMENT_STATE)[-1]
        assert (unknown.body["time_class"], unknown.body["reason"]) == ("UNKNOWN", "silence")
        assert states[0].occurred_at <= unknown.occurred_at < plant.clock.now()
        await until(lambda: plant.state() == "silent", "the device silent")
        with pytest.raises(EquipmentUnreachable, match="press1"):
            await plant.machines.force_reading("L1")
        await device.show(good=95)
        wire.dark = False
        await until(lambda: plant.store.pieces() == 100, "100 pieces")
        assert "recovered" in plant.store.of(FactKind.PRODUCTION_COUNT)[-1].body["flags"]
        gap = plant.store.of(FactKind.DATA_GAP)[-1].body
        assert gap["reason"] == "unreachable"
        assert gap["from"] == unknown.occurred_at


async def test_setpoints_first_the_command_last_and_all_audited(device: Device) -> None:
    async with Plant([device.config("press1")]) as plant:
        await ready(plant)
        values = {"command": 1, "order_setpoint": 1002010, "target_setpoint": 300}
        await plant.machines.write("L1", values, actor="dispatcher")
        told = [("order_setpoint", 1002010), ("target_setpoint", 300), ("command", 1)]
        assert device.writes == told
        audits = plant.store.of(FactKind.AUDIT)
        details = [one.body["detail"] for one in audits]
        assert [(one["tag"], one["read_back"]) for one in details] == told
        assert {one.actor for one in audits} == {"dispatcher"}
        with pytest.raises(PermissionError, match="good cannot be written"):
            await plant.machines.write("L1", {"good": 0}, actor="somebody")


async def test_a_forced_reading_is_committed_and_told_before_it_answers(device: Device) -> None:
    async with Plant([device.config("press1")]) as plant:
        told: list[Observation] = []
        await ready(plant)
        plant.machines.on_observation(told.append)
        await device.show(good=4, state=17)
        shown = await plant.machines.force_reading("L1")
        assert (shown.raws["good"], shown.state, shown.order) == (4, 17, 1001010)
        assert plant.store.pieces() == 9
        assert shown in told


async def test_pieces_are_held_by_the_counter_while_the_store_is_down(device: Device) -> None:
    async with Plant([device.config("press1")]) as plant:
        await ready(plant)
        plant.store.down = True
        await device.show(good=10)
        failures = plant.machines.collectors["L1"].health
        await until(lambda: failures.store_failures > 2, "three refusals")
        await device.show(good=20)
        plant.store.down = False
        await until(lambda: plant.store.pieces() == 25, "25 pieces")


class SlowModbusDevice(ModbusDevice):
    """Takes most of the time that it has for each answer."""

    async def _serve(self, *asked: Any) -> ExcCodes | None:
        await asyncio.sleep(0.3)
        return await super()._serve(*asked)


async def test_a_dead_or_slow_device_slows_no_other() -> None:
    """One refuses, one swallows all, one is slow; the fourth is polled on time."""
    alive, slow = ModbusDevice(), SlowModbusDevice()
    await alive.start()
    await slow.start()
    async with Wire(target=alive.port, dark=True) as hole:
        configs = [
            alive.config("alive"),
            alive.config("refusing", free_port()),
            alive.config("dark", hole.port),
            slow.config("slow"),
        ]
        async with Plant(configs) as plant:
            await ready(plant)
            health = plant.machines.health["alive"]
            before, at = health.polls, plant.clock.monotonic()
            await asyncio.sleep(1.0)
            expected = (plant.clock.monotonic() - at) / 0.05
            assert health.polls - before > 0.6 * expected
            states = [one.state for one in plant.machines.status()]
            assert states == ["connected", "silent", "silent", "connected"]
            assert health.latencies.quantile(0.5) < 0.1
            await slow.show(good=9)
            await until(lambda: plant.store.pieces() == 9, "what the slow one made")
    await alive.stop()
    await slow.stop()


async def test_a_device_that_is_down_at_the_start_is_found_later(device: Device) -> None:
    await device.stop()
    async with Plant([device.config("press1")]) as plant:
        await plant.begin()
        assert plant.state() == "connecting"
        await until(lambda: plant.state() == "silent", "silence")
        status = plant.machines.status()[0]
        assert status.detail
        assert status.read_at is None
        await device.start()
        await until(lambda: plant.state() == "connected", "the device")
        await until(lambda: plant.machines.status()[0].read_at is not None, "a snapshot")
