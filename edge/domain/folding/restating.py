"""Runs: when a job was on its work center, each time, as recorded and as a later word has it."""

from collections.abc import Mapping

from edge.domain.changes import Add, Change, Put, Scalar
from edge.domain.facts import Fact

MOVED = "moved"
ENDS = frozenset({"ended", "laid_aside"})


def ran(on: Mapping[str, int], fact: Fact) -> tuple[Mapping[str, int], tuple[Change, ...]]:
    """The runs that last after an event of a job (by job order, the seq of their start), given
    those before it, and what it changes in the runs."""
    id_, at, event = str(fact.job_order_id), fact.occurred_at, fact.body["event"]
    if event == "started":
        begun: dict[str, Scalar] = {"equipment_id": fact.equipment_id}
        begun |= {"recorded_start": at, "start": at}
        begun |= dict.fromkeys(("ended", "recorded_end", "end"))
        return {**on, id_: fact.seq}, (_run(id_, fact.seq, begun),)
    if event in ENDS and id_ in on:
        ended: dict[str, Scalar] = {"ended": fact.seq, "recorded_end": at, "end": at}
        rest = {job: seq for job, seq in on.items() if job != id_}
        return rest, (_run(id_, on[id_], ended),)
    said = fact.body.get("run")  # facts of older versions name none: their runs are as recorded
    if event == MOVED and said is not None:
        moved = {name: said[name] for name in ("start", "end") if name in said}
        return on, (_run(id_, said["started"], moved),)
    return on, ()


def _run(job: str, started: int, values: Mapping[str, Scalar]) -> Put:
    return Put("job_run", {"job_order_id": job, "started": started}, values)


def opened(fact: Fact) -> tuple[Change, ...]:
    """What was made before go-live: of the job alone, of no hour and no shift."""
    said = fact.body.get("opening")
    if said is None:
        return ()
    key: dict[str, Scalar] = {"job_order_id": fact.job_order_id}
    values: dict[str, Scalar] = {name: said[name] for name in ("good", "scrap", "sha256")}
    values |= {"seq": fact.seq, "at": fact.occurred_at}
    return (Put("job_opening", key, values), Add("job_progress", key, said["more"]))


def entered(fact: Fact) -> tuple[Change, ...]:
    """Each event of a job, so that its history is found."""
    key: dict[str, Scalar] = {"job_order_id": fact.job_order_id, "seq": fact.seq}
    return (Put("job_event", key, {"event": fact.body["event"]}),)
