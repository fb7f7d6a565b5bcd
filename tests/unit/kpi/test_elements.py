"""Rules of the elements that hold for every ledger."""

import itertools
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.vocabulary import SpanClass, TimeClass
from edge.kpi.elements import (
    TIME_ELEMENTS,
    Elements,
    Quantities,
    StateSpan,
    elements,
)
from edge.kpi.errors import KpiInputInvalid, SpansOverlap
from tests.unit.kpi.ledgers import HORIZON, ledgers, quantities, times


def test_every_time_class_of_the_domain_has_its_elements() -> None:
    assert set(TIME_ELEMENTS) == {*TimeClass, *SpanClass}


@given(ledgers(), times, times)
def test_the_classes_tile_the_window(spans: list[StateSpan], one: int, other: int) -> None:
    start, end = sorted((one, other))
    of = elements(spans, [], start, end)
    assert of.calendar_time == end - start
    parts = of.actual_unit_busy_time + of.actual_unit_down_time + of.unknown_time
    assert of.planned_busy_time == parts
    assert 0 <= of.outside_calendar <= of.actual_production_time


@given(ledgers(), st.sets(times))
def test_windows_add_up_to_the_whole(spans: list[StateSpan], cuts: set[int]) -> None:
    borders = sorted({0, HORIZON, *cuts})
    parts = [elements(spans, [], first, last) for first, last in itertools.pairwise(borders)]
    assert sum(parts, start=Elements()) == elements(spans, [], 0, HORIZON)


@given(ledgers(), st.lists(quantities), st.randoms(use_true_random=False))
def test_the_order_of_input_does_not_matter(
    spans: list[StateSpan], made: list[Quantities], random: Random
) -> None:
    before = elements(spans, made, 0, HORIZON)
    random.shuffle(spans)
    random.shuffle(made)
    assert elements(spans, made, 0, HORIZON) == before


@given(ledgers(), times, times)
def test_what_lies_outside_the_window_does_not_matter(
    spans: list[StateSpan], one: int, other: int
) -> None:
    start, end = sorted((one, other))
    inside = [
        StateSpan(start=max(s.start, start), end=min(s.end, end), time_class=s.time_class)
        for s in spans
        if s.start < end and s.end > start
    ]
    assert elements(inside, [], start, end) == elements(spans, [], start, end)


@given(st.lists(quantities), st.lists(quantities))
def test_units_add_up_in_either_order(ours: list[Quantities], theirs: list[Quantities]) -> None:
    left, right = elements([], ours, 0, 7), elements([], theirs, 0, 7)
    assert left + right == right + left
    assert (left + right).standard_time_good == left.standard_time_good + right.standard_time_good


@given(st.lists(quantities))
def test_standard_time_is_exact_by_each_products_own_run_time(made: list[Quantities]) -> None:
    of = elements([], made, 0, 0)
    rated = [item for item in made if item.run_time_per_item is not None]
    expected = sum(
        (Fraction(item.run_time_per_item or 0) * item.produced for item in rated), Fraction(0)
    )
    assert of.standard_time_produced == expected * 1_000_000
    assert of.unrated_quantity == sum(item.produced for item in made if item not in rated)


def test_a_gap_in_the_ledger_is_unknown_time_and_not_a_stop() -> None:
    spans = [
        StateSpan(start=0, end=10, time_class="APT"),
        StateSpan(start=20, end=25, time_class="APT"),
    ]
    of = elements(spans, [], 0, 30)
    assert (of.actual_production_time, of.unknown_time) == (15, 15)
    assert of.actual_unit_delay_time == 0


def test_overlapping_spans_are_refused_because_availability_would_lie() -> None:
    spans = [
        StateSpan(start=0, end=10, time_class="APT"),
        StateSpan(start=9, end=12, time_class="ADET"),
    ]
    with pytest.raises(SpansOverlap, match="from 9 to 10"):
        elements(spans, [], 0, 30)
    assert elements(spans, [], 10, 12).actual_unit_delay_time == 2


def test_elements_made_of_sums_are_those_of_the_constructor() -> None:
    half = Fraction(5, 3)
    made = Elements.made_of({"planned_busy_time": 7, "standard_time_good": half, "energy": 0})
    assert made == Elements(planned_busy_time=7, standard_time_good=half, energy=0)
    with pytest.raises(TypeError, match="no elements: colour"):
        Elements.made_of({"colour": 1})


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: StateSpan(start=2, end=1, time_class="APT"), "before its start"),
        (lambda: StateSpan(start=1, end=2, time_class="PAUSE"), "expected one of APT"),
        (lambda: Quantities(key="a", run_time_per_item=Fraction(0)), "above 0"),
        (lambda: Quantities(key="a", run_time_per_item=None, good=True), "whole number"),
        (lambda: Quantities(key="a", run_time_per_item=None, scrap=1.5), "whole number"),  # type: ignore[arg-type]
        (lambda: elements([], [], 2, 1), "window ends"),
    ],
)
def test_input_that_contradicts_itself_is_refused(build: object, message: str) -> None:
    assert callable(build)
    with pytest.raises(KpiInputInvalid, match=message):
        build()
