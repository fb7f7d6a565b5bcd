"""Pass two, devices: roles, counters, units, and what each driver demands."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from edge.configuration.build_device import build_connection, build_tag, default_modulus
from edge.configuration.device_shape import DeviceShape, TagShape
from edge.configuration.faults import Fault, Finder
from edge.configuration.guards import guard_faults
from edge.configuration.mailbox import mailbox_faults
from edge.configuration.model import (
    BEAT_ROLE,
    COUNTER_ROLES,
    HOUR_ROLES,
    MAILBOX_ROLES,
    MEASURED_ROLE,
    SENSOR_ROLES,
    SETPOINT_ROLES,
)
from edge.configuration.rows import Row, repeated
from edge.configuration.sensors import sensor_faults
from edge.configuration.state_rows import state_faults
from plc_drivers.configuration import TagConfig
from plc_drivers.data_types import DATA_TYPES
from plc_drivers.errors import ConfigInvalid, Problem
from plc_drivers.registry import DRIVERS, Rules, rules

WRITTEN_ROLES = (*SETPOINT_ROLES, *HOUR_ROLES, "mailbox_acknowledge", BEAT_ROLE)
NUMBER_ROLES = ("mode", "fault", "order", "recipe", "boot", *MAILBOX_ROLES, *WRITTEN_ROLES)
MEASURED_ROLES = ("speed", "energy", "weight", MEASURED_ROLE)
MANY = ("other", MEASURED_ROLE)
NO_MEASURES = ("bool", "string", "bits", "datetime")
ANY_TAG = {"id": "any", "address": "any", "type": "uint16"}  # a device must have one
ARRAYS = ("tag", "fault", "state", "mode", "group")
TOGETHER_ROLES = (
    *COUNTER_ROLES,
    *SENSOR_ROLES,
    *("state", "mode", "fault", "order", "boot", "heartbeat"),
    *MAILBOX_ROLES,
)
COUNTER_KEYS = ("modulus", "resettable", "saturates_at")
STEP_ROLES = (*COUNTER_ROLES, *SENSOR_ROLES)
STEP_KEYS = {"max_rate_per_s": None, "pieces_per_pulse": "1"}
OTHER_KEYS = (
    ("correction_band", 0, (*COUNTER_ROLES, "weight")),
    ("strokes", False, (*COUNTER_ROLES, "pulse")),
)


def is_meter(role: str, rate: object) -> bool:
    """Whether a tag is a meter of energy that is counted, and not only shown."""
    return role == "energy" and rate is not None


def device_faults(device: Row, finder: Finder) -> Iterator[Fault]:
    """Every fault between the fields of a device and its tags."""
    tags = device.rows("tag")
    yield from _repeats(device, finder)
    yield from _group_faults(device, finder)
    yield from sensor_faults(device, finder)
    yield from mailbox_faults(device, finder)
    yield from guard_faults(device, finder)
    for tag in tags:
        if tag.sound:
            yield from _tag_faults(tag, TagShape.model_validate(tag.data), finder)
    name = device.get("driver")
    if name in DRIVERS:
        yield from _driver_faults(device, rules(name), finder)


def _repeats(device: Row, finder: Finder) -> Iterator[Fault]:
    once = (
        ("tag", "id", "give it another id"),
        ("tag", "measures", "give it another name"),
        ("fault", "code", "write each code once"),
        ("mode", "raw", "write each number once"),
        ("group", "id", "give it another id"),
    )
    for table, name, mend in once:
        for row, first in repeated(device.rows(table), name):
            yield finder.fault(row.at(name), row.get(name), f"stands in {first.key} too", mend)
    plain = tuple(row for row in device.rows("state") if "mask" not in row.data)
    for name in ("raw", "text"):
        for row, first in repeated(plain, name):
            message = f"stands in {first.key} too"
            yield finder.fault(row.at(name), row.get(name), message, "write each state once")
    yield from state_faults(device, finder)
    for row, first in repeated(device.rows("tag"), "role"):
        if row.get("role") not in MANY:
            message = f"is the role of {first.key} too"
            mend = 'keep one of them; the other may have role = "other"'
            yield finder.fault(row.at("role"), row.get("role"), message, mend)


def _group_faults(device: Row, finder: Finder) -> Iterator[Fault]:
    """What counts is one snapshot: its tags are read together (docs/decisions/0002)."""
    known = [group.data.get("id") for group in device.rows("group")]
    for tag in device.rows("tag"):
        named = tag.get("group")
        if named is not None and named not in known:
            ids = ", ".join(str(each) for each in known if each)
            mend = f"write one of {ids}" if ids else "add [[device.group]] of that id"
            yield finder.fault(tag.at("group"), named, "is no group of the device", mend)
    tags = [
        tag
        for tag in device.rows("tag")
        if tag.get("role") in TOGETHER_ROLES
        or is_meter(str(tag.get("role")), tag.data.get("max_rate_per_s"))
    ]
    for tag in tags[1:]:
        group, first = tag.get("group"), tags[0].get("group")
        if group == first or any(one.at("group") in one.faulty for one in (tag, tags[0])):
            continue
        if any(one is not None and one not in known for one in (group, first)):
            continue
        message = f"is not the group of {tags[0].key}, and the two are counted together"
        mend = f'write group = "{first}"' if first else "take group away"
        yield finder.fault(tag.at("group"), tag.data.get("group"), message, mend)


def _tag_faults(row: Row, tag: TagShape, finder: Finder) -> Iterator[Fault]:
    if tag.role in COUNTER_ROLES or is_meter(tag.role, tag.max_rate_per_s):
        yield from _counter_faults(row, tag, finder)
    else:
        yield from _no_counter_faults(row, tag, finder)
    is_float = tag.type.startswith("float")
    if tag.unit is None and (tag.role in MEASURED_ROLES or is_float):
        mend = 'write for example unit = "1/min"'
        yield finder.fault(row.at("unit"), None, "is missing: this is a measured value", mend)
    if tag.role in WRITTEN_ROLES and not tag.write:
        message = f"is missing: the role {tag.role} is written by the edge"
        yield finder.fault(row.at("write"), row.data.get("write"), message, "write true")
    elif tag.write and tag.role not in (*WRITTEN_ROLES, "other"):
        message = f"is not due: the role {tag.role} is only read"
        yield finder.fault(row.at("write"), True, message, "take write away")
    if tag.role in SENSOR_ROLES:
        yield from _rate_faults(row, tag, finder)
    yield from _measured_faults(row, tag, finder)
    if tag.role == "state" and tag.type != "string" and not DATA_TYPES[tag.type].is_integer:
        mend = "write an integer type, or string with texts in [[device.state]]"
        yield finder.fault(row.at("type"), tag.type, "does not fit the role state", mend)
    mark = tag.role == "boot" and tag.type == "datetime"  # when a server was started
    if tag.role in NUMBER_ROLES and not DATA_TYPES[tag.type].is_integer and not mark:
        mend = f"write an integer type: the role {tag.role} is a number"
        yield finder.fault(row.at("type"), tag.type, f"does not fit the role {tag.role}", mend)


def _measured_faults(row: Row, tag: TagShape, finder: Finder) -> Iterator[Fault]:
    """A measured value has a name and is a number; nothing else has a name."""
    measured = tag.role == MEASURED_ROLE
    if measured and tag.measures is None:
        mend = 'write the name that inspection plans know, for example measures = "leaf_width"'
        yield finder.fault(row.at("measures"), None, "is missing: what does it measure", mend)
    if not measured and tag.measures is not None:
        message = f"is not due: the role {tag.role} is not taken by inspections"
        mend = f'take it away, or write role = "{MEASURED_ROLE}"'
        yield finder.fault(row.at("measures"), tag.measures, message, mend)
    if measured and tag.type in NO_MEASURES:
        mend = "write the type of a number"
        yield finder.fault(row.at("type"), tag.type, "is no number that is measured", mend)


def _counter_faults(row: Row, tag: TagShape, finder: Finder) -> Iterator[Fault]:
    kind = DATA_TYPES[tag.type]
    if not kind.is_integer or tag.type == "bits":
        mend = 'write the integer type of the counter, for example "uint32"'
        yield finder.fault(row.at("type"), tag.type, "cannot count pieces", mend)
        return
    yield from _end_faults(row, tag, finder)
    for name, plain in (("scale", "1"), ("offset", "0")):
        if Decimal(getattr(tag, name)) != Decimal(plain):
            message = "is not due: a counter counts its own steps"
            mend = 'take it away, and write pieces_per_pulse, for example "10"'
            yield finder.fault(row.at(name), row.data[name], message, mend)
    wraps = tag.saturates_at is None
    if (
        wraps
        and tag.modulus is None
        and default_modulus("total" if tag.role == "energy" else tag.role, tag.type) is None
    ):
        message = f"is missing: where a counter of type {tag.type} wraps is not plain"
        mend = f"write the number of its values, for example {kind.modulus} or {kind.high + 1}"
        yield finder.fault(row.at("modulus"), None, message, mend)
    elif tag.modulus is not None and tag.modulus > (kind.modulus or 0):
        mend = f"write at most {kind.modulus}"
        yield finder.fault(row.at("modulus"), tag.modulus, f"is more than {tag.type} holds", mend)
    yield from _rate_faults(row, tag, finder)


def _end_faults(row: Row, tag: TagShape, finder: Finder) -> Iterator[Fault]:
    """Where a counter ends: it wraps or it stops, within its type; and how far it goes back."""
    kind, end = DATA_TYPES[tag.type], tag.saturates_at
    if end is not None and tag.modulus is not None:
        message = "stands beside saturates_at: a counter that stops does not wrap"
        mend = "keep saturates_at if it stops there, modulus if it begins again at 0"
        yield finder.fault(row.at("modulus"), tag.modulus, message, mend)
    if end is not None and end > kind.high:
        mend = f"write at most {kind.high}"
        yield finder.fault(row.at("saturates_at"), end, f"is more than {tag.type} holds", mend)
    modulus = tag.modulus or default_modulus(
        "total" if tag.role == "energy" else tag.role, tag.type
    )
    values = end if end is not None else modulus
    if values is not None and 2 * tag.correction_band >= values:
        message = f"is half of its {values} values or more: a wrap could not be told from it"
        mend = "write the most pieces that the machine takes back at once"
        yield finder.fault(row.at("correction_band"), tag.correction_band, message, mend)


def _rate_faults(row: Row, tag: TagShape, finder: Finder) -> Iterator[Fault]:
    mend = 'write the most steps a second that the machine can make, for example "3"'
    if tag.max_rate_per_s is None:
        message = "is missing: without it a jump cannot be told from pieces"
        yield finder.fault(row.at("max_rate_per_s"), None, message, mend)
    elif Fraction(tag.max_rate_per_s) == 0:
        yield finder.fault(row.at("max_rate_per_s"), tag.max_rate_per_s, "is 0", mend)


def _no_counter_faults(row: Row, tag: TagShape, finder: Finder) -> Iterator[Fault]:
    undue: list[tuple[str, tuple[str, ...]]]
    undue = [(name, COUNTER_ROLES) for name in COUNTER_KEYS if row.get(name) is not None]
    if tag.role not in STEP_ROLES:
        undue += [
            (name, STEP_ROLES)
            for name, default in STEP_KEYS.items()
            if row.data.get(name, default) != default
        ]
    undue += [
        (name, roles)
        for name, default, roles in OTHER_KEYS
        if tag.role not in roles and row.data.get(name, default) != default
    ]
    for name, roles in undue:
        mend = f"take it away, or write a role that counts: {', '.join(roles)}"
        message = f"is not due: the role {tag.role} does not count"
        yield finder.fault(row.at(name), row.data.get(name), message, mend)


def _driver_faults(device: Row, rule: Rules, finder: Finder) -> Iterator[Fault]:
    """What the driver finds: tag by tag, then all that are sound together."""
    sound: list[tuple[Row, TagConfig]] = []
    for row in device.rows("tag"):
        tag = _tag(row)
        if tag is None:
            continue
        problems = rule.tag_problems(tag)
        yield from (_from(problem, row, finder) for problem in problems)
        if not problems:
            sound.append((row, tag))
    yield from _address_faults(sound, rule, finder)
    if device.alone_sound(*ARRAYS):
        yield from _connection_faults(device, sound, rule, finder)


def _tag(row: Row) -> TagConfig | None:
    """The tag, if nothing but what concerns its meaning is wrong with it."""
    if not row.sound:
        return None
    shape = TagShape.model_validate(row.data)
    meaning = {"modulus": None, "max_rate_per_s": None, "saturates_at": None}
    return build_tag(shape.model_copy(update=meaning))


def _address_faults(
    sound: list[tuple[Row, TagConfig]], rule: Rules, finder: Finder
) -> Iterator[Fault]:
    first: dict[str, Row] = {}
    for row, tag in sound:
        place = rule.place(tag)
        if place in first:
            message = f"is read by {first[place].key} too"
            mend = "write the address of this tag, or take one of them away"
            yield finder.fault(row.at("address"), tag.address, message, mend)
        first.setdefault(place, row)


def _connection_faults(
    device: Row, sound: list[tuple[Row, TagConfig]], rule: Rules, finder: Finder
) -> Iterator[Fault]:
    own = {key: value for key, value in device.data.items() if key not in ARRAYS}
    groups = {row.get("id"): row.data for row in device.rows("group") if row.sound}
    shape = DeviceShape.model_validate({**own, "tag": [ANY_TAG], "group": list(groups.values())})
    # A repeated id and an unknown group were named already.
    tags = {
        tag.id: (row, tag if tag.group in groups else replace(tag, group="")) for row, tag in sound
    }
    try:
        config = build_connection(
            shape, tuple(tag for _, tag in tags.values()), Path(), Path("pki")
        )
    except ConfigInvalid as error:
        for problem in error.problems:
            key = f"security.{problem.key}"
            yield _from(replace(problem, key=device.at(key)), Row("", {}, frozenset()), finder)
        return
    rows = [row for row, _ in tags.values()]
    for problem in rule.device_problems(config):
        yield _from(_moved(problem, rows, device), Row("", {}, frozenset()), finder)


def _moved(problem: Problem, rows: list[Row], device: Row) -> Problem:
    """The problem with its key counted as in the file."""
    key = device.at(problem.key)
    for index, row in enumerate(rows):
        prefix = f"tag[{index}]."
        if problem.key.startswith(prefix):
            key = row.at(problem.key.removeprefix(prefix))
    return Problem(key, problem.value, problem.message, problem.mend)


def _from(problem: Problem, row: Row, finder: Finder) -> Fault:
    return finder.fault(row.at(problem.key), problem.value, problem.message, problem.mend)
