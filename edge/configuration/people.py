"""People of a plant.toml: what contradicts what, and what the edge works with."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from edge.configuration.faults import Fault, Finder
from edge.configuration.people_shape import PeopleShape, PersonShape
from edge.configuration.rows import Row, repeated
from edge.domain.clock import parse_time
from edge.domain.intervals import Interval
from edge.domain.people import Person


@dataclass(frozen=True)
class PeopleConfig:
    """All people by their order in the file, and the plant's rules for them."""

    people: tuple[Person, ...] = ()
    required: bool = False
    split: str = "equal"
    forgotten_after_min: int = 60


def build_people(shape: PeopleShape, people: list[PersonShape]) -> PeopleConfig:
    """The people of shapes in which nothing is at fault."""
    return PeopleConfig(
        people=tuple(map(_person, people)),
        required=shape.sign_on == "required",
        split=shape.split,
        forgotten_after_min=shape.forgotten_after_min,
    )


def _person(shape: PersonShape) -> Person:
    return Person(
        id=shape.id,
        name=shape.name or shape.id,
        roles=frozenset(shape.roles),
        crew=shape.crew or "",
        calendar=shape.calendar or "",
        absent=tuple(
            Interval(parse_time(one.since), parse_time(one.until))
            for one in sorted(shape.absent, key=lambda one: parse_time(one.since))
        ),
        badge=shape.badge,
        pin_hash=shape.pin_hash,
        skills={
            one.skill: date.fromisoformat(one.until) if one.until else None for one in shape.skill
        },
    )


def people_faults(plant: Row, finder: Finder) -> Iterator[Fault]:
    """Names and badges that stand twice, days that do not exist, skills that nobody has."""
    people = plant.rows("person")
    for name, mend in (("id", "give them another id"), ("badge", "give each their own badge")):
        for row, first in repeated(people, name):
            yield finder.fault(row.at(name), row.get(name), f"stands in {first.key} too", mend)
    for person in people:
        for row, first in repeated(person.rows("skill"), "skill"):
            message = f"stands in {first.key} too"
            yield finder.fault(row.at("skill"), row.get("skill"), message, "say it once")
        for row in person.rows("skill"):
            if (until := row.get("until")) is not None and not _is_day(until):
                mend = 'write for example "2027-03-31"'
                yield finder.fault(row.at("until"), until, "is no day of the calendar", mend)
        yield from _absence_faults(person, plant, finder)
    yield from _skill_faults(plant, finder)


def _absence_faults(person: Row, plant: Row, finder: Finder) -> Iterator[Fault]:
    """A calendar that is not there, and times away that are none."""
    calendar, known = person.get("calendar"), [one.get("id") for one in plant.rows("calendar")]
    if calendar is not None and calendar not in known:
        mend = "name a [[calendar]] of this file, or leave it out"
        yield finder.fault(person.at("calendar"), calendar, "no such calendar", mend)
    for row in person.rows("absent"):
        try:
            start, end = (parse_time(str(row.get(name))) for name in ("since", "until"))
        except ValueError as error:
            mend = "write for example 2026-07-06T00:00+02:00"
            yield finder.fault(row.key, row.get("since"), str(error), mend)
            continue
        if start >= end:
            yield finder.fault(
                row.at("until"), row.get("until"), "is not behind since", "swap them"
            )


def _skill_faults(plant: Row, finder: Finder) -> Iterator[Fault]:
    """A skill that nobody has would forbid every start."""
    people = plant.rows("person")
    held = {row.get("skill") for person in people for row in person.rows("skill")}
    for center in plant.rows("work_center"):
        for key, skill in center.items("skills"):
            if skill not in held:
                message = "is a skill that no person of this file has: nothing could start"
                mend = "add it to a [[person]] as [[person.skill]], or leave it out"
                yield finder.fault(key, skill, message, mend)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
