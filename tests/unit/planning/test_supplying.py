"""Stock and purchases are shared out by due date, each piece of them once."""

from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from edge.domain.clock import parse_time
from edge.domain.receipts import Receipt
from edge.planning.months.supplying import Short, supplied
from edge.planning.placing.tasks import needed_good, starts_for
from edge.planning.scenario.model import Order
from edge.planning.scenario.parse import parse
from tests.unit.planning.scenarios import any_scenario, order, scenario

Json = dict[str, Any]
STEEL = {"A": {"steel": Fraction(1, 2)}, "B": {"steel": Fraction(1, 2)}}


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
    needs = {one.id: {"steel": per_piece} for one in plant.orders}
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
