"""A block compiled once: where each tag lies in the answer, and how all are taken out at once."""

import struct
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import repeat
from operator import itemgetter
from typing import Any

from plc_drivers.configuration import TagConfig
from plc_drivers.modbus.address import BIT_TABLES
from plc_drivers.modbus.blocks import Block, Span
from plc_drivers.modbus.codec import Convert, Field, field_of
from plc_drivers.modbus.requests import Request, reading
from plc_drivers.reading import Quality, Reading

_NONE, _GOOD, _FINE = repeat(None), repeat(Quality.GOOD), repeat("")
# What Reading._make does, without a call of Python for each tag.
_reading: Callable[[tuple[object, ...]], Reading] = partial(tuple.__new__, Reading)
Take = Callable[[bytes], list[Any]]


class Layout:
    """A block, the request that reads it, and its tags in the order in which they are taken out.

    `indexes` are their places in the configuration.
    """

    def __init__(self, block: Block, tags: Sequence[TagConfig], unit: int) -> None:
        self.block = block
        self.request: Request = reading(block, unit)
        spans, self._take, self._converts = (
            _bits(block) if block.table in BIT_TABLES else _registers(block, tags)
        )
        self._tags = [tags[span.index] for span in spans]
        self._names = [tag.id for tag in self._tags]
        self.indexes = [span.index for span in spans]

    def readings(self, data: bytes, now: int) -> list[Reading]:
        """A reading of each tag, of data as long as the request says, that came at `now`."""
        values = self._take(data)
        faults: list[tuple[int, str]] = []
        for at, convert in self._converts:
            try:
                values[at] = convert(values[at])
            except ValueError as error:
                faults.append((at, f"no value of type {self._tags[at].type}: {error}"))
        rows = zip(self._names, values, _GOOD, _NONE, _NONE, repeat(now), _FINE)
        found = list(map(_reading, rows))
        for at, detail in faults:
            found[at] = _bad(self._names[at], detail, now)
        return found

    def bad(self, detail: str, now: int) -> list[Reading]:
        """A bad reading of each tag."""
        return [_bad(name, detail, now) for name in self._names]


def _bad(name: str, detail: str, now: int) -> Reading:
    return Reading(name, None, Quality.BAD, None, None, now, detail)


def _bits(block: Block) -> tuple[list[Span], Take, list[tuple[int, Convert]]]:
    """Coils: bit n of the answer, the lowest first in each byte."""
    masks = [1 << span.start - block.start for span in block.spans]

    def take(data: bytes) -> list[Any]:
        bits = int.from_bytes(data, "little")
        return [bits & mask != 0 for mask in masks]

    return list(block.spans), take, []


def _registers(
    block: Block, tags: Sequence[TagConfig]
) -> tuple[list[Span], Take, list[tuple[int, Convert]]]:
    """Registers: straight fields by one struct with gaps; all others (bytes in another order,
    or a register that another tag has too) are gathered, and taken by a second one."""
    straight, others = _sorted_out(block, tags)
    fields = [field for _, field in (*straight, *others)]
    converts = [(at, one.convert) for at, one in enumerate(fields) if one.convert is not None]
    spans = [span for span, _ in (*straight, *others)]
    return spans, _taking(_gapped(block, straight), *_gathered(block, others)), converts


def _sorted_out(
    block: Block, tags: Sequence[TagConfig]
) -> tuple[list[tuple[Span, Field]], list[tuple[Span, Field]]]:
    straight: list[tuple[Span, Field]] = []
    others: list[tuple[Span, Field]] = []
    end = block.start
    for span in sorted(block.spans, key=lambda each: each.start):
        field = field_of(tags[span.index], span.address)
        if field.straight and span.start >= end:
            straight.append((span, field))
            end = span.end
        else:
            others.append((span, field))
    return straight, others


def _gapped(block: Block, fields: Iterable[tuple[Span, Field]]) -> struct.Struct:
    form, at = ">", block.start
    for span, field in fields:
        form += f"{2 * (span.start - at)}x{field.form}"
        at = span.end
    return struct.Struct(f"{form}{2 * (block.start + block.count - at)}x")


def _gathered(
    block: Block, fields: Sequence[tuple[Span, Field]]
) -> tuple[struct.Struct, Callable[[bytes], tuple[int, ...]] | None]:
    places = [
        2 * (span.start - block.start) + place for span, field in fields for place in field.places
    ]
    form = ">" + "".join(field.form for _, field in fields)
    return struct.Struct(form), itemgetter(*places) if places else None


def _taking(
    straight: struct.Struct,
    gathered: struct.Struct,
    gather: Callable[[bytes], tuple[int, ...]] | None,
) -> Take:
    if gather is None:
        return lambda data: list(straight.unpack(data))
    return lambda data: [*straight.unpack(data), *gathered.unpack(bytes(gather(data)))]
