"""Counters that plant.toml describes otherwise: none invents a piece, none loses one unsaid."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from edge.collection.settings import WorkCenterSettings
from edge.domain.facts import FactKind
from erp_sync.inbox.ranges import RawRanges
from tests.unit.collection.bench_machine import BenchMachine, counter, settings


async def told(machine: BenchMachine, new: WorkCenterSettings, how: str) -> None:
    """The edge goes on with `new`: taken over while it runs, or read when it begins again."""
    machine.settings, former = new, machine.collector
    machine.begin()
    if how == "reload":
        await former.hold()
        machine.collector.take_over(former)
        former.go_on(retired=True)


async def settled(machine: BenchMachine, seconds: float, **values: int) -> None:
    """Read until nothing is doubted."""
    taken = await machine.show(seconds, **values)
    for _ in range(5):
        if not taken.again:
            break
        taken = await machine.show(0.1)
    assert not taken.again


@pytest.fixture(params=["reload", "restart"])
def how(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def chained(machine: BenchMachine) -> None:
    """Sync takes all of it."""
    ranges = RawRanges({}, set())
    for fact in machine.store.facts:
        ranges.take(fact)


@pytest.mark.parametrize("stands", [40_000, 20_010, 10_000, 9_999])
async def test_a_smaller_modulus_takes_nothing_back(how: str, stands: int) -> None:
    values = {"state": 6, "boot": 1}
    machine = BenchMachine(settings(counter("good"), roles=("state", "boot")), values=values)
    await machine.show(1, good=stands)
    await told(machine, settings(counter("good", modulus=10_000), roles=("state", "boot")), how)
    await settled(machine, 10, good=5)
    held = machine.store.of(FactKind.QUARANTINE)
    assert (machine.store.pieces(), len(held)) == ((6, 0) if stands == 9_999 else (0, 1))
    chained(machine)


async def test_what_was_made_in_silence_is_not_of_a_role_that_it_was_given_since(how: str) -> None:
    machine = BenchMachine(settings(counter("x", "good"), roles=("state",)), values={"state": 6})
    await machine.show(1, x=100)
    await settled(machine, 10, x=105)
    rejects = settings(counter("x", "reject"), roles=("state",))
    await told(machine, rejects, how)
    await settled(machine, 10, x=109)
    (held,) = machine.store.of(FactKind.QUARANTINE)
    assert (held.body["role"], held.body["raw_from"], held.body["raw_to"]) == ("good", 105, 109)
    await told(machine, rejects, "restart")
    await settled(machine, 10, x=112)
    assert (machine.store.pieces("good"), machine.store.pieces("scrap")) == (5, 3)
    assert len(machine.store.of(FactKind.QUARANTINE)) == 1
    chained(machine)


@pytest.mark.parametrize("other", ["reject", "good"])
async def test_what_a_total_counted_before_the_other_was_told_is_kept_apart(
    how: str, other: str
) -> None:
    machine = BenchMachine(settings(counter("total"), roles=("state",)), values={"state": 6})
    await machine.show(1, total=100)
    await settled(machine, 10, total=105)
    await told(machine, settings(counter("total"), counter(other), roles=("state",)), how)
    await settled(machine, 10, **{"total": 108, other: 7})
    await settled(machine, 10, **{"total": 110, other: 8})
    (held,) = machine.store.of(FactKind.QUARANTINE)
    assert (held.body["tag"], held.body["limit"]) == (f"total-{other}", 3)
    assert machine.store.pieces("good") == 5 + 1
    assert machine.store.pieces("scrap") == 1
    chained(machine)


@pytest.mark.parametrize("other", ["reject", "good"])
@pytest.mark.parametrize("away", ["total", "other"])
async def test_who_was_away_counts_nothing_that_others_may_have_counted(
    how: str, other: str, away: str
) -> None:
    both = settings(counter("total"), counter(other), roles=("state",))
    alone = settings(counter(other if away == "total" else "total"), roles=("state",))
    machine = BenchMachine(both, values={"state": 6})
    await machine.show(1, **{"total": 100, other: 50})
    await settled(machine, 10, **{"total": 105, other: 51})
    await told(machine, alone, how)
    await settled(machine, 100, **{"total": 205, other: 100})
    counted = {role: machine.store.pieces(role) for role in ("good", "scrap")}
    await told(machine, both, how)
    await settled(machine, 10, **{"total": 207, other: 101})
    now = {role: machine.store.pieces(role) for role in ("good", "scrap")}
    if away == "total":
        counted["scrap" if other == "reject" else "good"] += 1
    assert now == counted
    held = {fact.body["tag"] for fact in machine.store.of(FactKind.QUARANTINE)}
    assert held == ({"total"} if away == "total" else {other, f"total-{other}"})
    await settled(machine, 10, **{"total": 210, other: 102})
    assert machine.store.pieces("good") + machine.store.pieces("scrap") == sum(now.values()) + 3
    chained(machine)


async def test_a_counter_that_was_another_role_meanwhile_goes_on_in_epochs_of_its_own(
    how: str,
) -> None:
    good = settings(counter("x", "good"), roles=("state",))
    other = settings(counter("y", "good"), roles=("state",))
    order = replace(other, tags={**other.tags, "order": "x"})
    machine = BenchMachine(good, values={"state": 6, "x": 100, "y": 5})
    await machine.show(1)
    await settled(machine, 10, x=105)
    await told(machine, order, how)
    await settled(machine, 10, x=106)
    await told(machine, good, how)
    await settled(machine, 10, x=110)
    assert machine.store.pieces() == 5
    await settled(machine, 10, x=111)
    await settled(machine, 10, x=4)
    assert machine.store.pieces() == 5 + 1 + 4
    chained(machine)


async def test_what_was_rejected_unbelievably_is_not_called_good() -> None:
    """Rejects are judged by a person, and so is what is left of the total."""
    both = settings(counter("total"), counter("reject"), roles=("state",))
    machine = BenchMachine(both, values={"state": 6})
    await machine.show(1, total=100, reject=50)
    await settled(machine, 10, total=105, reject=51)
    await settled(machine, 10, total=108, reject=5_000)
    held = {fact.body["tag"] for fact in machine.store.of(FactKind.QUARANTINE)}
    assert held == {"reject", "total-reject"}
    assert (machine.store.pieces("good"), machine.store.pieces("scrap")) == (4, 1)
    chained(machine)


ROLES = ("good", "reject", "rework", "total")
FILES = ("good", "total", "good total", "reject total", "good reject", "good reject total")
walks = st.lists(
    st.tuples(
        st.sampled_from((None, None, *FILES, "reject rework total")),
        st.sampled_from(["reload", "restart"]),
        st.integers(0, 8),  # good pieces
        st.integers(0, 3),  # rejects
    ),
    max_size=12,
)


@examples(max_examples=60)
@given(walks)
async def test_whatever_the_file_says_of_counters_no_piece_is_told_twice(
    walk: list[tuple[str | None, str, int, int]],
) -> None:
    machine = BenchMachine(settings(counter("total"), roles=("state",)), values={"state": 6})
    shown, made = dict.fromkeys(ROLES, 100), 0
    await machine.show(1, **shown)
    for file, how, good, reject in walk:
        if file:
            counters = (counter(role) for role in file.split())
            await told(machine, settings(*counters, roles=("state",)), how)
        shown["total"] += good + reject
        shown["good"] += good
        shown["reject"] += reject
        made += good + reject
        await settled(machine, 20, **shown)
        assert machine.store.pieces("good") + machine.store.pieces("scrap") <= made
    chained(machine)
