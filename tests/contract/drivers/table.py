"""The tags of the contract suite: the same on both devices, by name, with what they show."""

from dataclasses import dataclass, field
from decimal import Decimal

from plc_drivers.configuration import DeviceConfig, SerialConfig, TagConfig
from plc_drivers.reading import Value


@dataclass(frozen=True)
class Row:
    """One tag: its type and value, its OPC UA variant and raw value, its Modbus registers."""

    name: str
    type: str
    value: Value
    variant: str
    raw: object
    register: int
    words: tuple[int, ...]
    write: bool = False
    readonly: bool = False
    modbus: dict[str, object] = field(default_factory=dict)


PAIR = ("PairA", "PairB")
PAIR_REGISTER = 60
CDAB: dict[str, object] = {"order": "CDAB"}
ROWS = (
    Row("State", "uint16", 6, "UInt16", 6, 0, (6,)),
    Row("Good", "uint16", 65_530, "UInt16", 65_530, 1, (65_530,)),
    Row("Total", "uint32", 0x12345678, "UInt32", 0x12345678, 2, (0x5678, 0x1234), modbus=CDAB),
    Row("Offset", "int16", -5, "Int16", -5, 4, (0xFFFB,)),
    Row("Level", "int32", -70_000, "Int32", -70_000, 5, (0xFFFE, 0xEE90)),
    Row("Energy", "uint64", 2**40 + 1, "UInt64", 2**40 + 1, 10, (0, 256, 0, 1)),
    Row("Balance", "int64", -2, "Int64", -2, 14, (0xFFFF, 0xFFFF, 0xFFFF, 0xFFFE)),
    Row("Ratio", "float32", Decimal("0.1"), "Float", 0.1, 20, (0x3DCC, 0xCCCD)),
    Row("Speed", "float64", Decimal("2.5"), "Double", 2.5, 22, (0x4004, 0, 0, 0)),
    Row("Alarms", "bits", 0b101, "UInt16", 0b101, 26, (0b101,)),
    Row("Door", "bool", True, "Boolean", True, 0, (), modbus={"address": "coil:3"}),
    Row(
        "Name",
        "string",
        "Press 1",
        "String",
        "Press 1",
        30,
        (0x5072, 0x6573, 0x7320, 0x3100),
        modbus={"length": 8},
    ),
    Row("Setpoint", "uint32", 1, "UInt32", 1, 40, (0, 1), write=True),
    Row("Command", "uint16", 1, "UInt16", 1, 42, (1,), write=True),
    Row("Target", "float32", Decimal(1), "Float", 1.0, 43, (0x3F80, 0), write=True),
    Row("Fixed", "uint16", 3, "UInt16", 3, 50, (3,), readonly=True),
    Row("PairA", "uint32", 0, "UInt32", 0, PAIR_REGISTER, (0, 0)),
    Row("PairB", "uint32", 0, "UInt32", 0, PAIR_REGISTER + 2, (0, 0)),
    Row("Missing", "uint16", None, "", None, 55, ()),
)
STEADY = tuple(
    row for row in ROWS if row.name not in (*PAIR, "Missing", "Setpoint", "Command", "Target")
)


def tag(protocol: str, row: Row) -> TagConfig:
    """The tag of a row; `Fixed` says that it may be written, which the device denies."""
    write = row.write or row.readonly
    if protocol == "opcua":
        return TagConfig(id=row.name, address=f"ns=2;s={row.name}", type=row.type, write=write)
    given = {"address": f"holding:{row.register}", **row.modbus}
    return TagConfig(id=row.name, type=row.type, write=write, **given)  # type: ignore[arg-type]


def device(protocol: str, url: str, timeout_ms: int = 4000, *names: str) -> DeviceConfig:
    """The device with all tags of the suite, or with those named."""
    rows = [row for row in ROWS if not names or row.name in names]
    return DeviceConfig(
        id="device",
        driver="opcua" if protocol == "opcua" else "modbus",
        url=url,
        insecure=True,
        timeout_ms=timeout_ms,
        # A pseudo-terminal has no parity, and some refuse it.
        serial=SerialConfig(parity="none", quiet_ms=500) if protocol == "modbus_rtu" else None,
        tags=tuple(tag(protocol, row) for row in rows),
    )
