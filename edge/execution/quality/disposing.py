"""Pieces that are not as they should be: kept apart, then used, reworked, scrapped or returned.

Suspect pieces leave the good ones in the hour in which they were made, so that they are neither
passed on nor reported as good; what is decided moves them on, in that same hour, however late.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from edge.domain.facts import FactKind, Json
from edge.domain.hours import hour_start
from edge.domain.orders import JobOrder
from edge.domain.quality.records import Nonconformance, NonconformingPart, QualityReader
from edge.domain.sentences import say
from edge.execution.authority import QUALITY
from edge.execution.desk import Answer, Asked, Desk, in_bucket, resolved
from edge.execution.errors import InvalidAction, UnknownObject
from edge.execution.floor import Floor
from edge.execution.restating.reclassifying import shares
from edge.execution.restating.sums import check_used
from edge.execution.wording import NOTE_EMPTY, at_least_one, one_of

HELD, WAITING = "held", "waiting"


UNDECIDED = say("word.undecided", "not decided")
FOR_REWORK = say("word.for_rework", "waiting for rework")


@dataclass(frozen=True, kw_only=True)
class Suspects:
    """Pieces of a job order that are suspect; `hour` (us, any time in it) None: the latest.

    `place` says where on the part or at which station, `inspection` what found them.
    """

    quantity: int
    reason: str
    cause: str = ""
    place: str = ""
    lot: str = ""
    note: str = ""
    inspection: str = ""
    hour: int | None = None


@dataclass(frozen=True)
class Way:
    """Where a decision takes pieces from, the event it is, and good pieces more a piece."""

    of: str
    event: str
    good: int


WAYS: Mapping[str, Way] = {
    "use": Way(HELD, "used", 1),
    "scrap": Way(HELD, "scrapped", 0),
    "return": Way(HELD, "returned", 0),
    "rework": Way(HELD, "rework", 0),
    "rework_good": Way(WAITING, "reworked_good", 1),
    "rework_scrap": Way(WAITING, "reworked_scrap", 0),
}


@dataclass(frozen=True, kw_only=True)
class Disposition:
    """What is decided of so many pieces (None: of all that it can be decided of), and why."""

    decision: str
    note: str
    quantity: int | None = None


class Disposing:
    """Nonconformances of one edge's floor."""

    def __init__(self, floor: Floor, reader: QualityReader) -> None:
        self._floor, self._reader, self._desk = floor, reader, Desk(floor)

    async def open(self, id_: str, suspects: Suspects, asked: Asked) -> Answer:
        """Keep pieces of a job order apart.

        Raises UnknownObject, InvalidAction, NotAllowed where the next operation has used them,
        RequestConflict, StoreUnavailable.
        """
        async with self._floor.lock(self._floor.job(id_).work_center):
            if again := self._desk.answered(asked):
                return again
            self._floor.register.reload()
            job = self._floor.job(id_)
            parts = self._made(job, suspects)
            body: dict[str, Json] = {
                "event": "opened",
                "quantity": suspects.quantity,
                "parts": parts,
                "lot": suspects.lot,
                "reason": suspects.reason,
                "cause": suspects.cause,
                "place": suspects.place,
                "inspection": suspects.inspection,
                "note": suspects.note,
            }
            kind = FactKind.NONCONFORMANCE
            draft = self._desk.draft(kind, job.work_center, asked, body, job.id)
            fewer = {job.id: -suspects.quantity}
            check_used(self._floor.register, fewer)
            return self._desk.answer(await self._desk.record(asked, draft, good=fewer))

    async def decide(self, id_: int, disposition: Disposition, asked: Asked) -> Answer:
        """Decide what becomes of pieces.

        Raises UnknownObject, InvalidAction, NotAuthorized, RequestConflict, StoreUnavailable.
        """
        async with self._floor.lock(self._found(id_).equipment_id):
            if again := self._desk.answered(asked):
                return again
            self._floor.authority.check(asked.actor, QUALITY)
            self._floor.register.reload()
            found, way = self._found(id_), self._way(disposition)
            quantity = self._quantity(found, disposition, way)
            body: dict[str, Json] = {
                "event": way.event,
                "nonconformance": id_,
                "reason": found.reason,
                "place": found.place,
                "quantity": quantity,
                "parts": list(self._taken(id_, way.of, quantity)),
                "note": disposition.note.strip(),
            }
            job = found.job_order_id or None
            kind = FactKind.NONCONFORMANCE
            draft = self._desk.draft(kind, found.equipment_id, asked, body, job)
            more = {job: quantity * way.good} if job else {}
            return self._desk.answer(await self._desk.record(asked, draft, good=more))

    def _found(self, id_: int) -> Nonconformance:
        found = self._reader.nonconformance(id_)
        if found is None:
            raise UnknownObject(
                say(
                    "nonconformance.unknown",
                    "no nonconformance {id} on this edge",
                    "look at the list of pieces kept apart",
                    id=id_,
                )
            )
        return found

    def _made(self, job: JobOrder, suspects: Suspects) -> list[dict[str, Json]]:
        """The hours in which the suspects were made; raises InvalidAction if they were not."""
        if suspects.quantity < 1:
            raise InvalidAction(at_least_one(suspects.quantity))
        center = self._floor.work_center(job.work_center)
        now = self._floor.clock.now()
        since = hour_start(now if job.started_at is None else job.started_at, center.calendar.zone)
        until = now + 1
        if suspects.hour is not None:
            since = hour_start(suspects.hour, center.calendar.zone)
            until = since + 1
        rows = self._floor.reader.hour_quantities(center.id, since, until)
        found = shares(rows, job.id, suspects.quantity)
        made = sum(one.quantity for one in found)
        if made < suspects.quantity:
            if suspects.hour is not None:
                raise InvalidAction(
                    say(
                        "nonconformance.in_hour",
                        "quantity {quantity}: only {made} good pieces of {job} in that hour",
                        "say no more than that",
                        quantity=suspects.quantity,
                        made=made,
                        job=job.id,
                    )
                )
            raise InvalidAction(
                say(
                    "nonconformance.so_far",
                    "quantity {quantity}: only {made} good pieces of {job} so far",
                    "say no more than that",
                    quantity=suspects.quantity,
                    made=made,
                    job=job.id,
                )
            )
        return [
            in_bucket(one.bucket, center.calendar) | {"quantity": one.quantity} for one in found
        ]

    def _way(self, disposition: Disposition) -> Way:
        way = WAYS.get(disposition.decision)
        if way is None:
            raise InvalidAction(one_of("decision", disposition.decision, WAYS))
        if not disposition.note.strip():
            raise InvalidAction(NOTE_EMPTY)
        return way

    def _quantity(self, found: Nonconformance, disposition: Disposition, way: Way) -> int:
        there = found.held if way.of == HELD else found.waiting
        quantity = there if disposition.quantity is None else disposition.quantity
        if not 1 <= quantity <= there:
            raise InvalidAction(
                say(
                    "nonconformance.quantity",
                    "quantity {quantity}: {there} pieces of nonconformance {id} are {stand}",
                    "say 1 to that many",
                    quantity=quantity,
                    there=there,
                    id=found.id,
                    stand=UNDECIDED if way.of == HELD else FOR_REWORK,
                )
            )
        return quantity

    def _taken(self, id_: int, of: str, quantity: int) -> Iterator[dict[str, Json]]:
        """The hours of so many of its pieces, the latest first."""
        left, parts = quantity, self._reader.parts(id_)
        for part in _with(parts, of):
            if taken := min(left, getattr(part, of)):
                left -= taken
                calendar = self._floor.work_center(part.equipment_id).calendar
                yield {
                    "quantity": taken,
                    "hour": part.hour,
                    "run_time_per_item": part.run_time_per_item or None,
                    "calendar": resolved(calendar, part.shift, part.production_day),
                }


def _with(parts: Sequence[NonconformingPart], of: str) -> list[NonconformingPart]:
    return [part for part in parts if getattr(part, of) > 0]
