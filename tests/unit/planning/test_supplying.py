"""Stock and purchases are shared out by due date, each piece of them once."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from edge.domain.clock import parse_time
from edge.domain.receipts import Receipt
from edge.planning.months.needing import Pieces, flow_of, pieces_of
from edge.planning.months.supplying import Promised, Short, supplied
from edge.planning.placing.tasks import needed_good, starts_for
from edge.planning.scenario.model import Actual, Order, Scenario
from edge.planning.scenario.parse import parse
from tests.unit.planning.scenarios import any_scenario, order, scenario, step

HOUR = 3_600_000_000

Json = dict[str, Any]
STEEL = {"A": {10: {"steel": Fraction(1, 2)}}, "B": {10: {"steel": Fraction(1, 2)}}}


def at(text: str) -> int:
    return parse_time(f"2026-06-{text}+02:00")


def receipt(when: str, quantity: int, material: str = "steel") -> Receipt:
    return Receipt(at=at(when), material=material, quantity=Fraction(quantity))


def two() -> Json:
    return scenario(
        order("A", quantity=100, due="2026-06-10T14:00+02:00"),
        order("B", quantity=100, due="2026-06-09T14:00+02:00"),
    )


def test_the_earliest_due_has_it_first() -> None:
    """60 in stock are 120 pieces: 100 for B, 20 for A, whose rest comes on Tuesday."""
    found = supplied(parse(two()), STEEL, {"steel": Fraction(60)}, [receipt("09T08:00", 40)])
    orders = {one.id: one.material for one in found.scenario.orders}
    assert [(one.at, one.quantity) for one in orders["A"]] == [
        (at("08T06:00"), 20),
        (at("09T08:00"), 100),
    ]
    assert [(one.at, one.quantity) for one in orders["B"]] == [(at("08T06:00"), 100)]
    assert found.short == ()


def test_what_no_purchase_brings_is_named_and_holds_nothing_back() -> None:
    found = supplied(parse(two()), STEEL, {"steel": Fraction(50)}, [receipt("09T08:00", 10)])
    (short,) = found.short
    assert short == Short(order="A", material="steel", lacks=Fraction(40))
    last = next(one for one in found.scenario.orders if one.id == "A").material[-1]
    assert (last.at, last.quantity) == (at("09T08:00"), 100)


def test_a_material_that_no_purchase_names_is_not_looked_at() -> None:
    before = parse(two())
    assert supplied(before, STEEL, {}, [receipt("09T08:00", 10, "brass")]).scenario == before


@given(
    any_scenario(),
    st.fractions(0, 500, max_denominator=4),
    st.lists(st.tuples(st.integers(0, 300), st.integers(1, 300)), min_size=1, max_size=5),
    st.sampled_from([Fraction(1), Fraction(1, 3), Fraction(5, 2)]),
)
def test_nothing_is_given_out_twice(
    document: Json, stock: Fraction, coming: list[tuple[int, int]], per_piece: Fraction
) -> None:
    """At each moment what orders may have begun needs no more than has come, but for shortages."""
    plant = parse(document)
    needs = {one.id: {one.operations[0].seq: {"steel": per_piece}} for one in plant.orders}
    receipts = [
        Receipt(at=plant.begin + hours * 3_600_000_000, material="steel", quantity=Fraction(much))
        for hours, much in coming
    ]
    found = supplied(plant, needs, {"steel": stock}, receipts)
    if found.short:
        lacks = sum(one.lacks for one in found.short)
        wanted = sum(begun_pieces(one) * per_piece for one in plant.orders)
        assert lacks == wanted - stock - sum(one.quantity for one in receipts)
        return
    for moment in {one.at for one in receipts} | {plant.begin}:
        there = stock + sum(one.quantity for one in receipts if one.at <= moment)
        begun = sum(
            max((arrival.quantity for arrival in one.material if arrival.at <= moment), default=0)
            for one in found.scenario.orders
        )
        assert begun * per_piece <= there
    assert all(one.material[-1].quantity == begun_pieces(one) for one in found.scenario.orders)


def begun_pieces(order: Order) -> int:
    """What the first operation starts, so that the last one brings the quantity."""
    return starts_for(order.operations[0], needed_good(order)[0])


def needing(*steps: dict[str, int]) -> dict[str, dict[int, dict[str, Fraction]]]:
    """Order A needs this of each material in a piece, by operation."""
    return {
        "A": {
            10 * place: {name: Fraction(much) for name, much in one.items()}
            for place, one in enumerate(steps, start=1)
        }
    }


def one_order(**more: Any) -> Scenario:
    return parse(scenario(order("A", step(10), step(20, center="L2"), quantity=100), **more))


def made(good: int, scrap: int = 0, seq: int = 10, *, ended: bool = False) -> Json:
    return {"order": "A", "seq": seq, "good": good, "scrap": scrap, "ended": ended}


NOW = {"now": "2026-06-08T06:00+02:00"}


def test_a_material_of_two_operations_is_needed_by_both() -> None:
    """Three of steel in a piece, two and one: 100 are enough for 33."""
    needs, stock = needing({"steel": 2}, {"steel": 1}), {"steel": Fraction(100)}
    found = supplied(one_order(), needs, stock, [receipt("11T08:00", 1000)])
    (plant,) = found.scenario.orders
    assert [one.quantity for one in plant.material] == [33, 100]


def test_what_is_under_way_needs_the_material_of_later_operations() -> None:
    """The first step is done, the bolts of the second are not all there: it waits for them."""
    plant = one_order(actuals=[made(100, ended=True)], **NOW)
    needs, stock = needing({}, {"bolt": 1}), {"bolt": Fraction(40)}
    found = supplied(plant, needs, stock, [receipt("11T08:00", 60, "bolt")])
    (one,) = found.scenario.orders
    assert (found.short, one.material) == ((), ())
    assert [step.not_before for step in one.operations] == [None, at("11T08:00")]
    lacking = supplied(plant, needs, stock, [receipt("11T08:00", 50, "bolt")])
    assert [(lack.order, lack.lacks) for lack in lacking.short] == [("A", Fraction(10))]
    assert lacking.scenario.orders[0].operations[1].not_before is None


def test_pieces_under_way_come_before_those_that_are_not_begun() -> None:
    """60 of 100 lie before the second step: of 70 bolts 10 are for pieces that come."""
    plant = one_order(actuals=[made(60)], **NOW)
    stock = {"bolt": Fraction(70)}
    found = supplied(plant, needing({}, {"bolt": 1}), stock, [receipt("11T08:00", 30, "bolt")])
    (one,) = found.scenario.orders
    assert [(arrival.at, arrival.quantity) for arrival in one.material] == [
        (at("08T06:00"), 70),
        (at("11T08:00"), 100),
    ]
    assert one.operations[1].not_before is None


def test_planned_loss_needs_its_material() -> None:
    """1,000 good ones at 2 % start 1,021: what is there for 1,000 is not enough."""
    document = scenario(order("A", step(10) | {"yield": "0.98"}, quantity=1000))
    stock = {"steel": Fraction(1000)}
    found = supplied(parse(document), needing({"steel": 1}), stock, [receipt("11T08:00", 1)])
    assert [lack.lacks for lack in found.short] == [Fraction(20)]


def test_what_is_promised_is_nobody_elses_and_leaves_others_what_comes_first() -> None:
    """100 are there, 100 come on Thursday, when what was promised begins."""
    promised = Promised(id="promise-7", start=at("11T09:00"), materials={"steel": Fraction(100)})
    stock, coming = {"steel": Fraction(100)}, [receipt("11T08:00", 100), receipt("15T08:00", 100)]
    plant = parse(
        scenario(order("A", quantity=100), order("B", quantity=100, due="2026-06-12T14:00+02:00"))
    )
    needs = {name: {10: {"steel": Fraction(1)}} for name in "AB"}
    found = supplied(plant, needs, stock, coming, [promised])
    assert {one.id: one.material[0].at for one in found.scenario.orders} == {
        "A": at("08T06:00"),
        "B": at("15T08:00"),
    }
    # Its order stands in its place, whoever is due before it.
    taken = supplied(plant, needs, stock, coming, starts={"B": at("11T09:00")})
    assert {one.id: one.material[0].at for one in taken.scenario.orders} == {
        "A": at("08T06:00"),
        "B": at("11T08:00"),
    }
    nothing = supplied(plant, {}, {}, [receipt("15T08:00", 90)], [promised])
    assert [str(one.sentence()) for one in nothing.short] == [
        "10 of steel lack, which no known purchase brings"
    ]


MATERIALS = ("steel", "bolt")
PER_PIECE = st.sampled_from([Fraction(0), Fraction(1), Fraction(1, 3), Fraction(2)])


@st.composite
def under_way(draw: st.DrawFn, order: Order) -> list[Actual]:
    """What was made of an order: each operation has taken what the one before it has passed on."""
    found, comes = list[Actual](), starts_for(order.operations[0], needed_good(order)[0])
    for one in order.operations:
        used = draw(st.integers(0, comes))
        comes = draw(st.integers(0, used))
        if used:
            found.append(Actual(order=order.id, seq=one.seq, good=comes, scrap=used - comes))
    return found


@settings(deadline=None)
@given(st.data(), any_scenario())
def test_whatever_was_made_and_promised_nothing_is_given_out_twice(
    data: st.DataObject, document: Json
) -> None:
    """Of each material what is promised, under way and may be begun needs no more than there is."""
    plant = parse(document)
    actuals = [one for order in plant.orders for one in data.draw(under_way(order))]
    plant = replace(plant, actuals=tuple(actuals))
    amounts = st.fixed_dictionaries(dict.fromkeys(MATERIALS, PER_PIECE))
    needs = {
        one.id: {step.seq: data.draw(amounts) for step in one.operations} for one in plant.orders
    }
    hours = st.integers(0, 300).map(lambda hour: plant.begin + hour * HOUR)
    much = st.integers(1, 300).map(Fraction)
    receipts = [
        Receipt(at=data.draw(hours), material=name, quantity=data.draw(much))
        for name in MATERIALS
        for _ in range(data.draw(st.integers(1, 3)))
    ]
    stock = {name: data.draw(much) for name in MATERIALS}
    promised = kept_of(
        [(data.draw(hours), data.draw(much)) for _ in range(data.draw(st.integers(0, 3)))],
        lambda moment: there_of("steel", stock, receipts, moment),
    )
    starts = {one.id: data.draw(hours) for one in plant.orders if data.draw(st.booleans())}
    found = supplied(plant, needs, stock, receipts, promised, starts)
    by_order = {(one.order, one.seq): one for one in actuals}
    for name in MATERIALS:
        short = sum((one.lacks for one in found.short if one.material == name), Fraction(0))
        wanted = sum((one.materials.get(name, Fraction(0)) for one in promised), Fraction(0))
        pieces = {one.id: pieces_of(one, needs[one.id], by_order) for one in plant.orders}
        wanted += sum((one.wanted(name) for one in pieces.values()), Fraction(0))
        coming = [one for one in receipts if one.material == name]
        everything = stock[name] + sum(one.quantity for one in coming)
        assert short == max(wanted - everything, 0)
        if short:
            continue
        for moment in sorted({plant.begin, *(one.at for one in coming)}):
            held = sum(
                (one.materials.get(name, Fraction(0)) for one in promised if one.start <= moment),
                Fraction(0),
            )
            used = (taken_of(one, pieces[one.id], name, moment) for one in found.scenario.orders)
            assert sum(used, held) <= there_of(name, stock, receipts, moment)


def there_of(
    name: str, stock: Mapping[str, Fraction], receipts: Iterable[Receipt], moment: int
) -> Fraction:
    """What has come of a material by a moment."""
    come = (one.quantity for one in receipts if one.material == name and one.at <= moment)
    return sum(come, stock[name])


def kept_of(
    wanted: Iterable[tuple[int, Fraction]], there: Callable[[int], Fraction]
) -> list[Promised]:
    """Those promises of steel whose material is there when they begin, all of them together."""
    found: list[Promised] = []
    for start, much in sorted(wanted):
        taken = sum((one.materials["steel"] for one in found), Fraction(0))
        if taken + much <= there(start):
            id_ = f"promise-{len(found)}"
            found.append(Promised(id=id_, start=start, materials={"steel": much}))
    return found


def taken_of(order: Order, pieces: Pieces, name: str, moment: int) -> Fraction:
    """What an order may have taken of a material by a moment; a step that was begun has what
    its pieces need, whatever the books say."""
    waits = {one.seq for one in order.operations if (one.not_before or 0) > moment}
    mine, coming = pieces.waiting(name), flow_of(pieces.tasks, _begun(order, pieces, moment))
    found = Fraction(0)
    for task, under, more in zip(pieces.tasks, pieces.under, coming, strict=True):
        seq = task.operation.seq
        moves = under if seq in mine and seq not in waits else 0
        found += pieces.needs[seq][name] * min(task.left, moves + more)
    return found


def _begun(order: Order, pieces: Pieces, moment: int) -> int:
    """Further pieces of the first operation that may have been begun by a moment."""
    if not pieces.left:
        return 0
    totals = [one.quantity for one in order.material if one.at <= moment]
    if not order.material:
        return pieces.left
    return max(totals, default=pieces.begun) - pieces.begun
