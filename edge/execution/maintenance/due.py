"""What is due on machines, by what they ran: the worst of hours, cycles and days counts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from edge.domain.hours import DAY
from edge.domain.maintenance import MaintenancePlan, PlanDone, Usage

NEVER = PlanDone(plan="", at=0, running=0, cycles=0)
OK, SOON, OVERDUE = "ok", "soon", "overdue"


@dataclass(frozen=True, kw_only=True)
class Due:
    """How far a plan is: `used` by measure (hours in us, cycles, days in us), the worst share.

    `state` is ok, soon or overdue.
    """

    plan: MaintenancePlan
    last: PlanDone | None
    used: Mapping[str, int]
    share: Fraction
    state: str


def due(plan: MaintenancePlan, usage: Usage, last: PlanDone | None, now: int, began: int) -> Due:
    """How far a plan is at `now`; one that was never done counts from `began` (us).

    `usage` is that at `now`.
    """
    since = last or NEVER
    used = {
        "hours": usage.running - since.running,
        "cycles": usage.cycles - since.cycles,
        "days": now - (last.at if last else began),
    }
    share = max((Fraction(used[name], limit) for name, limit in _limits(plan)), default=Fraction(0))
    state = OK
    if share >= 1:
        state = OVERDUE
    elif share * 100 >= plan.warn_percent:
        state = SOON
    return Due(plan=plan, last=last, used=used, share=share, state=state)


def _limits(plan: MaintenancePlan) -> Iterator[tuple[str, int]]:
    if plan.hours is not None:
        yield "hours", plan.hours
    if plan.cycles is not None:
        yield "cycles", plan.cycles
    if plan.days is not None:
        yield "days", plan.days * DAY
