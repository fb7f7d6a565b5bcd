"""The register of job orders: all of them as last read, and what each may still do."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from edge.domain.changeover import NO_CHANGEOVERS, Changeovers
from edge.domain.equipment import Beside, JobContext
from edge.domain.jobs import About, JobsReader, Kept, NothingKept, Question, kept_of
from edge.domain.orders import BESIDE, AlsoMade, JobOrder
from edge.domain.production import JobProgress, ProductionReader
from edge.domain.vocabulary import FINAL_JOB_STATES, OPEN_JOB_STATES, JobState
from edge.execution.orders.holding import Requests, gone_and_held, last_known, wanted
from edge.execution.orders.jobs import jobs_of, run_time_text
from edge.execution.orders.masterdata import MasterData
from edge.planning.months.changing import ChangeBook

SETUP = "setup"
WAITS = OPEN_JOB_STATES


@dataclass(frozen=True)
class Rest:
    """Good pieces still wanted, and pieces in all that there are to make them of (None: any)."""

    good: int
    limit: int | None


# Given a version: the version now, and which job orders have changed since (None: any may have).
Changes = Callable[[int], tuple[int, frozenset[str] | None]]


def all_may_have(_: int) -> tuple[int, None]:
    """Where nobody notes what changes."""
    return 0, None


@dataclass
class JobRegister:
    """The job orders as last read; the job book that collection asks.

    `data` are the documents, `held` the same with what supervisors hold to: what is to be made.

    `outdated` while something may have been committed that was not read since; `generation`
    grows with each reading.
    """

    reader: ProductionReader
    book: JobsReader = field(default_factory=NothingKept)
    data: MasterData = field(default_factory=MasterData)
    jobs: Mapping[str, JobOrder] = field(default_factory=dict)
    outdated: bool = False
    generation: int = 0
    changes: Changes = all_may_have
    changeovers: Changeovers = NO_CHANGEOVERS
    questions: Sequence[Question] = field(init=False, default=())
    held: MasterData = field(init=False, default_factory=MasterData)
    _open: Sequence[JobOrder] = field(init=False, default=())
    _mains: Mapping[str, Sequence[JobOrder]] = field(init=False, default_factory=dict)
    _numbers: dict[int, JobOrder] = field(init=False, default_factory=dict)
    _orders: dict[str, list[JobOrder]] = field(init=False, default_factory=dict)
    _wanted: dict[tuple[str, str], JobOrder] = field(init=False, default_factory=dict)
    _rows: Mapping[str, JobProgress] = field(init=False, default_factory=dict)
    _gone: Requests = field(init=False, default_factory=dict)
    _version: int = field(init=False, default=-1)
    _made_of: MasterData | None = field(init=False, default=None)
    _change_book: ChangeBook | None = field(init=False, default=None)

    def change_book(self) -> ChangeBook:
        """The changeovers of the plant for all that definitions can make; any thread may ask."""
        book, rules, made = self._change_book, self.changeovers, self.data.definitions
        if book is None or book.rules is not rules or book.definitions is not made:
            self._change_book = book = ChangeBook(rules, made)
        return book

    def reload(self, data: MasterData | None = None) -> None:
        """Read progress anew, and take over other documents if given.

        Where only pieces of some jobs have changed since, these alone are read.
        """
        version, changed = self.changes(self._version)
        known = data is None and self._made_of is self.data and changed is not None
        if known and self._take_pieces(changed or ()):
            self._version, self.outdated = version, False
            return
        self.data = data or self.data
        self.questions = self.book.questions()
        progress = self.reader.jobs()
        self._rows = {row.job_order_id: row for row in progress}
        kept = kept_of(self.questions)
        gone = self._gone_and_held(kept, progress)
        self.held = self.data
        if kept:
            self.held = replace(self.data, requests=wanted(self.data.requests, kept, gone))
        self.jobs = jobs_of(self.data, progress, kept, gone)
        jobs = self.jobs.values()
        self._open = [job for job in jobs if job.state in OPEN_JOB_STATES]
        self._mains = _mains_of(self._open)
        by_claim = sorted((job for job in jobs if _can_take(job)), key=_turn, reverse=True)
        self._wanted = {(job.work_center, job.product): job for job in by_claim}
        self._numbers = {job.number: job for job in sorted(jobs, key=_claim)}
        orders: dict[str, list[JobOrder]] = {}
        for job in sorted(jobs, key=lambda job: job.operation):
            if job.state != JobState.ABORTED:  # it has no part in the order any more
                orders.setdefault(job.order, []).append(job)
        self._orders = orders
        self.generation += 1
        self._version, self._made_of, self.outdated = version, self.data, False

    def wanted_of(self, requests: Requests) -> Requests:
        """Orders as documents of before had them, with what supervisors hold to now."""
        kept = kept_of(self.questions)
        return wanted(requests, kept, self._gone) if kept else requests

    def _gone_and_held(self, kept: Mapping[str, Kept], progress: Sequence[JobProgress]) -> Requests:
        """Orders that are made although they are in no schedule any more; each is read once."""
        made = gone_and_held(self.data.requests, kept, progress)
        known = {id_: one for id_, one in self._gone.items() if id_ in made}
        if new := made.keys() - known.keys():
            known |= last_known(self.reader, new)
        self._gone = {id_: replace(one, quantity=made[id_]) for id_, one in known.items()}
        return self._gone

    def run_time(self, job: str | None) -> str | None:
        """Planned run time per item of a job order's pieces, as facts write it; None of no job."""
        found = self.jobs.get(job or "")
        return run_time_text(found.run_time_per_item) if found else None

    @property
    def open(self) -> Sequence[JobOrder]:
        """The job orders that are on, interrupted ones too."""
        return self._open

    def _take_pieces(self, changed: Collection[str]) -> bool:
        """Take over new pieces of jobs; False, and nothing done, if more than these changed."""
        fresh: list[tuple[JobOrder, JobOrder]] = []
        rows: dict[str, JobProgress] = {}
        for id_ in changed:
            old, row = self.jobs.get(id_), self.reader.job(id_)
            if row is None and id_ not in self._rows:
                continue  # pieces for a job that has no event yet
            if row is None or old is None or not _same_but_pieces(self._rows.get(id_), row):
                return False
            new = replace(old, good=row.good, scrap=row.scrap, rework=row.rework)
            if _can_take(new) != _can_take(old):
                return False
            fresh.append((old, new))
            rows[id_] = row
        if fresh:
            self._rows = {**self._rows, **rows}
            self._replace(fresh)
        return True

    def _replace(self, fresh: Sequence[tuple[JobOrder, JobOrder]]) -> None:
        """Put jobs in the place of what they were, in every book; the order of each is the same."""
        self.jobs = {**self.jobs, **{new.id: new for _, new in fresh}}
        for old, new in fresh:
            if self._numbers.get(old.number) is old:
                self._numbers[old.number] = new
            place = (old.work_center, old.product)
            if self._wanted.get(place) is old:
                self._wanted[place] = new
            if old.order in self._orders:
                self._orders[old.order] = [
                    new if one is old else one for one in self._orders[old.order]
                ]
        self._open = [self.jobs[job.id] for job in self._open]
        self._mains = _mains_of(self._open)
        self.generation += 1

    def running(self, work_center: str) -> JobContext | None:
        job = self.running_job(work_center)
        return self._context(job) if job else None

    def by_number(self, work_center: str, number: int) -> JobContext | None:
        job = self._numbers.get(number)
        return self._context(job) if job and job.work_center == work_center else None

    def _context(self, job: JobOrder) -> JobContext:
        others = self._others(job)
        if job.tool is None:
            return replace(_context(job), others=others) if others else _context(job)
        also = tuple(self._beside(job, one) for one in job.tool.also)
        made = job.tool.pieces_per_stroke
        return replace(
            _context(job),
            pieces_per_stroke=made,
            also=also,
            others=others,
            tool=job.tool.id,
        )

    def _others(self, job: JobOrder) -> tuple[str, ...]:
        """The jobs that are on in parallel with one that is on."""
        mains = self._mains.get(job.work_center, ())
        if len(mains) < 2 or job.id not in {one.id for one in mains}:
            return ()
        return tuple(one.id for one in mains if one.state == job.state and one.id != job.id)

    def _beside(self, job: JobOrder, made: AlsoMade) -> Beside:
        """The job order that another product of the same strokes counts for: the next in turn."""
        other = self.wanted(job, made.product)
        return Beside(
            side=made.side,
            pieces_per_stroke=made.pieces_per_stroke,
            job=_context(other) if other else None,
        )

    def wanted(self, main: JobOrder, product: str) -> JobOrder | None:
        """The job order that pieces of `product` beside those of `main` count for now."""
        return self._wanted.get((main.work_center, product))

    def running_job(self, work_center: str) -> JobOrder | None:
        """The whole job that was started on a work center and has not ended; of several in
        parallel the one that runs and was started first."""
        mains = self._mains.get(work_center)
        return mains[0] if mains else None

    def mains(self, work_center: str) -> Sequence[JobOrder]:
        """The jobs that hold a work center, those that run first, then as they were started."""
        return self._mains.get(work_center, ())

    def main_of(self, work_center: str, number: int | None) -> JobOrder | None:
        """The job that a machine makes which shows this number; None where it shows none."""
        mains = self.mains(work_center)
        if number is None:  # what it produces ends every set-up
            wanted = (job for job in mains if job.phase == SETUP and job.state == JobState.RUNNING)
        else:
            wanted = (job for job in mains if job.number == number)
        return next(wanted, mains[0] if mains else None)

    def named(self, work_center: str, number: int | None) -> JobOrder | None:
        """The job of a work center that has this number."""
        job = self._numbers.get(number or 0)
        return job if job and job.work_center == work_center else None

    def sides(self, main: JobOrder) -> list[JobOrder]:
        """The job orders that the other sides of a job's tool count for now, without those that
        hold a work center themselves."""
        also = main.tool.also if main.tool else ()
        found = (self.wanted(main, one.product) for one in also)
        return [one for one in found if one and (one.phase == BESIDE or one.state not in WAITS)]

    def before(self, job: JobOrder) -> JobOrder | None:
        """The operation before this one of the same order, if there is one."""
        earlier = [other for other in self._order(job) if other.operation < job.operation]
        return earlier[-1] if earlier else None

    def after(self, job: JobOrder) -> JobOrder | None:
        """The operation after this one of the same order, if there is one."""
        later = [other for other in self._order(job) if other.operation > job.operation]
        return later[0] if later else None

    def limit(self, job: JobOrder) -> int | None:
        """Pieces that the operation before has passed on; None for a first operation."""
        before = self.before(job)
        return before.passed_on if before else None

    def more_input_comes(self, job: JobOrder) -> bool:
        """Whether the operation before may still pass pieces on."""
        before = self.before(job)
        return before is not None and before.state not in FINAL_JOB_STATES

    def waits_for_input(self, job: JobOrder) -> bool:
        """Whether an open job has used all that was passed on, and more is to come."""
        if job.state not in OPEN_JOB_STATES or job.left == 0 or not self.more_input_comes(job):
            return False
        return job.good + job.scrap >= (self.limit(job) or 0)

    def feeding(self) -> list[tuple[JobOrder, JobOrder]]:
        """Operations that pass pieces on while they are made, each with the one that takes them."""
        return [
            (job, following)
            for job in self._open
            if job.transfer_batch is not None
            and (following := self.after(job)) is not None
            and following.state in {JobState.NOT_ALLOWED_TO_START, *OPEN_JOB_STATES}
        ]

    def asked(self, job: JobOrder) -> Question | None:
        """The open question that a job order has to wait for: one about what the ERP wants of
        its order, or about its own end."""
        if job.state not in WAITS:
            return None
        still_open = (one for one in self.questions if one.answered is None)
        return next((one for one in still_open if _concerns(one, job)), None)

    def answered(self, job: JobOrder, about: str) -> bool:
        """Whether a question of this kind about a job was answered before."""
        found = (one for one in self.questions if one.job_order_id == job.id)
        return any(one.about == about and one.answered is not None for one in found)

    def rest(self, job: JobOrder) -> Rest | None:
        """What a job may still make; None if nothing."""
        limit = self.limit(job)
        over = None if limit is None else limit - job.good - job.scrap
        if job.left == 0 or (over is not None and over <= 0):
            return None
        return Rest(job.left, over)

    def _order(self, job: JobOrder) -> list[JobOrder]:
        """The operations that have a part in a job's order, by number."""
        return self._orders.get(job.order, [])

    def waiting(self, work_center: str) -> list[JobOrder]:
        """Jobs of a work center that may start now."""
        return [
            job
            for job in self.jobs.values()
            if job.work_center == work_center and job.state == JobState.ALLOWED_TO_START
        ]


def _concerns(question: Question, job: JobOrder) -> bool:
    if question.about in {About.CUT, About.CANCELLED}:
        return question.order_id == job.order
    return question.about == About.SHORT and question.job_order_id == job.id


def _mains_of(jobs: Iterable[JobOrder]) -> dict[str, list[JobOrder]]:
    """By work center, the jobs that hold it: in the order of `JobRegister.mains`."""
    found: dict[str, list[JobOrder]] = {}
    for job in sorted(jobs, key=_hold):
        if job.phase != BESIDE:
            found.setdefault(job.work_center, []).append(job)
    return found


def _same_but_pieces(known: JobProgress | None, row: JobProgress) -> bool:
    """Whether a row says of a job what was read before, but for its pieces."""
    if known is None:
        return False
    return replace(known, good=row.good, scrap=row.scrap, rework=row.rework) == row


def _hold(job: JobOrder) -> tuple[bool, int, str]:
    return (job.state != JobState.RUNNING, job.started_at or 0, job.id)


def _claim(job: JobOrder) -> tuple[bool, int, bool]:
    """Who a number belongs to that the ERP gave out again: the strongest claim is last."""
    return (job.state in OPEN_JOB_STATES, job.started_at or 0, job.state not in FINAL_JOB_STATES)


def _can_take(job: JobOrder) -> bool:
    """Whether pieces that another job's strokes make can count for this one."""
    return job.state in OPEN_JOB_STATES or (job.state == JobState.ALLOWED_TO_START and job.left > 0)


def _turn(job: JobOrder) -> tuple[bool, int, str]:
    """Who of the job orders of a product comes first: one that was started, then the earliest."""
    return (job.state not in OPEN_JOB_STATES, job.due, job.id)


def _context(job: JobOrder) -> JobContext:
    return JobContext(
        job_order_id=job.id,
        number=job.number,
        run_time_per_item=run_time_text(job.run_time_per_item) or "",
        phase=job.phase,
        interrupted=job.state == JobState.INTERRUPTED,
        setup_pieces=job.setup_pieces,
    )
