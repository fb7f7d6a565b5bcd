"""The quality room: holds, inspections, charts and nonconformances of one edge."""

from collections.abc import Iterable

from edge.domain.orders import JobOrder
from edge.domain.quality.records import QualityReader
from edge.execution.floor import Floor
from edge.execution.quality.charting import Charts
from edge.execution.quality.disposing import Disposing
from edge.execution.quality.holds import Holds
from edge.execution.quality.inspecting import Inspecting
from edge.execution.quality.standing import Inspections
from edge.execution.quality.watching import Watch


class Quality:
    """What the API and the daemon ask of quality."""

    def __init__(self, floor: Floor, reader: QualityReader) -> None:
        self.reader = reader
        self.holds = Holds(floor, reader)
        self.holds.gauges_of = gauges_of
        self.inspections = Inspections(floor, reader)
        self.charts = Charts(floor, reader)
        self.inspecting = Inspecting(floor, self.inspections, self.charts, self.holds)
        self.disposing = Disposing(floor, reader)
        self.watch = Watch(floor, self._held, self.inspections.interrupts)
        floor.gates.gates += [self.holds, self.inspections]

    def _held(self, job: JobOrder) -> list[str]:
        found = [hold for hold in self.holds.on(job) if hold.interrupts]
        return [f"hold {hold.id} on {hold.target}: {hold.reason}" for hold in found]


def gauges_of(job: JobOrder) -> Iterable[str]:
    """The gauges that a job order's inspections need."""
    return {one.gauge for plan in job.inspections for one in plan.characteristics if one.gauge}
