"""What may be written to a tag: the same for every driver, judged before anything is sent."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from plc_drivers.configuration import TagConfig
from plc_drivers.data_types import DATA_TYPES
from plc_drivers.reading import Value
from plc_drivers.scaling import held


def reject(type_name: str, value: Value) -> str:
    """Why `value` cannot be written to a tag of this type; empty if it can."""
    kind = DATA_TYPES[type_name]
    allowed = (int, Decimal) if kind.python is Decimal else (kind.python,)
    if not isinstance(value, allowed) or (isinstance(value, bool) and kind.python is not bool):
        return f"{value!r} is not a value of type {type_name}"
    if isinstance(value, Decimal) and not value.is_finite():
        return f"{value} is not a finite number"
    if kind.is_integer and isinstance(value, int) and not kind.low <= value <= kind.high:
        return f"{value} is outside {kind.low} to {kind.high} of type {type_name}"
    return ""


def reject_tag(tag: TagConfig, value: Value) -> str:
    """Why `value` cannot be written to a tag: its type, its scale, `write_min`, `write_max`."""
    try:
        raw = held(tag, value)
    except ValueError as error:
        return str(error)
    return reject(tag.type, raw) or _out_of_bounds(tag, value)


def _out_of_bounds(tag: TagConfig, value: Value) -> str:
    if isinstance(value, (str, bool)) or value is None:
        return ""
    if tag.write_min is not None and value < tag.write_min:
        return f"{value} is below write_min = {tag.write_min}"
    if tag.write_max is not None and value > tag.write_max:
        return f"{value} is above write_max = {tag.write_max}"
    return ""


def reject_all(tags: Iterable[TagConfig], values: Mapping[str, Value]) -> dict[str, str]:
    """Why values cannot be written, by tag id: unknown, not `write = true`, of another type.

    What passes is written as `plc_drivers.scaling.held` tells.
    """
    writable = {tag.id: tag for tag in tags if tag.write}
    reasons = {
        name: reject_tag(writable[name], value)
        if name in writable
        else "is not a tag with write = true"
        for name, value in values.items()
    }
    return {name: reason for name, reason in reasons.items() if reason}
