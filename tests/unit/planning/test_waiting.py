"""What of the plan in force has still to be begun keeps its order in the plan made again."""

from dataclasses import replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from edge.domain.vocabulary import JobState
from edge.planning.months.planned import PlannedJob
from edge.planning.months.waiting import waiting_blocks
from edge.planning.scenario.model import Alternative, Operation, Order
from tests.unit.planning.test_month import job

HOUR = 3_600_000_000
FENCE = 10 * HOUR


def planned(number: int, start: int, hours: int = 1) -> PlannedJob:
    return PlannedJob(
        order=f"WO{number}",
        operation=10,
        work_center="L1",
        start=start,
        end=start + hours * HOUR,
        run_start=start,
        quantity=5,
        runs=((start, start + hours * HOUR),),
    )


def order(number: int) -> Order:
    way = Alternative(work_center="L1", cycle=Fraction(1))
    step = Operation(seq=10, alternatives=(way,))
    return Order(id=f"WO{number}", product="P", family="f", quantity=5, due=0, operations=(step,))


@given(st.lists(st.integers(0, 20 * HOUR), min_size=1, max_size=8, unique=True))
def test_the_order_of_what_waits_is_kept_and_nothing_of_it_seems_begun(starts: list[int]) -> None:
    jobs = [planned(number, start) for number, start in enumerate(starts)]
    orders = [order(number) for number in range(len(starts))]
    blocks = waiting_blocks(jobs, orders, {}, (), FENCE)
    assert all(block.start >= FENCE and block.end > block.start for block in blocks)
    by_time = [block.order for block in sorted(blocks, key=lambda one: one.start)]
    assert by_time == [one.order for one in sorted(jobs, key=lambda one: one.start)]
    untouched = {one.order: one.start for one in jobs if one.start >= FENCE + len(jobs)}
    assert {block.order: block.start for block in blocks if block.order in untouched} == untouched


def test_what_frozen_hours_begin_stays_as_it_was_planned() -> None:
    begun = planned(1, FENCE - HOUR // 2)
    (block,) = waiting_blocks([begun], [order(1)], {}, {("WO1", 10, "L1")}, FENCE)
    assert (block.start, block.end) == (begun.start, begun.end)


def test_what_was_begun_or_has_pieces_is_told_by_its_counts_alone() -> None:
    jobs = [planned(number, FENCE) for number in range(3)]
    orders = [order(number) for number in range(3)]
    waits = job("WO0", 10, JobState.ALLOWED_TO_START, 0, started_at=None)
    progress = {
        ("WO0", 10): waits,
        ("WO1", 10): replace(waits, good=1),
        ("WO2", 10): replace(waits, started_at=FENCE),
    }
    assert {one.order for one in waiting_blocks(jobs, orders, progress, (), FENCE)} == {"WO0"}


def test_a_work_center_that_can_do_it_no_more_keeps_no_place() -> None:
    elsewhere = replace(planned(1, FENCE), work_center="L9")
    assert waiting_blocks([elsewhere], [order(1)], {}, (), FENCE) == ()
