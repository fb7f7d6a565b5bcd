"""What an operation must bring, against a simulation that makes its pieces one by one."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from edge.domain.intervals import Interval
from edge.domain.outlook import Needed
from edge.planning.months.recovering import HOUR, Step, recovery
from edge.planning.months.work import Stretches

NOW = 1_780_000_000_000_000
MINUTE = HOUR // 60
DAY = 24 * HOUR
ALWAYS = [Interval(NOW, NOW + 400 * DAY)]
SHIFTS = [Interval(NOW + day * DAY, NOW + day * DAY + 8 * HOUR) for day in range(400)]
NIGHTS = [Interval(one.start + 12 * HOUR, one.end + 12 * HOUR) for one in SHIFTS]
Times = Sequence[Interval]


def spent(times: Times, at: Fraction, work: Fraction) -> Fraction:
    """When so much work is done that is begun at a moment."""
    for one in times:
        begin = max(at, Fraction(one.start))
        if begin + work <= one.end:
            return begin + work if work else at
        if begin < one.end:
            work -= one.end - begin
    raise AssertionError("the calendar is too short")


def finished(steps: Sequence[Step], times: Mapping[str, Times]) -> Fraction:
    """When the last piece of an order is done; each begins when it is there, one after another."""
    coming, at = [Fraction(NOW)] * steps[0].left, Fraction(NOW)
    for step in steps:
        here = times[step.work_center]
        there = [Fraction(NOW)] * step.at_hand + coming
        came = [max(one, Fraction(step.ready)) for one in there[: step.left]]
        at = spent(here, came[0], Fraction(step.setup_us))
        done = []
        for one in came:
            at = spent(here, max(at, one), step.cycle_us)
            done.append(at)
        size = step.batch or step.left
        coming = [
            done[min(place + size - place % size, step.left) - 1] + step.gap_us
            for place in range(step.left)
        ]
    return at


def at_rate(steps: Sequence[Step], needed: Needed, share: Fraction) -> list[Step]:
    """The steps with the one that is named at a share of what it must bring."""
    assert needed.per_hour is not None
    cycle = HOUR / (needed.per_hour * share)
    return [
        replace(one, cycle_us=cycle) if one.operation == needed.operation else one for one in steps
    ]


@st.composite
def lines(draw: st.DrawFn, *, gaps: bool) -> list[Step]:
    """Steps of an order: nothing of it, or a part of the first one is made."""
    count, batches = draw(st.integers(1, 3)), draw(st.integers(1, 4))
    size = draw(st.integers(1, 4))
    return [
        Step(
            operation=10 * (place + 1),
            work_center=f"L{place + 1}",
            end=NOW,
            left=size * batches,
            cycle_us=Fraction(draw(st.integers(1, 60)) * MINUTE),
            batch=draw(st.sampled_from([size, size, None])),
            setup_us=draw(st.sampled_from([0, 0, 7, 45, 200])) * MINUTE,
            gap_us=draw(st.sampled_from([0, 20, 72 * 60])) * MINUTE if gaps else 0,
        )
        for place in range(count)
    ]


def judged(steps: Sequence[Step], times: Times, share: int) -> None:
    """`possible` is so exactly if the routing's rates are enough; the rate is the least one.

    `share`: percent of the time to the finish at the routing's rates in which it is due.
    """
    working = {one.work_center: Stretches.of(times) for one in steps}
    by_center = {one.work_center: times for one in steps}
    due = NOW - (NOW - finished(steps, by_center)) * share // 100
    needed = recovery(NOW, steps, working, due)
    assert needed is not None
    assert needed.possible == (finished(steps, by_center) <= due), needed
    if needed.possible:
        assert finished(at_rate(steps, needed, Fraction(1)), by_center) <= due + len(steps) * 100
        slower = at_rate(steps, needed, Fraction(999, 1000))
        assert finished(slower, by_center) > due


SHARES = st.one_of(st.just(100), st.integers(90, 130), st.integers(1, 400))


@settings(max_examples=150)
@given(lines(gaps=True), SHARES)
def test_at_the_rate_an_order_is_on_time_and_a_little_slower_it_is_late(
    steps: list[Step], share: int
) -> None:
    judged(steps, ALWAYS, share)


@settings(max_examples=150)
@given(lines(gaps=False), SHARES)
def test_so_it_is_in_shifts(steps: list[Step], share: int) -> None:
    judged(steps, SHIFTS, share)


@settings(max_examples=100)
@given(lines(gaps=True), st.lists(st.sampled_from([ALWAYS, SHIFTS, NIGHTS]), min_size=3), SHARES)
def test_with_shifts_that_differ_less_is_never_enough(
    steps: list[Step], shifts: list[Times], share: int
) -> None:
    """Between such shifts more may be needed than is said: a batch can come when nobody works."""
    by_center = dict(zip(("L1", "L2", "L3"), shifts, strict=False))
    working = {name: Stretches.of(times) for name, times in by_center.items()}
    due = NOW - (NOW - finished(steps, by_center)) * share // 100
    needed = recovery(NOW, steps, working, due)
    assert needed is not None
    if finished(steps, by_center) <= due:
        assert needed.possible
    if needed.possible:
        slower = at_rate(steps, needed, Fraction(99, 100))
        assert finished(slower, by_center) > due


def test_what_is_done_outside_takes_its_time() -> None:
    """An hour of work, 72 h of plating, an hour of work: in 10 h nobody can do it."""
    cycle = Fraction(HOUR, 100)
    steps = [
        Step(operation=10, work_center="L1", end=NOW, left=100, cycle_us=cycle, gap_us=72 * HOUR),
        Step(operation=20, work_center="L2", end=NOW, left=100, cycle_us=cycle),
    ]
    working = dict.fromkeys(("L1", "L2"), Stretches.of(ALWAYS))
    soon = recovery(NOW, steps, working, NOW + 10 * HOUR)
    assert soon is not None
    assert (soon.operation, soon.percent, soon.possible) == (10, None, False)
    enough = recovery(NOW, steps, working, NOW + 75 * HOUR)
    assert enough is not None
    assert (enough.operation, enough.percent, enough.per_hour) == (10, 50, Fraction(50))


def test_set_up_is_no_time_for_pieces() -> None:
    """3 h of set-up and 1 h of run, due in 3.5 h: half an hour is left for an hour of work."""
    cycle = Fraction(HOUR, 100)
    step = Step(
        operation=10, work_center="L1", end=NOW, left=100, cycle_us=cycle, setup_us=3 * HOUR
    )
    working = {"L1": Stretches.of(ALWAYS)}
    found = recovery(NOW, [step], working, NOW + 3 * HOUR + 30 * MINUTE)
    assert found is not None
    assert (found.percent, found.possible, found.per_hour) == (200, False, Fraction(200))


def test_what_is_at_hand_and_what_is_not_there_yet() -> None:
    """Pieces that wait before a step let it begin; what comes back later holds it up."""
    step = Step(operation=20, work_center="L1", end=NOW, left=60, cycle_us=Fraction(MINUTE))
    working = {"L1": Stretches.of(ALWAYS)}
    now, later = (
        recovery(NOW, [one], working, NOW + 2 * HOUR)
        for one in (step, replace(step, ready=NOW + HOUR))
    )
    assert now is not None
    assert later is not None
    assert (now.percent, later.percent) == (50, 100)
