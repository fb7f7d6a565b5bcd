"""Pieces that are suspect because an inspection failed: all since the one before it.

Nobody has looked at them, and what was wrong may have begun with the first. As many are kept apart
as were made since, of the latest good ones; those that the next operation has used, or that
are bad already, cannot be, which the nonconformance says.
"""

from edge.domain.facts import Json, decode
from edge.domain.hours import hour_start
from edge.domain.orders import JobOrder
from edge.domain.quality.plans import InspectionPlan
from edge.domain.quality.records import QualityReader
from edge.execution.desk import in_bucket
from edge.execution.floor import Floor
from edge.execution.restating.reclassifying import Share, shares


def made(job: JobOrder) -> int:
    """Pieces that a job order has made, whatever became of them."""
    return job.good + job.scrap + job.rework


class Suspecting:
    """What a failed inspection makes suspect, on one edge's floor."""

    def __init__(self, floor: Floor, reader: QualityReader) -> None:
        self._floor, self._reader = floor, reader

    def since_last(self, job: JobOrder, plan: InspectionPlan) -> dict[str, Json] | None:
        """The body of a nonconformance; None if there is no piece to keep apart."""
        since = made(job) - self._made_at_last(job, plan)
        found = self._latest(job, min(since, job.good - self._used(job)))
        quantity = sum(one.quantity for one in found)
        if quantity < 1:
            return None
        calendar = self._floor.work_centers[job.work_center].calendar
        left = f"; {since - quantity} more are used or bad already" if quantity < since else ""
        return {
            "event": "opened",
            "quantity": quantity,
            "parts": [
                in_bucket(one.bucket, calendar) | {"quantity": one.quantity} for one in found
            ],
            "lot": "",
            "reason": plan.suspects,
            "cause": "",
            "place": "",
            "inspection": plan.id,
            "note": f"made since the inspection before{left}",
        }

    def _made_at_last(self, job: JobOrder, plan: InspectionPlan) -> int:
        """Pieces that the job had made at its last inspection by this plan; 0 before the first."""
        results = [one for one in self._reader.results(job.id) if one.inspection == plan.id]
        seqs = [one.seq for one in results if one.voided_at is None]
        if not seqs:
            return 0
        (stored,) = self._floor.reader.facts_after(seqs[-1] - 1, 1)
        return int(decode(stored.data).body["made"])

    def _used(self, job: JobOrder) -> int:
        behind = self._floor.register.after(job)
        return behind.good + behind.scrap if behind else 0

    def _latest(self, job: JobOrder, quantity: int) -> list[Share]:
        if quantity < 1 or job.started_at is None:
            return []
        zone = self._floor.work_centers[job.work_center].calendar.zone
        found = self._shares(job, quantity, hour_start(job.started_at, zone))
        if sum(one.quantity for one in found) < quantity:  # some are of before it was started last
            found = self._shares(job, quantity, 0)
        return found

    def _shares(self, job: JobOrder, quantity: int, since: int) -> list[Share]:
        now = self._floor.clock.now()
        rows = self._floor.reader.hour_quantities(job.work_center, since, now + 1)
        return shares(rows, job.id, quantity)
