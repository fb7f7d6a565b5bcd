"""Mailboxes of real servers, over both protocols: every message once, answered when recorded."""

from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from edge.collection.equipment import Machines
from edge.collection.settings import DeviceSettings, WorkCenterSettings
from edge.domain.clock import SystemClock
from edge.domain.facts import FactKind
from plc_drivers.configuration import DeviceConfig
from tests.integration.collection.mailboxes import ROLES, Face, ModbusMailbox, OpcUaMailbox, Program
from tests.integration.collection.plant import until
from tests.integration.collection.proxy import Wire
from tests.unit.collection.fake_driver import center
from tests.unit.collection.memory_store import MemoryJobs, MemoryStore, job

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("mailbox")]
FACES: dict[str, Callable[[], Face]] = {"opcua": OpcUaMailbox, "modbus": ModbusMailbox}


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=sorted(FACES))
async def server(request: pytest.FixtureRequest) -> AsyncIterator[Face]:
    made = FACES[request.param]()
    await made.start()
    yield made
    await made.stop()


@pytest_asyncio.fixture(loop_scope="module")
async def face(server: Face) -> Face:
    server.program = Program()
    await server.make()
    return server


def settings() -> WorkCenterSettings:
    tags = {"state": "state"} | {f"mailbox_{role}": role for role in ROLES}
    return center(device="press1", counters=(), tags=tags, unknown_after_s=2.0)


async def begin(config: DeviceConfig, store: MemoryStore) -> Machines:
    machines = Machines(
        [DeviceSettings(config=config, connect_s=2.0, backoff_first_s=0.1, backoff_most_s=0.4)],
        [settings()],
        writer=store,
        evidence=store,
        jobs=MemoryJobs(on=job(1001010)),
        clock=SystemClock(),
    )
    await machines.start()
    return machines


async def known(store: MemoryStore) -> None:
    await until(lambda: ("L1", "sequence#sequence") in store.rows, "the mailbox is known")


async def test_each_message_is_recorded_and_then_answered(face: Face) -> None:
    store = MemoryStore()
    machines = await begin(face.config(), store)
    await known(store)
    await face.make((10, 1), (20, 0), (0, 0), (30, 3))
    await until(lambda: store.pieces() == 60, "all good pieces")
    await until(lambda: face.program.values["acknowledge"] == 4, "the last answer")
    assert store.pieces("scrap") == 4
    assert face.program.answers == [1, 2, 3, 4]
    assert not store.of(FactKind.QUARANTINE, FactKind.AUDIT)
    counts = store.of(FactKind.PRODUCTION_COUNT)
    assert {fact.job_order_id for fact in counts} == {"WO1001.10"}
    await machines.stop()


async def test_an_answer_that_was_lost_with_the_edge_is_given_again_and_nothing_else(
    face: Face,
) -> None:
    store = MemoryStore()
    machines = await begin(face.config(), store)
    await known(store)
    face.program.deaf = True
    await face.make((10, 1), (20, 0))
    await until(lambda: len(face.program.answers) > 2, "answers that are not taken")
    await machines.stop()
    face.program.deaf = False
    machines = await begin(face.config(), store)
    await until(lambda: face.program.values["acknowledge"] == 2, "the last answer")
    assert (store.pieces(), store.pieces("scrap")) == (30, 1)
    assert not store.of(FactKind.QUARANTINE)
    await machines.stop()


async def test_the_machine_waits_while_the_store_is_full_or_the_wire_is_dark(face: Face) -> None:
    store = MemoryStore()
    port = int(face.config().url.rpartition(":")[2])
    async with Wire(target=port) as wire:
        machines = await begin(face.config(wire.port), store)
        await known(store)
        store.down = True
        await face.make(*((5, 0) for _ in range(6)))
        health = machines.collectors["L1"].health
        await until(lambda: health.store_failures > 2, "refusals")
        assert face.program.answers == []
        store.down = False
        await until(lambda: len(face.program.answers) >= 2, "two answers")
        wire.dark = True
        await until(lambda: machines.status()[0].state == "silent", "silence")
        wire.dark = False
        await until(lambda: store.pieces() == 30, "all pieces")
        await until(lambda: face.program.values["acknowledge"] == 6, "the last answer")
        assert not store.of(FactKind.QUARANTINE)
        await machines.stop()
