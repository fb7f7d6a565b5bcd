"""Pass two, lines without a counter: pulses and scales, and what they need to be counted."""

from collections.abc import Iterator
from fractions import Fraction

from edge.configuration.device_shape import TagShape
from edge.configuration.faults import Fault, Finder
from edge.configuration.model import SENSOR_ROLES
from edge.configuration.rows import Row
from plc_drivers.configuration import POLL_MS
from plc_drivers.data_types import DATA_TYPES

ALONE = ("good", "total", *SENSOR_ROLES)
SHARE = Fraction(4, 5)  # of half the time between two pulses: an answer takes its time


def sensor_faults(device: Row, finder: Finder) -> Iterator[Fault]:
    """Every fault of a device's pulse and scale with what stands beside them."""
    for row in device.rows("tag"):
        if row.get("role") not in SENSOR_ROLES or not row.sound:
            continue
        tag = TagShape.model_validate(row.data)
        yield from _type_faults(row, tag, finder)
        yield from _beside_faults(row, tag, device, finder)
        if tag.role == "pulse":
            yield from _pace_faults(row, tag, device, finder)


def _type_faults(row: Row, tag: TagShape, finder: Finder) -> Iterator[Fault]:
    if tag.role == "pulse" and tag.type != "bool":
        mend = 'write "bool": a pulse is one bit'
        yield finder.fault(row.at("type"), tag.type, "is no pulse", mend)
    number = DATA_TYPES[tag.type].is_integer or tag.type.startswith("float")
    if tag.role == "weight" and (tag.type == "bits" or not number):
        mend = 'write the number type of the scale, for example "float32"'
        yield finder.fault(row.at("type"), tag.type, "is no weight", mend)


def _beside_faults(row: Row, tag: TagShape, device: Row, finder: Finder) -> Iterator[Fault]:
    """A sensor counts all pieces; a second count of them would say something else."""
    others = [one for one in device.rows("tag") if one.get("role") in ALONE and one.key != row.key]
    if others and others[0].get("role") not in SENSOR_ROLES:
        message = f"stands beside {others[0].key}, which counts the same pieces exactly"
        mend = 'keep the counter; this tag may have role = "other"'
        yield finder.fault(row.at("role"), tag.role, message, mend)
    elif others and tag.role == "weight":
        message = f"stands beside {others[0].key}, which counts the same pieces"
        yield finder.fault(row.at("role"), tag.role, message, "keep one of them")


def _pace_faults(row: Row, tag: TagShape, device: Row, finder: Finder) -> Iterator[Fault]:
    """Each pulse is seen high and low, if it is looked at twice in the time of the fastest."""
    groups = {one.get("id"): one for one in device.rows("group")}
    group = groups.get(tag.group) if tag.group else None
    if group is not None and group.get("mode") == "subscribe":
        mend = "take group away, or name a group that is polled"
        yield finder.fault(
            row.at("group"), tag.group, "is told of by changes: pulses are lost", mend
        )
    every = (group.get("poll_ms") if group else None) or device.get("poll_ms") or POLL_MS
    rate = Fraction(tag.max_rate_per_s or 0)
    if not rate or not isinstance(every, int):
        return
    most = SHARE * 1000 / (2 * rate)
    if every > most:
        place = group.at("poll_ms") if group and group.get("poll_ms") else device.at("poll_ms")
        message = f"is too slow for {row.key}: a pulse may come and go between two looks"
        mend = f"write at most {int(most)}" if most >= 10 else "use a counter in the controller"
        yield finder.fault(place, every, message, mend)
