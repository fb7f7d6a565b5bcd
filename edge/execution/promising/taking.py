"""Which order takes which promise over, and why another does not; pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from edge.domain.orders import OperationsRequest
from edge.domain.promises import (
    CANCELLED,
    EXPIRED,
    HAS,
    ORDERED,
    REFUSED,
    RESERVED,
    SHIPPED,
    Claim,
    Reservation,
)
from edge.domain.remarks import Remark
from edge.domain.sentences import Sentence, say

UNKNOWN = "unknown"
PRODUCT = "product"
ANOTHER = "another"  # promise, that the order has taken over already


@dataclass(frozen=True, kw_only=True)
class Refused:
    """An order that names a promise and does not get it; `by` is whose it is instead."""

    order: str
    promise: int
    why: str
    by: str = ""

    def remark(self) -> Remark:
        """As the problems of a plan name it."""
        return Remark(
            said=say(
                "plan.promise_not_taken",
                "order {order} names promise {promise}, {why}",
                order=self.order,
                promise=self.promise,
                why=_why(self.why, self.by),
            )
        )


def _why(why: str, by: str) -> Sentence:
    """Why an order does not get the promise that it names."""
    if why == ORDERED:
        return say("plan.promise_has_order", "which order {by} has", by=by)
    if why == SHIPPED:
        return say("plan.promise_is_shipped", "which was shipped with order {by}", by=by)
    if why == PRODUCT:
        return say("plan.promise_other_product", "which is of {by}", by=by)
    if why == ANOTHER:
        return say("plan.promise_has_another", "but has promise {by} already", by=by)
    return _OF_NOBODY[why]


_OF_NOBODY: Mapping[str, Sentence] = {
    UNKNOWN: say("plan.promise_of_nobody", "which nobody knows"),
    EXPIRED: say("plan.promise_had_run_out", "which had run out when the order came"),
    CANCELLED: say("plan.promise_was_cancelled", "which was cancelled"),
}


@dataclass(frozen=True)
class Takings:
    """Promises by the order that takes each over now, and who does not get what they name."""

    taken: Mapping[str, Reservation]
    refused: tuple[Refused, ...]


def takings(
    requests: Iterable[OperationsRequest],
    reservations: Iterable[Reservation],
    now: int,
    is_made_here: Callable[[OperationsRequest], bool],
) -> Takings:
    """What is to be done of orders that name a promise: it goes to the first that does.

    Only what is held at `now` is there to be taken over. Orders that another edge makes name
    that edge's promises.
    """
    known = {one.id: one for one in reservations}
    has = {one.order_id: one.id for one in known.values() if one.state == ORDERED}
    had = {(one.order_id, one.id) for one in known.values() if one.state in HAS}
    taken: dict[str, Reservation] = {}
    refused: list[Refused] = []
    for request in requests:
        if request.promise is None or (request.id, request.promise) in had:
            continue
        if not is_made_here(request):
            continue
        one = known.get(request.promise)
        taker = next((id_ for id_, other in taken.items() if other is one), "")
        why, by = _why_not(request, one, taker, has.get(request.id), now)
        if one is not None and not why:
            taken[request.id] = one
            continue
        refused.append(Refused(order=request.id, promise=request.promise, why=why, by=by))
    return Takings(taken, tuple(refused))


def _why_not(
    request: OperationsRequest, one: Reservation | None, taker: str, has: int | None, now: int
) -> tuple[str, str]:
    """Why an order cannot have the promise, and whose it is; empty where it can."""
    if one is None:
        return UNKNOWN, ""
    if one.product != request.product:
        return PRODUCT, one.product
    if taker:
        return ORDERED, taker
    if (state := one.state_at(now)) != RESERVED:
        return state, one.order_id
    return (ANOTHER, str(has)) if has is not None else ("", "")


def is_told(one: Refused, claims: Iterable[Claim]) -> bool:
    """Whether it stands in a fact already, as it is."""
    said = (one.order, one.promise, REFUSED, one.why, one.by)
    return any(said == (of.order_id, of.promise, of.state, of.why, of.by) for of in claims)
