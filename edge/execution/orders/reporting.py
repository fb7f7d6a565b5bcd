"""Lines without a counter: a person reports by hour what a job made.

A report is a difference: it adds to what was reported before, or takes back from it, so
that two people who report at once both count and a fact is never overwritten. Each is a
count of source `operator` and tag `manual`, whose raw range goes on where the last one
ended, in pieces said so far, so that every book sees each report once and none twice.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from math import floor
from typing import Literal

from edge.domain.clock import MICROS
from edge.domain.facts import FactDraft, FactKind, Json
from edge.domain.hours import hour_label, hour_start, next_hour
from edge.domain.jobs import Beyond
from edge.domain.orders import JobOrder
from edge.domain.production import HourQuantity
from edge.domain.recording import Baseline, BaselineMove
from edge.domain.sentences import say
from edge.execution.authority import SUPERVISOR
from edge.execution.desk import Answer, Asked, Desk, in_bucket
from edge.execution.errors import BeyondTolerance, Implausible, InvalidAction, NotAllowed
from edge.execution.floor import Floor, WorkCenter
from edge.execution.restating.taking_back import taken_back
from edge.execution.wording import PIECE_WORDS

TAG, EPOCH = "manual", 1
REPORTED = "reported"
Role = Literal["good", "scrap"]


@dataclass(frozen=True, kw_only=True)
class Report:
    """Pieces to add to an hour (us, any time in it), or to take back where below 0.

    `reason` is that of the scrap, also of scrap that is taken back; `confirm` says that more
    than the cycle time allows was made all the same.
    """

    hour: int
    good: int
    scrap: int
    reason: str = ""
    confirm: bool = False


@dataclass(frozen=True)
class Part:
    """Pieces of a report: hour, run time and shift of theirs, and what was said of scrap."""

    role: Role
    when: dict[str, Json]
    quantity: int
    reason: str = ""


class Reporting:
    """Quantities that people report on one edge's floor."""

    def __init__(self, floor: Floor) -> None:
        self._floor, self._desk = floor, Desk(floor)

    async def report(self, id_: str, report: Report, asked: Asked) -> Answer:
        """Record what a job made in an hour.

        Raises UnknownObject, InvalidAction, NotAllowed on a work center that counts,
        Implausible unless it is confirmed, VersionConflict, RequestConflict,
        StoreUnavailable.
        """
        async with self._floor.lock(self._floor.job(id_).work_center):
            if again := self._desk.answered(asked):
                return again
            self._floor.register.reload()
            job = self._desk.expected(self._floor.job(id_), asked)
            center = self._floor.work_center(job.work_center)
            self._check(job, center, report)
            self._tolerated(job, report, asked.actor)
            drafts, move = self._facts(job, center, report, asked)
            recorded = await self._desk.record(
                asked, *drafts, baselines=(move,), good={job.id: report.good}
            )
            return self._desk.answer(recorded)

    def _check(self, job: JobOrder, center: WorkCenter, report: Report) -> None:
        if not center.manual:
            raise NotAllowed(
                say(
                    "report.counted",
                    "{work_center} counts its pieces by {device}: good ones cannot be reported "
                    "by hand",
                    "report scrap, or correct the count's fact",
                    work_center=center.id,
                    device=center.device or "",
                )
            )
        if job.started_at is None:
            raise NotAllowed(
                say(
                    "report.not_started",
                    "{job} was not started",
                    "start it, then report what it made",
                    job=job.id,
                )
            )
        if not report.good and not report.scrap:
            raise InvalidAction(
                say(
                    "report.nothing",
                    "good and scrap are 0: there is nothing to report",
                    "say how many pieces were made",
                )
            )
        if report.reason and not report.scrap:
            raise InvalidAction(
                say(
                    "report.reason_alone",
                    "a reason is given, but no scrap",
                    "say the pieces of scrap, or no reason",
                )
            )
        zone, now = center.calendar.zone, self._floor.clock.now()
        hour = hour_start(report.hour, zone)
        first = hour_start(job.started_at, zone)
        last = hour_start(now if job.ended_at is None else job.ended_at, zone)
        if not first <= hour <= last:
            label = partial(hour_label, zone=zone, date=True)
            raise InvalidAction(
                say(
                    "report.hour",
                    "hour {hour}: {job} was worked on from {first} to {last}",
                    "name an hour in that time",
                    hour=label(hour),
                    job=job.id,
                    first=label(first),
                    last=label(last),
                )
            )
        self._check_sums(job, center, report, hour)

    def _check_sums(self, job: JobOrder, center: WorkCenter, report: Report, hour: int) -> None:
        rows = self._floor.reader.hour_quantities(center.id, hour, hour + 1)
        mine = [row for row in rows if row.job_order_id == job.id]
        for name, added in (("good", report.good), ("scrap", report.scrap)):
            made = sum(getattr(row, name) for row in mine)
            if added < 0 and made + added < 0:
                raise InvalidAction(
                    say(
                        "report.taken_back",
                        "{what} {added}: only {made} were reported for that hour",
                        "take back no more than that",
                        what=PIECE_WORDS[name],
                        added=added,
                        made=made,
                    )
                )
        if report.good + report.scrap > 0 and not report.confirm:
            self._is_there(job, report)
            self._plausible(job, center, report, rows, hour)

    def _tolerated(self, job: JobOrder, report: Report, actor: str) -> None:
        """Raise if more good pieces are reported than the product's tolerance allows."""
        policy, most = job.completion, job.completion.most(job.quantity)
        good = job.good + report.good
        if policy.beyond is Beyond.ALLOW or report.good <= 0 or good <= most:
            return
        if policy.beyond is Beyond.REFUSE:
            raise NotAllowed(
                say(
                    "report.too_many",
                    "{job} would have {good} good pieces, and at most {most} are allowed",
                    "report them without the order, or have the ERP change it",
                    job=job.id,
                    good=good,
                    most=most,
                )
            )
        if not report.confirm:
            raise BeyondTolerance(
                say(
                    "report.too_many_ask",
                    "{job} would have {good} good pieces, and at most {most} are allowed; a "
                    "supervisor may report them all the same",
                    job=job.id,
                    good=good,
                    most=most,
                )
            )
        self._floor.authority.check(actor, SUPERVISOR)

    def _is_there(self, job: JobOrder, report: Report) -> None:
        """Raise Implausible if more was made than was passed on: who forgot to report?"""
        limit = self._floor.register.limit(job)
        made = job.good + job.scrap + report.good + report.scrap
        if limit is not None and made > limit:
            raise Implausible(
                say(
                    "report.no_input",
                    "{job} would have {made} pieces, and the operation before has passed on "
                    "{limit}",
                    job=job.id,
                    made=made,
                    limit=limit,
                )
            )

    def _plausible(
        self,
        job: JobOrder,
        center: WorkCenter,
        report: Report,
        rows: Sequence[HourQuantity],
        hour: int,
    ) -> None:
        """Raise Implausible if all that was made in the hour takes longer than it lasted.

        One more piece is believed: it was under way when the hour began.
        """
        cycle = job.run_time_per_item
        end = min(next_hour(hour, center.calendar.zone), self._floor.clock.now())
        needed = cycle * (report.good + report.scrap - 1) + sum(
            Fraction(row.run_time_per_item or 0) * (row.good + row.scrap + row.rework)
            for row in rows
        )
        lasted = Fraction(end - hour, MICROS)
        if cycle > 0 and needed > lasted:
            most = max(floor((lasted - needed) / cycle) + report.good + report.scrap, 0)
            raise Implausible(
                say(
                    "report.no_time",
                    "{good} good and {scrap} scrap more at {hour}: at {seconds} s a piece the "
                    "hour so far has room for {most}",
                    good=report.good,
                    scrap=report.scrap,
                    hour=hour_label(hour, center.calendar.zone),
                    seconds=f"{float(cycle):g}",
                    most=most,
                )
            )

    def _facts(
        self, job: JobOrder, center: WorkCenter, report: Report, asked: Asked
    ) -> tuple[list[FactDraft], BaselineMove]:
        before, at = self._floor.baseline(center.id, TAG), self._moment(job, center, report.hour)
        raw = before.raw if before else 0
        drafts = []
        for part in (*self._good(job, center, report, at), *self._scrap(job, center, report, at)):
            body = _count(part.role, part.quantity, raw, at) | part.when
            raw = int(body["raw_to"])
            kind = FactKind.PRODUCTION_COUNT
            drafts.append(self._desk.draft(kind, center.id, asked, body, job.id))
            if part.reason:
                why = {"reason": part.reason, "effect": "reason_only", "quantity": part.quantity}
                body = part.when | why
                drafts.append(self._desk.draft(FactKind.SCRAP, center.id, asked, body, job.id))
        new = Baseline(equipment_id=center.id, tag=TAG, counter_epoch=EPOCH, raw=raw, at=at)
        return drafts, BaselineMove(expected=before, new=new)

    def _moment(self, job: JobOrder, center: WorkCenter, hour: int) -> int:
        """The last moment (us) of the hour that there was, and in which the job was on."""
        end = next_hour(hour, center.calendar.zone) - 1
        ended = end if job.ended_at is None else job.ended_at
        start = hour_start(hour, center.calendar.zone)
        return max(min(end, ended, self._floor.clock.now()), start)

    def _good(self, job: JobOrder, center: WorkCenter, report: Report, at: int) -> Iterator[Part]:
        """Where good pieces are added, or from which shifts of the hour they are taken back."""
        if report.good > 0:
            yield Part("good", self._desk.when(center.id, at, job), report.good)
        left = -report.good
        mine = self._hour(job, center, at) if left > 0 else []
        for row in sorted(mine, key=lambda row: row.production_day, reverse=True):
            if (taken := min(left, row.good)) > 0:
                left -= taken
                yield Part("good", in_bucket(row, center.calendar), -taken)

    def _scrap(self, job: JobOrder, center: WorkCenter, report: Report, at: int) -> Iterator[Part]:
        """The same of scrap, with its reason."""
        if report.scrap > 0:
            when = self._desk.when(center.id, at, job)
            yield Part("scrap", when, report.scrap, report.reason)
        if report.scrap < 0:
            mine, known = self._hour(job, center, at), self._floor.named(center.id, job.id)
            for back in taken_back(mine, known, -report.scrap, report.reason):
                when = in_bucket(back.bucket, center.calendar)
                yield Part("scrap", when, -back.quantity, back.reason)

    def _hour(self, job: JobOrder, center: WorkCenter, at: int) -> list[HourQuantity]:
        hour = hour_start(at, center.calendar.zone)
        rows = self._floor.reader.hour_quantities(center.id, hour, hour + 1)
        return [row for row in rows if row.job_order_id == job.id]


def _count(role: str, quantity: int, raw: int, at: int) -> dict[str, Json]:
    return {
        "role": role,
        "quantity": quantity,
        "tag": TAG,
        "counter_epoch": EPOCH,
        "raw_from": raw,
        "raw_to": raw + abs(quantity),
        "from": at,
        "to": at,
        "flags": [REPORTED],
    }
