"""Another order of work is only looked for where it could be worth it."""

from hypothesis import given
from hypothesis import strategies as st

from edge.planning.in_force import is_worth_moving, may_gain
from edge.planning.scenario.model import Order

COSTS = st.tuples(st.integers(0, 10**7), st.integers(0, 10**6))
WEIGHTS = st.lists(st.integers(0, 50), max_size=5)


def orders(weights: list[int]) -> list[Order]:
    return [
        Order(
            id=f"WO{number}", product="P", family="f", quantity=1, due=0, weight=one, operations=()
        )
        for number, one in enumerate(weights)
    ]


@given(standing=COSTS, other=COSTS, weights=WEIGHTS)
def test_what_may_gain_nothing_is_never_worth_moving(
    standing: tuple[int, int], other: tuple[int, int], weights: list[int]
) -> None:
    planned = orders(weights)
    assert may_gain(standing, planned) or not is_worth_moving(standing, other, planned)


@given(standing=COSTS, weights=WEIGHTS)
def test_what_may_gain_is_worth_moving_to_a_plan_that_is_on_time(
    standing: tuple[int, int], weights: list[int]
) -> None:
    planned = orders(weights)
    assert may_gain(standing, planned) == is_worth_moving(standing, (0, 0), planned)
