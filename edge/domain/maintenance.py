"""Maintenance: what a machine has run, what is due by it, and the work that is done on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

CORRECTIVE, PREVENTIVE = "corrective", "preventive"


@dataclass(frozen=True, kw_only=True)
class MaintenancePlan:
    """Work that comes round on a work center: by running hours, cycles or days, or several.

    `hours` is running time in microseconds. At `warn_percent` of any it is soon due;
    `forbids`: overdue, it forbids the next start.
    """

    id: str
    work_center: str
    en: str
    zh: str
    hours: int | None = None
    cycles: int | None = None
    days: int | None = None
    warn_percent: int = 90
    forbids: bool = False


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What a work center has run since the store began: microseconds, cycles.

    `since` is when the interval began in which it runs now, None while it does not.
    """

    equipment_id: str
    running: int
    cycles: int
    since: int | None = None

    def at(self, now: int) -> "Usage":
        """The usage with the interval that lasts reckoned up to `now`."""
        lasting = 0 if self.since is None else max(now - self.since, 0)
        return Usage(
            equipment_id=self.equipment_id, running=self.running + lasting, cycles=self.cycles
        )


@dataclass(frozen=True, kw_only=True)
class PlanDone:
    """Where a plan was last done: when (us), and the usage that it counts from."""

    plan: str
    at: int
    running: int
    cycles: int


@dataclass(frozen=True, kw_only=True)
class MaintenanceOrder:
    """Work on a work center; `id` is the seq of the fact that asked for it.

    `state` reported, begun, done or cancelled; `start` and `end` are those of the work (us).
    `stop` is the stop that it mends, `plan` the plan that it fulfils.
    """

    equipment_id: str
    id: int
    kind: str
    plan: str
    stop: int | None
    reported_at: int
    reported_by: str
    note: str
    state: str
    start: int | None
    end: int | None
    done_by: str
    result: str


class MaintenanceReader(Protocol):
    """What is known of machines' usage and of the work on them."""

    def usage(self, equipment_id: str) -> Usage:
        """Zero for a work center of which nothing is known."""
        ...

    def last_done(self) -> Sequence[PlanDone]:
        """By plan, of those that were done or carried over."""
        ...

    def orders(
        self, equipment_id: str | None = None, *, open_: bool | None = None
    ) -> Sequence[MaintenanceOrder]:
        """Orders by id; `open_`: reported or begun ones, or the others."""
        ...

    def order(self, id_: int) -> MaintenanceOrder | None: ...
