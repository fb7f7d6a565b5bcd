"""Why what is left is planned again, in words: pace, scrap, and what documents bring; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from edge.domain.orders import BESIDE, JobOrder, OperationsRequest
from edge.domain.pace import IN_PACE, MINUTE, Pace, ReplanRules, Turn
from edge.domain.sentences import Sentence, say
from edge.execution.orders.register import JobRegister
from edge.planning.months.work import PlannedWork

HUNDRED = 100
TOLD = 5  # so many orders are named

Orders = Mapping[str, OperationsRequest]
Planned = Mapping[str, Fraction]
"""By job order, the percentage of its pieces that is planned to be scrap."""
BY_HOUR = say("plan.because_hour", "a new hour has begun")
STARTED = say("plan.because_started", "the edge was started again")
DOCUMENTS = say("plan.because_documents", "orders or routings have changed")


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Of each job order all pieces that it has used, and those of them that are not good."""

    used: Mapping[str, int] = field(default_factory=dict)
    bad: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, jobs: Mapping[str, JobOrder]) -> "Counts":
        return cls(
            used={one.id: one.good + one.scrap + one.rework for one in jobs.values()},
            bad={one.id: one.scrap + one.rework for one in jobs.values()},
        )


def because(reasons: list[Sentence]) -> Sentence:
    """One sentence of all that is so."""
    if len(reasons) == 1:
        return reasons[0]
    return say("plan.because", "{why}", why=reasons)


def made_work(work_center: str, jobs: Mapping[str, JobOrder], counts: Counts) -> int:
    """What a work center has made since `counts`, in microseconds of work by the routing."""
    work = Fraction(0)
    for job in jobs.values():
        if job.work_center == work_center and job.phase != BESIDE:
            pieces = job.good + job.scrap + job.rework - counts.used.get(job.id, 0)
            if pieces:
                work += pieces * job.run_time_per_item * 1_000_000
    return int(work)


@dataclass
class Paces:
    """The pace of each work center against the plan in force."""

    rules: ReplanRules
    work: PlannedWork = field(default_factory=PlannedWork)
    counts: Counts = field(default_factory=Counts)
    deviations: dict[str, int] = field(default_factory=dict)
    _paces: dict[str, Pace] = field(default_factory=dict)
    _aside: dict[str, int] = field(default_factory=dict)

    def planned(self, work: PlannedWork, counts: Counts) -> None:
        """A plan was made of what was left at `counts`, and is in force."""
        self._take_up()
        self.work, self.counts, self.deviations, self._aside = work, counts, {}, {}

    def set_aside(self) -> None:
        """A plan was made and is not in force: what it knew of is not told again."""
        self._take_up()
        for center, off in self.deviations.items():
            self._aside[center] = self._aside.get(center, 0) + off

    def _take_up(self) -> None:
        for center, pace in self._paces.items():
            self._paces[center] = pace.planned_again(self.deviations.get(center, 0))

    def new_shift(self, work_center: str) -> None:
        """Another shift is on: what it inherits is its plan."""
        self._paces.pop(work_center, None)

    def look(self, until: Mapping[str, int], jobs: Mapping[str, JobOrder]) -> list[Sentence]:
        """What has turned; `until`: up to when the pieces of each work center are known."""
        found = []
        for center, at in until.items():
            off = made_work(center, jobs, self.counts) - self.work.until(center, at)
            off -= self._aside.get(center, 0)
            self.deviations[center] = off
            pace = self._paces.get(center, IN_PACE)
            turn = pace.turn(off, self.rules)
            if turn is not None:
                self._paces[center] = pace.turned(turn)
                found.append(_turned(center, turn, pace.against_first(off)))
        return found


def _turned(center: str, turn: Turn, off: int) -> Sentence:
    minutes = abs(off) // MINUTE
    if turn is Turn.BACK:
        return say("plan.because_in_pace", "{work_center} is back in pace", work_center=center)
    if turn is Turn.AHEAD:
        return say(
            "plan.because_ahead",
            "{work_center} is {minutes} minutes of work ahead of its plan",
            work_center=center,
            minutes=minutes,
        )
    return say(
        "plan.because_behind",
        "{work_center} is {minutes} minutes of work behind its plan",
        work_center=center,
        minutes=minutes,
    )


def scrapped(
    jobs: Mapping[str, JobOrder], counts: Counts, planned: Planned, rules: ReplanRules
) -> list[Sentence]:
    """Job orders whose scrap since `counts` is above plan by more work than the rule allows."""
    if not rules.scrap:
        return []
    found = []
    for job in jobs.values():
        bad = job.scrap + job.rework - counts.bad.get(job.id, 0)
        if bad <= 0:
            continue
        used = job.good + job.scrap + job.rework - counts.used.get(job.id, 0)
        above = bad - planned.get(job.id, Fraction(0)) * max(used, 0) / HUNDRED
        if above * job.run_time_per_item * 1_000_000 > rules.scrap:
            found.append(
                say(
                    "plan.because_scrap",
                    "{job} has {pieces} pieces of scrap and rework since the plan, more than"
                    " planned",
                    job=job.id,
                    pieces=bad,
                )
            )
    return found


def decided(before: Orders, register: JobRegister) -> list[Sentence]:
    """Orders of which people hold to another quantity than the last plan knew: the documents are
    as they were."""
    documents, held = register.data.requests, register.held.requests
    if held is documents:
        return []
    others = [
        id_ for id_, one in held.items() if one is not documents.get(id_) and before.get(id_) != one
    ]
    if not others:
        return []
    return [
        say(
            "plan.because_held_to",
            "what is made of them was decided: {orders}",
            orders=_named(others),
        )
    ]


def ordered(before: Orders, after: Orders) -> list[Sentence]:
    """What schedule documents have brought: what is urgent, new, gone or otherwise changed."""
    urgent = pressing(before, after)
    new = [id_ for id_ in after if id_ not in before]
    gone = [id_ for id_ in before if id_ not in after]
    slipped = [id_ for id_, one in after.items() if id_ in before and _slips(before[id_], one)]
    changed = [
        id_
        for id_, one in after.items()
        if id_ in before and one != before[id_] and id_ not in {*urgent, *slipped}
    ]
    said: list[Sentence] = []
    if urgent:
        said.append(say("plan.because_urgent", "more urgent: {orders}", orders=_named(urgent)))
    if slipped:
        said.append(
            say(
                "plan.because_material",
                "material comes later: {orders}",
                orders=_named(slipped),
            )
        )
    if new:
        said.append(say("plan.because_new", "new orders: {orders}", orders=_named(new)))
    if gone:
        said.append(say("plan.because_gone", "not wanted any more: {orders}", orders=_named(gone)))
    if changed:
        said.append(say("plan.because_changed", "changed: {orders}", orders=_named(changed)))
    return said


def pressing(before: Orders, after: Orders) -> list[str]:
    """Orders that are more urgent than they were."""
    return [id_ for id_, one in after.items() if id_ in before and _presses(before[id_], one)]


def _named(ids: list[str]) -> str:
    more = len(ids) - TOLD
    return ", ".join(sorted(ids)[:TOLD]) + (f" +{more}" if more > 0 else "")


def _presses(was: OperationsRequest, now: OperationsRequest) -> bool:
    return now.priority > was.priority or now.due < was.due


def _slips(was: OperationsRequest, now: OperationsRequest) -> bool:
    later = (now.material_from or 0) > (was.material_from or 0)
    return later or (now.release or 0) > (was.release or 0)
