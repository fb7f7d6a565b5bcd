"""Hypothesis strategies: ledgers of one unit, pieces, and times to cut them at."""

import itertools
from fractions import Fraction

from hypothesis import strategies as st

from edge.domain.vocabulary import TimeClass
from edge.kpi.elements import Quantities, StateSpan

HORIZON = 40
times = st.integers(0, HORIZON)
run_times = st.one_of(
    st.none(), st.fractions(min_value=Fraction(1, 48), max_value=Fraction(90), max_denominator=48)
)


@st.composite
def ledgers(draw: st.DrawFn) -> list[StateSpan]:
    """Spans that do not overlap, in any order, with gaps."""
    borders = sorted(draw(st.sets(times, max_size=12)))
    spans = [
        StateSpan(start=first, end=last, time_class=draw(st.sampled_from(TimeClass)))
        for first, last in itertools.pairwise(borders)
        if draw(st.booleans())
    ]
    return draw(st.permutations(spans))


quantities = st.builds(
    Quantities,
    key=st.sampled_from(["WO1.10", "WO2.20", ""]),
    run_time_per_item=run_times,
    good=st.integers(-5, 500),
    scrap=st.integers(0, 50),
    rework=st.integers(0, 50),
)
pieces = st.lists(quantities, max_size=8)
