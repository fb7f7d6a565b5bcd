"""What all that people do has in common: who asks, once and only once, and what is recorded."""

from collections.abc import Mapping
from dataclasses import dataclass

from edge.domain.calendars import WorkCalendar, compile_calendar
from edge.domain.facts import FactDraft, FactKind, Json, Source, decode
from edge.domain.hours import DAY, hour_start
from edge.domain.orders import JobOrder
from edge.domain.production import HourQuantity, ProductionReader
from edge.domain.recording import (
    BaselineMove,
    ExpectedState,
    ExpectedVersion,
    Recorded,
    Recording,
    Request,
    RequestConflict,
    VersionConflict,
)
from edge.domain.sentences import say
from edge.execution.floor import Floor
from edge.execution.orders.jobs import run_time_text
from edge.execution.orders.passing import passed_on_late

NONE_MORE: Mapping[str, int] = {}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Who asks, with which expected version of the job order, under which key.

    `afar`: at sync, which has looked whether they may.
    """

    actor: str
    request: Request
    version: int | None = None
    afar: bool = False


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What was committed: the seq of its fact and, for a job order, its version after it."""

    seq: int
    version: int | None = None


@dataclass(frozen=True)
class Desk:
    """Takes what people say, once under each key, and has it recorded."""

    floor: Floor

    def answered(self, asked: Asked) -> Answer | None:
        """The first answer to a request that comes again; raises RequestConflict."""
        first = first_of(self.floor.reader, asked.request)
        if first is None:
            return None
        return self.answer(Recorded(first_seq=first, last_seq=first, repeated=True))

    def answer(self, recorded: Recorded) -> Answer:
        """The answer that tells of the first fact of a recording."""
        stored = self.floor.reader.facts_after(recorded.first_seq - 1, 1)
        body = decode(stored[0].data).body
        return Answer(seq=recorded.first_seq, version=body.get("version"))

    def expected(self, job: JobOrder, asked: Asked) -> JobOrder:
        """The job, if it is as its caller saw it; raises VersionConflict."""
        if asked.version is not None and asked.version != job.version:
            raise VersionConflict(
                say(
                    "job.changed",
                    "{job} is at version {version}, not {seen}: it has changed since you looked",
                    "look again",
                    job=job.id,
                    version=job.version,
                    seen=asked.version,
                )
            )
        return job

    def when(self, work_center: str, at: int, job: JobOrder | None) -> dict[str, Json]:
        """Hour, shift and run time of pieces of `job` that were made at `at` (us)."""
        calendar = self.floor.work_centers[work_center].calendar
        shift = compile_calendar(calendar, at - DAY, at + DAY).shift_at(at)
        name, day = (shift.name, shift.production_day.isoformat()) if shift else ("", "")
        return {
            "hour": hour_start(at, calendar.zone),
            "run_time_per_item": run_time_text(job.run_time_per_item) if job else None,
            "calendar": resolved(calendar, name, day),
        }

    def draft(
        self,
        kind: FactKind,
        work_center: str,
        asked: Asked,
        body: Mapping[str, Json],
        job: str | None = None,
    ) -> FactDraft:
        """A fact that a person says now."""
        return FactDraft(
            kind=kind,
            occurred_at=self.floor.clock.now(),
            equipment_id=work_center,
            job_order_id=job,
            source=Source.OPERATOR,
            actor=asked.actor,
            body=body,
        )

    async def record(
        self,
        asked: Asked,
        *drafts: FactDraft,
        baselines: tuple[BaselineMove, ...] = (),
        good: Mapping[str, int] = NONE_MORE,
        versions: tuple[ExpectedVersion, ...] = (),
        states: tuple[ExpectedState, ...] = (),
    ) -> Recorded:
        """Commit facts under the request's key; progress has to be read anew after it.

        `good` are the good pieces more that they give to job orders: with them goes what
        becomes of the operations behind.
        """
        late = passed_on_late(self.floor.register, good, self.floor.clock.now())
        recording = Recording(
            drafts=(*drafts, *late.drafts),
            versions=(*versions, *late.versions),
            states=states,
            baselines=baselines,
            request=asked.request,
        )
        try:
            return await self.floor.writer.record(recording)
        finally:
            self.floor.register.outdated = True


def first_of(reader: ProductionReader, request: Request) -> int | None:
    """The seq of the first fact of a request that comes again; raises RequestConflict."""
    found = reader.answered(request.key)
    if found is None:
        return None
    fingerprint, first, _ = found
    if fingerprint != request.fingerprint:
        raise RequestConflict(
            say(
                "key.reused",
                "idempotency key {key!r} was used for another request",
                "use a new one",
                key=request.key,
            )
        )
    return first


def resolved(calendar: WorkCalendar, shift: str, day: str) -> dict[str, Json] | None:
    """`calendar` of a fact's body; None outside any shift."""
    if not shift:
        return None
    return {
        "id": calendar.id,
        "revision": calendar.revision,
        "shift": shift,
        "production_day": day,
    }


def in_bucket(bucket: HourQuantity, calendar: WorkCalendar) -> dict[str, Json]:
    """Hour, shift and run time of pieces that stand in a bucket."""
    return {
        "hour": bucket.hour,
        "run_time_per_item": bucket.run_time_per_item or None,
        "calendar": resolved(calendar, bucket.shift, bucket.production_day),
    }
