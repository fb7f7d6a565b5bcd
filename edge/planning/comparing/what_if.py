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

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from edge.domain.faults import Fault
from edge.domain.sentences import Sentence, say
from edge.planning.comparing.changes import Changed, applied
from edge.planning.comparing.difference import difference
from edge.planning.comparing.difference_words import words
from edge.planning.comparing.lateness import against, late_in
from edge.planning.comparing.said import Refused
from edge.planning.errors import ScenarioInvalid
from edge.planning.scenario.model import Order, Scenario
from edge.planning.scenario.parse import parse
from edge.planning.scenario.writing import scenario_json
from edge.planning.solving import solve

Json = dict[str, Any]
PROOFS: Final = 10_000  # placements by which it is proved why orders are late
MOST_CHANGES: Final = 50
ROOM: Final = frozenset({"plan.if_open", "plan.if_line", "plan.if_alternative"})  # give more of it


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
            found.append(applied(scenario, change))
            scenario = found[-1].scenario
        except Refused as refused:
            faults.append(Fault(place, refused.value, refused.why, refused.mend))
    faults = faults or _made(before, scenario)
    if faults:
        raise ScenarioInvalid(tuple(faults))
    return found


def _made(before: Scenario, after: Scenario) -> list[Fault]:
    """Faults that a scenario has and had not before: what no plan could keep, like more pieces
    than there is material for."""
    known = set(_faults(before))
    return [one for one in _faults(after) if one not in known]


def _faults(scenario: Scenario) -> tuple[Fault, ...]:
    """Without the plan before, of which changes only take away. A due date that is over makes an
    order come first, and is no fault here."""
    orders = tuple(_not_over(one, scenario.plan_start) for one in scenario.orders)
    asked = replace(scenario, orders=orders, previous=(), previous_blocks=())
    try:
        parse(scenario_json(asked))
    except ScenarioInvalid as refused:
        return refused.faults
    return ()


def _not_over(order: Order, start: int) -> Order:
    return order if order.due is None else replace(order, due=max(order.due, start))


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
    lateness = against(old, new)
    told = [*words(found, scenario.zone), *kept, lateness.words()]
    return {
        "changes": [one.said.view() for one in steps],
        "words": [one.view() for one in told],
        **lateness.view(),
        "capacity": _capacity(old, new),
        "difference": found.view(),
    }


def _kept(steps: Sequence[Changed], new: Mapping[str, Any]) -> Iterator[Sentence]:
    """Why more open time or another way is not used: nobody is late without it."""
    if late_in(new) or not any(one.said.code in ROOM for one in steps):
        return
    yield say(
        "plan.if_kept",
        "the order of work is kept: no order is late, so another one would save no lateness",
    )


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
