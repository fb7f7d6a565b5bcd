"""A plan as a schedule in which late orders say why."""

from collections.abc import Callable, Mapping
from typing import Any

from edge.planning.explaining.reasons import Reasons
from edge.planning.levels.originals import Originals
from edge.planning.placing.solver import Plan, never
from edge.planning.placing.timeline import Capacity
from edge.planning.scenario.model import REASON_TYPES
from edge.planning.schedules.schedule import schedule_of

Json = dict[str, Any]


def explained(
    plan: Plan,
    capacity: Capacity,
    seed: int,
    *,
    proofs: int | None = None,
    over: Callable[[], bool] = never,
) -> Json:
    """A plan as `taktline.schedule/1` with its reasons; `proofs` as `solve` has it.

    Once it is `over` no more reasons are looked for; which orders say none for that is said.
    """
    originals = Originals(plan)
    late = originals.late
    if proofs is not None and len(late) * len(plan.tasks) * len(REASON_TYPES) > proofs:
        return schedule_of(plan, seed, unexplained=[*late])
    reasons = _reasons(originals, capacity, late, over)
    return schedule_of(plan, seed, reasons, [order for order in late if order not in reasons])


def _reasons(
    originals: Originals, capacity: Capacity, late: Mapping[str, int], over: Callable[[], bool]
) -> dict[str, list[Json]]:
    """Of each late order its reasons; of a levelled one those of the lot that is done last.

    Those that cost most come first; those not looked into before it was `over` are left out.
    """
    if not late or over():
        return {}
    suspects = originals.suspects(late)
    proved = Reasons(originals.plan, capacity, dict(suspects.values()), over)
    found: dict[str, list[Json]] = {}
    weights = {one.id: (one.weight, one.due or 0) for one in originals.scenario.orders}
    for order in sorted(late, key=lambda one: weights[one][0] * (weights[one][1] - late[one])):
        lot, done = suspects[order]
        rows = proved.of(lot)
        if over():
            break  # of this one, too, not all may have been looked for
        found[order] = originals.proved(order, done, rows) if order in originals.lots else rows
    return found
