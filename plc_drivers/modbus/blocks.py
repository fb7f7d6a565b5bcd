"""Tags to requests: as few as the device's limits allow, and no value in two of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from plc_drivers.configuration import MAX_BITS, MAX_REGISTERS, DeviceConfig, TagConfig
from plc_drivers.modbus.address import BIT_TABLES, Address, parse_address, width
from plc_drivers.modbus.forbidden import Forbidden, parse_forbidden

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


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one request may hold: registers, bits, the widest gap, and where it never goes.

    `max_gap` counts registers; a gap of coils may be 16 times as wide.
    """

    max_registers: int = MAX_REGISTERS
    max_bits: int = MAX_BITS
    max_gap: int = MAX_REGISTERS
    forbidden: tuple[Forbidden, ...] = ()

    def length(self, table: str) -> int:
        return self.max_bits if table in BIT_TABLES else self.max_registers

    def gap(self, table: str) -> int:
        return self.max_gap * (BITS_PER_REGISTER if table in BIT_TABLES else 1)

    def blocked(self, table: str, start: int, end: int) -> Forbidden | None:
        """The first range that `start` to before `end` would enter."""
        return next((one for one in self.forbidden if one.meets(table, start, end)), None)


def limits_of(device: DeviceConfig) -> Limits:
    """The limits of a device whose configuration is sound."""
    return Limits(
        max_registers=device.max_registers,
        max_bits=device.max_bits,
        max_gap=device.max_gap,
        forbidden=tuple(parse_forbidden(text) for text in device.forbidden),
    )


def spans_of(tags: Sequence[TagConfig]) -> tuple[Span, ...]:
    """A span for each tag, in their order."""
    return tuple(
        Span(index, parse_address(tag.address), width(tag)) for index, tag in enumerate(tags)
    )


def coalesce(spans: Iterable[Span], limits: Limits) -> tuple[Block, ...]:
    """The fewest blocks within the limits, none into a forbidden range.

    Gaps between tags are read too: one request is one snapshot, which is worth more than
    the few bytes of a gap. A span is never split.
    """
    groups: list[list[Span]] = []
    end = 0
    for span in sorted(spans, key=lambda each: (each.address.table, each.start, each.end)):
        if groups and _fits(groups[-1][0], end, span, limits):
            groups[-1].append(span)
            end = max(end, span.end)
        else:
            groups.append([span])
            end = span.end
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


def _fits(first: Span, end: int, span: Span, limits: Limits) -> bool:
    """Whether a span may join the block that goes from `first` to before `end`."""
    table = first.address.table
    return (
        span.address.table == table
        and max(end, span.end) - first.start <= limits.length(table)
        and span.start - end <= limits.gap(table)
        and not limits.blocked(table, end, span.start)
    )


def _block(spans: Sequence[Span]) -> Block:
    start = spans[0].start
    end = max(span.end for span in spans)
    return Block(spans[0].address.table, start, end - start, tuple(spans))
