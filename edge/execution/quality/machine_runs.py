"""Runs of a machine, piece after piece, from which its capability Cm and Cmk is told."""

from dataclasses import dataclass
from fractions import Fraction

from edge.domain.facts import FactKind, Json
from edge.domain.quality.plans import Characteristic
from edge.domain.quality.records import MACHINE_RUN, MeasuredSample, QualityReader
from edge.domain.sentences import say
from edge.domain.spc.capability import deviation
from edge.domain.spc.charts import mean
from edge.execution.authority import QUALITY
from edge.execution.desk import Answer, Asked, Desk
from edge.execution.errors import InvalidAction, UnknownObject
from edge.execution.floor import Floor
from edge.execution.quality.capability import Able, machine
from edge.execution.quality.charting import Charts, Place, side, values
from edge.execution.quality.judging import Judging
from edge.execution.quality.readings import check_reading

MOST_READINGS = 1000


@dataclass(frozen=True, kw_only=True)
class Run:
    """Readings of consecutive pieces of one machine, under unchanged conditions."""

    place: Place
    readings: tuple[str, ...]
    gauge: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class RunFigures:
    """A run and what it says."""

    sample: MeasuredSample
    readings: int
    mean: Fraction
    deviation: Fraction | None
    capability: Able


class MachineRuns:
    """The machine runs of one edge's floor."""

    def __init__(
        self, floor: Floor, reader: QualityReader, charts: Charts, judging: Judging
    ) -> None:
        self._floor, self._reader, self._desk = floor, reader, Desk(floor)
        self._charts, self._judging = charts, judging

    def of(self, work_center: str, limit: int) -> list[RunFigures]:
        """The last runs of a work center, the newest first."""
        return [figures(one) for one in self._reader.machine_runs(work_center, limit)]

    async def record(self, run: Run, asked: Asked) -> Answer:
        """Record a run.

        Raises UnknownObject, InvalidAction, NotAllowed (its gauge), NotAuthorized, RequestConflict.
        """
        async with self._floor.lock("quality"):
            if again := self._desk.answered(asked):
                return again
            self._floor.authority.check(asked.actor, QUALITY)
            self._floor.register.reload()
            place, of = run.place, self._characteristic(run.place)
            self._floor.work_center(place.work_center)
            if not 2 <= len(run.readings) <= MOST_READINGS:
                raise InvalidAction(
                    say(
                        "chart.run",
                        "readings: {count}; a run has 2 to {most}",
                        "say so many",
                        count=len(run.readings),
                        most=MOST_READINGS,
                    )
                )
            for text in run.readings:
                check_reading(of, text)
            gauge = self._judging.gauge_for(of, run.gauge)
            body = self._body(run, of, gauge)
            when = self._desk.when(place.work_center, self._floor.clock.now(), None)
            kind = FactKind.QUALITY_RESULT
            draft = self._desk.draft(kind, place.work_center, asked, when | body)
            return self._desk.answer(await self._desk.record(asked, draft))

    def _characteristic(self, place: Place) -> Characteristic:
        found = self._charts.characteristic(place)
        if found is None or found.kind != "measured":
            raise UnknownObject(
                say(
                    "chart.no_characteristic",
                    "no measured characteristic {characteristic!r} of {product} operation "
                    "{operation}; its definition has none",
                    "look at its inspection plan",
                    characteristic=place.characteristic,
                    product=place.product,
                    operation=place.operation,
                )
            )
        return found

    def _body(self, run: Run, of: Characteristic, gauge: str) -> dict[str, Json]:
        measured: dict[str, Json] = {
            "characteristic": of.id,
            "kind": of.kind,
            "readings": list(run.readings),
            "nok": [],
            "findings": [],
            "chart": "",
            "gauge": gauge,
            "unit": of.unit,
            "lower": of.lower,
            "nominal": of.nominal,
            "upper": of.upper,
        }
        return {
            "product": run.place.product,
            "revision": self._charts.revision(run.place),
            "operation": run.place.operation,
            "inspection": MACHINE_RUN,
            "sample": "",
            "again": False,
            "passed": True,
            "inspected": 0,
            "first_pass_good": 0,
            "made": 0,
            "covers": [],
            "findings": [],
            "note": run.note,
            "results": [measured],
        }


def figures(sample: MeasuredSample) -> RunFigures:
    """What a run says of its machine."""
    readings = values(sample)
    return RunFigures(
        sample=sample,
        readings=len(readings),
        mean=mean(readings),
        deviation=deviation(readings) if len(readings) > 1 else None,
        capability=machine(readings, side(sample.lower), side(sample.upper)),
    )
