"""The keys of devices in plant.toml, strictly: connection, groups, tags, states, modes, faults."""

from typing import Annotated

from pydantic import Field

from edge.configuration.field_types import (
    DecimalText,
    Env,
    Id,
    RationalText,
    Shape,
    SignedText,
    Text,
    one_of,
)
from edge.configuration.model import ROLES, TIME_CLASS_MODES, StateModel
from plc_drivers.configuration import (
    MAX_BITS,
    MAX_NODES_PER_READ,
    MAX_REGISTERS,
    PARITIES,
    POLL_MS,
    SECURITY_MODES,
    SECURITY_POLICIES,
    GroupMode,
)
from plc_drivers.data_types import BYTE_ORDERS, DATA_TYPES
from plc_drivers.registry import DRIVERS


class FaultTextShape(Shape):
    code: int = Field(ge=1, description="Number that the fault tag shows", examples=[101])
    en: Text = Field(description="What operators read in English", examples=["Feeder jam"])
    zh: Text | None = Field(
        None, description="What operators read in Chinese; else the English", examples=["送料卡滞"]
    )
    reason: Id | None = Field(
        None,
        description="Code of the stop reason that it stands for, unless a person says another",
        examples=["JAM"],
    )


class StateShape(Shape):
    raw: int | None = Field(
        None, description="Number that the state tag shows, once masked", examples=[3]
    )
    text: Text | None = Field(
        None,
        description="Text that the state tag shows, for a tag of type string",
        examples=["RUN"],
    )
    mask: int | None = Field(
        None,
        ge=1,
        description="Bits of the number that count here; the first state that fits is it",
        examples=[12],
    )
    packml: int = Field(
        ge=1, le=17, description="PackML state that it means, 1 to 17", examples=[6]
    )


class ModeShape(Shape):
    raw: int = Field(description="Number that the mode tag shows", examples=[7])
    means: Annotated[str, one_of(*TIME_CLASS_MODES)] = Field(
        description=f"What it counts as: {', '.join(TIME_CLASS_MODES)}", examples=["maintenance"]
    )


class GroupShape(Shape):
    id: Id = Field(description="Name of the group, once a device", examples=["fast"])
    mode: GroupMode = Field(
        "poll",
        description="poll: read on schedule; subscribe: the server tells of changes (OPC UA)",
        examples=["subscribe"],
    )
    poll_ms: int | None = Field(
        None,
        ge=10,
        le=3_600_000,
        description="Milliseconds between two polls; else the device's",
        examples=[10000],
    )
    sampling_ms: int = Field(
        250,
        ge=0,
        le=60_000,
        description="Milliseconds between two looks of the server at a tag; 0: as fast as it can",
        examples=[100],
    )
    publishing_ms: int = Field(
        500,
        ge=10,
        le=60_000,
        description="Milliseconds between two messages of the server",
        examples=[200],
    )
    queue: int = Field(
        10,
        ge=1,
        le=100_000,
        description="Values of a tag that the server keeps between two messages",
        examples=[20],
    )
    deadband: DecimalText = Field(
        "0",
        description="A smaller change of a number is not told, a decimal as a string",
        examples=["0.5"],
    )


class SecurityShape(Shape):
    policy: Annotated[str, one_of(*SECURITY_POLICIES)] = Field(
        "Basic256Sha256",
        description=f"Security policy: {', '.join(SECURITY_POLICIES)}",
        examples=["Aes256Sha256RsaPss"],
    )
    mode: Annotated[str, one_of(*SECURITY_MODES)] = Field(
        "SignAndEncrypt",
        description=f"Message security: {', '.join(SECURITY_MODES)}",
        examples=["Sign"],
    )
    user: Text | None = Field(
        None,
        description="User name; without it, and without a certificate, anonymous",
        examples=["taktline"],
    )
    password_env: Env | None = Field(
        None,
        description="Environment variable that holds the password of the user",
        examples=["PRESS1_PASSWORD"],
    )
    user_certificate: Text | None = Field(
        None,
        description="File of the certificate that signs in (DER or PEM), relative to this file",
        examples=["pki/user.der"],
    )
    user_key: Text | None = Field(
        None,
        description="File of the key of that certificate (PEM), relative to this file",
        examples=["pki/user.pem"],
    )


class SerialShape(Shape):
    baudrate: int = Field(
        19_200, ge=300, le=1_000_000, description="Bits a second", examples=[9600]
    )
    bytesize: int = Field(8, ge=7, le=8, description="Data bits", examples=[8])
    parity: Annotated[str, one_of(*PARITIES)] = Field(
        "even", description=f"Parity: {', '.join(PARITIES)}", examples=["none"]
    )
    stopbits: int = Field(1, ge=1, le=2, description="Stop bits", examples=[2])
    quiet_ms: int | None = Field(
        None,
        ge=0,
        le=10_000,
        description="Milliseconds of silence after a missed answer before the line is used again; "
        "else by the line's speed and timeout_ms",
        examples=[100],
    )


class TagShape(Shape):
    id: Id = Field(description="Name of the tag, once a device", examples=["good"])
    address: Text = Field(
        description="Where the device keeps it: a node id, or table:number",
        examples=["ns=2;s=Line1.Good"],
    )
    type: Annotated[str, one_of(*DATA_TYPES)] = Field(
        description=f"Data type: {', '.join(DATA_TYPES)}", examples=["uint16"]
    )
    order: Annotated[str, one_of(*BYTE_ORDERS)] = Field(
        "ABCD", description=f"Byte order (Modbus): {', '.join(BYTE_ORDERS)}", examples=["ABCD"]
    )
    length: int = Field(
        0, ge=0, le=250, description="Bytes of a string (Modbus strings only)", examples=[16]
    )
    role: Annotated[str, one_of(*ROLES)] = Field(
        "other", description=f"What it means: {', '.join(ROLES)}", examples=["good"]
    )
    modulus: int | None = Field(
        None,
        ge=2,
        description="Counters: how many values before it wraps; else that of an unsigned type",
        examples=[65536],
    )
    max_rate_per_s: DecimalText | None = Field(
        None,
        description="Counters: pieces a second that cannot be exceeded, a decimal as a string",
        examples=["3"],
    )
    resettable: bool | None = Field(
        None,
        description=(
            "Counters: false if nobody can reset it, so that a wrap is believed without a "
            "boot counter; true if somebody can at any time, so that a wrap near 0 is never "
            "believed; without it: only a start of the machine resets it"
        ),
        examples=[False],
    )
    saturates_at: int | None = Field(
        None,
        ge=1,
        description="Counters: the value at which it stops in place of wrapping (IEC CTU: 32767)",
        examples=[32767],
    )
    correction_band: int = Field(
        0,
        ge=0,
        le=1_000_000,
        description="Counters: a decrease of at most so many takes pieces back",
        examples=[5],
    )
    pieces_per_pulse: RationalText = Field(
        "1",
        description="Counters, pulses and scales: base units of the item for each step; a decimal "
        "or a fraction as a string",
        examples=["2"],
    )
    strokes: bool = Field(
        False,
        description="Counters and pulses: a step is one stroke, of as many pieces as the job's "
        "tool makes at once; else and without a tool, of pieces_per_pulse",
        examples=[True],
    )
    group: Id | None = Field(
        None,
        description="Id of the group that it is read with; else the device's poll_ms",
        examples=["fast"],
    )
    scale: SignedText = Field(
        "1",
        description="Factor from what the device holds to what is told, a decimal as a string",
        examples=["0.1"],
    )
    offset: SignedText = Field(
        "0", description="What is added after the factor, a decimal as a string", examples=["-40"]
    )
    write: bool = Field(False, description="Whether it may be written", examples=[True])
    write_min: SignedText | None = Field(
        None,
        description="Smallest value that may be written, a decimal as a string",
        examples=["0"],
    )
    write_max: SignedText | None = Field(
        None,
        description="Largest value that may be written, a decimal as a string",
        examples=["5000"],
    )
    refused_in_states: list[int] = Field(
        [], description="PackML states in which it is not written", examples=[[6, 16]]
    )
    refused_in_modes: list[int] = Field(
        [],
        description="Modes in which it is not written, as the mode tag shows them",
        examples=[[2, 3]],
    )
    method_of: Text | None = Field(
        None,
        description="OPC UA: node id of the object whose method stands at address; the method "
        "is called with the value",
        examples=["ns=2;s=Press1"],
    )
    unit: Text | None = Field(
        None, description="Unit of what is measured; due for speed and floats", examples=["1/min"]
    )
    measures: Id | None = Field(
        None,
        description="Measured values: the name by which inspection plans take it, once a device",
        examples=["leaf_width"],
    )


class DeviceShape(Shape):
    id: Id = Field(description="Name of the device", examples=["press1"])
    driver: Annotated[str, one_of(*DRIVERS)] = Field(
        description=f"Protocol: {', '.join(DRIVERS)}", examples=["opcua"]
    )
    url: Text = Field(description="Where it is", examples=["opc.tcp://127.0.0.1:4840"])
    insecure: bool = Field(
        False, description="Accepts a connection without encryption (OPC UA)", examples=[True]
    )
    security: SecurityShape | None = Field(
        None, description="How an OPC UA connection is secured, and who signs in"
    )
    serial: SerialShape | None = Field(None, description="The serial line (Modbus RTU)")
    profile: Id = Field(
        "generic",
        description="Limits of an OPC UA server by its maker; see plc_drivers/opcua/README.md",
        examples=["s7-1500"],
    )
    sessions: int = Field(
        0,
        ge=0,
        le=20,
        description="Sessions that share the subscriptions (OPC UA); 0: as many as its limits "
        "ask for",
        examples=[2],
    )
    unit: int = Field(1, ge=0, le=255, description="Modbus unit (device) id", examples=[1])
    poll_ms: int = Field(
        POLL_MS, ge=10, le=10_000, description="Milliseconds between two polls", examples=[500]
    )
    timeout_ms: int | None = Field(
        None,
        ge=10,
        le=60_000,
        description="Milliseconds to wait for an answer; else 1000 (Modbus) or 4000 (OPC UA)",
        examples=[1000],
    )
    max_registers: int = Field(
        MAX_REGISTERS,
        ge=1,
        le=MAX_REGISTERS,
        description="Registers that the device gives in one request (Modbus)",
        examples=[125],
    )
    max_nodes_per_read: int = Field(
        MAX_NODES_PER_READ,
        ge=1,
        le=10_000,
        description="Nodes that the server gives in one request (OPC UA)",
        examples=[100],
    )
    max_bits: int = Field(
        MAX_BITS,
        ge=1,
        le=MAX_BITS,
        description="Coils or discrete inputs that the device gives in one request (Modbus)",
        examples=[256],
    )
    max_gap: int = Field(
        MAX_REGISTERS,
        ge=0,
        le=MAX_REGISTERS,
        description="Registers between two tags that are read along in one request (Modbus)",
        examples=[8],
    )
    forbidden: list[
        Annotated[str, Field(pattern=r"^(holding|input|coil|discrete):\d{1,5}-\d{1,5}$")]
    ] = Field([], description="Ranges that are never read (Modbus)", examples=[["holding:100-199"]])
    states: StateModel = Field(
        "packml",
        description="What the state tag shows: packml numbers, machinery (item states of "
        "OPC 40001-1), or table ([[device.state]])",
        examples=["table"],
    )
    backoff_most_s: DecimalText = Field(
        "4",
        description="Longest pause between two attempts to connect, seconds as a string; above 4 "
        "a machine that comes back is counted later than after 10 s",
        examples=["30"],
    )
    skew_alarm_s: DecimalText = Field(
        "60",
        description="An alarm if the device's clock is off by more, seconds as a string; 0: never",
        examples=["5"],
    )
    verify_s: DecimalText = Field(
        "2",
        description="Tags that the server tells of by itself are read all the same after so many "
        "seconds, as a string; sooner where unknown_after_s asks for it",
        examples=["10"],
    )
    wake_ms: int = Field(
        100,
        ge=10,
        le=60_000,
        description="A change that the server tells of brings the next reading of what counts "
        "forward, but not to within so many milliseconds of the reading before",
        examples=[50],
    )
    group: list[GroupShape] = Field([], description="Groups of tags that are read in their own way")
    fault: list[FaultTextShape] = Field([], description="Its fault codes in words")
    state: list[StateShape] = Field(
        [], description="Its states as PackML numbers, if the state tag shows others"
    )
    mode: list[ModeShape] = Field(
        [],
        description="The machine builder's own modes; without a row, modes above 3 are production",
    )
    tag: list[TagShape] = Field(min_length=1, description="Its tags, one table each")
