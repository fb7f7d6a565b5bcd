"""For any machine, readings and faults: what is recorded is what was made, or it is said.

Never more than was made. Less only where a flag, a quarantine or a gap says so, or at the one
bound: a counter that was reset unseen and counted to its old value or past it.
"""

from fractions import Fraction
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.collection.counters import CounterRules
from edge.domain.facts import FactKind, encode
from edge.storage import baselines
from erp_sync.inbox.ranges import RawRanges
from tests.contract.fact_schema import check
from tests.traces import doubtful, recorded
from tests.unit.collection.truth import Plant, Step, Truth

RATES = [Fraction(1, 7), Fraction(1), Fraction(3), Fraction(25, 2)]
shares = st.fractions(min_value=0, max_value=1, max_denominator=20)
FAULTS = ("silent", "kill", "bad", "store", "late", "torn", "clock", "boot", "reset", "correct")
steps = st.builds(
    Step,
    what=st.sampled_from(["run"] * len(FAULTS) + [*FAULTS]),
    seconds=st.one_of(st.integers(0, 3), st.integers(0, 40), st.integers(0, 90_000)),
    share=shares,
    early=shares,
    back=st.integers(0, 4),
)


@st.composite
def plants(draw: st.DrawFn) -> Plant:
    """Each modulus, an end, each word on resets; a value near its end or near 0 to begin with."""
    modulus, lowest = draw(
        st.sampled_from(
            [
                (None, 0),
                (16, 0),
                (256, 0),
                (256, -128),
                (10_000, 0),
                (1 << 16, 0),
                (1 << 16, -(1 << 15)),
                (1 << 31, 0),
                (1 << 32, -(1 << 31)),
                (1 << 32, 0),
                (100_000_000, 0),
            ]
        )
    )
    stops = (
        draw(st.sampled_from([300, 32_767])) if modulus is None and draw(st.booleans()) else None
    )
    resettable = draw(st.sampled_from([None, True, False]))
    rules = CounterRules(
        max_rate=draw(st.sampled_from(RATES)),
        modulus=modulus,
        lowest=lowest,
        saturates_at=stops,
        correction_band=draw(st.sampled_from([0, 0, 2])),
        resettable=resettable,
    )
    most = (modulus or (stops or 100_000) + 1) - 1
    near = st.integers(0, min(most, 300))
    return Plant(
        rules=rules,
        boot_tag=draw(st.booleans()),
        retentive=resettable is False or draw(st.booleans()),
        words=modulus in {1 << 31, 1 << 32, 100_000_000},
        start=draw(st.one_of(near, near.map(lambda by: most - by))),
    )


async def lived(plant: Plant, walk: list[Step]) -> Truth:
    truth = Truth(plant)
    await truth.begin()
    for step in walk:
        await truth.step(step)
    await truth.end()
    return truth


@given(plants(), st.lists(steps, max_size=25))
async def test_recorded_is_made_or_it_is_said(plant: Plant, walk: list[Step]) -> None:
    truth = await lived(plant, walk)
    facts = truth.edge.store.facts
    pieces = recorded(facts)
    assert pieces <= truth.made
    said = doubtful(facts) or any(fact.body.get("action") == "counter_saturated" for fact in facts)
    assert pieces == truth.made - truth.back or said or truth.passed
    if plant.reckoned_with:
        flags = chain.from_iterable(fact.body.get("flags", ()) for fact in facts)
        assert "rollover" not in flags


@given(plants(), st.lists(steps, max_size=25))
async def test_what_sync_holds_joins_and_gives_the_baselines_back(
    plant: Plant, walk: list[Step]
) -> None:
    """The inbox takes every raw range, and a store that was lost has its baselines from facts."""
    truth = await lived(plant, walk)
    ranges = RawRanges(ends={}, holes=set())
    stands = None
    for fact in truth.edge.store.facts:
        check(encode(fact))
        ranges.take(fact)
        stands = baselines.after(fact) or stands
    row = truth.edge.store.rows["L1", "good"]
    assert stands is not None
    assert (stands.counter_epoch, stands.raw) == (row.counter_epoch, row.raw)


calm = st.lists(
    st.builds(
        Step,
        what=st.sampled_from(["run", "run", "kill", "bad", "store", "late", "silent"]),
        seconds=st.integers(0, 30),
        share=shares,
        early=shares,
    ),
    max_size=25,
)


@given(st.sampled_from([1 << 10, 10_000, 1 << 16, 1 << 31]), st.integers(0, 400), calm)
async def test_a_counter_in_reach_is_exact_over_wraps_and_outages(
    modulus: int, near: int, walk: list[Step]
) -> None:
    """No resets, never away so long that it may go round: every piece, and nothing in doubt."""
    rules = CounterRules(max_rate=Fraction(1, 4), modulus=modulus)
    truth = await lived(Plant(rules=rules, start=modulus - 1 - near), walk)
    assert recorded(truth.edge.store.facts) == truth.made
    assert not doubtful(truth.edge.store.facts)


async def test_the_one_bound_is_what_it_is_said_to_be() -> None:
    """Reset by hand, and past its old value before the next look: too few, and nothing says so."""
    rules = CounterRules(max_rate=Fraction(1), resettable=True)
    half = Fraction(1, 2)
    walk = [Step(what="reset", seconds=100, share=Fraction(1), early=half)]
    truth = await lived(Plant(rules=rules, boot_tag=True, start=20), walk)
    assert truth.passed
    assert (recorded(truth.edge.store.facts), truth.made) == (30, 100)
    assert not doubtful(truth.edge.store.facts)


@pytest.mark.parametrize("boot_tag", [True, False])
async def test_a_wrap_where_somebody_can_reset_is_always_quarantined(boot_tag: bool) -> None:
    rules = CounterRules(max_rate=Fraction(1), modulus=256, resettable=True)
    walk = [Step(what="run", seconds=10, share=Fraction(1), early=Fraction(0))]
    truth = await lived(Plant(rules=rules, boot_tag=boot_tag, start=250), walk)
    [held] = truth.edge.store.of(FactKind.QUARANTINE)
    assert held.body["reason"] == "rollover_or_reset"
    assert recorded(truth.edge.store.facts) == 0
