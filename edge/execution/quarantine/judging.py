"""Who judges a quarantine: a person, once, with a name and a note.

The decision is a count of source `operator` that fills the quarantine's raw range
exactly, so that every book knows those values as counted and none counts them again:
with the pieces that were released, or with 0 where the reading is discarded. It is
undone, like any count, by a correction.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from zoneinfo import ZoneInfo

from edge.domain.facts import FactDraft, FactKind, Json
from edge.domain.hours import hour_label, hour_start, next_hour
from edge.domain.orders import JobOrder
from edge.domain.production import HeldReading
from edge.domain.recording import BaselineMove
from edge.domain.sentences import say
from edge.execution.authority import SUPERVISOR
from edge.execution.desk import Answer, Asked, Desk
from edge.execution.errors import InvalidAction, NotAllowed, UnknownObject
from edge.execution.floor import Floor
from edge.execution.quarantine.beside import Side, quantities, released_beside, sides_of, step_of
from edge.execution.quarantine.held import most
from edge.execution.wording import NOTE_EMPTY

RELEASED = "released"
GOOD = "good"


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Pieces (0 discards), whose they are, when they were made, and why.

    `job_order_id` None is the job that was on then, "" none; `hour` None is the hour in which
    the reading was taken (us, any time in it). `also`: pieces that the same strokes made beside
    it, by side of the tool; None, or a side that is not named: by the tool, from `quantity`.
    """

    quantity: int
    note: str
    job_order_id: str | None = None
    hour: int | None = None
    also: Mapping[str, int] | None = None


class Judging:
    """Quarantines of one edge's floor."""

    def __init__(self, floor: Floor) -> None:
        self._floor, self._desk = floor, Desk(floor)

    async def decide(self, id_: int, decision: Decision, asked: Asked) -> Answer:
        """Decide on a quarantine, for ever.

        Raises UnknownObject, InvalidAction, NotAllowed if it was decided before,
        NotAuthorized, RequestConflict, StoreUnavailable.
        """
        held = self._held(id_)
        async with self._floor.lock(held.equipment_id):
            if again := self._desk.answered(asked):
                return again
            self._floor.authority.check(asked.actor, SUPERVISOR)
            held = self._open(self._held(id_))
            self._floor.register.reload()
            job, at = self._job(held, decision), self._at(held, decision)
            self._check(held, decision, job)
            body = self._body(held, decision, job, at)
            drafts, moves = self._beside(held, decision, asked, job, body)
            drafts.insert(0, self._draft(held, asked, body, job))
            recorded = await self._desk.record(
                asked, *drafts, baselines=tuple(moves), good=_good(drafts)
            )
            return self._desk.answer(recorded)

    def job_of(self, held: HeldReading) -> str:
        """The job that was on when the pieces were made, as it is known; "" for none."""
        reader, last = self._floor.reader, _last(held)
        found = reader.state_intervals(held.equipment_id, last, last + 1)
        return found[-1].job_order_id if found else ""

    def role_of(self, held: HeldReading) -> str | None:
        """What its pieces are told as: as the quarantine says, whatever its counter is now.

        Quarantines of older versions do not say it: then as plant.toml does; None if it does not.
        """
        work_center = self._floor.work_centers.get(held.equipment_id)
        return held.role or (work_center.counters.get(held.tag) if work_center else None)

    def hour_of(self, held: HeldReading) -> int:
        """The hour (us) in which the pieces were made unless a person says another one."""
        return hour_start(_last(held), self._zone(held))

    def _held(self, id_: int) -> HeldReading:
        held = self._floor.reader.held_reading(id_)
        if held is None:
            raise UnknownObject(
                say(
                    "quarantine.unknown",
                    "no quarantine {id} on this edge",
                    "look at the list of readings in doubt",
                    id=id_,
                )
            )
        self._floor.work_center(held.equipment_id)
        return held

    def _open(self, held: HeldReading) -> HeldReading:
        if held.decided is not None:
            raise NotAllowed(
                say(
                    "quarantine.decided",
                    "quarantine {id} was decided by {by}: {quantity} pieces (fact {seq})",
                    "correct that fact if it is wrong",
                    id=held.id,
                    by=held.actor or "",
                    quantity=held.quantity or 0,
                    seq=held.decided,
                )
            )
        return held

    def offered(self, held: HeldReading) -> tuple[Side, ...]:
        """What the same strokes made beside the job that was on."""
        job = self._floor.register.jobs.get(self.job_of(held))
        return sides_of(self._floor, held, job, _last(held))

    def _check(self, held: HeldReading, decision: Decision, job: JobOrder | None) -> None:
        if not decision.note.strip():
            raise InvalidAction(NOTE_EMPTY)
        limit = most(held, step_of(self._floor, held, job))
        if not 0 <= decision.quantity <= limit:
            raise InvalidAction(
                say(
                    "quarantine.quantity",
                    "quantity {quantity}: from {raw_from} to {raw_to} the counter can have "
                    "counted 0 to {limit} pieces",
                    "say so many",
                    quantity=decision.quantity,
                    raw_from=held.raw_from,
                    raw_to=held.raw_to,
                    limit=limit,
                )
            )
        if decision.quantity and self.role_of(held) is None:
            raise InvalidAction(
                say(
                    "quarantine.no_tag",
                    "{tag} is not in plant.toml any more, so nobody knows whether these are good "
                    "pieces or scrap",
                    "take it into plant.toml again, or discard",
                    tag=held.tag,
                )
            )

    def _body(
        self, held: HeldReading, decision: Decision, job: JobOrder | None, at: int
    ) -> dict[str, Json]:
        return {
            "role": self.role_of(held) or GOOD,  # of no pieces, where nobody knows
            "quantity": decision.quantity,
            "tag": held.tag,
            "counter_epoch": held.counter_epoch,
            "raw_from": held.raw_from,
            "raw_to": held.raw_to,
            "from": at,
            "to": at,
            "flags": [RELEASED],
            "quarantine": held.id,
            "note": decision.note.strip(),
            **self._desk.when(held.equipment_id, at, job),
        }

    def _draft(
        self, held: HeldReading, asked: Asked, body: dict[str, Json], job: JobOrder | None
    ) -> FactDraft:
        kind = FactKind.PRODUCTION_COUNT
        return self._desk.draft(kind, held.equipment_id, asked, body, job.id if job else None)

    def _beside(
        self,
        held: HeldReading,
        decision: Decision,
        asked: Asked,
        job: JobOrder | None,
        body: dict[str, Json],
    ) -> tuple[list[FactDraft], list[BaselineMove]]:
        """Counts of what the same strokes made beside the job, for the job orders of the sides."""
        sides = sides_of(self._floor, held, job, body["to"])
        drafts, moves = list[FactDraft](), list[BaselineMove]()
        pieces = quantities(sides, held, decision.quantity, decision.also)
        for side in (one for one in sides if pieces[one.made.side]):
            when = self._desk.when(held.equipment_id, body["to"], side.job)
            said, move = released_beside(
                self._floor, held, side, pieces[side.made.side], body | when
            )
            drafts.append(self._draft(held, asked, said, side.job))
            moves.append(move)
        return drafts, moves

    def _job(self, held: HeldReading, decision: Decision) -> JobOrder | None:
        """The job that gets the pieces; of this work center, and one that was started."""
        said = decision.job_order_id
        if said is None:
            return self._floor.register.jobs.get(self.job_of(held))
        if not said:
            return None
        return self._floor.job_made(said, held.equipment_id)

    def _at(self, held: HeldReading, decision: Decision) -> int:
        """A moment (us) at which the pieces were made: in the hour that was said."""
        last = _last(held)
        if decision.hour is None:
            return last
        zone, now = self._zone(held), self._floor.clock.now()
        hour = hour_start(decision.hour, zone)
        first = 0 if held.from_ is None else hour_start(held.from_, zone)
        if not first <= hour <= min(hour_start(last, zone), now):
            named = partial(hour_label, zone=zone, date=True)
            until = named(hour_start(last, zone))
            if held.from_ is None:
                raise InvalidAction(
                    say(
                        "quarantine.hour_until",
                        "hour {hour}: the pieces were made by {last}",
                        "name an hour until then",
                        hour=named(hour),
                        last=until,
                    )
                )
            raise InvalidAction(
                say(
                    "quarantine.hour",
                    "hour {hour}: the pieces were made from {first} to {last}",
                    "name an hour in that time",
                    hour=named(hour),
                    first=named(first),
                    last=until,
                )
            )
        return min(last, next_hour(hour, zone) - 1)

    def _zone(self, held: HeldReading) -> ZoneInfo:
        return self._floor.work_centers[held.equipment_id].calendar.zone


def _good(drafts: Iterable[FactDraft]) -> dict[str, int]:
    """Good pieces of each job order that counts give it."""
    more: dict[str, int] = {}
    for draft in drafts:
        if (job := draft.job_order_id) is not None and draft.body.get("role") == GOOD:
            more[job] = more.get(job, 0) + int(draft.body["quantity"])
    return more


def _last(held: HeldReading) -> int:
    """The last moment (us) at which the pieces can have been made."""
    return (held.at if held.to is None else held.to) - 1
