"""A count that was recorded wrongly is corrected by a person; the first figure stays a fact.

Only how many pieces it was and whose they were can be corrected, of counts and of scrap.
A correction says what is now known; the last one of a value holds. It is refused where an
hour or a job would have fewer than no pieces; that of a count also where an operation would
have used more than the one before passed on. Scrap is bad all the same, whoever has used it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from edge.domain.changes import Change
from edge.domain.corrections import PARTS, Corrected, correction_changes
from edge.domain.facts import Fact, FactDraft, FactKind, Json
from edge.domain.recording import VersionConflict
from edge.domain.sentences import say
from edge.execution.authority import SUPERVISOR
from edge.execution.desk import Answer, Asked, Desk
from edge.execution.errors import InvalidAction, UnknownObject
from edge.execution.floor import Floor
from edge.execution.orders.jobs import run_time_text
from edge.execution.quarantine.beside import BESIDE, most_beside, step_of
from edge.execution.quarantine.held import most
from edge.execution.restating.sums import check_named, check_pieces, check_sums, good_of
from edge.execution.wording import NOTE_EMPTY, same_already, unknown_fact

CORRECTABLE = frozenset({FactKind.PRODUCTION_COUNT, FactKind.SCRAP})
QUANTITY, JOB = "quantity", "job_order_id"


@dataclass(frozen=True, kw_only=True)
class Correction:
    """What is now known of a fact: `changes` names `quantity`, `job_order_id` (None for none)
    or both; `note` says why."""

    changes: Mapping[str, Json]
    note: str


class Correcting:
    """Corrections on one edge's floor; an `Asked.version` is how many its caller has seen."""

    def __init__(self, floor: Floor) -> None:
        self._floor, self._desk = floor, Desk(floor)

    def found(self, seq: int) -> Corrected:
        """A fact with its corrections so far; raises UnknownObject."""
        found = self._floor.reader.corrected(seq)
        if found is None:
            raise UnknownObject(unknown_fact(seq))
        return found

    async def correct(self, seq: int, correction: Correction, asked: Asked) -> Answer:
        """Record what is now known of the fact `seq`.

        Raises UnknownObject, InvalidAction, NotAllowed where the next operation has used the
        pieces or none were passed on, NotAuthorized, VersionConflict if it was corrected since
        its caller looked, RequestConflict, StoreUnavailable.
        """
        async with self._floor.lock(self.found(seq).fact.equipment_id):
            if again := self._desk.answered(asked):
                return again
            self._floor.authority.check(asked.actor, SUPERVISOR)
            self._floor.register.reload()
            corrected = self._seen(self.found(seq), asked)
            changes = self._changes(corrected, correction)
            books = correction_changes(_said(corrected.fact, changes), corrected)
            good = self._check(corrected, changes, books)
            draft = self._draft(corrected, changes, correction.note, asked)
            return self._desk.answer(await self._desk.record(asked, draft, good=good))

    def _seen(self, corrected: Corrected, asked: Asked) -> Corrected:
        fact = corrected.fact
        if fact.kind not in CORRECTABLE:
            kinds = " and ".join(sorted(CORRECTABLE))
            raise InvalidAction(
                say(
                    "correction.kind",
                    "fact {seq} is a {kind}; {known} can be corrected",
                    "name one of these",
                    seq=fact.seq,
                    kind=str(fact.kind),
                    known=kinds,
                )
            )
        if asked.version not in {None, len(corrected.earlier)}:
            raise VersionConflict(
                say(
                    "correction.changed",
                    "fact {seq} has {count} corrections, not {seen}: it was corrected since you "
                    "looked",
                    "look again",
                    seq=fact.seq,
                    count=len(corrected.earlier),
                    seen=asked.version or 0,
                )
            )
        return corrected

    def _changes(self, corrected: Corrected, correction: Correction) -> dict[str, Json]:
        """The changes as the fact says them: with another job goes its run time."""
        changes = dict(correction.changes)
        if not correction.note.strip():
            raise InvalidAction(NOTE_EMPTY)
        now, *others = self._stands(corrected, changes)
        stands = {QUANTITY: now.body[QUANTITY], JOB: now.job_order_id}
        if not others and all(stands[name] == value for name, value in changes.items()):
            raise InvalidAction(same_already(now.seq))
        if JOB in changes:
            id_ = changes[JOB]
            job = None if id_ is None else self._floor.job_made(id_, now.equipment_id)
            run_time = run_time_text(job.run_time_per_item) if job else None
            changes["run_time_per_item"] = run_time
        elif corrected.parts:  # it stays the job's to which its boundary gave it
            changes[PARTS] = list(corrected.parts)
        return changes

    def _stands(self, corrected: Corrected, changes: Mapping[str, Json]) -> Sequence[Fact]:
        """The fact as it stands; raises InvalidAction for one in parts unless all is said."""
        parts = corrected.stands
        if len(parts) > 1 and not {QUANTITY, JOB} <= set(changes):
            whose = ", ".join(
                f"{one.body[QUANTITY]} of {one.job_order_id or 'nobody'}" for one in parts
            )
            raise InvalidAction(
                say(
                    "correction.divided",
                    "fact {seq} is divided ({whose})",
                    "say quantity and job_order_id, which makes it whole again",
                    seq=corrected.fact.seq,
                    whose=whose,
                )
            )
        return parts

    def _check(
        self, corrected: Corrected, changes: Mapping[str, Json], books: Sequence[Change]
    ) -> dict[str, int]:
        """Good pieces more of each job order; raises what speaks against it."""
        old, new = corrected.fact, corrected.after(changes).stands[0]
        quantity = int(new.body[QUANTITY])
        if quantity * int(old.body[QUANTITY]) < 0 or (quantity < 0 and not old.body[QUANTITY]):
            raise InvalidAction(
                say(
                    "correction.sign",
                    "quantity {quantity}: the fact says {was}",
                    "say a quantity of the same sign, or 0",
                    quantity=quantity,
                    was=int(old.body[QUANTITY]),
                )
            )
        self._check_held(old, new, quantity)
        if JOB not in changes:  # rejects and their reason go to another job one after the other
            check_named(self._floor.named, self._floor.reader, books)
        if old.kind == FactKind.PRODUCTION_COUNT:
            return check_pieces(self._floor.register, books)
        check_sums(self._floor.reader, books)
        return good_of(books)

    def _check_held(self, old: Fact, new: Fact, quantity: int) -> None:
        """No more can be released by a correction than by a decision, on no side of a tool."""
        id_ = old.body.get("quarantine", old.body.get(BESIDE))
        held = None if id_ is None else self._floor.reader.held_reading(id_)
        if held is None:
            return
        if BESIDE in old.body:
            limit = most_beside(self._floor, held, old)
        else:
            job = self._floor.register.jobs.get(new.job_order_id or "")
            limit = most(held, step_of(self._floor, held, job))
        if quantity > limit:
            raise InvalidAction(
                say(
                    "correction.limit",
                    "quantity {quantity}: the counter can have counted {limit}",
                    "say no more than that",
                    quantity=quantity,
                    limit=limit,
                )
            )

    def _draft(
        self, corrected: Corrected, changes: Mapping[str, Json], note: str, asked: Asked
    ) -> FactDraft:
        new = corrected.after(changes).stands[0]
        body = {"corrects": new.seq, "changes": dict(changes), "note": note.strip()}
        kind = FactKind.CORRECTION
        return self._desk.draft(kind, new.equipment_id, asked, body, new.job_order_id)


def _said(fact: Fact, changes: Mapping[str, Json]) -> Fact:
    """A correction of a fact before it is recorded, to see what it would change."""
    return replace(fact, kind=FactKind.CORRECTION, body={"changes": changes})
