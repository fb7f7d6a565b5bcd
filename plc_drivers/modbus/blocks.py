"""Tags to requests: as few as the device's limit allows, and no value in two of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from plc_drivers.configuration import TagConfig
from plc_drivers.modbus.address import BIT_TABLES, Address, parse_address, width

BITS_PER_REGISTER = 16


@dataclass(frozen=True, slots=True)
class Span:
    """The registers (or coils) of one tag; `index` is the tag's place in the configuration."""

    index: int
    address: Address
    count: int

    @property
    def start(self) -> int:
        return self.address.number

    @property
    def end(self) -> int:
        return self.start + self.count


@dataclass(frozen=True, slots=True)
class Block:
    """One read request: a run of one table that holds whole spans, gaps included."""

    table: str
    start: int
    count: int
    spans: tuple[Span, ...]


def spans_of(tags: Sequence[TagConfig]) -> tuple[Span, ...]:
    """A span for each tag, in their order."""
    return tuple(
        Span(index, parse_address(tag.address), width(tag)) for index, tag in enumerate(tags)
    )


def coalesce(spans: Iterable[Span], max_registers: int) -> tuple[Block, ...]:
    """The fewest blocks, each at most `max_registers` long (coils: 16 times as many).

    Gaps between tags are read too: one request is one snapshot, which is worth more than
    the few bytes of a gap. A span is never split.
    """
    groups: list[list[Span]] = []
    for span in sorted(spans, key=lambda each: (each.address.table, each.start, each.end)):
        if groups and _fits(groups[-1], span, max_registers):
            groups[-1].append(span)
        else:
            groups.append([span])
    return tuple(_block(group) for group in groups)


def split(block: Block) -> tuple[Block, Block]:
    """The block cut in two at its widest gap, or in the middle if it has none.

    For a device that refuses a block: it lacks the registers of a gap, or those of a tag.
    The block must hold more than one span.
    """
    spans = block.spans
    gaps = [
        (spans[at].start - max(span.end for span in spans[:at]), -abs(2 * at - len(spans)), at)
        for at in range(1, len(spans))
    ]
    _, _, at = max(gaps)
    return _block(spans[:at]), _block(spans[at:])


def _fits(group: Sequence[Span], span: Span, max_registers: int) -> bool:
    first = group[0]
    table = first.address.table
    limit = max_registers * (BITS_PER_REGISTER if table in BIT_TABLES else 1)
    return span.address.table == table and span.end - first.start <= limit


def _block(spans: Sequence[Span]) -> Block:
    start = spans[0].start
    end = max(span.end for span in spans)
    return Block(spans[0].address.table, start, end - start, tuple(spans))
