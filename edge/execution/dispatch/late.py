"""Orders that are expected too late, or never, and why, in sentences: as sales is told."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from edge.domain.orders import JobOrder
from edge.domain.outlook import Outlook
from edge.domain.sentences import Sentence
from edge.execution.floor import Floor
from edge.planning.comparing.difference import Difference, Lateness
from edge.planning.comparing.difference_words import not_yet, why

Json = dict[str, Any]
ALWAYS = 2**62  # later than any


def late_orders(
    floor: Floor, outlooks: Mapping[str, Outlook], work_center: str | None = None
) -> Json:
    """`{version, items}`, first those that have no finish, then the latest; with a work center
    those that come to it.

    An item: order, product, customer, quantity, due and completion (us, null: none), `late_s`
    seconds, `late_pieces` (null where the plan alone does not have it late), `work_centers` in
    the order of its way, and a sentence for each reason.
    """
    plan = floor.reader.plan()
    if plan is None:
        return {"version": None, "items": []}
    pieces = {row["id"]: row["late_quantity"] for row in plan.schedule["orders"]}
    late = [one for one in outlooks.values() if one.late_s or (one.finish is None and one.unmade)]
    ways = _ways(plan.schedule)
    of_jobs = _ways_of(floor.register.jobs.values())
    late.sort(key=lambda one: (-(one.late_s if one.finish else ALWAYS), one.order))
    items = [
        _item(floor, one, (of_jobs if one.unmade else ways).get(one.order, []), pieces)
        for one in late
    ]
    if work_center is not None:
        items = [one for one in items if work_center in one["work_centers"]]
    return {"version": plan.version, "items": items}


def proved_since(found: Difference, version: int, outlooks: Mapping[str, Outlook]) -> Difference:
    """A difference with the reasons that were proved once that version was out."""

    def proved(one: Lateness) -> Lateness:
        seen = outlooks.get(one.order)
        if not one.unexplained or seen is None or seen.plan != version:
            return one
        return replace(one, reasons=seen.reasons, unexplained=seen.unexplained)

    return replace(found, lateness=tuple(map(proved, found.lateness)))


def _ways(schedule: Mapping[str, Any]) -> dict[str, list[str]]:
    """Work centers to which each order still comes, in that order, in hours that stay too."""
    planned = (*schedule["blocks"], *schedule.get("kept", ()))
    return _by_order((one["order"], one["seq"], one["work_center"] or "") for one in planned)


def _ways_of(jobs: Iterable[JobOrder]) -> dict[str, list[str]]:
    """All work centers of each order: also those whose operation has ended too soon."""
    return _by_order((job.order, job.operation, job.work_center) for job in jobs)


def _by_order(steps: Iterable[tuple[str, int, str]]) -> dict[str, list[str]]:
    ways: dict[str, list[str]] = {}
    for order, _, center in sorted(steps):
        way = ways.setdefault(order, [])
        if center and center not in way:
            way.append(center)
    return ways


def _item(floor: Floor, one: Outlook, way: list[str], pieces: Mapping[str, int]) -> Json:
    request = floor.register.held.requests.get(one.order)
    return {
        "order": one.order,
        "product": request.product if request else "",
        "customer": request.customer if request else "",
        "quantity": request.ordered if request else None,
        "due": one.due,
        "completion": one.finish,
        "late_s": one.late_s,
        "late_pieces": pieces.get(one.order) or None,
        "work_centers": way,
        "reasons": [said.view() for said in _reasons(floor, one)],
    }


def _reasons(floor: Floor, one: Outlook) -> Iterable[Sentence]:
    """Each that the planner has proved, and what else is to be said of it: the first of that is
    the first reason, with what only the plan knows."""
    proved: list[Any] = list(one.reasons)
    first = [said for said in one.because[:1] if proved and said.code.startswith("plan.late_")]
    found = [*first, *(why([reason], floor.zone) for reason in proved[len(first) :])]
    found += [said for said in one.because if str(said) not in {*map(str, found)}]
    found += [one.unmade] if one.unmade else []
    return found or [not_yet()]
