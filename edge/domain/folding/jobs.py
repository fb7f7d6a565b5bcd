"""Job orders: each event leaves the job as it says."""

from edge.domain.changes import Change, Put, Scalar
from edge.domain.facts import Fact

JOB_COLUMNS = ("product", "revision", "number", "work_center", "quantity", "state", "version")
SAYS_NOTHING_NEW = frozenset({"told"})  # of the job order itself
STAMPS = {"started": "started_at", "ended": "ended_at", "aborted": "ended_at"}


def happened(fact: Fact) -> tuple[Change, ...]:
    body = fact.body
    if body["event"] in SAYS_NOTHING_NEW:
        return ()
    values: dict[str, Scalar] = {column: body.get(column) for column in JOB_COLUMNS}
    values |= {"order_id": body["order"], "operation": body["operation"]}
    values["phase"] = body.get("phase") or ""
    if stamp := STAMPS.get(body["event"]):
        values[stamp] = fact.occurred_at
    elif body["event"] == "created":  # also again, when an order that was cut is wanted anew
        values["ended_at"] = None
    # What is known later of when a job was on says so itself.
    values |= {column: body[column] for column in ("started_at", "ended_at") if column in body}
    return (Put("job_progress", {"job_order_id": fact.job_order_id}, values),)
