"""The scan: within its bounds, and it finds each run that begins where it looks."""

from hypothesis import given
from hypothesis import strategies as st

from plc_drivers.discovery.scan import Bounds, Run, Scanner

RUNS = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 130)), min_size=0, max_size=5)


def device(runs: list[tuple[int, int]]) -> tuple[list[Run], set[int]]:
    """Runs that begin at round numbers, with at least one miss between them."""
    found: list[Run] = []
    at = 0
    for gap, count in runs:
        first = (at + gap * 10 + 9) // 10 * 10
        found.append(Run("holding", first, count))
        at = first + count + 1
    return found, {n for run in found for n in range(run.first, run.first + run.count)}


@given(runs=RUNS)
async def test_runs_at_round_numbers_are_all_found(runs: list[tuple[int, int]]) -> None:
    expected, there = device(runs)

    async def ask(table: str, first: int, count: int) -> bool:
        assert table == "holding"
        return count <= 125 and there.issuperset(range(first, first + count))

    scanner = Scanner(ask, Bounds(last=2999, requests=100_000, pause_s=0))
    assert await scanner.scan(("holding",))
    assert scanner.runs == expected


@given(runs=RUNS, most=st.integers(1, 40))
async def test_it_keeps_to_its_bounds(runs: list[tuple[int, int]], most: int) -> None:
    _, there = device(runs)
    asked = 0

    async def ask(table: str, first: int, count: int) -> bool:
        nonlocal asked
        asked += 1
        assert first >= 10
        assert first + count <= 200
        return there.issuperset(range(first, first + count))

    scanner = Scanner(ask, Bounds(first=10, last=199, requests=most, pause_s=0))
    await scanner.scan(("holding", "input"))
    assert asked <= most
    assert {n for run in scanner.runs for n in range(run.first, run.first + run.count)} <= there
