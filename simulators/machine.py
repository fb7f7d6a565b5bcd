"""A machine: seeded, pure, and moved only by `advance`, so a trace can be repeated.

The same seed with the same commands at the same plant times gives the same pieces,
stops and states, however finely `advance` is called in between.
"""

from dataclasses import dataclass
from enum import Enum
from random import Random

from simulators.blueprint import PPM, Breakdown, MachineSpec, Recipe, Spread, StopKind
from simulators.clock import MICROS
from simulators.crew import Crew, Presence
from simulators.errors import WriteRefused
from simulators.mailbox import ANSWER, LAST, Mailbox
from simulators.packml import Command, Mode, State

UINT16 = 1 << 16
UINT32 = 1 << 32
SETPOINT_LIMITS = {
    "order_setpoint": UINT32,
    "recipe_setpoint": UINT16,
    "target_setpoint": UINT32,
    "limit_setpoint": UINT32,
    "command": max(Command) + 1,
}


class Phase(Enum):
    """What the machine is about, apart from whether the crew is there."""

    EMPTY = "empty"
    SETUP = "setup"
    RUN = "run"
    DOWN = "down"
    HELD = "held"
    COMPLETE = "complete"


@dataclass(frozen=True)
class Pieces:
    """Truth: pieces of one order since it was last told, and the counters after them."""

    machine: str
    order: int
    recipe: int
    good: int
    scrap: int
    good_raw: int
    reject_raw: int


@dataclass
class Lot:
    """The order on the machine, in what its counters count; 0 is no target, no limit."""

    order: int
    recipe: Recipe
    target: int
    limit: int
    good: int = 0
    scrap: int = 0

    def is_done(self) -> bool:
        by_target = 0 < self.target <= self.good
        return by_target or 0 < self.limit <= self.good + self.scrap


class Machine:
    """One machine as its controller shows it, and the truth of what it made."""

    def __init__(self, spec: MachineSpec, seed: int, now: int) -> None:
        """Begins empty at plant time `now` (microseconds UTC)."""
        self.spec = spec
        self.phase = Phase.EMPTY
        self.lot: Lot | None = None
        self.fault = 0
        self._crew = Crew(spec.crew)
        self._good, self._reject = spec.good.start, spec.reject.start
        self._total = spec.total.start
        self._mailbox = Mailbox() if spec.mailbox else None
        self._boot = spec.boot
        self._setpoints = dict.fromkeys(SETPOINT_LIMITS, 0)
        self._time = self._now = now
        self._frozen = False
        self.heartbeat_stands = False
        self._beat = now
        self._left = 0  # of the piece, the set-up or the repair, in microseconds
        self._piece_left = 0  # of the piece that a repair interrupted
        self._held_from = Phase.EMPTY
        self._stop_state = State.ABORTED
        self._untold = [0, 0]
        self._told: list[Pieces] = []
        # One stream a purpose, so that an order more or less does not shift the others.
        self._draws = {
            use: Random(f"{seed}/{spec.id}/{use}") for use in ("cycle", "scrap", "setup", "stop")
        }
        self._breakdowns = sorted(
            ((each.begin.after(now), each) for each in spec.breakdowns), key=lambda one: one[0]
        )
        self._spoilage = [
            (begin, begin + each.lasts, each.scrap)
            for each in spec.spoilage
            for begin in (each.begin.after(now),)
        ]
        self._until_stop = {stop.code: self._draw_stop(stop) for stop in spec.stops}

    # What a controller does

    def advance(self, now: int) -> None:
        """Move to plant time `now`, then take the command that stands in the register."""
        self._now = max(self._now, now)
        if not self.heartbeat_stands:
            self._beat = self._now
        while not self._frozen and self._time < now:
            presence, until = self._crew.at(self._time)
            self._work(min(until, now), manned=presence is Presence.WORK)
        self._take_command()

    def write(self, tag: str, value: int) -> None:
        """A client writes a setpoint or the command. Raises WriteRefused."""
        if tag == ANSWER and self._mailbox and 0 <= value <= LAST:
            self._mailbox.acknowledge = value
            return
        if tag not in SETPOINT_LIMITS:
            raise WriteRefused(f"{self.spec.id}.{tag} cannot be written")
        if not 0 <= value < SETPOINT_LIMITS[tag]:
            raise WriteRefused(f"{self.spec.id}.{tag} takes 0 to {SETPOINT_LIMITS[tag] - 1}")
        self._setpoints[tag] = value

    def values(self) -> dict[str, int]:
        """All tags as they stand now, from one moment."""
        return {
            "state": self.state,
            "mode": Mode.PRODUCTION,
            "fault": self.fault,
            "good": self._good,
            "reject": self._reject,
            "order": self.lot.order if self.lot else 0,
            "recipe": self.lot.recipe.number if self.lot else 0,
            "total": self._total,
            "cycle": self._shown_cycle(),
            "heartbeat": self._beat // MICROS % UINT16,
            "boot": self._boot,
            **self._setpoints,
            **(self._mailbox.values() if self._mailbox else {}),
        }

    @property
    def state(self) -> State:
        """The PackML state: of the phase, unless the crew is away."""
        if self.phase not in MANNED:
            return self._stop_state if self.phase is Phase.DOWN else UNMANNED[self.phase]
        presence, _ = self._crew.at(self._time)
        return AWAY.get(presence, MANNED[self.phase])

    # What a simulation does with it

    def take_pieces(self) -> list[Pieces]:
        """The truth since the last call; to be told before the counters are shown."""
        self._tell()
        told, self._told = self._told, []
        return told

    def freeze(self, now: int) -> None:
        """Make no more pieces after `now`; writes and the heartbeat go on."""
        self.advance(now)
        self._frozen = True

    def thaw(self, now: int) -> None:
        """Go on at `now`, as if the frozen time had not been."""
        if self._frozen:
            self._frozen = False
            self._time = self._now = max(self._now, now)

    def restart(self) -> None:
        """A dip of the power: the boot counter rises, counters that do not keep begin at 0."""
        self._tell()
        self._boot = (self._boot + 1) % UINT16
        if not self.spec.retentive:
            self._good = self._reject = self._total = 0

    def set_counter(self, counter: str, value: int) -> None:
        """Set the `good` or `reject` counter; a value below 0 is so much before its end."""
        self._tell()
        if counter == "good":
            self._good = value % self.spec.good.modulus
            self._total = value % self.spec.total.modulus  # it stands in for good in PackML
        else:
            self._reject = value % self.spec.reject.modulus

    # Inside

    def _work(self, end: int, *, manned: bool) -> None:
        if not manned or self.phase not in WORKED:
            self._time = end
            return
        span = min([end - self._time, self._left, *self._stops_ahead()])
        self._time += span
        self._left -= span
        if self.phase is Phase.RUN:
            for code in self._until_stop:
                self._until_stop[code] -= span
        if self._left == 0:
            self._finish()
        elif 0 in self._stops_ahead():
            self._break_down()

    def _stops_ahead(self) -> list[int]:
        if self.phase is not Phase.RUN:
            return []
        told = [max(at - self._time, 0) for at, _ in self._breakdowns[:1]]
        return [*self._until_stop.values(), *told]

    def _finish(self) -> None:
        if self.phase is Phase.RUN:
            self._make_piece()
        elif self.phase is Phase.SETUP:
            self.phase = Phase.RUN
            self._left = self._draw_cycle()
        else:
            self.phase, self.fault, self._left = Phase.RUN, 0, self._piece_left

    def _make_piece(self) -> None:
        lot = self._current()
        pieces = lot.recipe.pieces
        step = 1 if self.spec.counts_strokes else pieces
        self._total = self.spec.total.after(self._total, step)
        if self._draws["scrap"].randrange(PPM) < self._scrap_of(lot.recipe):
            lot.scrap += step
            self._untold[1] += pieces
            self._reject = self.spec.reject.after(self._reject, step)
            made = (0, pieces)
        else:
            lot.good += step
            self._untold[0] += pieces
            self._good = self.spec.good.after(self._good, step)
            made = (pieces, 0)
        if self._mailbox:
            self._mailbox.add(lot.order, *made)
        if lot.is_done():
            self.phase = Phase.COMPLETE
        else:
            self._left = self._draw_cycle()

    def _scrap_of(self, recipe: Recipe) -> int:
        """The share of scrap now, in parts per million."""
        told = [share for begin, end, share in self._spoilage if begin <= self._time < end]
        return max([recipe.scrap, *told])

    def _break_down(self) -> None:
        self._piece_left = self._left
        stop, self._left = self._next_stop()
        self.phase, self.fault, self._stop_state = Phase.DOWN, stop.code, stop.state

    def _next_stop(self) -> tuple[Breakdown | StopKind, int]:
        """What stops it now, and how long the repair takes; what was told goes first."""
        if self._breakdowns and self._breakdowns[0][0] <= self._time:
            _, told = self._breakdowns.pop(0)
            return told, told.lasts
        stop = next(kind for kind in self.spec.stops if self._until_stop[kind.code] == 0)
        self._until_stop[stop.code] = self._draw_stop(stop)
        return stop, self._draws["stop"].randint(stop.shortest, stop.longest)

    def _take_command(self) -> None:
        command = Command(self._setpoints["command"])
        self._setpoints["command"] = Command.NONE
        if command is not Command.NONE and self.phase in ALLOWED[command]:
            getattr(self, HANDLERS[command])()

    def _load(self) -> None:
        recipe = self.spec.recipes.get(self._setpoints["recipe_setpoint"])
        order = self._setpoints["order_setpoint"]
        if recipe is None or order == 0:
            return  # as a real controller: what it does not know it does not take over
        self._tell()
        self.lot = Lot(
            order=order,
            recipe=recipe,
            target=self._setpoints["target_setpoint"],
            limit=self._setpoints["limit_setpoint"],
        )
        self.phase = Phase.SETUP
        self._left = _scaled(recipe.setup, self.spec.setup_spread, self._draws["setup"])

    def _complete(self) -> None:
        self.phase, self.fault = Phase.COMPLETE, 0

    def _hold(self) -> None:
        self._held_from, self.phase = self.phase, Phase.HELD

    def _unhold(self) -> None:
        self.phase = self._held_from

    def _tell(self) -> None:
        good, scrap = self._untold
        if good or scrap:
            lot = self._current()
            self._told.append(
                Pieces(
                    machine=self.spec.id,
                    order=lot.order,
                    recipe=lot.recipe.number,
                    good=good,
                    scrap=scrap,
                    good_raw=self._good,
                    reject_raw=self._reject,
                )
            )
            self._untold = [0, 0]

    def _shown_cycle(self) -> int:
        """Microseconds a stroke while pieces are made, else 0."""
        return self._current().recipe.cycle if self.state is State.EXECUTE else 0

    def _current(self) -> Lot:
        assert self.lot is not None, "pieces are made of an order"
        return self.lot

    def _draw_cycle(self) -> int:
        return _scaled(self._current().recipe.cycle, self.spec.cycle_spread, self._draws["cycle"])

    def _draw_stop(self, stop: StopKind) -> int:
        return self._draws["stop"].randint(stop.every * 3 // 10, stop.every * 17 // 10)


def _scaled(span: int, spread: Spread, draws: Random) -> int:
    return span * draws.randint(spread.low, spread.high) // PPM


# The phases in which the crew's work brings something forward.
WORKED = {Phase.SETUP, Phase.RUN, Phase.DOWN}
MANNED = {Phase.SETUP: State.RESETTING, Phase.RUN: State.EXECUTE}
UNMANNED = {
    Phase.EMPTY: State.IDLE,
    Phase.HELD: State.HELD,
    Phase.COMPLETE: State.COMPLETE,
}
AWAY = {Presence.BREAK: State.SUSPENDED, Presence.OFF: State.IDLE}
ALLOWED = {
    Command.LOAD: {Phase.EMPTY, Phase.COMPLETE},
    Command.COMPLETE: {Phase.SETUP, Phase.RUN, Phase.DOWN, Phase.HELD},
    Command.HOLD: {Phase.SETUP, Phase.RUN},
    Command.UNHOLD: {Phase.HELD},
}
HANDLERS = {
    Command.LOAD: "_load",
    Command.COMPLETE: "_complete",
    Command.HOLD: "_hold",
    Command.UNHOLD: "_unhold",
}
