"""Automatic dispatch on a real store, against machines that do as they like."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import pytest

from edge.domain.orders import JobOrder
from edge.domain.production import JobProgress, ProductionReader
from edge.domain.recording import Baseline, BaselineMove, Recording, Request, StoreUnavailable
from edge.domain.vocabulary import JobState, MachineState
from edge.execution.board.page import board
from edge.execution.desk import Asked
from edge.execution.dispatch.dispatching import Dispatcher
from edge.execution.dispatch.steps import CountedIn
from edge.execution.orders.actions import Actions
from edge.execution.orders.register import all_may_have
from edge.storage.rows import Rows
from tests.integration.edge.floor_on_store import Site, site
from tests.unit.execution.floor_parts import count, definition, order, schedule

NUMBER = 1010


def dispatcher(here: Site, work_center: str = "L1") -> Dispatcher:
    def next_job(id_: str) -> JobOrder | None:
        waiting = here.floor.register.waiting(id_)
        return waiting[0] if waiting else None

    return Dispatcher(work_center, here.floor, next_job)


def show(here: Site, state: MachineState, number: int | None) -> None:
    """A new snapshot."""
    here.clock.advance(1)
    here.machine.show("L1", state, number)
    shown = here.machine.shown["L1"]
    here.machine.shown["L1"] = replace(shown, polled=here.clock.monotonic())


def loads(here: Site) -> int:
    return sum("order_setpoint" in values for _, values in here.machine.written)


def asked(key: str) -> Asked:
    return Asked(actor="ann", request=Request(key=key, fingerprint=key))


async def test_a_job_interrupted_in_set_up_whose_machine_is_run_by_hand_ends_nothing(
    tmp_path: Path,
) -> None:
    async with site(tmp_path, automatic=True) as here:
        one = dispatcher(here)
        await one.look()
        await Actions(here.floor).change_job("WO1.10", "interrupt", asked("k1"))
        show(here, MachineState.EXECUTE, NUMBER)
        await one.look()
        job = here.floor.job("WO1.10")
        assert (job.state, job.phase) == (JobState.INTERRUPTED, "setup")
        await Actions(here.floor).change_job("WO1.10", "resume", asked("k2"))
        await one.look()
        assert here.floor.job("WO1.10").phase == "run"


@pytest.mark.parametrize("number", [NUMBER, None])
async def test_where_operators_load_the_machine_its_set_up_ends_as_it_produces(
    tmp_path: Path, number: int | None
) -> None:
    async with site(tmp_path) as here:
        one = dispatcher(here)
        await Actions(here.floor).change_job("WO1.10", "start", asked("k1"))
        await show_and_look(here, one, MachineState.IDLE, number)
        assert here.floor.job("WO1.10").phase == "setup"
        await show_and_look(here, one, MachineState.EXECUTE, 777)
        assert here.floor.job("WO1.10").phase == "setup"
        await show_and_look(here, one, MachineState.EXECUTE, number)
        assert here.floor.job("WO1.10").phase == "run"


async def test_where_operators_load_the_machine_nothing_is_started_told_or_ended(
    tmp_path: Path,
) -> None:
    async with site(tmp_path) as here:
        one = dispatcher(here)
        await show_and_look(here, one, MachineState.IDLE, 0)
        assert here.floor.register.running_job("L1") is None
        await Actions(here.floor).change_job("WO1.10", "start", asked("k1"))
        await show_and_look(here, one, MachineState.STOPPED, 0)
        await show_and_look(here, one, MachineState.COMPLETE, NUMBER)
        assert here.floor.job("WO1.10").state == JobState.RUNNING
        assert here.machine.written == []


async def show_and_look(
    here: Site, one: Dispatcher, state: MachineState, number: int | None
) -> None:
    show(here, state, number)
    await one.look()


async def test_a_machine_that_refuses_a_load_is_asked_ever_more_rarely(tmp_path: Path) -> None:
    async with site(tmp_path, automatic=True) as here:
        one = dispatcher(here)
        for _ in range(600):  # ten minutes
            show(here, MachineState.IDLE, 0)
            await one.look()
            pending = here.machine.shown["L1"]  # the command, before the machine clears it
            here.machine.shown["L1"] = replace(pending, order=0, command=1, state=MachineState.IDLE)
            await one.look()
        assert 3 <= loads(here) <= 20


async def test_a_snapshot_from_before_the_machine_was_told_says_nothing(tmp_path: Path) -> None:
    async with site(tmp_path, automatic=True) as here:
        one = dispatcher(here)
        before = here.machine.shown["L1"]
        here.clock.advance(5)
        await one.look()
        here.clock.advance(60)
        here.machine.shown["L1"] = before
        await one.look()
        assert loads(here) == 1


async def test_a_machine_that_lost_its_job_is_told_what_is_left_of_it(tmp_path: Path) -> None:
    async with site(tmp_path, automatic=True) as here:
        one = dispatcher(here)
        await one.look()
        show(here, MachineState.EXECUTE, NUMBER)
        await one.look()
        await here.record(count("WO1.10", 60))
        show(here, MachineState.STOPPED, 0)
        await one.look()
        assert loads(here) == 2
        _, values = here.machine.written[-1]
        assert (values["target_setpoint"], values["limit_setpoint"]) == (40, 0)


async def test_the_limit_of_a_lost_job_is_less_by_what_was_made(tmp_path: Path) -> None:
    async with site(tmp_path, automatic=True) as here:
        await here.record(count("WO1.10", 50))
        first, second = dispatcher(here), dispatcher(here, "L2")
        await first.look()
        await Actions(here.floor).change_job("WO1.10", "complete", asked("k1"))
        await second.look()
        await here.record(count("WO1.20", 20, "L2"))
        here.clock.advance(60)
        shown = here.machine.shown["L2"]
        lost = replace(shown, order=0, state=MachineState.IDLE, polled=here.clock.monotonic())
        here.machine.shown["L2"] = lost
        await second.look()
        _, values = here.machine.written[-1]
        assert (values["target_setpoint"], values["limit_setpoint"]) == (80, 30)


async def test_a_job_that_was_made_before_the_machine_lost_it_is_ended(tmp_path: Path) -> None:
    async with site(tmp_path, automatic=True) as here:
        one = dispatcher(here)
        await one.look()
        await here.record(count("WO1.10", 100))
        show(here, MachineState.IDLE, 0)
        await one.look()
        assert here.floor.job("WO1.10").state == JobState.ENDED
        assert here.floor.job("WO1.20").state == JobState.ALLOWED_TO_START
        assert loads(here) == 1


async def test_a_machine_that_was_loaded_by_hand_meanwhile_is_not_given_a_job(
    tmp_path: Path,
) -> None:
    async with site(tmp_path, automatic=True) as here:
        idle = here.machine.shown["L1"]
        show(here, MachineState.EXECUTE, 777)
        with pytest.MonkeyPatch.context() as old:
            old.setattr(here.machine, "observation", lambda _: idle)
            await dispatcher(here).look()
        assert here.floor.register.running_job("L1") is None
        assert loads(here) == 0


@dataclass
class SickReader:
    """A register's reader on a disk that fails for a while."""

    reader: ProductionReader
    left: int

    def jobs(self) -> Sequence[JobProgress]:
        if self.left:
            self.left -= 1
            raise StoreUnavailable("the store cannot be read now")
        return self.reader.jobs()

    def job(self, id_: str) -> JobProgress | None:
        return self.reader.job(id_)


async def test_a_dispatcher_outlives_a_store_that_cannot_be_read(tmp_path: Path) -> None:
    async with site(tmp_path, automatic=True) as here:
        one = dispatcher(here)
        sick = SickReader(here.store.reader, left=3)
        here.floor.register.reader = cast("ProductionReader", sick)
        here.floor.register.changes = all_may_have
        running = asyncio.create_task(one.run())
        async with asyncio.timeout(10):
            while sick.left or here.machine.shown["L1"].order != NUMBER:
                one.wake()
                await asyncio.sleep(0.01)
                assert not running.done(), running
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@pytest.mark.parametrize(
    ("made", "quantity", "state"),
    [(100, 150, JobState.RUNNING), (100, 100, JobState.ENDED), (70, 150, JobState.ENDED)],
)
async def test_a_job_that_was_given_a_higher_quantity_is_not_ended_short(
    tmp_path: Path, made: int, quantity: int, state: JobState
) -> None:
    async with site(tmp_path, automatic=True) as here:
        one = dispatcher(here)
        await one.look()
        await here.take(schedule(2, order("WO1", quantity=quantity), order("WO2", 2)))
        await here.record(count("WO1.10", made))
        show(here, MachineState.COMPLETE, NUMBER)
        shown = here.machine.shown["L1"]
        here.machine.shown["L1"] = replace(shown, target=100)
        await one.look()
        assert here.floor.job("WO1.10").state == state
        told = [values["target_setpoint"] for center, values in here.machine.written]
        assert told == [100, *([50] if state == JobState.RUNNING else [])]


STROKES = CountedIn(tag="strokes", strokes=True)


@asynccontextmanager
async def press(
    folder: Path, pieces_per_stroke: str, quantity: int
) -> AsyncIterator[tuple[Site, Dispatcher]]:
    """A press on L1 that counts strokes, and one order for it."""
    made = definition("HINGE", ["L1"])
    tool = {"id": "T7", "pieces_per_stroke": pieces_per_stroke}
    made.content["operations"][0]["alternatives"][0]["tool"] = tool
    documents = (made, schedule(1, order("WO1", quantity=quantity)))
    async with site(folder, automatic=True, documents=documents) as here:
        counted = replace(here.floor.work_centers["L1"], target_in=STROKES, limit_in=STROKES)
        here.floor.work_centers = {**here.floor.work_centers, "L1": counted}
        one = dispatcher(here)
        await one.look()
        yield here, one


def targets(here: Site) -> list[int]:
    return [one["target_setpoint"] for _, one in here.machine.written if "target_setpoint" in one]


async def test_a_press_is_told_strokes_and_may_make_more_by_less_than_one(tmp_path: Path) -> None:
    async with press(tmp_path, "4", 10) as (here, one):
        assert targets(here) == [3]
        await here.record(count("WO1.10", 12))
        shown = board(here.floor, "L1", ())["job"]
        assert (shown["good"], shown["left"]) == (12, 0)
        show(here, MachineState.COMPLETE, NUMBER)
        here.machine.shown["L1"] = replace(here.machine.shown["L1"], target=3)
        await one.look()
        assert here.floor.job("WO1.10").state == JobState.ENDED
        assert here.floor.job("WO1.10").left == 0
        assert loads(here) == 1


async def test_a_snapshot_of_a_machine_at_work_reads_nothing_from_the_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with press(tmp_path, "1/2", 50) as (here, one):
        show(here, MachineState.EXECUTE, NUMBER)
        await one.look()  # set-up is over
        here.machine.shown["L1"] = shown = replace(here.machine.shown["L1"], target=100)
        asked: list[str] = []
        connection = Rows.query

        def counted(rows: Rows, sql: str, values: Any = ()) -> Any:
            asked.append(sql)
            return connection(rows, sql, values)

        monkeypatch.setattr(Rows, "query", counted)
        for _ in range(50):
            one.seen(shown)
            assert not one._wake.is_set()
        assert len(asked) <= 2, asked
        here.machine.shown["L1"] = replace(shown, target=120)  # more than is wanted
        one.seen(here.machine.shown["L1"])
        assert one._wake.is_set()


@pytest.mark.parametrize(("made", "told"), [(12, [3, 3]), (8, [3])])
async def test_a_press_whose_order_grew_goes_on_if_it_made_what_it_was_told(
    tmp_path: Path, made: int, told: list[int]
) -> None:
    async with press(tmp_path, "4", 10) as (here, one):
        await here.take(schedule(2, order("WO1", quantity=21)))
        await here.record(count("WO1.10", made))
        show(here, MachineState.COMPLETE, NUMBER)
        here.machine.shown["L1"] = replace(here.machine.shown["L1"], target=3)
        await one.look()
        assert targets(here) == told


async def test_the_piece_that_was_begun_is_not_begun_again(tmp_path: Path) -> None:
    """Seven strokes of half a piece are 3 pieces and a half: 3 more strokes are left of 5."""
    async with press(tmp_path, "1/2", 5) as (here, one):
        assert targets(here) == [10]
        row = Baseline(
            equipment_id="L1",
            tag="strokes",
            counter_epoch=1,
            raw=7,
            at=1,
            rest=str(Fraction(1, 2)),
            rest_of="WO1.10",
        )
        move = BaselineMove(expected=None, new=row)
        await here.store.record(Recording(drafts=(count("WO1.10", 3),), baselines=(move,)))
        here.floor.register.reload()
        show(here, MachineState.STOPPED, 0)
        here.clock.advance(60)
        show(here, MachineState.STOPPED, 0)
        await one.look()
        assert targets(here) == [10, 3]
