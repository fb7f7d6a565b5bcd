"""Counts that the fold may take as one: they differ only in what no room's figures look at.

Each room adds what a count says in proportion to its quantity, to rows that the rest of it
names. So counts that are alike in that rest change the same rows, by their sum. A count with
anything in its body that is not named here is folded by itself.
"""

from collections.abc import Hashable

from edge.domain.facts import Fact, FactKind
from edge.domain.folding.genealogy import SAID_LATER

# What tells counts of one counter apart, and nothing that a sum is kept by.
ITS_OWN = frozenset({"quantity", "raw_from", "raw_to", "from", "to", "tag", "counter_epoch"})
NAMES_ROWS = frozenset({"role", "hour", "flags", "run_time_per_item", "calendar", "tool"})
_SAYS_NO_MORE = (ITS_OWN | NAMES_ROWS).issuperset


def alike(fact: Fact) -> Hashable:
    """What counts have in common that may be taken as one; None for any other fact.

    It holds between facts that change no work center's lots and correct nothing.
    """
    if fact.kind is not FactKind.PRODUCTION_COUNT:
        return None
    body = fact.body
    get = body.get
    quantity, flags = get("quantity"), get("flags")
    # One of nothing makes no row; one below nothing could make a sum of nothing.
    if type(quantity) is not int or quantity <= 0 or not _SAYS_NO_MORE(body):
        return None
    if flags and not SAID_LATER.isdisjoint(flags):
        return None
    calendar, tool = get("calendar"), get("tool")
    return (
        fact.equipment_id,
        fact.job_order_id,
        fact.source,
        get("role"),
        get("hour"),
        get("run_time_per_item"),
        (calendar.get("shift"), calendar.get("production_day")) if calendar else None,
        (*flags,) if flags else (),
        (*tool.values(),) if tool else None,
    )


def summed(fact: Fact, quantity: int) -> Fact:
    """The count with the pieces of all that are alike; for the fold alone, never stored."""
    if quantity == fact.body["quantity"]:
        return fact  # it is alone
    one = object.__new__(Fact)
    one.__dict__.update(fact.__dict__, body={**fact.body, "quantity": quantity})
    return one
