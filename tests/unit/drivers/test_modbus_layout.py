"""A compiled block tells what each of its tags alone would: any types, orders, overlaps, scales."""

import math
from collections.abc import Sequence
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from plc_drivers.configuration import TagConfig
from plc_drivers.data_types import BYTE_ORDERS
from plc_drivers.modbus.address import Address
from plc_drivers.modbus.blocks import Limits, coalesce, spans_of
from plc_drivers.modbus.codec import FORMATS
from plc_drivers.modbus.layout import Layout
from plc_drivers.reading import Quality, Value
from tests.unit.drivers.one_tag import decode

KINDS = sorted(FORMATS.keys() - {"bool"})
SCALES = st.sampled_from([Decimal(1), Decimal("0.1"), Decimal(-3), Decimal("1e-9")])


@st.composite
def tags(draw: st.DrawFn) -> tuple[TagConfig, ...]:
    return tuple(draw(a_tag(f"t{index}")) for index in range(draw(st.integers(1, 20))))


@st.composite
def a_tag(draw: st.DrawFn, name: str) -> TagConfig:
    at = draw(st.integers(0, 100))
    shape = draw(st.sampled_from(["number", "string", "bit"]))
    if shape == "bit":
        return TagConfig(id=name, address=f"holding:{at}.{draw(st.integers(0, 15))}", type="bool")
    if shape == "string":
        order, length = draw(st.sampled_from(["ABCD", "BADC"])), draw(st.integers(1, 9))
        return TagConfig(
            id=name, address=f"holding:{at}", type="string", order=order, length=length
        )
    return TagConfig(
        id=name,
        address=f"holding:{at}",
        type=draw(st.sampled_from(KINDS)),
        order=draw(st.sampled_from(BYTE_ORDERS)),
        scale=draw(SCALES),
        offset=draw(SCALES),
    )


def alone(tag: TagConfig, address: Address, words: Sequence[int]) -> tuple[Value, str]:
    """The value of one tag, or why it has none."""
    try:
        return decode(tag, address, words), ""
    except ValueError as error:
        return None, str(error)


@given(tags(), st.binary(min_size=250, max_size=250))
def test_a_block_tells_what_its_tags_alone_would(
    configured: tuple[TagConfig, ...], image: bytes
) -> None:
    spans = spans_of(configured)
    for block in coalesce(spans, Limits()):
        layout = Layout(block, configured, 1)
        data = image[2 * block.start : 2 * (block.start + block.count)]
        readings = layout.readings(data, 5)
        assert sorted(layout.indexes) == sorted(span.index for span in block.spans)
        for index, reading in zip(layout.indexes, readings, strict=True):
            span = spans[index]
            raw = image[2 * span.start : 2 * span.end]
            words = [int.from_bytes(raw[at : at + 2]) for at in range(0, len(raw), 2)]
            assert (reading.tag, reading.edge_time) == (configured[index].id, 5)
            value, fault = alone(configured[index], span.address, words)
            quality = Quality.BAD if fault else Quality.GOOD
            assert (reading.value, reading.quality) == (value, quality)
            assert type(reading.value) is type(value)
            assert reading.detail.endswith(fault)


@given(
    st.sets(st.integers(0, 1999), min_size=1, max_size=30), st.binary(min_size=250, max_size=250)
)
def test_coils_are_the_bits_of_the_answer_the_lowest_first(places: set[int], image: bytes) -> None:
    configured = tuple(
        TagConfig(id=str(at), address=f"coil:{at}", type="bool") for at in sorted(places)
    )
    (block,) = coalesce(spans_of(configured), Limits())
    bits = int.from_bytes(image, "little") >> block.start
    data = (bits & (1 << block.count) - 1).to_bytes(math.ceil(block.count / 8), "little")
    readings = Layout(block, configured, 1).readings(data, 5)
    assert [one.value for one in readings] == [
        bool(image[at // 8] >> at % 8 & 1) for at in sorted(places)
    ]


def test_a_bcd_digit_above_nine_is_a_bad_reading_and_spoils_no_other() -> None:
    configured = (
        TagConfig(id="count", address="holding:0", type="bcd16"),
        TagConfig(id="state", address="holding:1", type="uint16"),
    )
    (block,) = coalesce(spans_of(configured), Limits())
    layout = Layout(block, configured, 1)
    count, state = layout.readings(bytes.fromhex("1A340006"), 5)
    assert (count.value, count.quality) == (None, Quality.BAD)
    assert "no value of type bcd16" in count.detail
    assert state.value == 6
    assert layout.readings(bytes.fromhex("12340006"), 5)[0].value == 1234
