"""From a plant's configuration to the parts of its edge."""

from dataclasses import replace
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from edge.collection.counters import CounterRules
from edge.collection.derived import counted_as
from edge.collection.postbox import PAYLOAD
from edge.collection.settings import CounterTag, DeviceSettings, Guard, WorkCenterSettings
from edge.collection.state_table import MODES, ModeTable, StateRow, StateTable
from edge.config import (
    COUNTER_ROLES,
    HOUR_ROLES,
    SENSOR_ROLES,
    SETPOINT_ROLES,
    Device,
    PlantConfig,
    WorkCenterConfig,
)
from edge.configuration.model import MEASURED_ROLE
from edge.configuration.stops import causes
from edge.domain.clock import MICROS
from edge.execution.dispatch.steps import CountedIn
from edge.execution.floor import WorkCenter
from plc_drivers.configuration import TagConfig
from plc_drivers.data_types import DATA_TYPES


def device_settings(plant: PlantConfig) -> list[DeviceSettings]:
    """What collection must know of each device."""
    return [
        DeviceSettings(
            config=device.connection,
            backoff_most_s=float(device.backoff_most_s),
            skew_alarm_s=float(device.skew_alarm_s),
            verify_s=float(device.verify_s),
            wake_s=float(device.wake_s),
            guards={
                tag: Guard(states=one.states, modes=one.modes)
                for tag, one in device.guards.items()
                if one.states or one.modes
            },
        )
        for device in plant.devices
    ]


def collection_settings(plant: PlantConfig) -> list[WorkCenterSettings]:
    """What collection must know of each work center."""
    return [_settings(plant, one) for one in plant.work_centers]


def _settings(plant: PlantConfig, one: WorkCenterConfig) -> WorkCenterSettings:
    if one.device is None:
        return WorkCenterSettings(
            id=one.id,
            device=None,
            calendar=plant.calendar(one.calendar),
            zone=ZoneInfo(plant.site.timezone),
        )
    device = plant.device(one.device)
    tags = {
        tag.role: tag.id
        for tag in device.connection.tags
        if tag.role not in {*COUNTER_ROLES, *SENSOR_ROLES, MEASURED_ROLE, "other"}
    }
    return WorkCenterSettings(
        id=one.id,
        device=one.device,
        calendar=plant.calendar(one.calendar),
        zone=ZoneInfo(plant.site.timezone),
        counters=_counters(device),
        meters=_meters(device),
        tags=tags,
        measures=_measures(device),
        writable=frozenset(tag.role for tag in device.connection.tags if tag.write),
        states=_states(device),
        mailbox_modulus=_mailbox_modulus(device),
        modes=ModeTable(rows={raw: int(MODES[means]) for raw, means in device.modes.items()}),
        unknown_after_s=one.unknown_after_us / MICROS,
        setup_pieces=one.setup_pieces,
        causes=causes(plant, one.id),
        micro_stop_us=one.micro_stop_us,
    )


def _measures(device: Device) -> dict[str, str]:
    """Tags by the name of what they measure."""
    return {tag.measures: tag.id for tag in device.connection.tags if tag.measures}


def _mailbox_modulus(device: Device | None) -> int:
    """How many numbers a message may have; that of 16 bits where there is no mailbox."""
    tag = device.tag("mailbox_sequence") if device else None
    return (DATA_TYPES[tag.type].modulus if tag else None) or 1 << 16


def _states(device: Device) -> StateTable:
    """What the device's states mean."""
    rows = tuple(
        StateRow(packml=row.packml, raw=row.raw, text=row.text, mask=row.mask)
        for row in device.states
    )
    return StateTable(model=device.state_model, rows=rows)


def _counters(device: Device) -> tuple[CounterTag, ...]:
    boot = device.tag("boot")
    started = boot is not None and boot.type == "datetime"
    return tuple(
        _sensor(tag, tag.max_rate_per_s)
        if tag.role in SENSOR_ROLES
        else _counter(tag, tag.max_rate_per_s, by_server=started)
        for tag in device.connection.tags
        if tag.role in (*COUNTER_ROLES, *SENSOR_ROLES) and tag.max_rate_per_s is not None
    )


def _meters(device: Device) -> tuple[CounterTag, ...]:
    """Meters of energy that say how fast they count; the others are only shown."""
    return tuple(
        _counter(_retentive(tag), tag.max_rate_per_s, by_server=False)
        for tag in device.connection.tags
        if tag.role == "energy" and tag.max_rate_per_s is not None
    )


def _retentive(tag: TagConfig) -> TagConfig:
    """Meters keep their count without power: nobody resets one, unless the plant says so."""
    return replace(tag, resettable=False) if tag.resettable is None else tag


def _counter(tag: TagConfig, rate: Fraction, *, by_server: bool) -> CounterTag:
    """`by_server`: a server's start time marks boots. A program can start again under a server
    that goes on, so that the same time proves nothing, as if there were no mark at all.
    """
    resettable = True if by_server and tag.resettable is None else tag.resettable
    return CounterTag(
        tag=tag.id,
        role=tag.role,  # type: ignore[arg-type]
        rules=CounterRules(
            max_rate=rate,
            modulus=tag.modulus,
            saturates_at=tag.saturates_at,
            correction_band=tag.correction_band,
            resettable=resettable,
            lowest=_lowest(tag),
        ),
        pieces_per_step=tag.pieces_per_pulse,
        strokes=tag.strokes,
    )


def _sensor(tag: TagConfig, rate: Fraction) -> CounterTag:
    """A sensor sees all pieces, good and bad. Of a scale rate and noise are in base units."""
    scale = tag.role == "weight"
    return CounterTag(
        tag=tag.id,
        role="total",
        rules=CounterRules(
            max_rate=rate * tag.pieces_per_pulse if scale else rate,
            correction_band=tag.correction_band,
        ),
        pieces_per_step=tag.pieces_per_pulse,
        strokes=tag.strokes,
        sensor=tag.role,  # type: ignore[arg-type]
    )


def _lowest(tag: TagConfig) -> int:
    """Below 0 where all values of a signed type are steps: it goes on with negative numbers."""
    kind = DATA_TYPES[tag.type]
    return kind.low if tag.modulus == kind.modulus else 0


def work_centers(plant: PlantConfig) -> dict[str, WorkCenter]:
    """Work centers as execution sees them, by id."""
    return {one.id: _work_center(plant, one) for one in plant.work_centers}


def _work_center(plant: PlantConfig, one: WorkCenterConfig) -> WorkCenter:
    if one.device is None:
        return WorkCenter(
            id=one.id,
            name=one.name,
            line=one.line,
            constraint=one.constraint,
            area=one.area,
            capacity_per_hour=one.capacity_per_hour,
            device=None,
            calendar=plant.calendar(one.calendar),
            automatic=False,
            commanded=False,
            counts_rejects=False,
            parallel=one.parallel,
            setup_pieces=one.setup_pieces,
            manual=True,
        )
    device = plant.device(one.device)
    writable = frozenset(tag.role for tag in device.connection.tags if tag.write)
    return WorkCenter(
        id=one.id,
        name=one.name,
        line=one.line,
        constraint=one.constraint,
        area=one.area,
        capacity_per_hour=one.capacity_per_hour,
        device=one.device,
        calendar=plant.calendar(one.calendar),
        automatic=one.dispatch == "automatic",
        follows=one.dispatch == "machine",
        parallel=one.parallel,
        setup_pieces=one.setup_pieces,
        hour_setpoints=writable.intersection(HOUR_ROLES),
        commanded=set(SETPOINT_ROLES) <= writable,
        counts_rejects=device.tag("reject") is not None,
        fault_texts={fault.code: {"en": fault.en, "zh": fault.zh} for fault in device.faults},
        counters=_counted_as(device),
        measures=_measures(device),
        manual=one.counting == "manual",
        target_in=_counted_in(device, "good", "total"),
        limit_in=_counted_in(device, "total", "good"),
        strokes=frozenset(tag.id for tag in device.connection.tags if tag.strokes),
        modes={raw: int(MODES[means]) for raw, means in device.modes.items()},
    )


def _counted_in(device: Device, *roles: str) -> CountedIn:
    """What the machine counts such pieces in: steps of the first of these counters that it has.

    A sensor is no counter of the machine: it says only whether the machine makes strokes.
    """
    found = (tag for role in roles for tag in device.connection.tags if tag.role == role)
    if tag := next(found, None):
        alone = _counted_as(device)[tag.id] == "good"
        begun_by = tag.id if alone else ""
        return CountedIn(tag=begun_by, pieces=tag.pieces_per_pulse, strokes=tag.strokes)
    return CountedIn(strokes=any(tag.strokes for tag in device.connection.tags))


def _counted_as(device: Device) -> dict[str, str]:
    """What the pieces of each counter count as, by tag."""
    tags = device.connection.tags
    sent = {tag.id: PAYLOAD[tag.role] for tag in tags if tag.role in PAYLOAD}
    return counted_as(_counters(device)) | sent


def reasons(plant: PlantConfig) -> dict[str, list[dict[str, Any]]]:
    """Reasons for scrap and stops, as the API lists them."""
    return {
        kind: [
            {
                "code": reason.code,
                "en": reason.en,
                "zh": reason.zh,
                "parent": reason.parent,
                "loss": reason.loss,
                "planned": reason.planned,
                "work_centers": list(reason.work_centers),
            }
            for reason in plant.reasons
            if reason.kind == kind
        ]
        for kind in ("scrap", "stop")
    }
