"""Why an order is late: each reason is proved by solving again without it.

A reason's `relaxed` is the order's completion when the problem is solved again with
that one constraint lifted for that order. Closures and the frozen window are lifted
for all. With many late orders in a large plan the constraint is lifted for all late
orders in one solve, so that the work stays bounded; the bound counts placements, not
time, so that the same input gives the same bytes.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from edge.domain.clock import MICROS
from edge.planning.model import Order, Scenario
from edge.planning.relaxing import Relaxation
from edge.planning.solver import Plan, make_plan
from edge.planning.tasks import Placement
from edge.planning.timeline import Capacity
from edge.planning.writing import iso

TYPES: Final = ("MATERIAL", "PRECEDENCE", "CALENDAR", "FROZEN", "CAPACITY")
MOST_PLACEMENTS: Final = 10_000
Json = dict[str, Any]


@dataclass(frozen=True)
class Suspect:
    """What may have made an order late: its type, what it names, and what lifts it."""

    type: str
    names: Json
    lift: Callable[[frozenset[str]], Relaxation]


class Reasons:
    """Reasons of a plan's late orders."""

    def __init__(self, plan: Plan, capacity: Capacity, late: dict[str, int]) -> None:
        self._plan, self._capacity, self._late = plan, capacity, late
        self._scenario: Scenario = plan.problem.scenario
        self._orders = {order.id: order for order in self._scenario.orders}
        self._placements = {
            order: tuple(task.placed for task in plan.problem.chains[order] if task.placed)
            for order in late
        }
        self._solved: dict[Relaxation, Plan] = {}
        suspects = {order: tuple(self._suspects(self._orders[order])) for order in late}
        solves = sum(len(found) for found in suspects.values())
        self._together = solves * len(plan.tasks) > MOST_PLACEMENTS
        self._found = suspects

    def of(self, order: str) -> list[Json]:
        """The order's reasons, the one that helps most first; empty if it is not late."""
        if order not in self._late:
            return []
        return self._proved(order, together=self._together) or (
            self._proved(order, together=False) if self._together else []
        )

    def _proved(self, order: str, *, together: bool) -> list[Json]:
        """Reasons that help the order when lifted for it, or for all late orders at once."""
        proved: list[tuple[int, int, Json]] = []
        for one in self._found[order]:
            relaxed = self._completion(order, one, together=together)
            if relaxed is not None and relaxed < self._late[order]:
                row = {"type": one.type, **one.names, "relaxed": iso(relaxed, self._scenario.zone)}
                proved.append((relaxed, TYPES.index(one.type), row))
        return [row for _, _, row in sorted(proved, key=lambda found: found[:2])]

    def _completion(self, order: str, suspect: Suspect, *, together: bool) -> int | None:
        orders = frozenset(self._late) if together else frozenset({order})
        relaxation = suspect.lift(orders)
        if relaxation not in self._solved:
            self._solved[relaxation] = make_plan(self._scenario, self._capacity, relaxation)
        return self._solved[relaxation].completion(order)

    def _suspects(self, order: Order) -> Iterator[Suspect]:
        problem, zone = self._plan.problem, self._scenario.zone
        if order.material_from is not None and order.material_from > problem.fence:
            until = {"until": iso(order.material_from, zone)}
            yield Suspect("MATERIAL", until, lambda orders: Relaxation(material=orders))
        if waits := [one.seq for one in order.operations[:-1] if one.transfer_batch != 1]:
            steps = {"operations": waits}
            yield Suspect("PRECEDENCE", steps, lambda orders: Relaxation(precedence=orders))
        if closed := self._closures(order.id):
            names = {"closed": closed}
            yield Suspect("CALENDAR", names, lambda _: Relaxation(calendar=True))
        if problem.fence > self._scenario.begin:
            until = {"until": iso(problem.fence, zone)}
            yield Suspect("FROZEN", until, lambda _: Relaxation(frozen=True))
        yield from self._crowded(order)

    def _closures(self, order: str) -> list[list[str]]:
        """Exceptional closures in force before the order is done: on its own way, else any."""
        zone, fence, end = self._scenario.zone, self._plan.problem.fence, self._late[order]
        mine = {placed.center for placed in self._placements[order]}
        calendars = {one.id: one for one in self._scenario.calendars}
        found = [
            (center.id in mine, one)
            for center in self._scenario.work_centers
            for one in (*calendars[center.calendar].closed, *center.maintenance)
            if one.start < end and fence < one.end
        ]
        near = {one for is_mine, one in found if is_mine} or {one for _, one in found}
        return [[iso(one.start, zone), iso(one.end, zone)] for one in sorted(near)]

    def _crowded(self, order: Order) -> Iterator[Suspect]:
        """One suspect for each work center that the order runs on."""
        if order.due is None:
            return
        for center in sorted({one.center for one in self._placements[order.id] if one.center}):
            names = {"work_center": center, **self._needed(center, order.due)}
            yield Suspect("CAPACITY", names, _endless(center))

    def _needed(self, center: str, due: int) -> Json:
        """Work on a work center for orders due by then, and the time it is open until then."""
        station = next(one for one in self._plan.stations if one.center.id == center)
        needed = sum(
            work_of(task.placed)
            for task in station.placed
            if task.placed and task.order.due is not None and task.order.due <= due
        )
        amount, fence = station.timeline.amount, self._plan.problem.fence
        available = max(amount(due) - amount(fence), 0)
        return {"needed_s": -(-needed // MICROS), "available_s": available // MICROS}


def _endless(center: str) -> Callable[[frozenset[str]], Relaxation]:
    return lambda orders: Relaxation(endless=center, alone=orders)


def work_of(placed: Placement) -> int:
    """Worked microseconds of set-up and run."""
    if placed.timeline is None:
        return 0
    return placed.timeline.amount(placed.end) - placed.timeline.amount(placed.start)
