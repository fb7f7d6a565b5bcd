"""The plan in force: when each job order is to be made, and which one is next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from edge.domain.clock import parse_time
from edge.domain.orders import JobOrder, job_order_id
from edge.domain.ports import ReleasedPlan

LATE = 2**62


@dataclass(frozen=True)
class Span:
    """Planned time of a job order on a work center, µs, setup included."""

    work_center: str
    start: int
    end: int


@dataclass(frozen=True)
class PlanInForce:
    """Spans by job order of the plan's version; version 0 before the first plan."""

    version: int = 0
    spans: Mapping[str, Span] = field(default_factory=dict)

    def next_jobs(self, waiting: Sequence[JobOrder]) -> list[JobOrder]:
        """Jobs in the order of the plan; what it does not know comes last, by due date."""
        return sorted(waiting, key=self._place)

    def _place(self, job: JobOrder) -> tuple[int, int, int, str]:
        span = self.spans.get(job.id)
        return (span.start if span else LATE, job.due, -job.priority, job.id)


def in_force(plan: ReleasedPlan | None) -> PlanInForce:
    """The plan as dispatch and the API need it, from the stored version."""
    if plan is None:
        return PlanInForce()
    return PlanInForce(plan.version, spans_of(plan.schedule["blocks"]))


def spans_of(blocks: Sequence[Mapping[str, Any]]) -> dict[str, Span]:
    """First start to last end of each operation's blocks; steps done outside have none."""
    spans: dict[str, Span] = {}
    for block in blocks:
        if block["work_center"] is None:
            continue
        id_ = job_order_id(block["order"], block["seq"])
        start, end = parse_time(block["start"]), parse_time(block["end"])
        known = spans.get(id_)
        if known:
            start, end = min(start, known.start), max(end, known.end)
        spans[id_] = Span(block["work_center"], start, end)
    return spans
