"""Modbus exception codes: what they mean, and what is done about them.

Modbus Application Protocol V1.1b3, 7.
"""

from dataclasses import dataclass
from enum import Enum


class Reaction(Enum):
    """What an exception asks of the driver.

    CONFIGURATION: the tag is bad, and asked for again ever more rarely. BUSY: the request
    is made again soon. FAILURE: the tag is bad, and asked again by the next poll. SILENCE: the
    gateway answered, the unit behind it did not.
    """

    CONFIGURATION = "configuration"
    BUSY = "busy"
    FAILURE = "failure"
    SILENCE = "silence"


@dataclass(frozen=True, slots=True)
class Meaning:
    """One code in words, and the reaction to it."""

    words: str
    reaction: Reaction


MEANINGS = {
    1: Meaning("the device does not know this function", Reaction.CONFIGURATION),
    2: Meaning("the device has no such address", Reaction.CONFIGURATION),
    3: Meaning("the device does not take this value or count", Reaction.CONFIGURATION),
    4: Meaning("the device failed while answering", Reaction.FAILURE),
    5: Meaning("the device needs longer for this", Reaction.BUSY),
    6: Meaning("the device is busy", Reaction.BUSY),
    7: Meaning("the device cannot do this", Reaction.FAILURE),
    8: Meaning("the device found a parity error in its memory", Reaction.FAILURE),
    10: Meaning("the gateway has no path to the device", Reaction.SILENCE),
    11: Meaning("the device behind the gateway does not answer", Reaction.SILENCE),
}
UNKNOWN = Meaning("not in the standard", Reaction.FAILURE)
ADDRESS_CODES = (2, 3)
"""A block that met one of these may be answered in parts."""
ACKNOWLEDGED = 5
"""The device took a write and still works on it: it must not be written again."""


def reaction(code: int) -> Reaction:
    """What is done about a code."""
    return MEANINGS.get(code, UNKNOWN).reaction


def describe(code: int) -> str:
    """A code in words, with its number."""
    return f"Modbus exception {code}: {MEANINGS.get(code, UNKNOWN).words}"
