"""What no plan can keep: limits below a batch, and material that never comes.

Like the other checks between fields these pass over what has a fault of its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from math import ceil
from typing import Any

from edge.domain.clock import MICROS
from edge.domain.faults import Fault
from edge.domain.intervals import Interval
from edge.planning.scenario.reading import BAD, clean

Record = Mapping[str, Any]


def flow_faults(order: Record, scenario: Record) -> Iterator[Fault]:
    """Faults of how the order's pieces go from step to step, and of its material."""
    if BAD in (order["operations"], order["quantity"]) or not clean(order["operations"]):
        return
    place = f"orders[{order['id']}]"
    operations = sorted(order["operations"], key=lambda one: one["seq"])
    begun = starts(order["quantity"], [one["yield"] for one in operations])
    for index, operation in enumerate(operations):
        at = f"{place}.operations[{operation['seq']}]"
        yield from _gaps(operation, at)
        if index == 0:
            yield from _first(operation, at)
    # what a step starts is what the one before it passes on
    for (before, after), passed_on in zip(pairwise(operations), begun[1:], strict=True):
        yield from _wip(before, after, passed_on, f"{place}.operations[{after['seq']}]")
    yield from _own_centers(operations, begun, place)
    if operations and begun[0]:
        yield from _material(order, scenario, operations[0], begun)


def starts(quantity: int, yields: Sequence[Fraction]) -> list[int]:
    """Pieces that each operation starts, so that the last one brings the quantity."""
    wanted, found = quantity, list[int]()
    for share in reversed(yields):
        wanted = ceil(wanted / share)
        found.append(wanted)
    return found[::-1]


def _gaps(operation: Record, place: str) -> Iterator[Fault]:
    least, most = operation["min_gap_s"], operation["max_gap_s"]
    if most is not None and most < least:
        message = f"is less than min_gap_s, {_seconds(least)}"
        yield Fault(
            f"{place}.max_gap_s", _seconds(most), message, f"write at least {_seconds(least)}"
        )


def _first(operation: Record, place: str) -> Iterator[Fault]:
    for name in ("wip_limit", "max_gap_s"):
        if operation[name] is not None:
            message = "has no operation before it that could pass pieces on"
            shown = _seconds(operation[name]) if name == "max_gap_s" else str(operation[name])
            yield Fault(f"{place}.{name}", shown, message, "remove it")


def _wip(before: Record, after: Record, passed_on: int, place: str) -> Iterator[Fault]:
    """A batch arrives as a whole: a limit below it can be kept by no plan."""
    limit = after["wip_limit"]
    outside = before["lead_time_s"] is not None or after["lead_time_s"] is not None
    batch = passed_on if outside else min(before["transfer_batch"] or passed_on, passed_on)
    if limit is None or limit >= batch:
        return
    message = f"is less than the {batch} pieces that operation {before['seq']} passes on together"
    mend = f"write at least {batch}"
    if not outside:
        mend += f", or give operation {before['seq']} a transfer_batch of at most {limit}"
    yield Fault(f"{place}.wip_limit", str(limit), message, mend)


def _own_centers(operations: list[Record], starts: list[int], place: str) -> Iterator[Fault]:
    """Steps between which little may wait run at the same time: none on another's work center."""
    group: list[list[str]] = []
    for index, operation in enumerate(operations):
        if operation["lead_time_s"] is not None:
            group = []
            continue
        ways = [one["work_center"] for one in operation["alternatives"]]
        limit = operation["wip_limit"]
        scarce = limit is not None and index > 0 and limit < starts[index]
        if group and (scarce or operation["max_gap_s"] is not None):
            group.append(ways)
            if not each_has_one(group):
                name = "wip_limit" if scarce else "max_gap_s"
                value = str(limit) if scarce else _seconds(operation["max_gap_s"])
                yield Fault(
                    f"{place}.operations[{operation['seq']}].{name}",
                    value,
                    f"needs {' or '.join(ways)} while a step before it is still on it",
                    f"give the steps work centers of their own, or remove {name}",
                )
                return
        else:
            group = [ways]


def each_has_one(wanted: Sequence[Sequence[str]]) -> bool:
    """Whether everyone can have one of what it wants that nobody else has."""
    holds: dict[str, int] = {}
    return all(_finds(wanted, holds, index, set()) for index in range(len(wanted)))


def _finds(
    wanted: Sequence[Sequence[str]], holds: dict[str, int], index: int, asked: set[str]
) -> bool:
    """Give one of what it wants, for which others may have to take another one.

    No inner function: one that calls itself is garbage that only a sweep finds.
    """
    for one in wanted[index]:
        if one in asked:
            continue
        asked.add(one)
        if one not in holds or _finds(wanted, holds, holds[one], asked):
            holds[one] = index
            return True
    return False


def within_gap(first: Sequence[Interval], second: Sequence[Interval], gap: int) -> bool:
    """Whether something that ends in `first` can ever begin in `second` within the gap."""
    index = 0
    for one in first:
        while index < len(second) and second[index].end <= one.start:
            index += 1
        if index < len(second) and second[index].start - one.end <= gap:
            return True
    return False


def _material(order: Record, scenario: Record, first: Record, starts: list[int]) -> Iterator[Fault]:
    rows, place = order["material"], f"orders[{order['id']}].material"
    if rows is BAD or not rows or not clean(rows):
        return
    ordered = sorted(rows, key=lambda one: one["from"])
    for one, following in pairwise(ordered):
        same_time = one["from"] == following["from"]
        if same_time or following["quantity"] < one["quantity"]:
            message = "does not go on from the arrival before it"
            mend = "write for each moment once how many pieces it is enough for in all"
            yield Fault(place, str(following["quantity"]), message, mend)
            return
    needed = _needed(order, scenario, first, starts)
    most = ordered[-1]["quantity"]
    if most < needed:
        message = f"is never enough: operation {first['seq']} starts {needed} pieces"
        mend = f"add the arrival that makes it {needed}, or order {order['quantity']} less"
        yield Fault(place, str(most), message, mend)


def _needed(order: Record, scenario: Record, first: Record, starts: list[int]) -> int:
    """Pieces of the first operation in all: those that were begun, and those to come."""
    counts = (
        [] if scenario["actuals"] is BAD else [one for one in scenario["actuals"] if clean(one)]
    )
    for one in counts:
        if (one["order"], one["seq"]) == (order["id"], first["seq"]):
            goal = starts[1] if len(starts) > 1 else order["quantity"]
            missing = 0 if one["ended"] else max(goal - one["good"], 0)
            more = ceil(missing / first["yield"])
            return int(one["good"] + one["scrap"] + more) if more else 0
    return starts[0]


def _seconds(micros: int) -> str:
    return str(micros // MICROS) if micros % MICROS == 0 else str(micros / MICROS)
