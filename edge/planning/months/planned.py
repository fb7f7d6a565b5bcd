"""Where and when a plan has each operation: the dispatch list; pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from edge.planning.scenario.model import Block
from edge.planning.scenario.moments import moment

SETUP = "setup"


@dataclass(frozen=True, kw_only=True)
class PlannedJob:
    """Where and when an operation is planned, set-up included; times in microseconds UTC.

    Its run begins at `run_start`, with `quantity` pieces of which the first has `credit` seconds
    of work behind it. `runs`: the stretches that it is to produce in, where they are several;
    none for what nobody knows the time of.
    """

    order: str
    operation: int
    work_center: str
    start: int
    end: int
    run_start: int = 0
    quantity: int = 0
    credit: Fraction = Fraction(0)
    runs: tuple[tuple[int, int], ...] | None = None

    @property
    def producing(self) -> tuple[tuple[int, int], ...]:
        """Start and end of each run."""
        return ((self.run_start, self.end),) if self.runs is None else self.runs


def blocks_of(job: PlannedJob) -> Iterator[Block]:
    """Set-up and run of a job, as a plan has them."""
    key = {"order": job.order, "seq": job.operation, "work_center": job.work_center}
    if job.start < job.run_start:
        yield Block(**key, kind="setup", start=job.start, end=job.run_start)  # type: ignore[arg-type]
    yield Block(
        **key,  # type: ignore[arg-type]
        kind="run",
        start=job.run_start,
        end=job.end,
        quantity=job.quantity,
        credit=job.credit,
    )


def planned_jobs(schedule: Mapping[str, Any]) -> tuple[PlannedJob, ...]:
    """Where and when each operation is planned, by work center and start: the dispatch list.

    Of one with several runs (the lots of a levelled order) the first says where it begins.
    """
    starts: dict[tuple[str, int], int] = {}
    runs: dict[tuple[str, int], list[Mapping[str, Any]]] = {}
    for block in schedule["blocks"]:
        key = (block["order"], block["seq"])
        if block["kind"] == SETUP:
            starts.setdefault(key, moment(block["start"]))
        elif block["work_center"] is not None:
            runs.setdefault(key, []).append(block)
    jobs = [_planned_job(starts.get(key), found) for key, found in runs.items()]
    return tuple(sorted(jobs, key=lambda job: (job.work_center, job.start, job.order)))


def _planned_job(set_up: int | None, runs: list[Mapping[str, Any]]) -> PlannedJob:
    """An operation of its runs, which are in the order of time."""
    first = runs[0]
    spans = [(moment(one["start"]), moment(one["end"])) for one in runs]
    start = spans[0][0]
    return PlannedJob(
        order=first["order"],
        operation=first["seq"],
        work_center=first["work_center"],
        start=start if set_up is None else min(set_up, start),
        end=max(end for _, end in spans),
        run_start=start,
        quantity=sum(one["quantity"] for one in runs),
        credit=Fraction(first.get("credit_s") or 0),
        runs=() if first.get("unchecked") else tuple(spans),
    )
