"""The quality room: holds, inspections, charts and nonconformances of one edge."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from edge.domain.orders import JobOrder
from edge.domain.quality.gauges import Gauge
from edge.domain.quality.records import Hold, QualityReader
from edge.domain.sentences import Sentence
from edge.domain.vocabulary import OPEN_JOB_STATES, JobState
from edge.execution.floor import Floor
from edge.execution.quality.charting import Charts
from edge.execution.quality.disposing import Disposing
from edge.execution.quality.gauging import Calibrations, gauges_of
from edge.execution.quality.holds import Holds
from edge.execution.quality.inspecting import Inspecting
from edge.execution.quality.judging import Judging
from edge.execution.quality.machine_runs import MachineRuns
from edge.execution.quality.standing import Asked, Inspections
from edge.execution.quality.suspecting import Suspecting
from edge.execution.quality.taking import Taking
from edge.execution.quality.watching import Watch

LATEST = 3  # results of the running job whose findings are shown


@dataclass(frozen=True, kw_only=True)
class Now:
    """Quality of a work center: what is due, what is held, what the last results found, and
    how many pieces are held or wait for rework."""

    due: Sequence[Asked]
    holds: Sequence[Hold]
    findings: Sequence[Sentence]
    held: int
    waiting: int


class Quality:
    """What the API and the daemon ask of quality."""

    def __init__(self, floor: Floor, reader: QualityReader) -> None:
        self._floor, self.reader = floor, reader
        self.holds = Holds(floor, reader)
        self.holds.gauges_of = gauges_of
        self.inspections = Inspections(floor, reader)
        self.charts = Charts(floor, reader)
        self.judging = Judging(floor, self.charts, self.holds)
        self.inspecting = Inspecting(
            floor, self.inspections, self.judging, Suspecting(floor, reader)
        )
        self.runs = MachineRuns(floor, reader, self.charts, self.judging)
        self.disposing = Disposing(floor, reader)
        self.taking = Taking(floor, self.inspections, self.inspecting)
        self.watch = Watch(floor, self._held, self.inspections.interrupts)
        self.calibrations = self.judging.gauges = Calibrations(floor)
        floor.apart, floor.named = reader.apart, reader.named_scrap
        floor.gates.gates += [self.holds, self.inspections, self.calibrations]

    def follow(self, gauges: Iterable[Gauge]) -> None:
        """Go by these gauges from now on."""
        self.calibrations.follow(gauges)
        self.holds.gauges = frozenset(self.calibrations.gauges)

    def now(self, work_center: str) -> Now:
        """What a work center's board shows of quality."""
        register = self._floor.register
        jobs = [job for job in register.jobs.values() if job.work_center == work_center]
        on = [job for job in jobs if job.state in (*OPEN_JOB_STATES, JobState.ALLOWED_TO_START)]
        job = register.running_job(work_center)
        found = self.reader.results(job.id) if job else ()
        results = [one for one in found if one.voided_at is None][-LATEST:]
        kept = [
            one
            for one in self.reader.nonconformances(open_=True)
            if one.equipment_id == work_center
        ]
        return Now(
            due=self.inspections.due(work_center),
            holds=self.holds.at(work_center, on),
            findings=[found for one in results for found in one.found],
            held=sum(one.held for one in kept),
            waiting=sum(one.waiting for one in kept),
        )

    def _held(self, job: JobOrder) -> list[str]:
        found = [hold for hold in self.holds.on(job) if hold.interrupts]
        return [f"hold {hold.id} on {hold.target}: {hold.reason}" for hold in found]
