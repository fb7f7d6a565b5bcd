"""The words of the field: machine states, job states and time classes, as tables.

PackML states: ISA-TR88.00.02. Job states: OPC 10031-4. Time classes: ISO 22400-2.
"""

from enum import IntEnum, StrEnum


class MachineState(IntEnum):
    """The 17 states of PackML, by their standard numbers."""

    CLEARING = 1
    STOPPED = 2
    STARTING = 3
    IDLE = 4
    SUSPENDED = 5
    EXECUTE = 6
    STOPPING = 7
    ABORTING = 8
    ABORTED = 9
    HOLDING = 10
    HELD = 11
    UNHOLDING = 12
    SUSPENDING = 13
    UNSUSPENDING = 14
    RESETTING = 15
    COMPLETING = 16
    COMPLETE = 17


class MachineMode(IntEnum):
    """Unit modes of PackML that are the same on every machine; others are the builder's."""

    PRODUCTION = 1
    MAINTENANCE = 2
    MANUAL = 3


class JobState(StrEnum):
    """States of a job order (OPC 10031-4)."""

    NOT_ALLOWED_TO_START = "NotAllowedToStart"
    ALLOWED_TO_START = "AllowedToStart"
    RUNNING = "Running"
    INTERRUPTED = "Interrupted"
    ENDED = "Ended"
    ABORTED = "Aborted"


class TimeClass(StrEnum):
    """What a moment of a work unit counts as (ISO 22400-2 symbols)."""

    APT = "APT"  # actual production time
    ASUT = "ASUT"  # actual unit set-up time
    ADET = "ADET"  # actual unit delay time
    ADOT = "ADOT"  # available, but no order
    UNKNOWN = "UNKNOWN"  # no valid state; inside PBT, shown as missing coverage
    OFF = "OFF"  # outside the calendar, not in PBT
    APT_OUTSIDE = "APT_OUTSIDE"  # production outside the calendar: extends PBT, flagged


class SpanClass(StrEnum):
    """What a moment counts as once stops lie over the states; never in a state's fact."""

    PLANNED = "PLANNED"  # a planned stop: planned down time, not in PBT
    MICRO = "MICRO"  # a stop below the plant's threshold, counted as APT: a deviation


PRODUCING = frozenset({MachineState.EXECUTE, MachineState.COMPLETING})
WAITING_FOR_ORDER = frozenset({MachineState.COMPLETE, MachineState.IDLE, MachineState.STOPPED})
OPEN_JOB_STATES = frozenset({JobState.RUNNING, JobState.INTERRUPTED})
FINAL_JOB_STATES = frozenset({JobState.ENDED, JobState.ABORTED})


def classify_time(
    state: int | None, mode: int | None, *, in_calendar: bool, has_job: bool, in_setup: bool
) -> TimeClass:
    """Time class of a moment.

    `state` is a PackML number or None where no valid state is known. Modes above
    3 are the machine builder's and count as production mode. With its job made (Complete)
    a machine waits for an order: ADOT. Set-up and unknown time outside the calendar are
    not in PBT; production there is, because it was made.
    """
    producing = state in PRODUCING and mode not in {MachineMode.MAINTENANCE, MachineMode.MANUAL}
    if not in_calendar:
        return TimeClass.APT_OUTSIDE if producing and has_job and not in_setup else TimeClass.OFF
    if state is None:
        return TimeClass.UNKNOWN
    if not has_job or (state == MachineState.COMPLETE and not in_setup):
        return TimeClass.ADOT
    if in_setup:
        return TimeClass.ASUT
    return TimeClass.APT if producing else TimeClass.ADET
