"""What a plan changes against the one before it: what moved, what became late, hour by hour.

Pure, and from the two schedules alone, so that the difference of two stored versions is the
same for ever. Both are compared from the moment on from which the later one is valid.

An operation *moves* if it goes to another work center, or is taken out of the order in which
its work center was to do them. That all of it comes later or earlier, because more or less was
made, is no move: nobody decided it. Of all ways to tell which operations changed their places
the one with the fewest hours is taken.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any, Final

from edge.domain.clock import MICROS
from edge.domain.hours import HOUR
from edge.planning.comparing.ahead import Ahead
from edge.planning.scenario.moments import moment

Json = dict[str, Any]
Key = tuple[str, int]
Cell = tuple[str, int, str, int]
NONE: Final = (0, "")
MINUTE_US: Final = 60 * MICROS
SHIFTED_US: Final = 15 * 60 * MICROS  # what starts or ends less far from before is as before


class How(StrEnum):
    """How an operation has changed its place."""

    WORK_CENTER = "work_center"
    SEQUENCE = "sequence"
    TIME = "time"


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where and when an operation is planned (us); `work_s`: seconds of set-up and run in its
    planned hours, breaks included."""

    work_center: str
    start: int
    end: int
    work_s: int


@dataclass(frozen=True, kw_only=True)
class Move:
    """An operation that is planned elsewhere than before, or at another time."""

    order: str
    operation: int
    how: How
    before: Place
    after: Place

    @property
    def work_s(self) -> int:
        """Planned seconds that move with it."""
        return max(self.before.work_s, self.after.work_s)


@dataclass(frozen=True, kw_only=True)
class Lateness:
    """Seconds by which an order is late, before and after; `reasons` are those of the later plan,
    as a schedule has them; `unexplained`: they were not looked for in it. `ahead`: orders that its
    work center makes first. `completion` (us) is null where nothing of it is left."""

    order: str
    before_s: int
    after_s: int
    completion: int | None
    due: int | None
    reasons: Sequence[Json]
    unexplained: bool = False
    ahead: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class HourChange:
    """Pieces of an operation that a work center makes in an hour (us), before and after."""

    work_center: str
    hour: int
    label: str
    order: str
    operation: int
    before: int
    after: int


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Of two plans from `since` (us) on; each list in a fixed order.

    `moved_s`: planned seconds of what went to another work center or out of its order.
    `lateness` holds all orders that are late by other minutes than before, `new` and `gone`
    orders that stand in one of the two only.
    """

    since: int
    moved_s: int
    moved: tuple[Move, ...] = ()
    shifted: tuple[Move, ...] = ()
    lateness: tuple[Lateness, ...] = ()
    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    hours: tuple[HourChange, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether the later plan says the same of the time that is compared."""
        changed = self.moved or self.shifted or self.lateness or self.hours
        return not (changed or self.new or self.gone)

    def moved_s_without(self, excused: Container[str]) -> int:
        """The same as `moved_s`, of orders that are not `excused`."""
        return sum(one.work_s for one in self.moved if one.order not in excused)

    @property
    def became_late(self) -> tuple[Lateness, ...]:
        return tuple(one for one in self.lateness if not one.before_s)

    @property
    def on_time_again(self) -> tuple[Lateness, ...]:
        return tuple(one for one in self.lateness if not one.after_s)

    def view(self) -> Json:
        """As JSON, times in us."""
        return {
            "since": self.since,
            "moved_s": self.moved_s,
            "moved": [_move_view(one) for one in self.moved],
            "shifted": [_move_view(one) for one in self.shifted],
            "lateness": [vars(one) | {"ahead": [*one.ahead]} for one in self.lateness],
            "new": [*self.new],
            "gone": [*self.gone],
            "hours": [vars(one) for one in self.hours],
        }


@dataclass(frozen=True, kw_only=True)
class Sketch:
    """What of a schedule is compared, with its times read (us): so the one in force is read once.

    `blocks`: order, operation, work center, start, end; `rows`: the same of an hour, its start,
    label and pieces; `orders` by id; `unexplained` are those late ones that say no reason because
    none was looked for.
    """

    blocks: Sequence[tuple[str, int, str, int, int]]
    rows: Sequence[tuple[str, int, str, int, str, int]]
    orders: Mapping[str, Json]
    unexplained: frozenset[str] = frozenset()

    def told(self) -> dict[str, Json]:
        """What people are told of orders: without what a reason lifted would bring, which is
        another by microseconds whenever it is asked.
        """
        return {
            name: {**order, "reasons": [without_proof(one) for one in order.get("reasons", ())]}
            for name, order in self.orders.items()
        }


def without_proof(reason: Json) -> Json:
    """A reason for lateness without what lifting it would bring."""
    return {name: value for name, value in reason.items() if name != "relaxed"}


def sketch(schedule: Mapping[str, Any]) -> Sketch:
    """The parts of a schedule (JSON) that are compared.

    What is done outside stands nowhere; a block of an order that the schedule does not name only
    holds a place that is promised.
    """
    orders = {order["id"]: order for order in schedule.get("orders", ())}
    hours: dict[str, int] = {}
    rows = []
    for row in schedule.get("hours", ()):
        text = row["hour"]
        hour = hours.get(text)
        if hour is None:
            hour = hours[text] = moment(text)
        rows.append(
            (row["order"], row["seq"], row["work_center"], hour, row["label"], row["quantity"])
        )
    blocks = [
        (
            block["order"],
            block["seq"],
            block["work_center"],
            moment(block["start"]),
            moment(block["end"]),
        )
        for block in schedule.get("blocks", ())
        if block["work_center"] is not None and block["order"] in orders
    ]
    unexplained = frozenset(schedule.get("unexplained", ()))
    return Sketch(blocks=blocks, rows=rows, orders=orders, unexplained=unexplained)


def difference(before: Mapping[str, Any], after: Mapping[str, Any], since: int) -> Difference:
    """What the schedule `after` changes against `before` from `since` (us) on."""
    return compared(sketch(before), sketch(after), since)


def compared(before: Sketch, after: Sketch, since: int) -> Difference:
    """The same of schedules that were read before."""
    was, is_ = _spans(before, since), _spans(after, since)
    both = [key for key in was if key in is_]
    hows = {key: How.WORK_CENTER for key in both if was[key].work_center != is_[key].work_center}
    hows |= dict.fromkeys(_out_of_order(both, was, is_, after, since), How.SEQUENCE)
    other = [key for key in sorted(both) if key not in hows and _is_shifted(was[key], is_[key])]
    told = {*hows, *other}
    old, new = _places(before, was, told, since), _places(after, is_, told, since)
    moved = tuple(_move(key, hows[key], old, new) for key in sorted(hows))
    shifted = tuple(_move(key, How.TIME, old, new) for key in other)
    orders, later = before.orders, after.orders
    return Difference(
        since=since,
        moved_s=sum(one.work_s for one in moved),
        moved=moved,
        shifted=shifted,
        lateness=tuple(_lateness(orders, later, after)),
        new=tuple(sorted(set(later) - set(orders))),
        gone=tuple(sorted(set(orders) - set(later))),
        hours=tuple(_hours(before, after, since)),
    )


@dataclass(slots=True)
class _Span:
    """Where an operation is from some moment on, and the stretches of its blocks."""

    work_center: str
    start: int
    end: int
    stretches: list[tuple[int, int]]


def _spans(found: Sketch, since: int) -> dict[Key, _Span]:
    """Where each operation is planned from `since` on."""
    spans: dict[Key, _Span] = {}
    for order, seq, center, start, end in found.blocks:
        if end <= since:
            continue
        start, key = max(start, since), (order, seq)
        known = spans.get(key)
        if known is None:
            spans[key] = _Span(center, start, end, [(start, end)])
        else:
            known.work_center = center
            known.start, known.end = min(known.start, start), max(known.end, end)
            known.stretches.append((start, end))
    return spans


def _places(
    found: Sketch, spans: Mapping[Key, _Span], told: Collection[Key], since: int
) -> dict[Key, Place]:
    """The same with their hours, of those alone that are told of."""
    worked = _worked(found, {key: spans[key] for key in told}, since)
    return {
        key: Place(
            work_center=spans[key].work_center,
            start=spans[key].start,
            end=spans[key].end,
            work_s=worked[key] // MICROS,
        )
        for key in told
    }


def _worked(found: Sketch, spans: Mapping[Key, _Span], since: int) -> Mapping[Key, int]:
    """Microseconds of each operation's blocks that lie in its planned hours.

    A block goes on over closed time; its hours do not.
    """
    worked: dict[Key, int] = defaultdict(int)
    for order, seq, _, hour, _, _ in found.rows if spans else ():
        if hour >= since and (span := spans.get((order, seq))) is not None:
            for start, end in span.stretches:
                inside = min(end, hour + HOUR) - max(start, hour)
                if inside > 0:
                    worked[order, seq] += inside
    return worked


def _out_of_order(
    both: Iterable[Key],
    old: Mapping[Key, _Span],
    new: Mapping[Key, _Span],
    after: Sketch,
    since: int,
) -> list[Key]:
    """What has to be taken out so that the rest stands in its order of before, by work center."""
    by_center: dict[str, list[Key]] = defaultdict(list)
    for key in both:
        if old[key].work_center == new[key].work_center:
            by_center[old[key].work_center].append(key)
    out: list[Key] = []
    for keys in by_center.values():
        keys.sort(key=lambda key: (old[key].start, old[key].end, key))
        values = [(new[key].start, new[key].end, key) for key in keys]
        if all(one < other for one, other in pairwise(values)):
            continue  # as before: nobody asks how long they take
        worked = _worked(after, {key: new[key] for key in keys}, since)
        weights = [max(worked[key] // MICROS, 1) for key in keys]
        most = sum(weights)  # what stays where it is has not moved, but what goes past it
        weights = [
            weight + most * _is_still(old[key], new[key])
            for key, weight in zip(keys, weights, strict=True)
        ]
        kept = heaviest_rising(values, weights)
        out += [key for index, key in enumerate(keys) if index not in kept]
    return out


def heaviest_rising(values: Sequence[Any], weights: Sequence[int]) -> frozenset[int]:
    """Indices of a rising subsequence of distinct `values` with the largest sum of weights.

    A table of the best sum by last value, kept rising in both: n log n for what comes out here,
    sequences that are almost in order.
    """
    ends: list[Any] = []  # last values, rising
    sums: list[int] = []  # best sum that ends there, rising
    lasts: list[int] = []
    before: list[int] = []
    for index, (value, weight) in enumerate(zip(values, weights, strict=True)):
        place = bisect_left(ends, value)
        total = weight + (sums[place - 1] if place else 0)
        before.append(lasts[place - 1] if place else -1)
        beaten = place
        while beaten < len(sums) and sums[beaten] <= total:
            beaten += 1
        ends[place:beaten], sums[place:beaten], lasts[place:beaten] = [value], [total], [index]
    found, at = set[int](), lasts[-1] if lasts else -1
    while at >= 0:
        found.add(at)
        at = before[at]
    return frozenset(found)


def _move(key: Key, how: How, old: Mapping[Key, Place], new: Mapping[Key, Place]) -> Move:
    order, operation = key
    return Move(order=order, operation=operation, how=how, before=old[key], after=new[key])


def _is_still(old: _Span, new: _Span) -> bool:
    """Whether nobody sees a difference: times are told to the minute."""
    return max(abs(old.start - new.start), abs(old.end - new.end)) < MINUTE_US


def _is_shifted(old: _Span, new: _Span) -> bool:
    return max(abs(old.start - new.start), abs(old.end - new.end)) >= SHIFTED_US


def _lateness(
    before: Mapping[str, Json], after: Mapping[str, Json], plan: Sketch
) -> Iterable[Lateness]:
    ahead = Ahead(lambda: plan)
    for id_, order in sorted(after.items()):
        was = before[id_]["tardiness_s"] or 0 if id_ in before else 0
        is_ = order["tardiness_s"] or 0
        if was // 60 != is_ // 60 or bool(was) != bool(is_):
            yield Lateness(
                order=id_,
                before_s=was,
                after_s=is_,
                completion=_time(order["completion"]),
                due=_time(order["due"]),
                reasons=order["reasons"],
                unexplained=id_ in plan.unexplained,
                ahead=ahead.of(order) if is_ else (),
            )


def _hours(before: Sketch, after: Sketch, since: int) -> Iterable[HourChange]:
    old, new = _cells(before, since), _cells(after, since)
    changed = [cell for cell in {*old, *new} if old.get(cell, NONE)[0] != new.get(cell, NONE)[0]]
    for cell in sorted(changed, key=lambda one: (one[1], one)):
        (was, label), (is_, then) = old.get(cell, NONE), new.get(cell, NONE)
        center, hour, order, operation = cell
        yield HourChange(
            work_center=center,
            hour=hour,
            label=then or label,
            order=order,
            operation=operation,
            before=was,
            after=is_,
        )


def _cells(found: Sketch, since: int) -> dict[Cell, tuple[int, str]]:
    """Pieces and label by work center, hour, order and operation."""
    cells: dict[Cell, tuple[int, str]] = {}
    for order, seq, center, hour, label, quantity in found.rows:
        if hour >= since:
            cell = (center, hour, order, seq)
            known = cells.get(cell)
            cells[cell] = (quantity + known[0] if known else quantity, label)
    return cells


def _time(text: str | None) -> int | None:
    return None if text is None else moment(text)


def _move_view(one: Move) -> Json:
    return {**vars(one), "how": str(one.how), "before": vars(one.before), "after": vars(one.after)}
