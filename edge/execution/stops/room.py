"""The room of stops: what people say of them, and what is planned to stand still."""

import asyncio
from dataclasses import dataclass, field

from edge.domain.clock import MICROS, to_datetime
from edge.domain.facts import FactKind, Json
from edge.domain.recording import VersionConflict
from edge.domain.sentences import say
from edge.domain.states import Stop
from edge.domain.stops import Part, PlannedStop, StopReader, parts_of
from edge.execution.authority import SUPERVISOR
from edge.execution.desk import Answer, Asked, Desk
from edge.execution.errors import InvalidAction, NotAllowed, UnknownObject
from edge.execution.floor import Floor
from edge.execution.stops.rules import StopRules

NO_RULES = StopRules()
SAID = FactKind.STOP_REASON


@dataclass(frozen=True, kw_only=True)
class Window:
    """A planned stop as somebody asks for it, `start` <= t < `end` (us)."""

    start: int
    end: int
    reason: str
    note: str = ""


@dataclass
class Stops:
    """Stops of one edge's floor. Everything that is said is a fact; nothing is overwritten."""

    floor: Floor
    reader: StopReader
    rules: StopRules = NO_RULES
    _desk: Desk = field(init=False)

    def __post_init__(self) -> None:
        self._desk = Desk(self.floor)

    def follow(self, rules: StopRules) -> None:
        """Go by these rules from now on."""
        self.rules = rules

    async def reason(
        self, id_: int, reason: str, note: str, asked: Asked, part: int | None = None
    ) -> Answer:
        """Say why a work center stood: of the part that lies at `part` (us), or of the stop.

        Raises UnknownObject, InvalidAction, VersionConflict, RequestConflict.
        """
        async with self._lock_of(self._stop(id_)):
            if again := self._desk.answered(asked):
                return again
            stop = self._expected(id_, asked)
            self._check_reason(reason, stop.equipment_id)
            found = self._part(stop, part)
            body = {"stop": id_, **self.rules.resolved(reason), "note": note}
            return await self._say(stop.equipment_id, asked, body | _of_part(found))

    async def split(self, id_: int, at: int, reason: str, note: str, asked: Asked) -> Answer:
        """Cut a stop at an instant inside; what follows has this reason (empty: as before).

        Raises UnknownObject, InvalidAction, NotAllowed, VersionConflict, RequestConflict.
        """
        async with self._lock_of(self._stop(id_)):
            if again := self._desk.answered(asked):
                return again
            stop = self._expected(id_, asked)
            body = self._split(stop, at, reason, note)
            return await self._say(stop.equipment_id, asked, body)

    def _split(self, stop: Stop, at: int, reason: str, note: str) -> dict[str, Json]:
        end = self.floor.clock.now() if stop.end is None else stop.end
        if not stop.start < at < end:
            raise InvalidAction(
                say(
                    "stop.cut_outside",
                    "at {at}: it must lie inside the stop, after {start} and before {end}",
                    "name a time in between",
                    at=self._label(at),
                    start=self._label(stop.start),
                    end=self._label(end),
                )
            )
        before = self._part(stop, at)
        if before.start == at:
            raise NotAllowed(
                say(
                    "stop.cut_already",
                    "stop {id} is cut there already",
                    "look at its parts again",
                    id=stop.id,
                )
            )
        said = reason or (before.reason if before.given else "")
        self._check_reason(said, stop.equipment_id)
        resolved = self.rules.resolved(said) if said else _no_reason()
        note = note or ("" if reason else before.note)
        return {"event": "split", "stop": stop.id, "at": at, **resolved, "note": note}

    async def merge(self, id_: int, at: int, asked: Asked) -> Answer:
        """Join two parts again where they were cut; the reason of the first one holds for both.

        Raises UnknownObject, NotAllowed, VersionConflict, RequestConflict.
        """
        async with self._lock_of(self._stop(id_)):
            if again := self._desk.answered(asked):
                return again
            stop = self._expected(id_, asked)
            body = {"event": "merged", "stop": id_, "at": self._cut(stop, at)}
            return await self._say(stop.equipment_id, asked, body)

    async def plan(self, work_center: str, window: Window, asked: Asked) -> Answer:
        """Tell a planned stop, ahead of time or afterwards.

        Raises UnknownObject, InvalidAction, NotAllowed where one lies already, NotAuthorized,
        RequestConflict.
        """
        self.floor.work_center(work_center)
        async with self.floor.lock(work_center):
            if again := self._desk.answered(asked):
                return again
            body = {"event": "planned", **self._window(work_center, window, asked)}
            return await self._say(work_center, asked, body)

    async def change_planned(self, id_: int, window: Window, asked: Asked) -> Answer:
        """Give a planned stop another time or reason.

        Raises UnknownObject, InvalidAction, NotAllowed where another one lies already,
        NotAuthorized, RequestConflict.
        """
        async with self._lock_of(self._known(id_)):
            if again := self._desk.answered(asked):
                return again
            planned = self._planned(id_)
            said = self._window(planned.equipment_id, window, asked, but=id_)
            body = {"event": "planned_changed", "planned_stop": id_, **said}
            return await self._say(planned.equipment_id, asked, body)

    async def cancel_planned(self, id_: int, note: str, asked: Asked) -> Answer:
        """Take a planned stop back: its time counts again as what it was.

        Raises UnknownObject, NotAuthorized, RequestConflict.
        """
        async with self._lock_of(self._known(id_)):
            if again := self._desk.answered(asked):
                return again
            self.floor.authority.check(asked.actor, SUPERVISOR)
            planned = self._planned(id_)
            body = {"event": "planned_cancelled", "planned_stop": id_, "note": note}
            return await self._say(planned.equipment_id, asked, body)

    def _lock_of(self, known: Stop | PlannedStop) -> asyncio.Lock:
        """One at a time at a work center: what is said is said of what was looked at."""
        return self.floor.lock(known.equipment_id)

    def _window(
        self, work_center: str, window: Window, asked: Asked, but: int | None = None
    ) -> dict[str, Json]:
        """What a fact says of a window; planned stops tile, so no other one than `but` has it."""
        self.floor.authority.check(asked.actor, SUPERVISOR)
        self._check_reason(window.reason, work_center)
        if not window.start < window.end:
            end, start = self._label(window.end), self._label(window.start)
            raise InvalidAction(
                say(
                    "planned_stop.span",
                    "to {end}: it must be after from, {start}",
                    "name a later end",
                    end=end,
                    start=start,
                )
            )
        for other in self.reader.planned_stops(work_center, window.start, window.end):
            if other.id != but:
                raise NotAllowed(
                    say(
                        "planned_stop.overlaps",
                        "planned stop {id} ({reason}) has {start} to {end} of {work_center} "
                        "already",
                        "choose another time, change that one or take it back",
                        id=other.id,
                        reason=other.reason,
                        start=self._label(other.start),
                        end=self._label(other.end),
                        work_center=work_center,
                    )
                )
        resolved = self.rules.resolved(window.reason) | {"planned": True}
        return {"from": window.start, "to": window.end, **resolved, "note": window.note}

    async def _say(self, work_center: str, asked: Asked, body: dict[str, Json]) -> Answer:
        draft = self._desk.draft(SAID, work_center, asked, body)
        return self._desk.answer(await self._desk.record(asked, draft))

    def _stop(self, id_: int) -> Stop:
        stop = self.floor.reader.stop(id_)
        if stop is None:
            raise UnknownObject(
                say(
                    "stop.unknown",
                    "no stop {id} on this edge",
                    "look at the stops of the shift",
                    id=id_,
                )
            )
        return stop

    def _expected(self, id_: int, asked: Asked) -> Stop:
        stop = self._stop(id_)
        if asked.version is not None and asked.version != stop.said:
            raise VersionConflict(
                say(
                    "stop.changed",
                    "stop {id} is at version {version}, not {seen}: somebody has said something "
                    "of it since you looked",
                    "look again",
                    id=id_,
                    version=stop.said,
                    seen=asked.version,
                )
            )
        return stop

    def _known(self, id_: int) -> PlannedStop:
        """A planned stop, also one that was taken back."""
        found = self.reader.planned_stop(id_)
        if found is None:
            raise UnknownObject(
                say(
                    "planned_stop.unknown",
                    "no planned stop {id} on this edge",
                    "look at the list of planned stops",
                    id=id_,
                )
            )
        return found

    def _planned(self, id_: int) -> PlannedStop:
        found = self._known(id_)
        if found.cancelled:
            raise UnknownObject(
                say(
                    "planned_stop.cancelled",
                    "planned stop {id} was taken back",
                    "plan it anew if it is wanted",
                    id=id_,
                )
            )
        return found

    def _parts(self, stop: Stop) -> tuple[Part, ...]:
        return parts_of(stop, self.reader.stop_parts(stop.id))

    def _part(self, stop: Stop, at: int | None) -> Part:
        """The part that lies at an instant; without one the stop must have but one part."""
        parts = self._parts(stop)
        if at is None:
            if len(parts) > 1:
                raise InvalidAction(
                    say(
                        "stop.which_part",
                        "stop {id} has {count} parts",
                        "say which by part, an instant in it",
                        id=stop.id,
                        count=len(parts),
                    )
                )
            return parts[0]
        for part in parts:
            if part.start <= at and (part.end is None or at < part.end):
                return part
        raise InvalidAction(
            say(
                "stop.no_part",
                "part {at}: it does not lie inside stop {id}",
                "name an instant of the stop",
                at=self._label(at),
                id=stop.id,
            )
        )

    def _cut(self, stop: Stop, at: int) -> int:
        """The cut at an instant, or the only one in its second: lists show no more than seconds."""
        cuts = [part.start for part in self._parts(stop)[1:]]
        if at in cuts:
            return at
        near = [cut for cut in cuts if cut // MICROS == at // MICROS]
        if len(near) != 1:
            said = ", ".join(self._label(cut) for cut in cuts)
            at_ = self._label(at)
            if not said:
                raise NotAllowed(
                    say(
                        "stop.never_cut",
                        "stop {id} is not cut at {at} nor anywhere else",
                        "look at its parts again",
                        id=stop.id,
                        at=at_,
                    )
                )
            raise NotAllowed(
                say(
                    "stop.not_cut",
                    "stop {id} is not cut at {at} but at {cuts}",
                    "choose one of these",
                    id=stop.id,
                    at=at_,
                    cuts=said,
                )
            )
        return near[0]

    def _label(self, at: int) -> str:
        return to_datetime(at).astimezone(self.floor.zone).isoformat(timespec="seconds")

    def _check_reason(self, reason: str, work_center: str) -> None:
        if not self.rules.is_for(reason, work_center):
            raise InvalidAction(
                say(
                    "stop.reason",
                    "reason {reason!r} is not for {work_center}",
                    "choose another",
                    reason=reason,
                    work_center=work_center,
                )
            )


def _of_part(part: Part) -> dict[str, Json]:
    return {"part": part.cut} if part.cut else {}


def _no_reason() -> dict[str, Json]:
    return {"reason": "", "class": "", "planned": False}
