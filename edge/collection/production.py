"""Counted pieces become facts: cut at hours and shifts, with their evidence."""

from collections.abc import Sequence
from dataclasses import dataclass

from edge.collection.calendar_window import CalendarWindow
from edge.collection.channels import Note, Pieces, whole
from edge.collection.counters import Flag
from edge.collection.settings import WorkCenterSettings
from edge.collection.sides import is_side
from edge.collection.snapshots import Seen
from edge.collection.splitting import Part, split, weights_of
from edge.domain.equipment import JobContext
from edge.domain.facts import FactDraft, FactKind, Source
from edge.domain.intervals import Interval
from edge.domain.vocabulary import PRODUCING


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known of the time in which pieces were made.

    `running_since` (us): the machine was seen to produce from then to the snapshot; None
    where that is not known. `patience_s`: longer without a reading is silence.
    """

    running_since: int | None
    patience_s: float


class Producer:
    """Makes the facts of one work center's pieces."""

    def __init__(self, settings: WorkCenterSettings, window: CalendarWindow) -> None:
        self._settings, self._window = settings, window

    def facts(self, pieces: Pieces, seen: Seen, known: Known) -> tuple[FactDraft, ...]:
        """One fact for each hour and shift in which some of the pieces were made."""
        flags = pieces.owner.flags
        if pieces.polled is None or seen.polled - pieces.polled > known.patience_s:
            flags += (Flag.RECOVERED,)
        parts, cut_flags = self._parts(pieces, known)
        in_setup = self._in_setup(pieces, seen)
        flags = (*pieces.flags, *flags, *cut_flags, *((Flag.SETUP,) if in_setup else ()))
        return tuple(self._fact(pieces, part, flags) for part in parts)

    def note(self, note: Note, at: int) -> FactDraft:
        """The fact of something that concerns the counter itself."""
        return FactDraft(
            kind=note.kind,
            occurred_at=at,
            equipment_id=self._settings.id,
            source=Source.PLC,
            body=note.body,
        )

    def _parts(self, pieces: Pieces, known: Known) -> tuple[tuple[Part, ...], tuple[Flag, ...]]:
        segments = self._window.segments(pieces.start, pieces.end)
        if len(segments) < 2 or pieces.steps < 0:
            start = segments[-1].start if segments else pieces.start
            return (_whole(pieces, start),), ()
        running = _running(pieces, known)
        working = self._window.working(pieces.start, pieces.end)
        weights = weights_of(segments, running, working)
        parts = split(pieces.steps, pieces.raw_from, pieces.modulus, segments, weights)
        flags = (Flag.SPLIT,) if running else (Flag.SPLIT, Flag.ESTIMATED_TIME)
        return parts, flags

    def _in_setup(self, pieces: Pieces, seen: Seen) -> bool:
        """Whether these are pieces of set-up; where that ends by itself, not what was produced."""
        job = pieces.owner.job
        if job is None or job.phase != "setup":
            return False
        return not self._ends_by_itself(job) or seen.values.get("state") not in PRODUCING

    def _ends_by_itself(self, job: JobContext | None) -> bool:
        said = job.setup_pieces if job else ""
        return (said or self._settings.setup_pieces) == "good"

    def _role(self, pieces: Pieces, flags: Sequence[Flag]) -> str:
        """Pieces of set-up are scrap until somebody approves them, if the plant says so."""
        in_setup = Flag.SETUP in flags and pieces.role == "good"
        is_scrap = in_setup and not self._ends_by_itself(pieces.owner.job)
        return "scrap" if is_scrap else pieces.role

    def _fact(self, pieces: Pieces, part: Part, flags: Sequence[Flag]) -> FactDraft:
        job, (quantity, of_step) = pieces.owner.job, _pieces_of(pieces, part)
        return FactDraft(
            kind=FactKind.PRODUCTION_COUNT,
            occurred_at=part.end,
            equipment_id=self._settings.id,
            source=Source.PLC,
            job_order_id=job.job_order_id if job else None,
            body={
                "role": self._role(pieces, flags),
                "quantity": quantity,
                "tag": pieces.tag,
                "counter_epoch": pieces.counter_epoch,
                "raw_from": part.raw_from,
                "raw_to": part.raw_to,
                "from": part.start,
                "to": part.end,
                "hour": self._window.hour(part.start),
                "flags": [str(flag) for flag in flags],
                "run_time_per_item": job.run_time_per_item if job else None,
                "calendar": self._window.body(part.start),
                **of_step,
                **_of_tool(pieces),
            },
        )


def _of_tool(pieces: Pieces) -> dict[str, dict[str, str]]:
    """The tool that made them; what it made beside its job's is of the same strokes."""
    job = pieces.owner.job
    if job is None or not job.tool or job.pieces_per_stroke is None or is_side(pieces.tag):
        return {}
    return {"tool": {"id": job.tool, "pieces_per_stroke": str(job.pieces_per_stroke)}}


def _pieces_of(pieces: Pieces, part: Part) -> tuple[int, dict[str, str]]:
    """Whole pieces of a part, and what the fact says of steps that are not simply pieces.

    The parts' pieces join as their steps do: each begins with what the one before it left.
    """
    if pieces.factor == 1 and not pieces.rest:
        return part.steps, {}
    _, rest = whole(part.before, pieces.factor, pieces.rest)
    quantity, left = whole(part.steps, pieces.factor, rest)
    said = {} if pieces.factor == 1 else {"pieces_per_pulse": str(pieces.factor)}
    return quantity, said | ({"rest": str(left)} if left else {})


def _whole(pieces: Pieces, start: int) -> Part:
    return Part(
        before=0,
        steps=pieces.steps,
        raw_from=pieces.raw_from,
        raw_to=pieces.raw_to,
        start=start,
        end=pieces.end,
    )


def _running(pieces: Pieces, known: Known) -> tuple[Interval, ...] | None:
    if known.running_since is None or pieces.start < known.running_since:
        return None
    return (Interval(pieces.start, pieces.end),)
