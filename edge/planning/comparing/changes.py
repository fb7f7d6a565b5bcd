"""The kinds of changes of a what-if: each makes another scenario of one, and says so in words.

`docs/planning.md` and `what_if.py` have what can be said; here is what comes of it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from edge.domain.clock import MICROS, to_datetime
from edge.domain.sentences import Sentence, say
from edge.planning.comparing.said import Refused, center_of, cycle, moment, order_of, span, whole
from edge.planning.scenario.model import Alternative, Block, Operation, Scenario, WorkCenter

Json = dict[str, Any]
LONGEST_NAME: Final = 64
LEAST_PRIORITY, HIGHEST_PRIORITY = 1, 10


@dataclass(frozen=True)
class Changed:
    """A scenario after a change, and the change in words."""

    scenario: Scenario
    said: Sentence


Apply = Callable[[Scenario, Mapping[str, Any]], Changed]


def applied(scenario: Scenario, change: Mapping[str, Any]) -> Changed:
    """The scenario after one change. Raises Refused."""
    if not isinstance(change, Mapping) or len(change) != 1:
        raise Refused(change, "is no change", 'write for example {"remove": {"id": "WO1"}}')
    ((kind, said),) = change.items()
    if kind not in APPLY or not isinstance(said, Mapping):
        raise Refused(kind, "is no kind of change", f"one of: {', '.join(APPLY)}")
    allowed, needed = KEYS[kind]
    if unknown := set(said) - {*allowed, *needed}:
        raise Refused(min(unknown), "is not known here", f"one of: {', '.join(needed + allowed)}")
    if missing := [name for name in needed if said.get(name) is None]:
        raise Refused("", f"{missing[0]} is missing", f"say {', '.join(needed)}")
    return APPLY[kind](scenario, said)


def _open(scenario: Scenario, said: Mapping[str, Any]) -> Changed:
    time, where = span(said["from"], said["to"], scenario.begin), str(said["where"])
    calendars = {one.id: one for one in scenario.calendars}
    centers = scenario.work_centers
    if where not in calendars:
        center = center_of(scenario, where)
        own = f"{center.calendar} ({where})"
        calendars[own] = replace(calendars[center.calendar], id=own)
        centers = tuple(replace(one, calendar=own) if one is center else one for one in centers)
        opened = own
    else:
        opened = where
    calendar = calendars[opened]
    calendars[opened] = replace(calendar, open=tuple(sorted([*calendar.open, time])))
    made = tuple(calendars[name] for name in sorted(calendars))
    said_so = say(
        "plan.if_open",
        "{where} is open from {start} to {end}, too",
        where=where,
        start=_at(time.start, scenario),
        end=_at(time.end, scenario),
    )
    return Changed(replace(scenario, calendars=made, work_centers=centers), said_so)


def _down(scenario: Scenario, said: Mapping[str, Any]) -> Changed:
    center = center_of(scenario, str(said["work_center"]))
    time = span(said.get("from"), said["to"], scenario.begin)
    closed = replace(center, maintenance=tuple(sorted([*center.maintenance, time])))
    said_so = say(
        "plan.if_down",
        "{work_center} does nothing from {start} to {end}",
        work_center=center.id,
        start=_at(time.start, scenario),
        end=_at(time.end, scenario),
    )
    return Changed(_with_center(scenario, center, closed), said_so)


def _order(scenario: Scenario, said: Mapping[str, Any]) -> Changed:
    order = order_of(scenario, said["id"])
    values: Json = {}
    if said.get("due") is not None:
        values["due"] = moment(said["due"], scenario.begin)
    if said.get("release") is not None:
        values["release"] = moment(said["release"], scenario.begin)
    if said.get("quantity") is not None:
        values["quantity"] = whole(said["quantity"], 0, 2**31 - 1)
    if said.get("priority") is not None:
        values["weight"] = whole(said["priority"], *_priorities(scenario))
    if not values:
        mend = "say due, release, quantity or priority"
        raise Refused(order.id, "is changed in nothing", mend)
    after = replace(order, **values)
    said_so = say(
        "plan.if_order",
        "{order}: {quantity} pieces due {due}, priority {priority}",
        order=order.id,
        quantity=after.quantity,
        due="-" if after.due is None else _at(after.due, scenario),
        priority=after.weight,
    )
    orders = tuple(after if one is order else one for one in scenario.orders)
    blocks = scenario.previous_blocks
    if "due" in values:  # it has no place to keep
        begun = {(one.order, one.seq) for one in scenario.actuals if one.begun}
        blocks = tuple(
            one for one in blocks if one.order != order.id or (one.order, one.seq) in begun
        )
    return Changed(replace(scenario, orders=orders, previous_blocks=blocks), said_so)


def _priorities(scenario: Scenario) -> tuple[int, int]:
    """The least and the highest priority: 1 to 10, and what a file has beyond that."""
    weights = [one.weight for one in scenario.orders]
    return min(LEAST_PRIORITY, *weights), max(HIGHEST_PRIORITY, *weights)


def _remove(scenario: Scenario, said: Mapping[str, Any]) -> Changed:
    order = order_of(scenario, said["id"])
    kept = replace(
        scenario,
        orders=tuple(one for one in scenario.orders if one is not order),
        actuals=tuple(one for one in scenario.actuals if one.order != order.id),
        previous=tuple(one for one in scenario.previous if one.order != order.id),
        previous_blocks=tuple(one for one in scenario.previous_blocks if one.order != order.id),
    )
    return Changed(kept, say("plan.if_removed", "{order} is not made", order=order.id))


def _line(scenario: Scenario, said: Mapping[str, Any]) -> Changed:
    like, id_ = center_of(scenario, str(said["like"])), str(said["id"])
    if not 0 < len(id_) <= LONGEST_NAME:
        raise Refused(id_, "is no name of a work center", f"write 1 to {LONGEST_NAME} characters")
    if any(one.id == id_ for one in scenario.work_centers):
        raise Refused(id_, "is there already", "give the new work center another id")
    new = replace(like, id=id_, initial_family=None, maintenance=())
    centers = tuple(sorted([*scenario.work_centers, new], key=lambda one: one.id))

    def also(step: Operation) -> Operation:
        here = [one for one in step.alternatives if one.work_center == like.id]
        more = [replace(one, work_center=id_) for one in here]
        both = sorted([*step.alternatives, *more], key=lambda one: one.work_center)
        return replace(step, alternatives=tuple(both))

    orders = tuple(
        replace(one, operations=tuple(map(also, one.operations))) for one in scenario.orders
    )
    said_so = say("plan.if_line", "{line} can do what {like} does", line=id_, like=like.id)
    return Changed(replace(scenario, work_centers=centers, orders=orders), said_so)


def _alternative(scenario: Scenario, said: Mapping[str, Any]) -> Changed:
    order = order_of(scenario, said["order"])
    center = center_of(scenario, str(said["work_center"]))
    seq = whole(said["operation"], 0, 10**6)
    step = next((one for one in order.operations if one.seq == seq), None)
    if step is None or step.lead_time_us is not None:
        raise Refused(seq, "is no operation of the order", "name one that is done here")
    setup = whole(said.get("setup_s") or 0, 0, 10**6)
    new = Alternative(work_center=center.id, cycle=cycle(said["cycle_s"]), setup_us=setup * MICROS)
    others = [one for one in step.alternatives if one.work_center != center.id]
    able = replace(
        step, alternatives=tuple(sorted([*others, new], key=lambda one: one.work_center))
    )
    after = replace(
        order, operations=tuple(able if one is step else one for one in order.operations)
    )
    said_so = say(
        "plan.if_alternative",
        "{work_center} can do {order} operation {operation}",
        work_center=center.id,
        order=order.id,
        operation=seq,
    )
    orders = tuple(after if one is order else one for one in scenario.orders)
    return Changed(replace(scenario, orders=orders), said_so)


def _move(scenario: Scenario, said: Mapping[str, Any]) -> Changed:
    order = order_of(scenario, said["order"])
    center = center_of(scenario, str(said["work_center"]))
    seq = whole(said["operation"], 0, 10**6)
    step = next((one for one in order.operations if one.seq == seq), None)
    here = tuple(one for one in (step.alternatives if step else ()) if one.work_center == center.id)
    if step is None or not here:
        raise Refused(seq, f"cannot be done on {center.id}", "name a work center that can do it")
    moved = replace(step, alternatives=here)
    after = replace(
        order, operations=tuple(moved if one is step else one for one in order.operations)
    )
    blocks = (one for one in scenario.previous_blocks if not _elsewhere(one, order.id, moved))
    said_so = say(
        "plan.if_moved",
        "{order} operation {operation} is done on {work_center}",
        order=order.id,
        operation=seq,
        work_center=center.id,
    )
    orders = tuple(after if one is order else one for one in scenario.orders)
    return Changed(replace(scenario, orders=orders, previous_blocks=tuple(blocks)), said_so)


def _elsewhere(block: Block, order: str, step: Operation) -> bool:
    """Whether a block of the plan before has the operation on another work center."""
    here = step.alternatives[0].work_center
    return (block.order, block.seq) == (order, step.seq) and block.work_center != here


def _with_center(scenario: Scenario, old: WorkCenter, new: WorkCenter) -> Scenario:
    centers = tuple(new if one is old else one for one in scenario.work_centers)
    return replace(scenario, work_centers=centers)


def _at(at: int, scenario: Scenario) -> str:
    return f"{to_datetime(at).astimezone(scenario.zone):%Y-%m-%d %H:%M}"


APPLY: Final[Mapping[str, Apply]] = {
    "open": _open,
    "down": _down,
    "order": _order,
    "remove": _remove,
    "line": _line,
    "alternative": _alternative,
    "move": _move,
}
# By kind: what may, and what must be said.
KEYS: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "open": ((), ("where", "from", "to")),
    "down": (("from",), ("work_center", "to")),
    "order": (("due", "quantity", "priority", "release"), ("id",)),
    "remove": ((), ("id",)),
    "line": ((), ("id", "like")),
    "alternative": (("setup_s",), ("order", "operation", "work_center", "cycle_s")),
    "move": ((), ("order", "operation", "work_center")),
}
