"""What the calls that take documents in answer."""

from typing import Any

import msgspec

from erp_sync.endpoint.answers import Answer


class AcceptedAnswer(Answer):
    """What became of a document."""

    id: str
    revision: str
    sha256: str
    position: int
    new: bool


class ChangeAnswer(Answer):
    """A field that would be another; null where it was not there."""

    field: str
    from_: Any = msgspec.field(name="from")
    to: Any


class ChangedOrderAnswer(Answer):
    """An order that would change; `made`: its good pieces so far, null if it is not begun."""

    id: str
    made: int | None
    changes: list[ChangeAnswer]


class MovedOrderAnswer(Answer):
    """An order that would come from another schedule."""

    id: str
    schedule: str


class DifferenceAnswer(Answer):
    """What a schedule would change; orders as they are in a JSON schedule."""

    head: list[ChangeAnswer]
    new: list[dict[str, Any]]
    moved: list[MovedOrderAnswer]
    changed: list[ChangedOrderAnswer]
    removed: list[dict[str, Any]]
    same: int


class PreviewAnswer(Answer):
    """What became of a schedule if it were sent without dry_run; `before` is in force now."""

    id: str
    revision: str
    sha256: str
    new: bool
    dry_run: bool
    before: str | None
    difference: DifferenceAnswer
    notes: list[str]


ANSWERS = (
    AcceptedAnswer,
    PreviewAnswer,
)
