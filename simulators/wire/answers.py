"""What the faults in force do to one answer on the wire: a table of small functions."""

from collections.abc import Callable, Mapping
from typing import Any

from simulators.faults.trouble import InForce
from simulators.wire.framing import Framing, mbap_transaction

Values = Mapping[str, Any]


def _wrong_unit(framing: Framing, frame: bytes, values: Values) -> bytes:
    return framing.with_unit(frame, values["unit"]) if framing.with_unit else frame


def _wrong_transaction(_framing: Framing, frame: bytes, values: Values) -> bytes:
    return mbap_transaction(frame, values["offset"])


def _garbled(_framing: Framing, frame: bytes, _values: Values) -> bytes:
    at = len(frame) // 2
    return frame[:at] + bytes([frame[at] ^ 0x10]) + frame[at + 1 :]


def _truncated(_framing: Framing, frame: bytes, values: Values) -> bytes:
    return frame[: values["bytes"]]


# In this order: what is cut short has been altered before.
ALTERED: Mapping[str, Callable[[Framing, bytes, Values], bytes]] = {
    "wrong_unit": _wrong_unit,
    "wrong_transaction": _wrong_transaction,
    "garbled": _garbled,
    "truncated": _truncated,
}
DELAYED = ("slow", "late")


def altered(framing: Framing, frame: bytes, troubles: InForce) -> bytes:
    """What comes of an answer; nothing if it is lost."""
    for kind, alter in ALTERED.items():
        values = troubles.values(kind)
        if values is not None and frame:
            frame = alter(framing, frame, values)
    return frame


def delay_s(troubles: InForce) -> float:
    """How long an answer is kept, in seconds of the machine's own time."""
    told = [troubles.values(kind) for kind in DELAYED]
    return sum(int(values["delay_ms"]) for values in told if values is not None) / 1000
