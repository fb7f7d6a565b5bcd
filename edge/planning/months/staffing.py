"""People of the plant as a plan takes them: who has a calendar, and what they can do; pure.

A scenario without people asks nobody for skills. A skill that none of those who are planned has
binds nothing either: the gate of the floor still asks for it, and it is said.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from edge.domain import people as domain
from edge.domain.remarks import Remark
from edge.domain.sentences import say
from edge.planning.scenario.model import Operation, Order, Person, Scenario


@dataclass(frozen=True)
class Staffed:
    """The scenario with its people, and which skills of which orders nobody has."""

    scenario: Scenario
    missing: tuple[Remark, ...] = ()


def staffed(
    scenario: Scenario,
    people: Iterable[domain.Person],
    needed_at: Mapping[str, Collection[str]],
    day: date,
) -> Staffed:
    """With those of `people` who have a calendar of the scenario and a skill on `day`.

    `needed_at`: skills that each work center asks for, beside those of the operation.
    """
    known = {one.id for one in scenario.calendars}
    planned = tuple(
        Person(
            id=one.id,
            calendar=one.calendar,
            skills=tuple(sorted(skill for skill in one.skills if one.holds(skill, day))),
            absent=one.absent,
        )
        for one in sorted(people, key=lambda one: one.id)
        if one.calendar in known
    )
    if not planned:
        return Staffed(replace(scenario, orders=tuple(map(_unasked, scenario.orders))))
    asked = [_asked(order, needed_at, planned) for order in scenario.orders]
    return Staffed(
        replace(scenario, people=planned, orders=tuple(one for one, _ in asked)),
        tuple(said for _, found in asked for said in found),
    )


def _unasked(order: Order) -> Order:
    if not any(one.skills for one in order.operations):
        return order
    return replace(order, operations=tuple(replace(one, skills=()) for one in order.operations))


def _asked(
    order: Order, needed_at: Mapping[str, Collection[str]], people: Collection[Person]
) -> tuple[Order, list[Remark]]:
    steps, missing = [], list[Remark]()
    for one in order.operations:
        wanted = {*one.skills, *_of_all(one, needed_at)}
        if wanted and not any(wanted <= {*person.skills} for person in people):
            said = say(
                "plan.nobody_has",
                "nobody who is planned has {skills}, which operation {operation} asks for; it is"
                " planned without",
                skills=", ".join(sorted(wanted)),
                operation=one.seq,
            )
            missing.append(Remark(order=order.id, said=said))
            wanted = set()
        steps.append(replace(one, skills=tuple(sorted(wanted))))
    return replace(order, operations=tuple(steps)), missing


def _of_all(step: Operation, needed_at: Mapping[str, Collection[str]]) -> set[str]:
    """Skills that every work center of a step asks for."""
    asked = [{*needed_at.get(one.work_center, ())} for one in step.alternatives]
    return set.intersection(*asked) if asked else set()
