"""Whose pieces they are: the job of the number that the machine shows, else the running one."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from edge.collection.counters import Flag
from edge.collection.marks import Marks
from edge.collection.settings import WorkCenterSettings
from edge.collection.snapshots import Seen
from edge.domain.equipment import JobBook, JobContext
from edge.domain.vocabulary import WAITING_FOR_ORDER


@dataclass(frozen=True, kw_only=True)
class Owner:
    """The job that pieces belong to, None if nobody knows, and what is to be said of that."""

    job: JobContext | None = None
    flags: tuple[Flag, ...] = ()

    @property
    def id(self) -> str:
        """The job order's id; empty if nobody knows."""
        return self.job.job_order_id if self.job else ""

    def factor(self, per_step: Fraction, *, strokes: bool) -> Fraction:
        """Pieces of a step: what the job's tool makes in a stroke, if a step is one; else as
        the plant says."""
        of_tool = self.job.pieces_per_stroke if self.job and strokes else None
        return per_step if of_tool is None else of_tool


Owners = Callable[[Marks, Seen], Owner]
"""Whose pieces were made since `marks` were seen, as a snapshot now shows."""


def owners(settings: WorkCenterSettings, jobs: JobBook) -> Owners:
    """The answer for one work center."""

    def by_number(before: Marks, seen: Seen) -> Owner:
        number, flags = owner_number(before, seen)
        return _owner(jobs.by_number(settings.id, number) if number else None, flags)

    def by_start(_before: Marks, _seen: Seen) -> Owner:
        job = jobs.running(settings.id)
        # Several are on, and nothing says whose pieces these are: a person does.
        return _owner(None if job and job.others else job, ())

    return by_number if "order" in settings.tags else by_start


def owner_number(before: Marks, seen: Seen) -> tuple[int, tuple[Flag, ...]]:
    """The order number that pieces belong to, where the number may have changed.

    Pieces that were counted when the number changed belong to the order before, unless the
    machine had stopped on it: then it made no more of that one.
    """
    now = seen.values["order"]
    if before.order is None or before.order == now or before.state in WAITING_FOR_ORDER:
        return now, ()
    return before.order, (Flag.ORDER_CHANGED,)


def _owner(job: JobContext | None, flags: tuple[Flag, ...]) -> Owner:
    return Owner(job=job, flags=flags if job else (*flags, Flag.UNASSIGNED))
