"""Whether a value may be written to a tag now, and whether it reads back as written.

Pure. Off by default: only tags with `write = true`, within their type and limits, and not in
the states and modes that the configuration names. What is not known forbids.
"""

import struct
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation

from edge.collection.settings import Guard
from edge.domain.equipment import Observation
from edge.domain.sentences import Sentence, say
from plc_drivers.configuration import TagConfig
from plc_drivers.data_types import DATA_TYPES
from plc_drivers.reading import Value
from plc_drivers.scaling import held
from plc_drivers.writing import reject_all

EDGE_ALONE = {
    "mailbox_acknowledge": say(
        "write.acknowledges",
        "is written by the edge alone: it tells the machine that its message is recorded",
    ),
    "heartbeat_out": say(
        "write.heartbeat",
        "is written by the edge alone: it tells the machine that the edge records",
    ),
}
STATE, MODE = say("word.state", "state"), say("word.mode", "mode")
SINGLE = 32
SWITCHES = {"true": True, "false": False}


def typed(tag: TagConfig, value: Value) -> Value:
    """The value as the tag's type has it; numbers and bits may come as text (`"2.5"`, `"true"`).

    What is none stays as it is, and is refused by its type.
    """
    kind = DATA_TYPES[tag.type].python
    if not isinstance(value, str) or kind is str:
        return value
    if kind is bool:
        return SWITCHES.get(value, value)
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    whole = number.is_finite() and number == number.to_integral_value()
    return int(number) if kind is int and whole else number


def barred_by_hand(tag: TagConfig) -> Sentence | None:
    """Why nobody but the edge itself writes the tag; None if others may."""
    return EDGE_ALONE.get(tag.role)


def unfit(tags: Iterable[TagConfig], values: Mapping[str, Value]) -> dict[str, Sentence]:
    """Why values are not of their tags: not writable, of another type, beyond its bounds."""
    reasons = reject_all(tags, values)
    return {tag: say("write.unfit", "{words}", words=words) for tag, words in reasons.items()}


def forbidden(
    guards: Mapping[str, Guard], tags: Iterable[str], shown: Iterable[Observation | None]
) -> dict[str, Sentence]:
    """Why tags are not written in what the machines of a device show, by tag."""
    looks = tuple(shown) or (None,)
    found = {}
    for tag in tags:
        reasons = (_reason(guards.get(tag, Guard()), look) for look in looks)
        if reason := next(filter(None, reasons), None):
            found[tag] = reason
    return found


def _reason(guard: Guard, shown: Observation | None) -> Sentence | None:
    for name, refused, value in (
        (STATE, guard.states, None if shown is None else shown.state),
        (MODE, guard.modes, None if shown is None else shown.mode),
    ):
        if refused and value is None:
            return say(
                "write.not_known",
                "is not written while the {what} of the machine is not known",
                what=name,
            )
        if value is not None and value in refused:
            return say(
                "write.forbidden", "is not written in {what} {value}", what=name, value=value
            )
    return None


def confirmed(tag: TagConfig, written: Value, shown: Value) -> bool | None:
    """Whether a tag reads back as written; None if it was not read back.

    A number of 32 bits cannot hold every decimal: it is as written if it is the nearest.
    """
    if shown is None:
        return None
    if written == shown or DATA_TYPES[tag.type].python is not Decimal:
        return written == shown
    try:
        pair = [float(str(held(tag, one))) for one in (written, shown)]
    except ValueError:
        return False
    if DATA_TYPES[tag.type].bits == SINGLE:
        return struct.pack(">f", pair[0]) == struct.pack(">f", pair[1])
    return pair[0] == pair[1]
