"""What Modbus TCP demands of a configuration; loads no protocol library."""

from urllib.parse import urlsplit

from plc_drivers.configuration import DeviceConfig, TagConfig
from plc_drivers.errors import Problem
from plc_drivers.modbus.address import (
    BIT_TABLES,
    LAST,
    WRITABLE_TABLES,
    Address,
    parse_address,
    width,
)

SCHEME = "modbus.tcp"
DEFAULT_PORT = 502
MAX_WRITE_REGISTERS = 123
_ADDRESS_MEND = "write a table and a number from 0, for example holding:100, input:20, coil:3"


def device_problems(device: DeviceConfig) -> tuple[Problem, ...]:
    """What is wrong with the url, and with tags that one request cannot hold."""
    wide = [
        Problem(
            f"tag[{index}].address",
            tag.address,
            f"takes {width(tag)} registers, more than max_registers = {device.max_registers}",
            "raise max_registers: a value is never read in two requests",
        )
        for index, tag in enumerate(device.tags)
        if width(tag) > device.max_registers
    ]
    return (*_url_problems(device.url), *wide)


def tag_problems(tag: TagConfig) -> tuple[Problem, ...]:
    """What is wrong with the address of one tag, and with what goes with it."""
    try:
        address = parse_address(tag.address)
    except ValueError as error:
        return (Problem("address", tag.address, str(error), _ADDRESS_MEND),)
    found = (
        _bool_problem(tag, address),
        _string_problem(tag),
        _end_problem(tag, address),
        _write_problem(tag, address),
    )
    return tuple(problem for problem in found if problem)


def place(tag: TagConfig) -> str:
    """The address in its one spelling."""
    return str(parse_address(tag.address))


def endpoint(url: str) -> tuple[str, int]:
    """Host and port of a url; ValueError if it is none."""
    parts = urlsplit(url)
    if parts.scheme != SCHEME or not parts.hostname or parts.path or parts.query:
        raise ValueError("is no Modbus TCP url")
    return parts.hostname, parts.port or DEFAULT_PORT


def _url_problems(url: str) -> tuple[Problem, ...]:
    try:
        endpoint(url)
    except ValueError as error:
        mend = "write modbus.tcp://HOST:PORT, for example modbus.tcp://192.168.0.10:502"
        return (Problem("url", url, str(error), mend),)
    return ()


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
