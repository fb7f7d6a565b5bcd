"""A machine as it stands in the hall: moved by the clock, its truth told before it is seen."""

from collections.abc import Mapping, Sequence
from typing import Any

from simulators.clock import Clock
from simulators.errors import TruthLost
from simulators.faults.trouble import InForce
from simulators.machine import Machine, Pieces
from simulators.truth import Truth


class Station:
    """Binds a machine, the plant clock and the referee; the faces only know this."""

    def __init__(self, machine: Machine, clock: Clock, truth: Truth) -> None:
        self.machine = machine
        self.spec = machine.spec
        self._clock, self._truth = clock, truth
        self._lost: TruthLost | None = None
        self._made: dict[tuple[int, int], list[int]] = {}
        self.troubles = InForce()

    def scan(self) -> Mapping[str, int]:
        """All tags as of now, from one moment; what they count is with the referee already.

        Raises TruthLost.
        """
        self.machine.advance(self._clock.now())
        self._tell()
        return self.machine.values()

    def write(self, tag: str, value: int) -> None:
        """A client wrote; the next scan acts on it. Raises WriteRefused."""
        self.machine.write(tag, value)

    def freeze(self) -> None:
        """Make no more pieces from now on, and tell those that were made."""
        self.machine.freeze(self._clock.now())
        self._tell()

    def thaw(self) -> None:
        """Go on from now."""
        self.machine.thaw(self._clock.now())

    def restart(self) -> None:
        """A dip of the power."""
        self.scan()
        self.machine.restart()

    def set_counter(self, counter: str, value: int) -> None:
        """Somebody sets a counter (`good` or `reject`); the truth knows nothing of it."""
        self.scan()
        self.machine.set_counter(counter, value)

    def truth(self) -> list[dict[str, int]]:
        """What was truly made since the start, by order number and recipe; told or not."""
        self.scan()
        return [
            {"number": number, "recipe": recipe, "good": good, "scrap": scrap}
            for (number, recipe), (good, scrap) in self._made.items()
        ]

    def status(self) -> dict[str, Any]:
        """The order on the machine and what was made of it."""
        values, lot = self.scan(), self.machine.lot
        return {
            "state": self.machine.state.name,
            "fault": values["fault"],
            "order": values["order"],
            "recipe": values["recipe"],
            "good": lot.good if lot else 0,
            "scrap": lot.scrap if lot else 0,
            "target": lot.target if lot else 0,
            "limit": lot.limit if lot else 0,
            "good_raw": values["good"],
            "reject_raw": values["reject"],
            "faults": self.troubles.told(),
        }

    def _tell(self) -> None:
        # Once a piece could not be told, no later scan may show it either.
        if self._lost is not None:
            raise self._lost
        pieces = self.machine.take_pieces()
        self._book(pieces)
        try:
            self._truth.tell(pieces)
        except TruthLost as lost:
            self._lost = lost
            raise

    def _book(self, pieces: Sequence[Pieces]) -> None:
        for each in pieces:
            row = self._made.setdefault((each.order, each.recipe), [0, 0])
            row[0] += each.good
            row[1] += each.scrap
