"""What is needed against what is there, as text for people, in English and Chinese."""

from collections.abc import Iterator
from itertools import groupby

from edge.domain.clock import to_datetime
from edge.planning.feasibility import Feasibility, Load, hours, percent
from edge.planning.schedules.tables import head, table
from edge.planning.views.words import Words

Row = tuple[str, ...]
NAMED = 4
OVERLOADS = ("overloaded", "until", "needed", "there", "short", "shares")
TIGHT = ("by", "until", "needed", "there")


def feasibility_text(found: Feasibility, words: Words) -> str:
    """Overloads with where they come from, then the tightest due date of each resource."""
    if not found.loads:
        return "\n".join((words("nothing_due"), *_released_late(found, words)))
    tight = table((*head(words, TIGHT), ""), _tight(found, words))
    return "\n\n".join((overload_text(found, words), tight))


def overload_text(found: Feasibility, words: Words) -> str:
    """Each overload with its orders, or one sentence that there is none; then what is released
    too late."""
    return "\n".join((_overloads(found, words), *_released_late(found, words)))


def _released_late(found: Feasibility, words: Words) -> Iterator[str]:
    for one in found.released_late[:NAMED]:
        release, due = (_local(at or 0, found) for at in (one.release, one.due))
        yield words("released_late", order=one.id, release=release, due=due)
    if (more := len(found.released_late) - NAMED) > 0:
        yield words("more_released_late", count=more)


def _overloads(found: Feasibility, words: Words) -> str:
    if not found.overloads:
        return words("no_overload")
    rows = (_overload(one, found, words) for one in found.overloads)
    text = table(head(words, OVERLOADS), rows)
    left = words("lesser_overloads", count=found.left_out) if found.left_out else ""
    return "\n".join(filter(None, (text, left)))


def _overload(load: Load, found: Feasibility, words: Words) -> Row:
    shares = [f"{order} {percent(work, load.required_us)} %" for work, order in load.orders[:NAMED]]
    more = len(load.orders) - NAMED + load.others
    if more > 0:
        shares.append(words("others", count=more))
    from_orders = words("comma").join(shares)
    return (_name(load, words), *_figures(load, found), hours(load.short_us), from_orders)


def _tight(found: Feasibility, words: Words) -> Iterator[Row]:
    """For each resource the due date at which the greatest part of its time is needed."""
    for _, loads in groupby(found.loads, key=lambda one: (one.kind, one.names)):
        worst = max(loads, key=lambda one: one.required_us / max(one.available_us, 1))
        full = percent(worst.required_us, worst.available_us)
        there = f"{full} %" if worst.available_us else words("no_time")
        yield (_name(worst, words), *_figures(worst, found), there)


def _figures(load: Load, found: Feasibility) -> Row:
    return (_local(load.due, found), hours(load.required_us), hours(load.available_us))


def _local(at: int, found: Feasibility) -> str:
    return f"{to_datetime(at).astimezone(found.scenario.zone):%Y-%m-%d %H:%M}"


def _name(load: Load, words: Words) -> str:
    names = words("either").join(load.names)
    return f"{names} ({', '.join(load.skills)})" if load.skills else names
