"""Operations schedules: checked as a whole, all faults at once, nothing half imported."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError

from edge.domain.clock import parse_time
from edge.domain.faults import Fault
from edge.domain.reach import MEND_YEAR, of_a_plan
from erp_sync.errors import invalid
from erp_sync.masterdata.documents import OrderDocument, ScheduleDocument, ScheduleHead
from erp_sync.masterdata.faults import WHOLE, faults_of, shown, unplain
from erp_sync.masterdata.spans import FAR, MEND_FAR, MEND_OPTIONAL, OF_NO_PLAN, is_far

Sound = Mapping[str, Any]  # fields of an order, each of which is valid by itself
Place = Callable[[int, str], str]  # (order's index, field) -> place
Judged = Collection[tuple[int, str]]
OF_HEAD = -1
PUT_DEFINITION = (
    "have its definition sent first (PUT /api/v1/operations-definitions/{product}/{revision})"
)


@dataclass(frozen=True)
class Known:
    """What the store knows that a schedule must agree with."""

    revisions: Mapping[str, Sequence[str]]  # product -> revisions that have a routing
    numbers: Mapping[int, str] = field(default_factory=dict)  # number -> order of another schedule
    # (promise, product) -> order of another schedule; each edge numbers its own promises.
    promises: Mapping[tuple[int, str], str] = field(default_factory=dict)


def json_place(index: int, name: str) -> str:
    """Where a field of an order stands in a JSON schedule."""
    return f"orders[{index}].{name}" if name else f"orders[{index}]"


def checked_schedule(
    head: Any,
    orders: Any,
    known: Known,
    place: Place = json_place,
    found: Sequence[Fault] = (),
    judged: Judged = (),
) -> ScheduleDocument:
    """The schedule; raises Problem (422) with every fault, those in `found` too.

    Fields are checked first; then what contradicts what, among all fields that are sound.
    `judged`: fields (order's index or OF_HEAD, name) that are missing because `found` names them.
    """
    faults = list(found)
    good_head = _one(ScheduleHead, head, faults, judged)
    good, sound = _orders(orders, place, faults, judged)
    start = _moment(head, "from")
    if good_head:
        faults += _of_head(good_head)
    faults += _twice(sound, place) + _contradictions(sound, known, start, place)
    faults += [*unplain(head), *_unplain(orders, place)]
    if faults or good_head is None:
        raise invalid(
            f"{len(faults)} fault{'s'[: len(faults) > 1]}, nothing was imported",
            "mend what errors names and send the whole schedule again",
            faults,
        )
    return ScheduleDocument(**good_head.model_dump(), orders=good)


def _of_head(head: ScheduleHead) -> Iterator[Fault]:
    """What contradicts what in a head whose fields are good."""
    start, end = parse_time(head.from_), parse_time(head.to)
    if not of_a_plan(start):
        yield Fault("from", head.from_, OF_NO_PLAN, MEND_YEAR)
    if end <= start:
        yield Fault("to", head.to, "is not after from", "write a later end")
    elif is_far(end, start):
        yield Fault("to", head.to, FAR, MEND_FAR)


def _moment(head: Any, name: str) -> int | None:
    """A moment of the head, also where the rest of the head cannot be read."""
    try:
        return parse_time(head[name])
    except (KeyError, TypeError, ValueError):
        return None


def _one(model: type[BaseModel], content: Any, faults: list[Fault], judged: Judged) -> Any:
    try:
        return model.model_validate(content)
    except ValidationError as error:
        faults += [one for one in faults_of(error) if (OF_HEAD, one.place) not in judged]
        return None


def _orders(
    orders: Any, place: Place, faults: list[Fault], judged: Judged
) -> tuple[list[OrderDocument], dict[int, Sound]]:
    """The orders that are good as a whole, and the sound fields of each that could be read."""
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
        return [], {}
    good: list[OrderDocument] = []
    sound: dict[int, Sound] = {}
    for index, order in enumerate(orders):
        try:
            document = OrderDocument.model_validate(order)
            good.append(document)
            sound[index] = document.model_dump()
        except ValidationError as error:
            sound[index] = _sound(order, error)
            faults += [
                Fault(
                    place(index, "" if fault.place == WHOLE else fault.place),
                    fault.value,
                    fault.message,
                    fault.mend,
                )
                for fault in faults_of(error)
                if (index, fault.place) not in judged
            ]
    return good, sound


def _unplain(orders: Any, place: Place) -> Iterator[Fault]:
    for index, order in enumerate(orders if isinstance(orders, list) else ()):
        for fault in unplain(order):
            yield replace(fault, place=place(index, "" if fault.place == WHOLE else fault.place))


def _sound(order: Any, error: ValidationError) -> Sound:
    """The fields of an order that are not at fault."""
    if not isinstance(order, dict):
        return {}
    faulty = {details["loc"][0] for details in error.errors() if details["loc"]}
    return {name: value for name, value in order.items() if name not in faulty}


ONCE = {
    "id": "give each order its own id",
    "number": "give each order its own number: machines show it",
    "promise": "one order takes a promise over; ask for another one",
}


def _twice(sound: Mapping[int, Sound], place: Place) -> list[Fault]:
    counts = {name: Counter(_told(order, name) for order in sound.values()) for name in ONCE}
    return [
        Fault(place(index, name), str(order[name]), "is there twice", mend)
        for index, order in sound.items()
        for name, mend in ONCE.items()
        if order.get(name) is not None and counts[name][_told(order, name)] > 1
    ]


def _told(order: Sound, name: str) -> object:
    """What a field names; each edge numbers its own promises, so that of them it is told by the
    product, too."""
    return (order.get(name), order.get("product")) if name == "promise" else order.get(name)


def _contradictions(
    sound: Mapping[int, Sound], known: Known, start: int | None, place: Place
) -> list[Fault]:
    return [
        Fault(place(index, name), value, message, mend)
        for index, order in sound.items()
        for check in (_routing, _times, _far, _number, _promise)
        for name, value, message, mend in check(order, known, start)
    ]


_Found = list[tuple[str, str, str, str]]


def _routing(order: Sound, known: Known, _start: int | None) -> _Found:
    product, revision = order.get("product"), order.get("product_revision")
    if product is None:
        return []
    mend = PUT_DEFINITION.format(product=product, revision=revision or "REVISION")
    revisions = known.revisions.get(product, ())
    if not revisions:
        near = get_close_matches(product, known.revisions, n=1, cutoff=0.7)
        mend = f"did you mean {near[0]}? else {mend}" if near else mend
        return [("product", product, "is unknown: it has no operations definition", mend)]
    if revision is None or revision in revisions:
        return []
    mend = f"write one that is there, or {mend}"
    has = ", ".join(sorted(revisions))
    message = f"this revision of {product} has no routing; there is {has}"
    return [("product_revision", revision, message, mend)]


def _times(order: Sound, _known: Known, start: int | None) -> _Found:
    if "due" not in order:
        return []
    found, due = [], parse_time(order["due"])
    if start is not None and due < start:
        found.append(
            ("due", order["due"], "is before the plan's start", "write a later due date or start")
        )
    release = order.get("release")
    if release is not None and parse_time(release) >= due:
        found.append(("release", release, "is not before due", "write an earlier release"))
    return found


def _far(order: Sound, _known: Known, start: int | None) -> _Found:
    """Dates that are of no plan, or of another one than this."""
    found: _Found = []
    for name, mend in (
        ("due", MEND_FAR),
        ("release", MEND_OPTIONAL),
        ("material_from", MEND_OPTIONAL),
    ):
        if not (said := order.get(name)):
            continue
        at = parse_time(said)
        if start is None and not of_a_plan(at):
            found.append((name, said, OF_NO_PLAN, MEND_YEAR))
        elif start is not None and is_far(at, start) and (name != "due" or at > start):
            found.append((name, said, FAR, mend))
    return found


def _number(order: Sound, known: Known, _start: int | None) -> _Found:
    number = order.get("number")
    owner = known.numbers.get(number) if number is not None else None
    if owner is None or owner == order.get("id"):
        return []
    message = f"belongs to order {owner} of another schedule"
    return [("number", str(number), message, "give the order a number of its own")]


def _promise(order: Sound, known: Known, _start: int | None) -> _Found:
    promise, product = order.get("promise"), order.get("product")
    named = None if promise is None or product is None else (promise, product)
    owner = known.promises.get(named) if named else None
    if owner is None or owner == order.get("id"):
        return []
    message = f"is named by order {owner} of another schedule"
    return [("promise", str(promise), message, "one order takes a promise over; ask for another")]
