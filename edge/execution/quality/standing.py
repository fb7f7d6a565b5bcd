"""Inspections of a floor: which are due now, on which job order, and what that forbids."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from edge.domain.orders import JobOrder
from edge.domain.quality.due import Due, Ended, Standing, due_of
from edge.domain.quality.plans import OVERDUE, InspectionPlan
from edge.domain.quality.records import QualityReader
from edge.domain.sentences import Sentence, say
from edge.domain.vocabulary import OPEN_JOB_STATES, JobState
from edge.execution.floor import Floor
from edge.execution.gates import Block
from edge.execution.quality.suspecting import made

UNITS: Mapping[str, Sentence] = {
    "pieces": say("word.pieces", "pieces"),
    "minutes": say("word.minutes", "minutes"),
}
ASKED_FOR = 24 * 3_600 * 1_000_000  # us after its end in which a job's last piece is asked for


@dataclass(frozen=True, kw_only=True)
class Asked:
    """An inspection of a job order; `due` None where it is not due now.

    `not_taken`: why what the machine measures was not taken; nothing if all is well.
    """

    job: JobOrder
    plan: InspectionPlan
    due: Due | None
    not_taken: Sequence[Sentence] = ()


class Inspections:
    """What is to be inspected, and the gate that overdue inspections are."""

    def __init__(self, floor: Floor, reader: QualityReader) -> None:
        self._floor, self._reader = floor, reader
        self.not_taken: Mapping[tuple[str, str], Sequence[Sentence]] = {}

    def of(self, work_center: str) -> list[Asked]:
        """All inspections of the job orders that are on a work center, or just were."""
        now = self._floor.clock.now()
        jobs = [
            job
            for job in self._floor.register.jobs.values()
            if job.work_center == work_center and job.inspections and _concerns(job, now)
        ]
        return [asked for job in jobs for asked in self.of_job(job)]

    def of_job(self, job: JobOrder) -> list[Asked]:
        """All inspections of a job order that was started."""
        if job.started_at is None or not job.inspections:
            return []
        standing, covered = self._standing(job), self._covered(job)
        ended = job.state not in OPEN_JOB_STATES
        return [
            Asked(
                job=job,
                plan=plan,
                due=due_of(plan, standing, covered.get(plan.id, ())),
                not_taken=self.not_taken.get((job.id, plan.id), ()),
            )
            for plan in job.inspections
            if plan.when.last or not ended
        ]

    def due(self, work_center: str) -> list[Asked]:
        """Those that are due."""
        return [asked for asked in self.of(work_center) if asked.due]

    def blocks(self, job: JobOrder, actor: str | None) -> Iterator[Block]:
        """The gate: what overdue inspections say against the start or resume of `job`."""
        for asked in self.due(job.work_center):
            due, how = asked.due, asked.plan.consequence(OVERDUE)
            if due is None or not due.overdue or how == "none":
                continue
            own, over = asked.job.id == job.id, asked.job.state not in OPEN_JOB_STATES
            holds = how == "hold_start" or (how == "hold_job" and (own or over))
            if holds or how == "warn":
                yield Block(said=told(asked), only_warns=not holds)

    def interrupts(self, job: JobOrder) -> Iterator[str]:
        """Why a running job may not go on."""
        if not any(plan.consequence(OVERDUE) == "hold_job" for plan in job.inspections):
            return
        for asked in self.of_job(job):
            due = asked.due
            if due and due.overdue and asked.plan.consequence(OVERDUE) == "hold_job":
                yield told(asked).detail

    def _covered(self, job: JobOrder) -> dict[str, set[str]]:
        """The points that results of a job order cover, by inspection."""
        covered: dict[str, set[str]] = {}
        for result in self._reader.results(job.id):
            if result.voided_at is None:
                covered.setdefault(result.inspection, set()).update(json.loads(result.covers))
        return covered

    def _standing(self, job: JobOrder) -> Standing:
        now = self._floor.clock.now()
        assert job.started_at is not None
        whens = [plan.when for plan in job.inspections]
        timed = any(when.every_minutes is not None or when.first_after for when in whens)
        stops = any("stop" in when.first_after for when in whens)
        return Standing(
            made=made(job),
            produced=self._produced(job, job.started_at, now) if timed else 0,
            in_setup=job.phase == "setup",
            stops=tuple(self._stops(job, now)) if stops else (),
            complete_since=_complete_since(job, now),
        )

    def _stops(self, job: JobOrder, now: int) -> Iterator[Ended]:
        assert job.started_at is not None
        for stop in self._floor.reader.stops(job.work_center, job.started_at, now + 1):
            if stop.end is not None and stop.job_order_id == job.id:
                since = self._produced(job, stop.end, now)
                yield Ended(id=stop.id, lasted=stop.end - stop.start, produced_since=since)

    def _produced(self, job: JobOrder, since: int, now: int) -> int:
        return self._reader.run_time_of(job.work_center, job.id, since, now)


def told(asked: Asked) -> Sentence:
    """An inspection that is late, in words."""
    due = asked.due
    assert due is not None
    return say(
        "inspection",
        "inspection {inspection} ({name}) of {job} is due, {late} {unit} late",
        "inspect {inspection} of {job} and record it",
        inspection=asked.plan.id,
        name={"en": asked.plan.en, "zh": asked.plan.zh},
        job=asked.job.id,
        late=due.late,
        unit=UNITS[due.unit],
    )


def _concerns(job: JobOrder, now: int) -> bool:
    """Whether a job order is on, or ended so lately that its last piece is still asked for."""
    if job.state in OPEN_JOB_STATES:
        return True
    lately = job.ended_at is not None and now - job.ended_at < ASKED_FOR
    return job.state == JobState.ENDED and lately and any(one.when.last for one in job.inspections)


def _complete_since(job: JobOrder, now: int) -> int | None:
    if job.state == JobState.ENDED and job.ended_at is not None:
        return max(now - job.ended_at, 0)
    return 0 if job.state in OPEN_JOB_STATES and job.left == 0 else None
