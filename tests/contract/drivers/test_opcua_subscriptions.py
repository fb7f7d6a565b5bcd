"""Subscriptions against a real server: told in order, healed, split to its limits, never lost."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from decimal import Decimal

import pytest
import pytest_asyncio
from asyncua.server.internal_session import InternalSession
from asyncua.ua.status_codes import StatusCodes

from plc_drivers.configuration import DeviceConfig, TagConfig
from plc_drivers.driver import Revising, Subscriber
from plc_drivers.errors import Unreachable
from plc_drivers.opcua import monitor
from plc_drivers.opcua.driver import OpcuaDriver
from plc_drivers.opcua.profiles import PROFILES
from plc_drivers.reading import Quality, Reading
from tests.contract.drivers.monitored import MonitoredServer, config
from tests.integration.collection.proxy import Wire

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.xdist_group("opcua-monitored"),
    # The server forgets to tell of a node that vanishes, as servers do; that is what is tested.
    pytest.mark.filterwarnings("ignore:coroutine 'MonitoredItemService.datachange_callback'"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running() -> AsyncIterator[MonitoredServer]:
    server = MonitoredServer()
    await server.start()
    for name in ("A", "B", "C", "D"):
        await server.add(name)
    await server.add("Level", 1.0, "float64")
    yield server
    await server.stop()


@pytest_asyncio.fixture(loop_scope="module")
async def server(running: MonitoredServer) -> MonitoredServer:
    running.asked.clear()
    running.refused.clear()
    running.most_items, running.slow_s, running.least_publishing_ms = 0, 0.0, 0.0
    await running.limit()
    for name in ("A", "B", "C", "D"):
        await running.show(name, 0)
    await running.show("Level", 1.0, "float64")
    return running


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Audits in tenths of a second."""
    monkeypatch.setattr(monitor, "AUDIT_MS", 300)


@dataclass
class Told:
    """What a driver told by itself."""

    driver: OpcuaDriver
    readings: list[Reading] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    lost: Unreachable | None = None

    async def listen(self) -> None:
        try:
            while True:
                changes = await self.driver.changes()
                self.readings += changes.readings
                if changes.missed:
                    self.missed.append(changes.missed)
        except Unreachable as error:
            self.lost = error

    def values(self, tag: str) -> list[object]:
        return [reading.value for reading in self.readings if reading.tag == tag]


@asynccontextmanager
async def listening(device: DeviceConfig) -> AsyncIterator[Told]:
    driver = OpcuaDriver(device, lambda: time.time_ns() // 1000)
    await driver.connect()
    told = Told(driver)
    task = asyncio.create_task(told.listen())
    try:
        yield told
    finally:
        await driver.close()
        async with asyncio.timeout(5):
            await task


def left_behind() -> list[str]:
    """Our tasks that still run; the server has tasks of its own here."""
    return [one.get_name() for one in asyncio.all_tasks() if one.get_name().startswith("opcua ")]


async def until(true: Callable[[], object], what: str, limit_s: float = 15.0) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(limit_s):
            while not true():
                await asyncio.sleep(0.01)
    assert true(), what


async def test_every_change_is_told_once_and_in_order(server: MonitoredServer) -> None:
    async with listening(config(server.url, "A", "B", group={"queue": 100})) as told:
        assert isinstance(told.driver, Subscriber)
        assert told.driver.polled == frozenset()
        await until(lambda: len(told.readings) == 2, "initial values")
        for value in range(1, 61):
            await server.show("A", value)
            if value % 10 == 0:
                await asyncio.sleep(0.06)
        await until(lambda: len(told.values("A")) == 61, "all values")
        assert told.values("A") == list(range(61))
        assert told.values("B") == [0]
        assert not told.missed
        times = [reading.edge_time for reading in told.readings]
        assert times == sorted(times)
        assert {reading.quality for reading in told.readings} == {Quality.GOOD}
        revised = told.driver.revised["fast"]
        assert revised.publishing_ms == 50
        assert isinstance(told.driver, Revising)
        # Polls and changes share one connection.
        assert {one.value for one in await told.driver.poll()} == {60, 0}
    assert not left_behind()
    assert told.lost is not None


async def test_a_tag_in_no_such_group_is_polled(server: MonitoredServer) -> None:
    device = config(server.url, "A", "B")
    loose = TagConfig(id="C", address="ns=2;s=C", type="uint32")
    async with listening(replace(device, tags=(*device.tags, loose))) as told:
        assert told.driver.polled == {"C"}
        assert [one.tag for one in await told.driver.poll({"C", "A"})] == ["A", "C"]


async def test_what_is_refused_is_polled_and_monitored_once_the_server_lets_it(
    server: MonitoredServer, quick: None
) -> None:
    server.refused = {"B": StatusCodes.BadTooManyMonitoredItems}
    async with listening(config(server.url, "A", "B", "Gone")) as told:
        assert told.driver.polled == {"B", "Gone"}
        gone = (await told.driver.poll({"Gone"}))[0]
        assert (gone.quality, gone.detail) == (Quality.BAD, "BadNodeIdUnknown")
        server.refused = {}
        await server.add("Gone", 5)
        try:
            await until(lambda: not told.driver.polled, "both monitored")
            await until(lambda: told.values("Gone") == [5], "its value")
        finally:
            await server.vanish("Gone")


async def test_a_node_that_vanished_and_came_back_is_monitored_anew(
    server: MonitoredServer, quick: None
) -> None:
    await server.add("V", 1)
    async with listening(config(server.url, "A", "V")) as told:
        await until(lambda: told.values("V") == [1], "its value")
        await server.vanish("V")
        await until(lambda: told.missed == ["V: was told of no more; is polled"], "words")
        assert told.driver.polled == {"V"}
        await server.add("V", 7)
        try:
            await until(lambda: not told.driver.polled, "V monitored")
            await server.show("V", 8)
            await until(lambda: told.values("V")[-2:] == [7, 8], "its values")
        finally:
            await server.vanish("V")


async def test_a_node_that_was_exchanged_under_our_eyes_is_monitored_anew(
    server: MonitoredServer, quick: None
) -> None:
    """Gone and back between two audits: the server still knows the item, and tells nothing."""
    await server.add("W", 1)
    async with listening(config(server.url, "W")) as told:
        await until(lambda: told.values("W") == [1], "its value")
        await server.vanish("W")
        await server.add("W", 2)
        try:
            await until(lambda: told.values("W") == [1, 2], "told of again")
            await until(lambda: told.missed, "words")
            assert told.missed == ["W: was told of no more; is monitored anew"]
        finally:
            await server.vanish("W")


async def test_a_subscription_that_the_server_dropped_is_made_anew(
    server: MonitoredServer, quick: None
) -> None:
    async with listening(config(server.url, "A", "B")) as told:
        await until(lambda: len(told.readings) == 2, "initial values")
        one = server.subscriptions[-1]
        await server._service.delete_subscriptions([one.data.SubscriptionId])
        await server.show("A", 5)
        await until(lambda: told.values("A")[-1] == 5, "told of again")
        await until(lambda: told.missed, "words")
        assert "is monitored anew" in told.missed[0]


async def test_requests_are_split_to_the_limits_of_the_server(server: MonitoredServer) -> None:
    await server.limit(items=3, read=2)
    names = [f"N{index}" for index in range(8)]
    for name in names:
        await server.add(name)
    try:
        async with listening(config(server.url, *names)) as told:
            assert server.asked == [3, 3, 2]
            assert not told.driver.polled
            assert len(await told.driver.poll()) == 8
        await server.limit()
        server.asked.clear()
        server.most_items = 3  # and a server that does not tell
        async with listening(config(server.url, *names)) as told:
            assert server.asked == [8, 4, 2, 2, 4, 2, 2]
            assert not told.driver.polled
    finally:
        await server.vanish(*names)


async def test_a_small_controller_gets_small_requests_and_what_it_cannot_carry_is_polled(
    server: MonitoredServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny = replace(PROFILES["s7-1200"], max_items=3, batch=2)
    monkeypatch.setitem(PROFILES, "s7-1200", tiny)
    device = config(server.url, "A", "B", "C", "D", "Level", types={"Level": "float64"})
    group = replace(device.groups[0], deadband=Decimal("0.5"))
    tags = (device.tags[4], *device.tags[:4])
    async with listening(replace(device, profile="s7-1200", tags=tags, groups=(group,))) as told:
        assert server.asked == [2, 1]
        assert told.driver.polled == {"C", "D"}
        assert told.driver.revised["fast"].publishing_ms == 50
        await until(lambda: told.values("Level") == [1], "its value")
        for level in (1.4, 1.6, 1.2, 1.0):
            await server.show("Level", level, "float64")
            await asyncio.sleep(0.06)
        await until(lambda: told.values("Level")[-1:] == [1], "the last value")
        # We keep the deadband, because this controller does not.
        assert told.values("Level") == [1, Decimal("1.6"), 1]


@pytest.mark.parametrize("filters", [True, False])
async def test_a_deadband_holds_whoever_keeps_it(server: MonitoredServer, filters: bool) -> None:
    if not filters:
        server.refused = {"Level": StatusCodes.BadMonitoredItemFilterUnsupported}
    device = config(
        server.url, "Level", types={"Level": "float64"}, group={"deadband": Decimal("0.5")}
    )
    async with listening(device) as told:
        assert not told.driver.polled
        await until(lambda: told.values("Level") == [1], "its value")
        await server.show("Level", 1.3, "float64")
        await server.show("Level", 9.0, "float64")
        await until(lambda: told.values("Level") == [1, 9], "only the larger change")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (0x0480, "A: the server's queue overflowed"),
        (StatusCodes.GoodOverload, "A: the server skipped samples"),
    ],
)
async def test_what_the_server_says_it_lost_is_told(
    server: MonitoredServer, status: int, words: str
) -> None:
    async with listening(config(server.url, "A")) as told:
        await until(lambda: told.readings, "its value")
        await server.show("A", 3, status=status)
        await until(lambda: words in told.missed, "words")
        assert told.values("A")[-1] == 3


async def test_a_message_that_did_not_come_is_told(server: MonitoredServer) -> None:
    async with listening(config(server.url, "A")) as told:
        await until(lambda: told.readings, "its value")
        one = server.subscriptions[-1]
        one._notification_seq += 2
        await server.show("A", 1)
        await until(lambda: told.missed == ["group fast: 2 message(s) did not come"], "words")


async def test_changes_that_nobody_takes_in_time_are_told(server: MonitoredServer) -> None:
    driver = OpcuaDriver(config(server.url, "A", group={"queue": 100}), lambda: 0)
    driver._inbox._room = 10
    await driver.connect()
    try:
        for value in range(1, 31):
            await server.show("A", value)
        await until(lambda: len(driver._inbox._readings) == 10, "a full inbox")
        await asyncio.sleep(0.2)
        changes = await driver.changes()
        assert [reading.value for reading in changes.readings] == list(range(21, 31))
        assert "faster than they were taken" in changes.missed
    finally:
        await driver.close()


async def test_a_wire_gone_dark_is_unreachable_in_time_and_closes(
    server: MonitoredServer,
) -> None:
    async with Wire(target=server.port) as wire:
        url = f"opc.tcp://127.0.0.1:{wire.port}"
        device = config(url, "A", timeout_ms=1000)
        async with listening(device) as told:
            await until(lambda: told.readings, "its value")
            wire.dark = True
            started = time.monotonic()
            await until(lambda: told.lost, "silence")
            assert time.monotonic() - started < 5
            with pytest.raises(Unreachable):
                await told.driver.poll()
            started = time.monotonic()
        assert time.monotonic() - started < 3
    assert not left_behind()


async def test_a_server_that_restarts_is_unreachable_then_told_of_by_a_new_driver(
    server: MonitoredServer,
) -> None:
    async with listening(config(server.url, "A")) as told:
        await until(lambda: told.readings, "its value")
        await server.stop()
        try:
            await until(lambda: told.lost, "the end")
        finally:
            await server.start()
    await server.show("A", 9)
    async with listening(config(server.url, "A")) as again:
        await until(lambda: again.values("A") == [9], "its value")


async def test_several_sessions_share_the_load(server: MonitoredServer) -> None:
    before = {one.session_id for one in server.subscriptions}
    device = config(server.url, "A", "B", sessions=2, group={"queue": 50})
    slow = replace(device.groups[0], id="slow")
    tags = (device.tags[0], replace(device.tags[1], group="slow"))
    async with listening(replace(device, tags=tags, groups=(device.groups[0], slow))) as told:
        assert len({one.session_id for one in server.subscriptions} - before) == 2
        await server.show("A", 1)
        await server.show("B", 2)
        await until(lambda: told.values("A") == [0, 1] and told.values("B") == [0, 2], "both")


async def test_a_server_that_lets_us_have_one_session_gets_all_on_it(
    server: MonitoredServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = InternalSession._current_connections + 1
    monkeypatch.setattr(InternalSession, "max_connections", free)
    async with listening(config(server.url, "A", "B", sessions=3)) as told:
        assert told.driver.polled == frozenset()
        await until(lambda: len(told.readings) == 2, "both")


async def test_a_server_that_takes_its_time_is_polled_meanwhile(
    server: MonitoredServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(monitor, "MAKE_S", 0.1)
    server.slow_s = 0.5
    async with listening(config(server.url, "A", "B")) as told:
        assert told.driver.polled == {"A", "B"}
        assert {one.quality for one in await told.driver.poll()} == {Quality.GOOD}
        await until(lambda: not told.driver.polled, "both monitored")
        await until(lambda: len(told.readings) == 2, "both told")


async def test_a_server_with_a_longer_interval_is_asked_to_speak_as_often(
    server: MonitoredServer,
) -> None:
    server.least_publishing_ms = 500
    async with listening(config(server.url, "A")) as told:
        (one,) = told.driver._monitor._subscriptions
        assert told.driver.revised["fast"].publishing_ms == 500
        assert one.silence_ms == 3000
        assert server.subscriptions[-1].data.RevisedMaxKeepAliveCount == 2
