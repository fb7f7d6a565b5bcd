"""A job's boundary is moved later: all that follows from it is restated, and nothing is lost.

The order was changed late at the panel, or somebody pressed Start twenty minutes late. A
person says where the boundary was; it can be moved again and again. What was recorded stays:
corrections say whose the pieces are, and an event says when the jobs were on.
"""

import asyncio
import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from edge.domain.boundaries import (
    Boundary,
    Restated,
    restated_counts,
)
from edge.domain.boundary_states import (
    differing_stops,
    restated_states,
    said_parts,
    stops_of,
)
from edge.domain.changes import Change
from edge.domain.corrections import PARTS
from edge.domain.declared_shares import DECLARED, restated_declarations
from edge.domain.equipment import EquipmentUnreachable
from edge.domain.facts import FactDraft, FactKind, Json
from edge.domain.folding.restating import MOVED
from edge.domain.hours import DAY, hour_label, hour_start, next_hour
from edge.domain.orders import JobOrder
from edge.domain.recording import ExpectedState, ExpectedVersion, StateConflict, VersionConflict
from edge.domain.restating import Known, RestatingReader, Run
from edge.domain.sentences import say
from edge.domain.vocabulary import FINAL_JOB_STATES, PRODUCING
from edge.execution.authority import SUPERVISOR
from edge.execution.desk import Answer, Asked, Desk
from edge.execution.errors import InvalidAction, NotAllowed
from edge.execution.floor import Floor, WorkCenter
from edge.execution.orders.jobs import event
from edge.execution.restating.borders import Borders, Move
from edge.execution.restating.parting import parting
from edge.execution.restating.sums import TooFew, books_of, check_pieces
from edge.execution.wording import NOTE_EMPTY

ATTEMPTS = 5
PIECES = (FactKind.PRODUCTION_COUNT, *DECLARED)


class Boundaries:
    """Boundaries of jobs on one edge's floor."""

    def __init__(self, floor: Floor, reader: RestatingReader) -> None:
        self._floor, self._reader, self._desk = floor, reader, Desk(floor)
        self._borders = Borders(floor, reader)

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
        raise VersionConflict(
            say(
                "boundary.busy",
                "{work_center} goes from state to state now",
                "try again",
                work_center=work_center,
            )
        )

    async def _record(
        self, center: WorkCenter, boundary: Boundary, move: Move, asked: Asked
    ) -> Answer:
        moved = list(self._moved(boundary, asked))
        if not moved:
            raise InvalidAction(
                say("boundary.same", "the boundary lies there already", "name another time")
            )
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
        good = self._checked(center, books_of(restated))
        said = {"note": move.note.strip(), "boundary": _said(boundary)}
        corrections = [
            parting(self._desk, center.id, asked, one, parts, **said) for one, parts in restated
        ]
        return [*corrections, *self._states(center, boundary, said, asked)], good

    def _checked(self, center: WorkCenter, books: Sequence[Change]) -> dict[str, int]:
        """Good pieces more of each job; raises what speaks against it, and names suspect pieces:
        whose they are was said of a job, and no share of an hour tells which they were."""
        try:
            return check_pieces(self._floor.register, books)
        except TooFew as error:
            _, hour, job, *_ = error.place
            ids = self._reader.suspects(center.id, int(str(hour)), str(job))
            if not ids:
                raise
            at = hour_label(int(str(hour)), center.calendar.zone, date=True)
            raise NotAllowed(
                say(
                    "boundary.suspects",
                    "nonconformance {ids} is of pieces of {job} at {at}, and they stay with it",
                    "leave it at least {pieces} more good pieces of that hour",
                    ids=", ".join(map(str, ids)),
                    job=str(job),
                    at=at,
                    pieces=error.short,
                )
            ) from error

    def _boundary(self, center: WorkCenter, move: Move, asked: Asked) -> Boundary:
        """Where the boundary is to lie; raises what speaks against it."""
        if not move.note.strip():
            raise InvalidAction(NOTE_EMPTY)
        if move.before is None and move.after is None:
            raise InvalidAction(
                say(
                    "boundary.no_job",
                    "between: no job is named",
                    "name a job before the boundary, or one behind it",
                )
            )
        if move.before == move.after:
            raise InvalidAction(
                say(
                    "boundary.same_job",
                    "between: {job} twice",
                    "name two jobs, or the run of one that is meant",
                    job=move.before or "",
                )
            )
        self._desk.expected(self._floor.job(move.after or move.before or ""), asked)
        return self._borders.meant(center, move)

    def _moved(
        self, boundary: Boundary, asked: Asked
    ) -> Iterator[tuple[ExpectedVersion, FactDraft]]:
        """Events of the jobs that began or ended at another time, the one behind first."""
        at = boundary.cut.at
        sides = ((boundary.after, "start"), (boundary.before, "end"))
        for run, side in sides:
            if run is not None and getattr(run, side) != at:
                job = self._floor.job(run.job_order_id)
                stamps = self._stamps(job, boundary, run, side)
                yield _expected(job), self._event(job, stamps, asked)

    def _stamps(self, job: JobOrder, boundary: Boundary, run: Run, side: str) -> dict[str, Json]:
        """What an event says of a run; of its last one also when the job began, or ended."""
        at = boundary.cut.at
        said: dict[str, Json] = {"run": {"started": run.started, side: at}}
        mine = [one.started for one in boundary.recorded if one.job_order_id == job.id]
        if run.started != max(mine):
            return said
        if side == "start":
            return {**said, "started_at": at}
        return {**said, "ended_at": at} if job.state in FINAL_JOB_STATES else said

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
        changed = list(
            restated_counts(
                counts, boundary, self._running(center.id), self._floor.register.run_time
            )
        )
        now = {one.fact.seq: one.with_(parts) for one, parts in changed}
        declared = [one for one in facts if one.fact.kind in DECLARED]
        concerned = {job for one, _ in changed for job in _jobs(one)}
        concerned |= boundary.jobs
        as_known = [now.get(one.fact.seq, one) for one in counts]
        return [
            *changed,
            *restated_declarations(declared, as_known, concerned, self._floor.register.run_time),
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


def _jobs(one: Known) -> set[str | None]:
    return {fact.job_order_id for fact in one.now.stands}


def _expected(job: JobOrder) -> ExpectedVersion:
    return ExpectedVersion(job_order_id=job.id, version=job.version)


def _said(boundary: Boundary) -> dict[str, Json]:
    """The boundary as corrections name it."""
    said: dict[str, Json] = {"between": list(boundary.sides), "at": boundary.cut.at}
    return said if boundary.cut.raw is None else said | {"raw": boundary.cut.raw}
