"""States of a work center and the stops that are made of them, as they lie in the store."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class StateInterval:
    """A state of a work center; `end` None while it lasts."""

    equipment_id: str
    opened: int
    start: int
    end: int | None
    state: int | None
    mode: int | None
    fault: int | None
    time_class: str
    job_order_id: str
    shift: str
    production_day: str


@dataclass(frozen=True, kw_only=True)
class Stop:
    """A delay of a work center; `id` is the seq of the fact that opened it.

    `reason`, `note`, `class_` and `planned` are what people said (of its first part, where it
    was split); `cause` with its class what the fault's table said when it was recorded. A stop
    of at most `micro_us` is counted as production, where the plant has set that. `said` is how
    often people have said something of it: its version.
    """

    equipment_id: str
    id: int
    start: int
    end: int | None
    fault: int | None
    job_order_id: str
    reason: str
    note: str
    class_: str = ""
    planned: int = 0
    cause: str = ""
    cause_class: str = ""
    cause_planned: int = 0
    micro_us: int | None = None
    said: int = 0
