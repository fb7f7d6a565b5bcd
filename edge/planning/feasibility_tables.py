"""What is needed against what is there, as text for people."""

from collections.abc import Iterator
from itertools import groupby

from edge.domain.clock import to_datetime
from edge.planning.feasibility import Feasibility, Load, hours, percent
from edge.planning.schedules.tables import table

Row = tuple[str, ...]
NAMED = 4


def feasibility_text(found: Feasibility) -> str:
    """Overloads with where they come from, then the tightest due date of each resource."""
    if not found.loads:
        return "Nothing is due that needs a work center."
    parts = [overload_text(found), table(("by", "due", "needed h", "there h", ""), _tight(found))]
    return "\n\n".join(parts)


def overload_text(found: Feasibility) -> str:
    """Each overload with its orders; or one sentence that there is none."""
    if not found.overloads:
        return "No work center is overloaded by any due date, by the least work that must be done."
    head = (
        "overloaded",
        "by",
        "needed h",
        "there h",
        "short h",
        "orders (share of what is needed)",
    )
    text = table(head, (_overload(one, found) for one in found.overloads))
    return f"{text}\n{found.left_out} lesser overloads are left out." if found.left_out else text


def _overload(load: Load, found: Feasibility) -> Row:
    shares = [f"{order} {percent(work, load.required_us)} %" for work, order in load.orders[:NAMED]]
    more = len(load.orders) - NAMED + load.others
    if more > 0:
        shares.append(f"{more} more")
    return (_name(load), *_figures(load, found), hours(load.short_us), ", ".join(shares))


def _tight(found: Feasibility) -> Iterator[Row]:
    """For each resource the due date at which the greatest part of its time is needed."""
    for _, loads in groupby(found.loads, key=lambda one: (one.kind, one.names)):
        worst = max(loads, key=lambda one: one.required_us / max(one.available_us, 1))
        full = percent(worst.required_us, worst.available_us)
        there = f"{full} %" if worst.available_us else "no time"
        yield (_name(worst), *_figures(worst, found), there)


def _figures(load: Load, found: Feasibility) -> Row:
    due = f"{to_datetime(load.due).astimezone(found.scenario.zone):%Y-%m-%d %H:%M}"
    return (due, hours(load.required_us), hours(load.available_us))


def _name(load: Load) -> str:
    names = " or ".join(load.names)
    return f"{names} ({', '.join(load.skills)})" if load.skills else names
