"""What the feed, and who reads it, are answered."""

from typing import Any

import msgspec

from erp_sync.endpoint.answers import Answer


class EffectAnswer(Answer):
    """Pieces that an item adds to an operation's production day; moves are negative."""

    order: str | None
    operation: int | None
    production_day: str
    good: int
    scrap: int
    rework: int


class FactItem(Answer):
    """A fact in the feed; `effects` is what it does to the pieces, empty for most kinds."""

    position: int
    id: str
    type: str
    order: str | None
    operation: int | None
    effects: list[EffectAnswer]
    fact: dict[str, Any]


class GroupItem(Answer):
    """Pieces of a closed hour, shift or order; a correction holds differences."""

    position: int
    id: str
    type: str
    order: str | None
    operation: int | None
    equipment_id: str
    good: int
    scrap: int
    rework: int
    correction: bool
    hour: int | msgspec.UnsetType = msgspec.UNSET
    production_day: str | msgspec.UnsetType = msgspec.UNSET
    shift: str | msgspec.UnsetType | None = msgspec.UNSET


class FeedAnswer(Answer):
    """A page of the feed of facts; `complete` at its tip."""

    items: list[FactItem]
    next: str
    complete: bool


class GroupFeedAnswer(Answer):
    """A page of a feed of closed hours, shifts or orders; `complete` at its tip."""

    items: list[GroupItem]
    next: str
    complete: bool


class AcknowledgedAnswer(Answer):
    """How many acknowledgements were new or changed, and how many known."""

    accepted: int
    unchanged: int


class BooksAnswer(Answer):
    """The books of a day that were kept."""

    consumer: str
    day: str
    lines: int


ANSWERS = (
    EffectAnswer,
    FactItem,
    GroupItem,
    FeedAnswer,
    GroupFeedAnswer,
    AcknowledgedAnswer,
    BooksAnswer,
)
