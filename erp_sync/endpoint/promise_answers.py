"""What the calls about promises answer."""

from typing import Any

from erp_sync.endpoint.answers import Answer


class PromiseAnswer(Answer):
    """What can be promised, as the edge answers (docs/contracts.md, section 4)."""

    date: int | None
    reservation: dict[str, Any] | None


class PromisesAnswer(Answer):
    """Reservations as the edge has them."""

    items: list[dict[str, Any]]


class ReservationAnswer(Answer):
    """A reservation as the edge has it."""

    id: int
    state: str


class RecordedAnswer(Answer):
    """The fact that it has become at the edge."""

    seq: int


ANSWERS = (
    PromiseAnswer,
    PromisesAnswer,
    ReservationAnswer,
    RecordedAnswer,
)
