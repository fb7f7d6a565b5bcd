"""The operations of a definition as a scenario has them; pure.

What is done outside before an operation is a step of its own there, numbered one below it.
"""

from collections.abc import Iterator
from itertools import pairwise

from edge.domain import orders as domain
from edge.domain.clock import MICROS
from edge.domain.orders import OperationsDefinition
from edge.domain.yields import good_share
from edge.planning.scenario.model import Alternative, Operation, Unchecked


def steps_of(definition: OperationsDefinition) -> tuple[Operation, ...]:
    """All steps, in their order."""
    return tuple(_steps(definition))


def _steps(definition: OperationsDefinition) -> Iterator[Operation]:
    before = 0
    for one in definition.operations:
        step, outside = _operation(one, first=not before), one.flow.outside
        if outside and before:
            yield Operation(
                seq=one.seq - 1,
                transfer_batch=outside.batch,
                lead_time_us=outside.lead_time_us,
            )
        before = one.seq
        yield step


def outside_of(definition: OperationsDefinition) -> Iterator[tuple[domain.Operation, int, int]]:
    """Of each step outside: the operation before it, its own number, and that of the one after."""
    for before, after in pairwise(definition.operations):
        if after.flow.outside:
            yield before, after.seq - 1, after.seq


def _operation(operation: domain.Operation, *, first: bool) -> Operation:
    ways = sorted(operation.alternatives, key=lambda one: one.work_center)
    timed, flow = [one for one in ways if one.cycle > 0], operation.flow
    return Operation(
        seq=operation.seq,
        alternatives=tuple(
            Alternative(work_center=one.work_center, cycle=one.cycle, setup_us=one.setup_s * MICROS)
            for one in timed
        ),
        unchecked=tuple(
            Unchecked(work_center=one.work_center, setup_us=one.setup_s * MICROS)
            for one in (() if timed else ways)
        ),
        transfer_batch=operation.transfer_batch,
        yield_=good_share(operation),
        min_gap_us=0 if first else flow.min_gap_us,
        max_gap_us=None if first else flow.max_gap_us,
        wip_limit=None if first else flow.wip_limit,
        skills=tuple(sorted(operation.skills)),
    )
