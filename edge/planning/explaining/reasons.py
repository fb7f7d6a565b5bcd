"""Why an order is late: each reason is proved by solving again without it.

A reason's `relaxed` is the order's completion when the problem is solved again with
that one constraint lifted for that order. Closures and the frozen window are lifted
for all. In a large plan with many late orders this is done in full for those that cost most,
until a count of placements is used up; for the next ones the plan's sequences alone are
placed again; for the rest a constraint is lifted for all late orders in one solve. The bound
counts placements, not time, so that the same input gives the same bytes.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Any, Final

from edge.domain.clock import MICROS
from edge.planning.explaining.lifting import (
    alone_on,
    own_center,
    piece_by_piece,
    without_closures,
    without_freeze,
    without_material,
)
from edge.planning.explaining.proving import Proof, Told, solve_again, told, told_alone
from edge.planning.explaining.trials import Trials
from edge.planning.placing.relaxing import Relaxation
from edge.planning.placing.solver import BY_DUE, Plan, Solver, never
from edge.planning.placing.timeline import Capacity, Timeline
from edge.planning.scenario.model import REASON_TYPES, Operation, Order, Person, Scenario
from edge.planning.scenario.writing import iso

MOST_PLACEMENTS: Final = 10_000
MOST_ONE_BY_ONE: Final = 12_000
MOST_TRIED: Final = 1_500_000
Json = dict[str, Any]


@dataclass(frozen=True)
class Suspect:
    """What may have made an order late: its type, what it names, and what lifts it.

    `lift` makes the scenario without it, for one order; `relax` does so for several in one
    solve. `own`: the work center that the order then has for itself, and the one it stands for.
    """

    type: str
    names: Json
    lift: Callable[[Scenario], Scenario]
    relax: Callable[[frozenset[str]], Relaxation]
    own: tuple[str, str] | None = None


class Reasons:
    """Reasons of a plan's late orders; once it is `over` no more are looked for."""

    def __init__(
        self,
        plan: Plan,
        capacity: Capacity,
        late: dict[str, int],
        over: Callable[[], bool] = never,
    ) -> None:
        self._over = over
        self._plan, self._capacity, self._late = plan, capacity, late
        self._scenario: Scenario = plan.problem.scenario
        self._orders = {order.id: order for order in self._scenario.orders}
        self._placements = {
            order: tuple(task.placed for task in plan.problem.chains[order] if task.placed)
            for order in late
        }
        self._told = told(plan)
        self._trials = Trials(self._scenario, capacity, self._told)
        self._completed: dict[Relaxation, dict[str, int | None]] = {}
        self._found = {order: tuple(self._suspects(self._orders[order])) for order in late}
        solves = sum(len(found) for found in self._found.values())
        self._one_by_one = solves * len(plan.tasks) <= MOST_PLACEMENTS
        self._singly = set(late) if self._one_by_one else self._costliest(MOST_ONE_BY_ONE)
        self._tried = set[str]() if self._one_by_one else self._costliest(MOST_TRIED)

    def _costliest(self, left: int) -> set[str]:
        """The orders that cost most, as many as so many placements are enough for."""
        chosen = set[str]()
        for order in sorted(self._late, key=lambda one: (-self._cost(one), one)):
            left -= len(self._found[order]) * len(self._plan.tasks)
            if left < 0:
                break
            chosen.add(order)
        return chosen

    def _cost(self, order: str) -> int:
        one = self._orders[order]
        return one.weight * (self._late[order] - (one.due or 0))

    def of(self, order: str) -> list[Json]:
        """The order's reasons, the one that helps most first; empty if it is not late."""
        if order not in self._late:
            return []
        return [row for row, _ in self.proved(order, singly=order in self._singly)]

    def proved(self, order: str, *, singly: bool = True) -> list[tuple[Json, Proof | None]]:
        """The reasons, each with its proof where it was lifted for this order alone."""
        rows: list[tuple[int, int, Json, Proof | None]] = []
        for one in self._found[order]:
            if self._over():
                break
            proof = self.proof(order, one) if singly else None
            relaxed = proof.completion if proof else self._together(order, one, singly)
            if relaxed is not None and relaxed < self._late[order]:
                row = {"type": one.type, **one.names, "relaxed": iso(relaxed, self._scenario.zone)}
                rows.append((relaxed, REASON_TYPES.index(one.type), row, proof))
        return [(row, proof) for *_, row, proof in sorted(rows, key=lambda found: found[:2])]

    def suspects(self, order: str) -> tuple[Suspect, ...]:
        """What may have made a late order late."""
        return self._found[order]

    def proof(self, order: str, suspect: Suspect) -> Proof | None:
        """The plan without the suspect for this order alone."""
        sequences: Told = self._told
        if suspect.own is not None:
            sequences = told_alone(sequences, order, *suspect.own)
        lifted = suspect.lift(self._scenario)
        return solve_again(lifted, sequences, order, widely=self._one_by_one)

    def _together(self, order: str, suspect: Suspect, singly: bool) -> int | None:
        """The order's completion without the suspect for all late orders."""
        if singly:
            return None
        if order in self._tried and suspect.type == "CAPACITY":
            return self._trials.endless(order, suspect.names["work_center"])
        if order in self._tried and suspect.type == "PRECEDENCE":
            return self._trials.piecewise(order)
        relaxation = suspect.relax(frozenset(self._late))
        if relaxation not in self._completed:
            self._completed[relaxation] = self._completions(relaxation)
        return self._completed[relaxation][order]

    def _completions(self, relaxation: Relaxation) -> dict[str, int | None]:
        """When each late order is done at the earliest, by the sequences as they are or anew."""
        solver = Solver(self._scenario, self._capacity, relaxation)
        ends = [solver.completions()] if solver.follow(self._told) else []
        solver.dispatch(BY_DUE)
        ends.append(solver.completions())
        found = {}
        for order in self._late:
            done = [one for one in (end[order] for end in ends) if one is not None]
            found[order] = min(done, default=None)
        return found

    def _suspects(self, order: Order) -> Iterator[Suspect]:
        problem, zone, name = self._plan.problem, self._scenario.zone, order.id
        if (comes := self._comes(order)) > problem.fence:
            yield Suspect(
                "MATERIAL",
                {"until": iso(comes, zone)},
                lambda scenario: without_material(scenario, name),
                lambda orders: Relaxation(material=orders),
            )
        pairs = pairwise(order.operations)
        if waits := [before.seq for before, after in pairs if _holds_up(before, after)]:
            yield Suspect(
                "PRECEDENCE",
                {"operations": waits},
                lambda scenario: piece_by_piece(scenario, name),
                lambda orders: Relaxation(precedence=orders),
            )
        if closed := self._closures(order.id):
            names = {"closed": closed}
            yield Suspect("CALENDAR", names, without_closures, lambda _: Relaxation(calendar=True))
        if problem.fence > self._scenario.begin:
            until = {"until": iso(problem.fence, zone)}
            yield Suspect("FROZEN", until, without_freeze, lambda _: Relaxation(frozen=True))
        yield from self._crowded(order)

    def _comes(self, order: Order) -> int:
        """When all of the order's material is there; the plan's fence if it always was."""
        arrivals = [one.at for one in order.material]
        return max([order.material_from or self._plan.problem.fence, *arrivals])

    def _closures(self, order: str) -> list[list[str]]:
        """Exceptional closures and absences before the order is done: on its own way, else any."""
        zone, fence, end = self._scenario.zone, self._plan.problem.fence, self._late[order]
        mine = {placed.center for placed in self._placements[order]}
        calendars = {one.id: one for one in self._scenario.calendars}
        closed = [
            (center.id in mine, (*calendars[center.calendar].closed, *center.maintenance))
            for center in self._scenario.work_centers
        ]
        closed += [
            (self._may_be_with(person, order), (*calendars[person.calendar].closed, *person.absent))
            for person in self._scenario.people
        ]
        found = [
            (is_mine, one)
            for is_mine, spans in closed
            for one in spans
            if one.start < end and fence < one.end
        ]
        near = {one for is_mine, one in found if is_mine} or {one for _, one in found}
        return [[iso(one.start, zone), iso(one.end, zone)] for one in sorted(near)]

    def _may_be_with(self, person: Person, order: str) -> bool:
        """Whether an operation of the order asks for skills, and a person has them all."""
        asked = [{*one.skills} for one in self._orders[order].operations if one.skills]
        return any(one <= {*person.skills} for one in asked)

    def _crowded(self, order: Order) -> Iterator[Suspect]:
        """One suspect for each work center that the order runs on."""
        if order.due is None:
            return
        for center in sorted({one.center for one in self._placements[order.id] if one.center}):
            names = {"work_center": center, **self._needed(center, order.due)}
            if skills := self._asked_on(center, order):
                names["skills"] = skills
            own = own_center(self._scenario, center, order.id)
            yield _crowded_out(order.id, center, names, own)

    def _asked_on(self, center: str, order: Order) -> list[str]:
        """Skills of people that the order needs on a work center."""
        if not self._scenario.people:
            return []
        chain = self._plan.problem.chains[order.id]
        here = [one.operation for one in chain if one.placed and one.placed.center == center]
        return sorted({skill for one in here for skill in one.skills})

    def _needed(self, center: str, due: int) -> Json:
        """Work on a work center for orders due by then, and the time it is open until then."""
        timeline, dues, work = self._loads[center]
        amount, fence = timeline.amount, self._plan.problem.fence
        available = max(amount(due) - amount(fence), 0)
        needed = work[bisect_right(dues, due)]
        return {"needed_s": -(-needed // MICROS), "available_s": available // MICROS}

    @cached_property
    def _loads(self) -> dict[str, tuple[Timeline, list[int], list[int]]]:
        """By work center the due dates of what is done there, and the work due before each."""
        found = {}
        for station in self._plan.stations:
            rows = sorted(
                (task.order.due, task.placed.work_us())
                for task in station.placed
                if task.placed and task.order.due is not None
            )
            work = [0, *accumulate(one for _, one in rows)]
            found[station.center.id] = (station.timeline, [due for due, _ in rows], work)
        return found


def _holds_up(before: Operation, after: Operation) -> bool:
    """Whether pieces wait between two operations, for others or because only so many may wait."""
    limited = after.wip_limit is not None or after.max_gap_us is not None
    return limited or before.transfer_batch != 1


def _crowded_out(order: str, center: str, names: Json, own: str) -> Suspect:
    return Suspect(
        "CAPACITY",
        names,
        lambda scenario: alone_on(scenario, order, center),
        lambda orders: Relaxation(endless=center, alone=orders),
        (center, own),
    )
