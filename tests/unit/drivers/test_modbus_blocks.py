"""Coalescing: every tag in exactly one block, none torn, limits kept, few requests."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plc_drivers.configuration import TagConfig
from plc_drivers.modbus.address import BIT_TABLES
from plc_drivers.modbus.blocks import Block, Limits, Span, coalesce, spans_of, split
from plc_drivers.modbus.forbidden import Forbidden, parse_forbidden

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


TABLES = st.sampled_from(["holding", "input", "coil", "discrete"])


@st.composite
def forbidden_ranges(draw: st.DrawFn) -> Forbidden:
    first = draw(st.integers(0, 420) | st.integers(60_000, 65_535))
    return Forbidden(draw(TABLES), first, min(65_535, first + draw(st.integers(0, 40))))


@st.composite
def limits(draw: st.DrawFn) -> Limits:
    return Limits(
        max_registers=draw(st.integers(4, 125)),
        max_bits=draw(st.integers(1, 2000)),
        max_gap=draw(st.integers(0, 125)),
        forbidden=tuple(draw(st.lists(forbidden_ranges(), max_size=4))),
    )


def allowed(tags: tuple[TagConfig, ...], within: Limits) -> tuple[TagConfig, ...]:
    """The tags that no range forbids: a configuration with others is refused."""
    return tuple(
        tag
        for tag, span in zip(tags, spans_of(tags), strict=True)
        if not within.blocked(span.address.table, span.start, span.end)
    )


def check(blocks: tuple[Block, ...], spans: tuple[Span, ...], within: Limits) -> None:
    assert sorted(span.index for block in blocks for span in block.spans) == list(range(len(spans)))
    for block in blocks:
        end = block.start + block.count
        assert 0 < block.count <= within.length(block.table)
        assert end <= 65_536
        assert within.blocked(block.table, block.start, end) is None
        covered = block.start
        for span in sorted(block.spans, key=lambda each: each.start):
            assert span.address.table == block.table
            assert block.start <= span.start
            assert span.end <= end
            assert span.start - covered <= within.gap(block.table)
            covered = max(covered, span.end)


@given(tag_lists(), limits())
def test_every_tag_is_whole_in_one_block_within_all_limits(
    tags: tuple[TagConfig, ...], within: Limits
) -> None:
    spans = spans_of(allowed(tags, within))
    check(coalesce(spans, within), spans, within)


@given(tag_lists(), limits())
def test_no_two_neighbouring_blocks_would_fit_into_one(
    tags: tuple[TagConfig, ...], within: Limits
) -> None:
    blocks = coalesce(spans_of(allowed(tags, within)), within)
    for left, right in itertools.pairwise(blocks):
        if left.table == right.table:
            first, end = right.spans[0], left.start + left.count
            too_long = first.end - left.start > within.length(left.table)
            too_far = first.start - end > within.gap(left.table)
            assert too_long or too_far or within.blocked(left.table, end, first.start)


@given(tag_lists(), limits())
def test_cutting_goes_on_until_each_tag_stands_alone(
    tags: tuple[TagConfig, ...], within: Limits
) -> None:
    spans = spans_of(allowed(tags, within))
    waiting, alone = list(coalesce(spans, within)), []
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
    check(tuple(alone), spans, within)


def test_a_block_is_cut_at_its_widest_gap_and_else_in_the_middle() -> None:
    def cut(*numbers: int) -> list[list[int]]:
        tags = [TagConfig(id=str(n), address=f"holding:{n}", type="uint16") for n in numbers]
        (block,) = coalesce(spans_of(tags), Limits())
        return [[span.start for span in part.spans] for part in split(block)]

    assert cut(0, 1, 5, 100, 107) == [[0, 1, 5], [100, 107]]
    assert cut(0, 1, 2, 3) == [[0, 1], [2, 3]]


def starts(within: Limits, *numbers: int) -> list[list[int]]:
    tags = [TagConfig(id=str(n), address=f"holding:{n}", type="uint16") for n in numbers]
    return [[span.start for span in block.spans] for block in coalesce(spans_of(tags), within)]


def test_a_gap_is_read_along_up_to_its_limit_and_never_through_a_forbidden_range() -> None:
    assert starts(Limits(max_gap=8), 0, 9, 19) == [[0, 9], [19]]
    assert starts(Limits(max_gap=0), 0, 1, 3) == [[0, 1], [3]]
    range_5 = (parse_forbidden("holding:5"),)
    assert starts(Limits(forbidden=range_5), 0, 4, 6, 20) == [[0, 4], [6, 20]]
    elsewhere = (parse_forbidden("input:5-9"), parse_forbidden("holding:21-30"))
    assert starts(Limits(forbidden=elsewhere), 0, 4, 6, 20) == [[0, 4, 6, 20]]


@pytest.mark.parametrize("text", ["holding:9-5", "holding:70000", "holding", "5-9", "coil:1-65536"])
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_forbidden(text)
