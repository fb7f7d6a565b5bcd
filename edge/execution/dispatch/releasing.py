"""What becomes of a plan that was made: an immutable version that is released.

`edge/execution/dispatch/replanning.py` says when and what to plan; here is what is in force.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import structlog

from edge.domain.clock import parse_time
from edge.domain.facts import FactDraft, FactKind, Json, Source
from edge.domain.orders import JobOrder
from edge.domain.recording import ExpectedVersion, Recording, ReleasedPlan
from edge.domain.sentences import Sentence
from edge.domain.vocabulary import FINAL_JOB_STATES
from edge.execution.dispatch.released import PlanInForce, in_force
from edge.execution.floor import Floor
from edge.execution.orders.jobs import event
from edge.planning.instructing import Papers, instructions

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class MadePlan:
    """A schedule that was solved, and why; it replaces what is planned from `valid_from` (us)."""

    schedule: Mapping[str, Any]
    valid_from: int
    trigger: Sentence


class Releasing:
    """Keeps which plan is in force, and brings the next one into force."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self.plan: PlanInForce = in_force(floor.reader.plan())
        self.released_at: int | None = None

    def look_again(self) -> None:
        """The store may hold a later plan than is known here."""
        self.plan = in_force(self._floor.reader.plan())

    async def offer(self, made: MadePlan) -> None:
        """Release a plan that was made."""
        await self._release(made)

    async def _release(self, made: MadePlan) -> None:
        floor, schedule = self._floor, made.schedule
        version = self.plan.version + 1
        plan = ReleasedPlan(
            version=version,
            input_hash=schedule["input_hash"],
            valid_from=made.valid_from,
            schedule=schedule,
            instructions=tuple(
                one
                for one in instructions(schedule, version, self._papers())
                if one.hour >= made.valid_from
            ),
        )
        now = floor.clock.now()
        coming = in_force(plan)
        moved = self._moved(coming)
        drafts = [self._released_fact(plan, now), *(_event(to, now) for to in moved)]
        versions = [ExpectedVersion(job_order_id=to.id, version=to.version - 1) for to in moved]
        await floor.writer.record(
            Recording(drafts=tuple(drafts), versions=tuple(versions), plan=plan)
        )
        floor.register.reload()
        self.plan, self.released_at = coming, now
        log.info("plan_released", version=version, hours=len(plan.instructions))

    def _papers(self) -> Papers:
        """By what the plan was made, so that its hours say it for ever."""
        register = self._floor.register
        jobs = {(job.order, job.operation): job for job in register.jobs.values()}
        data = register.data
        return Papers(definitions=data.definitions, requests=data.requests, jobs=jobs)

    def _released_fact(self, plan: ReleasedPlan, now: int) -> FactDraft:
        return FactDraft(
            kind=FactKind.PLAN_RELEASED,
            occurred_at=now,
            equipment_id=self._floor.site,
            source=Source.SYSTEM,
            body={
                "plan": plan.version,
                "input_hash": plan.input_hash,
                "valid_from": plan.valid_from,
                "orders": forecasts(plan.schedule["orders"]),
            },
        )

    def _moved(self, plan: PlanInForce) -> list[JobOrder]:
        """Jobs that the plan gives to another work center than they were on, as they are then."""
        moved = []
        for id_, planned in plan.jobs.items():
            job = self._floor.register.jobs.get(id_)
            if job is None or job.started_at is not None or job.state in FINAL_JOB_STATES:
                continue
            if job.work_center != planned.work_center:
                moved.append(replace(job, work_center=planned.work_center, version=job.version + 1))
        return moved


def _event(moved: JobOrder, now: int) -> FactDraft:
    return event(moved, "revised", at=now, source=Source.SYSTEM)


def forecasts(orders: Sequence[Mapping[str, Any]]) -> list[Json]:
    """What a plan says of each order, with times in µs, for sales and the ERP."""
    return [
        {
            "id": order["id"],
            "completion": _micros(order["completion"]),
            "due": _micros(order["due"]),
            "tardiness_s": order["tardiness_s"],
            "reasons": order["reasons"],
        }
        for order in orders
    ]


def _micros(text: str | None) -> int | None:
    return None if text is None else parse_time(text)
