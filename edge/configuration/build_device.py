"""Shapes of devices that were found sound become what drivers and collection are told."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from edge.configuration.device_shape import (
    DeviceShape,
    GroupShape,
    SecurityShape,
    SerialShape,
    TagShape,
)
from edge.configuration.model import COUNTER_ROLES, Device, FaultText, StateRow, WriteGuard
from plc_drivers.configuration import (
    DeviceConfig,
    GroupConfig,
    SecurityConfig,
    SerialConfig,
    TagConfig,
)
from plc_drivers.data_types import DATA_TYPES


def build_tag(shape: TagShape) -> TagConfig:
    """A tag; a counter that wraps and says no modulus gets that of its unsigned type."""
    rate = shape.max_rate_per_s
    # A meter of energy that says its rate is counted, as a counter of pieces is.
    counts_as = "total" if shape.role == "energy" and rate else shape.role
    wraps = shape.saturates_at is None  # a counter that stops at its end does not
    return TagConfig(
        id=shape.id,
        address=shape.address,
        type=shape.type,
        order=shape.order,
        length=shape.length,
        write=shape.write,
        role=shape.role,
        modulus=shape.modulus or (default_modulus(counts_as, shape.type) if wraps else None),
        max_rate_per_s=Fraction(rate) if rate else None,
        resettable=shape.resettable,
        saturates_at=shape.saturates_at,
        correction_band=shape.correction_band,
        pieces_per_pulse=Fraction(shape.pieces_per_pulse),
        strokes=shape.strokes,
        unit=shape.unit or "",
        measures=shape.measures or "",
        group=shape.group or "",
        scale=Decimal(shape.scale),
        offset=Decimal(shape.offset),
        write_min=None if shape.write_min is None else Decimal(shape.write_min),
        write_max=None if shape.write_max is None else Decimal(shape.write_max),
        method_of=shape.method_of or "",
    )


def default_modulus(role: str, type_name: str) -> int | None:
    """Where a counter of this type wraps if nothing is said; None where that is not plain.

    A signed counter may go on with negative numbers or start again at 0: its builder knows.
    """
    kind = DATA_TYPES[type_name]
    counts = role in COUNTER_ROLES and kind.is_integer and kind.low == 0 and type_name != "bits"
    return kind.modulus if counts else None


def build_device(shape: DeviceShape, folder: Path, pki: Path) -> Device:
    """A device with its tags, fault texts, states and modes; `folder` is the file's."""
    tags = tuple(build_tag(tag) for tag in shape.tag)
    return Device(
        connection=build_connection(shape, tags, folder, pki),
        faults=tuple(
            FaultText(one.code, one.en, one.zh or one.en, one.reason or "") for one in shape.fault
        ),
        # A file of the first version has a table and does not say so.
        state_model="table" if shape.state else shape.states,
        states=tuple(StateRow(one.packml, one.raw, one.text, one.mask) for one in shape.state),
        modes={one.raw: one.means for one in shape.mode},
        guards={tag.id: build_guard(tag) for tag in shape.tag if tag.write},
        backoff_most_s=Fraction(shape.backoff_most_s),
        skew_alarm_s=Fraction(shape.skew_alarm_s),
        verify_s=Fraction(shape.verify_s),
        wake_s=Fraction(shape.wake_ms, 1000),
    )


def build_guard(shape: TagShape) -> WriteGuard:
    """When a tag is not written."""
    return WriteGuard(frozenset(shape.refused_in_states), frozenset(shape.refused_in_modes))


def build_connection(
    shape: DeviceShape, tags: tuple[TagConfig, ...], folder: Path, pki: Path
) -> DeviceConfig:
    """What the driver must be told."""
    return DeviceConfig(
        id=shape.id,
        driver=shape.driver,
        url=shape.url,
        tags=tags,
        insecure=shape.insecure,
        unit=shape.unit,
        poll_ms=shape.poll_ms,
        timeout_ms=shape.timeout_ms,
        max_registers=shape.max_registers,
        max_nodes_per_read=shape.max_nodes_per_read,
        max_bits=shape.max_bits,
        max_gap=shape.max_gap,
        forbidden=tuple(shape.forbidden),
        groups=tuple(build_group(one) for one in shape.group),
        profile=shape.profile,
        sessions=shape.sessions,
        security=build_security(shape.security, folder, pki) if shape.security else None,
        serial=build_serial(shape.serial) if shape.serial else None,
    )


def build_group(shape: GroupShape) -> GroupConfig:
    """A group of tags."""
    return GroupConfig(
        id=shape.id,
        mode=shape.mode,
        poll_ms=shape.poll_ms,
        sampling_ms=shape.sampling_ms,
        publishing_ms=shape.publishing_ms,
        queue=shape.queue,
        deadband=Decimal(shape.deadband),
    )


def build_security(shape: SecurityShape, folder: Path, pki: Path) -> SecurityConfig:
    """The security of a connection; ConfigInvalid where its keys do not go together."""
    certificate, key = shape.user_certificate, shape.user_key
    return SecurityConfig(
        policy=shape.policy,
        mode=shape.mode,
        pki=pki,
        user=shape.user or "",
        password_env=shape.password_env or "",
        user_certificate=folder / certificate if certificate else None,
        user_key=folder / key if key else None,
    )


def build_serial(shape: SerialShape) -> SerialConfig:
    """A serial line."""
    return SerialConfig(**shape.model_dump())
