"""Which jobs were on a work center at once, where they were several."""

from edge.domain.changes import Change, Put
from edge.domain.facts import Fact


def shared(fact: Fact) -> tuple[Change, ...]:
    """A row for each of the jobs of a state, in their order."""
    jobs = fact.body.get("shared") or ()
    return tuple(
        Put(
            "interval_job",
            {"equipment_id": fact.equipment_id, "opened": fact.seq, "place": place},
            {"job_order_id": job},
        )
        for place, job in enumerate(jobs)
    )
