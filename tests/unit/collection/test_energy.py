"""Meters of energy are counted as pieces are: exact Wh, by hour and job, over wraps and resets."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from edge.domain.changes import Add
from edge.domain.facts import Fact, FactKind
from edge.domain.fold import FoldState, fold
from tests.unit.collection.bench_machine import BenchMachine, counter, settings
from tests.unit.collection.memory_store import MemoryJobs, job

METER = counter("energy", max_rate=Fraction(1000), pieces_per_step=Fraction(10), resettable=False)


def machine() -> BenchMachine:
    roles = ("state", "order")
    return BenchMachine(
        replace(settings(counter("good"), roles=roles), meters=(METER,)),
        jobs=MemoryJobs(numbers={1001010: job(1001010)}),
    )


def energy(of: BenchMachine) -> list[Fact]:
    every = of.store.of(FactKind.PRODUCTION_COUNT)
    return [fact for fact in every if fact.body["role"] == "energy"]


async def test_a_meter_that_wraps_loses_nothing_and_is_the_jobs() -> None:
    """65,400 to 64 is 200 steps of 10 Wh; the case energy_with_a_wrap goes on from there."""
    bench = machine()
    await bench.show(1, good=0, energy=65_400, order=1001010, state=6)
    await bench.show(10, good=3, energy=64)
    [fact] = energy(bench)
    assert (fact.body["quantity"], fact.body["raw_from"], fact.body["raw_to"]) == (2000, 65_400, 64)
    assert fact.body["pieces_per_pulse"] == "10"
    assert "rollover" in fact.body["flags"]
    assert fact.job_order_id == bench.jobs.numbers[1001010].job_order_id
    adds = [one for one in fold(FoldState(), fact).changes if isinstance(one, Add)]
    assert [(one.table, one.amounts) for one in adds] == [("energy_hour", {"energy": 2000})]


async def test_energy_is_no_piece_and_a_silent_meter_keeps_no_piece_from_being_counted() -> None:
    bench = machine()
    await bench.show(1, good=0, energy=0, order=1001010, state=6)
    bench.bad.add("energy")
    await bench.show(10, good=4)
    bench.bad.clear()
    await bench.show(10, good=9, energy=30)
    good = [one for one in bench.store.of(FactKind.PRODUCTION_COUNT) if one.body["role"] == "good"]
    assert sum(one.body["quantity"] for one in good) == 9
    assert sum(one.body["quantity"] for one in energy(bench)) == 300


@given(st.lists(st.tuples(st.integers(0, 500), st.booleans()), max_size=20))
async def test_all_energy_is_counted_once_over_restarts(walk: list[tuple[int, bool]]) -> None:
    bench, raw, used = machine(), 65_000, 0
    await bench.show(1, good=0, energy=raw, order=1001010, state=6)
    for steps, restart in walk:
        if restart:
            bench.begin()
        raw, used = (raw + steps) % 65_536, used + steps
        await bench.show(30, energy=raw)
    assert sum(fact.body["quantity"] for fact in energy(bench)) == used * 10
    joined = energy(bench)
    for before, after in pairwise(joined):
        assert after.body["raw_from"] == before.body["raw_to"]
