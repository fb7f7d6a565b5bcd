"""Runs: when a job was on its work center, as recorded and as a later word has it."""

from edge.domain.changes import Add, Change, Put, Scalar
from edge.domain.facts import Fact

MOVED = "moved"


def ran(fact: Fact) -> tuple[Change, ...]:
    values = _values(fact)
    return (Put("job_run", {"job_order_id": fact.job_order_id}, values),) if values else ()


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


def _values(fact: Fact) -> dict[str, Scalar]:
    at, body = fact.occurred_at, fact.body
    match body["event"]:
        case "started":
            begun: dict[str, Scalar] = {"equipment_id": fact.equipment_id, "started": fact.seq}
            ending = dict.fromkeys(("ended", "recorded_end", "end"))
            return begun | {"recorded_start": at, "start": at} | ending
        case "ended" | "laid_aside":
            return {"ended": fact.seq, "recorded_end": at, "end": at}
        case "moved":
            names = (("start", "started_at"), ("end", "ended_at"))
            return {name: body[said] for name, said in names if said in body}
    return {}
