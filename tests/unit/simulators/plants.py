"""Small machines to test with."""

from dataclasses import dataclass, field, replace
from datetime import time
from typing import Any

from simulators.blueprint import (
    CrewSpec,
    MachineSpec,
    Recipe,
    Shift,
    Spread,
    StopKind,
)
from simulators.clock import MICROS, parse_time
from simulators.counter import Counter
from simulators.machine import Machine, Pieces
from simulators.packml import State
from simulators.tags import Tag, tags_of

MONDAY_6 = parse_time("2026-06-08T06:00:00+02:00")
HOUR = 3_600 * MICROS
STEADY = Spread(low=1_000_000, high=1_000_000)
RECIPES = {
    10: Recipe(number=10, name="even", cycle=2 * MICROS, setup=60 * MICROS, scrap=0),
    20: Recipe(number=20, name="wasteful", cycle=MICROS, setup=0, scrap=300_000),
    30: Recipe(number=30, name="all scrap", cycle=MICROS, setup=0, scrap=1_000_000),
}
JAM = StopKind(
    code=7,
    name="jam",
    state=State.HELD,
    every=100 * MICROS,
    shortest=10 * MICROS,
    longest=40 * MICROS,
)
BREAKAGE = replace(JAM, code=8, name="breakage", state=State.ABORTED, every=170 * MICROS)
DAY = CrewSpec(
    id="day",
    timezone="Europe/Berlin",
    shifts=(
        Shift(
            name="early",
            days=frozenset(range(5)),
            start=time(6),
            end=time(14),
            breaks=((time(10), time(10, 30)),),
        ),
    ),
)
STEADY_MACHINE = MachineSpec(
    id="M",
    name="machine",
    scheme="opc.tcp",
    host="127.0.0.1",
    port=0,
    unit=1,
    word_order="ABCD",
    crew=None,
    good=Counter(start=65_500, bits=16),
    reject=Counter(start=65_530, bits=16),
    boot=1,
    retentive=True,
    cycle_spread=STEADY,
    setup_spread=STEADY,
    recipes=RECIPES,
    stops=(),
)
LIVELY_MACHINE = replace(
    STEADY_MACHINE,
    cycle_spread=Spread(low=900_000, high=1_300_000),
    setup_spread=Spread(low=800_000, high=1_200_000),
    stops=(JAM, BREAKAGE),
)


# Ten times as slow, for traces over days.
SLOW_MACHINE = replace(
    LIVELY_MACHINE,
    crew=DAY,
    recipes={key: replace(each, cycle=10 * each.cycle) for key, each in RECIPES.items()},
    stops=tuple(replace(stop, every=10 * stop.every) for stop in LIVELY_MACHINE.stops),
)


def machine(
    spec: MachineSpec = STEADY_MACHINE, seed: int = 1, start: int = MONDAY_6, **changes: Any
) -> Machine:
    """A machine that stands empty on Monday at 06:00."""
    return Machine(replace(spec, **changes), seed, start)


def load(made: Machine, order: int, recipe: int, target: int = 0, limit: int = 0) -> None:
    """Write the setpoints and command 1; the next `advance` takes them over."""
    made.write("order_setpoint", order)
    made.write("recipe_setpoint", recipe)
    made.write("target_setpoint", target)
    made.write("limit_setpoint", limit)
    made.write("command", 1)


@dataclass
class ManualClock:
    """Plant time that stands until it is moved."""

    plant: int = MONDAY_6

    def now(self) -> int:
        return self.plant

    def monotonic(self) -> float:
        return self.plant / MICROS


@dataclass
class Ledger:
    """Truth in memory, by order and recipe."""

    run: str = "here"
    sequence: int = 0
    rows: dict[tuple[int, int], list[int]] = field(default_factory=dict)

    def tell(self, pieces: list[Pieces]) -> None:
        for each in pieces:
            self.sequence += 1
            row = self.rows.setdefault((each.order, each.recipe), [0, 0])
            row[0] += each.good
            row[1] += each.scrap

    def sums(self) -> tuple[int, int]:
        """All good and all scrap."""
        return sum(row[0] for row in self.rows.values()), sum(row[1] for row in self.rows.values())


def tags_with_mailbox(spec: MachineSpec) -> tuple[Tag, ...]:
    """The tags of such a machine if it has a mailbox."""
    return tags_of(replace(spec, mailbox=True))
