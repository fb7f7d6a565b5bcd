"""What a work center is set up for, as windows know it: a family, or the operation of a lot.

A lot needs no set-up behind a lot of its own operation, and all of it behind anything else. So
to a window each such operation is a family of its own, whose set-up is all in the matrix.
"""

from collections.abc import Iterable

from edge.planning.optimizing.axis import Axis
from edge.planning.placing.solver import Station
from edge.planning.placing.tasks import Task
from edge.planning.scenario.model import Alternative


def kind_of(task: Task) -> str:
    """The family of a task; of a lot its operation, by a name that no family can have."""
    lots = task.operation.lot_of
    return task.family if lots is None else _name(*lots)


def _name(order: str, seq: int) -> str:
    return f"{order}\n{seq}"


def standing_kind(station: Station, family: str | None) -> str | None:
    """What stands on a work center at the beginning: a lot's operation, else the family."""
    lots = station.standing.lot_of
    return family if lots is None else _name(*lots)


def own_setup(task: Task, way: Alternative) -> int:
    """Microseconds that are set up by a way whatever came before."""
    return way.setup_us if task.operation.lot_of is None else 0


def setups_of(station: Station, tasks: Iterable[Task], axis: Axis) -> dict[str, dict[str, int]]:
    """Ticks of set-up from kind to kind on a work center, of the families and of the tasks."""
    center = station.center
    matrix = center.setup_matrix_us
    found = {
        family: {other: axis.length(micros) for other, micros in row.items()}
        for family, row in matrix.items()
    }
    kinds = {kind_of(task): task for task in tasks}
    lots = {name: task for name, task in kinds.items() if task.operation.lot_of is not None}
    if not lots:
        return found
    families = {name: task.family for name, task in kinds.items()}
    families |= {name: name for name in (*matrix, center.initial_family or "")}
    standing = station.standing
    families.setdefault(standing_kind(station, standing.family) or "", standing.family or "")
    for name, family in families.items():
        row = matrix.get(family, {})
        ticks = found.setdefault(name, {to: axis.length(micros) for to, micros in row.items()})
        for to, task in lots.items():
            way = next(
                (one for one in task.operation.alternatives if one.work_center == center.id), None
            )
            if way is not None:
                change = way.setup_us + row.get(task.family, 0)
                ticks[to] = 0 if to == name else axis.length(change)
    return found
