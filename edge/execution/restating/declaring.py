"""What people find of pieces that were made: scrap, rework, and what came of rework.

Each is said of the hours in which the pieces were made: of one that a person names, of a
production day, or else of the latest ones. A piece is counted once: one that ran through the
machine again was counted again, and is taken back in the hour of that run.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal
from zoneinfo import ZoneInfo

from edge.domain.clock import to_datetime
from edge.domain.facts import FactDraft, FactKind, Json
from edge.domain.hours import DAY, hour_label, hour_start
from edge.domain.orders import JobOrder
from edge.domain.production import HourQuantity
from edge.domain.sentences import Sentence, say
from edge.execution.desk import Answer, Asked, Desk, in_bucket
from edge.execution.errors import InvalidAction
from edge.execution.floor import Floor
from edge.execution.restating.reclassifying import Share, shares, unnamed
from edge.execution.wording import at_least_one, one_of_two

Part = tuple[dict[str, Json], int]  # hour, run time and shift; pieces


@dataclass(frozen=True, kw_only=True)
class MadeIn:
    """When the pieces were made: in an hour (us, any time in it), on a production day (ISO date),
    or, with neither, in the latest hours."""

    hour: int | None = None
    day: str | None = None


@dataclass(frozen=True, kw_only=True)
class Pieces:
    """Pieces that can be declared: what they stand as in an hour, and in words."""

    role: Literal["good", "scrap", "rework"]
    words: Sentence


GOOD = Pieces(role="good", words=say("word.good", "good"))
TO_REWORK = Pieces(role="rework", words=say("word.to_rework", "to be reworked"))
REJECTS = Pieces(role="scrap", words=say("word.rejects", "counted as reject"))
UNNAMED = Pieces(
    role="scrap", words=say("word.unnamed", "counted as reject and have no reason yet")
)
COUNTED = {"good": GOOD, "scrap": REJECTS}
LATEST = MadeIn()


@dataclass(frozen=True, kw_only=True)
class Found:
    """Pieces that are scrap: how many, why, and where on the part or at which station.

    `counted_as`: what their counter has counted them as, `good` or `reject`. None: as rejects
    where the machine counts rejects, else as good.
    """

    quantity: int
    reason: str
    made: MadeIn = LATEST
    place: str = ""
    counted_as: Literal["good", "reject"] | None = None


@dataclass(frozen=True, kw_only=True)
class ReworkDone:
    """What came of pieces that were to be reworked: `good` or `scrap`.

    `counted_as`: they ran through the machine again, whose counter counted them again as this;
    `rerun` is when. None: they did not.
    """

    quantity: int
    result: Literal["good", "scrap"]
    reason: str = ""
    made: MadeIn = LATEST
    counted_as: Literal["good", "scrap"] | None = None
    rerun: MadeIn = LATEST


class Declaring:
    """What people find, on one edge's floor."""

    def __init__(self, floor: Floor) -> None:
        self._floor, self._desk = floor, Desk(floor)

    async def scrap(self, id_: str, found: Found, asked: Asked) -> Answer:
        """Good pieces become scrap; of those that were counted as rejects only the reason is kept.

        Raises UnknownObject, InvalidAction, VersionConflict, RequestConflict, StoreUnavailable.
        """

        def drafts(job: JobOrder) -> list[FactDraft]:
            counted = self._as_rejects(job, found)
            effect = "reason_only" if counted else "reclassify"
            parts = self._parts(job, quantity, UNNAMED if counted else GOOD, made)
            return self._drafts(
                FactKind.SCRAP, job, asked, parts, found.reason, effect, found.place
            )

        quantity, made = found.quantity, found.made
        return await self._said(id_, quantity, asked, drafts, 0)

    async def rework(
        self,
        id_: str,
        quantity: int,
        reason: str,
        asked: Asked,
        made: MadeIn = LATEST,
        place: str = "",
    ) -> Answer:
        """Good pieces are to be reworked: neither good nor scrap until it is done. Raises as
        `scrap`."""

        def drafts(job: JobOrder) -> list[FactDraft]:
            parts = self._parts(job, quantity, GOOD, made)
            return self._drafts(FactKind.REWORK, job, asked, parts, reason, "reclassify", place)

        return await self._said(id_, quantity, asked, drafts, 0)

    async def rework_done(self, id_: str, done: ReworkDone, asked: Asked) -> Answer:
        """Pieces of rework are good again or scrap, in the hours in which they were made.

        Raises as `scrap`.
        """

        def drafts(job: JobOrder) -> list[FactDraft]:
            reason = done.reason or "rework"
            parts = self._parts(job, done.quantity, TO_REWORK, done.made, latest=False)
            found = self._drafts(FactKind.REWORK, job, asked, parts, reason, f"done_{done.result}")
            if done.counted_as is None:
                return found
            again = self._parts(job, done.quantity, COUNTED[done.counted_as], done.rerun)
            effect = f"rerun_{done.counted_as}"
            return [*found, *self._drafts(FactKind.REWORK, job, asked, again, reason, effect)]

        back = done.quantity if done.result == "good" else 0
        again = done.quantity if done.counted_as == "good" else 0
        return await self._said(id_, done.quantity, asked, drafts, back - again)

    async def _said(
        self,
        id_: str,
        quantity: int,
        asked: Asked,
        drafts: Callable[[JobOrder], list[FactDraft]],
        good: int,
    ) -> Answer:
        async with self._floor.lock(self._floor.job(id_).work_center):
            if again := self._desk.answered(asked):
                return again
            self._floor.register.reload()
            job = self._desk.expected(self._floor.job(id_), asked)
            if quantity < 1:
                raise InvalidAction(at_least_one(quantity))
            more = {job.id: good} if good else {}
            recorded = await self._desk.record(asked, *drafts(job), good=more)
            return self._desk.answer(recorded)

    def _as_rejects(self, job: JobOrder, found: Found) -> bool:
        """Whether the counter has told these pieces as rejects already."""
        counts = self._floor.work_centers[job.work_center].counts_rejects
        if found.counted_as == "reject" and not counts:
            raise InvalidAction(
                say(
                    "declaring.no_rejects",
                    "{work_center} counts no rejects: its scrap was counted as good",
                    "say counted_as good, or nothing",
                    work_center=job.work_center,
                )
            )
        return counts and found.counted_as != "good"

    def _drafts(
        self,
        kind: FactKind,
        job: JobOrder,
        asked: Asked,
        parts: Sequence[Part],
        reason: str,
        effect: str,
        place: str = "",
    ) -> list[FactDraft]:
        said = {"reason": reason, "effect": effect} | ({"place": place} if place else {})
        bodies = [when | said | {"quantity": pieces} for when, pieces in parts]
        return [self._desk.draft(kind, job.work_center, asked, body, job.id) for body in bodies]

    def _parts(
        self, job: JobOrder, quantity: int, of: Pieces, made: MadeIn, *, latest: bool = True
    ) -> list[Part]:
        """The hours in which the pieces were made, and how many of them in each."""
        calendar = self._floor.work_centers[job.work_center].calendar
        rows = self._free(job, self._rows(job, made), of)
        found = shares(rows, job.id, quantity, of.role, latest=latest)
        if made == LATEST and _sum(found) < quantity:  # some are of before it was started last
            rows = self._free(job, self._every(job), of)
            found = shares(rows, job.id, quantity, of.role, latest=latest)
        if (enough := _sum(found)) < quantity:
            raise InvalidAction(self._too_few(job, quantity, of, made, enough))
        return [(in_bucket(one.bucket, calendar), one.quantity) for one in found]

    def _free(
        self, job: JobOrder, rows: Sequence[HourQuantity], of: Pieces
    ) -> Sequence[HourQuantity]:
        """Hours with what can be declared only: of rework without what quality has yet to
        decide, of rejects without those that have a reason."""
        if of is TO_REWORK:
            return [replace(row, rework=row.rework - self._floor.apart(row)) for row in rows]
        if of is UNNAMED:
            mine = [row for row in rows if row.job_order_id == job.id]
            return unnamed(mine, self._floor.named(job.work_center, job.id))
        return rows

    def _every(self, job: JobOrder) -> Sequence[HourQuantity]:
        """All hours of the job's work center."""
        now = self._floor.clock.now()
        return self._floor.reader.hour_quantities(job.work_center, 0, now + 1)

    def _rows(self, job: JobOrder, made: MadeIn) -> Sequence[HourQuantity]:
        reader, now = self._floor.reader, self._floor.clock.now()
        zone = self._floor.work_centers[job.work_center].calendar.zone
        if made.hour is not None and made.day is not None:
            raise InvalidAction(one_of_two("hour", "day"))
        if made.hour is not None:
            hour = hour_start(made.hour, zone)
            return reader.hour_quantities(job.work_center, hour, hour + 1)
        since = hour_start(now if job.started_at is None else job.started_at, zone)
        if made.day is None:
            return reader.hour_quantities(job.work_center, since, now + 1)
        day = _day(made.day)
        rows = reader.hour_quantities(job.work_center, since - DAY, now + 1)
        return [row for row in rows if _day_of(row, zone) == day]

    def _too_few(
        self, job: JobOrder, quantity: int, of: Pieces, made: MadeIn, enough: int
    ) -> Sentence:
        """There are not so many of these pieces in the time that is meant."""
        if made == LATEST and self._opened(job, quantity, of):
            return say(
                "declaring.too_few_here",
                "quantity {quantity}: only {enough} pieces of {job} are {what} of those that were "
                "counted here",
                "for the others mend the rows of the opening state",
                quantity=quantity,
                enough=enough,
                job=job.id,
                what=of.words,
            )
        when = "" if made == LATEST else self._label(job, made)
        if of in {REJECTS, UNNAMED}:
            return say(
                "declaring.too_few_rejects",
                "quantity {quantity}: only {enough} pieces of {job} are {what}{when}",
                "if the machine has counted them as good, say counted_as good",
                quantity=quantity,
                enough=enough,
                job=job.id,
                what=of.words,
                when=when,
            )
        return say(
            "declaring.too_few",
            "quantity {quantity}: only {enough} pieces of {job} are {what}{when}",
            "say no more than that",
            quantity=quantity,
            enough=enough,
            job=job.id,
            what=of.words,
            when=when,
        )

    def _opened(self, job: JobOrder, quantity: int, of: Pieces) -> bool:
        """Whether the pieces are there, but of an opening state: in no hour of this edge."""
        known = self._floor.named(job.work_center, job.id) if of is UNNAMED else {}
        there = getattr(job, of.role) - sum(sum(reasons.values()) for reasons in known.values())
        return of is not TO_REWORK and there >= quantity

    def _label(self, job: JobOrder, made: MadeIn) -> Sentence:
        if made.hour is None:
            return say("word.on_day", " on {day}", day=made.day or "")
        zone = self._floor.work_centers[job.work_center].calendar.zone
        hour = hour_label(hour_start(made.hour, zone), zone, date=True)
        return say("word.at_hour", " at {hour}", hour=hour)


def _sum(found: Sequence[Share]) -> int:
    return sum(one.quantity for one in found)


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise InvalidAction(
            say("declaring.day", "day {day!r} is no date", "write for example 2026-06-08", day=text)
        ) from None


def _day_of(row: HourQuantity, zone: ZoneInfo) -> str:
    """The production day of pieces; outside any shift the local date."""
    return row.production_day or to_datetime(row.hour).astimezone(zone).date().isoformat()
