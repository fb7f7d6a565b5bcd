"""The PackML numbers that the machines show (ISA-TR88.00.02, OPC 30050)."""

from enum import IntEnum


class State(IntEnum):
    """The states that these machines have; changes between them take no time."""

    STOPPED = 2
    IDLE = 4
    SUSPENDED = 5
    EXECUTE = 6
    ABORTED = 9
    HELD = 11
    RESETTING = 15
    COMPLETE = 17


class Mode(IntEnum):
    """The unit's mode; the simulated machines know only this one."""

    PRODUCTION = 1


class Command(IntEnum):
    """What is written to the `command` tag (contracts, section 5)."""

    NONE = 0
    LOAD = 1
    COMPLETE = 2
    HOLD = 3
    UNHOLD = 4


# What a stop may show; all of them wait for the crew to mend the fault.
STOP_STATES = {
    "held": State.HELD,
    "suspended": State.SUSPENDED,
    "stopped": State.STOPPED,
    "aborted": State.ABORTED,
}
