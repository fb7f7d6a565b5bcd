"""The quality room: holds, inspections, charts and nonconformances of one edge."""

from edge.domain.orders import JobOrder
from edge.domain.quality.records import QualityReader
from edge.execution.floor import Floor
from edge.execution.quality.holds import Holds
from edge.execution.quality.watching import Watch


class Quality:
    """What the API and the daemon ask of quality."""

    def __init__(self, floor: Floor, reader: QualityReader) -> None:
        self.reader = reader
        self.holds = Holds(floor, reader)
        self.watch = Watch(floor, self._held)
        floor.gates.gates.append(self.holds)

    def _held(self, job: JobOrder) -> list[str]:
        found = [hold for hold in self.holds.on(job) if hold.interrupts]
        return [f"hold {hold.id} on {hold.target}: {hold.reason}" for hold in found]
