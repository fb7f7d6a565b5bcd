"""What if: a scenario with changes, planned beside the one without; nothing is changed by it.

A change is one JSON object with one key:

- `{"open": {where, from, to}}`: a work center, or all of a calendar, is open then, as for one
  more shift; closures of the calendar give way, maintenance does not
- `{"down": {work_center, from?, to}}`: it does nothing then; from now on without `from`
- `{"order": {id, due?, quantity?, priority?, release?}}`: an order is changed
- `{"remove": {id}}`: an order is not made
- `{"line": {id, like}}`: a new work center, which can do all that `like` can, and is open as it
- `{"alternative": {order, operation, work_center, cycle_s, setup_s?}}`: one more work center can
  do an operation
- `{"move": {order, operation, work_center}}`: an operation is done there, where it can be done
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final

from edge.domain.clock import MICROS, parse_time, to_datetime
from edge.domain.exact import exact
from edge.domain.faults import Fault
from edge.domain.intervals import Interval
from edge.domain.reach import REACH, REACH_YEARS
from edge.domain.sentences import Sentence, say
from edge.planning.comparing.difference import difference
from edge.planning.comparing.difference_words import words
from edge.planning.errors import ScenarioInvalid
from edge.planning.scenario.model import Alternative, Block, Operation, Order, Scenario, WorkCenter
from edge.planning.scenario.parse import parse
from edge.planning.scenario.writing import scenario_json
from edge.planning.solving import solve

Json = dict[str, Any]
PROOFS: Final = 10_000  # placements by which it is proved why orders are late
MOST_CHANGES: Final = 50
ROOM: Final = frozenset({"plan.if_open", "plan.if_line", "plan.if_alternative"})  # give more of it
LONGEST_NAME: Final = 64


@dataclass(frozen=True)
class Changed:
    """A scenario after a change, and the change in words."""

    scenario: Scenario
    said: Sentence


Apply = Callable[[Scenario, Mapping[str, Any]], Changed]


def changed(scenario: Scenario, changes: Sequence[Mapping[str, Any]]) -> list[Changed]:
    """The scenario after each of the changes; raises ScenarioInvalid that names every fault,
    of the changes and of what they make of the scenario.
    """
    before, faults, found = scenario, list[Fault](), list[Changed]()
    if not 0 < len(changes) <= MOST_CHANGES:
        mend = f"say 1 to {MOST_CHANGES} changes"
        raise ScenarioInvalid((Fault("changes", str(len(changes)), "is no number of them", mend),))
    for number, change in enumerate(changes):
        place = f"changes[{number}]"
        try:
            kind, said = _one(change)
            found.append(APPLY[kind](scenario, said))
            scenario = found[-1].scenario
        except Refused as refused:
            faults.append(Fault(place, refused.value, refused.why, refused.mend))
    faults = faults or _made(before, scenario)
    if faults:
        raise ScenarioInvalid(tuple(faults))
    return found


DUE: Final = "].due"


def _made(before: Scenario, after: Scenario) -> list[Fault]:
    """Faults that a scenario has and had not before: what no plan could keep, like more pieces
    than there is material for. A due date that is over makes an order come first, and is none.
    """
    faults = [one for one in _faults(after) if not one.place.endswith(DUE)]
    known = set(_faults(before)) if faults else set[Fault]()
    return [one for one in faults if one not in known]


def _faults(scenario: Scenario) -> tuple[Fault, ...]:
    """Without the plan before, of which changes only take away."""
    try:
        parse(scenario_json(replace(scenario, previous=(), previous_blocks=())))
    except ScenarioInvalid as refused:
        return refused.faults
    return ()


def what_if(scenario: Scenario, changes: Sequence[Mapping[str, Any]]) -> Json:
    """The plan with the changes against the one without, from now on.

    `{changes, words: [sentences], late: {before, after}, weighted_tardiness_s: {before, after},
    capacity: [{work_center, before, after}], difference}`; times in us. Raises ScenarioInvalid.
    """
    steps = changed(scenario, changes)
    after = steps[-1].scenario
    old, new = (solve(one, proofs=PROOFS) for one in (scenario, after))
    found = difference(old, new, scenario.begin)
    kept = _kept(steps, new) if found.nothing else ()
    told = [*words(found, scenario.zone), *kept, *_sums(old, new)]
    return {
        "changes": [one.said.view() for one in steps],
        "words": [one.view() for one in told],
        "late": {"before": _late(old), "after": _late(new)},
        "weighted_tardiness_s": {
            "before": old["objective"]["weighted_tardiness_s"],
            "after": new["objective"]["weighted_tardiness_s"],
        },
        "capacity": _capacity(old, new),
        "difference": found.view(),
    }


def _late(schedule: Mapping[str, Any]) -> list[str]:
    return sorted(one["id"] for one in schedule["orders"] if one["tardiness_s"])


def _kept(steps: Sequence[Changed], new: Mapping[str, Any]) -> Iterator[Sentence]:
    """Why more open time or another way is not used: nobody is late without it."""
    if _late(new) or not any(one.said.code in ROOM for one in steps):
        return
    yield say(
        "plan.if_kept",
        "the order of work is kept: no order is late, so another one would save no lateness",
    )


def _sums(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Sentence]:
    before, after = len(_late(old)), len(_late(new))
    return [
        say(
            "plan.if_late",
            "{after} orders are late, {before} without it",
            after=after,
            before=before,
        )
    ]


def _capacity(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Json]:
    """Work centers of which work or open time is other than before."""
    names = ("required_s", "available_s", "short_s")
    before = {one["work_center"]: one for one in old["capacity"]}
    after = {one["work_center"]: one for one in new["capacity"]}
    return [
        {
            "work_center": center,
            "before": _of(before.get(center), names),
            "after": _of(after.get(center), names),
        }
        for center in sorted({*before, *after})
        if _of(before.get(center), names) != _of(after.get(center), names)
    ]


def _of(row: Mapping[str, Any] | None, names: Sequence[str]) -> Json | None:
    return {name: row[name] for name in names} if row else None


class Refused(Exception):
    """A change that makes no sense in this scenario."""

    def __init__(self, value: object, why: str, mend: str) -> None:
        super().__init__(why)
        self.value, self.why, self.mend = str(value)[:60], why, mend


def _one(change: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
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
    return kind, said


def _moment(said: Any, begin: int) -> int:
    if isinstance(said, int) and not isinstance(said, bool):
        at = said
    else:
        try:
            at = parse_time(str(said))
        except ValueError:
            mend = "write for example 2026-06-08T06:00+02:00"
            raise Refused(said, "is no time with an offset", mend) from None
    if abs(at - begin) > REACH:
        why = f"is more than {REACH_YEARS} years from what is planned"
        raise Refused(said, why, "write the time that is meant")
    return at


def _span(start: Any, end: Any, begin: int) -> Interval:
    first, last = begin if start is None else _moment(start, begin), _moment(end, begin)
    if first >= last:
        raise Refused(end, "is not after its begin", "write a later end")
    return Interval(first, last)


def _whole(said: Any, least: int, most: int) -> int:
    if not isinstance(said, int) or isinstance(said, bool) or not least <= said <= most:
        raise Refused(said, "is no such number", f"write a whole number from {least} to {most}")
    return said


def _open(scenario: Scenario, said: Mapping[str, Any]) -> Changed:
    span, where = _span(said["from"], said["to"], scenario.begin), str(said["where"])
    calendars = {one.id: one for one in scenario.calendars}
    centers = scenario.work_centers
    if where not in calendars:
        center = _center(scenario, where)
        own = f"{center.calendar} ({where})"
        calendars[own] = replace(calendars[center.calendar], id=own)
        centers = tuple(replace(one, calendar=own) if one is center else one for one in centers)
        opened = own
    else:
        opened = where
    calendar = calendars[opened]
    calendars[opened] = replace(calendar, open=tuple(sorted([*calendar.open, span])))
    made = tuple(calendars[name] for name in sorted(calendars))
    said_so = say(
        "plan.if_open",
        "{where} is open from {start} to {end}, too",
        where=where,
        start=_at(span.start, scenario),
        end=_at(span.end, scenario),
    )
    return Changed(replace(scenario, calendars=made, work_centers=centers), said_so)


def _down(scenario: Scenario, said: Mapping[str, Any]) -> Changed:
    center = _center(scenario, str(said["work_center"]))
    span = _span(said.get("from"), said["to"], scenario.begin)
    closed = replace(center, maintenance=tuple(sorted([*center.maintenance, span])))
    said_so = say(
        "plan.if_down",
        "{work_center} does nothing from {start} to {end}",
        work_center=center.id,
        start=_at(span.start, scenario),
        end=_at(span.end, scenario),
    )
    return Changed(_with_center(scenario, center, closed), said_so)


def _order(scenario: Scenario, said: Mapping[str, Any]) -> Changed:
    order = _known(scenario, said["id"])
    values: Json = {}
    if said.get("due") is not None:
        values["due"] = _moment(said["due"], scenario.begin)
    if said.get("release") is not None:
        values["release"] = _moment(said["release"], scenario.begin)
    if said.get("quantity") is not None:
        values["quantity"] = _whole(said["quantity"], 0, 2**31 - 1)
    if said.get("priority") is not None:
        values["weight"] = _whole(said["priority"], 0, 1_000_000)
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


def _remove(scenario: Scenario, said: Mapping[str, Any]) -> Changed:
    order = _known(scenario, said["id"])
    kept = replace(
        scenario,
        orders=tuple(one for one in scenario.orders if one is not order),
        actuals=tuple(one for one in scenario.actuals if one.order != order.id),
        previous=tuple(one for one in scenario.previous if one.order != order.id),
        previous_blocks=tuple(one for one in scenario.previous_blocks if one.order != order.id),
    )
    return Changed(kept, say("plan.if_removed", "{order} is not made", order=order.id))


def _line(scenario: Scenario, said: Mapping[str, Any]) -> Changed:
    like, id_ = _center(scenario, str(said["like"])), str(said["id"])
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
    order = _known(scenario, said["order"])
    center = _center(scenario, str(said["work_center"]))
    seq = _whole(said["operation"], 0, 10**6)
    step = next((one for one in order.operations if one.seq == seq), None)
    if step is None or step.lead_time_us is not None:
        raise Refused(seq, "is no operation of the order", "name one that is done here")
    setup = _whole(said.get("setup_s") or 0, 0, 10**6)
    new = Alternative(work_center=center.id, cycle=_cycle(said["cycle_s"]), setup_us=setup * MICROS)
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
    order = _known(scenario, said["order"])
    center = _center(scenario, str(said["work_center"]))
    seq = _whole(said["operation"], 0, 10**6)
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


def _cycle(said: Any) -> Fraction:
    found = exact(said)
    if found is None or not 0 < found <= 10**6:
        raise Refused(said, "is no number of seconds a piece", "write for example 2.5 or 125/3")
    return found


def _known(scenario: Scenario, id_: Any) -> Order:
    found = next((one for one in scenario.orders if one.id == id_), None)
    if found is None:
        raise Refused(id_, "is no order that is planned", "name one of the plan")
    return found


def _center(scenario: Scenario, id_: str) -> WorkCenter:
    found = next((one for one in scenario.work_centers if one.id == id_), None)
    if found is None:
        known = ", ".join(one.id for one in scenario.work_centers)
        raise Refused(id_, "is no work center here", f"one of: {known}")
    return found


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
