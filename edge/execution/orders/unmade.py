"""Pieces that nobody makes, because an operation of the order has ended with fewer; pure.

An operation that has ended is not opened again. If the order was raised since, what is wanted
more comes out of no plan, and no finish of it is told to anybody. If people ended it short they
know that, and the finish that is told is the one of the pieces that come.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from edge.domain.orders import JobOrder
from edge.domain.remarks import Remark
from edge.domain.sentences import Sentence, say
from edge.domain.vocabulary import JobState
from edge.domain.yields import comes_out
from edge.execution.orders.masterdata import MasterData


@dataclass(frozen=True, kw_only=True)
class Unmade:
    """An order of which `comes` pieces come out at most, and `wanted` are wanted: its operation
    at `work_center` ended with `good` pieces, if it was `raised` before that was known."""

    order: str
    operation: int
    work_center: str
    good: int
    comes: int
    wanted: int
    raised: bool = True

    @property
    def missing(self) -> int:
        """Pieces of the order that nobody makes."""
        return self.wanted - self.comes

    def sentence(self) -> Sentence:
        """What is wrong, where, and what mends it."""
        return self._of_raised() if self.raised else self._of_short()

    def _of_raised(self) -> Sentence:
        return say(
            "order.unmade",
            "{missing} of {wanted} pieces are made by nobody: the order was raised after operation"
            " {operation} at {work_center} had ended with {good}",
            "order {comes} of it in the ERP, and plan the other {missing} as a new order",
            missing=self.missing,
            wanted=self.wanted,
            operation=self.operation,
            work_center=self.work_center,
            good=self.good,
            comes=self.comes,
        )

    def _of_short(self) -> Sentence:
        return say(
            "order.ended_short",
            "{missing} of {wanted} pieces do not come: operation {operation} at {work_center} was"
            " ended with {good}",
            "the finish is that of {comes}: order the other {missing} anew if they are wanted",
            missing=self.missing,
            wanted=self.wanted,
            operation=self.operation,
            work_center=self.work_center,
            good=self.good,
            comes=self.comes,
        )

    def remark(self) -> Remark:
        """As the problems of a plan name it."""
        return Remark(order=self.order, said=self.sentence())


def unmade(jobs: Iterable[JobOrder], data: MasterData) -> Mapping[str, Unmade]:
    """By order in force that was raised too late, the operation that lets the fewest come out."""
    return _fewest((job for job in jobs if job.raised), data)


def ended_short(jobs: Iterable[JobOrder], data: MasterData) -> Mapping[str, Unmade]:
    """By order in force that people ended short, the operation that lets the fewest come out."""
    return _fewest((job for job in jobs if _is_short(job)), data)


def _is_short(job: JobOrder) -> bool:
    return job.state is JobState.ENDED and not job.raised and job.good < job.quantity


def _fewest(jobs: Iterable[JobOrder], data: MasterData) -> Mapping[str, Unmade]:
    found: dict[str, Unmade] = {}
    for job in sorted(jobs, key=lambda one: (one.order, one.operation)):
        one = _of(job, data)
        known = found.get(job.order)
        if one is not None and (known is None or one.comes < known.comes):
            found[job.order] = one
    return found


def _of(job: JobOrder, data: MasterData) -> Unmade | None:
    """What is missing because of a job that ended for fewer pieces than are wanted now."""
    request = data.requests.get(job.order)
    made_by = data.definitions.get((job.product, job.revision))
    if request is None or made_by is None:
        return None
    good = max(job.good, 0)
    comes, wanted = comes_out(made_by.operations, job.operation, good), request.quantity
    if comes >= job.completion.least(wanted):
        return None
    return Unmade(
        order=job.order,
        operation=job.operation,
        work_center=job.work_center,
        good=good,
        comes=comes,
        wanted=wanted,
        raised=job.raised,
    )
