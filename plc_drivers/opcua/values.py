"""OPC UA data values to readings, and values to typed variants (OPC 10000-4, 7.11)."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from asyncua import ua
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.status_codes import StatusCodes

from plc_drivers.configuration import TagConfig
from plc_drivers.data_types import DATA_TYPES, exact_decimal
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
}
_TYPE_NAMES = {variant: name for name, variant in reversed(VARIANT_TYPES.items())}
_CODE = 0xFFFF_0000  # the lower half holds flags about the value, not the status itself
_SEVERITIES = {0: Quality.GOOD, 1: Quality.UNCERTAIN}
# Good, but the server skipped samples: whoever counts must look again.
_DOUBTFUL = {StatusCodes.GoodOverload}
_NAMES = {code: name for name, code in vars(StatusCodes).items() if isinstance(code, int)}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_NAIVE = datetime(1970, 1, 1)  # noqa: DTZ001 - the library's times are UTC and do not say so
_MICROSECOND = timedelta(microseconds=1)


def reading_of(tag: TagConfig, data: ua.DataValue, now: int) -> Reading:
    """One reading; a value of another type than the configured one is bad, never converted."""
    status = data.StatusCode.value if data.StatusCode else StatusCodes.Good
    quality, detail = judge(status)
    value: Value = None
    if quality is not Quality.BAD:
        try:
            value = value_of(tag, data.Value)
        except ValueError as error:
            quality, detail = Quality.BAD, str(error)
    source, server = micros(data.SourceTimestamp), micros(data.ServerTimestamp)
    return Reading(tag.id, value, quality, source, server, now, detail)


def judge(status: int) -> tuple[Quality, str]:
    """Quality of a status code, and its name if it is more than plain Good."""
    code = status & _CODE
    quality = _SEVERITIES.get(code >> 30, Quality.BAD)
    if code in _DOUBTFUL:
        quality = Quality.UNCERTAIN
    return quality, "" if code == StatusCodes.Good else name_of(code)


def name_of(status: int) -> str:
    """A status code's name, for example BadNodeIdUnknown; its number if it has none."""
    code = status & _CODE
    return _NAMES.get(code, f"status 0x{code:08X}")


def value_of(tag: TagConfig, variant: ua.Variant | None) -> Value:
    """The value of a scalar variant; ValueError if it is null or of another type."""
    if variant is None or variant.Value is None:
        raise ValueError("the node has no value")
    if variant.is_array:
        raise ValueError("the node holds an array; mend: name the node of one element")
    if variant.VariantType != VARIANT_TYPES[tag.type]:
        known = _TYPE_NAMES.get(variant.VariantType)
        mend = f'write type = "{known}"' if known else "name a node of a simple type"
        raise ValueError(f"the node is of type {variant.VariantType.name}; mend: {mend}")
    kind = DATA_TYPES[tag.type]
    if kind.python is Decimal:
        return told(tag, exact_decimal(variant.Value, kind.bits))
    return told(tag, kind.python(variant.Value))


def bare(tag: TagConfig, value: Value) -> ua.DataValue:
    """A typed value without status and times: many servers refuse to have those written."""
    raw = held(tag, value)
    plain = float(raw) if isinstance(raw, Decimal) or tag.type.startswith("float") else raw  # type: ignore[arg-type]
    return ua.DataValue(ua.Variant(plain, VARIANT_TYPES[tag.type]), StatusCode=None)


def micros(moment: datetime | None) -> int | None:
    """Microseconds UTC; None for no time and for times before 1970, which mean none."""
    if moment is None:
        return None
    passed = (moment - (_EPOCH if moment.tzinfo else _EPOCH_NAIVE)) // _MICROSECOND
    return passed if passed >= 0 else None


def read_request(nodes: Sequence[ua.NodeId]) -> ua.ReadParameters:
    """A read of the values of nodes, as fresh as the server has them, with both times."""
    return ua.ReadParameters(
        MaxAge=0,
        TimestampsToReturn=ua.TimestampsToReturn.Both,
        NodesToRead=[ua.ReadValueId(NodeId=node, AttributeId=AttributeIds.Value) for node in nodes],
    )


def write_request(values: Sequence[tuple[ua.NodeId, ua.DataValue]]) -> ua.WriteParameters:
    """A write of values, in their order."""
    return ua.WriteParameters(
        NodesToWrite=[
            ua.WriteValue(NodeId=node, AttributeId=AttributeIds.Value, Value=value)
            for node, value in values
        ]
    )
