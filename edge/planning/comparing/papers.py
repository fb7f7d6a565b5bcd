"""By which papers operations are done in a plan, and what of them another plan changes; pure."""

from collections.abc import Callable, Iterable, Mapping

from edge.domain.instructions import Sheet
from edge.domain.orders import HourInstruction
from edge.planning.comparing.difference import Sketch

Place = tuple[str, int, str]
"""Order, operation, work center."""


def papers_of(instructions: Iterable[HourInstruction], since: int) -> dict[Place, Sheet]:
    """The sheet of each operation in hours from `since` (us) on."""
    return {
        (one.order, one.operation, one.work_center): one.sheet
        for one in instructions
        if one.hour >= since
    }


def other_papers(
    before: Mapping[Place, Sheet],
    after: Sketch,
    sheet: Callable[[str, int, str], Sheet],
    since: int,
) -> frozenset[tuple[str, int]]:
    """Work centers and hours from `since` (us) on in which an operation of both plans is done by
    another sheet than `before`; `sheet` gives that of the later plan."""
    coming = [row for row in after.rows if row[3] >= since]
    places = {row[:3] for row in coming}
    other = {place for place in places if place in before and before[place] != sheet(*place)}
    return frozenset((row[2], row[3]) for row in coming if row[:3] in other)


def with_other_papers(
    before: Iterable[HourInstruction], after: Iterable[HourInstruction], since: int
) -> tuple[HourInstruction, ...]:
    """Hours of `after` from `since` (us) on whose operation is done by another sheet than
    `before`."""
    known = papers_of(before, since)
    return tuple(
        one
        for one in after
        if one.hour >= since
        and known.get((one.order, one.operation, one.work_center), one.sheet) != one.sheet
    )
