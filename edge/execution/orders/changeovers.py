"""The standard time of a changeover: as it is planned, and as it stands when a job is started."""

from collections.abc import Iterable
from dataclasses import replace

from edge.domain.facts import Json
from edge.domain.orders import JobOrder
from edge.execution.orders.register import SETUP, JobRegister
from edge.planning.scenario.model import Order, Scenario


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


def with_changeovers(
    scenario: Scenario, register: JobRegister, jobs: Iterable[JobOrder]
) -> Scenario:
    """The scenario with the plant's changeovers, and what stands on each work center by `jobs`."""
    book, last = register.change_book(), dict[str, JobOrder]()
    for job in jobs:
        there = last.get(job.work_center)
        if job.started_at is not None and (there is None or _begun(job) > _begun(there)):
            last[job.work_center] = job
    requests = register.held.requests
    return replace(
        scenario,
        orders=tuple(
            book.order(one, requests[one.id].product_revision) if one.id in requests else one
            for one in scenario.orders
        ),
        work_centers=tuple(book.center(one, last.get(one.id)) for one in scenario.work_centers),
    )


def planned_over(register: JobRegister, order: Order, revision: str) -> Order:
    """An order that is no request yet, with the plant's changeovers."""
    return register.change_book().order(order, revision)


def set_up_s(register: JobRegister, job: JobOrder) -> int:
    """Seconds that the set-up of a job takes: those of the rule that fits, else the routing's."""
    standard = changeover(register, job)
    return job.setup_s if standard is None else int(str(standard["standard_s"]))


def as_set_up(register: JobRegister, job: JobOrder) -> JobOrder:
    """A job that is being set up, with what that takes after what stood there before it."""
    if job.phase != SETUP or job.started_at is None:
        return job
    return replace(job, setup_s=set_up_s(register, job))


def _begun(job: JobOrder) -> tuple[int, str]:
    return (job.started_at or 0, job.id)


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
