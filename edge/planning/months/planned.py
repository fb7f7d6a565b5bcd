"""Where and when a plan has each operation: the dispatch list; pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from edge.planning.scenario.model import Block
from edge.planning.scenario.moments import moment
from edge.planning.scenario.writing import utc

SETUP = "setup"
NOTHING_WAITS: Mapping[tuple[str, int], int] = {}


@dataclass(frozen=True, kw_only=True)
class Lot:
    """A run of a lot of a levelled order, by its number."""

    number: int
    start: int
    end: int
    quantity: int


@dataclass(frozen=True, kw_only=True)
class PlannedJob:
    """Where and when an operation is planned, set-up included; times in microseconds UTC.

    Its run begins at `run_start`, with `quantity` pieces of which the first has `credit` seconds
    of work behind it. `runs`: the stretches that it is to produce in, where they are several;
    none for what nobody knows the time of. `lots`: of a levelled order those that they are of.
    `kept_from`: when it begins by the plan before, where
    hours that stay have pieces of it; the rest is what is said here.
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
    lots: tuple[Lot, ...] = ()
    kept_from: int | None = None

    @property
    def begins(self) -> int:
        """When it is to begin, by this plan or in an hour that stays."""
        return self.start if self.kept_from is None else min(self.kept_from, self.start)

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


def lots_ahead(job: PlannedJob, fence: int) -> Iterator[Block]:
    """Runs of its lots that begin at the `fence` (us) or later: what their pitches were given."""
    for one in job.lots:
        if one.start >= fence:
            yield Block(
                order=job.order,
                seq=job.operation,
                work_center=job.work_center,
                kind="run",
                start=one.start,
                end=one.end,
                quantity=one.quantity,
                lot=one.number,
            )


def planned_jobs(schedule: Mapping[str, Any]) -> tuple[PlannedJob, ...]:
    """Where and when each operation is planned, by work center and start: the dispatch list.

    Of one with several runs (the lots of a levelled order) the first says where it begins. What
    hours that stay have whole is as the plan before had it.
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
    kept = {(one.order, one.operation): one for one in map(_kept_job, schedule.get("kept", ()))}
    jobs = [_behind(one, kept.pop((one.order, one.operation), None)) for one in jobs]
    jobs += kept.values()
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
        lots=tuple(
            Lot(number=one["lot"], start=start, end=end, quantity=one["quantity"])
            for one, (start, end) in zip(runs, spans, strict=True)
            if "lot" in one
        ),
    )


def with_kept(
    schedule: Mapping[str, Any],
    before: Iterable[PlannedJob],
    fence: int,
    waiting: Mapping[tuple[str, int], int] = NOTHING_WAITS,
) -> dict[str, Any]:
    """The schedule with what its frozen hours, up to the `fence` (us), have of operations, as the
    plan `before` had it. Of those that are `waiting` nothing is done in hours that begin before
    then (us), whatever they say.

    A schedule begins behind its frozen hours: of what they have whole it would say nothing. Less
    may be wanted of it by now than the plan before had: then it ends with these hours.
    """
    left = {order["id"] for order in schedule["orders"]}
    had = {(one.order, one.operation, one.work_center): one for one in before}
    frozen: dict[tuple[str, int, str], list[Mapping[str, Any]]] = {}
    for row in schedule["hours"]:
        waits = waiting.get((row["order"], row["seq"]), 0) > moment(row["hour"])
        if row["frozen"] and row["order"] in left and not waits:
            frozen.setdefault((row["order"], row["seq"], row["work_center"]), []).append(row)
    kept = []
    for key, rows in frozen.items():
        one = had.get(key)
        said = _until(one, rows, fence) if one and one.begins < fence else _of_hours(rows, fence)
        kept.append(_kept_row(said))
    return {**schedule, "kept": kept} if kept else {**schedule}


def _until(job: PlannedJob, rows: Sequence[Mapping[str, Any]], fence: int) -> PlannedJob:
    """What a plan had of an operation, as far as frozen hours go."""
    if job.end <= fence:
        return job
    runs = job.runs
    if runs is not None:
        runs = tuple((start, min(end, fence)) for start, end in runs if start < fence)
    pieces = min(job.quantity, sum(row["quantity"] for row in rows))
    first = min(job.run_start, fence)
    return replace(job, end=fence, run_start=first, runs=runs, quantity=pieces)


def _of_hours(rows: Sequence[Mapping[str, Any]], fence: int) -> PlannedJob:
    """What frozen hours say where no plan is known that has it so: to the hour."""
    start = min(moment(row["hour"]) for row in rows)
    return PlannedJob(
        order=rows[0]["order"],
        operation=rows[0]["seq"],
        work_center=rows[0]["work_center"],
        start=start,
        end=fence,
        run_start=start,
        quantity=sum(row["quantity"] for row in rows),
        runs=(),
    )


def _kept_row(job: PlannedJob) -> dict[str, Any]:
    runs = None if job.runs is None else [[utc(start), utc(end)] for start, end in job.runs]
    return {
        "order": job.order,
        "seq": job.operation,
        "work_center": job.work_center,
        "start": utc(job.begins),
        "run_start": utc(job.run_start),
        "end": utc(job.end),
        "quantity": job.quantity,
        "credit_s": str(job.credit),
        "runs": runs,
    }


def _kept_job(row: Mapping[str, Any]) -> PlannedJob:
    runs = row["runs"]
    return PlannedJob(
        order=row["order"],
        operation=row["seq"],
        work_center=row["work_center"],
        start=moment(row["start"]),
        end=moment(row["end"]),
        run_start=moment(row["run_start"]),
        quantity=row["quantity"],
        credit=Fraction(row["credit_s"]),
        runs=None if runs is None else tuple((moment(start), moment(end)) for start, end in runs),
    )


def _behind(job: PlannedJob, kept: PlannedJob | None) -> PlannedJob:
    """What is left of an operation, behind what hours that stay have of it on its work center."""
    if kept is None or kept.work_center != job.work_center:
        return job
    return replace(job, kept_from=kept.start)
