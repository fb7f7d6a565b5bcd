"""What one work center shows in one poll: readings by role, and only what can be trusted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import NamedTuple

from edge.collection.changes import NOTHING_HELD, Held, Moment
from edge.collection.settings import CounterTag, WorkCenterSettings
from edge.collection.states import Shown
from edge.collection.words import OUT_OF_RANGE, of_reading
from edge.domain.equipment import Observation
from edge.domain.sentences import Sentence, say
from plc_drivers.reading import Quality, Reading

STATE_ROLES = ("state", "mode", "fault")
COUNT_ROLES = ("order", "boot")


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """All readings of one poll of a device, by tag.

    Asked at plant time `asked_at` (us) and monotonic second `polled`: no value in it is
    older than that, so that it bounds the time between two snapshots from above. `passed` is
    what state tags showed since the snapshot before, as the device told by itself; `missed`
    says why some of that may be missing, empty if none is.
    """

    asked_at: int
    polled: float
    readings: Mapping[str, Reading]
    passed: tuple[Moment, ...] = ()
    missed: str = ""


class Past(NamedTuple):
    """Good values of state, mode and fault, by role, that were shown at edge time `at` (us)."""

    at: int
    values: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A work center's part of a snapshot.

    `at` is when it arrived (us). `values` are the good values by role of the tags,
    `raws` the counters' by tag within their modulus, of a pulse whether it is high; `weights`
    what scales show, in base units, and whole ones in `raws`. `shown` is None unless all of
    state, mode and fault that the machine has are good; `owner_known` says that order and
    boot counter are, `countable` that all counters are too. `doubt` says in words what is
    not good, None if all is. `passed` is what was shown since the snapshot before, in order,
    and `missed` why some of it may be missing.
    """

    at: int
    asked_at: int
    polled: float
    values: Mapping[str, int]
    raws: Mapping[str, int]
    shown: Shown | None
    owner_known: bool
    countable: bool
    doubt: Sentence | None
    passed: tuple[Past, ...] = ()
    missed: str = ""
    weights: Mapping[str, Fraction] = field(default_factory=dict)


def look(settings: WorkCenterSettings, snapshot: Snapshot, held: Held = NOTHING_HELD) -> Seen:
    """What `snapshot` shows of the work center, after what is `held` from before it."""
    values = _values(settings, snapshot.readings)
    weights = _weights(settings, snapshot.readings)
    raws = _raws(settings.counters, snapshot.readings)
    raws.update((tag, floor(units)) for tag, units in weights.items())
    counters = [counter.tag for counter in settings.counters]
    tags = [*settings.tags.values(), *counters]
    times = [snapshot.readings[tag].edge_time for tag in tags if tag in snapshot.readings]
    owner_known = _has(settings, values, COUNT_ROLES)
    shown = _shown(settings, values)
    countable = owner_known and len(raws) == len(counters)
    # A meter that does not answer keeps no piece from being counted.
    raws |= _raws(settings.meters, snapshot.readings)
    return Seen(
        at=max(times, default=snapshot.asked_at),
        asked_at=snapshot.asked_at,
        polled=snapshot.polled,
        values=values,
        raws=raws,
        shown=shown,
        owner_known=owner_known,
        countable=countable,
        doubt=None if shown and countable else _doubt(settings, snapshot, counters),
        passed=tuple(_past(settings, moment) for moment in held.passed),
        missed=held.missed,
        weights=weights,
    )


def observed(work_center: str, seen: Seen) -> Observation:
    """What execution is told of it."""
    shown = seen.values
    return Observation(
        work_center=work_center,
        at=seen.at,
        polled=seen.polled,
        state=shown.get("state"),
        mode=shown.get("mode"),
        fault=shown.get("fault"),
        order=shown.get("order"),
        recipe=shown.get("recipe"),
        command=shown.get("command"),
        raws=seen.raws,
        target=shown.get("target_setpoint"),
        limit=shown.get("limit_setpoint"),
        values=shown,
    )


def _past(settings: WorkCenterSettings, moment: Moment) -> Past:
    values = _values(settings, moment.readings)
    return Past(moment.at, {role: values[role] for role in STATE_ROLES if role in values})


def _values(settings: WorkCenterSettings, readings: Mapping[str, Reading]) -> dict[str, int]:
    values = {role: _good(readings.get(tag)) for role, tag in settings.tags.items()}
    if "state" in settings.tags:
        values["state"] = _state(settings, readings.get(settings.tags["state"]))
    return {role: value for role, value in values.items() if value is not None}


def _state(settings: WorkCenterSettings, reading: Reading | None) -> int | None:
    """The PackML state of a good reading, if it means one."""
    if reading is None or reading.quality is not Quality.GOOD:
        return None
    return settings.states.state(reading.value)


def _raws(counters: Iterable[CounterTag], readings: Mapping[str, Reading]) -> dict[str, int]:
    raws = {}
    for counter in counters:
        if counter.sensor == "weight":
            continue
        value = _good(readings.get(counter.tag))
        normal = None if value is None else counter.rules.normal(value)
        if normal is not None:
            raws[counter.tag] = normal
    return raws


def _weights(
    settings: WorkCenterSettings, readings: Mapping[str, Reading]
) -> Mapping[str, Fraction]:
    weights = {}
    for scale in settings.scales:
        reading = readings.get(scale.tag)
        if reading is None or reading.quality is not Quality.GOOD:
            continue
        if isinstance(reading.value, int | Decimal) and not isinstance(reading.value, bool):
            weights[scale.tag] = Fraction(reading.value) * scale.pieces_per_step
    return weights


def _good(reading: Reading | None) -> int | None:
    """The value of a good reading of a whole number; nothing else is believed."""
    if reading is None or reading.quality is not Quality.GOOD:
        return None
    value = reading.value
    return int(value) if isinstance(value, int) else None


def _shown(settings: WorkCenterSettings, values: Mapping[str, int]) -> Shown | None:
    if not _has(settings, values, STATE_ROLES):
        return None
    return Shown(
        state=values.get("state"), mode=values.get("mode"), fault=values.get("fault") or None
    )


def _has(settings: WorkCenterSettings, values: Mapping[str, int], roles: Iterable[str]) -> bool:
    return all(role in values for role in roles if role in settings.tags)


def _doubt(settings: WorkCenterSettings, snapshot: Snapshot, counters: Iterable[str]) -> Sentence:
    wanted = [tag for role, tag in settings.tags.items() if role in (*STATE_ROLES, *COUNT_ROLES)]
    for tag in (*wanted, *counters):
        reading = snapshot.readings.get(tag)
        if reading is None:
            return say("device.not_read", "{tag}: not read", tag=tag)
        if reading.quality is not Quality.GOOD:
            return of_reading(tag, reading)
        if tag == settings.tags.get("state") and settings.states.state(reading.value) is None:
            return settings.states.doubt(tag, reading.value)
    return OUT_OF_RANGE
