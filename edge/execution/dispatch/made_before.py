"""Job orders as they were at the start of an hour, from sums and hours of one moment."""

from dataclasses import replace

from edge.domain.orders import JobOrder
from edge.domain.production import JobProgress
from edge.domain.recording import VersionConflict
from edge.domain.sentences import say
from edge.domain.vocabulary import FINAL_JOB_STATES
from edge.execution.floor import Floor

LOOKS = 20  # at most, until no count came between two of them


def jobs_at(floor: Floor, at: int) -> list[JobOrder]:
    """Jobs with what was made before `at`, where that is the start of the hour that runs.

    Sums and hours are of one moment: of a count that comes between two looks the hour would
    know and the sum not, and its pieces would be planned once more. Raises VersionConflict where
    counts never leave time to read both.
    """
    made = _made_since(floor, at)
    for _ in range(LOOKS):
        before = made
        sums = {id_: floor.register.reader.job(id_) for id_ in before}
        made = _made_since(floor, at)
        if made == before:
            return [
                _without(job, sums.get(job.id), made.get(job.id))
                for job in floor.register.jobs.values()
            ]
    raise VersionConflict(
        say(
            "plan.counts_come",
            "counts came faster than they could be read {looks} times",
            "nothing: it is planned again in a moment",
            looks=LOOKS,
        )
    )


def _made_since(floor: Floor, at: int) -> dict[str, tuple[int, int, int]]:
    """By job order, good, scrap and rework of the hour that begins at `at`, up to now."""
    made: dict[str, tuple[int, int, int]] = {}
    for center in floor.work_centers:
        for row in floor.reader.hour_quantities(center, at, floor.clock.now() + 1):
            good, scrap, rework = made.get(row.job_order_id, (0, 0, 0))
            made[row.job_order_id] = (good + row.good, scrap + row.scrap, rework + row.rework)
    return made


def _without(
    job: JobOrder, known: JobProgress | None, made: tuple[int, int, int] | None
) -> JobOrder:
    if made is None or known is None:
        return job
    if job.state in FINAL_JOB_STATES:
        return job  # nothing more comes of it: what follows it has all that it has made
    good, scrap, rework = made
    return replace(
        job, good=known.good - good, scrap=known.scrap - scrap, rework=known.rework - rework
    )
