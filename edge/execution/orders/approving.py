"""The end of a set-up where a person says so, and which of its pieces are good after all.

Where `setup_pieces` of the product or the work center is `scrap` or `approval`, set-up goes on
until then, and what is counted meanwhile is scrap, flagged. With `approval` a person says how
many of them are good: the others stay start-up scrap.
"""

from dataclasses import replace

from edge.domain.facts import FactDraft, FactKind, Source
from edge.domain.jobs import SetupHour
from edge.domain.orders import JobOrder
from edge.domain.production import HourQuantity
from edge.domain.sentences import say
from edge.domain.vocabulary import JobState
from edge.execution.authority import QUALITY
from edge.execution.desk import Answer, Asked, Desk, resolved
from edge.execution.errors import InvalidAction, NotAllowed
from edge.execution.floor import Floor
from edge.execution.orders.passing import passed_on_late
from edge.execution.orders.transitions import recording

REASON = "SETUP"
Place = tuple[int, str, str, str]


class Approving:
    """Ends set-ups on one edge's floor."""

    def __init__(self, floor: Floor) -> None:
        self._floor, self._desk = floor, Desk(floor)

    async def approve(self, id_: str, good: int, asked: Asked) -> Answer:
        """End the set-up of a job; `good` of the pieces that it made are good.

        Raises UnknownObject, InvalidAction, NotAllowed (NotAuthorized), VersionConflict,
        EquipmentUnreachable, RequestConflict, StoreUnavailable.
        """
        floor = self._floor
        center = floor.job(id_).work_center
        async with floor.lock(center):
            floor.register.reload()
            if again := self._desk.answered(asked):
                return again
            self._check(self._desk.expected(floor.job(id_), asked), good, asked.actor)
            boundary = await floor.equipment.force_reading(center)
            floor.register.reload()
            job = floor.job(id_)
            ended = recording(
                floor.register,
                job,
                "run",
                at=boundary.at,
                source=Source.OPERATOR,
                actor=asked.actor,
                boundary=boundary,
            )
            drafts = [*ended.drafts, *self._good(job, good, asked)]
            late = passed_on_late(floor.register, {job.id: good}, boundary.at)
            try:
                recorded = await floor.writer.record(
                    replace(
                        ended,
                        drafts=(*drafts, *late.drafts),
                        versions=(*ended.versions, *late.versions),
                        request=asked.request,
                    )
                )
            finally:
                floor.register.outdated = True
            floor.register.reload()
            await floor.equipment.reclassify(center)
            return self._desk.answer(recorded)

    def _check(self, job: JobOrder, good: int, actor: str) -> None:
        policy = self._floor.work_centers[job.work_center].setup_policy(job)
        if policy == "good":
            raise NotAllowed(
                say(
                    "setup.ends_itself",
                    "{work_center}: set-up ends by itself when the machine produces",
                    "nothing is to be said",
                    work_center=job.work_center,
                )
            )
        if job.state != JobState.RUNNING or job.phase != "setup":
            raise NotAllowed(
                say(
                    "setup.none", "{job} is not being set up", "look at the board again", job=job.id
                )
            )
        if policy == "scrap" and good:
            raise InvalidAction(
                say(
                    "setup.scrap",
                    "good {good}: pieces of set-up are scrap at {work_center}",
                    "say 0",
                    good=good,
                    work_center=job.work_center,
                )
            )
        if good:
            self._floor.authority.check(actor, QUALITY)

    def _good(self, job: JobOrder, good: int, asked: Asked) -> list[FactDraft]:
        """Scrap taken back, hour by hour, the latest first."""
        rows = self._floor.register.book.setup_hours(job.id)
        scrap = self._scrap(job)
        there = {row: max(min(row.left, scrap.get(_place(row), 0)), 0) for row in rows}
        if not 0 <= good <= sum(there.values()):
            many = sum(there.values())
            raise InvalidAction(
                say(
                    "setup.too_many",
                    "good {good}: {many} pieces of set-up are not approved",
                    "say 0 to {many}",
                    good=good,
                    many=many,
                )
            )
        drafts, left = list[FactDraft](), good
        for row in sorted(rows, key=lambda one: one.hour, reverse=True):
            if taken := min(left, there[row]):
                drafts.append(self._draft(job, row, taken, asked))
                left -= taken
        return drafts

    def _scrap(self, job: JobOrder) -> dict[Place, int]:
        """Scrap that stands in each hour of the job: more of it cannot be good after all."""
        rows = self._floor.reader.hour_quantities(job.work_center, 0, self._floor.clock.now() + 1)
        return {_place(row): row.scrap for row in rows if row.job_order_id == job.id}

    def _draft(self, job: JobOrder, row: SetupHour, pieces: int, asked: Asked) -> FactDraft:
        calendar = self._floor.work_centers[job.work_center].calendar
        body = {
            "hour": row.hour,
            "run_time_per_item": row.run_time_per_item or None,
            "calendar": resolved(calendar, row.shift, row.production_day),
            "quantity": -pieces,
            "reason": REASON,
            "effect": "reclassify",
            "setup": True,
        }
        return self._desk.draft(FactKind.SCRAP, job.work_center, asked, body, job.id)


def _place(row: SetupHour | HourQuantity) -> Place:
    return row.hour, row.run_time_per_item, row.shift, row.production_day
