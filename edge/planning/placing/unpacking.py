"""The kernel's placements back on tasks, and its sequences as keys of operations, out and in."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from edge.planning.placing.packing import Packing
from edge.planning.placing.tasks import Placement, Stretch

if TYPE_CHECKING:
    from edge.planning.placing.timeline import Timeline


def unpack(packing: Packing, packed: Any) -> None:
    """Write the placements on the tasks."""
    lines = [packing.lines[number] for number in packed.s_tl]
    alone = packing.lines[packed.endless_tl] if packed.endless >= 0 else None
    zero = Fraction(0)
    for index, task in enumerate(packing.tasks):
        alt = packed.alt[index]
        if alt == -1:
            continue
        start, end = packed.start[index], packed.end[index]
        if alt == -2:
            task.placed = Placement(None, None, start, 0, start, start, end, zero, zero)
            continue
        station = packed.a_st[alt]
        line: Timeline | None = lines[station]
        if packed.endless == station and packed.alone[packed.order[index]]:
            line = alone
        task.placed = Placement(
            packing.centers[station].id,
            line,
            start,
            packed.setup[index],
            packed.setup_end[index],
            packed.run_start[index],
            end,
            packing.alternatives[alt].cycle_us,
            task.credit_us if packed.credited[index] else zero,
            _stretches(packing, packed, index) if packed.tied else (),
        )


def _stretches(packing: Packing, packed: Any, index: int) -> tuple[Stretch, ...]:
    """The parts of a tied task; those that follow each other without working time between,
    with the same person, are one.
    """
    people = packing.problem.scenario.people
    alt = packed.alt[index]
    unit = packed.a_den[alt] * packed.cd[index]
    line = packing.lines[packed.line_of(index)]
    found: list[Stretch] = []
    for kind, start, end, person, pieces, have in packed.segments[index]:
        name = people[person].id if person >= 0 else None
        last = found[-1] if found else None
        if last and not _parted(last, kind, name, line.amount(start) - line.amount(last.end)):
            found[-1] = replace(last, end=end, quantity=last.quantity + pieces)
        else:
            found.append(Stretch(kind == 0, start, end, name, pieces, Fraction(have, unit)))
    return tuple(found)


def _parted(last: Stretch, kind: int, person: str | None, idle: int) -> bool:
    return idle > 0 or last.person != person or last.is_setup != (kind == 0)


def sequences(packing: Packing, packed: Any) -> dict[str, list[tuple[str, int]]]:
    """What each work center does, in order, as (order, seq)."""
    found: dict[str, list[tuple[str, int]]] = {}
    for station, center in enumerate(packing.centers):
        one = packed.head[station]
        keys = found[center.id] = []
        while one >= 0:
            keys.append(packing.tasks[one].key)
            one = packed.mnext[one]
    return found


def load(packing: Packing, running: Any, wanted: Mapping[str, Sequence[tuple[str, int]]]) -> bool:
    """Give a kernel the sequences to place by; False if they are not of this problem."""
    at = {task.key: index for index, task in enumerate(packing.tasks)}
    running.clear()
    for station, center in enumerate(packing.centers):
        for key in wanted.get(center.id, ()):
            one = at.get(key)
            if one is None or not packing.tasks[one].left:
                continue
            for alt in range(running.a_off[one], running.a_off[one + 1]):
                if running.a_st[alt] == station and running.alt[one] == -1:
                    running.alt[one] = alt
                    running.append(one, station)
    return all(
        not task.left or task.operation.lead_time_us is not None or running.alt[index] != -1
        for index, task in enumerate(packing.tasks)
    )
