"""What is due: the worst measure counts, and running time adds up whatever its pieces."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from edge.domain.changes import Add
from edge.domain.folding.maintenance import RUNNING, ran
from edge.domain.hours import DAY, HOUR
from edge.domain.maintenance import MaintenancePlan, PlanDone, Usage
from edge.domain.vocabulary import TimeClass
from edge.execution.maintenance.due import OK, OVERDUE, SOON, due

PLAN = MaintenancePlan(
    id="oil", work_center="L1", en="Oil", zh="油", hours=500 * HOUR, cycles=1000, days=90
)
USED = st.integers(0, 2000)


def used(hours: int, cycles: int) -> Usage:
    return Usage(equipment_id="L1", running=hours * HOUR, cycles=cycles)


@given(USED, USED, st.integers(0, 200))
def test_the_worst_of_hours_cycles_and_days_counts(hours: int, cycles: int, days: int) -> None:
    found = due(PLAN, used(hours, cycles), None, now=days * DAY, began=0)
    shares = (Fraction(hours, 500), Fraction(cycles, 1000), Fraction(days, 90))
    assert found.share == max(shares)
    expected = OVERDUE if max(shares) >= 1 else SOON if max(shares) * 10 >= 9 else OK
    assert found.state == expected


@given(USED, USED)
def test_done_it_begins_anew(hours: int, cycles: int) -> None:
    last = PlanDone(plan="oil", at=5 * DAY, running=hours * HOUR, cycles=cycles)
    found = due(PLAN, used(hours, cycles), last, now=5 * DAY, began=0)
    assert (found.share, found.state) == (Fraction(0), OK)


@given(st.lists(st.tuples(st.sampled_from(TimeClass), st.integers(0, HOUR)), max_size=30))
def test_running_time_is_that_of_the_running_intervals(spans: list[tuple[TimeClass, int]]) -> None:
    at, total = 0, 0
    for time_class, length in spans:
        for change in ran("L1", time_class, at, at + length):
            assert isinstance(change, Add)
            total += change.amounts["running"]
        at += length
    assert total == sum(length for time_class, length in spans if time_class in RUNNING)


@given(st.integers(0, HOUR), st.integers(0, HOUR))
def test_an_interval_that_lasts_is_reckoned_up_to_now(before: int, lasting: int) -> None:
    usage = Usage(equipment_id="L1", running=before, cycles=0, since=DAY)
    assert usage.at(DAY + lasting).running == before + lasting
    assert usage.at(DAY - 1).running == before
