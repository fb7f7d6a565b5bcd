"""Two real servers whose values a test sets: an OPC UA and a Modbus TCP controller."""

from dataclasses import dataclass, field
from datetime import UTC
from functools import partial
from typing import Protocol

from asyncua import ua
from asyncua.server.address_space import NodeData
from asyncua.server.server import Server
from asyncua.ua.attribute_ids import AttributeIds
from pymodbus.constants import ExcCodes
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimAction, SimData, SimDevice

from plc_drivers.configuration import DeviceConfig, TagConfig
from simulators.opcua.standard_space import new_server
from tests.ports import free_port

READS = ("state", "mode", "fault", "order", "boot", "good", "reject")
WRITES = ("order_setpoint", "target_setpoint", "command")
SHOWN = ("width",)  # what it measures; configured by the test that wants it
TAGS = (*READS, *WRITES, *SHOWN)
WIDE = {"order", "good", "order_setpoint", "target_setpoint"}


class Device(Protocol):
    """A controller: `values` by tag is what it shows, `writes` what it was told, in order."""

    port: int
    values: dict[str, int]
    writes: list[tuple[str, int]]

    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    async def show(self, **values: int) -> None:
        """Show these values, all at once."""
        ...

    def config(self, id_: str, port: int | None = None) -> DeviceConfig:
        """The device behind `port` (its own unless told)."""
        ...


def fresh_values() -> dict[str, int]:
    return {**dict.fromkeys(TAGS, 0), "state": 6, "mode": 1, "boot": 1, "order": 1001010}


@dataclass
class OpcUaDevice:
    """On each start it listens on the same port again, with the values kept."""

    port: int = field(default_factory=free_port)
    values: dict[str, int] = field(default_factory=fresh_values)
    writes: list[tuple[str, int]] = field(default_factory=list)
    _server: Server | None = None

    async def start(self) -> None:
        """The first start builds the address space, which takes seconds."""
        if self._server is None:
            self._server = await self._built()
        await self.show(**self.values)
        await self._server.start()

    async def _built(self) -> Server:
        self._server = new_server()
        await self._server.init()
        self._server.set_endpoint(f"opc.tcp://127.0.0.1:{self.port}")
        self._server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
        await self._server.register_namespace("urn:taktline:collection")
        self._nodes = {tag: await self._add(self._server, tag) for tag in TAGS}
        return self._server

    async def stop(self) -> None:
        assert self._server is not None
        await self._server.stop()

    async def show(self, **values: int) -> None:
        assert self._server is not None
        self.values |= values
        for tag, value in values.items():
            await self._server.write_attribute_value(self._nodes[tag], _data_value(tag, value))

    def config(self, id_: str, port: int | None = None) -> DeviceConfig:
        return DeviceConfig(
            id=id_,
            driver="opcua",
            url=f"opc.tcp://127.0.0.1:{port or self.port}",
            insecure=True,
            tags=tuple(_tag(tag, f"ns=2;s={tag}") for tag in (*READS, *WRITES)),
            poll_ms=50,
            timeout_ms=400,
        )

    async def _add(self, server: Server, tag: str) -> ua.NodeId:
        value = _data_value(tag, self.values[tag]).Value
        node = await server.nodes.objects.add_variable(
            ua.NodeId(ua.String(tag), ua.Int16(2)), tag, value
        )
        if tag in WRITES:
            await node.set_writable()
            server.iserver.aspace.set_attribute_value_setter(
                node.nodeid,
                AttributeIds.Value,
                partial(self._written, tag),  # type: ignore[arg-type]  # what it returns is unused
            )
        return node.nodeid

    def _written(
        self, tag: str, node: NodeData, attribute: AttributeIds, value: ua.DataValue
    ) -> None:
        """Clients' writes and our own come by here; ours are what is shown already."""
        node.attributes[attribute].value = value
        number = value.Value.Value if value.Value else None
        if isinstance(number, int) and self.values[tag] != number:
            self.writes.append((tag, number))
            self.values[tag] = number


def registers(port: int, count: int, serve: SimAction) -> ModbusTcpServer:
    """A server of so many registers, which `serve` fills for each request."""
    data = [SimData(0, count=count, values=0, datatype=DataType.REGISTERS)]
    device = SimDevice(id=1, simdata=data, action=serve)
    return ModbusTcpServer([device], address=("127.0.0.1", port))


@dataclass
class ModbusDevice:
    """A new server on each start, on the same port, with the values kept; low word first."""

    port: int = field(default_factory=free_port)
    values: dict[str, int] = field(default_factory=fresh_values)
    writes: list[tuple[str, int]] = field(default_factory=list)

    async def start(self) -> None:
        self._server = registers(self.port, 2 * len(TAGS), self._serve)
        await self._server.serve_forever(background=True)

    async def stop(self) -> None:
        await self._server.shutdown()  # type: ignore[no-untyped-call]

    async def show(self, **values: int) -> None:
        self.values |= values

    def config(self, id_: str, port: int | None = None) -> DeviceConfig:
        return DeviceConfig(
            id=id_,
            driver="modbus",
            url=f"modbus.tcp://127.0.0.1:{port or self.port}",
            tags=tuple(
                _tag(tag, f"holding:{2 * at}", "CDAB")
                for at, tag in enumerate(TAGS)
                if tag not in SHOWN
            ),
            poll_ms=50,
            timeout_ms=400,
        )

    async def _serve(
        self,
        function: int,
        first: int,
        address: int,
        count: int,
        registers: list[int],
        values: list[int] | list[bool] | None,
    ) -> ExcCodes | None:
        for at, tag in enumerate(TAGS):
            low, high = self.values[tag] & 0xFFFF, self.values[tag] >> 16
            registers[2 * at - first : 2 * at - first + 2] = [low, high]
        if values is not None:
            tag = TAGS[address // 2]
            value = sum(int(word) << 16 * at for at, word in enumerate(values))
            self.writes.append((tag, value))
            self.values[tag] = value
        return None


def _data_value(tag: str, value: int) -> ua.DataValue:
    kind = ua.VariantType.UInt32 if tag in WIDE else ua.VariantType.UInt16
    return ua.DataValue(ua.Variant(value, kind), SourceTimestamp=ua.DateTime.now(UTC))


def _tag(tag: str, address: str, order: str = "ABCD") -> TagConfig:
    return TagConfig(
        id=tag,
        address=address,
        order=order if tag in WIDE else "ABCD",
        type="uint32" if tag in WIDE else "uint16",
        write=tag in WRITES,
    )
