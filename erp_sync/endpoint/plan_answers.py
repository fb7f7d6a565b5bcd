"""What the calls about versions of plans answer."""

from typing import Any

from erp_sync.endpoint.answers import Answer


class PlanVersionItem(Answer):
    """A version of an edge's plan in short; `released_by` null where its edge released it."""

    plan: int
    seq: int
    released_at: int
    released_by: str | None
    made_at: int | None
    valid_from: int
    input_hash: str
    replaces: int | None
    proposal: int | None
    note: str
    why: dict[str, Any] | None
    difference: dict[str, Any] | None
    late: int


class PlanVersionAnswer(PlanVersionItem):
    """A version with what it says of each order; `timezone` is the site's."""

    orders: list[Any]
    timezone: str


class PlanVersionsAnswer(Answer):
    """Versions, the newest first; `timezone` is the site's."""

    items: list[PlanVersionItem]
    timezone: str


class PlanOrderChange(Answer):
    """An order that two versions have done at different times; null: it is not in one of them."""

    order: str
    before: int | None
    after: int | None
    due: int | None
    late_s_before: int
    late_s_after: int
    reasons: list[Any]


class PlanDifferenceAnswer(Answer, rename={"from_": "from"}):
    """What a version changes for orders against another one; `timezone` is the site's."""

    from_: int
    to: int
    became_late: list[str]
    on_time: list[str]
    orders: list[PlanOrderChange]
    steps: list[PlanVersionItem]
    timezone: str


ANSWERS = (PlanVersionAnswer, PlanVersionsAnswer, PlanDifferenceAnswer)
