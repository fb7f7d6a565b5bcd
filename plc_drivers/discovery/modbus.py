"""Discovers a Modbus device: scan, watch, propose. Read only."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

from plc_drivers.configuration import DeviceConfig
from plc_drivers.discovery.found import Found, Plan, Progress
from plc_drivers.discovery.places import register_places, register_tags
from plc_drivers.discovery.roles import propose
from plc_drivers.discovery.scan import Bounds, Run, Scanner
from plc_drivers.discovery.watching import watch
from plc_drivers.errors import Unreachable
from plc_drivers.modbus.blocks import Block
from plc_drivers.modbus.driver import TIMEOUT_MS, ModbusDriver
from plc_drivers.modbus.exceptions import Reaction, describe, reaction
from plc_drivers.modbus.line import Line, NoAnswer
from plc_drivers.modbus.lines import enter
from plc_drivers.modbus.requests import reading

TRIES = 3


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
    async with _line(device) as line:
        scanner = Scanner(_asker(line, device, bounds, progress), bounds)
        whole = await scanner.scan(tables)
    notes = _notes(scanner, bounds, whole=whole)
    if not scanner.runs:
        return Found(proposals=(), looks=0, notes=notes)
    driver = ModbusDriver(replace(device, tags=register_tags(scanner.runs)), now)
    record = await watch(driver, plan, now, progress)
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
async def _line(device: DeviceConfig) -> AsyncIterator[Line]:
    line = enter(device)
    try:
        await line.open(device.unit, _limit(device))
        yield line
    except NoAnswer as error:
        raise Unreachable(device.url, str(error)) from error
    finally:
        await line.leave()


def _limit(device: DeviceConfig) -> float:
    return (device.timeout_ms or TIMEOUT_MS) / 1000


def _asker(
    line: Line, device: DeviceConfig, bounds: Bounds, progress: Progress
) -> Callable[[str, int, int], Awaitable[bool]]:
    spread = bounds.last + 1 - bounds.first

    async def ask(table: str, first: int, count: int) -> bool:
        progress("scanning", (first - bounds.first) / spread)
        request = reading(Block(table, first, count, ()), device.unit)
        for left in reversed(range(TRIES)):  # a lost answer must not hide a register
            try:
                reply = await line.ask(request, _limit(device))
            except NoAnswer:
                if not left:
                    raise
                await line.open(device.unit, _limit(device))
                continue
            kind = reaction(reply.exception_code) if reply.exception_code else None
            if kind is Reaction.SILENCE:
                raise Unreachable(device.url, describe(reply.exception_code))
            if kind is not Reaction.BUSY:
                return kind is None
            await asyncio.sleep(bounds.pause_s)
        return False

    return ask
