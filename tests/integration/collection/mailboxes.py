"""Two real controllers with a mailbox: each writes its next message once the last is answered."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from asyncua import ua
from asyncua.server.address_space import NodeData
from asyncua.server.server import Server
from asyncua.ua.attribute_ids import AttributeIds
from pymodbus.constants import ExcCodes

from plc_drivers.configuration import DeviceConfig, TagConfig
from simulators.opcua.standard_space import new_server
from tests.integration.collection.devices import registers
from tests.ports import free_port

ROLES = ("sequence", "good", "reject", "acknowledge")
TAGS = (*ROLES, "state")


@dataclass
class Program:
    """The controller's program: `messages` are good and rejected pieces, still to be told."""

    messages: list[tuple[int, int]] = field(default_factory=list)
    values: dict[str, int] = field(default_factory=lambda: {**dict.fromkeys(ROLES, 0), "state": 6})
    answers: list[int] = field(default_factory=list)
    deaf: bool = False

    def make(self, messages: Sequence[tuple[int, int]]) -> None:
        """More messages; the first is told at once if none waits for its answer."""
        self.messages += messages
        self.go_on()

    def answered(self, number: int) -> None:
        """The acknowledgement was written; one that is `deaf` does not take it."""
        self.answers.append(number)
        if not self.deaf:
            self.values["acknowledge"] = number
            self.go_on()

    def go_on(self) -> None:
        if self.messages and self.values["acknowledge"] == self.values["sequence"]:
            good, reject = self.messages.pop(0)
            number = (self.values["sequence"] + 1) & 0xFFFF
            self.values |= {"good": good, "reject": reject, "sequence": number}


class Face(Protocol):
    program: Program

    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    async def make(self, *messages: tuple[int, int]) -> None: ...
    def config(self, port: int | None = None) -> DeviceConfig: ...


def _tags(address: str) -> tuple[TagConfig, ...]:
    return tuple(
        TagConfig(
            id=tag,
            address=address.format(at=at, tag=tag),
            type="uint16",
            role="state" if tag == "state" else f"mailbox_{tag}",
            write=tag == "acknowledge",
        )
        for at, tag in enumerate(TAGS)
    )


@dataclass
class ModbusMailbox:
    """Holding registers in the order of `TAGS`."""

    port: int = field(default_factory=free_port)
    program: Program = field(default_factory=Program)

    async def start(self) -> None:
        self._server = registers(self.port, len(TAGS), self._serve)
        await self._server.serve_forever(background=True)

    async def stop(self) -> None:
        await self._server.shutdown()  # type: ignore[no-untyped-call]

    async def make(self, *messages: tuple[int, int]) -> None:
        self.program.make(messages)

    def config(self, port: int | None = None) -> DeviceConfig:
        return DeviceConfig(
            id="press1",
            driver="modbus",
            url=f"modbus.tcp://127.0.0.1:{port or self.port}",
            tags=_tags("holding:{at}"),
            poll_ms=30,
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
        if values is not None and TAGS[address] == "acknowledge":
            self.program.answered(int(values[0]))
        for at, tag in enumerate(TAGS):
            registers[at - first] = self.program.values[tag]
        return None


@dataclass
class OpcUaMailbox:
    """Nodes named as `TAGS`."""

    port: int = field(default_factory=free_port)
    program: Program = field(default_factory=Program)
    _server: Server | None = None

    async def start(self) -> None:
        if self._server is None:
            self._server = await self._built()
        await self._server.start()

    async def _built(self) -> Server:
        server = new_server()
        await server.init()
        server.set_endpoint(f"opc.tcp://127.0.0.1:{self.port}")
        server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
        await server.register_namespace("urn:taktline:mailbox")
        for tag in TAGS:
            value = ua.Variant(self.program.values[tag], ua.VariantType.UInt16)
            node = await server.nodes.objects.add_variable(_node(tag), tag, value)
            if tag == "acknowledge":
                await node.set_writable()
                server.iserver.aspace.set_attribute_value_setter(
                    node.nodeid,
                    AttributeIds.Value,
                    self._written,  # type: ignore[arg-type]  # what it returns is unused
                )
            self._nodes[tag] = server.iserver.aspace._nodes[node.nodeid]
        return server

    def __post_init__(self) -> None:
        self._nodes: dict[str, NodeData] = {}

    async def stop(self) -> None:
        assert self._server is not None
        await self._server.stop()

    async def make(self, *messages: tuple[int, int]) -> None:
        self.program.make(messages)
        self._show()

    def config(self, port: int | None = None) -> DeviceConfig:
        return DeviceConfig(
            id="press1",
            driver="opcua",
            url=f"opc.tcp://127.0.0.1:{port or self.port}",
            insecure=True,
            tags=_tags("ns=2;s={tag}"),
            poll_ms=30,
            timeout_ms=1000,
        )

    def _written(self, node: NodeData, attribute: AttributeIds, value: ua.DataValue) -> None:
        number = value.Value.Value if value.Value else None
        if isinstance(number, int):
            self.program.answered(number)
        self._show()

    def _show(self) -> None:
        for tag, node in self._nodes.items():
            variant = ua.Variant(self.program.values[tag], ua.VariantType.UInt16)
            node.attributes[AttributeIds.Value].value = ua.DataValue(variant)


def _node(tag: str) -> ua.NodeId:
    return ua.NodeId(ua.String(tag), ua.Int16(2))
