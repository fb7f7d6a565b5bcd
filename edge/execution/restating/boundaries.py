"""A job's boundary is moved later: all that follows from it is restated, and nothing is lost.

The order was changed late at the panel, or somebody pressed Start twenty minutes late. A
person says where the boundary was; it can be moved again and again. What was recorded stays:
corrections say whose the pieces are, and an event says when the jobs were on.
"""

import asyncio
import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from edge.domain.boundaries import (
    DECLARED,
    Boundary,
    Restated,
    restated_counts,
    restated_declarations,
)
from edge.domain.boundary_states import (
    differing_stops,
    restated_states,
    said_parts,
    stops_of,
)
from edge.domain.corrections import PARTS
from edge.domain.dividing import Cut, place_of_raw, span
from edge.domain.equipment import EquipmentUnreachable
from edge.domain.facts import FactDraft, FactKind, Json
from edge.domain.folding.restating import MOVED
from edge.domain.hours import DAY, HOUR, hour_label, hour_start, next_hour
from edge.domain.orders import JobOrder
from edge.domain.recording import ExpectedState, ExpectedVersion, StateConflict, VersionConflict
from edge.domain.restating import Known, RestatingReader, Run
from edge.domain.vocabulary import PRODUCING
from edge.execution.authority import SUPERVISOR
from edge.execution.desk import Answer, Asked, Desk
from edge.execution.errors import InvalidAction, NotAllowed
from edge.execution.floor import Floor, WorkCenter
from edge.execution.orders.jobs import event, run_time_text
from edge.execution.restating.sums import books_of, check_pieces

ATTEMPTS = 5
PIECES = (FactKind.PRODUCTION_COUNT, *DECLARED)


@dataclass(frozen=True, kw_only=True)
class Move:
    """Where the boundary between two jobs was: at a moment (us), or where a counter (its tag)
    showed a value. Either job may be None: the pieces on that side are then nobody's."""

    before: str | None
    after: str | None
    note: str
    at: int | None = None
    raw: tuple[str, int] | None = None


class Boundaries:
    """Boundaries of jobs on one edge's floor."""

    def __init__(self, floor: Floor, reader: RestatingReader) -> None:
        self._floor, self._reader, self._desk = floor, reader, Desk(floor)

    def runs(self, work_center: str) -> Sequence[Run]:
        """When the jobs of a work center were on, as recorded and as now known."""
        return self._reader.runs(self._floor.work_center(work_center).id)

    async def move(self, work_center: str, move: Move, asked: Asked) -> Answer:
        """Record where the boundary was, with all that follows from it, in one recording.

        `asked.version` is that of the job behind the boundary, else of the one before it. Raises
        UnknownObject, InvalidAction, NotAllowed, NotAuthorized, VersionConflict,
        RequestConflict, StoreUnavailable.
        """
        center = self._floor.work_center(work_center)
        async with self._floor.lock(work_center):
            if again := self._desk.answered(asked):
                return again
            if center.device is not None:
                # What was made up to now is counted first, so that it is restated too.
                with contextlib.suppress(EquipmentUnreachable):
                    await self._floor.equipment.force_reading(work_center)
            self._floor.authority.check(asked.actor, SUPERVISOR)
            self._floor.register.reload()
            boundary = self._boundary(center, move, asked)
            for _ in range(ATTEMPTS):
                with contextlib.suppress(StateConflict):
                    return await self._record(center, boundary, move, asked)
        raise VersionConflict(f"{work_center} goes from state to state now; try again")

    async def _record(
        self, center: WorkCenter, boundary: Boundary, move: Move, asked: Asked
    ) -> Answer:
        moved = list(self._moved(boundary, asked))
        if not moved:
            raise InvalidAction("the boundary lies there already; nothing would change")
        state = self._state_now(center)  # before what rests on it is read
        # Off the loop: machines are read meanwhile, however many facts an hour has.
        corrections, good = await asyncio.to_thread(self._follows, center, boundary, move, asked)
        recorded = await self._desk.record(
            asked,
            *(draft for _, draft in moved),
            *corrections,
            good=good,
            versions=tuple(version for version, _ in moved),
            states=(state,),
        )
        self._floor.register.reload()
        return self._desk.answer(recorded)

    def _follows(
        self, center: WorkCenter, boundary: Boundary, move: Move, asked: Asked
    ) -> tuple[list[FactDraft], dict[str, int]]:
        """The corrections that follow from a boundary, and the good pieces more of each job."""
        restated = self._restated(center, boundary)
        good = check_pieces(self._floor.register, books_of(restated))
        said = {"note": move.note.strip(), "boundary": _said(boundary)}
        corrections = [self._correction(center, one, parts, said, asked) for one, parts in restated]
        return [*corrections, *self._states(center, boundary, said, asked)], good

    def _boundary(self, center: WorkCenter, move: Move, asked: Asked) -> Boundary:
        """Where the boundary is to lie; raises what speaks against it."""
        if not move.note.strip():
            raise InvalidAction("note is empty: say why, for whoever looks at it later")
        if move.before is None and move.after is None:
            raise InvalidAction("between: name a job before the boundary, or one behind it")
        before, after = self._run(center, move.before), self._run(center, move.after)
        job = self._floor.job(move.after or move.before or "")
        self._desk.expected(job, asked)
        if before and before.end is None:
            raise NotAllowed(f"{before.job_order_id} has not ended; complete it first")
        if before and after and before.end is not None and after.start < before.end:
            raise NotAllowed(
                f"{before.job_order_id} and {after.job_order_id} were on together: there is no "
                "boundary between them; name one of them alone"
            )
        boundary = Boundary(before=before, after=after, cut=self._cut(center, before, after, move))
        self._check_order(center, boundary)
        return boundary

    def _run(self, center: WorkCenter, id_: str | None) -> Run | None:
        if id_ is None:
            return None
        job = self._floor.job_made(id_, center.id)
        run = self._reader.run(job.id)
        if run is None:
            raise InvalidAction(f"{id_} was never on {center.id}: it has no boundary")
        return run

    def _cut(self, center: WorkCenter, before: Run | None, after: Run | None, move: Move) -> Cut:
        if (move.at is None) == (move.raw is None):
            raise InvalidAction("say at (a time) or raw (a counter's value), one of the two")
        if move.at is not None:
            return Cut(at=move.at)
        assert move.raw is not None
        tag, raw = move.raw
        first = before or after
        assert first is not None
        since, now = first.start - HOUR, self._floor.clock.now()
        counts = self._reader.facts(center.id, (FactKind.PRODUCTION_COUNT,), since, now)
        for one in reversed(counts):
            fact = one.fact
            quantity = int(fact.body["quantity"])
            if fact.body["tag"] != tag or raw == fact.body["raw_from"]:
                continue
            if (place := place_of_raw(fact, quantity, raw)) is not None:
                start, end = span(fact)
                at = start + (end - start) * place // quantity
                return Cut(at=at, seq=fact.seq, raw=raw)
        raise InvalidAction(f"raw {raw} of {tag}: no count of {center.id} since then holds it")

    def _check_order(self, center: WorkCenter, boundary: Boundary) -> None:
        at, zone = boundary.cut.at, center.calendar.zone
        label = hour_label(at, zone, date=True)
        before, after, now = boundary.before, boundary.after, self._floor.clock.now()
        if at > now:
            raise InvalidAction(f"at {label}: that is not over yet")
        if before and at < before.start:
            start = hour_label(before.start, zone, date=True)
            raise InvalidAction(f"at {label}: {before.job_order_id} began only at {start}")
        if after and after.end is not None and at > after.end:
            end = hour_label(after.end, zone, date=True)
            raise InvalidAction(f"at {label}: {after.job_order_id} had ended at {end}")
        if center.parallel > 1:
            return  # other jobs are on at the same time, and keep their pieces
        low, high = boundary.reach
        for other in self._reader.runs(center.id):
            if other.job_order_id in boundary.jobs:
                continue
            if other.start < high and (other.end is None or other.end > low):
                raise NotAllowed(
                    f"{other.job_order_id} was on between {hour_label(low, zone, date=True)} and "
                    f"{hour_label(high, zone, date=True)}: move its boundaries first, one by one"
                )

    def _moved(
        self, boundary: Boundary, asked: Asked
    ) -> Iterator[tuple[ExpectedVersion, FactDraft]]:
        """Events of the jobs that began or ended at another time, the one behind first."""
        at = boundary.cut.at
        stamps: list[tuple[Run | None, str, int | None]] = [
            (boundary.after, "started_at", boundary.after.start if boundary.after else None),
            (boundary.before, "ended_at", boundary.before.end if boundary.before else None),
        ]
        for run, stamp, known in stamps:
            if run is not None and known != at:
                job = self._floor.job(run.job_order_id)
                yield _expected(job), self._event(job, {stamp: at}, asked)

    def _event(self, job: JobOrder, stamps: Mapping[str, Json], asked: Asked) -> FactDraft:
        draft = self._desk.draft(FactKind.JOB_ORDER_EVENT, job.work_center, asked, {})
        after = replace(job, version=job.version + 1)
        return event(
            after,
            MOVED,
            at=draft.occurred_at,
            source=draft.source,
            actor=asked.actor,
            extra=stamps,
        )

    def _restated(self, center: WorkCenter, boundary: Boundary) -> list[Restated]:
        """Counts, scrap and rework that are otherwise now."""
        low = hour_start(boundary.reach[0], center.calendar.zone)
        high = next_hour(boundary.reach[1], center.calendar.zone)
        facts = self._reader.facts(center.id, PIECES, low, high)
        counts = [one for one in facts if one.fact.kind == FactKind.PRODUCTION_COUNT]
        changed = list(restated_counts(counts, boundary, self._running(center.id), self._run_time))
        now = {one.fact.seq: one.with_(parts) for one, parts in changed}
        declared = [one for one in facts if one.fact.kind in DECLARED]
        concerned = {job for one, _ in changed for job in _jobs(one)}
        concerned |= boundary.jobs
        as_known = [now.get(one.fact.seq, one) for one in counts]
        return [
            *changed,
            *restated_declarations(declared, as_known, concerned, self._run_time),
        ]

    def _state_now(self, center: WorkCenter) -> ExpectedState:
        """The state that the work center is in: what is said of states rests on it."""
        now = self._floor.clock.now()
        last = self._reader.states(center.id, now, now + 1)
        opened = last[-1].fact.seq if last and last[-1].end is None else None
        return ExpectedState(equipment_id=center.id, opened=opened)

    def _states(
        self, center: WorkCenter, boundary: Boundary, said: Mapping[str, Json], asked: Asked
    ) -> list[FactDraft]:
        """Corrections of the states between the boundaries; the last tells of the stops too."""
        start, end = self._concerned(center, boundary)
        states = self._reader.states(center.id, start, end)
        counts_as = center.modes
        now = restated_states(
            states, boundary, self._floor.clock.now(), lambda mode: counts_as.get(mode or 0, mode)
        )
        known = {stop.id: stop for stop in self._reader.stops(center.id, start, end)}
        changed, gone = differing_stops(known, stops_of(now))
        drafts = []
        restated = said_parts(states, now)
        for one in restated:
            body = {"corrects": one.fact.seq, **said}
            body["changes"] = {PARTS: [part.said for part in one.parts]}
            if one is restated[-1]:
                body |= {"stops": [stop.said for stop in changed], "gone": gone}
            job = one.parts[0].job
            drafts.append(self._desk.draft(FactKind.CORRECTION, center.id, asked, body, job))
        return drafts

    def _concerned(self, center: WorkCenter, boundary: Boundary) -> tuple[int, int]:
        """The span of states to look at: whole stops, and the set-up of the job behind."""
        now = self._floor.clock.now() + 1
        low, high = boundary.reach
        until = boundary.after.end if boundary.after else high
        high = min(max(high, now if until is None else until), high + DAY) + 1
        stops = self._reader.stops(center.id, low - 1, high)
        first = min([low, *(stop.start for stop in stops)])
        last = max([high, *(now if stop.end is None else stop.end for stop in stops)])
        return first - 1, last + 1

    def _running(self, work_center: str) -> Any:
        def running(start: int, end: int) -> int:
            found = self._floor.reader.state_intervals(work_center, start, end)
            return sum(
                min(one.end or end, end) - max(one.start, start)
                for one in found
                if one.state in PRODUCING
            )

        return running

    def _run_time(self, job: str | None) -> str | None:
        found = self._floor.register.jobs.get(job or "")
        return run_time_text(found.run_time_per_item) if found else None

    def _correction(
        self,
        center: WorkCenter,
        one: Known,
        parts: Sequence[Mapping[str, Json]],
        said: Mapping[str, Json],
        asked: Asked,
    ) -> FactDraft:
        body = {"corrects": one.fact.seq, "changes": {PARTS: list(parts)}, **said}
        job = one.with_(parts).now.stands[0].job_order_id
        return self._desk.draft(FactKind.CORRECTION, center.id, asked, body, job)


def _jobs(one: Known) -> set[str | None]:
    return {fact.job_order_id for fact in one.now.stands}


def _expected(job: JobOrder) -> ExpectedVersion:
    return ExpectedVersion(job_order_id=job.id, version=job.version)


def _said(boundary: Boundary) -> dict[str, Json]:
    """The boundary as corrections name it."""
    said: dict[str, Json] = {"between": list(boundary.sides), "at": boundary.cut.at}
    return said if boundary.cut.raw is None else said | {"raw": boundary.cut.raw}
