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
            task.placed = Placement(None, None, start, 0, start, start, end, None, zero)
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
            packing.alternatives[alt],
            task.credit_us if packed.credited[index] else zero,
            _stretches(packing, packed, index) if packed.tied else (),
        )


def _stretches(packing: Packing, packed: Any, index: int) -> tuple[Stretch, ...]:
    """The parts of a tied task; those that go on without a pause, with the same person, are one."""
    people = packing.problem.scenario.people
    alt = packed.alt[index]
    unit, cycle = packed.a_den[alt] * packed.cd[index], packing.alternatives[alt].cycle_us
    line = packing.lines[packed.line_of(index)]
    found: list[Stretch] = []
    for kind, start, end, person, pieces, have in packed.segments[index]:
        name = people[person].id if person >= 0 else None
        one = Stretch(kind == 0, start, end, name, pieces, Fraction(have, unit))
        if found and _goes_on(found[-1], one, line, cycle):
            found[-1] = replace(found[-1], end=end, quantity=found[-1].quantity + pieces)
        else:
            found.append(one)
    return tuple(found)


def _goes_on(last: Stretch, one: Stretch, line: "Timeline", cycle: Fraction) -> bool:
    """Whether a part is the one before gone on with: to the part of a microsecond, as a run
    that begins again between two pieces begins with whole microseconds.
    """
    idle = line.amount(one.start) - line.amount(last.end)
    if idle or last.person != one.person or last.is_setup != one.is_setup:
        return False
    over = line.amount(last.end) - line.amount(last.start) + last.credit_us - last.quantity * cycle
    return last.is_setup or over == one.credit_us


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
    at = packing.at
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
    placed = running.alt
    return all(
        placed[index] != -1 or not task.left or task.operation.lead_time_us is not None
        for index, task in enumerate(packing.tasks)
    )
