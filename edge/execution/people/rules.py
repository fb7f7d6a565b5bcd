"""What plant.toml says of people, as their room needs it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from edge.domain.calendars import WorkCalendar
from edge.domain.clock import MICROS
from edge.domain.people import Person
from edge.domain.sentences import say
from edge.execution.errors import UnknownObject


@dataclass(frozen=True, kw_only=True)
class PeopleRules:
    """`skills` are those that a work center needs, by its id; `calendars` those people work by.

    `required`: nothing starts while nobody is signed on. `split`: the rule that divides the time
    of whoever works at several machines at once (`edge.kpi.labour`). `forgotten_after`:
    microseconds behind the end of their shift after which whoever did not sign off is signed
    off; 0: never.
    """

    people: Mapping[str, Person] = field(default_factory=dict)
    skills: Mapping[str, frozenset[str]] = field(default_factory=dict)
    calendars: tuple[WorkCalendar, ...] = ()
    required: bool = False
    split: str = "equal"
    forgotten_after: int = 3600 * MICROS

    def person(self, id_: str) -> Person:
        """The person with this id; raises UnknownObject."""
        if id_ not in self.people:
            known = ", ".join(sorted(self.people)) or "nobody: add [[person]] to plant.toml"
            raise UnknownObject(
                say(
                    "person.unknown",
                    "no person {id!r} here; there are: {known}",
                    "choose one of these, or add [[person]] to plant.toml",
                    id=id_,
                    known=known,
                )
            )
        return self.people[id_]


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """A badge that was scanned, or a person with their PIN."""

    badge: str = ""
    person: str = ""
    pin: str = ""
