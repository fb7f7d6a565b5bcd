"""Bad pieces go to the hours in which the job made good ones, the latest first."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from edge.domain.production import HourQuantity, Reasons
from edge.execution.restating.reclassifying import named, shares, unnamed

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


rows = st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["1", "2"]), st.integers(-2, 20)))
said = st.dictionaries(
    st.integers(0, 3), st.dictionaries(st.sampled_from(["burr", "crack"]), st.integers(-3, 15))
)


@given(rows=rows, said=said)
def test_a_piece_of_scrap_has_a_reason_or_none(
    rows: list[tuple[int, str, int]], said: dict[int, dict[str, int]]
) -> None:
    """Whatever stands in the hours: what is named and what is not add up to what is scrap."""
    buckets = [
        replace(bucket(hour, 0), scrap=scrap, run_time_per_item=run) for hour, run, scrap in rows
    ]
    known: Reasons = {
        (hour * HOUR, "early", "2026-06-08"): {(reason, ""): many for reason, many in why.items()}
        for hour, why in said.items()
    }
    free = unnamed(buckets, known)
    for before, after in zip(buckets, free, strict=True):
        assert min(0, before.scrap) <= after.scrap <= max(0, before.scrap)
    for hour in range(3):
        scrap = sum(max(one.scrap, 0) for one in buckets if one.hour == hour * HOUR)
        have = sum(said.get(hour, {}).values())
        left = sum(max(one.scrap, 0) for one in free if one.hour == hour * HOUR)
        assert left == max(scrap - max(have, 0), 0)
        burr = sum(one.scrap for one in named(buckets, known, "burr") if one.hour == hour * HOUR)
        assert burr == max(min(said.get(hour, {}).get("burr", 0), scrap), 0)
