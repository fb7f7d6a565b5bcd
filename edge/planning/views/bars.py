"""The bars of a plan: its blocks, and what its frozen hours have of the plan before."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from edge.domain.clock import parse_time
from edge.domain.hours import next_hour
from edge.domain.intervals import Interval, intersect, union

Json = Mapping[str, Any]
Key = tuple[str, int, str]
OUTSIDE = ""  # the row of what is done elsewhere


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A block of the schedule; times in us UTC. `lane` tells apart what overlaps in a row.

    `unchecked`: it has no cycle time, and nobody has checked that it fits. `frozen`: it lies in
    hours that stay, of which the schedule has no blocks.
    """

    work_center: str
    order: str
    seq: int
    kind: str  # setup or run
    start: int
    end: int
    quantity: int = 0
    lane: int = 0
    unchecked: bool = False
    frozen: bool = False


def bar_of(block: Json) -> Bar:
    return Bar(
        work_center=block["work_center"] or OUTSIDE,
        order=block["order"],
        seq=block["seq"],
        kind=block["kind"],
        start=parse_time(block["start"]),
        end=parse_time(block["end"]),
        quantity=block.get("quantity", 0),
        unchecked=bool(block.get("unchecked")),
    )


def frozen_bars(schedule: Json, zone: tzinfo, since: int | None = None) -> Iterator[Bar]:
    """What stays of the plan before; of a schedule that has its past too from `since` (us) on.

    A schedule has no blocks of its frozen hours. An edge says when it is done (`kept`); else it is
    known to the hour, and all that an hour has lies side by side in it.
    """
    kept = {_key(one): one for one in schedule.get("kept", ())}
    found: dict[Key, list[Json]] = defaultdict(list)
    for row in schedule.get("hours", ()):
        if row.get("frozen") and (since is None or _hour(row, zone).end > since):
            found[_key(row)].append(row)
    for key, rows in found.items():
        yield from _bars(key, rows, kept.get(key), zone)


def _key(row: Json) -> Key:
    return row["order"], row["seq"], row["work_center"]


def _hour(row: Json, zone: tzinfo) -> Interval:
    start = parse_time(row["hour"])
    return Interval(start, next_hour(start, zone))


def _bars(key: Key, rows: Sequence[Json], kept: Json | None, zone: tzinfo) -> Iterator[Bar]:
    """Of one operation on its work center."""
    hours = union(_hour(row, zone) for row in rows)
    unchecked = any(row.get("unchecked") for row in rows)
    runs = _in(hours, _runs(kept)) if kept else ()
    if kept and runs:
        for span in _in(hours, [(kept["start"], kept["run_start"])]):
            yield _frozen(key, "setup", span, 0, unchecked)
        pieces = sum(row["quantity"] for row in rows) if len(runs) == 1 else 0
        for span in runs:
            yield _frozen(key, "run", span, pieces, unchecked)
        return
    for span in hours:
        within = [row for row in rows if span.start <= parse_time(row["hour"]) < span.end]
        pieces = sum(row["quantity"] for row in within)
        kind = "run" if pieces or not any(row["setup_s"] for row in within) else "setup"
        yield _frozen(key, kind, span, pieces, unchecked)


def _runs(kept: Json) -> Sequence[Sequence[str]]:
    """When it is produced; empty where nobody knows."""
    found: Sequence[Sequence[str]] | None = kept["runs"]
    return [(kept["run_start"], kept["end"])] if found is None else found


def _in(hours: Sequence[Interval], spans: Iterable[Sequence[str]]) -> tuple[Interval, ...]:
    """As much of spans as lies from the first of those hours to the last."""
    whole = Interval(hours[0].start, hours[-1].end)
    read = [(parse_time(start), parse_time(end)) for start, end in spans]
    return intersect([whole], [Interval(start, end) for start, end in read if start < end])


def _frozen(key: Key, kind: str, span: Interval, pieces: int, unchecked: bool) -> Bar:
    order, seq, center = key
    return Bar(
        work_center=center or OUTSIDE, order=order, seq=seq, kind=kind, start=span.start,
        end=span.end, quantity=pieces, unchecked=unchecked, frozen=True,
    )  # fmt: skip
