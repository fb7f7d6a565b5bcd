"""What the calls about orders answer."""

from typing import Any

from erp_sync.endpoint.answers import Answer


class OrderOperation(Answer):
    """One operation of an order as it stands."""

    operation: int
    work_center: str | None
    quantity: int
    good: int
    scrap: int
    left: int
    over: int
    state: str
    started_at: int | None
    ended_at: int | None


class OrderAnswer(Answer):
    """Where an order is; `good` is that of its last operation, `as_of` what is known until."""

    id: str
    product: str
    quantity: int
    from_stock: int
    promises: list[dict[str, Any]]
    customer: str
    priority: int
    due: int
    planned_finish: int | None
    forecast_finish: int | None
    forecast_range: dict[str, Any] | None
    forecast_hours: int
    recovery: dict[str, Any] | None
    late_s: int
    late_reasons: list[Any]
    late_because: list[Any]
    moved: dict[str, Any] | None
    unmade: dict[str, Any] | None
    plan: int | None
    forecast_at: int | None
    forecast_age_s: int | None
    state: str
    operations: list[OrderOperation]
    good: int
    scrap: int
    left: int
    over: int
    as_of: int | None


class OrdersAnswer(Answer):
    """Orders by due date."""

    items: list[OrderAnswer]


ANSWERS = (
    OrderAnswer,
    OrdersAnswer,
)
