"""Efforts: a fixed count of changes, never worse, whole at any moment; what is in force is kept."""

import json
import os
import signal
import subprocess
import sys
import time
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.planning.checking.check import check
from edge.planning.efforts import Effort, Progress, Search
from edge.planning.placing.solver import BY_DUE, Solver
from edge.planning.placing.timeline import Capacity
from edge.planning.scenario.parse import parse
from edge.planning.schedules.tables import schedule_text
from edge.planning.solving import solve
from edge.planning.views.words import Words
from tests.unit.planning.full_scenarios import full_scenario
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
    """Whatever the effort: then it is the plan by due date."""
    found = parse(crowded(30))
    solver = Solver(found, Capacity(found))
    schedule = solve(found, search=Search(effort=Effort.HIGH, seconds=0.001))
    assert cost(schedule)[0] <= solver.dispatch(BY_DUE)[0]
    assert check(found, schedule) == ()


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


@pytest.mark.parametrize("place", ["rules", "search", "reasons"])
def test_ctrl_c_ends_it_anywhere_with_a_whole_plan_and_130(tmp_path: Path, place: str) -> None:
    document, ready = crowded(90), tmp_path / "ready"
    path = written(tmp_path, document)
    options = ("plan", "solve", str(path), "--effort", "normal", "--json")
    solving = subprocess.Popen(
        [sys.executable, "-c", WAITING, place, str(ready), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )
    while not ready.exists() and solving.poll() is None:
        time.sleep(0.02)
    solving.send_signal(signal.SIGINT)
    said, complained = solving.communicate(timeout=100)
    assert solving.returncode == 130, complained
    schedule = json.loads(said)
    assert check(parse(document), schedule) == ()
    late = [one["id"] for one in schedule["orders"] if one["tardiness_s"]]
    assert schedule["unexplained"] == late
    assert f"{len(late)} late orders: it was not looked for why" in complained.decode()


WAITING = """
import signal, sys, time
from pathlib import Path
from edge.planning import efforts
from edge.planning.explaining.reasons import Reasons
place, ready = sys.argv[1], Path(sys.argv[2])
room, name = {
    "rules": (efforts, "best_rule"), "search": (efforts, "_improve"), "reasons": (Reasons, "of")
}[place]
begun = getattr(room, name)
def seen(*arguments):
    listening = signal.getsignal(signal.SIGINT)
    ready.touch()
    while signal.getsignal(signal.SIGINT) == listening:  # as long as Ctrl-C was not noted
        time.sleep(0.01)
    return begun(*arguments)
setattr(room, name, seen)
sys.argv = ["taktline", *sys.argv[3:]]
from taktline import main
main()
"""


class Ending:
    """A clock whose time is over at its nth look; what is placed after that is counted."""

    def __init__(self, nth: int) -> None:
        self._left, self.placed = nth, 0

    def now(self) -> int:
        raise AssertionError("a search needs no plant time")

    def monotonic(self) -> float:
        self._left -= 1
        return 0.0 if self._left >= 0 else 2.0

    def count(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("dispatch", "follow"):
            whole = getattr(Solver, name)

            def counted(*arguments: object, whole: Any = whole) -> object:
                self.placed += self._left < 0
                return whole(*arguments)

            monkeypatch.setattr(Solver, name, counted)


LOOKS = [1, 2, 3, 4, 6, 10, 20, 40, 60, 100]


@pytest.mark.parametrize("nth", LOOKS)
@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("again", [False, True])
def test_once_the_time_is_over_little_more_is_placed_and_the_plan_is_whole(
    nth: int, tied: bool, again: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At most the first plan, the best one once more, and what one reason began."""
    document = crowded(12)
    if tied:
        document["people"] = [{"id": "eva", "calendar": "early", "skills": ["all"]}]
        for one in document["orders"]:
            one["operations"][1]["skills"] = ["all"]
    if again:
        document["previous"] = solve(parse(document), proofs=0)
        document["orders"][3]["quantity"] += 40
    found, clock = parse(document), Ending(nth)
    clock.count(monkeypatch)
    schedule = solve(found, search=Search(effort=Effort.NORMAL, seconds=1.0, clock=clock))
    assert clock.placed <= 3
    assert check(found, schedule) == ()
    late = {one["id"]: one["reasons"] for one in schedule["orders"] if one["tardiness_s"]}
    assert set(schedule.get("unexplained", ())) == {one for one in late if not late[one]}


@given(document=full_scenario(), effort=st.sampled_from(Effort), asked=st.integers(0, 60))
@settings(max_examples=12, deadline=None)
def test_a_plan_is_whole_wherever_it_is_ended(document: Json, effort: Effort, asked: int) -> None:
    found, looks = parse(document), count(1)
    search = Search(effort=effort, stop=lambda: next(looks) > asked)
    schedule = json.loads(json.dumps(solve(found, search=search)))
    assert check(found, schedule) == ()


def test_who_is_not_looked_into_is_told_apart_from_who_has_no_reason() -> None:
    """The costliest are looked into first; a table says which were not."""
    found, looks = parse(crowded(30)), count(1)
    asked = 40
    schedule = solve(found, search=Search(stop=lambda: next(looks) > asked))
    late = {one["id"]: one for one in schedule["orders"] if one["tardiness_s"]}
    unexplained = set(schedule["unexplained"])
    assert 0 < len(unexplained) < len(late)
    weights = {one.id: one.weight for one in found.orders}
    cost = {name: weights[name] * one["tardiness_s"] for name, one in late.items()}
    assert max(cost[one] for one in unexplained) <= min(
        cost[one] for one in set(late) - unexplained
    )
    words = Words()
    text = schedule_text(schedule, words)
    rows = [one for one in text.splitlines() if words("not_looked_for") in one]
    assert {one.split()[0] for one in rows} == unexplained
    again = {**crowded(30), "previous": json.loads(json.dumps(schedule))}
    assert parse(again).previous_blocks
