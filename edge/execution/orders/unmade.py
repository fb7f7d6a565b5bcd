"""Pieces that nobody makes: an order was raised after an operation of it had ended; pure.

An operation that has ended is not opened again. What is wanted more of it since comes out of no
plan, and no finish of it is told to anybody.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from edge.domain.orders import JobOrder
from edge.domain.sentences import Sentence, say
from edge.domain.yields import comes_out
from edge.execution.orders.masterdata import MasterData


@dataclass(frozen=True, kw_only=True)
class Unmade:
    """An order of which `comes` pieces come out at most, and `wanted` are wanted: its operation
    at `work_center` ended with `good` pieces before that was known."""

    order: str
    operation: int
    work_center: str
    good: int
    comes: int
    wanted: int

    @property
    def missing(self) -> int:
        """Pieces of the order that nobody makes."""
        return self.wanted - self.comes

    def sentence(self) -> Sentence:
        """What is wrong, where, and what mends it."""
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

    def __str__(self) -> str:
        """As the problems of a plan name it."""
        return f"order {self.order}: {self.sentence()}"


def unmade(jobs: Iterable[JobOrder], data: MasterData) -> Mapping[str, Unmade]:
    """By order in force, the operation of it that lets the fewest pieces come out."""
    found: dict[str, Unmade] = {}
    raised = (job for job in jobs if job.raised)
    for job in sorted(raised, key=lambda one: (one.order, one.operation)):
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
    )
