"""A floor on a real store, with a machine that shows what a test sets."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import time
from pathlib import Path

from edge.domain.calendars import ShiftPattern, WorkCalendar
from edge.domain.clock import ManualClock, parse_time
from edge.domain.equipment import EquipmentUnreachable, Observation
from edge.domain.recording import Document, Recording
from edge.domain.sentences import say
from edge.domain.vocabulary import MachineState
from edge.execution.board.room import BoardRoom
from edge.execution.dispatch.releasing import Releasing
from edge.execution.figures.explaining import Explaining
from edge.execution.figures.reports import Figures
from edge.execution.floor import Floor, WorkCenter
from edge.execution.maintenance.room import MaintenanceRoom
from edge.execution.maintenance.tools import Tools
from edge.execution.orders import receiving
from edge.execution.orders.masterdata import load
from edge.execution.orders.register import JobRegister
from edge.execution.people.room import PeopleRoom
from edge.execution.people.rules import PeopleRules
from edge.execution.plans.news import PlanNews
from edge.execution.plans.room import PlanRoom
from edge.execution.plans.setpoints import HourSetpoints
from edge.execution.plans.supposing import Supposing
from edge.execution.quality.room import Quality
from edge.execution.restating.assigning import Assigning
from edge.execution.restating.boundaries import Boundaries
from edge.execution.restating.opening import Openings
from edge.execution.restating.tracing_back import History
from edge.execution.rooms import Rooms
from edge.execution.stops.room import Stops
from edge.furnishing import materials_of, promises_of
from edge.storage.readers.board import BoardRows
from edge.storage.readers.facts import FactLog
from edge.storage.readers.figures import FiguresRows
from edge.storage.readers.jobs import Jobs
from edge.storage.readers.maintenance import MaintenanceRows
from edge.storage.readers.people import PeopleRows
from edge.storage.readers.plans import PlanRows
from edge.storage.readers.quality import QualityRows
from edge.storage.readers.restating import Restating
from edge.storage.readers.stops import StopRows
from edge.storage.store import Store
from tests.unit.execution.floor_parts import definition, order, schedule

SIX = parse_time("2026-06-08T06:00:00+02:00")
MINUTE = 60_000_000
CALENDAR = WorkCalendar(
    "day",
    "Europe/Berlin",
    (ShiftPattern("early", frozenset(range(5)), time(6), time(14), ((time(10), time(10, 30)),)),),
)


@dataclass
class StillMachine:
    """Shows what it was set to; takes orders over at once; keeps what was written."""

    shown: dict[str, Observation] = field(default_factory=dict)
    written: list[tuple[str, Mapping[str, int]]] = field(default_factory=list)
    away: bool = False

    def show(self, work_center: str, state: MachineState, number: int | None = 0) -> None:
        self.shown[work_center] = Observation(
            work_center=work_center,
            at=SIX,
            polled=0.0,
            state=state,
            mode=1,
            fault=0,
            order=number,
            recipe=0,
            command=0,
            raws={"good": 7},
        )

    def observation(self, work_center: str) -> Observation | None:
        return None if self.away else self.shown.get(work_center)

    async def force_reading(self, work_center: str) -> Observation:
        if self.away:
            raise EquipmentUnreachable(
                say("machine.silent", "{id} does not answer", id=work_center)
            )
        return self.shown[work_center]

    async def write(self, work_center: str, values: Mapping[str, int], *, actor: str) -> None:
        self.written.append((work_center, values))
        before = self.shown[work_center]
        if "order_setpoint" in values:
            after = {"order": values["order_setpoint"], "state": MachineState.RESETTING}
            self.shown[work_center] = replace(before, **after)  # type: ignore[arg-type]
        elif values.get("command") == 2:
            self.shown[work_center] = replace(before, state=MachineState.COMPLETE)

    async def reclassify(self, work_center: str) -> None:
        pass


def work_center(id_: str, *, automatic: bool) -> WorkCenter:
    return WorkCenter(
        id=id_,
        name=f"Line {id_}",
        line=id_,
        device=f"plc_{id_}",
        calendar=CALENDAR,
        automatic=automatic,
        commanded=automatic,
        counts_rejects=False,
        counters={"good": "good"},
        fault_texts={101: {"en": "Jam", "zh": "卡料"}},
    )


@dataclass
class Site:
    """Store, floor, machine and clock of one test."""

    store: Store
    floor: Floor
    machine: StillMachine
    clock: ManualClock
    rooms: Rooms

    async def take(self, *documents: Document) -> None:
        """Documents arrive as the link would bring them."""
        await receiving.take(self.floor, documents)

    async def store_only(self, *drafts: object) -> None:
        """Facts as collection records them: execution has not looked yet."""
        await self.store.record(Recording(drafts=tuple(drafts)))  # type: ignore[arg-type]

    async def record(self, *drafts: object) -> None:
        """Facts as collection would record them."""
        await self.store.record(Recording(drafts=tuple(drafts)))  # type: ignore[arg-type]
        self.floor.register.reload()


def rooms_over(floor: Floor, store: Store) -> Rooms:
    """The rooms of execution, as a plant.toml leaves them that says nothing of them."""
    quality = Quality(floor, QualityRows(store.rows))
    materials = materials_of(floor, store, quality)
    figures = Figures(floor, FiguresRows(store.rows))
    plans = PlanRows(store.rows)
    plan_room = PlanRoom(floor, plans, Releasing(floor, plans))
    promises = promises_of(floor, store, quality)
    return Rooms(
        assigning=Assigning(floor, Restating(store.rows)),
        explaining=Explaining(figures, FactLog(store.rows)),
        figures=figures,
        boundaries=Boundaries(floor, Restating(store.rows)),
        history=History(floor, FactLog(store.rows), Restating(store.rows)),
        openings=Openings(floor, Restating(store.rows)),
        materials=materials,
        people=PeopleRoom(floor, PeopleRows(store.rows), PeopleRules()),
        plans=plan_room,
        news=PlanNews(plan_room),
        setpoints=HourSetpoints(floor),
        promises=promises,
        supposing=Supposing(floor, promises, plan_room),
        quality=quality,
        maintenance=MaintenanceRoom(floor, MaintenanceRows(store.rows), {}),
        board=BoardRoom(floor, BoardRows(store.rows)),
        stops=Stops(floor, StopRows(store.rows)),
        tools=Tools(floor, floor.register.book, {}),
    )


@asynccontextmanager
async def site(
    folder: Path, *, automatic: bool = False, documents: Sequence[Document] | None = None
) -> AsyncIterator[Site]:
    """A floor of two work centers at 06:10 with one order of two operations."""
    clock = ManualClock(SIX + 10 * MINUTE)
    with Store.open(folder / "edge.sqlite", "e1", clock) as store:
        machine = StillMachine()
        for id_ in ("L1", "L2"):
            machine.show(id_, MachineState.IDLE)
        register = JobRegister(store.reader, Jobs(store.rows), changes=store.job_changes)
        register.reload(load(store.reader))
        floor = Floor(
            site="s1",
            zone=CALENDAR.zone,
            work_centers={id_: work_center(id_, automatic=automatic) for id_ in ("L1", "L2")},
            equipment=machine,
            register=register,
            reader=store.reader,
            writer=store,
            clock=clock,
        )
        here = Site(store, floor, machine, clock, rooms_over(floor, store))
        first = (definition(), schedule(1, order("WO1"), order("WO2", 2)))
        await here.take(*(first if documents is None else documents))
        yield here
