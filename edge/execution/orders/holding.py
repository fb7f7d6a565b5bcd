"""Quantities that supervisors hold to although the ERP wants others: what is really to be made.

Job orders, plans, hours and gates go by it, so that they agree to the piece.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from edge.domain.jobs import Kept
from edge.domain.orders import OperationsRequest
from edge.domain.production import JobProgress, ProductionReader
from edge.domain.vocabulary import FINAL_JOB_STATES
from edge.execution.orders.masterdata import SCHEDULE, read_schedule

Requests = Mapping[str, OperationsRequest]


def held(request: OperationsRequest, kept: Kept | None) -> OperationsRequest:
    """An order with the quantity that is held to, as long as the ERP wants what that was about."""
    if kept is None or kept.against != request.quantity:
        return request
    return replace(request, quantity=kept.quantity)


def wanted(requests: Requests, kept: Mapping[str, Kept], gone: Requests) -> Requests:
    """Orders of which something is to be made: as the documents have them, or as they are held;
    orders that are `gone` from the documents and are made all the same."""
    changed = {id_: held(requests[id_], one) for id_, one in kept.items() if id_ in requests}
    return {**requests, **changed, **{id_: one for id_, one in gone.items() if id_ not in requests}}


def gone_and_held(
    requests: Requests, kept: Mapping[str, Kept], progress: Iterable[JobProgress]
) -> dict[str, int]:
    """By order, the pieces that are made of it although it is in no schedule any more."""
    made = {
        id_: one.quantity
        for id_, one in kept.items()
        if id_ not in requests and one.against == 0 and one.quantity > 0
    }
    if not made:
        return {}
    open_ = {row.order_id for row in progress if row.state not in FINAL_JOB_STATES}
    return {id_: quantity for id_, quantity in made.items() if id_ in open_}


def last_known(reader: ProductionReader, orders: Collection[str]) -> dict[str, OperationsRequest]:
    """Orders as the last schedule had them that did. Reads all schedules from the latest on, until
    it has found them."""
    found: dict[str, OperationsRequest] = {}
    for document in reversed(reader.documents(SCHEDULE)):
        if {*orders} <= found.keys():
            break
        for one in read_schedule(document).orders:
            if one.id in orders:
                found.setdefault(one.id, one)
    return found
