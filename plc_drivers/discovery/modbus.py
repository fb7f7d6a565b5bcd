"""Discovers a Modbus device: scan, watch, propose. Read only."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from pymodbus import FramerType, ModbusException
from pymodbus.client import AsyncModbusSerialClient, AsyncModbusTcpClient

from plc_drivers.configuration import DeviceConfig, SerialConfig
from plc_drivers.discovery.found import Found, Plan, Progress
from plc_drivers.discovery.places import register_places, register_tags
from plc_drivers.discovery.roles import propose
from plc_drivers.discovery.scan import Bounds, Run, Scanner
from plc_drivers.discovery.watching import watch
from plc_drivers.errors import Unreachable
from plc_drivers.modbus.driver import ModbusDriver
from plc_drivers.modbus.endpoint import endpoint

TIMEOUT_S = 1.0
TRIES = 3
SILENT = (10, 11)  # a gateway answers, the unit does not
TABLES = ("holding", "input", "coil", "discrete")
if TYPE_CHECKING:
    from pymodbus.pdu import ModbusPDU

Client = AsyncModbusTcpClient | AsyncModbusSerialClient


async def discover(
    device: DeviceConfig,
    plan: Plan,
    bounds: Bounds,
    tables: tuple[str, ...],
    now: Callable[[], int],
    progress: Progress,
) -> Found:
    """What the device holds and what it seems to mean. Raises DriverError.

    `device` is the connection and the unit; its tags do not matter.
    """
    progress("scanning", 0.0)
    async with _client(device) as client:
        scanner = Scanner(_asker(client, device, bounds, progress), bounds)
        whole = await scanner.scan(tables)
    notes = _notes(scanner, bounds, whole=whole)
    if not scanner.runs:
        return Found(proposals=(), looks=0, notes=notes)
    driver = ModbusDriver(replace(device, tags=register_tags(scanner.runs)), now)
    await driver.connect()
    try:
        record = await watch(
            driver,
            now=now,
            seconds=plan.watch_s,
            pause_s=plan.pause_s,
            progress=lambda share: progress("watching", share),
        )
    finally:
        await driver.close()
    places = register_places(record, scanner.runs)
    return Found(proposals=propose(places), looks=len(record.times), notes=notes)


def _notes(scanner: Scanner, bounds: Bounds, *, whole: bool) -> tuple[str, ...]:
    runs = ", ".join(_words(run) for run in scanner.runs) or "nothing"
    notes = [f"{scanner.requests} requests found: {runs}"]
    if not whole:
        notes.append(f"the scan ended at its bound of {bounds.requests} requests")
    notes.append("after 16 misses in a row only numbers that end in 0 were tried")
    return tuple(notes)


def _words(run: Run) -> str:
    return f"{run.table}:{run.first}-{run.first + run.count - 1}"


@asynccontextmanager
async def _client(device: DeviceConfig) -> AsyncIterator[Client]:
    timeout = (device.timeout_ms or TIMEOUT_S * 1000) / 1000
    client = _made(device, timeout)
    try:
        if not await client.connect():
            raise Unreachable(device.url, "no connection: nothing listens there")
        yield client
    finally:
        client.close()
        await asyncio.sleep(0)  # lets the transport close before its loop may end


def _made(device: DeviceConfig, timeout: float) -> Client:
    scheme, _, rest = device.url.partition("://")
    if scheme == "modbus.rtu":
        line = device.serial or SerialConfig()
        return AsyncModbusSerialClient(
            rest,
            baudrate=line.baudrate,
            bytesize=line.bytesize,
            parity=line.parity[0].upper(),
            stopbits=line.stopbits,
            timeout=timeout,
            retries=0,
            reconnect_delay=0,
        )
    framer = FramerType.RTU if scheme == "modbus.rtu+tcp" else FramerType.SOCKET
    place = endpoint(device.url)
    return AsyncModbusTcpClient(
        place.host, port=place.port, framer=framer, timeout=timeout, retries=0, reconnect_delay=0
    )


def _asker(
    client: Client, device: DeviceConfig, bounds: Bounds, progress: Progress
) -> Callable[[str, int, int], Awaitable[bool]]:
    readers: dict[str, Callable[..., Awaitable[ModbusPDU]]] = {
        "holding": client.read_holding_registers,
        "input": client.read_input_registers,
        "coil": client.read_coils,
        "discrete": client.read_discrete_inputs,
    }
    spread = bounds.last + 1 - bounds.first

    async def ask(table: str, first: int, count: int) -> bool:
        progress("scanning", (first - bounds.first) / spread)
        for _ in range(TRIES):  # a lost answer must not hide a register
            try:
                reply = await readers[table](first, count=count, device_id=device.unit)
            except (ModbusException, OSError):
                if not client.connected and not await client.connect():
                    break
                continue
            if reply.isError() and reply.exception_code in SILENT:
                break
            return not reply.isError()
        raise Unreachable(device.url, f"unit {device.unit} does not answer")

    return ask
