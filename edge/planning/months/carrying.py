"""What a month asks and no plan can keep is left out, and told.

In a scenario that people wrote it is refused; a floor must not stand still for it.
"""

from collections.abc import Iterator
from dataclasses import replace

from edge.domain.remarks import Remark
from edge.domain.sentences import Sentence, say
from edge.planning.scenario.crosschecks_flow import each_has_one
from edge.planning.scenario.model import Operation, Order, Scenario
from edge.planning.scenario.not_yet import (
    GAP,
    LIMIT,
    gaps_around_outside,
    limits_around_unchecked,
    not_planned_yet,
)


def carried(scenario: Scenario) -> Scenario:
    """The scenario without what would be refused: longest gaps to steps that are done outside, and
    limits beside operations without a cycle time.
    """
    if not any(not_planned_yet(scenario)):
        return scenario
    return replace(scenario, orders=tuple(map(_order, scenario.orders)))


def unkept(scenario: Scenario) -> tuple[Remark, ...]:
    """The limits that are left out: gaps to steps outside, those beside operations without a cycle
    time, and those of operations that share their only work center.
    """
    found = (
        (order.id, said)
        for order in scenario.orders
        for said in (*_around_outside(order), *_around_unchecked(order), *_shared(order))
    )
    return tuple(Remark(order=order, said=said) for order, said in found)


def _around_outside(order: Order) -> Iterator[Sentence]:
    for step in gaps_around_outside(order):
        yield say(
            "plan.gap_outside",
            "max_gap_s of operation {operation} is not planned where a step is done outside",
            operation=step.seq,
        )


def _around_unchecked(order: Order) -> Iterator[Sentence]:
    for step, name in limits_around_unchecked(order):
        yield say(
            "plan.limit_unchecked",
            "{name} of operation {operation} is not planned: it or the operation before it has no"
            " cycle time",
            "give both operations cycle times",
            name=name,
            operation=step.seq,
        )


def _shared(order: Order) -> Iterator[Sentence]:
    group: list[list[str]] = []
    for step in order.operations:
        ways = [one.work_center for one in step.alternatives]
        scarce = step.wip_limit is not None and step.wip_limit < order.quantity
        limited = scarce or step.max_gap_us is not None
        group = [*group, ways] if limited and group else [ways]
        if not ways:
            group = []
        elif not each_has_one(group):
            yield say(
                "plan.limits_not_kept",
                "wip_limit and max_gap_s of operation {operation} are not kept: {work_centers} is"
                " needed by a step before it too",
                operation=step.seq,
                work_centers=", ".join(ways),
            )
            group = [ways]


def _order(order: Order) -> Order:
    gone = {(step.seq, GAP) for step in gaps_around_outside(order)}
    gone |= {(step.seq, name) for step, name in limits_around_unchecked(order)}
    if not gone:
        return order
    return replace(order, operations=tuple(_step(step, gone) for step in order.operations))


def _step(step: Operation, gone: set[tuple[int, str]]) -> Operation:
    return replace(
        step,
        max_gap_us=None if (step.seq, GAP) in gone else step.max_gap_us,
        wip_limit=None if (step.seq, LIMIT) in gone else step.wip_limit,
    )
