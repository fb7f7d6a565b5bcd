"""Rules of the indicators that hold for all elements."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.kpi import indicators
from edge.kpi.elements import Elements, Quantities, StateSpan, elements
from edge.kpi.report import INDICATORS, Window, kpi_report, rendered
from tests.unit.kpi.ledgers import HORIZON, ledgers, pieces

WINDOW = Window(start=0, end=HORIZON, label="shift")


def _elements(spans: list[StateSpan], made: list[Quantities]) -> Elements:
    return elements(spans, made, 0, HORIZON)


@given(ledgers(), pieces)
def test_oee_is_the_product_of_its_parts(spans: list[StateSpan], made: list[Quantities]) -> None:
    of = _elements(spans, made)
    parts = [indicators.availability(of), indicators.effectiveness(of)]
    parts.append(indicators.quality_ratio(of))
    if indicators.oee(of) is not None and None not in parts:
        assert indicators.oee(of) == parts[0] * parts[1] * parts[2]  # type: ignore[operator]


@given(ledgers(), pieces)
def test_a_report_never_fails_and_flags_what_is_above_one(
    spans: list[StateSpan], made: list[Quantities]
) -> None:
    of = _elements(spans, made)
    report = kpi_report("L1", WINDOW, of)
    for name, indicator in INDICATORS.items():
        ratio = indicator(of)
        above = ratio is not None and ratio > 1
        assert (f"{name}_above_1" in report["flags"]) is above  # type: ignore[operator]


@given(ledgers(), pieces)
def test_below_95_percent_coverage_there_is_no_oee(
    spans: list[StateSpan], made: list[Quantities]
) -> None:
    of = _elements(spans, made)
    share = indicators.coverage(of)
    if share is None or share < Fraction(95, 100):
        figures = (indicators.oee, indicators.oee_by_pieces, indicators.nee, indicators.teep)
        assert [figure(of) for figure in figures] == [None] * 4


def test_95_percent_coverage_is_enough() -> None:
    spans = [StateSpan(start=0, end=95, time_class="APT")]
    assert indicators.oee(elements(spans, [], 0, 100)) == 0
    assert indicators.oee(elements(spans, [], 0, 101)) is None


@given(st.fractions())
def test_rendering_is_within_half_a_millionth(ratio: Fraction) -> None:
    text = rendered(ratio)
    assert text is not None
    assert abs(Fraction(text) - ratio) <= Fraction(1, 2_000_000)


@pytest.mark.parametrize(
    ("ratio", "text"),
    [
        (None, None),
        (Fraction(0), "0.000000"),
        (Fraction(2, 3), "0.666667"),
        (Fraction(-1, 3), "-0.333333"),
        (Fraction(1, 2_000_000), "0.000000"),
        (Fraction(3, 2_000_000), "0.000002"),
        (Fraction(1_500, 1_000), "1.500000"),
    ],
)
def test_rendering(ratio: Fraction | None, text: str | None) -> None:
    assert rendered(ratio) == text
