"""Inspections are recorded, with the holds that follow from what was seen."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from edge.domain.facts import FactDraft, FactKind, Json, Source
from edge.domain.orders import JobOrder
from edge.domain.quality.plans import FAILED, RULE, InspectionPlan
from edge.domain.quality.records import HoldScope
from edge.domain.recording import Recording
from edge.domain.sentences import Sentence, say
from edge.execution.authority import QUALITY
from edge.execution.desk import Answer, Asked, Desk
from edge.execution.errors import InvalidAction, NotAllowed, UnknownObject
from edge.execution.floor import Floor
from edge.execution.quality.holds import Placing, hold_body
from edge.execution.quality.judging import Judged, Judging, Seen
from edge.execution.quality.standing import Inspections
from edge.execution.quality.suspecting import Suspecting, made


@dataclass(frozen=True, kw_only=True)
class Inspected:
    """An inspection that a person has done; `again`: these pieces were inspected before."""

    inspection: str
    seen: tuple[Seen, ...]
    sample: str = ""
    note: str = ""
    again: bool = False


@dataclass(frozen=True, kw_only=True)
class By:
    """Who has inspected: a person, or the machine itself."""

    source: Source
    actor: str | None


MACHINE = By(source=Source.PLC, actor=None)


class Inspecting:
    """Results of inspections on one edge's floor."""

    def __init__(
        self,
        floor: Floor,
        inspections: Inspections,
        judging: Judging,
        suspecting: Suspecting,
    ) -> None:
        self._floor, self._desk, self._suspecting = floor, Desk(floor), suspecting
        self._inspections, self._judging = inspections, judging

    async def record(self, id_: str, done: Inspected, asked: Asked) -> Answer:
        """Record an inspection of a job order, with the holds that follow from it.

        Raises UnknownObject, InvalidAction, NotAllowed (a gauge that may not be used),
        RequestConflict, StoreUnavailable.
        """
        async with self._floor.lock(self._floor.job(id_).work_center):
            if again := self._desk.answered(asked):
                return again
            self._floor.register.reload()
            job = self._floor.job(id_)
            plan = self._plan(job, done.inspection)
            drafts = self._drafts(job, plan, done, By(source=Source.OPERATOR, actor=asked.actor))
            return self._desk.answer(await self._desk.record(asked, *drafts))

    async def take(self, job: JobOrder, plan: InspectionPlan) -> None:
        """Record an inspection that the machine measures, with the holds that follow from it.

        For who has the work center's lock. Raises InvalidAction where it shows no good value,
        NotAllowed (a gauge that may not be used), StoreUnavailable.
        """
        drafts = self._drafts(job, plan, Inspected(inspection=plan.id, seen=()), MACHINE)
        try:
            await self._floor.writer.record(Recording(drafts=tuple(drafts)))
        finally:
            self._floor.register.outdated = True

    def can_take(self, job: JobOrder, plan: InspectionPlan) -> None:
        """Raise as `take` does, without a new reading."""
        self._judging.judged(job, plan, ())

    def _drafts(
        self, job: JobOrder, plan: InspectionPlan, done: Inspected, by: By
    ) -> list[FactDraft]:
        judged = self._judging.judged(job, plan, done.seen)
        result = self._result(job, plan, done, judged)
        said = [(FactKind.QUALITY_RESULT, result), *self._holds_of(job, plan, judged)]
        if plan.suspects and not result["passed"] and not done.again:
            apart = self._suspecting.since_last(job, plan)
            said += [(FactKind.NONCONFORMANCE, apart)] if apart else []
        return [self._draft(kind, job, by, body) for kind, body in said]

    def _draft(self, kind: FactKind, job: JobOrder, by: By, body: Mapping[str, Json]) -> FactDraft:
        of_job = None if kind == FactKind.QUALITY_HOLD else job.id
        return FactDraft(
            kind=kind,
            occurred_at=self._floor.clock.now(),
            equipment_id=job.work_center,
            job_order_id=of_job,
            source=by.source,
            actor=by.actor,
            body=body,
        )

    async def void(self, seq: int, note: str, asked: Asked) -> Answer:
        """Take a result back that was recorded wrongly: what it covered is due again.

        A hold that followed from it stays, until somebody releases it. Raises UnknownObject,
        InvalidAction, NotAllowed, NotAuthorized, RequestConflict, StoreUnavailable.
        """
        async with self._floor.lock("quality"):
            if again := self._desk.answered(asked):
                return again
            self._floor.authority.check(asked.actor, QUALITY)
            found = self._floor.reader.corrected(seq)
            if found is None or found.fact.kind != FactKind.QUALITY_RESULT:
                raise UnknownObject(
                    say(
                        "inspection.no_result",
                        "fact {seq} is no result of an inspection",
                        "look at the list of results",
                        seq=seq,
                    )
                )
            if found.earlier:
                raise NotAllowed(
                    say(
                        "inspection.taken_back",
                        "result {seq} was taken back before",
                        "look at the list of results",
                        seq=seq,
                    )
                )
            if not note.strip():
                raise InvalidAction(
                    say("note.wrong", "note is empty", "say what was wrong with it")
                )
            fact = found.fact
            body: dict[str, Json] = {"corrects": seq, "changes": {"void": True}}
            body["note"] = note.strip()
            kind = FactKind.CORRECTION
            draft = self._desk.draft(kind, fact.equipment_id, asked, body, fact.job_order_id)
            return self._desk.answer(await self._desk.record(asked, draft))

    def _plan(self, job: JobOrder, id_: str) -> InspectionPlan:
        if job.started_at is None:
            raise NotAllowed(
                say(
                    "inspection.not_started",
                    "{job} was not started: there is nothing to inspect",
                    "start it first",
                    job=job.id,
                )
            )
        found = next((plan for plan in job.inspections if plan.id == id_), None)
        if found is None:
            known = ", ".join(plan.id for plan in job.inspections) or "none"
            raise UnknownObject(
                say(
                    "inspection.unknown",
                    "no inspection {inspection!r} of {job}; there are: {known}",
                    "choose one of these",
                    inspection=id_,
                    job=job.id,
                    known=known,
                )
            )
        return found

    def _result(
        self,
        job: JobOrder,
        plan: InspectionPlan,
        done: Inspected,
        judged: Sequence[Judged],
    ) -> dict[str, Json]:
        due = next(
            (one.due for one in self._inspections.of_job(job) if one.plan.id == plan.id), None
        )
        nok = frozenset[int]().union(*(one.nok for one in judged))
        findings = [_of(one, found) for one in judged for found in one.findings]
        body: dict[str, Json] = {
            "product": job.product,
            "revision": job.revision,
            "operation": job.operation,
            "inspection": plan.id,
            "sample": done.sample,
            "again": done.again,
            "passed": not nok,
            "inspected": plan.sample,
            "first_pass_good": plan.sample - len(nok),
            "made": made(job),
            "covers": list(due.points) if due else [],
            "findings": [one.detail for one in findings],
            "findings_coded": [one.view() for one in findings],
            "note": done.note,
            "results": [one.body for one in judged],
        }
        return self._desk.when(job.work_center, self._floor.clock.now(), job) | body

    def _holds_of(
        self, job: JobOrder, plan: InspectionPlan, judged: Sequence[Judged]
    ) -> Iterator[tuple[FactKind, dict[str, Json]]]:
        """The holds that follow, by plan: of pieces that failed, and of a chart's rules."""
        failed = sum(len(one.nok) for one in judged)
        rules = [_of(one, rule) for one in judged for rule in one.rules]
        if failed:
            why = say(
                "finding.failed",
                "inspection {inspection} of {job} failed",
                inspection=plan.id,
                job=job.id,
            )
            yield from self._hold(job, plan, plan.consequence(FAILED), why, "inspection")
        if rules:
            why = say(
                "finding.rules",
                "inspection {inspection} of {job}: {rules}",
                inspection=plan.id,
                job=job.id,
                rules=rules,
            )
            yield from self._hold(job, plan, plan.consequence(RULE), why, "rule")

    def _hold(
        self, job: JobOrder, plan: InspectionPlan, how: str, why: Sentence, origin: str
    ) -> Iterator[tuple[FactKind, dict[str, Json]]]:
        if how not in TARGETS:
            return
        scope, target, interrupts = TARGETS[how](job)
        placing = Placing(scope=scope, target=target, reason=why.detail, interrupts=interrupts)
        body = hold_body(placing, origin=origin, inspection=plan.id)
        yield FactKind.QUALITY_HOLD, body | {"reason_coded": why.view()}


# What a consequence holds: scope, target, and whether the running job is interrupted.
TARGETS: Mapping[str, Callable[[JobOrder], tuple[str, str, bool]]] = {
    "hold_start": lambda job: (HoldScope.WORK_CENTER, job.work_center, False),
    "hold_job": lambda job: (HoldScope.JOB_ORDER, job.id, True),
}


def _of(judged: Judged, found: Sentence) -> Sentence:
    """What was found, with the characteristic of which it is."""
    return say(
        "finding.of",
        "{characteristic}: {found}",
        characteristic=str(judged.body["characteristic"]),
        found=found,
    )
