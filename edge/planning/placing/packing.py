"""A problem as lists of whole numbers for the kernel."""

from array import array
from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from math import log
from typing import TYPE_CHECKING, Any, Final

from edge.planning.kernel.loading import is_compiled, kernel, plain_kernel
from edge.planning.placing.lines import Lines
from edge.planning.placing.packed import Packed
from edge.planning.placing.relaxing import Relaxation
from edge.planning.placing.tasks import NO_CREDIT, Key, Problem, Task, ceil_work
from edge.planning.placing.ties import tied_fields
from edge.planning.placing.timeline import Capacity
from edge.planning.placing.underway import Standing

if TYPE_CHECKING:
    from edge.planning.scenario.model import Alternative

Arrivals = Sequence[tuple[int, int]]
LARGEST: Final = 1 << 62  # what a product of two packed numbers may be where it is compiled
LEAST_MEMORY: Final = 400
MOST_MEMORY: Final = 6_000
DEEPEST: Final = 64  # tasks that are looked at back from a late order


BY_TASK: Final = (
    *("alt", "start", "setup", "setup_end", "run_start", "end", "credited", "ready", "key"),
    *("mprev", "mnext", "k_alt", "k_start", "k_setup", "k_setup_end", "k_run_start", "k_end"),
    *("k_credited", "k_ready", "k_key", "best_alt", "best_next", "degree", "stack", "touched"),
    *("path", "aside", "marked", "changed", "changes"),
    *("moved_task", "moved_alt", "moved_after", "moved_to", "given_alt", "given_next"),
    *("chosen_task", "chosen_alt", "chosen_to", "guessed", "guessed_end"),
    *("w_ready", "w_start", "w_end"),
)
BY_STATION: Final = (
    *("head", "foot", "best_head", "free_at", "held", "wakes"),
    *("walked", "turn", "owner", "tried"),
)
BY_ORDER: Final = ("late", "w_due", "costs")
FRACTIONS: Final = ("a_worth", "bias")
# Of what may be too large for a machine word: times that are added up, and counts.
ADDED: Final = (
    *("t_end", "due", "first_at", "m_at", "gap", "lead", "most", "tail"),
    *("setup_left", "s_left", "a_setup", "mat", "a_work", "a_rest"),
)
COMPARED: Final = ("batch", "wip", "m_before", "weight")


class Packing:
    """Packs one problem; knows which task, timeline and alternative each position means."""

    def __init__(
        self,
        problem: Problem,
        capacity: Capacity,
        relaxed: Relaxation,
        standing: Mapping[str, Standing],
    ) -> None:
        self.problem, self.capacity, self.relaxed = problem, capacity, relaxed
        scenario = problem.scenario
        # An order of which nothing is left changes nothing, whatever it was.
        self.orders = [
            one for one in scenario.orders if any(task.left for task in problem.chains[one.id])
        ]
        self.chains = [problem.chains[one.id] for one in self.orders]
        self.tasks = [task for chain in self.chains for task in chain]
        self.at = {task.key: index for index, task in enumerate(self.tasks)}
        self.centers = scenario.work_centers
        self.lines = Lines(capacity, relaxed)
        self._family_of: dict[str | None, int] = {None: 0}
        self._lots_of: dict[Key | None, int] = {None: -1}
        self.standing = standing
        self.alternatives: list[Alternative] = []

    def pack(self) -> Packed:
        """The lists, of the timelines as far as they are known now."""
        fields: dict[str, Any] = {"deepest": DEEPEST, "fence": self.problem.fence}
        fields |= self._orders() | self._task_fields() | self._alternatives()
        fields |= self._stations()
        fields |= tied_fields(self.problem.scenario, self.chains, self.lines, self.relaxed)
        fields |= self.lines.fields() | self._line(fields)
        fields |= self._room()
        if not is_compiled() or self._is_too_large(fields):
            return Packed(**fields)
        return Packed(**{name: _compact(name, value) for name, value in fields.items()})

    def kernel(self) -> Any:
        """A kernel on a new packing; the uncompiled one where numbers are too large for it."""
        packed = self.pack()
        if is_compiled() and isinstance(packed.ws, list):
            return plain_kernel()(packed)
        return kernel()(packed)

    def _family(self, name: str | None) -> int:
        return self._family_of.setdefault(name, len(self._family_of))

    def _lots(self, of: Key | None) -> int:
        return self._lots_of.setdefault(of, len(self._lots_of))

    def _orders(self) -> dict[str, Any]:
        orders, relaxed = self.orders, self.relaxed
        self.order_at = {order.id: index for index, order in enumerate(orders)}
        return {
            "orders": len(orders),
            "due": [-1 if order.due is None else order.due for order in orders],
            "weight": [order.weight for order in orders],
            "last": [count - 1 for count in accumulate(len(chain) for chain in self.chains)],
            "alone": [int(order.id in relaxed.alone) for order in orders],
            "makespan": int(self.problem.scenario.objective == "makespan"),
            "memory": LEAST_MEMORY,
        }

    def _task_fields(self) -> dict[str, Any]:
        tasks = self.tasks
        stations = {center.id: index for index, center in enumerate(self.centers)}
        count = len(tasks)
        prev = [-1 if task.before is None else index - 1 for index, task in enumerate(tasks)]
        after = [-1 if task.after is None else index + 1 for index, task in enumerate(tasks)]
        behind = [task.credit_us for task in tasks]
        yields = [task.operation.yield_ for task in tasks]
        material = [self._material(task) for task in tasks]
        return {
            "tasks": count,
            "order": [self.order_at[task.order.id] for task in tasks],
            "fam": [self._family(task.family) for task in tasks],
            "lots": [self._lots(task.operation.lot_of) for task in tasks],
            "prev": prev,
            "next": after,
            "good": [task.good for task in tasks],
            "used": [task.used for task in tasks],
            "left": [task.left for task in tasks],
            "out": [task.out for task in tasks],
            "batch": [task.batch or 0 for task in tasks],
            "yn": [one.numerator for one in yields],
            "yd": [one.denominator for one in yields],
            "gap": [task.operation.min_gap_us for task in tasks],
            "lead": [_or_none(task.operation.lead_time_us) for task in tasks],
            "done_at": [_or_none(task.done_at) for task in tasks],
            "pin": [-1 if task.pinned is None else stations[task.pinned] for task in tasks],
            "go_on": [int(task.pinned is not None and _can_go_on(task)) for task in tasks],
            "setup_left": [task.setup_left for task in tasks],
            "cn": [one.numerator for one in behind],
            "cd": [one.denominator for one in behind],
            "first_at": [self._first_at(*one) for one in zip(tasks, material, strict=True)],
            "m_off": [0, *accumulate(map(len, material))],
            "m_at": [moment for one in material for moment, _ in one],
            "m_before": [pieces for one in material for _, pieces in one],
        }

    def _first_at(self, task: Task, comes: Arrivals) -> int:
        """When a step may start: a first one is released and has its first material."""
        order, first = task.order, max(self.problem.fence, task.operation.not_before or 0)
        if task.before is not None:
            return first
        material = None if order.id in self.relaxed.material else order.material_from
        there = [at for at, pieces in comes if pieces <= task.used]
        return max(first, order.release or first, material or first, *there)

    def _material(self, task: Task) -> Arrivals:
        """From when there is material for which piece on; nothing where it is all there."""
        order = task.order
        if task.before is not None or not order.material or order.id in self.relaxed.material:
            return ()
        covered = [0, *(one.quantity for one in order.material)]
        return [
            (max(one.at, self.problem.fence), pieces)
            for one, pieces in zip(order.material, covered, strict=False)
        ]

    def _alternatives(self) -> dict[str, Any]:
        self.alternatives.clear()  # packed again where timelines were too short
        stations = {center.id: index for index, center in enumerate(self.centers)}
        off, center, setup, num, den = [0], list[int](), list[int](), list[int](), list[int]()
        work, rest, worth = list[int](), list[int](), list[float]()
        for task in self.tasks:
            is_begun = task.credit_us is not NO_CREDIT and task.credit_us != 0
            for one in task.operation.alternatives:
                over, under = one.cycle_parts
                whole = -(-(task.left * over) // under)
                self.alternatives.append(one)
                center.append(stations[one.work_center])
                setup.append(one.setup_us)
                num.append(over)
                den.append(under)
                work.append(whole)
                rest.append(
                    ceil_work(task.left, one.cycle_us, task.credit_us) if is_begun else whole
                )
                worth.append(log((task.order.weight or 1e-9) / (whole + one.setup_us + 1)))
            off.append(len(center))
        return {
            "a_off": off,
            "a_st": center,
            "a_setup": setup,
            "a_num": num,
            "a_den": den,
            "a_work": work,
            "a_rest": rest,
            "a_worth": worth,
        }

    def _stations(self) -> dict[str, Any]:
        relaxed, capacity = self.relaxed, self.capacity
        lines = [self.lines.number_of(self.lines.of_center(one)) for one in self.centers]
        ids = [center.id for center in self.centers]
        endless = ids.index(relaxed.endless) if relaxed.endless is not None else -1
        standing = [self.standing[center.id] for center in self.centers]
        families = [self._family(one.family) for one in standing]
        offsets, mat = self._matrices()
        return {
            "stations": len(self.centers),
            "s_tl": lines,
            "s_family": families,
            "s_lots": [self._lots(one.lot_of) for one in standing],
            "s_left": [one.setup_left for one in standing],
            "s_mat": offsets,
            "families": len(self._family_of),
            "mat": mat,
            "endless": endless,
            "endless_tl": self.lines.number_of(capacity.endless()) if endless >= 0 else -1,
        }

    def _matrices(self) -> tuple[list[int], list[int]]:
        """Where each work center's matrix begins, and all matrices; equal ones stand once."""
        count = len(self._family_of)
        names = list(self._family_of)
        known: dict[Any, int] = {}
        offsets, mat = list[int](), list[int]()
        for center in self.centers:
            matrix = center.setup_matrix_us
            said = tuple((name, tuple(row.items())) for name, row in matrix.items())
            if said not in known:
                known[said] = len(mat)
                for name in names:
                    row = matrix.get(name, {}) if name is not None else {}
                    mat += [0 if to is None else row.get(to, 0) for to in names]
            offsets.append(known[said])
        assert len(mat) == len(known) * count * count
        return offsets, mat

    def _line(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Who is first in line: what is under way, then by due date or by the work that follows;
        among equal ones the heavier order, then order id and step.
        """
        tasks, makespan = self.tasks, fields["makespan"]
        least = [_least(task) for task in tasks]
        follows = list(least)
        for index in range(len(tasks) - 1, -1, -1):
            if tasks[index].after is not None:
                follows[index] += follows[index + 1]
        urgency = [
            (
                task.pinned is None,
                -follows[index] if makespan else (task.order.due or 0),
            )
            for index, task in enumerate(tasks)
        ]
        by_rank = sorted(
            range(len(tasks)), key=lambda one: (urgency[one], -tasks[one].order.weight, one)
        )
        rank, group = [0] * len(tasks), [0] * len(tasks)
        for place, one in enumerate(by_rank):
            rank[one] = place
        for first, second in pairwise(by_rank):
            group[second] = group[first] + (urgency[first] != urgency[second])
        clock, worked = self.lines.stretch(self.problem.fence)
        return {
            "by_rank": by_rank,
            "rank": rank,
            "group": group,
            "tail": [work * clock // worked for work in follows],
        }

    def _room(self) -> dict[str, Any]:
        tasks = len(self.tasks)
        room: dict[str, Any] = {name: [-1] * tasks for name in BY_TASK}
        room |= {name: [-1] * len(self.centers) for name in BY_STATION}
        room["path"] = [0] * (tasks + DEEPEST)
        room |= {name: [0] * len(self.orders) for name in BY_ORDER}
        room["a_ready"] = [-1] * len(self.alternatives)
        memory = min(max(5 * tasks, LEAST_MEMORY), MOST_MEMORY)
        room |= {"history1": [0] * memory, "history2": [0] * memory}
        return room

    def _is_too_large(self, fields: Mapping[str, Any]) -> bool:
        """Whether a product could pass what a machine word holds."""
        most = max(fields["out"], default=0) + max(fields["left"], default=0) + 1
        most = max(most, max(fields["used"], default=0)) * max(fields["yd"], default=1)
        over = max(fields["a_num"], default=1) * max(fields["cd"], default=1)
        spent = max(fields["cn"], default=0) * max(fields["a_den"], default=1)
        worked = max(fields["wa"], default=0) * max(
            max(fields["cd"], default=1) * max(fields["a_den"], default=1), 1
        )
        cost = sum(fields["weight"]) * (max(fields["t_end"], default=0) // 1_000_000)
        lasts = sum(max(fields[name], default=0) for name in ADDED)
        counts = max(max(fields[name], default=0) for name in COMPARED)
        largest: int = max(most * over, spent, worked, cost, lasts, counts)
        return largest >= LARGEST


def _compact(name: str, value: Any) -> Any:
    if not isinstance(value, list):
        return value
    return array("d" if name in FRACTIONS else "q", value)


def _or_none(value: int | None) -> int:
    return -1 if value is None else value


def _least(task: Task) -> int:
    """Least work of what is left of a task, whole microseconds; outside its lead time."""
    if not task.left:
        return 0
    if task.operation.lead_time_us is not None:
        return task.operation.lead_time_us
    parts = [one.cycle_parts for one in task.operation.alternatives]
    return min((task.left * over // under for over, under in parts), default=0)


def _can_go_on(task: Task) -> bool:
    """Whether a task under way waits for nothing that needs its own work center first."""
    before = task.before
    if before is None or not before.left:
        return True
    return before.pinned not in (None, task.pinned) and _can_go_on(before)
