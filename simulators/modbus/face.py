"""The Modbus face: holding registers of one unit, by pymodbus, framed as TCP or as RTU.

Each request scans the machine first and is answered from that one moment; nothing is
awaited in between, so counter and order that are read together belong together.
"""

from collections.abc import Mapping
from typing import Any, cast

from pymodbus.constants import ExcCodes
from pymodbus.framer import FramerType
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from simulators.errors import PortTaken, TruthLost, WriteRefused
from simulators.faults.kinds import TCP
from simulators.faults.trouble import InForce
from simulators.station import Station
from simulators.tags import Tag, tags_of

READ_HOLDING, WRITE_ONE, WRITE_MANY = 3, 6, 16
WORD = 0xFFFF
HERE = "127.0.0.1"


class ModbusFace:
    """Serves a station. Refuses what a real device refuses.

    Illegal function: anything but 3, 6 and 16. Illegal address: registers that are not
    there, writes to those that only show. Illegal value: a command that does not exist.
    """

    fingerprint = ""  # Modbus has no certificates

    def __init__(self, station: Station, troubles: InForce) -> None:
        """Construct only checks; `start` opens the port."""
        self._station, self._troubles = station, troubles
        self._swapped = station.spec.word_order == "CDAB"
        self._tags = tags_of(station.spec)
        self._server: ModbusTcpServer | None = None

    @property
    def port(self) -> int:
        """A port of this machine's own; after `start`."""
        assert self._server is not None
        listening = cast("Any", self._server.transport)  # an asyncio.Server, once it listens
        return int(listening.sockets[0].getsockname()[1])

    async def start(self, url: str) -> None:
        """Open the port; `url` is what clients are told. Raises PortTaken."""
        spec = self._station.spec
        device = SimDevice(id=spec.unit, simdata=self._registers(), action=self._serve)
        # Without a device 0 an unknown unit would be answered as a failure of the server.
        others = SimDevice(id=0, simdata=[_words(0, 1 << 16)], action=_no_such_unit)
        framer = FramerType.SOCKET if url.startswith(f"{TCP}:") else FramerType.RTU
        self._server = ModbusTcpServer([others, device], framer=framer, address=(HERE, 0))
        try:
            await self._server.serve_forever(background=True)
        except RuntimeError as error:
            raise PortTaken(f"{spec.id}: {url}: {error}") from error

    async def publish(self) -> None:
        """Nothing to push: Modbus is asked."""

    async def stop(self) -> None:
        """Close the port and all connections."""
        if self._server is not None:
            await self._server.shutdown()  # type: ignore[no-untyped-call]

    async def vanish(self, tags: tuple[str, ...]) -> None:
        """Of OPC UA only, as the next three."""

    def come_back(self) -> None: ...

    async def announce_limits(self, limits: Mapping[str, int]) -> None: ...

    async def forget(self) -> None:
        """Modbus has no sessions."""

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
        if (told := self._troubles.values("exception")) is not None:
            return ExcCodes(told["code"])
        if function not in (READ_HOLDING, WRITE_ONE, WRITE_MANY):
            return ExcCodes.ILLEGAL_FUNCTION
        if function != READ_HOLDING and values is None:
            return None  # pymodbus reads back what it echoes: what was asked, not what came of it
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
