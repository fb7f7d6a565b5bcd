"""A machine behind Modbus servers of pyModbusTCP (Python) and libmodbus (C)."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from pathlib import Path

from pyModbusTCP.server import DataBank, ModbusServer

from plc_drivers.configuration import DeviceConfig, SerialConfig, TagConfig
from tests.interop.foreign import (
    POLL_MS,
    READS,
    TIMEOUT_MS,
    WIDE,
    WRITES,
    Controller,
    Truth,
    from_words,
    register,
)
from tests.interop.programs import Program, libmodbus
from tests.ports import free_port


def tags() -> tuple[TagConfig, ...]:
    """As `Controller.registers` lays them out."""
    return tuple(
        TagConfig(
            id=tag,
            address=f"holding:{register(tag)}",
            type="uint32" if tag in WIDE else "uint16",
            order="CDAB" if tag in WIDE else "ABCD",
            write=tag in WRITES,
        )
        for tag in (*READS, *WRITES)
    )


@dataclass
class ModbusMachine(ABC):
    """What all Modbus faces share: the machine behind them, told to the face after each step."""

    controller: Controller = field(default_factory=Controller)

    @abstractmethod
    async def told(self) -> None:
        """The face shows what the controller holds."""

    async def make(self, good: int = 0, reject: int = 0) -> None:
        self.controller.make(good, reject)
        await self.told()

    async def boot(self, *, retentive: bool) -> None:
        self.controller.boot(retentive=retentive)
        await self.told()

    async def reset(self) -> None:
        self.controller.reset()
        await self.told()

    async def show(self, **values: int) -> None:
        self.controller.values |= values
        await self.told()

    async def truth(self) -> Truth:
        return Truth(good=self.controller.good, reject=self.controller.reject)


@dataclass
class PyModbusTcp(ModbusMachine):
    """The server runs in threads of this process."""

    name: str = "pyModbusTCP"
    port: int = field(default_factory=free_port)
    bank: DataBank = field(default_factory=DataBank)
    _server: ModbusServer | None = None

    async def open(self) -> None:
        await self.told()
        await self.up()

    async def close(self) -> None:
        await self.down()

    async def up(self) -> None:
        self._server = ModbusServer("127.0.0.1", self.port, no_block=True, data_bank=self.bank)
        self._server.start()

    async def down(self) -> None:
        if self._server is not None:
            self._server.stop()

    async def drop(self) -> None:
        await self.down()
        await self.up()

    async def told(self) -> None:
        self.bank.set_holding_registers(0, self.controller.registers()[: register(WRITES[0])])

    async def written(self) -> dict[str, int]:
        return from_words(self.bank.get_holding_registers(0, len(self.controller.registers())))

    def config(self, id_: str) -> DeviceConfig:
        return DeviceConfig(
            id=id_,
            driver="modbus",
            url=f"modbus.tcp://127.0.0.1:{self.port}",
            tags=tags(),
            poll_ms=POLL_MS,
            timeout_ms=TIMEOUT_MS,
        )


@dataclass
class Libmodbus(ModbusMachine):
    """A child process; `link` is where the other end of its pty is found, None for TCP."""

    link: Path | None = None
    name: str = "libmodbus"
    port: int = field(default_factory=free_port)
    _program: Program | None = None

    async def open(self) -> None:
        await self.up()

    async def close(self) -> None:
        await self.down()

    async def up(self) -> None:
        place = ("tcp", str(self.port)) if self.link is None else ("rtu", str(self.link))
        self._program = await Program.run(libmodbus(), *place)
        said = await self._program.answer()
        assert said.startswith("ready"), said
        await self.told()

    async def down(self) -> None:
        if self._program is not None:
            await self._program.end()
            self._program = None

    async def drop(self) -> None:
        await self._ask("drop")

    async def told(self) -> None:
        if self._program is None:
            return
        shown = self.controller.registers()[: register(WRITES[0])]
        await self._ask(f"set 0 {' '.join(map(str, shown))}")

    async def written(self) -> dict[str, int]:
        told = await self._ask(f"get 0 {len(self.controller.registers())}")
        return from_words([int(word) for word in told.split()])

    async def _ask(self, text: str) -> str:
        assert self._program is not None
        return await self._program.ask(text)

    def config(self, id_: str) -> DeviceConfig:
        serial = self.link is not None
        where = f"modbus.rtu://{self.link}" if serial else f"modbus.tcp://127.0.0.1:{self.port}"
        return DeviceConfig(
            id=id_,
            driver="modbus",
            url=where,
            tags=tags(),
            serial=SerialConfig(baudrate=115_200, parity="none") if serial else None,
            poll_ms=POLL_MS,
            timeout_ms=TIMEOUT_MS,
        )
