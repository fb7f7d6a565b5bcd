"""OPC UA with asyncua: a new client per connection, one read for all tags, short waits."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import TypeVar

from asyncua import ua
from asyncua.client.client import Client
from asyncua.ua.object_ids import ObjectIds
from asyncua.ua.uaerrors import UaError, UaStatusCodeError

from plc_drivers.configuration import DeviceConfig
from plc_drivers.errors import Refused, Unreachable
from plc_drivers.opcua.values import (
    bare,
    judge,
    name_of,
    read_request,
    reading_of,
    write_request,
)
from plc_drivers.reading import Quality, Reading, Value
from plc_drivers.writing import reject_all

TIMEOUT_MS = 4000
SESSION_TIMEOUT_MS = 60_000
_QUIET_S = 3600  # the library's own health probe: every poll is one, so it need not run
_LIMIT_NODE = ua.NodeId(
    ua.Int32(ObjectIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerRead)
)

_log = logging.getLogger(__name__)
T = TypeVar("T")


class OpcuaDriver:
    """One OPC UA session; see `plc_drivers.driver.Driver`."""

    def __init__(self, config: DeviceConfig, now: Callable[[], int]) -> None:
        self._config = config
        self._now = now
        self._limit = (config.timeout_ms or TIMEOUT_MS) / 1000
        self._nodes = {tag.id: ua.NodeId.from_string(tag.address) for tag in config.tags}
        self._tags = {tag.id: tag for tag in config.tags}
        self._max_nodes = config.max_nodes_per_read
        self._client: Client | None = None

    async def connect(self) -> None:
        client = Client(self._config.url, self._limit, watchdog_intervall=_QUIET_S)
        client.name = client.description = "Taktline"
        client.session_timeout = SESSION_TIMEOUT_MS
        self._client = client
        # One limit around the whole handshake: with packets dropped it can hang anywhere.
        await self._within_limit(client.connect())
        self._max_nodes = await self._server_limit()

    async def close(self) -> None:
        await self._end(goodbye=True)

    async def poll(self, tags: Collection[str] | None = None) -> tuple[Reading, ...]:
        return await self._read(tuple(tag for tag in self._tags if tags is None or tag in tags))

    async def write(self, values: Mapping[str, Value]) -> Mapping[str, Value]:
        if reasons := reject_all(self._config.tags, values):
            raise Refused(reasons)
        typed = [(self._nodes[tag], bare(self._tags[tag], value)) for tag, value in values.items()]
        results = await self._ask(lambda client: client.uaclient.write(write_request(typed)))
        refused = {
            tag: f"the server refuses: {name_of(status.value)}"
            for tag, status in zip(values, results, strict=True)
            if judge(status.value)[0] is Quality.BAD
        }
        if refused:
            raise Refused(refused)
        return {reading.tag: reading.value for reading in await self._read(tuple(values))}

    async def _read(self, tags: Sequence[str]) -> tuple[Reading, ...]:
        readings: list[Reading] = []
        for start in range(0, len(tags), self._max_nodes):
            chunk = tags[start : start + self._max_nodes]
            data = await self._values([self._nodes[tag] for tag in chunk])
            now = self._now()
            pairs = zip(chunk, data, strict=True)
            readings += [reading_of(self._tags[tag], value, now) for tag, value in pairs]
        return tuple(readings)

    async def _values(self, nodes: Sequence[ua.NodeId]) -> list[ua.DataValue]:
        request = read_request(nodes)
        data = await self._ask(lambda client: client.uaclient.read(request))
        if len(data) != len(nodes):
            raise await self._lost(f"{len(data)} values came where {len(nodes)} were due")
        return data

    async def _server_limit(self) -> int:
        """The smaller of our limit and the server's, if it tells one."""
        (data,) = await self._values([_LIMIT_NODE])
        told = data.Value.Value if data.Value is not None else None
        ours = self._config.max_nodes_per_read
        return min(ours, told) if isinstance(told, int) and told > 0 else ours

    async def _ask(self, request: Callable[[Client], Awaitable[T]]) -> T:
        if self._client is None:
            raise await self._lost("not connected")
        return await self._within_limit(request(self._client))

    async def _within_limit(self, answer: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout(self._limit):
                return await answer
        except TimeoutError as error:
            raise await self._lost(f"no answer within {self._limit:g} s") from error
        except UaStatusCodeError as error:
            raise await self._lost(f"the server refuses: {name_of(error.code)}") from error
        except Exception as error:
            # The library decodes what a server sends; a broken reply can raise anything.
            raise await self._lost(str(error) or type(error).__name__) from error

    async def _lost(self, detail: str) -> Unreachable:
        await self._end(goodbye=False)
        return Unreachable(self._config.url, detail)

    async def _end(self, *, goodbye: bool) -> None:
        """Drop the connection; with `goodbye` the server may free the session at once."""
        client, self._client = self._client, None
        if client is None:
            return
        if not goodbye:
            client.disconnect_socket()  # now disconnect() ends its tasks and sends nothing
        try:
            async with asyncio.timeout(self._limit):
                await client.disconnect()
        except (UaError, OSError, TimeoutError) as error:
            _log.debug("%s: closed without a goodbye: %r", self._config.url, error)
        finally:
            client.disconnect_socket()
            await asyncio.sleep(0)  # lets the transport close before its loop may end
