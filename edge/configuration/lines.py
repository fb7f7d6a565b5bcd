"""Faults between devices that share a serial line."""

from collections.abc import Iterator

from edge.configuration.faults import Fault, Finder
from edge.configuration.rows import Row
from plc_drivers.configuration import SerialConfig
from plc_drivers.errors import ConfigInvalid


def line_faults(devices: tuple[Row, ...], finder: Finder) -> Iterator[Fault]:
    """Devices on one serial port whose settings of it differ: a port has one of each."""
    first: dict[str, tuple[Row, SerialConfig]] = {}
    for row in devices:
        url, settings = row.get("url"), _settings(row)
        if not isinstance(url, str) or not url.startswith("modbus.rtu:") or settings is None:
            continue
        other, shared = first.setdefault(url, (row, settings))
        if shared != settings:
            message = f"is set otherwise in [device.serial] of {other.key}"
            mend = "write the same [device.serial] for all devices of the port"
            yield finder.fault(row.at("url"), url, message, mend)


def _settings(row: Row) -> SerialConfig | None:
    """The settings of a device's port, None where they are at fault by themselves."""
    table = row.table("serial")
    if not table.sound:
        return None
    try:
        return SerialConfig(**table.data)
    except (ConfigInvalid, TypeError):
        return None
