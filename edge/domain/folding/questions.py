"""Questions about job orders and their answers, and what machines were told."""

from edge.domain.changes import Change, Put, Scalar
from edge.domain.facts import Fact
from edge.domain.jobs import SUPERSEDED

ASKED = ("about", "made", "wanted", "was")
ANSWERED = ("answer", "note", "surplus", "against", "kept")


def asked_or_answered(fact: Fact) -> tuple[Change, ...]:
    """What an `asked` or `answered` event says of its question."""
    body = fact.body
    job: dict[str, Scalar] = {"job_order_id": fact.job_order_id}
    if body["event"] == "asked":
        question = body["question"]
        asked: dict[str, Scalar] = {name: question[name] for name in ASKED}
        asked |= {"order_id": body["order"], "asked_at": fact.occurred_at}
        new = Put("job_question", {**job, "id": fact.seq}, asked)
        if (old := question.get("supersedes")) is None:
            return (new,)
        gone: dict[str, Scalar] = {"answered": fact.seq, "answered_at": fact.occurred_at}
        gone["answer"] = SUPERSEDED
        place: dict[str, Scalar] = {"job_order_id": question["superseded_job"], "id": old}
        return (Put("job_question", place, gone), new)
    if body["event"] == "answered":
        answer = body["answer"]
        said: dict[str, Scalar] = {name: answer[name] for name in ANSWERED}
        said |= {"answered": fact.seq, "answered_at": fact.occurred_at, "actor": fact.actor}
        return (Put("job_question", {**job, "id": answer["question"]}, said),)
    return ()


def told(fact: Fact) -> tuple[Change, ...]:
    """What a job had when its machine was told."""
    if fact.body["event"] != "told":
        return ()
    had = fact.body["told"]
    values = {"seq": fact.seq, "good": had["good"], "used": had["used"]}
    return (Put("job_told", {"job_order_id": fact.job_order_id}, values),)
