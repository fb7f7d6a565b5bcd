"""The Modbus TCP face: holding registers of one unit, by pymodbus.

Each request scans the machine first and is answered from that one moment; nothing is
awaited in between, so counter and order that are read together belong together.
"""

from typing import Any, cast

from pymodbus.constants import ExcCodes
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from simulators.errors import PortTaken, TruthLost, WriteRefused
from simulators.station import Station
from simulators.tags import Tag, tags_of

READ_HOLDING, WRITE_ONE, WRITE_MANY = 3, 6, 16
WORD = 0xFFFF


class ModbusFace:
    """Serves a station. Refuses what a real device refuses.

    Illegal function: anything but 3, 6 and 16. Illegal address: registers that are not
    there, writes to those that only show. Illegal value: a command that does not exist.
    """

    def __init__(self, station: Station) -> None:
        """Construct only checks; `start` opens the port."""
        self._station = station
        self._swapped = station.spec.word_order == "CDAB"
        self._tags = tags_of(station.spec)
        self._server: ModbusTcpServer | None = None

    @property
    def url(self) -> str:
        """Where it listens; after `start`."""
        assert self._server is not None
        listening = cast("Any", self._server.transport)  # an asyncio.Server, once it listens
        host, port = listening.sockets[0].getsockname()[:2]
        return f"modbus.tcp://{host}:{port}"

    async def start(self) -> None:
        """Open the port, 0 for a free one. Raises PortTaken."""
        spec = self._station.spec
        device = SimDevice(id=spec.unit, simdata=self._registers(), action=self._serve)
        # Without a device 0 an unknown unit would be answered as a failure of the server.
        others = SimDevice(id=0, simdata=[_words(0, 1 << 16)], action=_no_such_unit)
        self._server = ModbusTcpServer([others, device], address=(spec.host, spec.port))
        try:
            await self._server.serve_forever(background=True)
        except RuntimeError as error:
            raise PortTaken(f"{spec.id}: {spec.host}:{spec.port}: {error}") from error

    async def publish(self) -> None:
        """Nothing to push: Modbus is asked."""

    async def stop(self) -> None:
        """Close the port and all connections."""
        if self._server is not None:
            await self._server.shutdown()  # type: ignore[no-untyped-call]

    def _registers(self) -> list[SimData]:
        return [_words(tag.register, tag.bits // 16) for tag in self._tags]

    async def _serve(
        self,
        function: int,
        first: int,
        address: int,
        count: int,
        registers: list[int],
        values: list[int] | list[bool] | None,
    ) -> ExcCodes | None:
        if function not in (READ_HOLDING, WRITE_ONE, WRITE_MANY):
            return ExcCodes.ILLEGAL_FUNCTION
        try:
            self._show(registers, first)
        except TruthLost:
            return ExcCodes.DEVICE_FAILURE
        return None if values is None else self._write(address, values, registers, first)

    def _show(self, registers: list[int], first: int) -> None:
        shown = self._station.scan()
        for tag in self._tags:
            at = tag.register - first
            registers[at : at + tag.bits // 16] = self._split(tag, shown[tag.id])

    def _write(
        self, address: int, values: list[int] | list[bool], registers: list[int], first: int
    ) -> ExcCodes | None:
        after = dict(enumerate(registers, start=first)) | dict(enumerate(values, start=address))
        touched = [tag for tag in self._tags if self._touches(tag, address, len(values))]
        if not all(tag.write for tag in touched):
            return ExcCodes.ILLEGAL_ADDRESS
        try:
            for tag in touched:
                words = [int(after[tag.register + n]) for n in range(tag.bits // 16)]
                self._station.write(tag.id, self._join(words))
        except WriteRefused:
            return ExcCodes.ILLEGAL_VALUE
        return None

    @staticmethod
    def _touches(tag: Tag, address: int, count: int) -> bool:
        return tag.register < address + count and address < tag.register + tag.bits // 16

    def _split(self, tag: Tag, value: int) -> list[int]:
        words = [value >> 16 & WORD, value & WORD] if tag.bits == 32 else [value & WORD]
        return words[::-1] if self._swapped else words

    def _join(self, words: list[int]) -> int:
        value = 0
        for word in reversed(words) if self._swapped else words:
            value = value << 16 | word
        return value


def _words(address: int, count: int) -> SimData:
    return SimData(address, count=count, values=0, datatype=DataType.REGISTERS)


async def _no_such_unit(
    function: int,
    first: int,
    address: int,
    count: int,
    registers: list[int],
    values: list[int] | list[bool] | None,
) -> ExcCodes | None:
    return ExcCodes.GATEWAY_NO_RESPONSE
