"""Efforts: a fixed count of changes, never worse, whole at any moment; what is in force is kept."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from edge.planning.checking.check import check
from edge.planning.efforts import Effort, Progress, Search
from edge.planning.scenario.parse import parse
from edge.planning.solving import solve
from tests.unit.planning.scenarios import Json, any_scenario, order, scenario, step
from tests.unit.planning.test_cli import written

DUE = "2026-06-09T10:00+02:00"


def crowded(count: int = 24) -> Json:
    """Far more than can be on time, in two steps and three families."""
    orders = [
        order(
            f"O{n:02}",
            step(10, cycle=40 + n % 7, setup=600, transfer_batch=20),
            step(20, "L2", 50 - n % 5),
            quantity=150 + 7 * n % 90,
            family=f"F{n % 3}",
            weight=1 + n * n % 5,
            due=DUE,
        )
        for n in range(count)
    ]
    matrix = {a: {b: 1800 for b in ("F0", "F1", "F2") if a != b} for a in ("F0", "F1", "F2")}
    centers = [{"id": name, "calendar": "early", "setup_matrix_s": matrix} for name in ("L1", "L2")]
    return scenario(*orders, work_centers=centers)


def cost(schedule: Json) -> tuple[int, int]:
    found = schedule["objective"]
    return found["weighted_tardiness_s"], found["setup_s"]


def test_more_effort_is_better_here_and_the_checker_passes_all() -> None:
    found = parse(crowded())
    first = solve(found, 1)
    normal = solve(found, 1, search=Search(effort=Effort.NORMAL))
    high = solve(found, 1, search=Search(effort=Effort.HIGH, seconds=5))
    assert cost(high) <= cost(normal) < cost(first)
    assert not any(check(found, one) for one in (first, normal, high))


@given(document=any_scenario(), seed=st.integers(0, 2**40))
@settings(max_examples=8, deadline=None)
def test_a_search_is_never_worse_and_sound(document: Json, seed: int) -> None:
    found = parse(document)
    first = solve(found, seed)
    normal = solve(found, seed, search=Search(effort=Effort.NORMAL))
    assert cost(normal) <= cost(first)
    assert check(found, normal) == ()


def test_the_same_input_seed_and_effort_give_the_same_plan_and_another_seed_may_not() -> None:
    found, search = parse(crowded()), Search(effort=Effort.NORMAL)
    assert solve(found, 5, search=search) == solve(found, 5, search=search)
    plans = [solve(found, seed, search=search) for seed in (5, 6)]
    assert len({str(one["blocks"]) for one in plans}) > 1


def test_it_tells_how_far_it_is_and_stops_with_the_best_plan_so_far() -> None:
    found, told = parse(crowded()), list[Progress]()
    search = Search(effort=Effort.HIGH, on_progress=told.append, stop=lambda: len(told) >= 3)
    schedule = solve(found, search=search)
    assert check(found, schedule) == ()
    assert len(told) == 3
    assert [one.tried for one in told] == sorted(one.tried for one in told)
    assert cost(schedule)[0] == told[-1].weighted_tardiness_s


def test_an_end_by_the_clock_is_kept() -> None:
    found = parse(crowded(30))
    search = Search(effort=Effort.HIGH, seconds=0.001)
    assert cost(solve(found, search=search)) <= cost(solve(found))


def test_what_a_search_found_is_kept_while_nothing_changes() -> None:
    document = crowded()
    found = parse(document)
    schedule = solve(found, 1, search=Search(effort=Effort.NORMAL))
    again = solve(parse({**document, "previous": schedule}), 1)
    assert (again["blocks"], again["hours"]) == (schedule["blocks"], schedule["hours"])


def test_what_is_new_is_put_into_the_plan_in_force_which_else_stays() -> None:
    document = scenario(*(order(f"O{n}", due=f"2026-06-1{n}T14:00+02:00") for n in range(5)))
    schedule = solve(parse(document), 1)
    new = order("NEW", due="2026-06-12T09:00+02:00")
    more = {**document, "orders": [*document["orders"], new], "previous": schedule}
    blocks = solve(parse(more))["blocks"]
    assert [one["order"] for one in blocks] == ["O0", "O1", "O2", "NEW", "O3", "O4"] or [
        one["order"] for one in blocks
    ] == ["O0", "O1", "NEW", "O2", "O3", "O4"]


def test_ctrl_c_ends_a_search_with_a_whole_plan_and_130(tmp_path: Path) -> None:
    path = written(tmp_path, crowded(90))
    command = [sys.executable, "-m", "taktline", "plan", "solve", str(path), "--effort", "high"]
    ready = tmp_path / "ready"
    searching = subprocess.Popen(
        [sys.executable, "-c", WAITING, str(ready), *command[3:]],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )
    while not ready.exists() and searching.poll() is None:
        time.sleep(0.02)
    searching.send_signal(signal.SIGINT)
    said, _ = searching.communicate(timeout=100)
    assert searching.returncode == 130, said
    assert b"O89" in said


WAITING = """
import sys
from pathlib import Path
from edge.planning import efforts
begun, ready = efforts._improve, Path(sys.argv[1])
def seen(*arguments):
    ready.touch()
    begun(*arguments)
efforts._improve = seen
sys.argv = ["taktline", *sys.argv[2:]]
from taktline import main
main()
"""
