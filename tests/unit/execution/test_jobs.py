"""From documents to job orders, and from one operation to the next."""

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import cast

import pytest

from edge.domain.equipment import Observation
from edge.domain.facts import FactDraft, Source
from edge.domain.production import JobProgress, ProductionReader
from edge.domain.recording import Document
from edge.domain.vocabulary import JobState, MachineState
from edge.execution.dispatch.due import Step, due
from edge.execution.errors import NotAllowed
from edge.execution.orders import intake
from edge.execution.orders.masterdata import MasterData
from edge.execution.orders.register import JobRegister, Rest
from edge.execution.orders.transitions import TRANSITIONS, check, recording
from tests.unit.execution.floor_parts import (
    CYCLE,
    count,
    definition,
    order,
    progress_after,
    schedule,
)


@dataclass
class Progress:
    """The part of a reader that the register asks."""

    drafts: list[FactDraft] = field(default_factory=list)

    def jobs(self) -> list[JobProgress]:
        return progress_after(self.drafts)


@dataclass
class Bench:
    """A register over drafts that were recorded so far."""

    progress: Progress = field(default_factory=Progress)
    data: MasterData = field(default_factory=MasterData)

    def __post_init__(self) -> None:
        self.register = JobRegister(cast("ProductionReader", self.progress))

    def take(self, *documents: Document) -> list[FactDraft]:
        self.data = intake.merged(self.data, documents)
        made = intake.recording(self.data, documents, self.progress.jobs(), site="s1", at=1)
        self.record(*made.drafts)
        return list(made.drafts)

    def record(self, *drafts: FactDraft) -> None:
        self.progress.drafts += drafts
        self.register.reload(self.data)

    def do(self, id_: str, action: str) -> None:
        job = self.register.jobs[id_]
        self.record(
            *recording(
                self.register,
                job,
                action,
                at=5,
                source=Source.OPERATOR,
                actor="a",
                boundary=None,
            ).drafts
        )

    def state(self, id_: str) -> JobState:
        return self.register.jobs[id_].state


@pytest.fixture
def bench() -> Bench:
    bench = Bench()
    bench.take(definition(), schedule(1, order("WO1"), order("WO2", number=None)))
    return bench


def test_each_operation_becomes_a_job_order_with_its_number(bench: Bench) -> None:
    job = bench.register.jobs["WO1.20"]
    assert (job.number, job.work_center, job.run_time_per_item) == (1020, "L2", CYCLE)
    assert bench.state("WO1.10") == JobState.ALLOWED_TO_START
    assert bench.state("WO1.20") == JobState.NOT_ALLOWED_TO_START
    numbers = [job.number for job in bench.register.jobs.values()]
    assert len(set(numbers)) == 4


def test_numbers_that_the_edge_gave_stay_when_more_orders_come(bench: Bench) -> None:
    before = {id_: job.number for id_, job in bench.register.jobs.items()}
    bench.take(schedule(2, order("WO0", None), order("WO1"), order("WO2", None)))
    assert {id_: bench.register.jobs[id_].number for id_ in before} == before
    assert len({job.number for job in bench.register.jobs.values()}) == 6


def test_the_end_of_an_operation_lets_the_next_one_start_with_what_was_passed_on(
    bench: Bench,
) -> None:
    bench.do("WO1.10", "start")
    bench.record(count("WO1.10", 97))
    bench.do("WO1.10", "complete")
    assert bench.state("WO1.20") == JobState.ALLOWED_TO_START
    assert bench.register.limit(bench.register.jobs["WO1.20"]) == 97


def test_an_operation_that_passes_nothing_on_ends_the_order(bench: Bench) -> None:
    bench.do("WO1.10", "start")
    bench.do("WO1.10", "complete")
    assert bench.state("WO1.20") == JobState.ABORTED


def test_an_action_that_the_state_forbids_is_refused(bench: Bench) -> None:
    with pytest.raises(NotAllowed, match="AllowedToStart"):
        bench.do("WO1.10", "complete")


ALLOWED_FROM = {
    "start": {JobState.ALLOWED_TO_START},
    "run": {JobState.RUNNING},
    "interrupt": {JobState.RUNNING},
    "resume": {JobState.INTERRUPTED},
    "complete": {JobState.RUNNING, JobState.INTERRUPTED},
    "beside": {JobState.ALLOWED_TO_START},
    "lay_aside": {JobState.RUNNING, JobState.INTERRUPTED},
}


@pytest.mark.parametrize("action", TRANSITIONS)
@pytest.mark.parametrize("state", JobState)
def test_each_action_is_allowed_in_its_states_alone(
    bench: Bench, action: str, state: JobState
) -> None:
    job = replace(bench.register.jobs["WO1.10"], state=state)
    if state in ALLOWED_FROM[action]:
        check(job, action)
    else:
        with pytest.raises(NotAllowed, match=str(state)):
            check(job, action)


def test_what_a_job_may_still_make_is_bounded_by_what_was_passed_on(bench: Bench) -> None:
    def rest(id_: str) -> Rest | None:
        return bench.register.rest(bench.register.jobs[id_])

    assert rest("WO1.10") == Rest(100, None)
    bench.do("WO1.10", "start")
    bench.record(count("WO1.10", 97))
    assert rest("WO1.10") == Rest(3, None)
    bench.do("WO1.10", "complete")
    bench.do("WO1.20", "start")
    bench.record(count("WO1.20", 20), count("WO1.20", 7, role="scrap"))
    assert rest("WO1.20") == Rest(80, 70)
    bench.record(count("WO1.20", 70))
    assert rest("WO1.20") is None


def test_pieces_that_all_turn_out_bad_leave_nothing_to_work_on(bench: Bench) -> None:
    bench.do("WO1.10", "start")
    bench.record(count("WO1.10", 97))
    bench.do("WO1.10", "complete")
    bench.record(count("WO1.10", -97), count("WO1.10", 97, role="scrap"))
    second = bench.register.jobs["WO1.20"]
    assert bench.register.limit(second) == 0
    assert bench.register.rest(second) is None


def test_a_cut_order_is_aborted_unless_work_has_begun(bench: Bench) -> None:
    bench.do("WO1.10", "start")
    bench.take(schedule(2))
    assert bench.state("WO1.10") == JobState.RUNNING
    assert bench.state("WO2.10") == JobState.ABORTED


def test_a_revised_quantity_is_recorded_once(bench: Bench) -> None:
    events = bench.take(schedule(2, order("WO1", quantity=150), order("WO2", None)))
    revised = [draft.job_order_id for draft in events if draft.body.get("event") == "revised"]
    assert revised == ["WO1.10", "WO1.20"]
    assert bench.register.jobs["WO1.10"].quantity == 150
    again = bench.take(schedule(3, order("WO1", quantity=150), order("WO2", None)))
    assert [draft.kind for draft in again] == ["schedule_received"]


def test_the_same_documents_twice_change_nothing(bench: Bench) -> None:
    again = bench.take(definition(), schedule(1, order("WO1"), order("WO2", None)))
    assert {draft.kind for draft in again} == {"schedule_received"}


def shown(state: MachineState | None, order: int = 0, command: int | None = 0) -> Observation:
    return Observation(
        work_center="L1",
        at=1,
        polled=1.0,
        state=state,
        mode=1,
        fault=0,
        order=order,
        recipe=None,
        command=command,
        raws={},
    )


@pytest.mark.parametrize(
    ("started", "seen", "step"),
    [
        (False, shown(MachineState.IDLE), Step.START),
        (False, shown(MachineState.COMPLETE, 9), Step.START),
        (False, shown(MachineState.EXECUTE, 9), Step.WAIT),
        (False, shown(MachineState.IDLE, 0, 1), Step.WAIT),
        (True, shown(MachineState.IDLE, 9), Step.TELL),
        (True, shown(MachineState.IDLE, 9, 1), Step.WAIT),
        (True, shown(MachineState.EXECUTE, 9), Step.WAIT),
        (True, shown(MachineState.RESETTING, 1010), Step.WAIT),
        (True, shown(MachineState.EXECUTE, 1010), Step.RUN),
        (True, shown(MachineState.COMPLETE, 1010), Step.END),
        (True, shown(MachineState.COMPLETE, 1010, 1), Step.WAIT),
        (True, shown(None, 1010), Step.WAIT),
    ],
)
def test_the_step_that_is_due(bench: Bench, started: bool, seen: Observation, step: Step) -> None:
    if started:
        bench.do("WO1.10", "start")
    assert due(bench.register.running_job("L1"), seen) is step


def test_a_machine_is_not_told_anew_of_a_job_that_a_person_interrupted(bench: Bench) -> None:
    bench.do("WO1.10", "start")
    bench.do("WO1.10", "interrupt")
    assert due(bench.register.running_job("L1"), shown(MachineState.IDLE)) is Step.WAIT


def test_the_tool_of_a_job_says_what_a_stroke_makes_and_for_whom() -> None:
    """What is made beside it counts for the earliest job order of that product there."""
    floor, left, right = Bench(), definition("HINGE", ["L1"]), definition("HINGE-R", ["L1"])
    also = [{"side": "right", "product": "HINGE-R", "pieces_per_stroke": "1/2"}]
    tool = {"id": "T7", "cavities": 4, "blocked": 1, "also": also}
    left.content["operations"][0]["alternatives"][0]["tool"] = tool
    beside = {**order("WO2", 2), "product": "HINGE-R"}
    later = {**order("WO3", 3), "product": "HINGE-R", "due": "2026-06-20T14:00:00+02:00"}
    floor.take(left, right, schedule(1, order("WO1"), later, beside))
    context = floor.register.by_number("L1", 1010)
    assert context is not None
    assert context.pieces_per_stroke == 3
    [made] = context.also
    assert (made.side, made.pieces_per_stroke) == ("right", Fraction(1, 2))
    assert made.job is not None
    assert made.job.job_order_id == "WO2.10"
