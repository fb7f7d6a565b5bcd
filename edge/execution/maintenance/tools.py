"""Tool life by strokes: what a tool has made since it was changed, and a gate before a worn one.

The strokes are those of the facts of jobs that use the tool, so that a corrected count corrects
them too.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from edge.domain.facts import FactDraft, FactKind
from edge.domain.jobs import JobsReader, ToolLife
from edge.domain.orders import JobOrder
from edge.domain.sentences import say
from edge.execution.authority import MAINTENANCE
from edge.execution.desk import Answer, Asked, Desk
from edge.execution.errors import InvalidAction, UnknownObject
from edge.execution.floor import Floor
from edge.execution.gates import Block
from edge.execution.genealogy.stand import Stand, desk_record, recorded_at

FORBID = "forbid"


@dataclass(frozen=True, kw_only=True)
class Worn:
    """How far a tool is: whole strokes since it was changed; `state` ok, soon or worn."""

    life: ToolLife
    strokes: int

    @property
    def state(self) -> str:
        if self.strokes >= self.life.strokes:
            return "worn"
        return "soon" if self.strokes >= self.life.warn_at else "ok"


class Tools:
    """Tools of one edge, as plant.toml has them; a gate before the starts of their jobs."""

    def __init__(self, floor: Floor, reader: JobsReader, lives: Mapping[str, ToolLife]) -> None:
        self._floor, self._reader, self._desk = floor, reader, Desk(floor)
        self._lives = lives
        floor.gates.gates.append(self)

    def follow(self, lives: Mapping[str, ToolLife]) -> None:
        """Go by these lives from now on."""
        self._lives = lives

    def blocks(self, job: JobOrder, actor: str | None) -> Iterator[Block]:
        """What a worn tool says of a start."""
        worn = self.of(job.tool.id) if job.tool else None
        if worn is None or worn.state == "ok":
            return
        life = worn.life
        yield Block(
            said=say(
                "tool",
                "tool {tool} has {strokes} strokes of {life}",
                "change or grind it, and say so at the terminal",
                tool=life.id,
                strokes=worn.strokes,
                life=life.strokes,
            ),
            only_warns=worn.state == "soon" or life.worn != FORBID,
        )

    def of(self, id_: str) -> Worn | None:
        """How far a tool is; None if plant.toml does not name it."""
        life = self._lives.get(id_)
        return Worn(life=life, strokes=floor(self._strokes(id_))) if life else None

    def all(self) -> list[Worn]:
        """How far all tools are, in the order of plant.toml."""
        return [worn for id_ in self._lives if (worn := self.of(id_))]

    async def change(self, id_: str, work_center: str, note: str, asked: Asked) -> Answer:
        """Say that a tool was changed: its strokes begin anew.

        What its machine has made is counted first, and nothing is counted between the reading
        of the strokes and the recording of the change. Raises UnknownObject, InvalidAction,
        NotAllowed (NotAuthorized), RequestConflict, BaselineConflict, StoreUnavailable.
        """
        self._floor.work_center(work_center)
        async with self._floor.lock(work_center):
            if again := self._desk.answered(asked):
                return again
            self._check(id_, note)
            self._floor.authority.check(asked.actor, MAINTENANCE)

            def make(_: Stand) -> Sequence[FactDraft]:
                body = {
                    "event": "tool_changed",
                    "plan": "",
                    "at": self._floor.clock.now(),
                    "note": note.strip(),
                    "tool": {"id": id_, "strokes": str(self._total(id_))},
                }
                return [self._desk.draft(FactKind.MAINTENANCE, work_center, asked, body)]

            record = desk_record(self._desk, asked)
            return self._desk.answer(await recorded_at(self._floor, work_center, make, record))

    def _check(self, id_: str, note: str) -> None:
        if id_ not in self._lives:
            known = ", ".join(self._lives) or "none"
            raise UnknownObject(
                say(
                    "tool.unknown",
                    "no tool {tool!r} in plant.toml; there are: {known}",
                    "choose one of these, or add it to plant.toml",
                    tool=id_,
                    known=known,
                )
            )
        if not note.strip():
            raise InvalidAction(say("note.done", "note is empty", "say what was done"))

    def _total(self, id_: str) -> Fraction:
        made = self._reader.tool_pieces(id_)
        return sum((Fraction(pieces) / Fraction(per) for per, pieces in made), Fraction(0))

    def _strokes(self, id_: str) -> Fraction:
        return max(self._total(id_) - Fraction(self._reader.tool_changed_at(id_)), Fraction(0))
