"""Kinds of machines: the stops that each is known for, and what its counter counts.

A scenario that names a kind need not tell its stops; those that it tells stand in their place.
"""

from dataclasses import dataclass

from simulators.blueprint import StopKind
from simulators.clock import MICROS
from simulators.packml import State


@dataclass(frozen=True, kw_only=True)
class Kind:
    """The usual stops of a kind; `counts` is pieces or strokes."""

    stops: tuple[StopKind, ...] = ()
    counts: str = "pieces"


def _stop(code: int, name: str, state: State, every: int, shortest: int, longest: int) -> StopKind:
    """A stop; times in seconds."""
    return StopKind(
        code=code,
        name=name,
        state=state,
        every=every * MICROS,
        shortest=shortest * MICROS,
        longest=longest * MICROS,
    )


KINDS = {
    "machine": Kind(),
    "press": Kind(
        counts="strokes",
        stops=(
            _stop(101, "Feeder jam", State.HELD, 1800, 30, 150),
            _stop(102, "Coil end", State.SUSPENDED, 5400, 180, 420),
            _stop(103, "Tool breakage", State.ABORTED, 21600, 600, 1500),
        ),
    ),
    "lathe": Kind(
        stops=(
            _stop(201, "Chip jam", State.HELD, 2700, 60, 240),
            _stop(202, "Bar end", State.SUSPENDED, 3600, 90, 180),
            _stop(203, "Insert worn", State.STOPPED, 9000, 240, 600),
        ),
    ),
    "packer": Kind(
        stops=(
            _stop(301, "Blister jam", State.HELD, 1500, 20, 120),
            _stop(302, "Carton missing", State.SUSPENDED, 4500, 120, 360),
            _stop(303, "Carton change", State.STOPPED, 7200, 180, 300),
        ),
    ),
    "filler": Kind(
        stops=(
            _stop(401, "Nozzle blocked", State.HELD, 3600, 30, 90),
            _stop(402, "Product empty", State.SUSPENDED, 7200, 300, 900),
            _stop(403, "Cleaning", State.STOPPED, 28800, 1200, 2400),
        ),
    ),
}
"""By its name in a scenario; `machine` is none of them."""
