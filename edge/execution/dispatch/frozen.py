"""Which hours a plan leaves as they were released, and what replaces those that were unfrozen.

Frozen are the hour that runs, and so many hours after it as the plant says. Only in its first two
minutes, when the hour itself is why, is the hour that runs planned anew. Of a work center that was
unfrozen frozen hours are planned anew: nothing of them is counted on, and the hour that runs keeps
what was made in it, so that hours and orders still add up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo

from edge.domain.hours import hour_label, hour_start, next_hour
from edge.domain.orders import HourInstruction
from edge.domain.pace import MINUTE
from edge.domain.plan_versions import Unfreezing
from edge.execution.floor import Floor

IN_TIME = 2 * MINUTE  # a plan that is begun later than that leaves the hour that runs as it is
AT_LATEST = 5 * MINUTE  # a plan that is ready later than that has come too late for its hour


@dataclass(frozen=True, kw_only=True)
class Frozen:
    """Hours from `hour` to `until` (us): what stands in them, and is counted on, and what is
    written instead where a work center was unfrozen. `given`: whether anything stood in them."""

    hour: int
    until: int
    kept: tuple[HourInstruction, ...] = ()
    instead: tuple[HourInstruction, ...] = ()
    unfrozen: Mapping[str, int] = field(default_factory=dict)
    given: bool = False


def window(floor: Floor, now: int, more: int, *, begun: bool) -> int:
    """Until when hours stay as they are: the one that runs if it has `begun`, and `more` after it.

    It is the start of the hour that runs where no hour does.
    """
    until = hour_start(now, floor.zone)
    for _ in range(more + begun):
        until = next_hour(until, floor.zone)
    return until


def has_begun(now: int, zone: tzinfo) -> bool:
    """Whether the hour that runs is too old to be planned anew as a whole."""
    return now - hour_start(now, zone) > IN_TIME


def came_too_late(floor: Floor, valid_from: int) -> bool:
    """Whether a plan that is ready now would write an hour anew by which people work already."""
    before = floor.clock.now() - AT_LATEST
    if before <= valid_from:
        return False
    return any(floor.reader.instructions(one, valid_from, before) for one in floor.work_centers)


def frozen(floor: Floor, now: int, until: int, unfreezings: Sequence[Unfreezing] = ()) -> Frozen:
    """The frozen hours of all work centers as they stand. Reads the store."""
    hour = hour_start(now, floor.zone)
    opened = _opened(unfreezings, until)
    kept: list[HourInstruction] = []
    instead: list[HourInstruction] = []
    unfrozen: dict[str, int] = {}
    given = False
    for center in floor.work_centers:
        rows = floor.reader.instructions(center, hour, until)
        given = given or bool(rows)
        if center not in opened:
            kept += rows
            continue
        stay = [one for one in rows if one.hour >= opened[center]]
        made = _made(floor, center, hour)
        kept += stay
        if _said([*made, *stay]) != _said(rows):
            unfrozen[center] = hour
            instead += [*made, *stay]
    return Frozen(
        hour=hour,
        until=until,
        kept=tuple(kept),
        instead=tuple(instead),
        unfrozen=unfrozen,
        given=given,
    )


def _opened(unfreezings: Sequence[Unfreezing], until: int) -> dict[str, int]:
    """Work centers that are unfrozen, each with when that ends."""
    ends: dict[str, int] = {}
    for one in unfreezings:
        for center in one.named:
            ends[center] = min(max(one.until, ends.get(center, 0)), until)
    return ends


def _made(floor: Floor, center: str, hour: int) -> list[HourInstruction]:
    """What was made in the hour that runs, as its instruction; nothing more is asked of it."""
    jobs = floor.register.jobs
    return [
        HourInstruction(
            plan=0,
            work_center=center,
            hour=hour,
            label=hour_label(hour, floor.zone),
            order=jobs[id_].order,
            operation=jobs[id_].operation,
            quantity=good,
            setup_s=0,
        )
        for id_, good in sorted(_good(floor, center, hour).items())
        if good > 0 and id_ in jobs
    ]


def _good(floor: Floor, center: str, hour: int) -> dict[str, int]:
    good: dict[str, int] = {}
    for row in floor.reader.hour_quantities(center, hour, hour + 1):
        good[row.job_order_id] = good.get(row.job_order_id, 0) + row.good
    return good


def _said(rows: Sequence[HourInstruction]) -> list[tuple[int, str, int, int]]:
    return [(one.hour, one.order, one.operation, one.quantity) for one in rows if one.quantity]
