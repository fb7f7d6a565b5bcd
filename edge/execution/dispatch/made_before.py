"""Job orders as they were at a moment, and what the hour that runs has made, of one moment."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from edge.domain.hours import hour_start
from edge.domain.orders import JobOrder
from edge.domain.production import JobProgress
from edge.domain.recording import VersionConflict
from edge.domain.sentences import say
from edge.domain.vocabulary import FINAL_JOB_STATES
from edge.execution.floor import Floor

NOTHING = (0, 0, 0)
LOOKS = 20  # at most, until no count came between two of them


@dataclass(frozen=True, kw_only=True)
class Made:
    """Jobs as they were, and by order and operation the pieces of the hour that runs."""

    jobs: list[JobOrder]
    in_hour: Mapping[tuple[str, int], int]


def made_at(floor: Floor, at: int) -> Made:
    """Jobs with what was made before `at`: the start of the hour that runs, or now.

    Sums and hours are of one moment: of a count that comes between two looks the hour would
    know and the sum not, and its pieces would be planned once more. Raises VersionConflict where
    counts never leave time to read both.
    """
    hour = hour_start(floor.clock.now(), floor.zone)
    made = _made_since(floor, hour)
    for _ in range(LOOKS):
        before = made
        sums = {id_: floor.register.reader.job(id_) for id_ in before}
        made = _made_since(floor, hour)
        if made == before:
            since = made if at <= hour else dict.fromkeys(made, NOTHING)
            jobs = floor.register.jobs
            return Made(
                jobs=[_without(job, sums.get(id_), since.get(id_)) for id_, job in jobs.items()],
                in_hour={
                    (jobs[id_].order, jobs[id_].operation): sum(pieces)
                    for id_, pieces in made.items()
                    if id_ in jobs
                },
            )
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
