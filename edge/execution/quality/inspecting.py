"""Inspections are recorded: what was seen, whether it is as it should be, and what follows."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from edge.domain.facts import FactDraft, FactKind, Json, Source
from edge.domain.orders import JobOrder
from edge.domain.quality.plans import FAILED, RULE, Characteristic, InspectionPlan
from edge.domain.quality.records import HoldScope
from edge.domain.recording import Recording
from edge.domain.sentences import Sentence, say
from edge.execution.authority import QUALITY
from edge.execution.desk import Answer, Asked, Desk
from edge.execution.errors import InvalidAction, NotAllowed, UnknownObject
from edge.execution.floor import Floor
from edge.execution.quality.charting import Charts, Place, side
from edge.execution.quality.holds import Holds, Placing, hold_body
from edge.execution.quality.readings import NOK, check_reading
from edge.execution.quality.shown import Shown, nothing_shown, reading_of
from edge.execution.quality.standing import Inspections
from edge.execution.quality.suspecting import Suspecting, made


class Gauges(Protocol):
    """Which gauges may be used."""

    def objection(self, gauge: str) -> Sentence | None:
        """Why a gauge may not be used now; None if it may."""
        ...


@dataclass(frozen=True, kw_only=True)
class Seen:
    """Of one characteristic: a reading for each piece (ok, nok, or a decimal text), by `gauge`."""

    characteristic: str
    readings: tuple[str, ...]
    gauge: str = ""


@dataclass(frozen=True, kw_only=True)
class Inspected:
    """An inspection that a person has done; `again`: these pieces were inspected before."""

    inspection: str
    seen: tuple[Seen, ...]
    sample: str = ""
    note: str = ""
    again: bool = False


@dataclass(frozen=True, kw_only=True)
class _Judged:
    """A characteristic of a result: its part of the body, and the rules that it breaks."""

    body: dict[str, Json]
    nok: frozenset[int]
    findings: tuple[Sentence, ...]
    rules: tuple[Sentence, ...]


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
        charts: Charts,
        holds: Holds,
        suspecting: Suspecting,
    ) -> None:
        self._floor, self._desk, self._suspecting = floor, Desk(floor), suspecting
        self._inspections, self._charts, self._holds = inspections, charts, holds
        self.shown: Shown = nothing_shown
        self.gauges: Gauges | None = None

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
        for pair in self._complete(plan, Inspected(inspection=plan.id, seen=())):
            self._judge(job, plan, pair)

    def _drafts(
        self, job: JobOrder, plan: InspectionPlan, done: Inspected, by: By
    ) -> list[FactDraft]:
        judged = [self._judge(job, plan, one) for one in self._complete(plan, done)]
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

    def _complete(
        self, plan: InspectionPlan, done: Inspected
    ) -> Iterator[tuple[Characteristic, Seen]]:
        """Each characteristic of the plan with what was seen of it; raises InvalidAction."""
        said = {one.characteristic: one for one in done.seen}
        known = {one.id for one in plan.characteristics}
        if len(said) != len(done.seen) or not set(said) <= known:
            raise InvalidAction(
                say(
                    "inspection.results",
                    "results: each characteristic once, of: {known}",
                    "name each of these once",
                    known=", ".join(sorted(known)),
                )
            )
        for one in plan.characteristics:
            seen = said.get(one.id) or (
                Seen(characteristic=one.id, readings=()) if one.tag or one.measures else None
            )
            if seen is None:
                raise InvalidAction(
                    say(
                        "inspection.missing",
                        "results: {of} ({name}) is missing",
                        "say its readings",
                        of=one.id,
                        name={"en": one.en, "zh": one.zh},
                    )
                )
            yield one, seen

    def _judge(
        self, job: JobOrder, plan: InspectionPlan, pair: tuple[Characteristic, Seen]
    ) -> _Judged:
        of, seen = pair
        readings, shown = self._readings(job, plan, of, seen)
        if of.kind != "measured":
            return _attribute(of, readings)
        gauge = self.gauge_for(of, seen.gauge)
        values = [Fraction(text) for text in readings]
        nok = frozenset(at for at, value in enumerate(values, 1) if not _within(of, value))
        place = Place(
            work_center=job.work_center,
            product=job.product,
            operation=job.operation,
            characteristic=of.id,
        )
        rules = self._charts.breaks(place, of, values) if of.chart else []
        wrong = [
            say(
                "finding.outside",
                "piece {at}: {reading} is outside its limits",
                at=at,
                reading=readings[at - 1],
            )
            for at in sorted(nok)
        ]
        body: dict[str, Json] = {
            "characteristic": of.id,
            "kind": of.kind,
            "readings": list(readings),
            "nok": sorted(nok),
            "findings": [one.detail for one in (*wrong, *rules)],
            "chart": of.chart,
            "gauge": gauge,
            "unit": of.unit,
            "lower": of.lower,
            "nominal": of.nominal,
            "upper": of.upper,
        }
        findings = (*wrong, *rules)
        return _Judged(body=body | shown, nok=nok, findings=findings, rules=tuple(rules))

    def _readings(
        self, job: JobOrder, plan: InspectionPlan, of: Characteristic, seen: Seen
    ) -> tuple[tuple[str, ...], dict[str, Json]]:
        """One reading for each piece of the sample; of the machine's tag where none is said."""
        readings, shown = seen.readings, dict[str, Json]()
        if not readings and (of.tag or of.measures):
            text, shown = reading_of(self.shown, self._floor.work_centers[job.work_center], of)
            readings = (text,)
        if len(readings) != plan.sample:
            raise InvalidAction(
                say(
                    "inspection.sample",
                    "{of}: {count} readings; the sample has {sample}",
                    "say one for each piece of the sample",
                    of=of.id,
                    count=len(readings),
                    sample=plan.sample,
                )
            )
        for text in readings:
            check_reading(of, text)
        return readings, shown

    def gauge_for(self, of: Characteristic, said: str) -> str:
        """The gauge that was used; raises NotAllowed where it may not be."""
        if of.gauge and said not in {"", of.gauge}:
            raise InvalidAction(
                say(
                    "inspection.other_gauge",
                    "{of}: it is measured by gauge {gauge}, not {said}",
                    "measure by that one",
                    of=of.id,
                    gauge=of.gauge,
                    said=said,
                )
            )
        gauge = of.gauge or said
        if gauge and (why := self.why_not(gauge)):
            raise NotAllowed(why)
        return gauge

    def why_not(self, gauge: str) -> Sentence | None:
        """Why a gauge may not be used now: its calibration, or a hold."""
        why = self.gauges.objection(gauge) if self.gauges else None
        return why or self._holds.on_gauge(gauge)

    def _result(
        self,
        job: JobOrder,
        plan: InspectionPlan,
        done: Inspected,
        judged: Sequence[_Judged],
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
        self, job: JobOrder, plan: InspectionPlan, judged: Sequence[_Judged]
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


def _attribute(of: Characteristic, readings: Sequence[str]) -> _Judged:
    nok = frozenset(at for at, text in enumerate(readings, 1) if text == NOK)
    wrong = tuple(say("finding.not_ok", "piece {at} is not ok", at=at) for at in sorted(nok))
    body: dict[str, Json] = {
        "characteristic": of.id,
        "kind": of.kind,
        "readings": list(readings),
        "nok": sorted(nok),
        "findings": [one.detail for one in wrong],
    }
    return _Judged(body=body, nok=nok, findings=wrong, rules=())


def _of(judged: _Judged, found: Sentence) -> Sentence:
    """What was found, with the characteristic of which it is."""
    return say(
        "finding.of",
        "{characteristic}: {found}",
        characteristic=str(judged.body["characteristic"]),
        found=found,
    )


def _within(of: Characteristic, value: Fraction) -> bool:
    lower, upper = side(of.lower), side(of.upper)
    return (lower is None or value >= lower) and (upper is None or value <= upper)
