"""What a person must know of promises: stock that is held for nobody, or is not there any more."""

from collections.abc import Collection, Iterator, Mapping

from edge.domain.orders import OperationsRequest
from edge.domain.promises import ORDERED, Reservation
from edge.domain.sentences import Sentence, say
from edge.execution.promising.owed import order_of
from edge.execution.promising.stock import Stock


def left_over(
    known: Collection[Reservation], requests: Mapping[str, OperationsRequest]
) -> Iterator[Sentence]:
    """Promises that hold stock for an order that is gone, or is of another product now."""
    for one in known:
        if one.state != ORDERED or not one.from_stock:
            continue
        order = requests.get(one.order_id)
        if order_of(one, requests) is None:
            now = say("plan.promise_order_gone", "is in no schedule any more")
            if order:
                now = say("plan.promise_order_of", "is of {product} now", product=order.product)
            yield say(
                "plan.promise_left_over",
                "promise {promise} holds {pieces} pieces of {product} in stock for order"
                " {order}, which {now}",
                "say that they were shipped, or cancel it",
                promise=one.id,
                pieces=one.from_stock,
                product=one.product,
                order=one.order_id,
                now=now,
            )


def not_there(known: Collection[Reservation], stock: Stock, now: int) -> Iterator[Sentence]:
    """Products of which more is promised from stock than is there."""
    for product in sorted({one.product for one in known if one.holds_stock(now)}):
        if lacking := stock.lacking(product, known):
            yield say(
                "plan.promise_not_there",
                "{pieces} pieces of {product} that are promised from stock are not there: they"
                " are on hold, have expired or were used otherwise",
                pieces=lacking,
                product=product,
            )
