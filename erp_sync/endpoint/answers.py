"""What every call may answer; the shapes of each subject stand in its own `..._answers.py`."""

import msgspec


class Answer(msgspec.Struct, kw_only=True):
    """An answer's JSON object."""


class FaultAnswer(Answer):
    """One fault of an input."""

    place: str
    value: str
    message: str
    mend: str


class ProblemDocument(Answer):
    """RFC 9457: what is wrong and what would mend it. Some kinds have more members."""

    type: str
    title: str
    status: int
    detail: str
    mend: str
    errors: list[FaultAnswer] | msgspec.UnsetType = msgspec.UNSET


class HealthAnswer(Answer):
    """Whether the service is alive or ready."""

    status: str


ANSWERS = (ProblemDocument, HealthAnswer)
