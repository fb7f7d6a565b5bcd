"""The gate of people: somebody with each needed skill, not expired, must be at the machine."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from edge.domain.clock import to_datetime
from edge.domain.orders import JobOrder
from edge.domain.people import Person
from edge.domain.sentences import Sentence, say
from edge.execution.floor import Floor
from edge.execution.gates import Block
from edge.execution.people.presence import Presence

SOON = timedelta(days=14)  # before a skill expires it is said


@dataclass(frozen=True)
class SkillGate:
    """Looks at who is signed on, and at whoever asks."""

    floor: Floor
    presence: Presence

    def blocks(self, job: JobOrder, actor: str | None) -> Iterator[Block]:
        """What is missing in people to start `job`; nothing where plant.toml names none."""
        rules = self.presence.rules
        if not rules.people:
            return
        there = self.presence.at(job.work_center)
        asks = rules.people.get(actor or "")
        if asks and asks not in there:
            there.append(asks)
        if rules.required and not self.presence.at(job.work_center):
            yield Block(
                said=say(
                    "person",
                    "nobody is signed on at {work_center}",
                    "sign on by badge or PIN",
                    work_center=job.work_center,
                )
            )
        today = to_datetime(self.floor.clock.now()).astimezone(self.floor.zone).date()
        for skill in sorted(self.needed(job)):
            holders = [one for one in there if one.holds(skill, today)]
            if not holders:
                yield self._missing(skill, job.work_center, there, today)
            elif (last := _last_day(skill, holders)) and last - today <= SOON:
                yield Block(said=_ends(skill, last), only_warns=True)

    def lacking(self, job: JobOrder) -> list[str]:
        """The skills that `job` needs and nobody at its work center holds; "*" where somebody
        must be signed on there and nobody is."""
        rules = self.presence.rules
        if not rules.people:
            return []
        there = self.presence.at(job.work_center)
        today = to_datetime(self.floor.clock.now()).astimezone(self.floor.zone).date()
        alone = ["*"] if rules.required and not there else []
        return alone + [
            skill
            for skill in sorted(self.needed(job))
            if not any(one.holds(skill, today) for one in there)
        ]

    def needed(self, job: JobOrder) -> frozenset[str]:
        """The skills that a job order's start asks for: of its work center and its operation."""
        data = self.floor.register.held
        request = data.requests.get(job.order)
        definition = data.definition_of(request) if request else None
        operations = definition.operations if definition else ()
        own = next((one.skills for one in operations if one.seq == job.operation), frozenset())
        return self.presence.rules.skills.get(job.work_center, frozenset()) | own

    def _missing(self, skill: str, work_center: str, there: Sequence[Person], today: date) -> Block:
        expired = [_ended(one, skill) for one in there if skill in one.skills]
        why = expired or [
            say(
                "skill.nobody_here",
                "nobody at {work_center} holds {skill}",
                work_center=work_center,
                skill=skill,
            )
        ]
        people = self.presence.rules.people.values()
        if able := ", ".join(sorted(one.id for one in people if one.holds(skill, today))):
            said = say(
                "skill.elsewhere", "{why}", "let one of them sign on: {able}", why=why, able=able
            )
        else:
            said = say(
                "skill.nobody",
                "{why}",
                "nobody holds {skill}: have somebody trained, and say so in plant.toml, [[person]]",
                why=why,
                skill=skill,
            )
        return Block(said=said)


def _ended(person: Person, skill: str) -> Sentence:
    return say(
        "skill.expired",
        "{name}'s {skill} expired on {day}",
        name=person.name,
        skill=skill,
        day=str(person.skills[skill]),
    )


def _ends(skill: str, last: date) -> Sentence:
    return say(
        "skill.expires",
        "skill {skill} expires on {day}",
        "renew it, and say so in plant.toml",
        skill=skill,
        day=str(last),
    )


def _last_day(skill: str, holders: Sequence[Person]) -> date | None:
    """The last day on which anybody of them holds it; None for ever."""
    ends = [one.skills[skill] for one in holders]
    return None if None in ends else max(end for end in ends if end is not None)
