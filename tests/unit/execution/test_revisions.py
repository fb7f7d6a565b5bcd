"""What a new revision of the month plan makes of job orders, whatever became of them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.recording import Document
from edge.domain.vocabulary import FINAL_JOB_STATES, JobState
from tests.unit.execution.floor_parts import count, definition, order, schedule
from tests.unit.execution.test_jobs import Bench

ALLOWED, NOT_YET = JobState.ALLOWED_TO_START, JobState.NOT_ALLOWED_TO_START


@pytest.fixture
def bench() -> Bench:
    bench = Bench()
    bench.take(definition(), definition("BRACKET", ("L2", "L1", "L2")))
    bench.take(definition("PIN", ("L2",)), schedule(1, order("WO1"), order("WO2", 2)))
    return bench


def of(product: str, **other: Any) -> dict[str, Any]:
    return {**order("WO1"), "product": product, **other}


def finish(bench: Bench, id_: str, pieces: int) -> None:
    bench.do(id_, "start")
    if pieces:
        bench.record(count(id_, pieces))
    bench.do(id_, "complete")


def test_an_order_that_was_cut_and_is_wanted_again_can_be_made(bench: Bench) -> None:
    bench.take(schedule(2, order("WO2", 2)))
    assert (bench.state("WO1.10"), bench.state("WO1.20")) == (JobState.ABORTED, JobState.ABORTED)
    bench.take(schedule(3, order("WO1"), order("WO2", 2)))
    assert (bench.state("WO1.10"), bench.state("WO1.20")) == (ALLOWED, NOT_YET)
    assert bench.register.jobs["WO1.10"].ended_at is None
    finish(bench, "WO1.10", 90)
    assert bench.state("WO1.20") == ALLOWED


def test_operations_that_a_new_product_does_not_have_are_aborted(bench: Bench) -> None:
    bench.take(schedule(2, of("PIN"), order("WO2", 2)))
    assert bench.state("WO1.20") == JobState.ABORTED
    job = bench.register.jobs["WO1.10"]
    assert (job.state, job.product, job.work_center) == (ALLOWED, "PIN", "L2")


def test_operations_that_a_new_product_has_more_come_after_what_is_done(bench: Bench) -> None:
    finish(bench, "WO1.10", 80)
    finish(bench, "WO1.20", 70)
    bench.take(schedule(2, of("BRACKET"), order("WO2", 2)))
    assert bench.state("WO1.30") == ALLOWED
    assert bench.register.limit(bench.register.jobs["WO1.30"]) == 70


def test_a_new_revision_revives_nothing_behind_an_operation_without_good_pieces(
    bench: Bench,
) -> None:
    finish(bench, "WO1.10", 0)
    bench.take(schedule(2, of("HINGE", quantity=120), order("WO2", 2)))
    assert bench.state("WO1.20") == JobState.ABORTED


def test_an_operation_taken_out_of_the_middle_is_passed_over(bench: Bench) -> None:
    bench.take(schedule(2, of("BRACKET"), order("WO2", 2)))
    ends: Document = definition("ENDS", ("L1", "L2", "L1"))
    operations = [one for one in ends.content["operations"] if one["seq"] != 20]
    bench.take(Document(**{**vars(ends), "content": {**ends.content, "operations": operations}}))
    bench.take(schedule(3, of("ENDS"), order("WO2", 2)))
    assert bench.state("WO1.20") == JobState.ABORTED
    finish(bench, "WO1.10", 60)
    assert bench.state("WO1.30") == ALLOWED
    assert bench.register.limit(bench.register.jobs["WO1.30"]) == 60


def test_a_number_that_was_freed_belongs_to_the_order_that_has_it_now(bench: Bench) -> None:
    bench.take(schedule(2, order("WO2", 2)))
    bench.take(schedule(3, order("WO2", 2), order("WO9", 1)))
    found = bench.register.by_number("L1", 1010)
    assert found is not None
    assert found.job_order_id == "WO9.10"


steps = st.lists(
    st.one_of(
        st.tuples(
            st.just("plan"),
            st.sampled_from(["", "HINGE", "BRACKET", "PIN"]),
            st.integers(1, 200),
        ),
        st.tuples(
            st.sampled_from(["start", "complete", "interrupt", "resume"]),
            st.sampled_from([10, 20, 30]),
            st.integers(0, 90),
        ),
    ),
    max_size=12,
)


@given(steps)
def test_no_order_is_ever_stuck(taken: list[tuple[str, Any, int]]) -> None:
    """An order in force has an operation that may start or is on, or is at its end."""
    bench = Bench()
    bench.take(definition(), definition("BRACKET", ("L2", "L1", "L2")), definition("PIN", ("L2",)))
    for revision, (what, which, number) in enumerate(taken, start=1):
        if what == "plan":
            bench.take(schedule(revision, *([of(which, quantity=number)] if which else [])))
        elif f"WO1.{which}" in bench.register.jobs:
            act(bench, f"WO1.{which}", what, number)
        check(bench)


def act(bench: Bench, id_: str, action: str, pieces: int) -> None:
    """Do it where the state allows it; with pieces made before an end."""
    wanted = {"start": ALLOWED, "interrupt": JobState.RUNNING, "resume": JobState.INTERRUPTED}
    state = bench.state(id_)
    if action == "complete" and state in {JobState.RUNNING, JobState.INTERRUPTED}:
        if pieces:
            bench.record(count(id_, pieces))
        bench.do(id_, action)
    elif state == wanted.get(action):
        bench.do(id_, action)


def check(bench: Bench) -> None:
    request = bench.data.requests.get("WO1")
    made = bench.data.definition_of(request) if request else None
    if made is None:
        return
    jobs = [bench.register.jobs[f"WO1.{one.seq}"] for one in made.operations]
    unfinished = [job for job in jobs if job.state not in FINAL_JOB_STATES]
    if unfinished:
        assert any(job.state != NOT_YET for job in jobs if job.state not in FINAL_JOB_STATES), jobs
    else:
        ended = [job for job in jobs if job.state == JobState.ENDED]
        assert len(ended) == len(jobs) or ended[-1].good == 0
