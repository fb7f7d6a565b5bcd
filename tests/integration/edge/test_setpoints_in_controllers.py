"""A released hour in a real controller: by OPC UA and Modbus, once, also over a restart."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from edge.collection.equipment import Machines
from edge.collection.settings import DeviceSettings
from edge.domain.facts import decode
from edge.execution.plans.setpoints import HOUR_ROLES, ORDER, RATE, TARGET, HourSetpoints
from tests.integration.collection.devices import Device, ModbusDevice, OpcUaDevice
from tests.integration.collection.plant import until, work_center
from tests.integration.edge.replanned import HOUR
from tests.integration.edge.test_api import act
from tests.integration.edge.test_hour_setpoints import planned
from tests.integration.edge.test_plan_versions import Planner, planner
from tests.unit.collection.memory_store import MemoryJobs

# Which tag of the controller takes what.
TOLD = {ORDER: "order_setpoint", TARGET: "target_setpoint", RATE: "command"}


@asynccontextmanager
async def edge_before(it: Planner, device: Device) -> AsyncIterator[HourSetpoints]:
    """An edge that has just begun, with this controller as L1."""
    center = work_center("L1", "plc")
    tags = {role: tag for role, tag in center.tags.items() if tag not in TOLD.values()} | TOLD
    machines = Machines(
        [DeviceSettings(config=device.config("plc"), connect_s=10.0)],
        [replace(center, tags=tags, writable=frozenset(TOLD), unknown_after_s=10.0)],
        writer=it.here.store,
        evidence=it.here.store.reader,
        jobs=MemoryJobs(),
        clock=it.here.clock,
    )
    floor = it.here.floor
    one = replace(floor.work_centers["L1"], hour_setpoints=frozenset(HOUR_ROLES))
    floor.work_centers = {**floor.work_centers, "L1": one}
    floor.equipment = machines
    await machines.start()
    try:
        await until(lambda: machines.observation("L1") is not None, "a snapshot")
        yield HourSetpoints(floor)
    finally:
        await machines.stop()


def told(it: Planner, job: str, hour: int) -> list[tuple[str, int]]:
    """What the controller is told of an hour, in order; 2.5 s a piece."""
    values = {ORDER: it.here.floor.job(job).number, TARGET: planned(it, hour), RATE: 1_440}
    return [(TOLD[role], value) for role, value in values.items()]


def audited(it: Planner) -> list[tuple[str, int]]:
    facts = [decode(one.data) for one in it.here.store.reader.facts_after(0, 500)]
    found = [one.body["detail"] for one in facts if one.body.get("action") == "device_write"]
    assert all(one["confirmed"] for one in found)
    return [(one["tag"], one["value"]) for one in found]


@pytest.mark.parametrize("make", [OpcUaDevice, ModbusDevice])
async def test_what_is_released_stands_in_the_controller_once(
    tmp_path: Path, make: type[OpcUaDevice | ModbusDevice]
) -> None:
    device = make()
    await device.start()
    async with planner(tmp_path) as it:
        async with edge_before(it, device) as setpoints:
            await setpoints.tend("L1")
            assert device.writes == []  # no plan is released: the zeros that stand there are right
            await it.replanner.replan(documents=True)
            for _ in range(3):
                await setpoints.tend("L1")
            first = told(it, "WO0.10", it.here.clock.now() // HOUR * HOUR)
            assert device.writes == audited(it) == first
            await it.due_first(2, "WO2")  # it waits for somebody
            await setpoints.tend("L1")
            assert device.writes == first
        async with edge_before(it, device) as setpoints:  # the edge begins anew
            for _ in range(3):
                await setpoints.tend("L1")
            assert device.writes == audited(it) == first
            said = setpoints.of("L1")
            assert said is not None
            assert (said["written"], said["why"]) == (True, None)
        await device.stop()
        device.values |= dict.fromkeys(TOLD.values(), 0)  # it was without power
        await device.start()
        async with edge_before(it, device) as setpoints:
            await setpoints.tend("L1")
            assert device.writes == audited(it) == [*first, *first]
            device.writes.clear()
            done = await act(it.client, "/plan/proposals/1/release", "k1")
            assert done.status_code == 201, done.text
            it.here.clock.plant += 4 * HOUR
            for _ in range(3):
                await setpoints.tend("L1")
            wanted = told(it, "WO2.10", it.here.clock.now() // HOUR * HOUR)
            assert audited(it)[2 * len(first) :] == wanted
            assert dict(wanted).items() <= device.values.items()
    await device.stop()
