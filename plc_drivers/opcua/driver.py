"""OPC UA with asyncua: a new client per connection, one read for all tags, short waits."""

from collections.abc import Callable, Collection, Mapping, Sequence

from asyncua import ua
from asyncua.ua.object_ids import ObjectIds

from plc_drivers.configuration import DeviceConfig
from plc_drivers.errors import Refused
from plc_drivers.opcua.connection import Connection
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

_LIMIT_NODE = ua.NodeId(
    ua.Int32(ObjectIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerRead)
)


class OpcuaDriver:
    """One OPC UA session; see `plc_drivers.driver.Driver`."""

    def __init__(self, config: DeviceConfig, now: Callable[[], int]) -> None:
        self._config = config
        self._now = now
        self._connection = Connection(config, now)
        self._nodes = {tag.id: ua.NodeId.from_string(tag.address) for tag in config.tags}
        self._tags = {tag.id: tag for tag in config.tags}
        self._max_nodes = config.max_nodes_per_read

    async def connect(self) -> None:
        await self._connection.open()
        self._max_nodes = await self._server_limit()

    async def close(self) -> None:
        await self._connection.end(goodbye=True)

    async def poll(self, tags: Collection[str] | None = None) -> tuple[Reading, ...]:
        return await self._read(tuple(tag for tag in self._tags if tags is None or tag in tags))

    async def write(self, values: Mapping[str, Value]) -> Mapping[str, Value]:
        if reasons := reject_all(self._config.tags, values):
            raise Refused(reasons)
        typed = [(self._nodes[tag], bare(self._tags[tag], value)) for tag, value in values.items()]
        request = write_request(typed)
        results = await self._connection.ask(lambda client: client.uaclient.write(request))
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
        data = await self._connection.ask(lambda client: client.uaclient.read(request))
        if len(data) != len(nodes):
            raise await self._connection.lost(
                f"{len(data)} values came where {len(nodes)} were due"
            )
        return data

    async def _server_limit(self) -> int:
        """The smaller of our limit and the server's, if it tells one."""
        (data,) = await self._values([_LIMIT_NODE])
        told = data.Value.Value if data.Value is not None else None
        ours = self._config.max_nodes_per_read
        return min(ours, told) if isinstance(told, int) and told > 0 else ours
