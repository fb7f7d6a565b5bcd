"""Bad pieces go to the hours in which the job made good ones, the latest first."""

from hypothesis import given
from hypothesis import strategies as st

from edge.domain.production import HourQuantity
from edge.execution.restating.reclassifying import shares

HOUR = 3_600_000_000


def bucket(hour: int, good: int, job: str = "WO1.10") -> HourQuantity:
    return HourQuantity(
        equipment_id="L1",
        hour=hour * HOUR,
        job_order_id=job,
        run_time_per_item="2",
        shift="early",
        production_day="2026-06-08",
        good=good,
        scrap=0,
        rework=0,
    )


def test_the_latest_hour_comes_first_and_other_jobs_are_left_alone() -> None:
    buckets = [bucket(6, 50), bucket(7, 3), bucket(8, 90, job="WO2.10"), bucket(9, 0)]
    found = [(one.bucket.hour // HOUR, one.quantity) for one in shares(buckets, "WO1.10", 5)]
    assert found == [(7, 3), (6, 2)]


@given(made=st.lists(st.integers(-3, 40), max_size=8), quantity=st.integers(1, 200))
def test_shares_add_up_and_no_hour_gives_more_than_it_has(made: list[int], quantity: int) -> None:
    found = shares([bucket(hour, good) for hour, good in enumerate(made)], "WO1.10", quantity)
    assert sum(one.quantity for one in found) == min(quantity, sum(max(good, 0) for good in made))
    assert all(0 < one.quantity <= one.bucket.good for one in found)
