"""Gauges whose calibration has ended: nothing starts that needs them, nothing is measured."""

from collections.abc import Iterable, Iterator
from datetime import date

from edge.domain.clock import to_datetime
from edge.domain.orders import JobOrder
from edge.domain.quality.gauges import Gauge
from edge.domain.sentences import Sentence, say
from edge.execution.floor import Floor
from edge.execution.gates import Block


class Calibrations:
    """The gauges of plant.toml, and the gate that their calibration is."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self.follow(())

    def follow(self, gauges: Iterable[Gauge]) -> None:
        """Go by these gauges from now on."""
        self.gauges = {one.id: one for one in gauges}

    def objection(self, gauge: str) -> Sentence | None:
        """Why a gauge may not be used today; None if it may. Where none are named, any may."""
        if not self.gauges:
            return None
        found = self.gauges.get(gauge)
        if found is None:
            known = ", ".join(sorted(self.gauges))
            return say(
                "gauge.unknown",
                "gauge {gauge} is not in plant.toml; there are: {known}",
                "enter it in plant.toml, or measure by another",
                gauge=gauge,
                known=known,
            )
        if found.expired(self._today()):
            return say(
                "gauge.expired",
                "the calibration of gauge {gauge} ({name}) ended {day}",
                "have it calibrated and enter the day in plant.toml, or measure by another",
                gauge=gauge,
                name={"en": found.en, "zh": found.zh},
                day=str(found.calibrated_until),
            )
        return None

    def blocks(self, job: JobOrder, actor: str | None) -> Iterator[Block]:
        """The gate: gauges that the inspections of `job` need and nobody may use."""
        for gauge in sorted(gauges_of(job)):
            if why := self.objection(gauge):
                yield Block(said=why)

    def _today(self) -> date:
        return to_datetime(self._floor.clock.now()).astimezone(self._floor.zone).date()


def gauges_of(job: JobOrder) -> set[str]:
    """The gauges that a job order's inspections need."""
    return {one.gauge for plan in job.inspections for one in plan.characteristics if one.gauge}
