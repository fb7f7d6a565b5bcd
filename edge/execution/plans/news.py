"""What the plan says anew to a work center, and whether the people there have seen it."""

from collections.abc import Iterator, Sequence

from edge.domain.facts import FactKind, Json
from edge.domain.hours import DAY
from edge.domain.instructions import Sheet
from edge.domain.orders import HourInstruction, job_order_id
from edge.domain.plan_versions import ToldPlan
from edge.domain.sentences import remembered, say
from edge.execution.desk import Answer, Asked, Desk
from edge.execution.dispatch.moving import MOST, USUAL, parts
from edge.execution.dispatch.triggers import because
from edge.execution.errors import NotAllowed, UnknownObject
from edge.execution.figures.reports import shift_for
from edge.execution.plans.room import PlanRoom
from edge.planning.comparing.difference import HourChange

LOOKED_BACK = 2 * DAY  # what was not seen by then is an old plan's


class PlanNews:
    """Versions that changed the shift of a work center; a person there acknowledges them."""

    def __init__(self, room: PlanRoom) -> None:
        self._room, self._floor, self._desk = room, room.floor, Desk(room.floor)

    def of(self, work_center: str) -> dict[str, Json] | None:
        """What changed since the last version that was seen there; None if all was seen.

        `overdue`: it was told longer ago than the plant allows, and nobody has acknowledged it.
        """
        waiting = self._waiting(work_center)
        if not waiting:
            return None
        newest, oldest = waiting[0], waiting[-1]
        version = self._room.version(newest.plan)
        # Before the first version there is nothing: what came after it is what changed.
        before = self._room.version(oldest.plan).replaces or oldest.plan
        changes = list(self._changes(work_center, before, newest.plan))
        return {
            "plan": newest.plan,
            "since": before,
            "told_at": oldest.told_at,
            "why": self._why(waiting),
            "released_by": version.released_by or None,
            "overdue": self._is_overdue(oldest),
            "changes": changes,
        }

    def unseen(self) -> list[dict[str, Json]]:
        """Work centers where a version was not acknowledged, each with the last one."""
        found = ((center, self._waiting(center)) for center in self._floor.work_centers)
        return [
            {
                "work_center": center,
                "plan": waiting[0].plan,
                "told_at": waiting[-1].told_at,
                "overdue": self._is_overdue(waiting[-1]),
            }
            for center, waiting in found
            if waiting
        ]

    async def acknowledge(self, work_center: str, plan: int, asked: Asked) -> Answer:
        """Say that a version was seen at a work center, and with it all before.

        Raises UnknownObject, NotAllowed where the version has told it nothing, RequestConflict.
        """
        if again := self._desk.answered(asked):
            return again
        self._floor.work_center(work_center)
        told = self._room.reader.told(work_center)
        if plan not in {one.plan for one in told}:
            raise NotAllowed(
                say(
                    "plan.not_told",
                    "version {plan} of the plan has changed nothing at {work_center}",
                    "look at the board again",
                    plan=plan,
                    work_center=work_center,
                )
            )
        body = {"plan": plan, "work_center": work_center, "hour": None}
        draft = self._desk.draft(FactKind.INSTRUCTION_ACKNOWLEDGED, work_center, asked, body)
        return self._desk.answer(await self._desk.record(asked, draft))

    def _waiting(self, work_center: str) -> list[ToldPlan]:
        """What was told and not seen, the newest first."""
        since = self._floor.clock.now() - LOOKED_BACK
        told = self._room.reader.told(work_center, since)
        return [one for one in told if one.seen_plan is None]

    def _why(self, waiting: Sequence[ToldPlan]) -> Json:
        """Why all these versions were made, the latest reasons; that an hour began is none."""
        views = [self._room.version(one.plan).why_view for one in waiting]
        said = [part for one in views if one for part in parts(remembered(one))]
        news = {str(one): one for one in said if one.code not in USUAL}
        found = [*news.values()][:MOST] or said[:1]
        return because(found).view() if found else None

    def _is_overdue(self, told: ToldPlan) -> bool:
        within = self._room.releasing.rules.acknowledge_within_us
        return bool(within) and self._floor.clock.now() - told.told_at > within

    def _changes(self, work_center: str, before: int, after: int) -> Iterator[Json]:
        """Hours of the shift that are other, or by other papers, which are told then; none where a
        version is not kept whole any more."""
        shift = shift_for(self._floor.work_center(work_center), self._floor.clock.now())
        if shift is None or not before:
            return
        try:
            changed = self._room.difference(before, after).hours
            papers = self._room.other_papers(before, after)
        except (NotAllowed, UnknownObject):
            return
        there = {_place(one): one for one in papers if one.work_center == work_center}
        pieces = {_place(one): one for one in changed if one.work_center == work_center}
        every = {place: _as_before(one) for place, one in there.items()} | pieces
        for place, one in sorted(every.items()):
            if one.hour < shift.end:
                yield _change(one, there.get(place))


def _place(one: HourChange | HourInstruction) -> tuple[int, str, int]:
    return (one.hour, one.order, one.operation)


def _as_before(one: HourInstruction) -> HourChange:
    """An hour of which only the papers are others."""
    return HourChange(
        work_center=one.work_center,
        hour=one.hour,
        label=one.label,
        order=one.order,
        operation=one.operation,
        before=one.quantity,
        after=one.quantity,
    )


def _change(one: HourChange, papers: HourInstruction | None) -> Json:
    return {
        "hour": one.hour,
        "label": one.label,
        "job_order_id": job_order_id(one.order, one.operation),
        "before": one.before,
        "after": one.after,
        "papers": _papers(papers.sheet) if papers else None,
    }


def _papers(sheet: Sheet) -> Json:
    documents: list[Json] = [
        {"id": one.id, "revision": one.revision, "title": one.title} for one in sheet.documents
    ]
    return {"revision": sheet.revision, "documents": documents}
