"""The plan in force: when each job order is to be made, and which one is next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from edge.domain.orders import JobOrder, job_order_id
from edge.domain.promises import PREFIX
from edge.domain.recording import ReleasedPlan
from edge.planning.months.planned import PlannedJob, planned_jobs

LATE = 2**62


@dataclass(frozen=True)
class PlanInForce:
    """Planned jobs by job order id, of the plan's version; version 0 before the first plan.

    `promised` is what is only reserved: nobody works on it.
    """

    version: int = 0
    jobs: Mapping[str, PlannedJob] = field(default_factory=dict)
    promised: tuple[PlannedJob, ...] = ()

    def next_jobs(self, waiting: Sequence[JobOrder]) -> list[JobOrder]:
        """Jobs in the order of the plan; what it does not know comes last, by due date."""
        return sorted(waiting, key=self._place)

    def _place(self, job: JobOrder) -> tuple[int, int, int, str]:
        planned = self.jobs.get(job.id)
        return (planned.begins if planned else LATE, job.due, -job.priority, job.id)


def in_force(plan: ReleasedPlan | None) -> PlanInForce:
    """The plan as dispatch and the API need it, from the stored version."""
    if plan is None:
        return PlanInForce()
    jobs, promised = dict[str, PlannedJob](), list[PlannedJob]()
    for one in planned_jobs(plan.schedule):
        if one.order.startswith(PREFIX):
            promised.append(one)
        else:
            jobs[job_order_id(one.order, one.operation)] = one
    return PlanInForce(plan.version, jobs, tuple(promised))
