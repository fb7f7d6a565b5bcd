"""What the calls of edges answer."""

from typing import Any

from erp_sync.endpoint.answers import Answer


class WelcomeAnswer(Answer):
    """The epoch to go on in, and how far the facts are committed here."""

    epoch: int
    acknowledged_seq: int
    acknowledged_hash: str
    action: str


class TakenAnswer(Answer):
    """How far an edge's facts are committed."""

    epoch: int
    acknowledged_seq: int
    hash: str


class HeldFactsAnswer(Answer):
    """Facts that sync holds, for a store that lacks them; `next` is the seq to ask after."""

    facts: list[dict[str, Any]]
    next: int


class DownlinkItem(Answer):
    """A document on its way to the floor."""

    position: int
    kind: str
    id: str
    revision: str
    sha256: str
    content: dict[str, Any]


class DownlinkAnswer(Answer):
    """Documents after a position; `next` is the position to ask after."""

    items: list[DownlinkItem]
    next: int


class QuestionsAnswer(Answer):
    """Calls of an edge's own API that it is to answer."""

    items: list[dict[str, Any]]


class AnsweredAnswer(Answer):
    """Whether somebody still waited for the answer."""

    taken: bool


ANSWERS = (
    WelcomeAnswer,
    TakenAnswer,
    HeldFactsAnswer,
    DownlinkAnswer,
    QuestionsAnswer,
    AnsweredAnswer,
)
