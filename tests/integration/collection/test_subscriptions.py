"""A real OPC UA server tells of changes: snapshots come by them, stops between two are kept."""

from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import groupby

import pytest
import pytest_asyncio

from edge.collection.equipment import Machines
from edge.collection.figures import device_document
from edge.collection.settings import DeviceSettings
from edge.domain.clock import SystemClock
from edge.domain.facts import FactKind
from plc_drivers.configuration import DeviceConfig, GroupConfig
from tests.integration.collection.devices import WRITES, OpcUaDevice, fresh_values
from tests.integration.collection.plant import until, work_center
from tests.unit.collection.memory_store import MemoryJobs, MemoryStore, job

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("subscriptions")]
TOLD = GroupConfig(id="told", mode="subscribe", sampling_ms=20, publishing_ms=100, queue=50)
SELDOM_S = 60.0


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server() -> AsyncIterator[OpcUaDevice]:
    made = OpcUaDevice()
    await made.start()
    yield made
    await made.stop()


@pytest_asyncio.fixture(loop_scope="module")
async def device(server: OpcUaDevice) -> OpcUaDevice:
    await server.show(**fresh_values())
    return server


def subscribed(device: OpcUaDevice) -> DeviceConfig:
    """All that is read is subscribed; setpoints are polled, seldom."""
    config = device.config("press1")
    tags = tuple(one if one.id in WRITES else replace(one, group="told") for one in config.tags)
    return replace(config, tags=tags, groups=(TOLD,), poll_ms=10_000, timeout_ms=2000)


async def begin(device: OpcUaDevice, store: MemoryStore, verify_s: float = SELDOM_S) -> Machines:
    settings = DeviceSettings(
        config=subscribed(device),
        connect_s=4.0,
        backoff_first_s=0.1,
        backoff_most_s=0.4,
        verify_s=verify_s,
    )
    machines = Machines(
        [settings],
        [work_center("L1", "press1", unknown_after_s=200.0)],
        writer=store,
        evidence=store,
        jobs=MemoryJobs(numbers={1001010: job(1001010)}),
        clock=SystemClock(),
    )
    await machines.start()
    await until(lambda: machines.observation("L1") is not None, "a snapshot")
    await until(lambda: machines.health["press1"].changes >= 7, "what the server tells first")
    return machines


async def test_pieces_are_counted_once_they_are_told_and_a_short_stop_is_kept(
    device: OpcUaDevice,
) -> None:
    """Without a change nothing is read for a minute: what is counted, a change has woken."""
    store = MemoryStore()
    machines = await begin(device, store)
    for good in range(1, 21):
        await device.show(good=good)
    await until(lambda: store.pieces() == 20, "twenty pieces")
    await device.show(state=11, fault=101)
    await device.show(state=6, fault=0)
    await device.show(good=21)
    await until(lambda: store.pieces() == 21, "one more")
    facts = store.of(FactKind.EQUIPMENT_STATE)
    shown = [(one.body["state"], one.body["fault"]) for one in facts]
    assert (11, 101) in shown
    states = [state for state, _ in groupby(one.body["state"] for one in facts)]
    assert states[-3:] == [6, 11, 6]
    assert [one.occurred_at for one in facts] == sorted(one.occurred_at for one in facts)
    assert not store.of(FactKind.QUARANTINE)
    health = machines.health["press1"]
    assert health.polls < health.changes
    assert health.missed_changes == 0
    assert {one.body["reason"] for one in store.of(FactKind.DATA_GAP)} <= {"edge_down"}
    [group] = device_document(machines.supervisors["press1"], 0.0)["groups"]
    assert (group["id"], group["publishing_ms"]) == ("told", 100)
    await machines.stop()


async def test_every_piece_over_a_restart_of_a_server_that_is_subscribed(
    device: OpcUaDevice,
) -> None:
    store = MemoryStore()
    machines = await begin(device, store, verify_s=0.2)
    await device.show(good=5)
    await until(lambda: store.pieces() == 5, "five pieces")
    await device.stop()
    await until(lambda: machines.status()[0].state == "silent", "silence")
    device.values |= {"good": 45}
    await device.start()
    await until(lambda: store.pieces() == 45, "pieces made meanwhile")
    await device.show(good=50)
    await until(lambda: store.pieces() == 50, "and afterwards")
    assert not store.of(FactKind.QUARANTINE)
    await machines.stop()
