"""Steps that are not pieces: strokes of tools, meters, scales of a meter; exact over everything."""

from fractions import Fraction
from itertools import groupby, pairwise
from math import floor

from hypothesis import given
from hypothesis import strategies as st

from edge.domain.equipment import Beside
from edge.domain.facts import Fact, FactKind
from edge.storage import baselines
from tests.unit.collection.bench_machine import BenchMachine, counter, settings
from tests.unit.collection.memory_store import MemoryJobs, job

FACTORS = st.builds(Fraction, st.integers(1, 400), st.integers(1, 12))


def counts(machine: BenchMachine, tag: str = "good") -> list[Fact]:
    every = machine.store.of(FactKind.PRODUCTION_COUNT)
    return [fact for fact in every if fact.body["tag"] == tag]


def join(facts: list[Fact]) -> None:
    """Each fact goes on in steps and in the begun piece where the one before it ended."""
    for before, after in pairwise(facts):
        assert after.body["raw_from"] == before.body["raw_to"]
    for _, of_job in groupby(facts, lambda fact: fact.job_order_id):
        rest = Fraction(0)
        for fact in of_job:
            body = fact.body
            made = rest + (body["raw_to"] - body["raw_from"]) * Fraction(
                body.get("pieces_per_pulse", "1")
            )
            rest = Fraction(body.get("rest", "0"))
            assert body["quantity"] == made - rest
            assert 0 <= rest < 1


walks = st.lists(
    st.tuples(st.integers(0, 40), st.sampled_from(["", "", "kill", "job", "hour"])), max_size=25
)


@given(walks, FACTORS, FACTORS)
async def test_every_whole_piece_once_over_kills_jobs_and_hours(
    walk: list[tuple[int, str]], first: Fraction, second: Fraction
) -> None:
    """What a job's steps make is counted down to the whole piece, and a rest is not lost."""
    numbers = {1001010: job(1001010, pieces_per_stroke=first)}
    numbers[1002010] = job(1002010, pieces_per_stroke=second)
    machine = BenchMachine(
        settings(counter("good", strokes=True, max_rate=Fraction(100)), roles=("state", "order")),
        jobs=MemoryJobs(numbers=numbers),
    )
    await machine.show(1, good=0, order=1001010, state=17)
    stays: list[list[int]] = [[1001010, 0]]
    for steps, what in walk:
        if what == "kill":
            machine.begin()
        if what == "job":
            order = 1001010 + 1002010 - machine.values["order"]
            stays.append([order, 0])
            await machine.show(1, order=order)
        stays[-1][1] += steps
        await machine.show(3600 if what == "hour" else 1, good=machine.values["good"] + steps)
    facts = counts(machine)
    join(facts)
    wanted = {1001010: 0, 1002010: 0}
    rests: tuple[int, Fraction] = (0, Fraction(0))
    for order, steps in stays:
        if not steps:
            continue
        rest = rests[1] if rests[0] == order else Fraction(0)
        made = rest + steps * (first if order == 1001010 else second)
        wanted[order] += floor(made)
        rests = (order, made - floor(made))
    for order, pieces in wanted.items():
        mine = [fact for fact in facts if fact.job_order_id == f"WO{order // 1000}.10"]
        assert sum(fact.body["quantity"] for fact in mine) == pieces
    for fact in facts[-1:]:
        stands, kept = baselines.after(fact), machine.store.rows["L1", "good"]
        assert stands is not None
        assert (stands.raw, stands.rest, stands.rest_of) == (kept.raw, kept.rest, kept.rest_of)


async def test_a_meter_counts_its_base_units() -> None:
    """A meter in 0.1 kg, an item in g: a step is 100; over an hour's border too."""
    machine = BenchMachine(settings(counter("good", pieces_per_step=Fraction(100))))
    await machine.show(3590, good=7, order=0, boot=1)
    await machine.show(20, good=27)
    assert [fact.body["quantity"] for fact in counts(machine)] == [1000, 1000]
    assert machine.store.pieces() == 2000
    join(counts(machine))


async def test_blocked_cavities_make_nothing() -> None:
    jobs = MemoryJobs(on=job(1001010, pieces_per_stroke=Fraction(3)))
    machine = BenchMachine(settings(counter("good", strokes=True), roles=("state",)), jobs=jobs)
    await machine.show(1, good=10)
    await machine.show(5, good=14)
    [fact] = counts(machine)
    assert (fact.body["quantity"], fact.body["pieces_per_pulse"]) == (12, "3")
    assert "rest" not in fact.body


async def test_a_counter_of_pieces_does_not_ask_the_tool() -> None:
    jobs = MemoryJobs(on=job(1001010, pieces_per_stroke=Fraction(3)))
    counters = (counter("total", strokes=True), counter("reject"))
    machine = BenchMachine(settings(*counters, roles=("state",)), jobs=jobs)
    await machine.show(1, total=10, reject=0)
    await machine.show(5, total=14, reject=1)
    assert (machine.store.pieces("good"), machine.store.pieces("scrap")) == (11, 1)


async def test_left_and_right_from_one_stroke() -> None:
    """Each side counts for its own job order, by its own pieces, and has a place of its own."""
    right = Beside(side="right", pieces_per_stroke=Fraction(1, 2), job=job(2001010))
    left = job(1001010, pieces_per_stroke=Fraction(2), also=(right,))
    machine = BenchMachine(
        settings(counter("good", strokes=True), roles=("state",)), jobs=MemoryJobs(on=left)
    )
    await machine.show(1, good=100)
    await machine.show(5, good=103)
    machine.begin()
    await machine.show(5, good=106)
    await machine.show(3590, good=110)
    own, beside = counts(machine), counts(machine, "good#right")
    assert (sum(fact.body["quantity"] for fact in own), own[0].job_order_id) == (20, "WO1001.10")
    assert sum(fact.body["quantity"] for fact in beside) == 5
    assert {fact.job_order_id for fact in beside} == {"WO2001.10"}
    assert (beside[0].body["raw_from"], beside[-1].body["raw_to"]) == (0, 10)
    join(own)
    join(beside)


async def test_a_side_that_nobody_wants_is_made_all_the_same() -> None:
    right = Beside(side="right", pieces_per_stroke=Fraction(1))
    jobs = MemoryJobs(on=job(1001010, pieces_per_stroke=Fraction(1), also=(right,)))
    machine = BenchMachine(settings(counter("good", strokes=True), roles=("state",)), jobs=jobs)
    await machine.show(1, good=100)
    await machine.show(5, good=103)
    [fact] = counts(machine, "good#right")
    assert (fact.job_order_id, fact.body["flags"]) == (
        None,
        ["unassigned", "recovered"],
    )


async def test_steps_taken_back_take_back_what_they_made() -> None:
    tag = counter("good", correction_band=4, pieces_per_step=Fraction(1, 2))
    machine = BenchMachine(settings(tag, roles=("state", "boot")))
    await machine.show(1, good=1000, boot=1)
    await machine.show(5, good=1005)
    await machine.show(1, good=1002)
    await machine.show(0.3)
    await machine.show(5, good=1004)
    assert machine.store.pieces() == 2
