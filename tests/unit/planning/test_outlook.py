"""When orders will be finished: a range that holds the truth; rates to be on time."""

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.domain.intervals import Interval
from edge.domain.outlook import Needed
from edge.planning.months.outlook import FEWEST, WHOLE, Floor, Sample, share
from edge.planning.months.recovering import HOUR, Step
from edge.planning.months.work import Stretches

NOW = 1_780_000_000_000_000
UNTIL = NOW + 90 * 24 * HOUR
CYCLE = Fraction(10_000_000)


def shifts(days: int = 90, hours: int = 8) -> Stretches:
    """So many hours each day, from now on."""
    day = 24 * HOUR
    return Stretches.of(
        [Interval(NOW + one * day, NOW + one * day + hours * HOUR) for one in range(days)]
    )


def floor(samples: dict[str, Sample], seed: int = 0) -> Floor:
    working = dict.fromkeys(samples, shifts())
    return Floor(now=NOW, until=UNTIL, working=working, samples=samples, seed=seed)


def step(hours: int | Fraction, center: str = "L1", *, operation: int = 10, left: int = 1) -> Step:
    """A step that the plan ends after so many hours of work."""
    end = shifts().moment(int(hours * HOUR), NOW)
    return Step(operation=operation, work_center=center, end=end, left=left, cycle_us=CYCLE)


def test_without_enough_hours_there_is_no_range_yet() -> None:
    few = Sample(shares=(WHOLE,) * (FEWEST - 1))
    assert floor({"L1": few}).finish([step(5)]) is None
    assert floor({"L1": Sample(shares=(0,) * 40)}).finish([step(5)]) is None
    assert floor({}).finish([]) is None


def test_a_machine_that_keeps_its_plan_ends_as_planned() -> None:
    """What was not seen yet can still come: at the high end an hour in which nothing is made."""
    here = floor({"L1": Sample(shares=(WHOLE,) * 40)})
    for hours in (1, 7, 8, 9):
        found = here.finish([step(hours)])
        assert found is not None
        assert found.low == found.middle == step(hours).end <= found.high
        assert found.high <= step(hours + 3).end
        assert found.hours == 40


def test_half_the_rate_takes_twice_the_time() -> None:
    found = floor({"L1": Sample(shares=(WHOLE // 2,) * 40)}).finish([step(6)])
    assert found is not None
    assert found.low == shifts().moment(12 * HOUR, NOW) <= found.middle
    assert found.middle <= shifts().moment(13 * HOUR, NOW)


def test_an_order_is_as_late_as_its_latest_step() -> None:
    samples = {"L1": Sample(shares=(WHOLE // 2,) * 40), "L2": Sample(shares=(WHOLE,) * 50)}
    found = floor(samples).finish([step(3), step(10, "L2", operation=20)])
    assert found is not None
    assert found.low == shifts().moment(13 * HOUR, NOW) <= found.middle
    assert found.hours == 40


def machine(random: Random, trouble: int, lasts: int, count: int) -> list[int]:
    """Shares of hours of a machine: in `trouble` of 100 one begins, and it goes on in `lasts`."""
    found, stands = list[int](), False
    for _ in range(count):
        stands = random.randrange(100) < (lasts if stands else trouble)
        most = (0, WHOLE // 2) if stands else (850_000, 1_050_000)
        found.append(random.randrange(*most))
    return found


def end_of(shares: list[int], hours: int) -> int:
    """When a machine with these shares has made so many hours of its plan."""
    total = at = 0
    while total < hours * WHOLE:
        total, at = total + shares[at], at + 1
    over = (total - hours * WHOLE) * HOUR // max(shares[at - 1], 1)
    return shifts().moment(at * HOUR - over, NOW)


@pytest.mark.parametrize(("seen", "trouble", "lasts"), [(24, 20, 20), (48, 5, 60), (96, 20, 60)])
def test_the_range_holds_the_truth_seven_to_nine_times_of_ten(
    seen: int, trouble: int, lasts: int
) -> None:
    """Over many simulated shifts of machines whose hours waver and whose troubles last."""
    random, held, rounds = Random(f"{seen} {trouble}"), 0, 120
    for number in range(rounds):
        shares = machine(random, trouble, lasts, seen + 200)
        hours = random.randrange(3, 30)
        found = floor({"L1": Sample(shares=tuple(shares[:seen]))}, number).finish([step(hours)])
        assert found is not None
        held += found.low <= end_of(shares[seen:], hours) <= found.high
    assert 0.70 <= held / rounds <= 0.90, held / rounds


@settings(max_examples=25)
@given(st.lists(st.integers(0, 2 * WHOLE), min_size=FEWEST, max_size=60), st.integers(1, 60))
def test_a_range_is_in_order_and_the_same_again(shares: list[int], hours: int) -> None:
    sample = Sample(shares=tuple(shares))
    found, again = (floor({"L1": sample}, 7).finish([step(hours)]) for _ in range(2))
    assert found == again
    if found:
        assert NOW <= found.low <= found.middle <= found.high


def walked(hours: int, shares: list[int]) -> int:
    """When so many planned hours of work are done at the mean of the shares, day by day."""
    left, day = Fraction(hours * len(shares) * WHOLE * HOUR, sum(shares)), 0
    while left > 8 * HOUR and day < 90:
        left, day = left - 8 * HOUR, day + 1
    return min(NOW + day * 24 * HOUR + int(left), UNTIL)


STANDING = st.lists(st.sampled_from([0, 0, 0, 1, WHOLE // 3, WHOLE, 2 * WHOLE]), min_size=FEWEST)


@settings(max_examples=60)
@given(STANDING.filter(any), st.integers(1, 700), st.integers(0, 9))
def test_a_range_lies_in_the_calendar_and_holds_the_finish_at_the_mean_rate(
    shares: list[int], hours: int, seed: int
) -> None:
    """Also where almost nothing was made: then it is told to be open at the calendar's end."""
    found = floor({"L1": Sample(shares=tuple(shares))}, seed).finish([step(hours)])
    assert found is not None
    assert NOW <= found.low <= found.middle <= found.high <= UNTIL
    assert found.low - 1 <= walked(hours, shares) <= found.high + 1
    assert found.open == (found.high == UNTIL)


def test_draws_in_which_nothing_is_ever_made_end_with_the_calendar() -> None:
    """One good hour of 24: many pools have none. It came out as the year 564,000,000."""
    found = floor({"L1": Sample(shares=(0,) * 23 + (WHOLE,))}).finish([step(10)])
    assert found is not None
    assert (found.high, found.open) == (UNTIL, True)
    assert found.low < UNTIL


def test_of_what_is_planned_beyond_the_calendar_no_range_is_told() -> None:
    far = Step(operation=10, work_center="L1", end=UNTIL + 1, left=1, cycle_us=CYCLE)
    assert floor({"L1": Sample(shares=(WHOLE,) * 40)}).finish([far]) is None


def test_what_must_be_brought_to_be_on_time() -> None:
    here, left = floor({"L1": Sample()}), 1_440  # 4 h of work
    due = shifts().moment(5 * HOUR, NOW)
    assert here.recovery([step(4, left=left)], due) == Needed(
        operation=10, work_center="L1", pieces=left, per_hour=Fraction(288), percent=80
    )
    late = here.recovery([step(4, left=left)], NOW + 2 * HOUR)
    assert late is not None
    assert (late.percent, late.possible, late.per_hour) == (200, False, Fraction(720))
    gone = here.recovery([step(4, left=left)], NOW - HOUR)
    assert gone is not None
    assert (gone.percent, gone.per_hour, gone.possible) == (None, None, False)
    assert here.recovery([step(4, left=0)], due) is None


def test_a_step_must_be_done_so_early_that_those_behind_it_can_be() -> None:
    """Four hours of work each, all at once to the next: the first one has the first four hours."""
    here = floor({"L1": Sample(), "L2": Sample()})
    steps = [step(4, left=1_440), step(8, "L2", operation=20, left=1_440)]
    found = here.recovery(steps, shifts().moment(6 * HOUR, NOW))
    assert found is not None
    assert (found.operation, found.percent) == (10, 200)


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_a_share_is_exact(made: int, planned: int) -> None:
    assert share(made, planned) == made * WHOLE // planned
