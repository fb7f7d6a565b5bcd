"""Charts, rules and capability against published and hand-worked cases, and by properties."""

import json
import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.domain.spc.charts import (
    INDIVIDUALS,
    LEAST_SUBGROUPS,
    XBAR_R,
    NoChart,
    baseline,
    limits,
    mean,
    points,
    ranges,
)
from edge.domain.spc.constants import FACTORS
from edge.domain.spc.figures import told
from edge.domain.spc.rules import RULES, broken, broken_at_end
from edge.execution.quality.capability import machine, process

CASES = Path(__file__).parents[2] / "cases" / "spc"
CHARTS = sorted(path.name for path in CASES.glob("*_*.json"))
UNIT = limits(INDIVIDUALS, Fraction(0), FACTORS[2].d2, 1)  # sigma of a point is 1


def case(name: str) -> Any:
    return json.loads((CASES / name).read_text())


def fractions(texts: list[str]) -> list[Fraction]:
    return [Fraction(text) for text in texts]


def center_and_spread(one: dict[str, Any]) -> tuple[Fraction, Fraction, int]:
    if "subgroups" in one:
        groups = [fractions(group) for group in one["subgroups"]]
        values, spreads = points(one["chart"], groups), ranges(one["chart"], groups)
        return mean(values), mean(spreads), len(groups[0])
    (total, k), (widths, _) = one["center_of"], one["spread_of"]
    return Fraction(total) / k, Fraction(widths) / k, one["size"]


@pytest.mark.parametrize("name", CHARTS)
def test_limits_are_those_of_the_case(name: str) -> None:
    one = case(name)
    center, spread, size = center_and_spread(one)
    found = limits(one["chart"], center, spread, size)
    figures = {"center": found.center, "spread": found.range_center, "lower": found.lower}
    figures |= {"upper": found.upper, "range_lower": found.range_lower}
    figures |= {"range_upper": found.range_upper, "process_sigma": found.process_sigma}
    for figure, value in figures.items():
        assert told(value, 4) == one[figure], figure
    if "specification" in one:
        low, high = fractions(one["specification"])
        sigma, nearest = found.process_sigma, min(high - found.center, found.center - low)
        index, critical = (high - low) / (6 * sigma), nearest / (3 * sigma)
        assert (told(index, 4), told(critical, 4)) == (one["index"], one["critical"])


@pytest.mark.parametrize("one", case("capability.json"), ids=lambda one: one["why"][:40])
def test_capability_of_a_machine_run(one: dict[str, Any]) -> None:
    low, high = (Fraction(one[side]) if one[side] else None for side in ("lower", "upper"))
    found = machine(fractions(one["readings"]), low, high)
    assert (told(found.index, 4), told(found.critical, 4)) == (one["index"], one["critical"])
    assert bool(found.why_none) == (found.critical is None)


@pytest.mark.parametrize("one", case("rules.json"), ids=lambda one: one["why"][:50])
def test_rules_of_nelson(one: dict[str, Any]) -> None:
    zs = fractions(one["points"])
    assert broken_at_end(zs, UNIT) == one["breaks"]
    assert [found.rule for found in broken(zs, UNIT) if found.at == len(zs) - 1] == one["breaks"]


def test_each_rule_has_a_case_that_breaks_it_and_one_that_does_not() -> None:
    told_of = {one["why"][0] for one in case("rules.json") if one["breaks"]}
    spared = {one["why"][0] for one in case("rules.json") if not one["breaks"]}
    assert {str(number) for number in RULES} <= told_of
    assert {"1", "2", "3", "4", "5", "6", "7"} <= spared


def normal(x: float) -> float:
    return (1 + math.erf(x / math.sqrt(2))) / 2


@pytest.mark.parametrize("n", FACTORS)
def test_the_factors_are_those_of_a_normal_distribution(n: int) -> None:
    """d2 is the mean of the range of n normal values, d3 its deviation: by integration."""
    step, grid = 0.05, [-6 + 0.05 * i for i in range(241)]
    below = [normal(x) for x in grid]
    d2 = sum(1 - f**n - (1 - f) ** n for f in below) * step
    square = (
        2
        * step**2
        * sum(
            (1 - b**n - (1 - a) ** n + (b - a) ** n) / (2 if i == j else 1)
            for i, a in enumerate(below)
            for j, b in enumerate(below[i:], i)
        )
    )
    d3 = math.sqrt(square - d2**2)
    one = FACTORS[n]
    assert float(one.d2) == pytest.approx(d2, abs=0.0006)
    assert float(one.a2) == pytest.approx(3 / (d2 * math.sqrt(n)), abs=0.0006)
    assert float(one.d3) == pytest.approx(max(0, 1 - 3 * d3 / d2), abs=0.002)
    assert float(one.d4) == pytest.approx(1 + 3 * d3 / d2, abs=0.002)


@pytest.mark.parametrize(
    ("chart", "groups", "why"),
    [
        (XBAR_R, [[1, 2]] * (LEAST_SUBGROUPS - 1), "limits need 20"),
        (XBAR_R, [[1, 2]] * 20 + [[1, 2, 3]], "one size"),
        (XBAR_R, [[1, 1]] * 20, "does not resolve"),
        (XBAR_R, [list(range(11))] * 20, "2 to 10"),
        (INDIVIDUALS, [[1], [2]] * 9, "limits need 20"),
    ],
)
def test_a_baseline_that_says_too_little_is_refused(
    chart: str, groups: list[list[int]], why: str
) -> None:
    with pytest.raises(NoChart, match=why):
        baseline(chart, [[Fraction(value) for value in group] for group in groups])


VALUES = st.integers(-1000, 1000).map(lambda n: Fraction(n, 100))
GROUPS = st.integers(2, 6).flatmap(
    lambda n: st.lists(st.lists(VALUES, min_size=n, max_size=n), min_size=20, max_size=30)
)
SHIFT = st.fractions(-100, 100, max_denominator=1000)
SCALE = st.fractions(Fraction(1, 100), 100, max_denominator=1000)


@settings(max_examples=25, deadline=None)
@given(GROUPS, SHIFT, SCALE, st.sampled_from([XBAR_R, INDIVIDUALS]))
def test_shift_and_scale_change_no_judgement(
    groups: list[list[Fraction]], shift: Fraction, scale: Fraction, chart: str
) -> None:
    """Inches or millimetres, from whatever zero: the same rules are broken, Cp is the same."""
    if sum(ranges(chart, groups)) == 0:
        return
    other = [[value * scale + shift for value in group] for group in groups]
    one, two = baseline(chart, groups), baseline(chart, other)
    assert two.center == one.center * scale + shift
    assert two.spread == one.spread * scale
    first = limits(chart, one.center, one.spread, one.size)
    second = limits(chart, two.center, two.spread, two.size)
    assert broken(points(chart, groups), first) == broken(points(chart, other), second)


@settings(max_examples=25, deadline=None)
@given(GROUPS, st.integers(-9999, 9999), st.sampled_from([1, 10, 100, 1000]))
def test_the_index_of_a_process_is_the_same_in_any_unit(
    groups: list[list[Fraction]], zero: int, scale: int
) -> None:
    """Cp and Cpk are those of the chart's own sigma, and the same in millimetres and metres."""
    size = len(groups[0])
    low, high, shift = Fraction(-5), Fraction(7), Fraction(zero, 100)
    found = process(XBAR_R, groups, low, high)
    if size * len(groups) < 50 or sum(ranges(XBAR_R, groups)) == 0:
        assert found.why_none
        return
    base = baseline(XBAR_R, groups)
    sigma = limits(XBAR_R, base.center, base.spread, size).process_sigma
    assert found.index == (high - low) / (6 * sigma)
    assert found.critical == min(high - base.center, base.center - low) / (3 * sigma)
    other = [[value * scale + shift for value in group] for group in groups]
    assert process(XBAR_R, other, low * scale + shift, high * scale + shift) == found


@settings(max_examples=30, deadline=None)
@given(GROUPS, st.randoms())
def test_order_within_a_subgroup_says_nothing(groups: list[list[Fraction]], random: Any) -> None:
    mixed = [random.sample(group, len(group)) for group in groups]
    assert points(XBAR_R, mixed) == points(XBAR_R, groups)
    assert ranges(XBAR_R, mixed) == ranges(XBAR_R, groups)


@given(st.lists(VALUES, min_size=1, max_size=40))
def test_a_mirrored_chart_breaks_the_same_rules(zs: list[Fraction]) -> None:
    assert broken(zs, UNIT) == broken([-z for z in zs], UNIT)


@given(st.lists(VALUES, min_size=16, max_size=40))
def test_old_points_do_not_matter(zs: list[Fraction]) -> None:
    assert broken_at_end(zs, UNIT) == broken_at_end(zs[-15:], UNIT)


@given(st.fractions(-1000, 1000), st.integers(0, 8))
def test_a_figure_is_told_to_the_nearest_place(value: Fraction, places: int) -> None:
    text = told(value, places)
    assert text is not None
    assert abs(Fraction(text) - value) <= Fraction(1, 2 * 10**places)
