"""What a promised date hangs on: each constraint is lifted, and the order laid in once more."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from edge.domain.clock import MICROS
from edge.planning.placing.timeline import Capacity
from edge.planning.promises.inserting import Slot, Wish, lay_in
from edge.planning.promises.lanes import Lane, Stay


@dataclass(frozen=True, kw_only=True)
class Limit:
    """A constraint without which it would be done at `relaxed`, as in a plan's reasons.

    `type`: MATERIAL, PRECEDENCE, CALENDAR or CAPACITY; `work_center`, `needed_s` and
    `available_s` (until it is done) of CAPACITY; `until` of MATERIAL.
    """

    type: str
    relaxed: int
    work_center: str | None = None
    needed_s: int | None = None
    available_s: int | None = None
    until: int | None = None


def limits_of(
    wish: Wish,
    slots: tuple[Slot, ...],
    date: int,
    lanes: Mapping[str, Lane],
    capacity: Capacity,
) -> tuple[Limit, ...]:
    """What the date of its slots hangs on, the constraint that helps most first."""
    limits: list[Limit] = []
    if wish.material_from is not None and wish.material_from > wish.earliest:
        relaxed = lay_in(replace(wish, material_from=None), lanes)[-1].end
        limits.append(Limit(type="MATERIAL", relaxed=relaxed, until=wish.material_from))
    if any(one.transfer_batch != 1 for one in wish.operations[:-1]):
        relaxed = lay_in(wish, lanes, piecewise=True)[-1].end
        limits.append(Limit(type="PRECEDENCE", relaxed=relaxed))
    open_ = {
        name: replace(lane, timeline=capacity.timeline(lane.center, exceptions=False))
        for name, lane in lanes.items()
    }
    limits.append(Limit(type="CALENDAR", relaxed=lay_in(wish, open_)[-1].end))
    centers = sorted({one.work_center for one in slots if one.work_center})
    limits += [_capacity(wish, slots, date, lanes, center, capacity) for center in centers]
    helps = [one for one in limits if one.relaxed < date]
    return tuple(sorted(helps, key=lambda one: one.relaxed))


def _capacity(
    wish: Wish,
    slots: tuple[Slot, ...],
    date: int,
    lanes: Mapping[str, Lane],
    center: str,
    capacity: Capacity,
) -> Limit:
    lane = lanes[center]
    alone = replace(lane, timeline=capacity.endless(), stays=())
    relaxed = lay_in(wish, {**lanes, center: alone})[-1].end
    amount = lane.timeline.amount
    own = [Stay(one.start, one.end, "") for one in slots if one.work_center == center]
    ends = min(date, max(one.end for one in own))
    taken = [one for one in [*lane.stays, *own] if one.end > wish.earliest and one.start < ends]
    needed = sum(
        amount(min(one.end, ends)) - amount(max(one.start, wish.earliest)) for one in taken
    )
    available = amount(ends) - amount(wish.earliest)
    return Limit(
        type="CAPACITY",
        relaxed=relaxed,
        work_center=center,
        needed_s=-(-needed // MICROS),
        available_s=available // MICROS,
    )
