"""A count that was recorded wrongly is corrected by a person; the first figure stays a fact.

Only how many pieces it was and whose they were can be corrected, of counts and of scrap.
A correction says what is now known; the last one of a value holds. It is refused where an
hour or a job would have fewer than no pieces.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from edge.domain.changes import Add, Change
from edge.domain.corrections import Corrected, changed, correction_changes
from edge.domain.facts import Fact, FactDraft, FactKind, Json
from edge.domain.ports import HourQuantity, VersionConflict
from edge.execution.beside import BESIDE, most_beside, step_of
from edge.execution.desk import Answer, Asked, Desk
from edge.execution.errors import InvalidAction, UnknownObject
from edge.execution.floor import Floor
from edge.execution.held import most
from edge.execution.jobs import run_time_text

CORRECTABLE = frozenset({FactKind.PRODUCTION_COUNT, FactKind.SCRAP})
QUANTITY, JOB = "quantity", "job_order_id"
Bucket = tuple[object, ...]
BUCKET = ("equipment_id", "hour", "job_order_id", "run_time_per_item", "shift", "production_day")


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
            raise UnknownObject(f"no fact {seq} on this edge")
        return found

    async def correct(self, seq: int, correction: Correction, asked: Asked) -> Answer:
        """Record what is now known of the fact `seq`.

        Raises UnknownObject, InvalidAction, VersionConflict if it was corrected since its
        caller looked, RequestConflict, StoreUnavailable.
        """
        async with self._floor.lock(self.found(seq).fact.equipment_id):
            if again := self._desk.answered(asked):
                return again
            self._floor.register.reload()
            corrected = self._seen(self.found(seq), asked)
            changes = self._changes(corrected, correction)
            books = correction_changes(_said(corrected.fact, changes), corrected)
            self._check(corrected, changes, books)
            draft = self._draft(corrected, changes, correction.note, asked)
            return self._desk.answer(await self._desk.record(asked, draft, good=_good(books)))

    def _seen(self, corrected: Corrected, asked: Asked) -> Corrected:
        fact = corrected.fact
        if fact.kind not in CORRECTABLE:
            kinds = " and ".join(sorted(CORRECTABLE))
            raise InvalidAction(f"fact {fact.seq} is a {fact.kind}; {kinds} can be corrected")
        if asked.version not in {None, len(corrected.earlier)}:
            raise VersionConflict(
                f"fact {fact.seq} has {len(corrected.earlier)} corrections, not {asked.version}: "
                "it was corrected since you looked; look again"
            )
        return corrected

    def _changes(self, corrected: Corrected, correction: Correction) -> dict[str, Json]:
        """The changes as the fact says them: with another job goes its run time."""
        changes = dict(correction.changes)
        if not correction.note.strip():
            raise InvalidAction("note is empty: say why, for whoever looks at it later")
        now = corrected.now
        stands = {QUANTITY: now.body[QUANTITY], JOB: now.job_order_id}
        if all(stands[name] == value for name, value in changes.items()):
            raise InvalidAction(f"fact {now.seq} says so already; nothing would change")
        if JOB in changes:
            id_ = changes[JOB]
            job = None if id_ is None else self._floor.job_made(id_, now.equipment_id)
            run_time = run_time_text(job.run_time_per_item) if job else None
            changes["run_time_per_item"] = run_time
        return changes

    def _check(
        self, corrected: Corrected, changes: Mapping[str, Json], books: Iterable[Change]
    ) -> None:
        old, new = corrected.fact, changed(corrected.now, changes)
        quantity = int(new.body[QUANTITY])
        if quantity * int(old.body[QUANTITY]) < 0 or (quantity < 0 and not old.body[QUANTITY]):
            raise InvalidAction(f"quantity {quantity}: the fact says {old.body[QUANTITY]}")
        self._check_held(old, new, quantity)
        self._check_sums(books)

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
            raise InvalidAction(f"quantity {quantity}: the counter can have counted {limit}")

    def _check_sums(self, changes: Iterable[Change]) -> None:
        """Raise InvalidAction if an hour of a job would have fewer than no pieces."""
        sums: dict[Bucket, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for change in changes:
            if isinstance(change, Add) and change.table == "hour_bucket":
                for role, amount in change.amounts.items():
                    sums[tuple(change.key[name] for name in BUCKET)][role] += amount
        for key, amounts in sums.items():
            self._check_bucket(key, {role: by for role, by in amounts.items() if by < 0})

    def _check_bucket(self, key: Bucket, less: Mapping[str, int]) -> None:
        rows = self._floor.reader.hour_quantities(
            str(key[0]), int(str(key[1])), int(str(key[1])) + 1
        )
        row = next((row for row in rows if _key(row) == key), None)
        for role, by in less.items():
            made = getattr(row, role) if row else 0
            if made + by < 0:
                raise InvalidAction(
                    f"{-by} {role} pieces less: only {made} are left in that hour of "
                    f"{key[2] or 'no job'}; others were reported as scrap or corrected"
                )

    def _draft(
        self, corrected: Corrected, changes: Mapping[str, Json], note: str, asked: Asked
    ) -> FactDraft:
        new = changed(corrected.now, changes)
        body = {"corrects": new.seq, "changes": dict(changes), "note": note.strip()}
        kind = FactKind.CORRECTION
        return self._desk.draft(kind, new.equipment_id, asked, body, new.job_order_id)


def _said(fact: Fact, changes: Mapping[str, Json]) -> Fact:
    """A correction of a fact before it is recorded, to see what it would change."""
    return replace(fact, kind=FactKind.CORRECTION, body={"changes": changes})


def _good(changes: Iterable[Change]) -> dict[str, int]:
    """Good pieces more of each job order, below 0 where they are fewer."""
    more: dict[str, int] = defaultdict(int)
    for change in changes:
        if isinstance(change, Add) and change.table == "job_progress":
            more[str(change.key[JOB])] += change.amounts.get("good", 0)
    return more


def _key(row: HourQuantity) -> Bucket:
    return tuple(getattr(row, name) for name in BUCKET)
