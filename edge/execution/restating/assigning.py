"""Pieces made without an order are given to a job later, in whole or in part, or taken back.

Only pieces that were recorded as nobody's: those of a job go to another one by a correction of
their count, or with its boundary. What a job gets it is credited with: one that was never
started stays startable with so many fewer left, and is ended once none is left.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from edge.domain.dividing import Portion, cut_at, joined, parts_of, portions, span
from edge.domain.facts import Fact, FactDraft, FactKind, Json, Source
from edge.domain.hours import DAY, hour_label, hour_start
from edge.domain.orders import JobOrder
from edge.domain.recording import ExpectedVersion
from edge.domain.restating import Known, RestatingReader
from edge.domain.sentences import say
from edge.domain.vocabulary import JobState
from edge.execution.authority import SUPERVISOR
from edge.execution.desk import Answer, Asked, Desk
from edge.execution.errors import InvalidAction, NotAllowed, UnknownObject
from edge.execution.floor import Floor, WorkCenter
from edge.execution.orders.jobs import event
from edge.execution.orders.passing import passed_on
from edge.execution.restating.parting import parting
from edge.execution.restating.sums import books_of, check_pieces
from edge.execution.wording import (
    NOBODY,
    NOTE_EMPTY,
    at_least_one,
    job_of_another,
    one_of_two,
    unknown_fact,
)

COUNT = (FactKind.PRODUCTION_COUNT,)


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """Pieces of an hour (us, any time in it) or of one count that get another job.

    `job` None takes them back; `taken_from` None are those that nobody has. `quantity` are so
    many good pieces, the first ones; None is all of them, scrap that was counted too.
    """

    job: str | None
    note: str
    hour: int | None = None
    fact: int | None = None
    taken_from: str | None = None
    quantity: int | None = None


@dataclass(frozen=True, kw_only=True)
class Unassigned:
    """Pieces of a count that nobody has."""

    fact: int
    hour: int
    role: str
    quantity: int
    start: int
    end: int


class Assigning:
    """Unassigned pieces of one edge's floor."""

    def __init__(self, floor: Floor, reader: RestatingReader) -> None:
        self._floor, self._reader, self._desk = floor, reader, Desk(floor)

    def unassigned(self, work_center: str, since: int) -> list[Unassigned]:
        """Pieces that nobody has now, made since a moment (us).

        Also those of hours ahead, where the clock was set back after they were counted.
        """
        center, ahead = self._floor.work_center(work_center), self._floor.clock.now() + DAY
        return [
            Unassigned(
                fact=one.fact.seq,
                hour=int(one.fact.body["hour"]),
                role=str(one.fact.body["role"]),
                quantity=portion.quantity,
                start=portion.start,
                end=portion.end,
            )
            for one in self._reader.facts(center.id, COUNT, since, ahead)
            for portion in portions(one.now)
            if portion.job is None and portion.quantity and span(one.fact)[1] >= since
        ]

    async def assign(self, work_center: str, said: Assignment, asked: Asked) -> Answer:
        """Record whose the pieces are; `asked.version` is that of the job that gets or gives them.

        Raises UnknownObject, InvalidAction, NotAllowed, NotAuthorized, VersionConflict,
        RequestConflict, StoreUnavailable.
        """
        center = self._floor.work_center(work_center)
        async with self._floor.lock(work_center):
            if again := self._desk.answered(asked):
                return again
            self._floor.authority.check(asked.actor, SUPERVISOR)
            self._floor.register.reload()
            self._check(center, said, asked)
            restated = await asyncio.to_thread(lambda: list(self._given(center, said)))
            good = check_pieces(self._floor.register, books_of(restated))
            note = {"note": said.note.strip()}
            drafts = [
                parting(self._desk, center.id, asked, one, parts, **note) for one, parts in restated
            ]
            events = list(self._credited(center, said, restated, good, asked))
            recorded = await self._desk.record(
                asked,
                *drafts,
                *(draft for _, draft in events),
                good=good,
                versions=tuple(version for version, _ in events if version),
            )
            self._floor.register.reload()
            return self._desk.answer(recorded)

    def _check(self, center: WorkCenter, said: Assignment, asked: Asked) -> None:
        if not said.note.strip():
            raise InvalidAction(NOTE_EMPTY)
        if (said.hour is None) == (said.fact is None):
            raise InvalidAction(one_of_two("hour", "fact"))
        if said.job == said.taken_from:
            raise InvalidAction(
                say(
                    "assigning.same",
                    "job_order_id and from say the same; nothing would change",
                    "name two different ones",
                )
            )
        if said.quantity is not None and said.quantity < 1:
            raise InvalidAction(at_least_one(said.quantity))
        for id_ in (said.taken_from, said.job):
            if id_ is not None:
                self._job(center, id_)
        self._desk.expected(self._floor.job(said.job or said.taken_from or ""), asked)

    def _job(self, center: WorkCenter, id_: str) -> JobOrder:
        job = self._floor.job(id_)
        if job.work_center != center.id:
            raise InvalidAction(job_of_another(job, center.id))
        if job.started_at is None and job.state == JobState.NOT_ALLOWED_TO_START:
            raise NotAllowed(
                say(
                    "assigning.no_input",
                    "{job} has no input yet: the operation before has passed nothing on",
                    "report or assign what that one made first",
                    job=id_,
                )
            )
        if job.started_at is None and job.state == JobState.ABORTED:
            raise NotAllowed(
                say(
                    "assigning.not_wanted",
                    "{job} is not wanted any more",
                    "choose another job",
                    job=id_,
                )
            )
        return job

    def _given(
        self, center: WorkCenter, said: Assignment
    ) -> Iterator[tuple[Known, list[dict[str, Any]]]]:
        """The counts that are otherwise then, with their parts; raises if there are not so many."""
        left = said.quantity
        some = False
        for one in self._named(center, said):
            whole = one.now.now
            if left == 0:
                break
            if left is not None and whole.body["role"] != "good":
                continue
            found, taken = _taken(portions(one.now), said, left)
            if not taken:
                continue
            some = True
            left = None if left is None else left - taken
            parts = parts_of(whole, joined(found), self._floor.register.run_time, by_raw=False)
            yield one, parts
        if not some or left:
            raise InvalidAction(
                say(
                    "assigning.too_few",
                    "there are not so many pieces of {whose} there; {missing} are missing",
                    "give fewer, or name another hour",
                    whose=said.taken_from or NOBODY,
                    missing=left or 0,
                )
            )

    def _named(self, center: WorkCenter, said: Assignment) -> Sequence[Known]:
        """The counts that are meant, of those that were recorded as nobody's."""
        if said.fact is not None:
            found = self._floor.reader.corrected(said.fact)
            if found is None:
                raise UnknownObject(unknown_fact(said.fact))
            fact = found.fact
            if fact.kind != FactKind.PRODUCTION_COUNT or fact.equipment_id != center.id:
                raise InvalidAction(
                    say(
                        "assigning.no_count",
                        "fact {seq} is no count of {work_center}",
                        "name a count of this work center",
                        seq=fact.seq,
                        work_center=center.id,
                    )
                )
            _refuse_owned(found.now)
            known = [(fact.seq, changes) for changes in found.earlier]
            return [Known(fact=fact, corrections=known)]
        zone = center.calendar.zone
        hour = hour_start(said.hour or 0, zone)
        if hour > self._floor.clock.now():
            raise InvalidAction(
                say(
                    "assigning.not_begun",
                    "hour {hour} has not begun yet",
                    "name an hour that has",
                    hour=hour_label(hour, zone, date=True),
                )
            )
        facts = self._reader.facts(center.id, COUNT, hour, hour)
        mine = [one for one in facts if one.fact.body["hour"] == hour]
        return [one for one in mine if one.now.now.job_order_id is None]

    def _credited(
        self,
        center: WorkCenter,
        said: Assignment,
        restated: Sequence[tuple[Known, list[dict[str, Any]]]],
        good: dict[str, int],
        asked: Asked,
    ) -> Iterator[tuple[ExpectedVersion | None, FactDraft]]:
        """Events of jobs that were never started: credited, ended with them, or open again."""
        spans = [span(one.fact) for one, _ in restated]
        for id_ in (said.job, said.taken_from):
            job = self._floor.register.jobs.get(id_ or "")
            if job is None or self._reader.was_on(job.id):
                continue
            after = replace(job, good=job.good + good.get(job.id, 0), version=job.version + 1)
            start = min(start for start, _ in spans)
            known = start if job.started_at is None else min(job.started_at, start)
            stamps: dict[str, Json] = {"started_at": known if after.good > 0 else None}
            name, state = "credited", job.state
            if after.left == 0 and id_ == said.job:
                name, state = "ended", JobState.ENDED
                stamps["ended_at"] = max(end for _, end in spans)
            elif job.state == JobState.ENDED and after.left > 0:
                name, state = "created", JobState.ALLOWED_TO_START
            after = replace(after, state=state)
            at, source = self._floor.clock.now(), Source.OPERATOR
            draft = event(after, name, at=at, source=source, actor=asked.actor, extra=stamps)
            yield ExpectedVersion(job_order_id=job.id, version=job.version), draft
            if state == JobState.ENDED:
                yield from ((None, one) for one in passed_on(self._floor.register, after, at))


def _refuse_owned(whole: Fact) -> None:
    if whole.job_order_id is not None:
        raise InvalidAction(
            say(
                "assigning.owned",
                "fact {seq} was recorded as {job}'s",
                "correct it, or move the job's boundary",
                seq=whole.seq,
                job=whole.job_order_id or "",
            )
        )


def _taken(
    found: Sequence[Portion], said: Assignment, left: int | None
) -> tuple[list[Portion], int]:
    """Portions with the new job, and how many pieces that are: the first ones, `left` at most."""
    kept: list[Portion] = []
    taken = 0
    for one in found:
        more = one.quantity if left is None else min(one.quantity, left - taken)
        if one.job != said.taken_from or more <= 0:
            kept.append(one)
            continue
        cut = cut_at([one], one.first + more, _moment(one, more))
        given = replace(cut[0], job=said.job, assigned=said.job is not None)
        kept += [given, *cut[1:]]
        taken += more
    return kept, taken


def _moment(one: Portion, pieces: int) -> int:
    """When so many pieces of a portion were there, if they came evenly."""
    return one.start + (one.end - one.start) * pieces // max(one.quantity, 1)
