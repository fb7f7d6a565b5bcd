"""What a plan changes against the one before it: moves, lateness, hours."""

import json
from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.clock import parse_time
from edge.domain.hours import HOUR
from edge.planning.comparing.ahead import Ahead
from edge.planning.comparing.difference import Difference, difference, heaviest_rising, sketch
from edge.planning.comparing.difference_words import hours, words
from edge.planning.scenario.writing import iso, utc

CASES = Path(__file__).parents[2] / "cases" / "plan_difference"
ZONE = ZoneInfo("Europe/Berlin")
SIX = parse_time("2026-06-08T06:00+02:00")
Run = tuple[str, int, str, float, float, int]
"""Order, operation, work center, hours after six from and to, pieces."""


def schedule(runs: Sequence[Any], late: Mapping[str, int] = {}) -> dict[str, Any]:
    """A schedule of runs, each cut evenly into its clock hours."""
    blocks, rows = [], []
    for order, seq, center, start, end, quantity in runs:
        first, last = SIX + int(start * HOUR), SIX + int(end * HOUR)
        blocks.append(
            {
                "order": order,
                "seq": seq,
                "work_center": center,
                "kind": "run",
                "start": iso(first, ZONE),
                "end": iso(last, ZONE),
                "quantity": quantity,
            }
        )
        hour, done = first - first % HOUR, 0
        while hour < last:
            made = quantity * (min(hour + HOUR, last) - first) // (last - first)
            rows.append(
                {
                    "order": order,
                    "seq": seq,
                    "work_center": center,
                    "hour": utc(hour),
                    "label": "",
                    "quantity": made - done,
                }
            )
            hour, done = hour + HOUR, made
    ends = {run[0]: max(one[4] for one in runs if one[0] == run[0]) for run in runs}
    orders = [
        {
            "id": id_,
            "completion": iso(SIX + int(end * HOUR), ZONE),
            "due": iso(SIX + int(end * HOUR) - late.get(id_, 0) * 1_000_000, ZONE),
            "tardiness_s": late.get(id_, 0),
            "reasons": [],
        }
        for id_, end in sorted(ends.items())
    ]
    return {"blocks": blocks, "hours": rows, "orders": orders}


def of_case(case: Mapping[str, Any]) -> Difference:
    before = schedule(case["before"], case.get("late_before", {}))
    after = schedule(case["after"], case.get("late_after", {}))
    return difference(before, after, SIX + int(case["since_h"] * HOUR))


@pytest.mark.parametrize("path", sorted(CASES.glob("*.json")), ids=lambda path: path.stem)
def test_cases(path: Path) -> None:
    case = json.loads(path.read_text(encoding="utf-8"))
    found, expect = of_case(case), case["expect"]
    assert [[one.order, one.operation, one.how] for one in found.moved] == expect["moved"]
    assert found.moved_s / 3600 == expect["moved_h"]
    assert [one.order for one in found.shifted] == expect.get("shifted", [])
    assert [one.order for one in found.became_late] == expect.get("became_late", [])
    assert [one.order for one in found.on_time_again] == expect.get("on_time_again", [])
    assert [[*found.new], [*found.gone]] == expect.get("new_gone", [[], []])
    assert [str(one) for one in words(found, ZONE)] == expect["words"]


runs = st.lists(
    st.tuples(
        st.sampled_from(["A", "B", "C", "D"]),
        st.sampled_from([10, 20]),
        st.sampled_from(["L1", "L2"]),
        st.integers(0, 9),
        st.integers(1, 4),
        st.integers(1, 50),
    ),
    max_size=8,
    unique_by=lambda run: run[:2],
).map(lambda found: [(*run[:4], run[3] + run[4], run[5]) for run in found])


def total(document: Mapping[str, Any], since: int) -> int:
    return sum(row["quantity"] for row in document["hours"] if parse_time(row["hour"]) >= since)


@given(runs, runs)
def test_what_stays_where_it_is_has_not_moved(before: list[Run], after: list[Run]) -> None:
    """What goes past it has, however much work that is."""
    found = difference(schedule(before), schedule(after), SIX)
    stays = {run[:2] for run in before if run[:5] in {one[:5] for one in after}}
    assert not stays & {(one.order, one.operation) for one in found.moved}


def test_an_operation_that_goes_past_one_that_stays_is_the_one_that_moves() -> None:
    before = [("A", 10, "L1", 0, 1, 10), ("B", 10, "L1", 1, 2, 10), ("C", 10, "L1", 2, 6, 40)]
    after = [("B", 10, "L1", 1, 2, 10), ("C", 10, "L1", -4, 0, 40), ("A", 10, "L1", 0, 1, 10)]
    found = difference(schedule(before), schedule(after), SIX - 5 * HOUR)
    assert [(one.order, one.how) for one in found.moved] == [("C", "sequence")]


@given(runs, st.lists(st.integers(-90, 90), min_size=8, max_size=8))
def test_no_move_is_said_to_where_it_was(one: list[Run], by: list[int]) -> None:
    """Seconds, by which operations go past each other too."""
    after = [
        (*run[:3], run[3] + seconds / 3600, run[4] + seconds / 3600, run[5])
        for run, seconds in zip(one, by, strict=False)
    ]
    for said in words(difference(schedule(one), schedule(after), SIX - HOUR), ZONE):
        assert said.code != "plan.moved_order" or said.params["start"] != said.params["was"]


@given(runs, runs, st.integers(0, 6))
def test_what_the_hours_change_adds_up_to_the_pieces(
    before: list[Run], after: list[Run], since_h: int
) -> None:
    old, new, since = schedule(before), schedule(after), SIX + since_h * HOUR
    found = difference(old, new, since)
    changed = sum(one.after - one.before for one in found.hours)
    assert changed == total(new, since) - total(old, since)
    assert not {(one.order, one.operation) for one in found.moved} & {
        (one.order, one.operation) for one in found.shifted
    }


@given(runs, st.integers(0, 6))
def test_a_plan_does_not_differ_from_itself(one: list[Run], since_h: int) -> None:
    found = difference(schedule(one), schedule(one), SIX + since_h * HOUR)
    assert found.nothing
    assert found.moved_s == 0
    assert [one.code for one in words(found, ZONE)] == ["plan.nothing_changed"]


@given(runs, st.integers(1, 30))
def test_that_all_of_it_comes_later_is_no_move(one: list[Run], by: int) -> None:
    slipped = [(*run[:3], run[3] + by, run[4] + by, run[5]) for run in one]
    found = difference(schedule(one), schedule(slipped), SIX)
    assert (found.moved, found.moved_s) == ((), 0)


@given(st.lists(st.integers(0, 30), unique=True, max_size=9), st.data())
def test_the_fewest_hours_are_taken_out_of_an_order(values: list[int], data: st.DataObject) -> None:
    weights = [data.draw(st.integers(1, 9)) for _ in values]
    kept = sorted(heaviest_rising(values, weights))
    assert all(values[one] < values[two] for one, two in pairwise(kept))
    best = max(
        sum(weights[one] for one in chosen)
        for size in range(len(values) + 1)
        for chosen in combinations(range(len(values)), size)
        if all(values[one] < values[two] for one, two in pairwise(chosen))
    )
    assert sum(weights[one] for one in kept) == best


def test_hours_have_one_decimal_and_a_little_is_never_none() -> None:
    assert [hours(one) for one in (0, 1, 3_600, 5_400, 36_000)] == [
        "0.0",
        "0.1",
        "1.0",
        "1.5",
        "10.0",
    ]


def test_a_difference_is_json_with_times_in_microseconds() -> None:
    before, after = [("A", 10, "L1", 0, 2, 20)], [("A", 10, "L2", 1, 3, 20)]
    view = json.loads(json.dumps(difference(schedule(before), schedule(after), SIX).view()))
    assert view["moved"][0]["after"]["start"] == SIX + HOUR
    assert [one["after"] - one["before"] for one in view["hours"]] == [-10, -10, 10, 10]


def test_what_lifting_a_reason_would_bring_is_nothing_new_to_tell() -> None:
    one = schedule([("O1", 10, "L1", 0, 2, 50)])
    other = json.loads(json.dumps(one))
    for document, second in ((one, 0), (other, 1)):
        for row in document["orders"]:
            relaxed = f"2026-06-08T07:00:00.00000{second}+02:00"
            row["reasons"] = [{"type": "CAPACITY", "work_center": "L1", "relaxed": relaxed}]
    assert sketch(one).told() == sketch(other).told()
    other["orders"][0]["reasons"][0]["type"] = "MATERIAL"
    assert sketch(one).told() != sketch(other).told()


BUSY = {"type": "CAPACITY", "work_center": "L1", "needed_s": 7_200, "available_s": 10_800}


def test_who_goes_first_is_named_where_there_is_time_enough_in_all() -> None:
    """Those before it on that work center, most work first; none of elsewhere or of later."""
    runs = [
        ["B", 10, "L1", 0, 1, 10], ["C", 10, "L1", 1, 4, 30], ["A", 10, "L1", 4, 5, 10],
        ["D", 10, "L1", 5, 9, 40], ["E", 10, "L2", 0, 4, 40],
    ]  # fmt: skip
    before, after = schedule([["A", 10, "L1", 0, 1, 10]]), schedule(runs, {"A": 3_600})
    row = next(one for one in after["orders"] if one["id"] == "A")
    row["reasons"] = [BUSY]
    (late,) = difference(before, after, SIX).lateness
    assert late.ahead == ("C", "B")
    assert str(words(difference(before, after, SIX), ZONE)[0]) == (
        "A becomes late by 1.0 h: L1 makes other orders first: C, B"
    )
    row["reasons"] = [BUSY | {"needed_s": 14_400}]
    assert difference(before, after, SIX).lateness[0].ahead == ()
    assert "3.0 h for 4.0 h of work" in str(words(difference(before, after, SIX), ZONE)[0])


@given(runs, st.data())
def test_only_what_begins_before_it_there_goes_first(one: list[Run], data: st.DataObject) -> None:
    plan = schedule(one)
    for row in plan["orders"]:
        center = data.draw(st.sampled_from(["L1", "L2"]))
        found = Ahead(lambda: sketch(plan)).of(row | {"reasons": [BUSY | {"work_center": center}]})
        mine = [run[3] for run in one if (run[0], run[2]) == (row["id"], center)]
        before = {run[0] for run in one if run[2] == center and mine and run[3] < max(mine)}
        assert {*found} <= before - {row["id"]}
        assert len(found) == min(len(before - {row["id"]}), 3)


def test_an_order_of_which_no_reason_was_looked_for_is_not_said_to_have_none() -> None:
    before = schedule([["A", 10, "L1", 0, 2, 20]])
    after = schedule([["A", 10, "L1", 3, 5, 20]], {"A": 7_200})
    silent = difference(before, after | {"unexplained": ["A"]}, SIX)
    assert [one.unexplained for one in silent.became_late] == [True]
    assert any("why is not worked out yet" in str(one) for one in words(silent, ZONE))
    proved_none = difference(before, after, SIX)
    assert any("no single constraint" in str(one) for one in words(proved_none, ZONE))
