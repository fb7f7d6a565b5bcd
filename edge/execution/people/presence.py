"""Who is where now: asked of the store, by the rules that are in force."""

from collections.abc import Sequence
from dataclasses import dataclass

from edge.domain.people import LabourInterval, PeopleReader, Person
from edge.domain.sentences import say
from edge.execution.authority import SUPERVISOR
from edge.execution.errors import NotAuthorized
from edge.execution.people.rules import PeopleRules
from edge.execution.wording import ROLE_NAMES


@dataclass
class Presence:
    """The people of a floor; the Authority of its decisions. `rules` follow plant.toml."""

    reader: PeopleReader
    rules: PeopleRules

    def signed_on(self) -> Sequence[LabourInterval]:
        """All presence that lasts."""
        return self.reader.signed_on()

    def at(self, work_center: str) -> list[Person]:
        """Who is signed on at a work center, in the order of their coming."""
        known = self.rules.people
        on = [one for one in self.signed_on() if one.equipment_id == work_center]
        return [known[one.person] for one in on if one.person in known]

    def check(self, actor: str, role: str) -> None:
        """Raise NotAuthorized unless `actor` has the role (a supervisor has all), signed on."""
        people = self.rules.people
        if not people:
            return
        person = people.get(actor)
        if person is None or not _has(person, role):
            able = sorted(one.id for one in people.values() if _has(one, role))
            who = ", ".join(able) or "nobody has it, see [[person]] in plant.toml"
            raise NotAuthorized(
                say(
                    "person.no_role",
                    "{actor!r} is no {role}; who may: {who}",
                    "let one of them sign on and do it",
                    actor=actor,
                    role=ROLE_NAMES[role],
                    who=who,
                )
            )
        if not any(one.person == actor for one in self.signed_on()):
            raise NotAuthorized(
                say(
                    "person.absent",
                    "{name} is not signed on",
                    "sign on by badge or PIN first",
                    name=person.name,
                )
            )


def _has(person: Person, role: str) -> bool:
    return bool(person.roles & {role, SUPERVISOR})
