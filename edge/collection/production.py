"""Counted pieces become facts: given to a job, cut at hours and shifts, with their evidence."""

from collections.abc import Sequence
from dataclasses import dataclass

from edge.collection.calendar_window import CalendarWindow
from edge.collection.channels import Note, Pieces
from edge.collection.counters import Flag
from edge.collection.settings import WorkCenterSettings
from edge.collection.snapshots import Seen
from edge.collection.splitting import Part, split, weights_of
from edge.domain.facts import FactDraft, FactKind, Source
from edge.domain.intervals import Interval
from edge.domain.ports import JobBook, JobContext
from edge.domain.vocabulary import WAITING_FOR_ORDER


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known of the time in which pieces were made.

    `running_since` (us): the machine was seen to produce from then to the snapshot; None
    where that is not known. `patience_s`: longer without a reading is silence.
    """

    running_since: int | None
    patience_s: float


class Producer:
    """Makes the facts of one work center's pieces; asks the job book whose they are."""

    def __init__(self, settings: WorkCenterSettings, window: CalendarWindow, jobs: JobBook) -> None:
        self._settings, self._window, self._jobs = settings, window, jobs

    def facts(self, pieces: Pieces, seen: Seen, known: Known) -> tuple[FactDraft, ...]:
        """One fact for each hour and shift in which some of the pieces were made."""
        job, flags = self._owner(pieces, seen)
        if pieces.polled is None or seen.polled - pieces.polled > known.patience_s:
            flags += (Flag.RECOVERED,)
        parts, cut_flags = self._parts(pieces, known)
        flags = (*pieces.flags, *flags, *cut_flags)
        return tuple(self._fact(pieces, part, job, flags) for part in parts)

    def note(self, note: Note, at: int) -> FactDraft:
        """The fact of something that concerns the counter itself."""
        return FactDraft(
            kind=note.kind,
            occurred_at=at,
            equipment_id=self._settings.id,
            source=Source.PLC,
            body=note.body,
        )

    def _owner(self, pieces: Pieces, seen: Seen) -> tuple[JobContext | None, tuple[Flag, ...]]:
        """The job whose pieces they are, by the number that the machine showed."""
        flags: tuple[Flag, ...] = ()
        if "order" in self._settings.tags:
            number, flags = owner_number(pieces, seen)
            job = self._jobs.by_number(self._settings.id, number) if number else None
        else:
            job = self._jobs.running(self._settings.id)
        return job, flags if job else (*flags, Flag.UNASSIGNED)

    def _parts(self, pieces: Pieces, known: Known) -> tuple[tuple[Part, ...], tuple[Flag, ...]]:
        segments = self._window.segments(pieces.start, pieces.end)
        if len(segments) < 2 or pieces.quantity < 0:
            start = segments[-1].start if segments else pieces.start
            return (_whole(pieces, start),), ()
        running = _running(pieces, known)
        working = self._window.working(pieces.start, pieces.end)
        weights = weights_of(segments, running, working)
        parts = split(pieces.quantity, pieces.raw_from, pieces.modulus, segments, weights)
        flags = (Flag.SPLIT,) if running else (Flag.SPLIT, Flag.ESTIMATED_TIME)
        return parts, flags

    def _fact(
        self, pieces: Pieces, part: Part, job: JobContext | None, flags: Sequence[Flag]
    ) -> FactDraft:
        return FactDraft(
            kind=FactKind.PRODUCTION_COUNT,
            occurred_at=part.end,
            equipment_id=self._settings.id,
            source=Source.PLC,
            job_order_id=job.job_order_id if job else None,
            body={
                "role": pieces.role,
                "quantity": part.quantity,
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
            },
        )


def owner_number(pieces: Pieces, seen: Seen) -> tuple[int, tuple[Flag, ...]]:
    """The order number that the pieces belong to, where the number may have changed.

    Pieces that were counted when the number changed belong to the order before, unless the
    machine had stopped on it: then it made no more of that one.
    """
    before, now = pieces.marks.order, seen.values["order"]
    if before is None or before == now or pieces.marks.state in WAITING_FOR_ORDER:
        return now, ()
    return before, (Flag.ORDER_CHANGED,)


def _whole(pieces: Pieces, start: int) -> Part:
    return Part(
        quantity=pieces.quantity,
        raw_from=pieces.raw_from,
        raw_to=pieces.raw_to,
        start=start,
        end=pieces.end,
    )


def _running(pieces: Pieces, known: Known) -> tuple[Interval, ...] | None:
    if known.running_since is None or pieces.start < known.running_since:
        return None
    return (Interval(pieces.start, pieces.end),)
