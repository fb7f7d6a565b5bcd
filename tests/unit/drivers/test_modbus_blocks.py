"""Coalescing: every tag in exactly one block, none torn, limits kept, few requests."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from plc_drivers.configuration import TagConfig
from plc_drivers.modbus.address import BIT_TABLES
from plc_drivers.modbus.blocks import Block, Span, coalesce, spans_of, split

TYPES = {"uint16": 1, "uint32": 2, "float32": 2, "int64": 4}


@st.composite
def tag_lists(draw: st.DrawFn) -> tuple[TagConfig, ...]:
    made = []
    for index in range(draw(st.integers(1, 25))):
        table = draw(st.sampled_from(["holding", "input", "coil", "discrete"]))
        kind = "bool" if table in BIT_TABLES else draw(st.sampled_from(sorted(TYPES)))
        number = draw(st.integers(0, 400) | st.integers(60_000, 65_532))
        made.append(TagConfig(id=f"t{index}", address=f"{table}:{number}", type=kind))
    return tuple(made)


def limit(block: Block, max_registers: int) -> int:
    return max_registers * (16 if block.table in BIT_TABLES else 1)


def check(blocks: tuple[Block, ...], spans: tuple[Span, ...], max_registers: int) -> None:
    assert sorted(span.index for block in blocks for span in block.spans) == list(range(len(spans)))
    for block in blocks:
        assert 0 < block.count <= limit(block, max_registers)
        assert block.start + block.count <= 65_536
        for span in block.spans:
            assert span.address.table == block.table
            assert block.start <= span.start
            assert span.end <= block.start + block.count


@given(tag_lists(), st.integers(4, 125))
def test_every_tag_is_whole_in_one_block_within_the_limit(
    tags: tuple[TagConfig, ...], max_registers: int
) -> None:
    spans = spans_of(tags)
    check(coalesce(spans, max_registers), spans, max_registers)


@given(tag_lists(), st.integers(4, 125))
def test_no_two_neighbouring_blocks_would_fit_into_one(
    tags: tuple[TagConfig, ...], max_registers: int
) -> None:
    blocks = coalesce(spans_of(tags), max_registers)
    for left, right in itertools.pairwise(blocks):
        if left.table == right.table:
            first = right.spans[0]
            assert first.end - left.start > limit(left, max_registers)


@given(tag_lists(), st.integers(4, 125))
def test_cutting_goes_on_until_each_tag_stands_alone(
    tags: tuple[TagConfig, ...], max_registers: int
) -> None:
    spans = spans_of(tags)
    waiting, alone = list(coalesce(spans, max_registers)), []
    while waiting:
        block = waiting.pop()
        if len(block.spans) == 1:
            alone.append(block)
            continue
        left, right = split(block)
        assert left.spans
        assert right.spans
        assert left.spans + right.spans == block.spans
        waiting += [left, right]
    check(tuple(alone), spans, max_registers)


def test_a_block_is_cut_at_its_widest_gap_and_else_in_the_middle() -> None:
    def cut(*numbers: int) -> list[list[int]]:
        tags = [TagConfig(id=str(n), address=f"holding:{n}", type="uint16") for n in numbers]
        (block,) = coalesce(spans_of(tags), 125)
        return [[span.start for span in part.spans] for part in split(block)]

    assert cut(0, 1, 5, 100, 107) == [[0, 1, 5], [100, 107]]
    assert cut(0, 1, 2, 3) == [[0, 1], [2, 3]]
