"""The correction that makes a fact the parts that it is now known to have been."""

from collections.abc import Mapping, Sequence

from edge.domain.corrections import PARTS
from edge.domain.facts import FactDraft, FactKind, Json
from edge.domain.restating import Known
from edge.execution.desk import Asked, Desk

Parts = Sequence[Mapping[str, Json]]


def parting(
    desk: Desk, center: str, asked: Asked, one: Known, parts: Parts, **said: Json
) -> FactDraft:
    """Of the job of its first part; `said`: what else it says, such as a note."""
    body = {"corrects": one.fact.seq, "changes": {PARTS: list(parts)}, **said}
    job = one.with_(parts).now.stands[0].job_order_id
    return desk.draft(FactKind.CORRECTION, center, asked, body, job)
