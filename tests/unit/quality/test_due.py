"""What is due, by cases and for any sequence of counts, corrections and inspections."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.quality.due import MINUTE, Ended, Standing, due_of
from edge.domain.quality.plans import InspectionPlan, plans_from

CASES = Path(__file__).parents[2] / "cases" / "quality"


def plan(when: dict[str, Any]) -> InspectionPlan:
    burr = {"id": "burr", "kind": "attribute"}
    content = {"id": "I", "when": when, "characteristics": [burr]}
    return plans_from({"inspections": [content]})[0]


def standing(said: dict[str, Any]) -> Standing:
    since = said.get("complete_min")
    return Standing(
        made=said.get("made", 0),
        produced=int(said.get("produced_min", 0) * MINUTE),
        in_setup=said.get("in_setup", False),
        stops=tuple(
            Ended(id=id_, lasted=lasted * MINUTE, produced_since=since * MINUTE)
            for id_, lasted, since in said.get("stops", [])
        ),
        complete_since=None if since is None else since * MINUTE,
    )


@pytest.mark.parametrize(
    "case", json.loads((CASES / "due.json").read_text()), ids=lambda case: case["why"][:60]
)
def test_due(case: dict[str, Any]) -> None:
    found = due_of(plan(case["when"]), standing(case["standing"]), case.get("covered", []))
    if case["due"] is None:
        assert found is None
        return
    assert found is not None
    told = {name: getattr(found, name) for name in case["due"]}
    assert told == {**case["due"], "points": tuple(case["due"]["points"])}


EVENTS = st.lists(
    st.one_of(st.integers(-30, 60).map(lambda n: ("count", n)), st.just(("inspect", 0))),
    max_size=60,
)


@given(EVENTS, st.integers(1, 40))
def test_due_by_pieces_for_any_sequence_of_counts(
    events: list[tuple[str, int]], every: int
) -> None:
    """Due if and only if a multiple was reached beyond the last one that was covered."""
    one, made, covered, done = plan({"every_pieces": every}), 0, set[str](), 0
    for what, n in events:
        if what == "count":
            made = max(made + n, 0)
        due = due_of(one, Standing(made=made, produced=0, in_setup=False), covered)
        assert (due is not None) == (made // every > done)
        if due is None:
            continue
        assert due.late == made - (done + 1) * every
        assert due.missed == made // every - done - 1
        assert due.overdue == (due.late > 0)
        if what == "inspect":
            covered |= set(due.points)
            done = made // every
            assert due_of(one, Standing(made=made, produced=0, in_setup=False), covered) is None


@given(st.lists(st.integers(0, 100), max_size=20), st.integers(1, 40))
def test_counts_in_pieces_or_at_once_make_the_same_due(counts: list[int], every: int) -> None:
    one = plan({"every_pieces": every})
    at_once = due_of(one, Standing(made=sum(counts), produced=0, in_setup=False), ())
    made, last = 0, None
    for count in counts:
        made += count
        last = due_of(one, Standing(made=made, produced=0, in_setup=False), ())
    assert last == (at_once if counts else None)


@given(st.integers(0, 10**6), st.integers(1, 300), st.integers(0, 50))
def test_due_by_time_and_by_pieces_follow_one_rule(
    reached: int, every: int, tolerance: int
) -> None:
    """A minute of production is to every_minutes what a piece is to every_pieces."""
    pieces = due_of(
        plan({"every_pieces": every, "tolerance": tolerance}),
        Standing(made=reached, produced=0, in_setup=False),
        (),
    )
    minutes = due_of(
        plan({"every_minutes": every, "tolerance": tolerance}),
        Standing(made=0, produced=reached * MINUTE, in_setup=False),
        (),
    )
    assert (pieces is None) == (minutes is None)
    if pieces and minutes:
        assert (pieces.late, pieces.overdue, pieces.missed) == (
            minutes.late,
            minutes.overdue,
            minutes.missed,
        )
