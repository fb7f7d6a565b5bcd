"""The opening state at go-live: what was made before the first piece was counted here.

The ERP has booked it already, so it enters no shift's figures and no feed: only the job
orders' own sums, with the input of the next operation and the plan that follow from them. All
rows are taken or none; the same rows again change nothing; other rows book the difference.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from edge.domain.facts import FactDraft, FactKind, Json, Source
from edge.domain.faults import Fault
from edge.domain.orders import JobOrder, job_order_id
from edge.domain.recording import Baseline, BaselineMove, ExpectedVersion
from edge.domain.restating import Opened, RestatingReader
from edge.domain.sentences import say
from edge.domain.vocabulary import OPEN_JOB_STATES, JobState
from edge.execution.authority import SUPERVISOR
from edge.execution.desk import Asked, Desk
from edge.execution.errors import FaultyRows, Implausible
from edge.execution.floor import Floor
from edge.execution.orders.jobs import event
from edge.execution.orders.passing import standing

EPOCH = 1


@dataclass(frozen=True, kw_only=True)
class OperationRow:
    """What was made of an operation before go-live; `before` are pieces that wait in front of it.

    `row` is its number in the file, for faults.
    """

    row: int
    order: str
    operation: int
    good: int = 0
    scrap: int = 0
    state: Literal["open", "finished"] = "open"
    before: int | None = None

    @property
    def job(self) -> str:
        return job_order_id(self.order, self.operation)


@dataclass(frozen=True, kw_only=True)
class CounterRow:
    """Where a counter stood at go-live: what it showed more is counted."""

    row: int
    work_center: str
    counter: str
    value: int


@dataclass(frozen=True, kw_only=True)
class Opening:
    """The rows of a file, and its content's hash."""

    operations: Sequence[OperationRow]
    counters: Sequence[CounterRow]
    sha256: str
    confirm: bool = False


@dataclass(frozen=True, kw_only=True)
class Booked:
    """What is, or would be, booked; `seq` None where nothing changes, or for a dry run."""

    jobs: Sequence[JobOrder]
    changed: Sequence[str]
    counters: int
    seq: int | None = None


@dataclass(frozen=True, kw_only=True)
class _Change:
    """A job as it stands, and as it is with its row."""

    row: OperationRow
    old: JobOrder
    new: JobOrder

    @property
    def changes(self) -> bool:
        names = ("good", "scrap", "state")
        return any(getattr(self.old, name) != getattr(self.new, name) for name in names)


class Openings:
    """Opening states on one edge's floor."""

    def __init__(self, floor: Floor, reader: RestatingReader) -> None:
        self._floor, self._reader, self._desk = floor, reader, Desk(floor)

    def opened(self) -> Sequence[Opened]:
        """What was taken in so far, by job order."""
        return self._reader.opened()

    def look(self, opening: Opening) -> Booked:
        """What would be booked; raises FaultyRows with every fault, by row and column."""
        self._floor.register.reload()
        changes = self._changes(opening)
        return _booked(changes, len(opening.counters))

    async def take(self, opening: Opening, asked: Asked) -> Booked:
        """Book it in one recording.

        Raises FaultyRows, Implausible where a job has real counts already unless it is
        confirmed, NotAuthorized, VersionConflict, RequestConflict, StoreUnavailable.
        """
        if again := self._desk.answered(asked):
            return replace(self.look(opening), seq=again.seq)
        self._floor.authority.check(asked.actor, SUPERVISOR)
        self._floor.register.reload()
        changes = self._changes(opening)
        booked = _booked(changes, len(opening.counters))
        changed = [one for one in changes if one.changes]
        if not changed and not opening.counters:
            return booked
        self._refuse_counted(changed, opening)
        moves = [self._move(row) for row in opening.counters]
        recorded = await self._desk.record(
            asked,
            *(self._event(one, opening, asked) for one in changed),
            *(self._baseline(row, asked) for row in opening.counters),
            baselines=tuple(moves),
            versions=tuple(_version(one.old) for one in changed),
        )
        self._floor.register.reload()
        return replace(booked, seq=recorded.first_seq)

    def _changes(self, opening: Opening) -> list[_Change]:
        """Each row with its job before and after; raises FaultyRows with every fault.

        The rows of an order of which one cannot be read are not judged: they may rest on it.
        """
        wrong = [*_doubles(opening), *self._unknown(opening)]
        apart = {row.order for row, _ in wrong}
        faults = [*(fault for _, fault in wrong), *self._counted(opening)]
        known = {one.job_order_id: one for one in self._reader.opened()}
        after: dict[str, JobOrder] = {}
        changes = []
        rows = (row for row in opening.operations if row.order not in apart)
        for row in sorted(rows, key=lambda row: (row.order, row.operation)):
            old = self._floor.register.jobs[row.job]
            before = self._floor.register.before(old)
            in_front = after.get(before.id, before) if before else None
            new = _with(old, row, known.get(row.job), in_front)
            after[row.job] = new
            changes.append(_Change(row=row, old=old, new=new))
        faults += [fault for one in changes for fault in self._judged(one, after)]
        faults += [fault for one in changes for fault in self._left(one, after)]
        if faults:
            raise FaultyRows(faults)
        return [*changes, *self._behind(after)]

    def _behind(self, after: Mapping[str, JobOrder]) -> Iterator[_Change]:
        """Operations that are in no row, and may start because the one before is in one."""
        for job in after.values():
            behind = self._floor.register.after(job)
            if behind is None or behind.id in after:
                continue
            state = standing(job)
            waits = behind.state == JobState.NOT_ALLOWED_TO_START
            if waits and state == JobState.ALLOWED_TO_START:
                row = OperationRow(row=0, order=behind.order, operation=behind.operation)
                yield _Change(row=row, old=behind, new=replace(behind, state=state))

    def _unknown(self, opening: Opening) -> Iterator[tuple[OperationRow, Fault]]:
        jobs = self._floor.register.jobs
        orders = {job.order for job in jobs.values()}
        for row in opening.operations:
            if row.order not in orders:
                mend = "send the order's schedule first, or mend the number"
                yield row, _fault(row.row, "order", row.order, "no such order on this edge", mend)
            elif row.job not in jobs:
                here = sorted(job.operation for job in jobs.values() if job.order == row.order)
                mend = f"one of: {', '.join(map(str, here))}"
                yield row, _fault(row.row, "operation", row.operation, "no such operation", mend)
            elif jobs[row.job].state in OPEN_JOB_STATES:
                what, mend = f"{row.job} runs now", "complete it first"
                yield row, _fault(row.row, "operation", row.operation, what, mend)
            for name in ("good", "scrap", "before"):
                if (value := getattr(row, name)) is not None and value < 0:
                    mend = "write 0 or more"
                    yield row, _fault(row.row, name, value, "is below 0", mend)

    def _counted(self, opening: Opening) -> Iterator[Fault]:
        centers = self._floor.work_centers
        for row in opening.counters:
            center = centers.get(row.work_center)
            if center is None:
                mend = f"one of: {', '.join(sorted(centers))}"
                yield _fault(row.row, "work_center", row.work_center, "is not here", mend)
            elif row.counter not in center.counters:
                mend = f"one of: {', '.join(sorted(center.counters)) or 'none; leave it out'}"
                yield _fault(row.row, "counter", row.counter, "no such counter", mend)
            elif known := self._floor.baseline(row.work_center, row.counter):
                what = f"is counted already, and stands at {known.raw}"
                yield _fault(row.row, "value", row.value, what, "leave the row out")

    def _judged(self, one: _Change, after: Mapping[str, JobOrder]) -> Iterator[Fault]:
        """Whether the operation can have used so much of what the one before has passed on."""
        before = self._floor.register.before(one.old)
        if before is None:
            if one.row.before:
                mend = "leave it empty"
                what = "it is the first operation"
                yield _fault(one.row.row, "before", one.row.before, what, mend)
            return
        in_front = after.get(before.id, before)
        used = one.new.good + one.new.scrap
        waits = in_front.passed_on - used
        if waits < 0:
            yield _fault(
                one.row.row,
                "good",
                one.row.good,
                f"it has used {used} pieces, but {before.id} has passed on {in_front.passed_on}",
                f"say what {before.id} has made, and that it is finished if it is",
            )
        elif one.row.before is not None and one.row.before != waits:
            yield _fault(
                one.row.row,
                "before",
                one.row.before,
                f"{before.id} has passed on {in_front.passed_on} and {used} are used: {waits} wait",
                f"mend the pieces of {before.id} or of {one.old.id}",
            )

    def _left(self, one: _Change, after: Mapping[str, JobOrder]) -> Iterator[Fault]:
        """Whether enough is left of what was scrapped or used since an import before."""
        for name in ("good", "scrap"):
            if (left := getattr(one.new, name)) < 0 and left < getattr(one.old, name):
                what = f"{one.old.id} would have {left} {name} pieces: others were found since"
                mend = f"say at least {getattr(one.row, name) - left}"
                yield _fault(one.row.row, name, getattr(one.row, name), what, mend)
        behind = self._floor.register.after(one.old)
        if behind is None or behind.id in after:
            return
        used, now = behind.good + behind.scrap, one.new.passed_on
        if used > now and now < one.old.passed_on:
            what = f"{behind.id} has used {used} pieces, and {now} would be passed on to it"
            mend = f"say what was made of {behind.id} in a row too, or more good pieces here"
            yield _fault(one.row.row, "good", one.row.good, what, mend)

    def _refuse_counted(self, changed: Sequence[_Change], opening: Opening) -> None:
        known = {one.job_order_id: one for one in self._reader.opened()}
        counted = [one.old for one in changed if one.row.row and _is_counted(one.old, known)]
        if counted and not opening.confirm:
            ids = ", ".join(job.id for job in counted[:5])
            raise Implausible(
                say(
                    "opening.counted",
                    "{jobs}: pieces are counted already; the opening state is added to them",
                    jobs=ids,
                )
            )

    def _event(self, one: _Change, opening: Opening, asked: Asked) -> FactDraft:
        after = replace(one.new, version=one.old.version + 1)
        at = self._floor.clock.now()
        if not one.row.row:  # in no row: its input has come
            return event(after, "allowed", at=at, source=Source.SYSTEM)
        said: dict[str, Json] = {
            "good": one.row.good,
            "scrap": one.row.scrap,
            "more": {"good": one.new.good - one.old.good, "scrap": one.new.scrap - one.old.scrap},
            "sha256": opening.sha256,
        }
        ended = {"ended_at": at if one.new.state == JobState.ENDED else None}
        extra: dict[str, Json] = {"opening": said, **ended}
        return event(after, "opening", at=at, source=Source.ERP, actor=asked.actor, extra=extra)

    def _baseline(self, row: CounterRow, asked: Asked) -> FactDraft:
        body = {"tag": row.counter, "counter_epoch": EPOCH, "raw": row.value, "reason": "first"}
        kind = FactKind.COUNTER_BASELINE
        draft = self._desk.draft(kind, row.work_center, asked, body)
        return replace(draft, source=Source.ERP)

    def _move(self, row: CounterRow) -> BaselineMove:
        new = Baseline(
            equipment_id=row.work_center,
            tag=row.counter,
            counter_epoch=EPOCH,
            raw=row.value,
            at=self._floor.clock.now(),
        )
        return BaselineMove(expected=None, new=new)


def _with(
    job: JobOrder, row: OperationRow, known: Opened | None, before: JobOrder | None
) -> JobOrder:
    """A job with the opening pieces of its row in the place of those of an import before."""
    good = job.good + row.good - (known.good if known else 0)
    scrap = job.scrap + row.scrap - (known.scrap if known else 0)
    state = JobState.ENDED if row.state == "finished" else standing(before)
    worked_on = job.started_at is not None and job.state == JobState.ENDED
    if row.state == "open" and (worked_on or job.state == JobState.ALLOWED_TO_START):
        state = job.state  # what has ended here stays so, and nothing that may start is taken back
    return replace(job, good=good, scrap=scrap, state=state)


def _is_counted(job: JobOrder, known: Mapping[str, Opened]) -> bool:
    opened = known.get(job.id)
    good, scrap = (opened.good, opened.scrap) if opened else (0, 0)
    return (job.good, job.scrap) != (good, scrap) or job.started_at is not None


def _doubles(opening: Opening) -> Iterator[tuple[OperationRow, Fault]]:
    seen: dict[str, int] = {}
    for row in opening.operations:
        if row.job in seen:
            what, mend = f"stands in row {seen[row.job]} already", "write each operation once"
            yield row, _fault(row.row, "operation", row.operation, what, mend)
        seen.setdefault(row.job, row.row)


def _fault(row: int, column: str, value: object, what: str, mend: str) -> Fault:
    return Fault(f"row {row}, {column}", str(value), what, mend)


def _version(job: JobOrder) -> ExpectedVersion:
    return ExpectedVersion(job_order_id=job.id, version=job.version)


def _booked(changes: Sequence[_Change], counters: int) -> Booked:
    return Booked(
        jobs=[one.new for one in changes if one.row.row],
        changed=[one.old.id for one in changes if one.changes and one.row.row],
        counters=counters,
    )
