"""OPC UA data values to readings, and values to typed variants (OPC 10000-4, 7.11)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from asyncua import ua
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.status_codes import StatusCodes

from plc_drivers.configuration import TagConfig
from plc_drivers.data_types import DATA_TYPES, exact_decimal
from plc_drivers.opcua.wire import ARRAY, NO_VALUE, Held, moment
from plc_drivers.reading import Quality, Reading, Value
from plc_drivers.scaling import held, told

VARIANT_TYPES = {
    "bool": ua.VariantType.Boolean,
    "uint8": ua.VariantType.Byte,
    "int8": ua.VariantType.SByte,
    "uint16": ua.VariantType.UInt16,
    "int16": ua.VariantType.Int16,
    "uint32": ua.VariantType.UInt32,
    "int32": ua.VariantType.Int32,
    "uint64": ua.VariantType.UInt64,
    "int64": ua.VariantType.Int64,
    "float32": ua.VariantType.Float,
    "float64": ua.VariantType.Double,
    "string": ua.VariantType.String,
    "bits": ua.VariantType.UInt16,
    "bcd16": ua.VariantType.UInt16,
    "bcd32": ua.VariantType.UInt32,
    "datetime": ua.VariantType.DateTime,
}
BCD = ("bcd16", "bcd32")
KINDS = {name: int(variant) for name, variant in VARIANT_TYPES.items()}
TYPE_NAMES = {kind: name for name, kind in reversed(KINDS.items())}
_CODE = 0xFFFF_0000  # the lower half holds flags about the value, not the status itself
_OVERFLOW = 0x0480  # ... one of which says that the server's queue for the item has overflowed
_SEVERITIES = {0: Quality.GOOD, 1: Quality.UNCERTAIN}
# Good, but the server skipped samples: whoever counts must look again.
_DOUBTFUL = {StatusCodes.GoodOverload}
_NAMES = {code: name for name, code in vars(StatusCodes).items() if isinstance(code, int)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Reader:
    """Makes readings of one tag; what can be known of it beforehand is."""

    tag: TagConfig
    id: str
    kind: int
    convert: Callable[[Any], Value] | None

    @classmethod
    def of(cls, tag: TagConfig) -> "Reader":
        return cls(tag=tag, id=tag.id, kind=KINDS[tag.type], convert=_conversion(tag))

    def reading(self, data: Held, now: int) -> Reading:
        """One reading; a value of another type than the configured one is bad, never converted."""
        kind, value, status, source, server = data
        if status or kind != self.kind:
            return self._doubted(data, now)
        if self.convert is not None:
            try:
                value = self.convert(value)
            except ValueError as error:
                return Reading(self.id, None, Quality.BAD, source, server, now, str(error))
        elif value is None:
            return self._doubted(data, now)
        return Reading(self.id, value, Quality.GOOD, source, server, now)

    def _doubted(self, data: Held, now: int) -> Reading:
        quality, detail = judge(data.status)
        value: Value = None
        if quality is not Quality.BAD:
            try:
                value = self._value(data)
            except ValueError as error:
                quality, detail = Quality.BAD, str(error)
        return Reading(self.id, value, quality, data.source, data.server, now, detail)

    def _value(self, data: Held) -> Value:
        if data.kind == NO_VALUE or data.value is None:
            raise ValueError("the node has no value")
        if data.kind & ARRAY:
            raise ValueError("the node holds an array; mend: name the node of one element")
        if data.kind != self.kind:
            raise ValueError(mismatch(data.kind))
        value: Value = data.value if self.convert is None else self.convert(data.value)
        return value


def mismatch(kind: int) -> str:
    """What to say of a node of another type than the configured one."""
    known = TYPE_NAMES.get(kind)
    mend = f'write type = "{known}"' if known else "name a node of a simple type"
    return f"the node is of type {ua.datatype_to_varianttype(kind).name}; mend: {mend}"


def _conversion(tag: TagConfig) -> Callable[[Any], Value] | None:
    """From what the wire holds to what is told; None if that is the same."""
    bits = DATA_TYPES[tag.type].bits
    if tag.type.startswith("float") and not tag.scaled:
        return lambda number: exact_decimal(number, bits)
    if tag.type.startswith("float"):
        return lambda number: told(tag, exact_decimal(number, bits))
    if tag.type in BCD:
        return lambda word: told(tag, int(f"{word:x}"))
    if tag.type == "datetime":
        return moment
    return (lambda number: told(tag, number)) if tag.scaled else None


def judge(status: int) -> tuple[Quality, str]:
    """Quality of a status code, and its name if it is more than plain Good."""
    code = status & _CODE
    quality = _SEVERITIES.get(code >> 30, Quality.BAD)
    if code in _DOUBTFUL:
        quality = Quality.UNCERTAIN
    return quality, "" if code == StatusCodes.Good else name_of(code)


def missed(status: int) -> str:
    """Why values before this one may be missing; empty if none can be."""
    if status & _OVERFLOW == _OVERFLOW:
        return "the server's queue overflowed"
    return "the server skipped samples" if status & _CODE in _DOUBTFUL else ""


def name_of(status: int) -> str:
    """A status code's name, for example BadNodeIdUnknown; its number if it has none."""
    code = status & _CODE
    return _NAMES.get(code, f"status 0x{code:08X}")


def variant(tag: TagConfig, value: Value) -> ua.Variant:
    """A value as the node's type holds it; ValueError as of `scaling.held`."""
    raw = held(tag, value)
    if isinstance(raw, Decimal) or tag.type.startswith("float"):
        return ua.Variant(float(raw), VARIANT_TYPES[tag.type])  # type: ignore[arg-type]
    return ua.Variant(int(str(raw), 16) if tag.type in BCD else raw, VARIANT_TYPES[tag.type])


def read_request(
    nodes: Sequence[ua.NodeId], attribute: AttributeIds = AttributeIds.Value
) -> ua.ReadRequest:
    """A read of one attribute of nodes, as fresh as the server has them, with both times."""
    wanted = [ua.ReadValueId(NodeId=node, AttributeId=attribute) for node in nodes]
    both = ua.TimestampsToReturn.Both
    parameters = ua.ReadParameters(MaxAge=0, TimestampsToReturn=both, NodesToRead=wanted)
    return ua.ReadRequest(Parameters=parameters)


def write_request(values: Sequence[tuple[ua.NodeId, ua.Variant]]) -> ua.WriteParameters:
    """A write of values, in their order; without status and times, which many servers refuse."""
    return ua.WriteParameters(
        NodesToWrite=[
            ua.WriteValue(
                NodeId=node,
                AttributeId=AttributeIds.Value,
                Value=ua.DataValue(value, StatusCode=None),
            )
            for node, value in values
        ]
    )
