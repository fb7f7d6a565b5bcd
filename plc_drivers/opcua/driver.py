"""OPC UA with asyncua: new sessions per connection, few requests, subscriptions, short waits."""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from asyncua import ua

from plc_drivers.configuration import DeviceConfig
from plc_drivers.driver import Changes, Revised
from plc_drivers.errors import Unreachable
from plc_drivers.opcua.connection import Connection
from plc_drivers.opcua.inbox import Inbox
from plc_drivers.opcua.layout import laid_out
from plc_drivers.opcua.limits import NODES, Limits
from plc_drivers.opcua.monitor import Monitor
from plc_drivers.opcua.profiles import PROFILES
from plc_drivers.opcua.values import Reader
from plc_drivers.opcua.writes import Writer
from plc_drivers.reading import Reading, Value

_log = logging.getLogger(__name__)


class OpcuaDriver:
    """The sessions of one server; see `plc_drivers.driver.Driver` and `Subscriber`."""

    def __init__(self, config: DeviceConfig, now: Callable[[], int]) -> None:
        self._config, self._now = config, now
        self._profile = PROFILES[config.profile]
        self._nodes = {tag.id: ua.NodeId.from_string(tag.address) for tag in config.tags}
        self._readers = {tag.id: Reader.of(tag) for tag in config.tags if not tag.method_of}
        self._inbox = Inbox()
        self._main = Connection(config, now, self._inbox.fail)
        self._more: list[Connection] = []
        self._limits = Limits.of((), config.max_nodes_per_read, self._profile)
        self._writer = Writer(config, self._main)
        self._monitored: frozenset[str] | None = None
        self._polled = frozenset[str]()
        self._arrange(config.sessions)

    def _arrange(self, sessions: int) -> None:
        """Share the tags out to so many sessions; the main one also polls and writes."""
        config = replace(self._config, sessions=sessions)
        self._layout = laid_out(config, self._profile)
        self._monitor = Monitor(config, self._layout, self._profile, self._inbox, self._now)

    @property
    def polled(self) -> frozenset[str]:
        monitored = self._monitor.monitored
        if monitored is not self._monitored:
            self._monitored, self._polled = monitored, frozenset(self._readers) - monitored
        return self._polled

    @property
    def revised(self) -> Mapping[str, Revised]:
        """What the server made of the wishes of each group that is subscribed."""
        return self._monitor.revised

    async def connect(self) -> None:
        await self._main.open()
        await self._open_more()
        told = await self._main.values(NODES)
        self._limits = Limits.of(tuple(told), self._config.max_nodes_per_read, self._profile)
        await self._writer.learn(self._limits, self._main.values)
        if self._layout.shares:
            sessions = [self._main, *self._more]
            await self._monitor.start(sessions, self._limits, self._main.values)

    async def close(self) -> None:
        self._inbox.fail(Unreachable(self._config.url, "not connected"))
        await self._monitor.stop()
        await asyncio.gather(*(one.end(goodbye=True) for one in (self._main, *self._more)))

    async def poll(self, tags: Collection[str] | None = None) -> tuple[Reading, ...]:
        wanted = [tag for tag in self._readers if tags is None or tag in tags]
        return await self._read(wanted)

    async def changes(self) -> Changes:
        if not self._main.is_open:
            raise await self._main.lost("not connected")
        return await self._inbox.take()

    async def write(self, values: Mapping[str, Value]) -> Mapping[str, Value]:
        answers = await self._writer.write(values)
        back = await self._read([tag for tag in values if tag not in answers])
        found = answers | {reading.tag: reading.value for reading in back}
        return {tag: found[tag] for tag in values}

    async def _open_more(self) -> None:
        """The other sessions; a server that lets us have fewer gets all on those it does."""
        for _ in range(1, self._layout.sessions):
            one = Connection(self._config, self._now)
            try:
                await one.open()
            except Unreachable as error:
                count = 1 + len(self._more)
                _log.warning("%s; %d session(s) carry all", error, count)
                self._arrange(count)
                return
            one.on_lost = self._inbox.fail
            self._more.append(one)

    async def _read(self, tags: Sequence[str]) -> tuple[Reading, ...]:
        readings: list[Reading] = []
        for start in range(0, len(tags), self._limits.read):
            chunk = tags[start : start + self._limits.read]
            data = await self._main.values([self._nodes[tag] for tag in chunk])
            now = self._now()
            readings += [
                self._readers[tag].reading(held, now) for tag, held in zip(chunk, data, strict=True)
            ]
        return tuple(readings)
