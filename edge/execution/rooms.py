"""The rooms of execution that people work in, each over the floor and its own reader."""

from dataclasses import dataclass

from edge.execution.board.room import BoardRoom
from edge.execution.figures.explaining import Explaining
from edge.execution.figures.reports import Figures
from edge.execution.genealogy.room import Materials
from edge.execution.maintenance.room import MaintenanceRoom
from edge.execution.maintenance.tools import Tools
from edge.execution.people.room import PeopleRoom
from edge.execution.plans.news import PlanNews
from edge.execution.plans.room import PlanRoom
from edge.execution.plans.setpoints import HourSetpoints
from edge.execution.plans.supposing import Supposing
from edge.execution.promising.room import Promises
from edge.execution.quality.room import Quality
from edge.execution.restating.assigning import Assigning
from edge.execution.restating.boundaries import Boundaries
from edge.execution.restating.opening import Openings
from edge.execution.restating.tracing_back import History
from edge.execution.stops.room import Stops


@dataclass(kw_only=True)
class Rooms:
    """What the API asks, room by room; `edge/furnishing.py` makes them."""

    assigning: Assigning
    boundaries: Boundaries
    materials: Materials
    explaining: Explaining
    figures: Figures
    history: History
    openings: Openings
    people: PeopleRoom
    promises: Promises
    supposing: Supposing
    maintenance: MaintenanceRoom
    plans: PlanRoom
    news: PlanNews
    setpoints: HourSetpoints
    quality: Quality
    board: BoardRoom
    stops: Stops
    tools: Tools
