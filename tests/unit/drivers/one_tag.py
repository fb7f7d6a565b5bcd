"""One tag taken out of its registers, field by field: what a block must tell of it, too."""

import struct
from collections.abc import Sequence

from plc_drivers.configuration import TagConfig
from plc_drivers.modbus.address import Address
from plc_drivers.modbus.codec import field_of
from plc_drivers.reading import Value


def decode(tag: TagConfig, address: Address, registers: Sequence[int]) -> Value:
    """The value in exactly the registers of a tag; ValueError if they hold none of its type."""
    field = field_of(tag, address)
    raw = struct.pack(f">{len(registers)}H", *registers)
    (held,) = struct.unpack(f">{field.form}", bytes(raw[place] for place in field.places))
    value: Value = field.convert(held) if field.convert else held
    return value
