"""Operations schedules: checked as a whole, all faults at once, nothing half imported."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ValidationError

from edge.domain.clock import parse_time
from edge.domain.faults import Fault
from erp_sync.errors import invalid
from erp_sync.masterdata.documents import OrderDocument, ScheduleDocument, ScheduleHead
from erp_sync.masterdata.faults import WHOLE, faults_of, shown

Place = Callable[[int, str], str]  # (order's index, field) -> place
UNREADABLE = object()  # an order that is named in the faults already, and not judged
PUT_DEFINITION = "send PUT /api/v1/operations-definitions/{product}/{revision} first"


@dataclass(frozen=True)
class Known:
    """What the store knows that a schedule must agree with."""

    revisions: Mapping[str, Sequence[str]]  # product -> revisions that have a routing
    numbers: Mapping[int, str] = field(default_factory=dict)  # number -> order of another schedule


def json_place(index: int, name: str) -> str:
    """Where a field of an order stands in a JSON schedule."""
    return f"orders[{index}].{name}" if name else f"orders[{index}]"


def csv_place(index: int, name: str) -> str:
    """Where a field of an order stands in a CSV schedule; the header is row 1."""
    return f"row {index + 2}, column {name}" if name else f"row {index + 2}"


def checked_schedule(
    head: Any, orders: Any, known: Known, place: Place = json_place, found: Sequence[Fault] = ()
) -> ScheduleDocument:
    """The schedule; raises Problem (422) with every fault, those in `found` too.

    Fields are checked first; what contradicts what, among all that could be read.
    """
    faults = list(found)
    good_head = _one(ScheduleHead, head, faults, "")
    good = _orders(orders, place, faults)
    start, end = _moment(head, "from"), _moment(head, "to")
    if good_head and start is not None and end is not None and end <= start:
        faults.append(Fault("to", good_head.to, "is not after from", "write a later end"))
    faults += _twice(good, place) + _contradictions(good, known, start, place)
    if faults or good_head is None:
        raise invalid(
            f"{len(faults)} fault{'s'[: len(faults) > 1]}, nothing was imported",
            "mend what errors names and send the whole schedule again",
            faults,
        )
    in_order = [order for _, order in sorted(good.items())]
    return ScheduleDocument(**good_head.model_dump(), orders=in_order)


def _moment(head: Any, name: str) -> int | None:
    """A moment of the head, also where the rest of the head cannot be read."""
    try:
        return parse_time(head[name])
    except (KeyError, TypeError, ValueError):
        return None


def _one(model: type[BaseModel], content: Any, faults: list[Fault], prefix: str) -> Any:
    try:
        return model.model_validate(content)
    except ValidationError as error:
        faults += faults_of(error, prefix)
        return None


def _orders(orders: Any, place: Place, faults: list[Fault]) -> dict[int, OrderDocument]:
    if not isinstance(orders, list):
        missing = orders is None
        faults.append(
            Fault(
                "orders",
                "(missing)" if missing else shown(orders),
                "is missing" if missing else "is not a list",
                "write a list of orders: [...]",
            )
        )
        return {}
    good = {}
    for index, order in enumerate(orders):
        if order is UNREADABLE:
            continue
        try:
            good[index] = OrderDocument.model_validate(order)
        except ValidationError as error:
            faults += [
                Fault(
                    place(index, "" if fault.place == WHOLE else fault.place),
                    fault.value,
                    fault.message,
                    fault.mend,
                )
                for fault in faults_of(error)
            ]
    return good


def _twice(good: Mapping[int, OrderDocument], place: Place) -> list[Fault]:
    ids = Counter(order.id for order in good.values())
    numbers = Counter(order.number for order in good.values() if order.number is not None)
    faults = []
    for index, order in good.items():
        if ids[order.id] > 1:
            faults.append(
                Fault(place(index, "id"), order.id, "is there twice", "give each order its own id")
            )
        if order.number is not None and numbers[order.number] > 1:
            faults.append(
                Fault(
                    place(index, "number"),
                    str(order.number),
                    "is there twice",
                    "give each order its own number: machines show it",
                )
            )
    return faults


def _contradictions(
    good: Mapping[int, OrderDocument], known: Known, start: int | None, place: Place
) -> list[Fault]:
    return [
        Fault(place(index, name), value, message, mend)
        for index, order in good.items()
        for check in (_routing, _times, _number)
        for name, value, message, mend in check(order, known, start)
    ]


_Found = list[tuple[str, str, str, str]]


def _routing(order: OrderDocument, known: Known, _start: int | None) -> _Found:
    product, revision = order.product, order.product_revision
    mend = PUT_DEFINITION.format(product=product, revision=revision)
    revisions = known.revisions.get(product, ())
    if not revisions:
        return [("product", product, "is unknown: it has no operations definition", mend)]
    if revision in revisions:
        return []
    has = ", ".join(sorted(revisions))
    message = f"this revision of {product} has no routing; there is {has}"
    return [("product_revision", revision, message, mend)]


def _times(order: OrderDocument, _known: Known, start: int | None) -> _Found:
    found = []
    due = parse_time(order.due)
    if start is not None and due < start:
        found.append(
            ("due", order.due, "is before the plan's start", "write a later due date or start")
        )
    if order.release is not None and parse_time(order.release) >= due:
        found.append(("release", order.release, "is not before due", "write an earlier release"))
    return found


def _number(order: OrderDocument, known: Known, _start: int | None) -> _Found:
    owner = known.numbers.get(order.number) if order.number is not None else None
    if owner is None or owner == order.id:
        return []
    message = f"belongs to order {owner} of another schedule"
    return [("number", str(order.number), message, "give the order a number of its own")]
