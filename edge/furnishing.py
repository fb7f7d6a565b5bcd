"""From a plant's configuration to the rooms of execution, and what a changed one means for them."""

from collections.abc import Callable, Mapping

from edge.config import PlantConfig
from edge.domain.clock import MICROS
from edge.domain.maintenance import MaintenancePlan
from edge.domain.quality.records import HoldScope
from edge.execution.board.room import BoardRoom
from edge.execution.dispatch.releasing import Releasing
from edge.execution.figures.explaining import Explaining
from edge.execution.figures.reports import Figures
from edge.execution.floor import Floor
from edge.execution.genealogy.room import Materials
from edge.execution.genealogy.room import Rules as MaterialRules
from edge.execution.maintenance.room import MaintenanceRoom
from edge.execution.maintenance.tools import Tools
from edge.execution.people.room import PeopleRoom
from edge.execution.people.rules import PeopleRules
from edge.execution.plans.news import PlanNews
from edge.execution.plans.room import PlanRoom
from edge.execution.plans.setpoints import HourSetpoints
from edge.execution.plans.supposing import Supposing
from edge.execution.promising.finding import Finding
from edge.execution.promising.live import LivePlan
from edge.execution.promising.room import Promises
from edge.execution.promising.stock import Shelf
from edge.execution.quality.room import Quality
from edge.execution.restating.assigning import Assigning
from edge.execution.restating.boundaries import Boundaries
from edge.execution.restating.opening import Openings
from edge.execution.restating.tracing_back import History
from edge.execution.rooms import Rooms
from edge.execution.stops.room import Stops
from edge.execution.stops.rules import ReasonRule, StopRules
from edge.planning.process import AdviserProcess
from edge.storage.readers.board import BoardRows
from edge.storage.readers.facts import FactLog
from edge.storage.readers.figures import FiguresRows
from edge.storage.readers.genealogy import Genealogy
from edge.storage.readers.maintenance import MaintenanceRows
from edge.storage.readers.people import PeopleRows
from edge.storage.readers.plans import PlanRows
from edge.storage.readers.promises import PromiseRows
from edge.storage.readers.quality import QualityRows
from edge.storage.readers.restating import Restating
from edge.storage.readers.stops import StopRows
from edge.storage.store import Store

ADVICE_S = 10.0  # a promise is worked out in a fraction of it


def furnished(plant: PlantConfig, store: Store, floor: Floor) -> Rooms:
    """The rooms of an edge; their gates are put up on the floor."""
    floor.register.changeovers = plant.changeovers
    quality = Quality(floor, QualityRows(store.rows))
    quality.follow(plant.gauges)
    materials = materials_of(floor, store, quality)
    figures = Figures(floor, FiguresRows(store.rows))
    materials.follow(material_rules(plant))
    plans = PlanRows(store.rows)
    plan_room = PlanRoom(floor, plans, Releasing(floor, plans, plant.releases))
    promises = promises_of(floor, store, quality)
    return Rooms(
        assigning=Assigning(floor, Restating(store.rows)),
        boundaries=Boundaries(floor, Restating(store.rows)),
        history=History(floor, FactLog(store.rows), Restating(store.rows)),
        openings=Openings(floor, Restating(store.rows)),
        materials=materials,
        explaining=Explaining(figures, FactLog(store.rows)),
        figures=figures,
        people=PeopleRoom(floor, PeopleRows(store.rows), people_rules(plant)),
        promises=promises,
        supposing=Supposing(floor, promises, plan_room),
        quality=quality,
        maintenance=MaintenanceRoom(floor, MaintenanceRows(store.rows), maintenance_plans(plant)),
        plans=plan_room,
        news=PlanNews(plan_room),
        setpoints=HourSetpoints(floor),
        board=BoardRoom(floor, BoardRows(store.rows), plant.red_percent),
        stops=Stops(floor, StopRows(store.rows), stop_rules(plant)),
        tools=Tools(floor, floor.register.book, {one.id: one for one in plant.tools}),
    )


def held_lots(quality: Quality) -> Callable[[], Mapping[str, str]]:
    """Which lots are on hold, and why: by the hold that was placed first."""

    def held() -> Mapping[str, str]:
        holds = quality.reader.holds(open_=True)
        return {hold.target: hold.reason for hold in reversed(holds) if hold.scope == HoldScope.LOT}

    return held


def materials_of(floor: Floor, store: Store, quality: Quality) -> Materials:
    """The materials room: it knows which lots quality holds, and quality which lots go in."""
    held = held_lots(quality)
    materials = Materials(floor, Genealogy(store.rows), lambda lot: held().get(lot, ""))
    quality.holds.lots_of = materials.mounting.lots_of
    return materials


def promises_of(floor: Floor, store: Store, quality: Quality) -> Promises:
    """The promises room, over the stock that quality does not hold."""
    shelf = Shelf(floor, Genealogy(store.rows), held_lots(quality))
    reader = PromiseRows(store.rows)
    finding = Finding(floor, reader, shelf, AdviserProcess(ADVICE_S), LivePlan(floor))
    return Promises(floor, reader, finding)


def refurnish(rooms: Rooms, plant: PlantConfig) -> None:
    """Let the rooms go by this configuration from now on."""
    rooms.people.follow(people_rules(plant))
    rooms.materials.follow(material_rules(plant))
    rooms.maintenance.follow(maintenance_plans(plant))
    rooms.quality.follow(plant.gauges)
    rooms.stops.follow(stop_rules(plant))
    rooms.tools.follow({one.id: one for one in plant.tools})
    rooms.plans.releasing.rules = plant.releases
    rooms.board.red_percent = plant.red_percent
    rooms.stops.floor.register.changeovers = plant.changeovers


def maintenance_plans(plant: PlantConfig) -> dict[str, MaintenancePlan]:
    """The plans of plant.toml by id."""
    return {one.id: one for one in plant.maintenance}


def material_rules(plant: PlantConfig) -> MaterialRules:
    """What plant.toml says of materials."""
    said = plant.materials
    return MaterialRules(
        empty="block" if said.lot_empty == "block" else "ask",
        documents=said.documents,  # type: ignore[arg-type]
        gs1_prefix=said.gs1_prefix,
        pieces_per_lot=said.pieces_per_lot,
        lot_per_shift=said.lot_per_shift,
        labels=said.labels,
    )


def people_rules(plant: PlantConfig) -> PeopleRules:
    """What plant.toml says of people."""
    said = plant.people
    return PeopleRules(
        people={one.id: one for one in said.people},
        skills={one.id: one.skills for one in plant.work_centers if one.skills},
        calendars=tuple(
            one for one in plant.calendars if one.id in {person.calendar for person in said.people}
        ),
        required=said.required,
        split=said.split,
        forgotten_after=said.forgotten_after_min * 60 * MICROS,
    )


def stop_rules(plant: PlantConfig) -> StopRules:
    """What plant.toml says of stop reasons."""
    return StopRules(
        reasons={
            one.code: ReasonRule(
                code=one.code,
                parent=one.parent,
                class_=one.loss,
                planned=one.planned,
                work_centers=frozenset(one.work_centers),
            )
            for one in plant.reasons
            if one.kind == "stop"
        }
    )
