"""The standard time of a changeover, as it stands when a job is started."""

from edge.domain.facts import Json
from edge.domain.orders import JobOrder
from edge.execution.orders.register import JobRegister


def changeover(register: JobRegister, job: JobOrder) -> dict[str, Json] | None:
    """`{from, to, standard_s, before}` of the plant's matrix; None where no rule fits."""
    before = _before(register, job)
    names = _names(register, before) if before else frozenset()
    rule = register.changeovers.rule(job.work_center, names, _names(register, job))
    if rule is None:
        return None
    return {
        "from": rule.from_,
        "to": rule.to,
        "standard_s": rule.minutes * 60,
        "before": before.id if before else "",
    }


def _before(register: JobRegister, job: JobOrder) -> JobOrder | None:
    """The job that was started last on the work center."""
    there = [
        one
        for one in register.jobs.values()
        if one.work_center == job.work_center and one.started_at is not None and one.id != job.id
    ]
    return max(there, key=lambda one: (one.started_at or 0, one.id), default=None)


def _names(register: JobRegister, job: JobOrder) -> frozenset[str]:
    """Product, family and tool of a job: by any of them a rule may know it."""
    definition = register.data.definitions.get((job.product, job.revision))
    family = definition.family if definition else job.product
    tool = {job.tool.id} if job.tool else set()
    return frozenset({job.product, family} | tool)
