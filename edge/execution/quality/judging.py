"""What was seen of a job's pieces is judged: by limits and a chart's rules, with a gauge that may
be used.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from edge.domain.facts import Json
from edge.domain.orders import JobOrder
from edge.domain.quality.plans import Characteristic, InspectionPlan
from edge.domain.sentences import Sentence, say
from edge.execution.errors import InvalidAction, NotAllowed
from edge.execution.floor import Floor
from edge.execution.quality.charting import Charts, Place, side
from edge.execution.quality.holds import Holds
from edge.execution.quality.readings import NOK, check_reading
from edge.execution.quality.shown import Shown, nothing_shown, reading_of


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
class Judged:
    """A characteristic of a result: its part of the body, and the rules that it breaks."""

    body: dict[str, Json]
    nok: frozenset[int]
    findings: tuple[Sentence, ...]
    rules: tuple[Sentence, ...]


class Judging:
    """Judges readings on one edge's floor."""

    def __init__(self, floor: Floor, charts: Charts, holds: Holds) -> None:
        self._floor, self._charts, self._holds = floor, charts, holds
        self.shown: Shown = nothing_shown
        self.gauges: Gauges | None = None

    def judged(self, job: JobOrder, plan: InspectionPlan, seen: Sequence[Seen]) -> list[Judged]:
        """Each characteristic of a plan; what the machine measures is taken where none is said.

        Raises InvalidAction, NotAllowed (a gauge that may not be used).
        """
        return [self._judge(job, plan, one) for one in self._complete(plan, seen)]

    def _complete(
        self, plan: InspectionPlan, every: Sequence[Seen]
    ) -> Iterator[tuple[Characteristic, Seen]]:
        """Each characteristic of the plan with what was seen of it; raises InvalidAction."""
        said = {one.characteristic: one for one in every}
        known = {one.id for one in plan.characteristics}
        if len(said) != len(every) or not set(said) <= known:
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
    ) -> Judged:
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
        return Judged(body=body | shown, nok=nok, findings=findings, rules=tuple(rules))

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


def _attribute(of: Characteristic, readings: Sequence[str]) -> Judged:
    nok = frozenset(at for at, text in enumerate(readings, 1) if text == NOK)
    wrong = tuple(say("finding.not_ok", "piece {at} is not ok", at=at) for at in sorted(nok))
    body: dict[str, Json] = {
        "characteristic": of.id,
        "kind": of.kind,
        "readings": list(readings),
        "nok": sorted(nok),
        "findings": [one.detail for one in wrong],
    }
    return Judged(body=body, nok=nok, findings=wrong, rules=())


def _within(of: Characteristic, value: Fraction) -> bool:
    lower, upper = side(of.lower), side(of.upper)
    return (lower is None or value >= lower) and (upper is None or value <= upper)
