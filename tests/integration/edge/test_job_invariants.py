"""Whatever people, machines and the ERP do, in any order: what always holds of job orders."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from edge.domain.equipment import EquipmentUnreachable
from edge.domain.facts import decode
from edge.domain.jobs import CHOICES, About
from edge.domain.recording import VersionConflict
from edge.domain.vocabulary import OPEN_JOB_STATES, JobState, MachineState
from edge.execution.desk import Asked
from edge.execution.dispatch.dispatching import Dispatcher
from edge.execution.errors import (
    BeyondTolerance,
    InvalidAction,
    NotAllowed,
    NothingReported,
)
from edge.execution.orders.actions import Actions
from edge.execution.orders.onward import Onward
from edge.execution.orders.questions import Said
from edge.execution.orders.siding import Siding
from edge.storage.verify import verify
from tests.contract.fact_schema import check
from tests.integration.edge.floor_on_store import Site, site
from tests.integration.edge.test_dispatching import asked, dispatcher
from tests.unit.execution.floor_parts import count, definition, order, schedule

REFUSED = (
    BeyondTolerance,
    EquipmentUnreachable,
    InvalidAction,
    NotAllowed,
    NothingReported,
    VersionConflict,
)
NEW, ALLOWED, WAITS = "", JobState.ALLOWED_TO_START, JobState.NOT_ALLOWED_TO_START
RUNNING, INTERRUPTED = JobState.RUNNING, JobState.INTERRUPTED
ENDED, ABORTED = JobState.ENDED, JobState.ABORTED
# Event: from which states to which. What says nothing of the state leaves it.
MAY: Mapping[str, frozenset[tuple[str, str]]] = {
    "created": frozenset((was, to) for was in (NEW, ABORTED) for to in (WAITS, ALLOWED, ABORTED)),
    "allowed": frozenset({(WAITS, ALLOWED)}),
    "started": frozenset({(ALLOWED, RUNNING)}),
    "running": frozenset({(RUNNING, RUNNING)}),
    "interrupted": frozenset({(RUNNING, INTERRUPTED)}),
    "resumed": frozenset({(INTERRUPTED, RUNNING)}),
    "laid_aside": frozenset({(RUNNING, ALLOWED), (INTERRUPTED, ALLOWED)}),
    "ended": frozenset({(RUNNING, ENDED), (INTERRUPTED, ENDED)}),
    "aborted": frozenset({(WAITS, ABORTED), (ALLOWED, ABORTED)}),
    # Input that was passed on, and was found to be bad, is not there any more.
    "revised": frozenset({(state, state) for state in JobState} | {(ALLOWED, WAITS)}),
    "asked": frozenset((state, state) for state in JobState),
    "answered": frozenset((state, state) for state in JobState),
}

jobs = st.sampled_from(["WO1.10", "WO1.10", "WO1.20", "WO2.10", "WO2.20", "WO3.10"])
makes = st.tuples(st.just("make"), jobs, st.integers(20, 60))
steps = st.one_of(
    makes,
    makes,
    st.tuples(st.just("act"), jobs, st.sampled_from(["start", "interrupt", "resume", "complete"])),
    st.tuples(st.just("count"), jobs, st.integers(1, 60)),
    st.tuples(st.just("scrap"), jobs, st.integers(1, 20)),
    st.tuples(
        st.just("plan"), st.sampled_from([0, 10, 60, 100, 150]), st.sampled_from([0, 40, 100])
    ),
    st.tuples(st.just("answer"), st.integers(0, 2), st.just(0)),
    st.tuples(st.just("machine"), st.sampled_from(["L1", "L2"]), st.sampled_from(MachineState)),
)


@dataclass
class World:
    """A floor of two automatic machines, all that acts on it, and a count of what was asked."""

    here: Site
    dispatchers: Mapping[str, Dispatcher]
    revision: int = 1
    keys: list[str] = field(default_factory=list)

    async def act(self, id_: str, action: str) -> None:
        self.keys.append(f"k{len(self.keys)}")
        ask = replace(asked(self.keys[-1]), version=self.here.floor.job(id_).version)
        await Actions(self.here.floor).change_job(id_, action, ask, confirm=True)
        await self._again(id_, action, ask)

    async def _again(self, id_: str, action: str, ask: Asked) -> None:
        """A repeated request is answered and changes nothing."""
        before = self.here.store.reader.chain_end().seq
        try:
            await Actions(self.here.floor).change_job(id_, action, ask, confirm=True)
        except REFUSED as error:
            raise AssertionError(f"{id_} {action} was done, and is refused again") from error
        told = self.here.store.reader.facts_after(before, 10)
        assert all(b'"event":"told"' in fact.data for fact in told)

    async def make(self, id_: str, pieces: int) -> None:
        """A job is started, if it waits, and makes pieces."""
        if self.here.floor.job(id_).state == ALLOWED:
            await self.act(id_, "start")
        await self.count(id_, pieces)

    async def count(self, id_: str, pieces: int, role: str = "good") -> None:
        """Pieces, as far as there is anything to make them of."""
        job = self.here.floor.job(id_)
        limit = self.here.floor.register.limit(job)
        room = pieces if limit is None else min(pieces, limit - job.good - job.scrap)
        if job.started_at is not None and room > 0:
            await self.here.record(count(id_, room, job.work_center, role))

    async def scrap(self, id_: str, pieces: int) -> None:
        await self.count(id_, pieces, "scrap")

    async def plan(self, first: int, second: int) -> None:
        self.revision += 1
        wanted = [("WO1", 1, first), ("WO2", 2, second)]
        orders = [order(id_, number, quantity) for id_, number, quantity in wanted if quantity]
        await self.here.take(schedule(self.revision, *orders, RIGHT))

    async def answer(self, choice: int, _: int) -> None:
        room = Actions(self.here.floor).questions
        for question in room.all(open_=True)[:1]:
            choices = CHOICES[About(question.about)]
            said = Said(answer=choices[choice % len(choices)])
            self.keys.append(f"k{len(self.keys)}")
            await room.answer(question.id, said, asked(self.keys[-1]))

    async def machine(self, center: str, state: MachineState) -> None:
        self.here.clock.advance(90)
        shown = self.here.machine.shown[center]
        polled = self.here.clock.monotonic()
        self.here.machine.shown[center] = replace(shown, state=state, polled=polled)
        await self.dispatchers[center].look()

    async def settle(self) -> None:
        """What goes on by itself, until there is nothing to do; then again: it changes nothing."""
        for _ in range(20):
            before = self.here.store.reader.chain_end().seq
            self.here.floor.register.reload()
            await Onward(self.here.floor).look()
            await Siding(self.here.floor).look()
            if self.here.store.reader.chain_end().seq == before:
                return
        raise AssertionError("it does not come to rest")

    def check(self) -> None:
        floor = self.here.floor
        floor.register.reload()
        made = sum(
            row.good
            for center in floor.work_centers
            for row in floor.reader.hour_quantities(center, 0, 2**62)
        )
        assert sum(job.good for job in floor.register.jobs.values()) == made
        for job in floor.register.jobs.values():
            assert 0 <= job.passed_on <= job.good
        for center in floor.work_centers.values():
            assert len(floor.register.mains(center.id)) <= center.parallel
        for values in self.here.machine.written:
            assert all(value >= 0 for value in values[1].values())


def transitions(here: Site) -> None:
    """Every event leads from where its job order stood to where its table row allows."""
    stand: dict[str, str] = {}
    for stored in here.store.reader.facts_after(0, 100_000):
        if stored.kind != "job_order_event":
            continue
        check(stored.data)
        fact = decode(stored.data)
        id_, event = fact.job_order_id or "", fact.body["event"]
        if event == "told":
            continue
        step = (stand.get(id_, NEW), fact.body["state"])
        assert step in MAY[event], (id_, event, step)
        stand[id_] = fact.body["state"]
    held = {id_: state for id_, state in stand.items() if state in OPEN_JOB_STATES}
    jobs = here.floor.register.jobs
    assert held == {id_: str(jobs[id_].state) for id_ in held if id_ in jobs}


RIGHT = {**order("WO3", 3, 80), "product": "HINGE-R"}


async def lived(folder: Path, todo: list[tuple[str, object, object]]) -> None:
    product, right = definition(), definition("HINGE-R", ["L1"])
    product.content["operations"][0]["transfer_batch"] = 20
    also = [{"side": "right", "product": "HINGE-R", "cavities": 1}]
    tool = {"id": "T7", "cavities": 1, "also": also}
    product.content["operations"][0]["alternatives"][0]["tool"] = tool
    documents = (product, right, schedule(1, order("WO1"), order("WO2", 2), RIGHT))
    async with site(folder, automatic=True, documents=documents) as here:
        world = World(here, {id_: dispatcher(here, id_) for id_ in ("L1", "L2")})
        for name, first, second in todo:
            step: Callable[[object, object], Awaitable[None]] = getattr(world, name)
            try:
                await step(first, second)
            except REFUSED:
                here.floor.register.reload()
            await world.settle()
            world.check()
        transitions(here)
        assert not verify(folder / "edge.sqlite").broken


@settings(max_examples=25, deadline=None)
@given(st.lists(steps, min_size=8, max_size=14))
def test_what_must_always_hold(todo: list[tuple[str, object, object]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(lived(Path(folder), todo))
