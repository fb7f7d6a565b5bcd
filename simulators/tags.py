"""What a machine offers on the wire: one table for both faces (contracts, section 5)."""

from dataclasses import dataclass
from typing import Protocol

from simulators.counter import Counter


@dataclass(frozen=True)
class Tag:
    """A tag: its OPC UA name (`ns=2;s=MACHINE.Name`), Modbus register, bits and rights."""

    id: str
    node: str
    register: int
    bits: int
    write: bool = False


class Counting(Protocol):
    """What of a machine's specification its tags depend on."""

    @property
    def good(self) -> Counter: ...

    @property
    def reject(self) -> Counter: ...

    @property
    def mailbox(self) -> bool: ...


MAILBOX = (
    Tag("mailbox_sequence", "MailboxSequence", 200, 16),
    Tag("mailbox_good", "MailboxGood", 201, 16),
    Tag("mailbox_reject", "MailboxReject", 202, 16),
    Tag("mailbox_order", "MailboxOrder", 203, 32),
    Tag("mailbox_acknowledge", "MailboxAcknowledge", 205, 16, write=True),
)


def tags_of(spec: Counting) -> tuple[Tag, ...]:
    """The tags of a machine; counters are as wide as the scenario says."""
    return (
        Tag("state", "State", 0, 16),
        Tag("mode", "Mode", 1, 16),
        Tag("fault", "Fault", 2, 16),
        Tag("heartbeat", "Heartbeat", 3, 16),
        Tag("boot", "Boot", 4, 16),
        Tag("recipe", "Recipe", 5, 16),
        Tag("order", "Order", 6, 32),
        Tag("good", "Good", 8, spec.good.bits),
        Tag("reject", "Reject", 10, spec.reject.bits),
        Tag("order_setpoint", "OrderSetpoint", 100, 32, write=True),
        Tag("recipe_setpoint", "RecipeSetpoint", 102, 16, write=True),
        Tag("target_setpoint", "TargetSetpoint", 103, 32, write=True),
        Tag("limit_setpoint", "LimitSetpoint", 105, 32, write=True),
        Tag("command", "Command", 107, 16, write=True),
        *(MAILBOX if spec.mailbox else ()),
    )


TAG_IDS = (
    *("state", "mode", "fault", "heartbeat", "boot", "recipe", "order", "good", "reject"),
    *("order_setpoint", "recipe_setpoint", "target_setpoint", "limit_setpoint", "command"),
)
