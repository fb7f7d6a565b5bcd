"""Replies that carry values, decoded straight from their bytes (OPC 10000-6, 5.2).

The library makes four objects a value and looks each field's type up; at thousands of values a
second that is most of the work. Scalars of the simple types are read here in one step; whatever
else comes (arrays, structures, events) is left to the library. Times are microseconds UTC.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from struct import Struct
from typing import Any, NamedTuple

from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua.object_ids import ObjectIds
from asyncua.ua.ua_binary import (
    extensionobject_from_binary,
    nodeid_from_binary,
    struct_from_binary,
    variant_from_binary,
)
from asyncua.ua.uaerrors import UaStatusCodeError

ARRAY = 0x80
NO_VALUE = 0
_STRING = int(ua.VariantType.String)
_FORMATS = {
    int(ua.VariantType.Boolean): "?",
    int(ua.VariantType.SByte): "b",
    int(ua.VariantType.Byte): "B",
    int(ua.VariantType.Int16): "h",
    int(ua.VariantType.UInt16): "H",
    int(ua.VariantType.Int32): "i",
    int(ua.VariantType.UInt32): "I",
    int(ua.VariantType.Int64): "q",
    int(ua.VariantType.UInt64): "Q",
    int(ua.VariantType.Float): "f",
    int(ua.VariantType.Double): "d",
    int(ua.VariantType.DateTime): "q",  # ticks; `moment` makes microseconds of them
}
# Bits of a DataValue's first byte, in the order in which their fields follow.
_VALUE, _STATUS, _SOURCE, _SOURCE_PICO, _SERVER, _SERVER_PICO = 1, 2, 4, 16, 8, 32
_HEAD = Struct("<BB")
_COUNT = Struct("<i")
_HANDLE = Struct("<I")
_DATA_CHANGE = ua.FourByteNodeId(ua.Int32(ObjectIds.DataChangeNotification_Encoding_DefaultBinary))
_TICKS_TO_1970 = 116_444_736_000_000_000  # of 100 ns, since 1601


class Broken(ValueError):
    """A reply that does not hold what it announces."""


class Held(NamedTuple):
    """A DataValue: type of its variant (with ARRAY; NO_VALUE for none), value, status, times."""

    kind: int
    value: Any
    status: int
    source: int | None
    server: int | None


@dataclass(frozen=True)
class Told:
    """One message of a subscription: its sequence number, values by handle, and what else.

    `values` is empty in a keep-alive (`keep_alive`), `ended` the status of a subscription that
    the server has ended, if it tells so.
    """

    subscription: int
    sequence: int
    keep_alive: bool
    values: tuple[tuple[int, Held], ...]
    ended: int | None = None


def moment(ticks: int) -> int:
    """Microseconds UTC of an OPC UA DateTime (100 ns since 1601; OPC 10000-6, 5.2.2.5).

    ValueError before 1970: so a server says that it does not know.
    """
    if ticks < _TICKS_TO_1970:
        raise ValueError("the node tells no time")
    return (ticks - _TICKS_TO_1970) // 10


def read_values(reply: Buffer) -> list[Held]:
    """The values of a ReadResponse. Raises Broken, or UaStatusCodeError for a fault."""
    try:
        data = _after_header(reply)
        (count,) = _COUNT.unpack_from(data, 0)
        at = 4
        found = []
        for _ in range(count):
            held, at = _data_value(data, at)
            found.append(held)
    except UaStatusCodeError:
        raise
    except Exception as error:
        raise Broken(str(error) or type(error).__name__) from error
    return found


def told(reply: Buffer) -> Told:
    """The message of a PublishResponse. Raises Broken, or UaStatusCodeError for a fault."""
    try:
        data = _after_header(reply)
        subscription, available = Struct("<Ii").unpack_from(data, 0)
        at = 8 + 4 * max(available, 0) + 1  # and whether more waits
        sequence, _, parts = Struct("<Iqi").unpack_from(data, at)
        at += 16
        values: list[tuple[int, Held]] = []
        ended = None
        for _ in range(parts):
            buffer = Buffer(data, at)
            kind = nodeid_from_binary(buffer)
            encoding, length = Struct("<Bi").unpack_from(data, buffer.cur_pos)
            body = buffer.cur_pos + 5
            if kind == _DATA_CHANGE and encoding == 1:
                values += _notifications(data, body)
            else:
                other = extensionobject_from_binary(Buffer(data, at))
                if isinstance(other, ua.StatusChangeNotification):
                    ended = int(other.Status.value)
            at = body + max(length, 0)
    except UaStatusCodeError:
        raise
    except Exception as error:
        raise Broken(str(error) or type(error).__name__) from error
    return Told(subscription, sequence, parts <= 0, tuple(values), ended)


def _after_header(reply: Buffer) -> bytes:
    """The body of a reply; a fault of the service is raised."""
    nodeid_from_binary(reply)
    header = struct_from_binary(ua.ResponseHeader, reply)
    header.ServiceResult.check()
    return bytes(reply)


def _notifications(data: bytes, at: int) -> Iterator[tuple[int, Held]]:
    (count,) = _COUNT.unpack_from(data, at)
    at += 4
    for _ in range(count):
        (handle,) = _HANDLE.unpack_from(data, at)
        held, at = _data_value(data, at + 4)
        yield handle, held


def _data_value(data: bytes, at: int) -> tuple[Held, int]:
    mask, kind = _HEAD.unpack_from(data, at)
    layout = _layout(mask, kind)
    if layout is None:
        return _other_value(data, at)
    fields, size, status_at, source_at, server_at = layout
    found = fields.unpack_from(data, at)
    source, server = found[source_at], found[server_at]
    return (
        Held(
            kind,
            found[2],
            found[status_at] if status_at else 0,
            (source - _TICKS_TO_1970) // 10 if source_at and source > _TICKS_TO_1970 else None,
            (server - _TICKS_TO_1970) // 10 if server_at and server > _TICKS_TO_1970 else None,
        ),
        at + size,
    )


@cache
def _layout(mask: int, kind: int) -> tuple[Struct, int, int, int, int] | None:
    """How a DataValue with a simple scalar lies in the bytes, and where its fields are in that.

    None for all others; index 0 for a field that is not there.
    """
    if not mask & _VALUE or kind not in _FORMATS:
        return None
    text, places, at = "<BB" + _FORMATS[kind], dict[int, int](), 3
    optional = ((_STATUS, "I"), (_SOURCE, "q"), (_SOURCE_PICO, "H"), (_SERVER, "q"))
    for bit, letter in (*optional, (_SERVER_PICO, "H")):
        if mask & bit:
            text, places[bit], at = text + letter, at, at + 1
    fields = Struct(text)
    found = (places.get(bit, 0) for bit in (_STATUS, _SOURCE, _SERVER))
    return (fields, fields.size, *found)  # type: ignore[return-value]


def _other_value(data: bytes, at: int) -> tuple[Held, int]:
    """A text, an array, a structure, or no value at all."""
    mask = data[at]
    at += 1
    kind, value = NO_VALUE, None
    if mask & _VALUE and data[at] == _STRING:
        kind = _STRING
        (length,) = _COUNT.unpack_from(data, at + 1)
        at += 5
        if length >= 0:
            if len(data) < at + length:
                raise Broken("a text is cut off")
            value = data[at : at + length].decode()
            at += length
    elif mask & _VALUE:
        kind, value, at = _by_library(data, at)
    status, source, server = 0, None, None
    if mask & _STATUS:
        (status,) = _HANDLE.unpack_from(data, at)
        at += 4
    if mask & _SOURCE:
        source, at = _moment(data, at)
    at += 2 if mask & _SOURCE_PICO else 0
    if mask & _SERVER:
        server, at = _moment(data, at)
    at += 2 if mask & _SERVER_PICO else 0
    return Held(kind, value, status, source, server), at


def _by_library(data: bytes, at: int) -> tuple[int, Any, int]:
    buffer = Buffer(data, at)
    variant = variant_from_binary(buffer)
    kind = int(variant.VariantType.value) | (ARRAY if variant.is_array else 0)
    return kind, variant.Value, buffer.cur_pos


def _moment(data: bytes, at: int) -> tuple[int | None, int]:
    (ticks,) = Struct("<q").unpack_from(data, at)
    since = (ticks - _TICKS_TO_1970) // 10
    return (since if since > 0 else None), at + 8
