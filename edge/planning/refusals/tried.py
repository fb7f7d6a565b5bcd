"""Orders without which the others can be planned, found by trying: those that cannot be planned
alone, or else those with the most work beside the others.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

from edge.domain.calendars import CalendarEnds
from edge.domain.clock import to_datetime
from edge.domain.faults import Fault
from edge.domain.sentences import say
from edge.planning.efforts import plan_with
from edge.planning.placing.preparing import prepared
from edge.planning.placing.timeline import Capacity
from edge.planning.scenario.model import Operation, Order, Scenario

MOST_FAULTS: Final = 40  # orders that are named at once; what is left is looked at without them


def orders_tried(scenario: Scenario, ends: CalendarEnds) -> Iterator[Fault]:
    """A fault an order (`orders[ID]`) without which the rest can be planned; of many the first
    MOST_FAULTS."""
    until = str(to_datetime(ends.span.end).date())
    impossible = (one for one in scenario.orders if _ends(scenario, [one]))
    alone = tuple(islice(impossible, MOST_FAULTS))
    for order in alone:
        said = say(
            "plan.order_endless",
            "cannot be made by {until}, where the calendar that is looked at ends",
            "mend its dates, quantity or routing, or the calendar of its work center",
            until=until,
        )
        yield Fault(f"orders[{order.id}]", order.product, said.detail, said.remedy, said)
    if len(alone) == MOST_FAULTS:
        return
    gone = {one.id for one in alone}
    for order in _too_much(scenario, [one for one in scenario.orders if one.id not in gone]):
        said = say(
            "plan.order_crowded_out",
            "there is no time for it by {until} beside the other orders",
            "mend its quantity, order less, or open its work centers longer",
            until=until,
        )
        yield Fault(f"orders[{order.id}]", order.product, said.detail, said.remedy, said)


def _too_much(scenario: Scenario, orders: Sequence[Order]) -> Sequence[Order]:
    """The orders with the most work, as few as they must be for the rest to be planned."""
    by_work = sorted(orders, key=lambda one: (-_work(one), one.id))
    few, enough = 0, 1
    if not _ends(scenario, by_work):
        return ()
    while enough < len(by_work) and _ends(scenario, by_work[enough:]):
        few, enough = enough, 2 * enough
    while few + 1 < enough:
        middle = (few + enough) // 2
        if _ends(scenario, by_work[middle:]):
            few = middle
        else:
            enough = middle
    return by_work[:enough]


def _ends(scenario: Scenario, orders: Iterable[Order]) -> bool:
    """Whether a plan of these orders alone would need more than the calendars have."""
    part = _only(scenario, {one.id for one in orders})
    try:
        capacity = Capacity(part)
        plan_with(prepared(part, capacity), capacity)
    except CalendarEnds:
        return True
    return False


def _only(scenario: Scenario, ids: set[str]) -> Scenario:
    """The scenario without the other orders, and without what was made and planned of them."""
    return replace(
        scenario,
        orders=tuple(one for one in scenario.orders if one.id in ids),
        actuals=tuple(one for one in scenario.actuals if one.order in ids),
        previous=tuple(one for one in scenario.previous if one.order in ids),
        previous_blocks=tuple(one for one in scenario.previous_blocks if one.order in ids),
        follow=tuple(one for one in scenario.follow if one.order in ids),
    )


def _work(order: Order) -> int:
    """Microseconds of work, on the quickest alternatives."""
    return sum(_least(step, order.quantity) for step in order.operations)


def _least(step: Operation, quantity: int) -> int:
    ways = [one.setup_us + int(one.cycle * quantity * 1_000_000) for one in step.alternatives]
    return min(ways, default=step.lead_time_us or 0)
