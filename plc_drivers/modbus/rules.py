"""What Modbus demands of a configuration; loads no protocol library."""

from collections.abc import Iterator

from plc_drivers.configuration import DeviceConfig, TagConfig
from plc_drivers.data_types import DATA_TYPES
from plc_drivers.errors import Problem
from plc_drivers.modbus.address import (
    BIT_TABLES,
    LAST,
    WRITABLE_TABLES,
    Address,
    parse_address,
    width,
)
from plc_drivers.modbus.blocks import limits_of, spans_of
from plc_drivers.modbus.endpoint import FORMS, endpoint
from plc_drivers.modbus.forbidden import parse_forbidden

MAX_WRITE_REGISTERS = 123
_ADDRESS_MEND = "write a table and a number from 0, for example holding:100, input:20, coil:3"


def device_problems(device: DeviceConfig) -> tuple[Problem, ...]:
    """What is wrong with the url, the ranges, and with tags that no request may hold."""
    faults = tuple(_range_problems(device))
    reach = () if faults else tuple(_reach_problems(device))
    return (*_url_problems(device), *faults, *reach)


def tag_problems(tag: TagConfig) -> tuple[Problem, ...]:
    """What is wrong with the address of one tag, and with what goes with it."""
    try:
        address = parse_address(tag.address)
    except ValueError as error:
        return (Problem("address", tag.address, str(error), _ADDRESS_MEND),)
    if tag.type == "datetime":
        mend = "write an integer type, or take the tag away: Modbus has no type for a moment"
        return (Problem("type", tag.type, "is no type of a register", mend),)
    found = (
        _bool_problem(tag, address),
        _string_problem(tag),
        _end_problem(tag, address),
        _write_problem(tag, address),
        _scale_problem(tag),
    )
    return tuple(problem for problem in found if problem)


def place(tag: TagConfig) -> str:
    """The address in its one spelling."""
    return str(parse_address(tag.address))


def _url_problems(device: DeviceConfig) -> Iterator[Problem]:
    try:
        place = endpoint(device.url)
    except ValueError as error:
        mend = f"write {'; or '.join(FORMS.values())}"
        yield Problem("url", device.url, str(error), mend)
        return
    if device.serial is not None and not place.serial:
        mend = "take [device.serial] away, or write a url modbus.rtu:///dev/..."
        yield Problem("serial", device.url, "is no serial port, so it has no settings", mend)
    if device.unit == 0 and place.rtu:
        mend = "write the unit id of the device, 1 to 247"
        yield Problem("unit", 0, "is the broadcast, which nobody answers", mend)


def _range_problems(device: DeviceConfig) -> Iterator[Problem]:
    for index, text in enumerate(device.forbidden):
        try:
            parse_forbidden(text)
        except ValueError as error:
            mend = "write table:first-last, for example holding:100-199"
            yield Problem(f"forbidden[{index}]", text, str(error), mend)


def _reach_problems(device: DeviceConfig) -> Iterator[Problem]:
    """Tags wider than a request, or inside a range that is never read."""
    limits = limits_of(device)
    for span in spans_of(device.tags):
        table, key = span.address.table, f"tag[{span.index}].address"
        text = device.tags[span.index].address
        if span.count > limits.length(table):
            message = f"takes {span.count} registers, more than max_registers = "
            mend = "raise max_registers: a value is never read in two requests"
            yield Problem(key, text, f"{message}{device.max_registers}", mend)
        elif (within := limits.blocked(table, span.start, span.end)) is not None:
            message = f"lies in forbidden = {within}"
            yield Problem(key, text, message, "take the tag away, or make the range smaller")


def _bool_problem(tag: TagConfig, address: Address) -> Problem | None:
    is_bit = address.table in BIT_TABLES or address.bit is not None
    if is_bit and tag.type != "bool":
        return Problem("type", tag.type, f"does not fit {address}, one bit", 'write "bool"')
    if tag.type == "bool" and not is_bit:
        mend = f"name the bit, for example {address}.0"
        return Problem("address", tag.address, "is a whole register, not a bool", mend)
    if tag.type in ("uint8", "int8"):
        return Problem("type", tag.type, "is no type of a register", 'write "uint16" or "bits"')
    return None


def _string_problem(tag: TagConfig) -> Problem | None:
    if tag.type != "string":
        mend = "leave length out: only strings have one"
        return Problem("length", tag.length, "is not due here", mend) if tag.length else None
    if not 1 <= tag.length <= 2 * MAX_WRITE_REGISTERS:
        mend = f"write the bytes of the string, 1 to {2 * MAX_WRITE_REGISTERS}"
        return Problem("length", tag.length, "is no length of a string", mend)
    if tag.order not in ("ABCD", "BADC"):
        mend = "write ABCD, or BADC if the bytes of each register are swapped"
        return Problem("order", tag.order, "is no order of a string", mend)
    return None


def _end_problem(tag: TagConfig, address: Address) -> Problem | None:
    if address.number + width(tag) - 1 <= LAST:
        return None
    return Problem("address", tag.address, f"ends beyond {LAST}", "write a lower number")


def _write_problem(tag: TagConfig, address: Address) -> Problem | None:
    if tag.write and address.table not in WRITABLE_TABLES:
        mend = "write holding: or coil:, or take write = true away"
        return Problem("write", tag.write, f"is not possible in the table {address.table}", mend)
    if tag.write and address.bit is not None:
        # Writing one bit means writing 15 others as they were a moment ago.
        mend = 'write the whole register, with type = "bits"'
        return Problem("write", tag.write, f"is not possible for the single bit {address}", mend)
    return None


def _scale_problem(tag: TagConfig) -> Problem | None:
    kind = DATA_TYPES[tag.type]
    if not tag.scaled or (kind.bits > 1 and tag.type != "bits"):
        return None
    mend = "take scale and offset away: only numbers have them"
    return Problem("scale", str(tag.scale), f"does not fit the type {tag.type}", mend)
