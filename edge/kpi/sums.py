"""The elements of a group of entries: its sums, without what is not known of all of it. Pure."""

from collections.abc import Callable, Mapping
from fractions import Fraction

from edge.domain.intervals import Interval
from edge.kpi.book import Book, Group, Question
from edge.kpi.elements import Elements
from edge.kpi.scopes import Level
from edge.kpi.sources import SOURCES


def elements_of(book: Book, question: Question, group: Group) -> Elements:
    """The sums of a group; what is not known of all of it is left out, and named in `missing`."""
    sums = {**_NOTHING, **group.sums}
    if question.level == Level.ORDER and (life := life_of(book, group.of)):
        sums["order_execution_time"] = life.length
    for source, without in _WITHOUT.items():
        if told := without(book, group):
            group.missing[source] = told
            for name in SOURCES[source]:
                del sums[name]
    return Elements.made_of(sums)


# What is recorded everywhere, or by a source: 0 unless something was added or the source is silent.
_NOTHING: Mapping[str, int | Fraction] = dict.fromkeys(
    (
        *(name for names in SOURCES.values() for name in names),
        "first_operation_quantity",
        "last_operation_quantity",
        "integrated_good_quantity",
    ),
    0,
)


def _silent(source: str) -> Callable[[Book, Group], list[str]]:
    """The work centers of a group that say nothing of a source."""
    return lambda book, group: sorted(group.units & book.silent[source])


def _unrecorded(element: str) -> Callable[[Book, Group], list[str]]:
    return lambda _, group: [] if element in group.sums else ["nobody records it"]


def _immaterial(book: Book, group: Group) -> list[str]:
    """Units of material that do not add up, and job orders whose material is not known."""
    if silent := group.units & book.silent["materials"]:
        return sorted(silent)
    mixed = [" and ".join(sorted(group.materials))] if len(group.materials) > 1 else []
    return mixed + sorted((job or "no job order") for job in group.made - group.of_material)


def _unplanned(_: Book, group: Group) -> list[str]:
    """Nothing is planned where no piece has a planned scrap; some is where some have."""
    return [] if "planned_scrap_quantity" in group.sums else ["nothing is planned"]


def _unattended(book: Book, _: Group) -> list[str]:
    return [] if book.labour.intervals is not None else ["no work center"]


# What of a group a source says nothing of: work centers, job orders, or all of it. Stops are
# always recorded; that none of them is a breakdown is said by their reasons.
_WITHOUT: Mapping[str, Callable[[Book, Group], list[str]]] = {
    "energy": _silent("energy"),
    "inspections": _silent("inspections"),
    "materials": _immaterial,
    "losses in production": _unrecorded("production_loss"),
    "losses in storage": _unrecorded("storage_loss"),
    "other losses": _unrecorded("other_loss"),
    "maintenance": _silent("maintenance"),
    "labour": _unattended,
    "capacity": _silent("capacity"),
    "planned scrap": _unplanned,
}


def life_of(book: Book, of: str) -> Interval | None:
    """From the start of an order, or of one of its job orders, to its end; up to now if open."""
    jobs = [one for id_, one in book.jobs.items() if of in {id_, one.order}]
    starts = [one.started_at for one in jobs if one.started_at is not None]
    if not starts:
        return None
    ends = [book.until if one.ended_at is None else one.ended_at for one in jobs if one.started_at]
    return Interval(min(starts), max(*ends, min(starts) + 1))
