"""Sentences and words that several rooms tell people."""

from collections.abc import Iterable, Mapping

from edge.domain.hours import DAY
from edge.domain.orders import JobOrder
from edge.domain.sentences import Sentence, say
from edge.domain.vocabulary import JobState
from edge.execution.authority import MAINTENANCE, OPERATOR, PLANNER, QUALITY, SALES, SUPERVISOR

STATES: Mapping[JobState, Sentence] = {
    JobState.NOT_ALLOWED_TO_START: say("word.NotAllowedToStart", "NotAllowedToStart"),
    JobState.ALLOWED_TO_START: say("word.AllowedToStart", "AllowedToStart"),
    JobState.RUNNING: say("word.Running", "Running"),
    JobState.INTERRUPTED: say("word.Interrupted", "Interrupted"),
    JobState.ENDED: say("word.Ended", "Ended"),
    JobState.ABORTED: say("word.Aborted", "Aborted"),
}
ACTIONS: Mapping[str, Sentence] = {
    "start": say("word.start", "start"),
    "interrupt": say("word.interrupt", "interrupt"),
    "resume": say("word.resume", "resume"),
    "complete": say("word.complete", "complete"),
    "run": say("word.run", "run"),
    "lay_aside": say("word.lay_aside", "lay aside"),
    "beside": say("word.make_beside", "make it beside another"),
}
ROLE_NAMES: Mapping[str, Sentence] = {
    OPERATOR: say("word.operator", "operator"),
    SUPERVISOR: say("word.supervisor", "supervisor"),
    QUALITY: say("word.quality_role", "quality"),
    MAINTENANCE: say("word.maintenance_role", "maintenance"),
    PLANNER: say("word.planner", "planner"),
    SALES: say("word.sales", "sales"),
}
PIECE_WORDS: Mapping[str, Sentence] = {
    "good": say("word.good", "good"),
    "scrap": say("word.scrap", "scrap"),
    "rework": say("word.rework", "rework"),
}
NOBODY = say("word.nobody", "no job")
NOTE_EMPTY = say("note.empty", "note is empty", "say why, for whoever looks at it later")


def one_of(name: str, value: object, known: Iterable[str]) -> Sentence:
    """A value that must be one of a list."""
    return say(
        "invalid.one_of",
        "{name} {value!r}: one of {known}",
        "choose one of these",
        name=name,
        value=str(value),
        known=", ".join(known),
    )


def one_of_two(one: str, other: str) -> Sentence:
    """Both of two values were said, or none of them."""
    return say(
        "invalid.one_of_two",
        "say {one} or {other}, one of the two",
        "leave one out, or say the one that is known",
        one=one,
        other=other,
    )


def at_least_one(quantity: int) -> Sentence:
    """A quantity below 1."""
    return say(
        "invalid.least", "quantity {quantity}: at least 1 piece", "say 1 or more", quantity=quantity
    )


def span_of_days(longest: int) -> Sentence:
    """A span that is none, or longer than `longest` us."""
    return say(
        "invalid.span",
        "from must be before to, and at most {days} days before",
        "name a shorter span, its beginning first",
        days=longest // DAY,
    )


def unknown_fact(seq: int) -> Sentence:
    """A fact that is not here."""
    return say("fact.unknown", "no fact {seq} on this edge", "look at its number again", seq=seq)


def same_already(seq: int) -> Sentence:
    """A correction that changes nothing."""
    return say("fact.same", "fact {seq} says so already", "nothing would change", seq=seq)


def unknown_job(id_: str) -> Sentence:
    """A job order that is not here."""
    return say(
        "job.unknown", "no job order {id!r} on this edge", "look at the list of job orders", id=id_
    )


def job_of_another(job: JobOrder, work_center: str) -> Sentence:
    """A job order that is another work center's."""
    return say(
        "job.elsewhere",
        "{job} is a job of {home}, not of {work_center}",
        "name a job of this work center",
        job=job.id,
        home=job.work_center,
        work_center=work_center,
    )
