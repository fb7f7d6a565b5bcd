"""What a change is thought to cost, beside what it costs when all is placed anew."""

from random import Random
from typing import Any

import pytest

from edge.planning.kernel.loading import plain_kernel
from edge.planning.placing.solver import BY_DUE, Solver
from edge.planning.placing.timeline import Capacity
from edge.planning.scenario.parse import parse
from tests.unit.planning.scenarios import Json, order, scenario, step

FAMILIES = ("steel", "brass", "zinc")
MOST = 1 << 60


@pytest.mark.parametrize("seed", range(8))
def test_what_a_change_of_orders_with_one_step_costs_is_known_before(seed: int) -> None:
    kernel = _kernel(Random(f"estimates {seed}"), steps=1)
    for _ in range(80):
        guess, real = _tried(kernel)
        assert guess == real


def test_of_longer_orders_most_changes_are_guessed_to_the_right_side() -> None:
    kernel = _kernel(Random("estimates"), steps=3)
    tried = [_tried(kernel) for _ in range(400)]
    clear = [(guess, real) for guess, real in tried if real]
    right = sum((guess > 0) == (real > 0) for guess, real in clear)
    assert right > 0.8 * len(clear)


def test_a_guess_moves_nothing() -> None:
    kernel = _kernel(Random("estimates"), steps=2)
    before = _sequences(kernel)
    for _ in range(100):
        kernel.moved = 0
        one = kernel.choose()
        if one >= 0 and kernel.propose(one):
            kernel.estimate(MOST)
        kernel.take_back()
        assert _sequences(kernel) == before


def _tried(kernel: Any) -> tuple[int, int]:
    """What one change is thought to cost and what it costs; it is kept where it is cheap."""
    kernel.moved, was = 0, kernel.cost1
    one = kernel.choose()
    if one < 0 or not kernel.propose(one):
        kernel.take_back()
        return 0, 0
    guess, count = kernel.estimate(MOST), kernel.note()
    kernel.take_back()
    if not kernel.decode(kernel.change(count)):
        kernel.undo()
        return 0, 0
    kernel.rate_changes()
    real = kernel.cost1 - was
    if real <= was // 50:
        kernel.keep()
    else:
        kernel.cost1 = was
        kernel.undo()
        kernel.rate()
    return guess, real


def _sequences(kernel: Any) -> list[list[int]]:
    return [list(getattr(kernel, name)) for name in ("alt", "mprev", "mnext", "head", "foot")]


def _kernel(dice: Random, steps: int) -> Any:
    """An accepted plan of 30 orders, many of them late; on two work centers in turn."""
    document = scenario(*(_order(dice, number, steps) for number in range(30)))
    matrix = {one: {two: 1200 for two in FAMILIES if two != one} for one in FAMILIES}
    for center in document["work_centers"]:
        center["setup_matrix_s"] = matrix
    found = parse(document)
    solver = Solver(found, Capacity(found))
    solver.dispatch(BY_DUE)
    solver.kernel = plain_kernel()(solver.packing.pack())
    solver.dispatch(BY_DUE)
    solver.kernel.begin(5)
    return solver.kernel


def _order(dice: Random, number: int, steps: int) -> Json:
    first = dice.randrange(2)
    operations = [
        step(10 * (index + 1), f"L{(first + index) % 2 + 1}", dice.randint(60, 300), 300)
        for index in range(steps)
    ]
    due = f"2026-06-{dice.randint(8, 12):02}T14:00:00+02:00"
    more: dict[str, Any] = {"due": due, "weight": dice.randint(1, 5)}
    more["family"] = dice.choice(FAMILIES)
    return order(f"O{number:02}", *operations, quantity=dice.randint(5, 40), **more)
