"""When there is material for an order's pieces: stock and purchases, shared out; pure.

Only materials that purchases are told of are shared out: of the others the plan knows nothing,
and is not held back. What no purchase covers is not held back either, but named as short.

What is promised comes first, and takes what comes last before it is begun: so nobody has it
twice, and others wait no longer than they have to. Then the orders, the earliest due first.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from edge.domain.receipts import Receipt
from edge.domain.sentences import Sentence, say
from edge.planning.months.needing import Needs, Pieces, pieces_of
from edge.planning.scenario.model import MaterialArrival, Order, Scenario

NOTHING: Final = Fraction(0)
Part = tuple[int, Fraction]  # so much of a material, from a moment on


@dataclass(frozen=True, kw_only=True)
class Short:
    """So much of a material is in no stock and no purchase that is known."""

    order: str
    material: str
    lacks: Fraction

    def sentence(self) -> Sentence:
        """What lacks, and what brings it."""
        return say(
            "plan.material_lacks",
            "{lacks} of {material} lack, which no known purchase brings",
            lacks=str(self.lacks),
            material=self.material,
        )


@dataclass(frozen=True)
class Supplied:
    """The scenario with its material by date, and what lacks."""

    scenario: Scenario
    short: tuple[Short, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Promised:
    """Material that is promised, for what is to begin at `start` (us)."""

    id: str
    start: int
    materials: Mapping[str, Fraction]


def supplied(
    scenario: Scenario,
    needs: Needs,
    stock: Mapping[str, Fraction],
    receipts: Iterable[Receipt],
    promised: Sequence[Promised] = (),
    starts: Mapping[str, int] | None = None,
) -> Supplied:
    """Share `stock` and `receipts` out among what is `promised` and the orders.

    Materials that are in neither are not looked at.

    `starts`: by order that has taken a promise over, when that was to begin.
    """
    pools = _Pools.of(stock, receipts, scenario.begin)
    short = [lack for one in sorted(promised, key=_start) for lack in pools.hold(one)]
    shared: dict[str, Order] = {}
    actuals = {(one.order, one.seq): one for one in scenario.actuals}
    first = starts or {}
    for order in sorted(scenario.orders, key=lambda one: _turn(one, first)):
        if not (of := needs.get(order.id)):
            continue
        made = pieces_of(order, of, actuals)
        got = pools.give(order.id, made, first.get(order.id))
        short += got.short
        if got.parts:
            shared[order.id] = _supplied(order, made, got, scenario.begin)
    orders = tuple(shared.get(one.id, one) for one in scenario.orders)
    return Supplied(replace(scenario, orders=orders), tuple(short))


def _start(one: Promised) -> tuple[int, str]:
    return one.start, one.id


def _turn(order: Order, starts: Mapping[str, int]) -> tuple[bool, int, int, str]:
    """Promised orders first, as they begin; the others by due date."""
    return order.id not in starts, starts.get(order.id, 0), order.due or 0, order.id


@dataclass(frozen=True, kw_only=True)
class _Given:
    """What an order has of each material, and from when on; `short` what it lacks."""

    parts: Mapping[str, Sequence[Part]]
    short: tuple[Short, ...]


@dataclass
class _Pools:
    """By material that purchases are told of: what is left of each arrival, by time."""

    parts: dict[str, list[Part]]

    @classmethod
    def of(cls, stock: Mapping[str, Fraction], receipts: Iterable[Receipt], begin: int) -> "_Pools":
        pools: dict[str, list[Part]] = {name: [(begin, much)] for name, much in stock.items()}
        for one in sorted(receipts):
            there = pools.setdefault(one.material, [(begin, NOTHING)])
            there.append((max(one.at, begin), one.quantity))
        return cls(pools)

    def hold(self, one: Promised) -> list[Short]:
        """Take off what is promised; what lacks of it."""
        wanted = {name: much for name, much in one.materials.items() if name in self.parts}
        lacks = {
            name: much - _sum(self._take(name, much, one.start)) for name, much in wanted.items()
        }
        return [
            Short(order=one.id, material=name, lacks=much) for name, much in lacks.items() if much
        ]

    def give(self, order: str, made: Pieces, start: int | None) -> _Given:
        """Take off what an order needs; a promised one begins at `start`."""
        parts: dict[str, Sequence[Part]] = {}
        short: list[Short] = []
        for material in made.materials:
            if material not in self.parts or not (wanted := made.wanted(material)):
                continue
            parts[material] = got = self._take(material, wanted, start)
            if lacks := wanted - _sum(got):
                short.append(Short(order=order, material=material, lacks=lacks))
        return _Given(parts=parts, short=tuple(short))

    def _take(self, material: str, wanted: Fraction, start: int | None) -> list[Part]:
        """Take off what is wanted: what comes first, or for a `start` what comes last before it."""
        pool = self.parts[material]
        turns = list(range(len(pool)))
        if start is not None:
            there = sum(at <= start for at, _ in pool)
            turns = [*reversed(turns[:there]), *turns[there:]]
        taken: dict[int, Fraction] = {}
        for index in turns:
            if not wanted:
                break
            if part := min(pool[index][1], wanted):
                taken[index] = part
                wanted -= part
        self.parts[material] = [
            (at, much - taken.get(index, NOTHING))
            for index, (at, much) in enumerate(pool)
            if much > taken.get(index, NOTHING)
        ]
        return [(pool[index][0], taken[index]) for index in sorted(taken)]


def _sum(parts: Iterable[Part]) -> Fraction:
    return sum((much for _, much in parts), NOTHING)


def _supplied(order: Order, made: Pieces, given: _Given, begin: int) -> Order:
    """The order with what it may begin, from when on, and what waits behind its first step."""
    lacking = {one.material for one in given.short}
    limits, waits = list[list[tuple[int, int]]](), dict[int, int]()
    for material, parts in given.parts.items():
        limits.append(_steps(made, material, parts, material in lacking))
        for seq in made.waiting(material):
            there = _when(parts, made.under_way(material), begin)
            waits[seq] = max(waits.get(seq, begin), there)
    return replace(
        order,
        material=_arrivals(limits, made.begun, begin) if made.left else order.material,
        operations=tuple(
            replace(one, not_before=max(one.not_before or 0, waits[one.seq]))
            if waits.get(one.seq, begin) > begin
            else one
            for one in order.operations
        ),
    )


def _steps(
    made: Pieces, material: str, parts: Sequence[Part], lacks: bool
) -> list[tuple[int, int]]:
    """From when on there is a material for how many further pieces of the first operation."""
    got, steps = NOTHING, list[tuple[int, int]]()
    for at, much in parts:
        got += much
        steps.append((at, made.covered(material, got)))
    if lacks:  # not known, so not held back
        steps = [*steps[:-1], (steps[-1][0], made.left)] if steps else [(0, made.left)]
    return steps


def _when(parts: Sequence[Part], wanted: Fraction, begin: int) -> int:
    """When so much is there; at the beginning where it never is: that is named, and not waited
    for."""
    got = NOTHING
    for at, much in parts:
        got += much
        if got >= wanted:
            return at
    return begin


def _arrivals(
    limits: Sequence[Sequence[tuple[int, int]]], begun: int, begin: int
) -> tuple[MaterialArrival, ...]:
    """For how many pieces all materials are there, from when on."""
    found: list[MaterialArrival] = []
    for at in sorted({max(moment, begin) for steps in limits for moment, _ in steps}):
        there = min(max([0, *(n for moment, n in steps if moment <= at)]) for steps in limits)
        if there and (not found or begun + there > found[-1].quantity):
            found.append(MaterialArrival(at=at, quantity=begun + there))
    return tuple(found)
