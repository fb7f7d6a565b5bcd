"""What people do at the terminal: start, interrupt, resume, complete, scrap, give reasons.

Each action is checked, forces a reading where it is a boundary, and is committed
before it is answered. A repeated request (same idempotency key) gets its first
answer and does nothing.
"""

import asyncio

from edge.domain.equipment import EquipmentUnreachable, Observation
from edge.domain.facts import FactKind, Json, Source
from edge.domain.jobs import Beyond
from edge.domain.orders import JobOrder
from edge.domain.recording import VersionConflict
from edge.domain.sentences import say
from edge.domain.vocabulary import WAITING_FOR_ORDER, JobState, MachineState
from edge.execution.authority import SUPERVISOR
from edge.execution.desk import Answer, Asked, Desk
from edge.execution.dispatch.due import Step, due
from edge.execution.errors import (
    BeyondTolerance,
    NotAllowed,
    NothingReported,
)
from edge.execution.floor import COMPLETE, HOLD, UNHOLD, Floor
from edge.execution.orders.approving import Approving
from edge.execution.orders.asking import surplus
from edge.execution.orders.questions import Questions
from edge.execution.orders.reporting import Reporting
from edge.execution.orders.transitions import check, refuse_beside
from edge.execution.quarantine.judging import Judging
from edge.execution.restating.correcting import Correcting
from edge.execution.restating.declaring import Declaring

SECONDS_TO_STOP = 15.0
LOOK_EVERY = 0.1
COMMANDS = {"interrupt": HOLD, "resume": UNHOLD}


class Actions:
    """The operator's actions on one edge's floor."""

    def __init__(self, floor: Floor) -> None:
        self._floor, self._desk = floor, Desk(floor)
        self.judging = Judging(floor)
        self.reporting = Reporting(floor)
        self.correcting = Correcting(floor)
        self.declaring = Declaring(floor)
        self.questions = Questions(floor, self.ending)
        self.approving = Approving(floor)

    async def change_job(
        self, id_: str, action: str, asked: Asked, reason: str = "", *, confirm: bool = False
    ) -> Answer:
        """Start, interrupt, resume or complete a job order.

        Raises UnknownObject, VersionConflict, NotAllowed (Blocked), EquipmentUnreachable,
        RequestConflict, StoreUnavailable; NothingReported unless it is confirmed.
        """
        floor = self._floor
        work_center = floor.job(id_).work_center
        async with floor.lock(work_center):
            floor.register.reload()
            if again := self._desk.answered(asked):
                await self._told(id_, action, asked)
                return again
            job = self._desk.expected(floor.job(id_), asked)
            if job.work_center != work_center:
                raise VersionConflict(
                    say(
                        "job.moved",
                        "{job} was moved to {work_center}",
                        "look again",
                        job=id_,
                        work_center=job.work_center,
                    )
                )
            check(job, action)
            refuse_beside(job, action)
            floor.gates.check(job, action, asked.actor)
            if action == "complete":
                self._enough(job, asked.actor, confirm=confirm)
            if action == "complete" and not confirm:
                self._reported(job)
            boundary = await self._boundary(job, action, asked)
            floor.register.reload()
            job = floor.job(id_)
            recorded = await floor.change(
                job,
                action,
                boundary,
                source=Source.OPERATOR,
                actor=asked.actor,
                reason=reason,
                request=asked.request,
                asks=self._surplus(job) if action == "complete" else None,
            )
            await self._told(id_, action, asked)
        return self._desk.answer(recorded)

    def _enough(self, job: JobOrder, actor: str, *, confirm: bool) -> None:
        """Raise if a job is to end with fewer than its product's tolerance, as that says.

        Nobody is asked where nothing more can be made: all input was used.
        """
        floor, policy = self._floor, job.completion
        least = policy.least(job.quantity)
        used_up = floor.register.rest(job) is None and not floor.register.more_input_comes(job)
        if policy.beyond is Beyond.ALLOW or job.good >= least or used_up:
            return
        if policy.beyond is Beyond.REFUSE:
            raise NotAllowed(
                say(
                    "job.too_few",
                    "{job} has {good} of {quantity} good pieces, and at least {least} are due",
                    "make the rest, or have the ERP change the order",
                    job=job.id,
                    good=job.good,
                    quantity=job.quantity,
                    least=least,
                )
            )
        if not confirm:
            raise BeyondTolerance(
                say(
                    "job.too_few_ask",
                    "{job} has {good} of {quantity} good pieces, and at least {least} are due; a "
                    "supervisor may end it all the same",
                    job=job.id,
                    good=job.good,
                    quantity=job.quantity,
                    least=least,
                )
            )
        floor.authority.check(actor, SUPERVISOR)

    def _surplus(self, job: JobOrder) -> dict[str, Json] | None:
        """What is asked of pieces that a machine made beyond the tolerance, whoever ends the job.

        Where people count, a supervisor has said so with the report.
        """
        return None if self._floor.work_centers[job.work_center].manual else surplus(job)

    def _reported(self, job: JobOrder) -> None:
        """Raise NothingReported where people count and no good piece was said: did they forget?"""
        if self._floor.work_centers[job.work_center].manual and job.good <= 0:
            behind = self._floor.register.after(job)
            if behind is None:
                raise NothingReported(
                    say("job.nothing_reported", "{job} has 0 good pieces reported", job=job.id)
                )
            raise NothingReported(
                say(
                    "job.nothing_passed_on",
                    "{job} has 0 good pieces reported, and operation {operation} would have no "
                    "input",
                    job=job.id,
                    operation=behind.operation,
                )
            )

    async def _told(self, id_: str, action: str, asked: Asked) -> None:
        """Let the machine know of a start if it does not; also where that failed the first time."""
        floor, job = self._floor, self._floor.job(id_)
        if action != "start" or job.state != JobState.RUNNING:
            return
        if not floor.work_centers[job.work_center].commanded:
            return
        shown = await floor.equipment.force_reading(job.work_center)
        if due(job, shown) is Step.TELL:
            await floor.tell(job, asked.actor)

    async def _boundary(self, job: JobOrder, action: str, asked: Asked) -> Observation:
        """Bring the machine to where the action can be counted, and read it."""
        floor, work_center = self._floor, job.work_center
        mains, room = floor.register.mains(work_center), floor.work_centers[work_center].parallel
        if action == "start" and len(mains) >= room:
            ids = ", ".join(one.id for one in mains)
            raise NotAllowed(
                say(
                    "work_center.full",
                    "{work_center} is on {jobs}",
                    "complete one of these first",
                    work_center=work_center,
                    jobs=ids,
                )
            )
        if action == "complete":
            return await self.ending(job, asked.actor)
        if action in COMMANDS:
            await floor.command(work_center, COMMANDS[action], asked.actor)
        return await floor.equipment.force_reading(work_center)

    async def ending(self, job: JobOrder, actor: str) -> Observation:
        """The reading with which a job can end: where machines take commands, it stands then.

        Raises EquipmentUnreachable.
        """
        if self._floor.work_centers[job.work_center].commanded:
            return await self._stopped(job, actor)
        return await self._floor.equipment.force_reading(job.work_center)

    async def _stopped(self, job: JobOrder, actor: str) -> Observation:
        """Tell the machine to complete, and wait until it has: no piece comes after that.

        One that a person has stopped may take no such command: then it stands all the same.
        """
        floor, work_center = self._floor, job.work_center
        shown: Observation | None = None
        try:
            async with asyncio.timeout(SECONDS_TO_STOP):
                shown = await floor.equipment.force_reading(work_center)
                while shown.command and shown.order != job.number:  # it is taking the job over
                    shown = await self._shown_later(work_center)
                if shown.order != job.number:
                    return shown  # the machine never took the job over: nothing to stop
                if shown.state != MachineState.COMPLETE:
                    await floor.command(work_center, COMPLETE, actor)
                while shown.state != MachineState.COMPLETE:
                    shown = await self._shown_later(work_center)
        except TimeoutError:
            if shown and shown.state in WAITING_FOR_ORDER and not shown.command:
                return shown
            raise EquipmentUnreachable(
                say(
                    "machine.runs_on",
                    "{work_center} was told to complete {job} and has not stopped",
                    "stop it at the machine, then complete again",
                    work_center=job.work_center,
                    job=job.id,
                )
            ) from None
        return shown

    async def _shown_later(self, work_center: str) -> Observation:
        await asyncio.sleep(LOOK_EVERY)
        return await self._floor.equipment.force_reading(work_center)

    async def acknowledge(self, work_center: str, plan: int, hour: int, asked: Asked) -> Answer:
        """Say that an hour's instruction was seen."""
        if again := self._desk.answered(asked):
            return again
        self._floor.work_center(work_center)
        given = self._floor.reader.instructions(work_center, hour, hour + 1)
        if plan not in {instruction.plan for instruction in given}:
            raise NotAllowed(
                say(
                    "plan.not_in_force",
                    "plan {plan} is not in force for this hour",
                    "look at the board again",
                    plan=plan,
                )
            )
        body = {"plan": plan, "work_center": work_center, "hour": hour}
        draft = self._desk.draft(FactKind.INSTRUCTION_ACKNOWLEDGED, work_center, asked, body)
        return self._desk.answer(await self._desk.record(asked, draft))
