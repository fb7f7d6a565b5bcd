"""What `taktline read` does: connect to devices, read every tag, print what came."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

import typer

from edge.config import Device
from edge.domain.clock import SystemClock, to_datetime
from plc_drivers.driver import Driver
from plc_drivers.errors import DriverError
from plc_drivers.reading import Reading
from plc_drivers.registry import create

PAUSE_S = 1.0


@dataclass(frozen=True)
class Outcome:
    """One device in one round: its readings, or in `detail` why there are none."""

    device: Device
    readings: tuple[Reading, ...]
    detail: str

    @property
    def reached(self) -> bool:
        return not self.detail


async def read_rounds(
    devices: Sequence[Device], *, once: bool
) -> AsyncIterator[tuple[Outcome, ...]]:
    """Rounds over all devices at the same time, one a second; a single one with `once`."""
    drivers: dict[str, Driver] = {}
    try:
        while True:
            yield tuple(await asyncio.gather(*(_read(device, drivers) for device in devices)))
            if once:
                return
            await asyncio.sleep(PAUSE_S)
    finally:
        await asyncio.gather(*(driver.close() for driver in drivers.values()))


def print_round(outcomes: Sequence[Outcome], *, as_json: bool) -> None:
    """A table for people, or one line of JSON."""
    if as_json:
        document = {"devices": [_as_json(outcome) for outcome in outcomes]}
        typer.echo(json.dumps(document, ensure_ascii=False))
        return
    for outcome in outcomes:
        device = outcome.device
        if not outcome.reached:
            typer.echo(f"{device.id}: cannot be reached: {outcome.detail}", err=True)
            continue
        typer.echo(f"{device.id} ({device.connection.url})")
        for reading in outcome.readings:
            typer.echo(_line(reading))


async def _read(device: Device, drivers: dict[str, Driver]) -> Outcome:
    """Read over the device's open driver, or over a new one if there is none."""
    try:
        if device.id not in drivers:
            drivers[device.id] = create(device.connection, SystemClock().now)
            await drivers[device.id].connect()
        return Outcome(device, await drivers[device.id].poll(), "")
    except DriverError as error:
        driver = drivers.pop(device.id, None)
        if driver is not None:
            await driver.close()
        return Outcome(device, (), str(error))


def _as_json(outcome: Outcome) -> dict[str, object]:
    return {
        "id": outcome.device.id,
        "url": outcome.device.connection.url,
        "reached": outcome.reached,
        "detail": outcome.detail,
        "readings": [
            {**reading._asdict(), "value": _plain(reading.value)} for reading in outcome.readings
        ],
    }


def _plain(value: object) -> object:
    return str(value) if isinstance(value, Decimal) else value


def _line(reading: Reading) -> str:
    value = "-" if reading.value is None else str(reading.value)
    times = "  ".join(
        f"{name} {to_datetime(at).isoformat(timespec='milliseconds')}"
        for name, at in (
            ("source", reading.source_time),
            ("server", reading.server_time),
            ("edge", reading.edge_time),
        )
        if at is not None
    )
    detail = f"  {reading.detail}" if reading.detail else ""
    return f"  {reading.tag:<20} {value:>14}  {reading.quality:<9}  {times}{detail}"
