"""Can it be done at all: the least work that must be done by each due date, against the time.

For each work center and due date: what orders due by then need there at least, beside
the working time that is left until then. An operation that can go to several work
centers counts for all of them together, with the least work that any of them needs: so
for one of them alone nothing of it is certain. People are reckoned likewise by the
skills that are asked for. It is a bound: changeovers by the matrix, waiting for pieces
and the limits of flow are left out. What is short here is late in every plan; what is
not short here can still be late.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache, cached_property
from heapq import nsmallest
from itertools import accumulate
from typing import Any, Final

from edge.domain.clock import MICROS
from edge.planning.checking.ground import Ground
from edge.planning.checking.worktimes import Worktime, center_worktimes, person_worktimes
from edge.planning.scenario.model import Operation, Order, Scenario
from edge.planning.scenario.writing import iso, whole_seconds

Json = dict[str, Any]
MOST_ORDERS: Final = 20
MOST_OVERLOADS: Final = 100
MOST_GROUPS: Final = 200
Group = frozenset[str]
Row = tuple[Group, int, int, int]  # group, due, required, available


@dataclass(frozen=True, kw_only=True)
class Need:
    """What an order's operations need of the resources `among`, one of which does it."""

    order: str
    due: int
    among: Group
    work_us: int


@dataclass(frozen=True, kw_only=True)
class Load:
    """What is needed of a group of work centers or people until a due date, and is there.

    `orders`: those with most work in it, (microseconds, order); `others` are so many more.
    """

    kind: str
    names: tuple[str, ...]
    skills: tuple[str, ...]
    due: int
    required_us: int
    available_us: int
    orders: tuple[tuple[int, str], ...] = ()
    others: int = 0

    @property
    def short_us(self) -> int:
        return max(self.required_us - self.available_us, 0)


@dataclass(frozen=True)
class Feasibility:
    """Loads by resource and due date; the overloads with their orders, the worst if many.

    `released_late` are orders that are not begun and may not be before they are due.
    """

    scenario: Scenario
    fence: int
    kinds: "tuple[_Loads, ...]"
    overloads: tuple[Load, ...]
    left_out: int
    released_late: tuple[Order, ...] = ()

    @cached_property
    def loads(self) -> tuple[Load, ...]:
        return tuple(kind.load(row) for kind in self.kinds for row in kind.rows())

    def as_json(self, *, loads: bool = True) -> Json:
        """`{overloaded, overloads, loads}`; seconds are whole, required ones rounded up."""
        zone = self.scenario.zone
        found: Json = {
            "overloaded": bool(self.overloads),
            "from": iso(self.fence, zone),
            "overloads": [_load(one, self.scenario, of=True) for one in self.overloads],
            "left_out": self.left_out,
        }
        if self.released_late:
            found["released_late"] = [
                {
                    "order": one.id,
                    "release": iso(one.release or 0, zone),
                    "due": iso(one.due or 0, zone),
                }
                for one in self.released_late
            ]
        if loads:
            found["loads"] = [_load(one, self.scenario) for one in self.loads]
        return found


def _load(load: Load, scenario: Scenario, *, of: bool = False) -> Json:
    names = "people" if load.kind == "people" else "work_centers"
    found: Json = {
        names: list(load.names),
        "due": iso(load.due, scenario.zone),
        "required_s": whole_seconds(load.required_us),
        "available_s": load.available_us // MICROS,
    }
    if load.skills:
        found["skills"] = list(load.skills)
    if of:
        found |= {
            "overload_s": whole_seconds(load.short_us),
            "overload_h": hours(load.short_us),
            "orders": [
                {
                    "order": order,
                    "required_s": whole_seconds(work),
                    "percent": percent(work, load.required_us),
                }
                for work, order in load.orders
            ],
            "others": load.others,
        }
    return found


def hours(micros: int) -> str:
    """Hours with two decimals, rounded up: an overload is never shown as none."""
    hundredths = -(-micros // (36 * MICROS))
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def percent(part: int, whole: int) -> str:
    tenths = (part * 2000 + whole) // (2 * whole) if whole else 0
    return f"{tenths // 10}.{tenths % 10}"


def feasibility(scenario: Scenario) -> Feasibility:
    """The loads of a scenario's work centers and skills; orders without a due date count
    at `plan_end`, and not at all without one.
    """
    ground = Ground(scenario, {"blocks": [], "hours": []})
    dues = [due for order in scenario.orders if (due := _due(order, scenario)) is not None]
    span = (ground.fence, max([ground.fence + 1, *dues]))
    kinds = [
        _Loads(
            "work_centers", _center_needs(ground), center_worktimes(scenario, *span), span[0], {}
        )
    ]
    if scenario.people:
        needs, skills = _people_needs(ground)
        times = person_worktimes(scenario, *span)
        kinds.append(_Loads("people", needs, times, span[0], skills))
    short = [
        (kind, row)
        for kind in kinds
        for row in kind.rows()
        if row[2] > row[3] and kind.says_more(row)
    ]
    worst = nsmallest(MOST_OVERLOADS, range(len(short)), key=lambda at: _available_less(short[at]))
    told = tuple(kind.told(kind.load(row)) for kind, row in (short[at] for at in sorted(worst)))
    late = tuple(one for one in scenario.orders if _is_released_late(one, ground))
    return Feasibility(scenario, span[0], tuple(kinds), told, len(short) - len(told), late)


def _is_released_late(order: Order, ground: Ground) -> bool:
    """Whether an order that waits for its release is late by it in every plan."""
    if order.due is None or order.release is None:
        return False
    if order.release < max(order.due, ground.fence):
        return False
    key, begun = (order.id, order.operations[0].seq), _begun(ground.scenario)
    return bool(ground.lefts[key].left) and not ground.lefts[key].used and key not in begun


def _begun(scenario: Scenario) -> set[tuple[str, int]]:
    """Operations that run, or that the plan before has begun."""
    began = {(one.order, one.seq) for one in scenario.previous_blocks}
    began |= {(one.order, one.seq) for one in scenario.previous}
    return began | {(one.order, one.seq) for one in scenario.actuals if one.running_on}


def _available_less(short: "tuple[_Loads, Row]") -> int:
    _, (_, _, required, there) = short
    return there - required


def _due(order: Order, scenario: Scenario) -> int | None:
    return scenario.plan_end if order.due is None else order.due


def _steps(ground: Ground) -> Iterator[tuple[Order, Operation, int, Mapping[str, int]]]:
    """Order, operation, its due date and its least work by work center, of all that is left."""
    began = _begun(ground.scenario)
    for order in ground.scenario.orders:
        due = _due(order, ground.scenario)
        if due is None:
            continue
        for operation in order.operations:
            key = (order.id, operation.seq)
            left, actual = ground.lefts[key], ground.actuals.get(key)
            running = actual.running_on if actual else None
            if not left.left:
                continue
            begun = bool(left.used or running or key in began)
            work = {
                # of what was begun the set-up may be done, and a piece nearly so
                one.work_center: _run_us(left.left - begun, one.cycle)
                + (0 if begun else one.setup_us)
                for one in operation.alternatives
                if running in (None, one.work_center)
            }
            if work:
                yield order, operation, due, work


def _run_us(pieces: int, cycle: Fraction) -> int:
    return -(-pieces * cycle.numerator * MICROS // cycle.denominator)


def _center_needs(ground: Ground) -> list[Need]:
    return [
        Need(order=order.id, due=due, among=frozenset(work), work_us=min(work.values()))
        for order, _, due, work in _steps(ground)
    ]


def _people_needs(ground: Ground) -> tuple[list[Need], Mapping[Group, tuple[str, ...]]]:
    """Needs of people, and for each group of people the skills that lead to it."""
    able: dict[tuple[str, ...], Group] = {}
    needs: list[Need] = []
    for order, operation, due, work in _steps(ground):
        if not operation.skills:
            continue
        wanted = operation.skills
        if wanted not in able:
            people = ground.scenario.people
            able[wanted] = frozenset(one.id for one in people if {*wanted} <= {*one.skills})
        least = min(work.values())
        needs.append(Need(order=order.id, due=due, among=able[wanted], work_us=least))
    named: dict[Group, set[str]] = defaultdict(set)
    for wanted, group in able.items():
        named[group] |= {*wanted}
    return needs, {group: tuple(sorted(skills)) for group, skills in named.items()}


class _Loads:
    """Needs of one kind of resource: their sums by group and due date."""

    def __init__(
        self,
        kind: str,
        needs: list[Need],
        times: Mapping[str, Worktime],
        fence: int,
        skills: Mapping[Group, tuple[str, ...]],
    ) -> None:
        self._kind, self._times, self._fence, self._skills = kind, times, fence, skills
        self._needs: dict[Group, list[Need]] = defaultdict(list)
        for need in needs:
            self._needs[need.among].append(need)
        by_due = {among: _by_due(ones) for among, ones in self._needs.items()}
        groups = _groups(self._needs)
        self._inside = {group: [among for among in by_due if among <= group] for group in groups}
        self._dues: dict[Group, list[int]] = {}
        self._sums: dict[Group, list[int]] = {}
        for group, inside in self._inside.items():
            total: dict[int, int] = defaultdict(int)
            for among in inside:
                for due, work in by_due[among].items():
                    total[due] += work
            self._dues[group] = sorted(total)
            self._sums[group] = list(accumulate(total[due] for due in self._dues[group]))
        self._there = cache(self._available)
        self._smaller = cache(self._within)

    def _available(self, name: str, due: int) -> int:
        return self._times[name].between(self._fence, max(due, self._fence))

    def rows(self) -> Iterator[Row]:
        """By group and due date at which something of it is due, small groups first."""
        for group in sorted(self._dues, key=lambda one: (len(one), sorted(one))):
            for due, required in zip(self._dues[group], self._sums[group], strict=True):
                yield group, due, required, sum(self._there(name, due) for name in group)

    def load(self, row: Row) -> Load:
        group, due, required, there = row
        told = {skill for among in self._inside[group] for skill in self._skills.get(among, ())}
        return Load(
            kind=self._kind,
            names=tuple(sorted(group)),
            skills=tuple(sorted(told)),
            due=due,
            required_us=required,
            available_us=there,
        )

    def says_more(self, row: Row) -> bool:
        """Whether a group is shorter than every smaller one within it: else it says nothing new."""
        group, due, required, there = row
        return all(self._short(inner, due) < required - there for inner in self._smaller(group))

    def _within(self, group: Group) -> list[Group]:
        return [one for one in self._dues if one < group]

    def _short(self, group: Group, due: int) -> int:
        found = bisect_right(self._dues[group], due)
        required = self._sums[group][found - 1] if found else 0
        return max(required - sum(self._there(name, due) for name in group), 0)

    def told(self, load: Load) -> Load:
        """The load with the orders that it comes from."""
        work: dict[str, int] = defaultdict(int)
        for among in self._inside[frozenset(load.names)]:
            for need in self._needs[among]:
                if need.due <= load.due:
                    work[need.order] += need.work_us
        most = nsmallest(MOST_ORDERS, work.items(), key=lambda item: (-item[1], item[0]))
        orders = tuple((amount, order) for order, amount in most)
        return replace(load, orders=orders, others=len(work) - len(orders))


def _by_due(needs: Iterable[Need]) -> Mapping[int, int]:
    found: dict[int, int] = defaultdict(int)
    for need in needs:
        found[need.due] += need.work_us
    return found


def _groups(among: Iterable[Group]) -> set[Group]:
    """The groups of which something is certain: those that some operation chooses among,
    and those that hang together by such choices. Of very many choices only the single
    work centers are looked at by themselves, so that the work stays bounded.
    """
    found = set(among)
    joined: list[Group] = []
    for one in found:
        touching = [other for other in joined if other & one]
        joined = [other for other in joined if not other & one]
        joined.append(one.union(*touching))
    if len(found) > MOST_GROUPS:
        found = {one for one in found if len(one) == 1}
    return found | set(joined)
