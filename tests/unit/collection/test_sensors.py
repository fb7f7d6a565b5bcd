"""Pulses and scales in place of counters: never more than was made; what may be missing is said."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from edge.domain.facts import FactKind
from tests.unit.collection.bench_machine import BenchMachine, counter, settings
from tests.unit.collection.memory_store import MemoryJobs, job

SEEN_TOO_LATE = "missed_pulses"


def pulses(rate: str = "2", **more: Any) -> BenchMachine:
    tag = counter("pulse", "total", modulus=None, max_rate=Fraction(rate), sensor="pulse", **more)
    return BenchMachine(settings(tag, roles=("state",)))


def gaps(machine: BenchMachine) -> list[tuple[int, int]]:
    every = machine.store.of(FactKind.DATA_GAP)
    return [
        (one.body["from"], one.body["to"]) for one in every if one.body["reason"] == SEEN_TOO_LATE
    ]


async def test_each_rise_that_is_seen_is_a_piece() -> None:
    machine = pulses()
    for level in (1, 0, 0, 1, 1, 0, 1):
        await machine.show(0.25, pulse=level)
    counts = machine.store.of(FactKind.PRODUCTION_COUNT)
    assert [fact.body["quantity"] for fact in counts] == [1, 1]
    assert [(fact.body["raw_from"], fact.body["raw_to"]) for fact in counts] == [(0, 1), (1, 2)]
    assert counts[0].body["flags"] == ["pulse", "total_only", "unassigned"]
    assert not gaps(machine)


async def test_a_stroke_is_what_the_tool_makes() -> None:
    machine = pulses(strokes=True)
    machine.jobs = MemoryJobs(on=job(1001010, pieces_per_stroke=Fraction(3)))
    machine.begin()
    for level in (0, 1, 0, 0, 1):
        await machine.show(0.25, pulse=level)
    assert machine.store.pieces() == 6


async def test_looks_that_come_too_late_are_a_gap_of_them_all() -> None:
    machine = pulses()
    await machine.show(0, pulse=0)
    await machine.show(0.25)
    await machine.show(0.3, pulse=1)
    await machine.show(0.9, pulse=0)
    await machine.show(0.25)
    [(start, end)] = gaps(machine)
    assert end - start == 1_200_000
    [fact] = machine.store.of(FactKind.PRODUCTION_COUNT)
    assert fact.body["flags"][:2] == ["pulse", "lower_bound"]


async def test_a_kill_loses_no_pulse_that_was_counted_and_counts_none_twice() -> None:
    machine = pulses()
    await machine.show(0.25, pulse=0)
    await machine.show(0.25, pulse=1)
    machine.begin()
    await machine.show(0.25, pulse=1)
    assert machine.store.pieces() == 1
    await machine.show(0.25, pulse=0)
    await machine.show(5.0)  # at rest the store hears of it now and then
    machine.begin()
    await machine.show(2, pulse=1)
    assert machine.store.pieces() == 2
    assert gaps(machine)


async def test_a_rise_that_cannot_be_a_piece_yet_is_kept_apart() -> None:
    machine = pulses("1")
    for level in (0, 1, 0, 1, 0, 0, 0, 0, 1):
        await machine.show(0.1, pulse=level)
    assert machine.store.pieces() == 2
    [held] = machine.store.of(FactKind.QUARANTINE)
    assert (held.body["raw_from"], held.body["raw_to"], held.body["reason"]) == (1, 2, "jump")


signals = st.lists(
    st.tuples(
        st.integers(50, 400),  # ms high
        st.integers(50, 2000),  # ms low
    ),
    max_size=30,
)
looks = st.lists(st.sampled_from([40, 60, 100, 240, 250, 700, 3000]), min_size=1, max_size=80)
faults = st.lists(st.sampled_from(["", "", "", "kill", "bad"]), min_size=80, max_size=80)


@given(signals, looks, faults)
async def test_never_more_pulses_than_there_were(
    signal: list[tuple[int, int]], steps: list[int], what: list[str]
) -> None:
    """Whatever the looks and kills: never more; and where one is missing, a gap or a quarantine.

    The machine keeps its word: at most 2 a second, each long enough high and low to be seen.
    """
    machine = pulses()
    rises, at = [], 100
    for high, low in signal:
        width = max(high, 250)
        rises.append((at, at + width))
        at += width + max(low, 250)
    now, made = 0, 0
    await machine.show(0, pulse=0)
    for step, fault in zip(steps, what, strict=False):
        now += step
        made = sum(start <= now for start, _ in rises)
        if fault == "kill":
            machine.begin()
        machine.bad = {"pulse"} if fault == "bad" else set()
        level = any(start <= now < end for start, end in rises)
        await machine.show(step / 1000, pulse=int(level))
    machine.bad = set()
    await machine.show(0.01)
    await machine.show(0.01)
    recorded = machine.store.pieces()
    assert recorded <= made
    assert recorded == made or gaps(machine) or machine.store.of(FactKind.QUARANTINE)


def scale(**rules: Any) -> BenchMachine:
    """A scale in kg of an item that is counted in g, at most 1 kg a second."""
    known: dict[str, Any] = {"max_rate": Fraction(1000), "correction_band": 20, **rules}
    tag = counter(
        "kg", "total", modulus=None, sensor="weight", pieces_per_step=Fraction(1000), **known
    )
    machine = BenchMachine(settings(tag, roles=("state",)))
    machine.values["kg"] = 0
    return machine


async def weigh(machine: BenchMachine, *grams: int, times: int = 3) -> None:
    for weight in grams:
        for _ in range(times):
            await machine.show(1, kg=Decimal(weight) / 1000)


async def test_a_settled_gain_is_counted_in_base_units() -> None:
    machine = scale()
    await weigh(machine, 500, 740)
    [fact] = machine.store.of(FactKind.PRODUCTION_COUNT)
    assert (fact.body["quantity"], fact.body["raw_from"], fact.body["raw_to"]) == (240, 0, 240)
    assert fact.body["flags"] == ["weighed", "total_only", "unassigned"]


async def test_noise_and_what_has_not_settled_is_no_gain() -> None:
    machine = scale()
    await weigh(machine, 500, 510, 495, 505)
    await weigh(machine, 600, 700, 800, times=1)
    assert machine.store.pieces() == 0
    await weigh(machine, 800)
    assert machine.store.pieces() == 300


async def test_emptying_takes_nothing_back_and_begins_anew() -> None:
    machine = scale()
    await weigh(machine, 500, 900, 100, 350)
    assert machine.store.pieces() == 400 + 250


async def test_who_steps_on_the_scale_is_kept_apart() -> None:
    machine = scale()
    await weigh(machine, 500)
    await weigh(machine, 80_500, times=4)
    [held] = machine.store.of(FactKind.QUARANTINE)
    assert (held.body["raw_from"], held.body["raw_to"]) == (0, 80_000)
    await weigh(machine, 500, 740)
    assert machine.store.pieces() == 240


async def test_what_was_gained_while_the_edge_was_down_is_found() -> None:
    machine = scale()
    await weigh(machine, 500, 740)
    machine.begin()
    await weigh(machine, 840)
    assert machine.store.pieces() == 340
    counts = machine.store.of(FactKind.PRODUCTION_COUNT)
    assert "recovered" in counts[-1].body["flags"]


fills = st.lists(
    st.tuples(
        st.sampled_from(["gain", "gain", "gain", "empty", "kill", "down"]),
        st.integers(0, 900),
        st.integers(1, 4),
    ),
    max_size=30,
)


@given(fills)
async def test_never_more_weight_than_was_gained(walk: list[tuple[str, int, int]]) -> None:
    machine, weight, made = scale(correction_band=5), 500, 0
    await weigh(machine, weight)
    for what, grams, looks in walk:
        if what == "kill":
            machine.begin()
        elif what == "empty":
            weight = min(weight, grams)
        else:
            weight, made = weight + grams, made + grams
        await weigh(machine, weight, times=looks)
        assert machine.store.pieces() <= made
