"""Targets in what a machine counts: never a piece too few by rounding, never a step too many."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.collection.channels import whole
from edge.domain.orders import Tool
from edge.execution.dispatch.steps import CountedIn, pieces_of, steps_for
from tests.unit.execution.floor_parts import definition, order, schedule
from tests.unit.execution.test_jobs import Bench

STEPS = st.fractions(min_value=Fraction(1, 200), max_value=500, max_denominator=200)
PARTS = st.fractions(min_value=0, max_value=Fraction(199, 200), max_denominator=200)


@given(st.integers(1, 5_000_000), STEPS, PARTS)
def test_no_piece_too_few_and_no_step_too_many(
    pieces: int, step: Fraction, begun: Fraction
) -> None:
    """Held against the arithmetic by which collection makes pieces of steps."""
    steps = steps_for(pieces, step, begun)
    assert steps >= 1  # 0 would tell the machine that there is no target
    made, _ = whole(steps, step, begun)
    assert pieces <= made < pieces + max(step, Fraction(1))
    short, _ = whole(steps - 1, step, begun)
    assert short < pieces


@given(st.integers(1, 5_000_000), STEPS)
def test_what_a_target_makes_is_enough(pieces: int, step: Fraction) -> None:
    assert pieces_of(steps_for(pieces, step), step) >= pieces


@pytest.mark.parametrize(
    ("pieces", "step", "begun", "steps"),
    [
        (100, "1", "0", 100),
        (100, "4", "0", 25),
        (101, "4", "0", 26),
        (1, "4", "0", 1),
        (3, "1/2", "0", 6),
        (3, "1/2", "1/2", 5),
        (1000, "100", "0", 10),
    ],
)
def test_some_targets(pieces: int, step: str, begun: str, steps: int) -> None:
    assert steps_for(pieces, Fraction(step), Fraction(begun)) == steps


def test_a_step_is_what_the_counter_and_the_jobs_tool_say() -> None:
    bench = Bench()
    with_tool = definition("HINGE", ["L1"])
    tool = {"id": "T7", "cavities": 4, "blocked": 1}
    with_tool.content["operations"][0]["alternatives"][0]["tool"] = tool
    bench.take(with_tool, schedule(1, order("WO1")))
    job = bench.register.jobs["WO1.10"]
    assert job.tool == Tool(id="T7", pieces_per_stroke=Fraction(3))
    assert CountedIn(strokes=True).step_of(job) == 3
    assert CountedIn(pieces=Fraction(2)).step_of(job) == 2  # it counts no strokes
    assert CountedIn(pieces=Fraction(2), strokes=True).step_of(None) == 2
