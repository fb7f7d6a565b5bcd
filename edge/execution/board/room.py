"""What people say on the board: the cause of an hour, its signature, and calls for help."""

from dataclasses import dataclass, field

from edge.domain.board import AndonCall, BoardReader
from edge.domain.facts import FactKind, Json
from edge.domain.hours import hour_label, hour_start
from edge.domain.recording import VersionConflict
from edge.domain.sentences import say
from edge.execution.authority import SUPERVISOR
from edge.execution.board.hours import HourFigures, Said
from edge.execution.board.rows import hour_figures
from edge.execution.desk import Answer, Asked, Desk
from edge.execution.errors import InvalidAction, NotAllowed, UnknownObject
from edge.execution.floor import Floor
from edge.execution.wording import one_of

TOPICS = ("maintenance", "material", "quality", "other")


@dataclass
class BoardRoom:
    """The board of one edge's floor; a signature is never changed, only taken back by a fact."""

    floor: Floor
    reader: BoardReader
    red_percent: int = 10
    _desk: Desk = field(init=False)

    def __post_init__(self) -> None:
        self._desk = Desk(self.floor)

    @property
    def said(self) -> Said:
        """For the board that is shown."""
        return Said(reader=self.reader, red_percent=self.red_percent)

    async def cause(
        self, work_center: str, hour: int, reason: str, note: str, asked: Asked
    ) -> Answer:
        """Say why an hour fell behind. Raises UnknownObject, VersionConflict, RequestConflict."""
        if again := self._desk.answered(asked):
            return again
        where, figures = self._hour(work_center, hour, asked)
        body = {**where, "event": "cause", "reason": reason, "note": note}
        return await self._say(work_center, asked, body | {"hour": figures.hour})

    async def sign(self, work_center: str, hour: int, note: str, asked: Asked) -> Answer:
        """Sign an hour that is over with the figures of now; asked with the version that was seen.

        Raises UnknownObject, NotAllowed (it lasts, is signed, or asks for its cause),
        NotAuthorized, VersionConflict, RequestConflict.
        """
        if again := self._desk.answered(asked):
            return again
        self.floor.authority.check(asked.actor, SUPERVISOR)
        async with self.floor.lock(work_center):
            where, figures = self._hour(work_center, hour, asked)
            row = figures.row
            if figures.part.end > self.floor.clock.now():
                raise NotAllowed(
                    say(
                        "hour.not_over",
                        "{hour} is not over",
                        "sign it when it is",
                        hour=row["label"],
                    )
                )
            if row["signature"]:
                raise NotAllowed(
                    say(
                        "hour.signed",
                        "{hour} is signed by {by}",
                        "take that back first",
                        hour=row["label"],
                        by=row["signature"]["by"],
                    )
                )
            if row["asks_cause"]:
                raise NotAllowed(
                    say(
                        "hour.no_cause",
                        "{hour} is red and nobody has said why",
                        "say its cause, then sign it",
                        hour=row["label"],
                    )
                )
            body = {**where, "event": "signed", "note": note, **_figures(figures)}
            return await self._say(work_center, asked, body)

    async def unsign(self, work_center: str, hour: int, note: str, asked: Asked) -> Answer:
        """Take a signature back, with why: a new fact; it can then be signed again.

        Raises UnknownObject, NotAllowed, NotAuthorized, VersionConflict, RequestConflict.
        """
        if again := self._desk.answered(asked):
            return again
        self.floor.authority.check(asked.actor, SUPERVISOR)
        async with self.floor.lock(work_center):
            where, figures = self._hour(work_center, hour, asked)
            if not figures.row["signature"]:
                raise NotAllowed(
                    say(
                        "hour.not_signed",
                        "{hour} is not signed",
                        "look at the board again",
                        hour=figures.row["label"],
                    )
                )
            body = {**where, "event": "unsigned", "note": note}
            return await self._say(work_center, asked, body)

    async def call(self, work_center: str, topic: str, note: str, asked: Asked) -> Answer:
        """Call for help. Raises UnknownObject, InvalidAction, RequestConflict."""
        if again := self._desk.answered(asked):
            return again
        self.floor.work_center(work_center)
        if topic not in TOPICS:
            raise InvalidAction(one_of("topic", topic, TOPICS))
        body = {"event": "called", "topic": topic, "note": note}
        return await self._andon(work_center, asked, body)

    async def acknowledge(self, id_: int, note: str, asked: Asked) -> Answer:
        """Say that somebody comes. Raises UnknownObject, NotAllowed, RequestConflict."""
        if again := self._desk.answered(asked):
            return again
        call = self._call(id_)
        if call.acknowledged_at is not None:
            raise NotAllowed(
                say(
                    "call.acknowledged",
                    "call {id} was acknowledged by {by}",
                    "look at the board again",
                    id=id_,
                    by=call.acknowledged_by,
                )
            )
        body = {"event": "acknowledged", "call": id_, "note": note}
        return await self._andon(call.equipment_id, asked, body)

    async def close(self, id_: int, note: str, asked: Asked) -> Answer:
        """Say that the help was given. Raises UnknownObject, NotAllowed, RequestConflict."""
        if again := self._desk.answered(asked):
            return again
        call = self._call(id_)
        body = {"event": "closed", "call": id_, "note": note}
        return await self._andon(call.equipment_id, asked, body)

    def _call(self, id_: int) -> AndonCall:
        call = self.reader.andon_call(id_)
        if call is None:
            raise UnknownObject(
                say(
                    "call.unknown", "no call {id} on this edge", "look at the list of calls", id=id_
                )
            )
        if call.closed_at is not None:
            raise NotAllowed(
                say(
                    "call.closed",
                    "call {id} was closed by {by}",
                    "call again if help is needed",
                    id=id_,
                    by=call.closed_by,
                )
            )
        return call

    def _hour(
        self, work_center: str, hour: int, asked: Asked
    ) -> tuple[dict[str, Json], HourFigures]:
        zone = self.floor.work_center(work_center).calendar.zone
        found = hour_figures(self.floor, work_center, hour, self.said)
        if found is None:
            raise UnknownObject(
                say(
                    "hour.unknown",
                    "no shift of {work_center} has the hour {hour}",
                    "name an hour of a shift",
                    work_center=work_center,
                    hour=hour_label(hour, zone, date=True),
                )
            )
        shift, figures = found
        version = figures.row["version"]
        if asked.version is not None and asked.version != version:
            raise VersionConflict(
                say(
                    "hour.changed",
                    "the hour is at version {version}, not {seen}: somebody has said something "
                    "of it",
                    "look at the board again",
                    version=version,
                    seen=asked.version,
                )
            )
        start = hour_start(hour, zone)
        return {
            "hour": start,
            "label": hour_label(start, zone, date=True),
            "shift": shift.name,
            "production_day": shift.production_day.isoformat(),
        }, figures

    async def _say(self, work_center: str, asked: Asked, body: dict[str, Json]) -> Answer:
        draft = self._desk.draft(FactKind.BOARD_HOUR, work_center, asked, body)
        return self._desk.answer(await self._desk.record(asked, draft))

    async def _andon(self, work_center: str, asked: Asked, body: dict[str, Json]) -> Answer:
        draft = self._desk.draft(FactKind.ANDON, work_center, asked, body)
        return self._desk.answer(await self._desk.record(asked, draft))


def _figures(figures: HourFigures) -> dict[str, Json]:
    """What is signed: all that the board shows of the hour, in numbers."""
    return {
        "plan": figures.plan,
        "expected": figures.expected,
        "good": figures.good,
        "scrap": figures.scrap,
        "difference": figures.difference,
        "cause": figures.row["cause"] or "",
        "orders": [
            {"job_order_id": one["job_order_id"], "plan": one["plan"], "good": one["actual"]}
            for one in figures.row["orders"]
        ],
    }
