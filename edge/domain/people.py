"""People: who may do what, and when they were where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from edge.domain.intervals import Interval

ATTENDANCE, WORK = "attendance", "work"


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody of the plant; `id` is the actor in facts.

    `skills`: the last local date on which each holds, None for ever. `badge` is what a scanner
    reads; `pin_hash` an Argon2id hash in PHC form; without either nobody can sign on as them.
    `calendar`: when they work, by its id (empty: they are not planned with), but not `absent`.
    """

    id: str
    name: str
    roles: frozenset[str]
    crew: str = ""
    badge: str | None = None
    pin_hash: str | None = None
    skills: Mapping[str, date | None] = field(default_factory=dict)
    calendar: str = ""
    absent: tuple[Interval, ...] = ()

    def holds(self, skill: str, day: date) -> bool:
        """Whether the skill is there and not expired on that local date."""
        if skill not in self.skills:
            return False
        until = self.skills[skill]
        return until is None or day <= until


@dataclass(frozen=True, kw_only=True)
class LabourInterval:
    """Presence of a person: on the site (`attendance`) or at a work center (`work`).

    `opened` is the seq of the fact that began it, `end` None while it lasts (us). `split` is the
    rule by which time at several machines at once was divided when it began.
    """

    person: str
    opened: int
    kind: str
    start: int
    end: int | None
    equipment_id: str
    crew: str
    split: str


class PeopleReader(Protocol):
    """What is known of people's time."""

    def labour(
        self, start: int, end: int, *, person: str | None = None, equipment_id: str | None = None
    ) -> Sequence[LabourInterval]:
        """Intervals that touch [start, end), by start; None: of all."""
        ...

    def signed_on(self) -> Sequence[LabourInterval]:
        """Intervals that last, by start."""
        ...

    def interval(self, opened: int) -> LabourInterval | None:
        """The interval that began with a fact."""
        ...
