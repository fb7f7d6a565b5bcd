"""The maintenance room: due lists, and orders from the report to the mended machine.

While an order is begun nothing starts on its work center; overdue work warns, or forbids a
start where its plan says so.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from edge.domain.facts import FactKind, Json
from edge.domain.hours import DAY
from edge.domain.maintenance import (
    CORRECTIVE,
    PREVENTIVE,
    MaintenanceOrder,
    MaintenancePlan,
    MaintenanceReader,
    PlanDone,
)
from edge.domain.orders import JobOrder
from edge.domain.sentences import Sentence, say
from edge.domain.vocabulary import JobState
from edge.execution.authority import MAINTENANCE
from edge.execution.desk import Answer, Asked, Desk
from edge.execution.errors import InvalidAction, NotAllowed, UnknownObject
from edge.execution.floor import Floor
from edge.execution.gates import Block
from edge.execution.maintenance.due import OK, OVERDUE, SOON, Due, due

STATES: Mapping[str, Sentence] = {
    SOON: say("word.soon_due", "soon due"),
    OVERDUE: say("word.overdue", "overdue"),
}
ORDER_STATES: Mapping[str, Sentence] = {
    "reported": say("word.reported", "reported"),
    "begun": say("word.begun", "begun"),
    "done": say("word.done", "done"),
    "cancelled": say("word.cancelled", "cancelled"),
}
# What happens to an order -> the states that allow it, and what it is recorded as.
EVENTS: Mapping[str, tuple[frozenset[str], str]] = {
    "begin": (frozenset({"reported"}), "begun"),
    "done": (frozenset({"reported", "begun"}), "done"),
    "cancel": (frozenset({"reported", "begun"}), "cancelled"),
}


@dataclass(frozen=True, kw_only=True)
class Report:
    """What somebody asks for: a breakdown that is to be mended, or a plan's work."""

    work_center: str
    note: str
    plan: str = ""
    stop: int | None = None


@dataclass(frozen=True, kw_only=True)
class CarriedOver:
    """What a plan had used up when the edge began to count: microseconds, cycles, days."""

    running: int = 0
    cycles: int = 0
    days: int = 0


class MaintenanceRoom:
    """Maintenance of one floor; a Gate."""

    def __init__(
        self, floor: Floor, reader: MaintenanceReader, plans: Mapping[str, MaintenancePlan]
    ) -> None:
        self._floor, self._desk, self.reader = floor, Desk(floor), reader
        self.plans = plans
        floor.gates.gates.append(self)

    def follow(self, plans: Mapping[str, MaintenancePlan]) -> None:
        """Go by these plans from now on."""
        self.plans = plans

    def due(self, work_center: str | None = None) -> list[Due]:
        """How far each plan is, the most urgent first."""
        last = {one.plan: one for one in self.reader.last_done()}
        found = [
            self._due(plan, last.get(plan.id))
            for plan in self.plans.values()
            if work_center in {None, plan.work_center}
        ]
        return sorted(found, key=lambda one: (-one.share, one.plan.id))

    async def report(self, said: Report, asked: Asked) -> Answer:
        """Ask for work on a work center; raises UnknownObject or NotAllowed."""
        self._floor.work_center(said.work_center)
        async with self._floor.lock(said.work_center):
            if again := self._desk.answered(asked):
                return again
            self._check_report(said)
            body: dict[str, Json] = {
                "event": "reported",
                "kind": PREVENTIVE if said.plan else CORRECTIVE,
                "plan": said.plan,
                "stop": said.stop,
                "at": self._floor.clock.now(),
                "note": said.note.strip(),
            }
            draft = self._desk.draft(FactKind.MAINTENANCE, said.work_center, asked, body)
            return self._desk.answer(await self._desk.record(asked, draft))

    async def change(self, id_: int, action: str, note: str, asked: Asked) -> Answer:
        """Begin, finish or cancel an order; a maintainer's word."""
        async with self._floor.lock(self.order(id_).equipment_id):
            if again := self._desk.answered(asked):
                return again
            self._floor.authority.check(asked.actor, MAINTENANCE)
            order = self.order(id_)
            allowed, event = EVENTS[action]
            if order.state not in allowed:
                raise NotAllowed(
                    say(
                        "maintenance.state",
                        "order {order} is {state}",
                        "look at the list of orders again",
                        order=id_,
                        state=ORDER_STATES[order.state],
                    )
                )
            job = self._floor.register.running_job(order.equipment_id)
            if action == "begin" and job and job.state == JobState.RUNNING:
                raise NotAllowed(
                    say(
                        "maintenance.job_runs",
                        "{job} runs on {work_center}",
                        "interrupt it first",
                        job=job.id,
                        work_center=job.work_center,
                    )
                )
            body = self._body(order, event, note)
            draft = self._desk.draft(FactKind.MAINTENANCE, order.equipment_id, asked, body)
            return self._desk.answer(await self._desk.record(asked, draft))

    async def carry_over(self, plan: str, said: CarriedOver, asked: Asked) -> Answer:
        """Say what a plan had used up before the edge counted; a maintainer's word."""
        if again := self._desk.answered(asked):
            return again
        self._floor.authority.check(asked.actor, MAINTENANCE)
        found = self.plan(plan)
        if min(said.running, said.cycles, said.days) < 0:
            raise InvalidAction(
                say(
                    "maintenance.negative",
                    "what was used up before is not below 0",
                    "say 0 or more",
                )
            )
        if other := [name for name, limit in _limits(found, said) if limit is None]:
            raise InvalidAction(
                say(
                    "maintenance.no_limit",
                    "{plan} does not come round by {what}",
                    "say only what the plan goes by",
                    plan=plan,
                    what=", ".join(other),
                )
            )
        now = self._floor.clock.now()
        usage = self.reader.usage(found.work_center).at(now)
        body: dict[str, Json] = {
            "event": "carried_over",
            "plan": plan,
            "at": now - said.days * DAY,
            "running": usage.running - said.running,
            "cycles": usage.cycles - said.cycles,
        }
        draft = self._desk.draft(FactKind.MAINTENANCE, found.work_center, asked, body)
        return self._desk.answer(await self._desk.record(asked, draft))

    def order(self, id_: int) -> MaintenanceOrder:
        """The order with this id; raises UnknownObject."""
        found = self.reader.order(id_)
        if found is None:
            raise UnknownObject(
                say(
                    "maintenance.unknown_order",
                    "no maintenance order {order} on this edge",
                    "look at the list of orders",
                    order=id_,
                )
            )
        return found

    def plan(self, id_: str) -> MaintenancePlan:
        """The plan with this id; raises UnknownObject."""
        if id_ not in self.plans:
            known = ", ".join(sorted(self.plans)) or "none: add [[maintenance]] to plant.toml"
            raise UnknownObject(
                say(
                    "maintenance.unknown_plan",
                    "no maintenance plan {plan!r}; there are: {known}",
                    "choose one of these, or add [[maintenance]] to plant.toml",
                    plan=id_,
                    known=known,
                )
            )
        return self.plans[id_]

    def blocks(self, job: JobOrder, actor: str | None) -> Iterator[Block]:
        """Work that is begun on the machine, and work that is due."""
        for order in self.reader.orders(job.work_center, open_=True):
            if order.state == "begun":
                yield Block(
                    said=say(
                        "maintenance.begun",
                        "{work_center} is in maintenance: {why}",
                        "finish or cancel maintenance order {order}",
                        work_center=job.work_center,
                        why=order.note or order.plan,
                        order=order.id,
                    )
                )
        for one in self.due(job.work_center):
            if one.state != OK:
                yield Block(
                    said=say(
                        "maintenance.due",
                        "{name} is {state}: {percent} % used up",
                        "do {plan}, and say so",
                        name={"en": one.plan.en, "zh": one.plan.zh},
                        state=STATES[one.state],
                        percent=round(one.share * 100),
                        plan=one.plan.id,
                    ),
                    only_warns=not (one.plan.forbids and one.state == OVERDUE),
                )

    def _due(self, plan: MaintenancePlan, last: PlanDone | None) -> Due:
        now = self._floor.clock.now()
        usage = self.reader.usage(plan.work_center).at(now)
        return due(plan, usage, last, now, self._began(now))

    def _began(self, now: int) -> int:
        """When the record began: what was never done counts from there."""
        first = self._floor.reader.facts_after(0, 1)
        return first[0].occurred_at if first else now

    def _check_report(self, said: Report) -> None:
        stop = None if said.stop is None else self._floor.reader.stop(said.stop)
        if said.stop is not None and (stop is None or stop.equipment_id != said.work_center):
            raise UnknownObject(
                say(
                    "maintenance.no_stop",
                    "no stop {stop} of {work_center}",
                    "name a stop of this machine, or none",
                    stop=said.stop,
                    work_center=said.work_center,
                )
            )
        if not said.plan:
            return
        plan = self.plan(said.plan)
        if plan.work_center != said.work_center:
            raise InvalidAction(
                say(
                    "maintenance.elsewhere",
                    "{plan} is of {home}, not of {work_center}",
                    "ask for it there",
                    plan=plan.id,
                    home=plan.work_center,
                    work_center=said.work_center,
                )
            )
        waiting: Sequence[MaintenanceOrder] = self.reader.orders(said.work_center, open_=True)
        if twin := next((one for one in waiting if one.plan == said.plan), None):
            raise NotAllowed(
                say(
                    "maintenance.asked",
                    "{plan} was asked for already: order {order}",
                    "begin or finish that one",
                    plan=said.plan,
                    order=twin.id,
                )
            )

    def _body(self, order: MaintenanceOrder, event: str, note: str) -> dict[str, Json]:
        now = self._floor.clock.now()
        body: dict[str, Json] = {"event": event, "order": order.id, "kind": order.kind}
        body |= {"plan": order.plan, "at": now, "note": note.strip()}
        if event == "done" and order.plan:
            usage = self.reader.usage(order.equipment_id).at(now)
            body |= {"running": usage.running, "cycles": usage.cycles}
        return body


def _limits(plan: MaintenancePlan, said: CarriedOver) -> Iterator[tuple[str, int | None]]:
    """What was said to be used up, with the plan's limit of it."""
    limits = {"hours": plan.hours, "cycles": plan.cycles, "days": plan.days}
    used = {"hours": said.running, "cycles": said.cycles, "days": said.days}
    return ((name, limits[name]) for name, amount in used.items() if amount)
