"""Gauges whose calibration has ended: nothing starts that needs them, nothing is measured."""

from collections.abc import Iterable, Iterator
from datetime import date

from edge.domain.clock import to_datetime
from edge.domain.orders import JobOrder
from edge.domain.quality.gauges import Gauge
from edge.execution.floor import Floor
from edge.execution.gates import Block

CODE = "gauge"


class Calibrations:
    """The gauges of plant.toml, and the gate that their calibration is."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self.follow(())

    def follow(self, gauges: Iterable[Gauge]) -> None:
        """Go by these gauges from now on."""
        self.gauges = {one.id: one for one in gauges}

    def objection(self, gauge: str) -> str | None:
        """Why a gauge may not be used today; None if it may. Where none are named, any may."""
        if not self.gauges:
            return None
        found = self.gauges.get(gauge)
        if found is None:
            known = ", ".join(sorted(self.gauges))
            return f"gauge {gauge} is not in plant.toml; there are: {known}"
        if found.expired(self._today()):
            return f"the calibration of gauge {gauge} ({found.en}) ended {found.calibrated_until}"
        return None

    def blocks(self, job: JobOrder, actor: str | None) -> Iterator[Block]:
        """The gate: gauges that the inspections of `job` need and nobody may use."""
        for gauge in sorted(gauges_of(job)):
            if why := self.objection(gauge):
                mend = "have it calibrated and enter the day in plant.toml, or measure by another"
                yield Block(code=CODE, detail=why, mend=mend)

    def _today(self) -> date:
        return to_datetime(self._floor.clock.now()).astimezone(self._floor.zone).date()


def gauges_of(job: JobOrder) -> set[str]:
    """The gauges that a job order's inspections need."""
    return {one.gauge for plan in job.inspections for one in plan.characteristics if one.gauge}
