"""The lines in use, one for each serial port or address in each event loop."""

import asyncio
from pathlib import Path
from weakref import WeakKeyDictionary

from plc_drivers.configuration import DeviceConfig, SerialConfig
from plc_drivers.modbus.endpoint import Endpoint, endpoint
from plc_drivers.modbus.line import Line, NoAnswer

_LINES: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Endpoint, Line]] = WeakKeyDictionary()


def enter(device: DeviceConfig) -> Line:
    """The line of a device, in use until `leave`; NoAnswer if its settings do not fit."""
    place = _one_name(endpoint(device.url))
    lines = _LINES.setdefault(asyncio.get_running_loop(), {})
    line = lines.get(place)
    if line is None:
        line = lines[place] = Line(place, device.serial, lambda: _forget(lines, place))
    if place.serial and not line.set(device.serial or SerialConfig()):
        raise NoAnswer(f"{place} is in use with other serial settings: write the same for all")
    line.enter()
    return line


def _one_name(place: Endpoint) -> Endpoint:
    """A serial port by one name: /dev/serial/by-id/... are links to it."""
    return Endpoint(place.scheme, str(Path(place.host).resolve())) if place.serial else place


def _forget(lines: dict[Endpoint, Line], place: Endpoint) -> None:
    lines.pop(place, None)
