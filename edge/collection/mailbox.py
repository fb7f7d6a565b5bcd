"""What a sequence-numbered mailbox proves: the rule, pure.

A controller that can be programmed writes a payload, then the next sequence number, and waits
until it is acknowledged before it writes again. So every message is there to be read, once
known and never twice: a number that comes again with the same payload was recorded, and only
its acknowledgement was lost. Whatever else comes is not believed.
"""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, kw_only=True)
class Message:
    """What lies in a mailbox: its number, good and rejected pieces, the order they are of."""

    sequence: int
    good: int = 0
    reject: int = 0
    order: int | None = None


class Act(StrEnum):
    """What is done with a message; `HOLD` is a quarantine, and is acknowledged too."""

    NOTHING = "nothing"
    BEGIN = "begin"
    ACKNOWLEDGE = "acknowledge"
    RECORD = "record"
    HOLD = "hold"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What is done with a message, and why it is not believed."""

    act: Act
    reason: str = ""


def judge(
    last: Message | None, shown: Message, acknowledged: int | None, modulus: int, *, answered: bool
) -> Verdict:
    """What the message `shown` is after `last`, the last one that was taken (None: none yet).

    `acknowledged` is what stands in the acknowledgement, None if it is not known. `answered`:
    `last` is known to have been acknowledged, so the machine may be preparing the next one,
    whose payload comes before its number.
    """
    waits = acknowledged != shown.sequence
    if last is None:
        return Verdict(act=Act.HOLD, reason="mailbox_first") if waits else Verdict(act=Act.BEGIN)
    if shown == last:
        return Verdict(act=Act.ACKNOWLEDGE if waits else Act.NOTHING)
    if shown.sequence == last.sequence:
        if waits and not answered:
            return Verdict(act=Act.HOLD, reason="mailbox_changed")
        return Verdict(act=Act.NOTHING)
    if shown.sequence == (last.sequence + 1) % modulus:
        return Verdict(act=Act.RECORD)
    return Verdict(act=Act.HOLD, reason="mailbox_gap")
