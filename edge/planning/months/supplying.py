"""When there is material for an order's pieces: stock and purchases, shared out by due date; pure.

Only materials that purchases are told of are shared out: of the others the plan knows nothing,
and is not held back. What no purchase covers is not held back either, but named as short.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor

from edge.domain.receipts import Receipt
from edge.planning.placing.tasks import needed_good, starts_for
from edge.planning.scenario.model import MaterialArrival, Order, Scenario


@dataclass(frozen=True, kw_only=True)
class Short:
    """So much of a material is in no stock and no purchase that is known."""

    order: str
    material: str
    lacks: Fraction

    def __str__(self) -> str:
        return f"{self.lacks} of {self.material} lack, which no known purchase brings"


@dataclass(frozen=True)
class Supplied:
    """The scenario with its material by date, and what lacks."""

    scenario: Scenario
    short: tuple[Short, ...] = ()


Needs = Mapping[str, Mapping[str, Fraction]]
"""By order: how much of each material is in a piece."""


def supplied(
    scenario: Scenario,
    needs: Needs,
    stock: Mapping[str, Fraction],
    receipts: Iterable[Receipt],
) -> Supplied:
    """Share `stock` and `receipts` out among the orders, the earliest due first."""
    pools = _pools(stock, receipts, scenario.begin)
    made = {(one.order, one.seq): (one.good, one.scrap) for one in scenario.actuals}
    shared: dict[str, Order] = {}
    short: list[Short] = []
    for order in sorted(scenario.orders, key=lambda one: (one.due or 0, one.id)):
        first = order.operations[0]
        good, scrap = made.get((order.id, first.seq), (0, 0))
        left = starts_for(first, max(needed_good(order)[0] - good, 0))
        limits, lacks = _taken(order, left, needs.get(order.id, {}), pools)
        short += lacks
        if limits:
            shared[order.id] = replace(order, material=_arrivals(limits, good + scrap))
    orders = tuple(shared.get(one.id, one) for one in scenario.orders)
    return Supplied(replace(scenario, orders=orders), tuple(short))


def _pools(
    stock: Mapping[str, Fraction], receipts: Iterable[Receipt], begin: int
) -> dict[str, list[tuple[int, Fraction]]]:
    """By material that purchases are told of: what is there from when on."""
    pools: dict[str, list[tuple[int, Fraction]]] = {}
    for one in sorted(receipts):
        there = pools.setdefault(one.material, [(begin, stock.get(one.material, Fraction(0)))])
        there.append((max(one.at, begin), one.quantity))
    return pools


def _taken(
    order: Order,
    left: int,
    needs: Mapping[str, Fraction],
    pools: dict[str, list[tuple[int, Fraction]]],
) -> tuple[list[list[tuple[int, int]]], list[Short]]:
    """What the order takes of each pool: (from when, for how many pieces in all)."""
    limits, short = list[list[tuple[int, int]]](), list[Short]()
    for material, per_piece in sorted(needs.items()):
        if material not in pools or not left:
            continue
        wanted, got = per_piece * left, Fraction(0)
        steps: list[tuple[int, int]] = []
        rest: list[tuple[int, Fraction]] = []
        for at, amount in pools[material]:
            take = min(amount, wanted - got)
            got += take
            rest.append((at, amount - take))
            steps.append((at, floor(got / per_piece)))
        pools[material] = rest
        if got < wanted:
            short.append(Short(order=order.id, material=material, lacks=wanted - got))
            steps[-1] = (steps[-1][0], left)  # not known, so not held back
        limits.append(steps)
    return limits, short


def _arrivals(
    limits: Sequence[Sequence[tuple[int, int]]], begun: int
) -> tuple[MaterialArrival, ...]:
    """For how many pieces all materials are there, from when on."""
    found: list[MaterialArrival] = []
    for at in sorted({moment for steps in limits for moment, _ in steps}):
        there = min(max([0, *(n for moment, n in steps if moment <= at)]) for steps in limits)
        if there and (not found or begun + there > found[-1].quantity):
            found.append(MaterialArrival(at=at, quantity=begun + there))
    return tuple(found)
