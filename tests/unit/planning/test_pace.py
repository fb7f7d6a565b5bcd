"""The pace of a work center: a plan is made again when it is off, and not each time it wavers."""

from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.pace import IN_PACE, MINUTE, Pace, ReplanRules, Turn

RULES = ReplanRules(off_pace=10 * MINUTE, back_in_pace=4 * MINUTE)
OFF, BAND = 10, 6  # minutes: the threshold, and what lies between it and the lower one


def turns(deviations: Iterable[int], hours: Iterable[int] = ()) -> list[Turn]:
    """The turns of a work center whose deviation from its first plan is, minute by minute, so;
    each turn is planned again, and so is each of `hours`."""
    found, pace, taken_up, hourly = list[Turn](), IN_PACE, 0, set(hours)
    for minute, total in enumerate(deviations):
        off = total * MINUTE - taken_up
        turn = pace.turn(off, RULES)
        pace = pace.turned(turn)
        if turn is not None:
            found.append(turn)
        if turn is not None or minute in hourly:
            pace, taken_up = pace.planned_again(off), total * MINUTE
    return found


@pytest.mark.parametrize(
    ("deviations", "expected"),
    [
        ([0, -9, 9, 0], []),
        ([0, -10], [Turn.BEHIND]),
        ([0, 10], [Turn.AHEAD]),
        ([-10, -12, -15, -11], [Turn.BEHIND]),
        ([-10, -20], [Turn.BEHIND, Turn.BEHIND]),  # as far again from the plan that knew of it
        ([-10, -5, -4], [Turn.BEHIND, Turn.BACK]),
        ([-10, -4, -10, -14], [Turn.BEHIND, Turn.BACK, Turn.BEHIND]),
        ([12, 3], [Turn.AHEAD, Turn.BACK]),
    ],
)
def test_when_a_plan_is_made_again(deviations: Sequence[int], expected: list[Turn]) -> None:
    assert turns(deviations) == expected


noise = st.lists(st.integers(0, BAND - 1), min_size=1, max_size=300)
moments = st.sets(st.integers(0, 300), max_size=20)


@given(noise, st.integers(-40, 40), moments)
def test_a_count_that_wavers_plans_once_at_most_wherever_the_threshold_lies(
    wavers: list[int], level: int, hours: set[int]
) -> None:
    """Noise below the band between the two thresholds, round any level, with any hourly plans."""
    assert len(turns([level + one for one in wavers], hours)) <= 1


@given(noise, moments)
def test_a_steady_loss_plans_once_for_each_threshold_that_was_lost(
    wavers: list[int], hours: set[int]
) -> None:
    """A machine that loses a minute in five, with noise on top, is never planned for being back."""
    path = [-minute // 5 - one for minute, one in enumerate(wavers)]
    found = turns(path, hours)
    assert set(found) <= {Turn.BEHIND}
    assert len(found) <= (len(path) // 5 + BAND) // OFF + 1


@given(st.lists(st.integers(-60, 60), max_size=200), moments)
def test_it_is_never_left_off_pace_beyond_the_threshold_without_a_plan(
    deviations: list[int], hours: set[int]
) -> None:
    """After each look the plan in force is less than the threshold from what was made, or the
    work center has come nearer to the plan from which it fell."""
    pace, taken_up = IN_PACE, 0
    for minute, total in enumerate(deviations):
        off = total * MINUTE - taken_up
        turn = pace.turn(off, RULES)
        pace = pace.turned(turn)
        if turn is not None or minute in hours:
            pace, taken_up = pace.planned_again(off), total * MINUTE
        else:
            assert off * (pace.off or 1) < RULES.off_pace


def test_without_a_threshold_it_is_never_off() -> None:
    never = ReplanRules(off_pace=0)
    assert Pace().turn(-1_000 * MINUTE, never) is None
