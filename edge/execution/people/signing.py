"""People sign on and off: at work centers, and on the site. Each is a fact; so is what a
supervisor corrects, and what the edge ends because it was forgotten."""

import asyncio

from edge.domain.clock import to_datetime
from edge.domain.facts import FactDraft, FactKind, Json, Source
from edge.domain.hours import HOUR
from edge.domain.people import ATTENDANCE, WORK, LabourInterval, Person
from edge.domain.recording import Recording
from edge.domain.sentences import say
from edge.execution.authority import SUPERVISOR
from edge.execution.desk import Answer, Asked, Desk
from edge.execution.errors import InvalidAction, NotAllowed, NotRecognised, UnknownObject
from edge.execution.figures.reports import shift_for
from edge.execution.floor import Floor
from edge.execution.people.pins import Guard, is_pin
from edge.execution.people.presence import Presence
from edge.execution.people.rules import Credentials

EARLY = 2 * HOUR  # who comes so long before a shift comes for it
LONGEST = 16 * HOUR  # of whoever came for no shift
Span = tuple[int | None, int | None]


ANYWHERE = say("word.anywhere", "anywhere")


class Signing:
    """Signing on and off on one floor."""

    def __init__(self, floor: Floor, presence: Presence) -> None:
        self._floor, self._desk, self._presence = floor, Desk(floor), presence
        self._guard = Guard(floor.clock)
        self._lock = asyncio.Lock()

    async def sign_on(self, who: Credentials, work_center: str, asked: Asked) -> Answer:
        """Begin to work at a work center ("": come to the site).

        Whoever was not on the site comes with it. Raises NotRecognised, UnknownObject, or
        NotAllowed if they are there already.
        """
        async with self._lock:
            if again := self._desk.answered(asked):
                return again
            person = await self.recognised(who)
            place = self._floor.work_center(work_center).id if work_center else self._floor.site
            own = [one for one in self._presence.signed_on() if one.person == person.id]
            for one in own:
                if one.equipment_id == place:
                    raise NotAllowed(
                        say(
                            "person.there",
                            "{name} is signed on at {place} since {since}",
                            "sign off first, or go on",
                            name=person.name,
                            place=place,
                            since=self._at(one),
                        )
                    )
            kinds = [(place, WORK if work_center else ATTENDANCE)]
            if work_center and not any(one.kind == ATTENDANCE for one in own):
                kinds.append((self._floor.site, ATTENDANCE))
            by = Asked(actor=person.id, request=asked.request)
            drafts = [self._begins(person, place, kind, by) for place, kind in kinds]
            return self._desk.answer(await self._desk.record(by, *drafts))

    async def sign_off(self, person: str, work_center: str, asked: Asked) -> Answer:
        """End the work at a work center ("": everywhere, and leave the site)."""
        async with self._lock:
            if again := self._desk.answered(asked):
                return again
            self._presence.rules.person(person)
            if work_center:
                self._floor.work_center(work_center)
            ending = [
                one
                for one in self._presence.signed_on()
                if one.person == person and work_center in {"", one.equipment_id}
            ]
            if not ending:
                raise NotAllowed(
                    say(
                        "person.not_there",
                        "{person} is not signed on {place}",
                        "look at who is here",
                        person=person,
                        place=work_center or ANYWHERE,
                    )
                )
            now = self._floor.clock.now()
            drafts = [
                self._desk.draft(
                    FactKind.LABOUR, one.equipment_id, asked, _end(one, max(now, one.start), "said")
                )
                for one in ending
            ]
            return self._desk.answer(await self._desk.record(asked, *drafts))

    async def correct(self, opened: int, span: Span, note: str, asked: Asked) -> Answer:
        """Say when an interval began and ended (us; None leaves it): a supervisor's word."""
        async with self._lock:
            if again := self._desk.answered(asked):
                return again
            self._floor.authority.check(asked.actor, SUPERVISOR)
            one = self._interval(opened)
            start = one.start if span[0] is None else span[0]
            end = one.end if span[1] is None else span[1]
            now = self._floor.clock.now()
            if start > now or (end is not None and not start <= end <= now):
                raise InvalidAction(
                    say(
                        "person.span",
                        "the end is not before the start, and neither is after now",
                        "name times that have been, in their order",
                    )
                )
            body: dict[str, Json] = {"event": "corrected", "person": one.person, "kind": one.kind}
            body |= {"opened": opened, "start": start, "at": end, "note": note.strip()}
            draft = self._desk.draft(FactKind.LABOUR, one.equipment_id, asked, body)
            return self._desk.answer(await self._desk.record(asked, draft))

    async def recognised(self, who: Credentials) -> Person:
        """Whose badge or PIN it is; raises NotRecognised, and never says which was wrong."""
        people = self._presence.rules.people
        if who.badge:
            for person in people.values():
                if person.badge == who.badge:
                    return person
            raise NotRecognised(
                say("badge.unknown", "nobody has this badge", "add it to plant.toml, or use a PIN")
            )
        known = people.get(who.person)
        self._guard.check(who.person)
        hash_ = known.pin_hash if known else None
        right = await asyncio.to_thread(is_pin, who.pin, hash_) if hash_ else False
        if known and right:
            self._guard.right(who.person)
            return known
        self._guard.wrong(who.person)
        raise NotRecognised(
            say("pin.wrong", "the person or the PIN is wrong", "try again, or scan a badge")
        )

    async def sign_off_forgotten(self) -> int:
        """Sign off whoever forgot it, at the end of their shift; how many intervals ended."""
        after, now = self._presence.rules.forgotten_after, self._floor.clock.now()
        if not after:
            return 0
        async with self._lock:
            due = [(one, self._over(one)) for one in self._presence.signed_on()]
            drafts = tuple(
                FactDraft(
                    kind=FactKind.LABOUR,
                    occurred_at=now,
                    equipment_id=one.equipment_id,
                    source=Source.SYSTEM,
                    body=_end(one, end, "forgotten"),
                )
                for one, end in due
                if now >= end + after
            )
            if drafts:
                await self._floor.writer.record(Recording(drafts=drafts))
            return len(drafts)

    def _over(self, one: LabourInterval) -> int:
        """The end of the shift for which they came; of no shift, so many hours later."""
        centers = self._floor.work_centers
        here = [centers[one.equipment_id]] if one.equipment_id in centers else centers.values()
        shifts = [shift_for(center, one.start) for center in here]
        ends = [shift.end for shift in shifts if shift and shift.start <= one.start + EARLY]
        return max((end for end in ends if end > one.start), default=one.start + LONGEST)

    def _interval(self, opened: int) -> LabourInterval:
        found = self._presence.reader.interval(opened)
        if found is None:
            raise UnknownObject(
                say(
                    "person.no_presence",
                    "no presence began with fact {seq}",
                    "look at the list of labour",
                    seq=opened,
                )
            )
        return found

    def _begins(self, person: Person, place: str, kind: str, asked: Asked) -> FactDraft:
        body = {
            "event": "signed_on" if kind == WORK else "came",
            "person": person.id,
            "kind": kind,
            "at": self._floor.clock.now(),
            "crew": person.crew,
            "split": self._presence.rules.split,
        }
        return self._desk.draft(FactKind.LABOUR, place, asked, body)

    def _at(self, one: LabourInterval) -> str:
        return to_datetime(one.start).astimezone(self._floor.zone).strftime("%H:%M")


def _end(one: LabourInterval, at: int, why: str) -> dict[str, Json]:
    event = "signed_off" if one.kind == WORK else "left"
    body: dict[str, Json] = {"event": event, "person": one.person, "kind": one.kind}
    return body | {"at": at, "opened": one.opened, "why": why}
