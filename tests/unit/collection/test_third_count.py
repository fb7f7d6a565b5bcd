"""The third count is never more than was made, whichever of the two that make it goes wrong."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from tests.traces import doubtful
from tests.unit.collection.bench_machine import BenchMachine, counter, settings

walks = st.lists(
    st.tuples(
        st.sampled_from(["", "", "", "reset total", "reset other", "boot", "kill", "bad"]),
        st.integers(0, 20),  # seconds
        st.integers(0, 20),  # pieces of the total
        st.integers(0, 5),  # of these, of the other
    ),
    max_size=25,
)


@given(walks, st.sampled_from(["good", "reject"]), st.sampled_from([None, 30, 1 << 16]))
async def test_never_more_and_exact_unless_it_is_said(
    walk: list[tuple[str, int, int, int]], other: str, end: int | None
) -> None:
    """Total and good, or total and rejects; counted at once, so that no verdict comes later."""
    rules: dict[str, object]
    rules = {"modulus": None, "saturates_at": end} if end == 30 else {"modulus": end}
    counters = (
        counter("total", max_rate=Fraction(2), modulus=1 << 16),
        counter(other, other, max_rate=Fraction(2), **rules),
    )
    machine = BenchMachine(settings(*counters, roles=("state", "boot")))
    shown = {"total": 5, other: 5, "boot": 1}
    await machine.show(1, **shown)
    third = 0
    for what, seconds, made, of_other in walk:
        made = min(made, 2 * seconds)
        of_other = min(of_other, made)
        third += made - of_other
        stands = machine.store.rows
        if what == "boot" or (what == "reset total" and made < stands["L1", "total"].raw):
            shown["total"] = 0
        if what == "boot" or (what == "reset other" and of_other < stands["L1", other].raw):
            shown[other] = 0  # not past its old value: that is the one bound
        shown["boot"] += what == "boot"
        shown["total"] += made
        shown[other] = min(shown[other] + of_other, 30 if end == 30 else 1 << 16)
        if what == "kill":
            machine.begin()
        machine.bad = {other} if what == "bad" else set()
        taken = await machine.show(seconds, **shown)
        for _ in range(4):
            if taken.again:
                taken = await machine.show(0.1)
        assert not taken.again
        role = "scrap" if other == "good" else "good"
        assert machine.store.pieces(role) <= third
    machine.bad = set()
    await machine.show(1)
    exact = machine.store.pieces("scrap" if other == "good" else "good") == third
    assert exact or doubtful(machine.store.facts) or machine.collector.health.quarantines
