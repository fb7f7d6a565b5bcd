"""Our reading of replies finds what the library finds, and nothing in what is cut or broken."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import struct_to_binary
from asyncua.ua.uaerrors import UaStatusCodeError
from hypothesis import given
from hypothesis import strategies as st

from plc_drivers.opcua.wire import ARRAY, NO_VALUE, Broken, Held, moment, read_values, told

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
BITS = {"SByte": 8, "Int16": 16, "Int32": 32, "Int64": 64}
SINCE = datetime(1601, 1, 1, tzinfo=UTC)
DATES = st.integers(1, 265_000_000_000_000_000).map(
    lambda micros: SINCE + timedelta(microseconds=micros)
)
SCALARS = st.one_of(
    st.builds(ua.Variant, st.booleans(), st.just(ua.VariantType.Boolean)),
    *(
        st.builds(
            ua.Variant,
            st.integers(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1),
            st.just(ua.VariantType[name]),
        )
        for name, bits in BITS.items()
    ),
    *(
        st.builds(ua.Variant, st.integers(0, 2**bits - 1), st.just(ua.VariantType[name]))
        for name, bits in (("Byte", 8), ("UInt16", 16), ("UInt32", 32), ("UInt64", 64))
    ),
    st.builds(ua.Variant, st.floats(width=32, allow_nan=False), st.just(ua.VariantType.Float)),
    st.builds(ua.Variant, st.floats(allow_nan=False), st.just(ua.VariantType.Double)),
    st.builds(ua.Variant, st.text(max_size=20) | st.none(), st.just(ua.VariantType.String)),
    st.builds(ua.Variant, DATES, st.just(ua.VariantType.DateTime)),
)
OTHERS = st.one_of(
    st.builds(ua.Variant, st.lists(st.integers(0, 65535)), st.just(ua.VariantType.UInt16)),
    st.builds(
        ua.Variant, st.lists(st.text(max_size=5), min_size=1), st.just(ua.VariantType.String)
    ),
    st.just(ua.Variant(ua.LocalizedText("Presse", "de"))),
    st.just(ua.Variant(ua.NodeId(ua.Int32(7)), ua.VariantType.NodeId)),
    st.none(),
)
MOMENTS = st.none() | st.integers(1, 2 * 10**15).map(
    lambda micros: EPOCH + timedelta(microseconds=micros)
)
STATUSES = st.sampled_from([0, 0x480, 0x002F0000, 0x40920000, 0x80340000])


@st.composite
def data_values(draw: st.DrawFn) -> ua.DataValue:
    return ua.DataValue(
        draw(SCALARS | OTHERS),
        ua.StatusCode(ua.UInt32(draw(STATUSES))),
        SourceTimestamp=draw(MOMENTS),  # type: ignore[arg-type]
        ServerTimestamp=draw(MOMENTS),  # type: ignore[arg-type]
    )


def expected(data: ua.DataValue) -> Held:
    variant = data.Value
    kind = NO_VALUE if variant is None else int(variant.VariantType.value)
    if variant is not None and variant.is_array:
        kind |= ARRAY
    assert data.StatusCode is not None
    value = None if variant is None else variant.Value
    if isinstance(value, datetime):
        value = (value - SINCE) // timedelta(microseconds=1) * 10  # ticks
    return Held(
        kind,
        value,
        int(data.StatusCode.value),
        micros(data.SourceTimestamp),
        micros(data.ServerTimestamp),
    )


def micros(moment: datetime | None) -> int | None:
    if moment is None:
        return None
    return (moment.replace(tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)


def publish(values: list[ua.DataValue], *more: object) -> bytes:
    response = ua.PublishResponse()
    response.Parameters.SubscriptionId = ua.IntegerId(9)
    response.Parameters.AvailableSequenceNumbers = [ua.Counter(3), ua.Counter(4)]
    message = response.Parameters.NotificationMessage
    message.SequenceNumber = ua.Counter(4)
    changes = ua.DataChangeNotification()
    changes.MonitoredItems = [
        ua.MonitoredItemNotification(ua.IntegerId(handle), value)
        for handle, value in enumerate(values)
    ]
    message.NotificationData = [*([changes] if values else []), *more]
    return struct_to_binary(response)


@given(st.lists(data_values(), max_size=4))
def test_a_read_is_read_as_the_library_reads_it(values: list[ua.DataValue]) -> None:
    reply = struct_to_binary(ua.ReadResponse(Results=values))
    assert read_values(Buffer(reply)) == [expected(value) for value in values]


@given(st.lists(data_values(), min_size=1, max_size=4))
def test_a_message_holds_every_value_in_order(values: list[ua.DataValue]) -> None:
    found = told(Buffer(publish(values)))
    assert (found.subscription, found.sequence, found.keep_alive) == (9, 4, False)
    assert found.values == tuple(enumerate(expected(value) for value in values))


def test_a_keep_alive_and_an_end_hold_no_values() -> None:
    assert told(Buffer(publish([]))).keep_alive
    end = ua.StatusChangeNotification(Status=ua.StatusCode(ua.UInt32(0x800A0000)))
    value = ua.DataValue(ua.Variant(1, ua.VariantType.Int16))
    found = told(Buffer(publish([value], end)))
    assert (found.ended, found.keep_alive, len(found.values)) == (0x800A0000, False, 1)


@given(st.lists(data_values(), min_size=1, max_size=3), st.data())
def test_what_is_cut_off_is_broken(values: list[ua.DataValue], data: st.DataObject) -> None:
    whole = publish(values)
    length = data.draw(st.integers(60, len(whole) - 20))
    with pytest.raises(Broken):
        told(Buffer(whole[:length]))


@given(st.lists(data_values(), min_size=1, max_size=3), st.data())
def test_a_broken_byte_never_raises_anything_else(
    values: list[ua.DataValue], data: st.DataObject
) -> None:
    whole = bytearray(publish(values))
    at = data.draw(st.integers(24, len(whole) - 1))
    whole[at] ^= data.draw(st.integers(1, 255))
    with suppress(Broken, UaStatusCodeError):
        told(Buffer(bytes(whole)))


def test_a_fault_of_the_service_is_raised() -> None:
    response = ua.ReadResponse()
    response.ResponseHeader.ServiceResult = ua.StatusCode(ua.UInt32(0x80250000))
    with pytest.raises(UaStatusCodeError):
        read_values(Buffer(struct_to_binary(response)))


@pytest.mark.parametrize("value", [b"\x05\x39\x05", b"\x0c\x02\x00\x00\x00on"])
def test_picoseconds_follow_their_own_time(value: bytes) -> None:
    """OPC 10000-6, table 21; the library puts both behind both times, and reads others wrongly."""
    empty = struct_to_binary(ua.ReadResponse())[:-8]
    ticks = (116_444_736_000_000_000 + 10_000_000).to_bytes(8, "little")
    later = (116_444_736_000_000_000 + 20_000_000).to_bytes(8, "little")
    data = b"\x3f" + value + b"\x80\x04\x00\x00" + ticks + b"\x05\x00" + later + b"\x07\x00"
    reply = empty + b"\x01\x00\x00\x00" + data + b"\xff\xff\xff\xff"
    (found,) = read_values(Buffer(reply))
    assert found.value in (1337, "on")
    assert (found.status, found.source, found.server) == (0x480, 1_000_000, 2_000_000)


@given(st.integers(0, 10**17))
def test_a_moment_is_microseconds_and_none_is_before_1970(since: int) -> None:
    ticks = (EPOCH - SINCE) // timedelta(microseconds=1) * 10
    assert moment(ticks + 10 * since + 9) == since
    with pytest.raises(ValueError, match="no time"):
        moment(0)
