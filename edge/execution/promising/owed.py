"""What an order has of its promise, what it wants of it, and whether it can do without; pure."""

from collections.abc import Iterable, Mapping, Sequence

from edge.domain.orders import JobOrder, Operation, OperationsRequest
from edge.domain.promises import Claim, Reservation, stock_of
from edge.domain.sentences import say
from edge.domain.vocabulary import FINAL_JOB_STATES
from edge.domain.yields import comes_out
from edge.execution.errors import NotAllowed

Requests = Mapping[str, OperationsRequest]


def order_of(one: Reservation, requests: Requests) -> OperationsRequest | None:
    """The order that has a promise; None where it is not in force, or of another product now."""
    order = requests.get(one.order_id)
    return order if order and order.product == one.product else None


def is_of_another(one: Reservation, requests: Requests) -> bool:
    """Whether the order that has a promise is of another product now."""
    return one.order_id in requests and order_of(one, requests) is None


def by_others(one: Reservation, claims: Iterable[Claim]) -> int:
    """Pieces that the order of a promise has in stock by its other promises."""
    others = stock_of(claim for claim in claims if claim.promise != one.id)
    return others.get((one.order_id, one.product), 0)


def wanted_of(one: Reservation, requests: Requests, claims: Iterable[Claim]) -> int | None:
    """Pieces in stock that its order wants of a promise; None where nobody knows."""
    order = order_of(one, requests)
    if order is None:
        return None
    return min(one.from_stock, max(order.ordered - by_others(one, claims), 0))


def check_made_without(
    one: Reservation, wanted: int, jobs: Iterable[JobOrder], operations: Sequence[Operation]
) -> None:
    """Raise NotAllowed where its order cannot make so many pieces without what a promise has in
    stock: an operation that was begun is over, and has passed on fewer.

    One that was never begun is made when pieces of it are wanted again.
    """
    for job in jobs:
        is_over = job.state in FINAL_JOB_STATES and job.started_at is not None
        if is_over and comes_out(operations, job.operation, job.good) < wanted:
            raise NotAllowed(
                say(
                    "promise.finished",
                    "operation {operation} of order {order} is finished: nobody would make the"
                    " {held} pieces that it has of promise {id}",
                    "say that they were shipped, or order the pieces anew",
                    operation=job.operation,
                    order=one.order_id,
                    held=one.from_stock,
                    id=one.id,
                )
            )
