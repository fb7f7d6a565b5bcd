"""Rules of what goes from operation to operation: when pieces are there, and how many wait."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from edge.domain.clock import to_datetime
from edge.planning.checking.before import Key, Left
from edge.planning.checking.blocks import place_of
from edge.planning.checking.ground import Ground, Violation
from edge.planning.checking.runs import BEFORE, Run
from edge.planning.scenario.model import Operation, Order


def flow_violations(ground: Ground) -> Iterator[Violation]:
    """No piece is used before it is there, none waits too long, and not too many wait."""
    for order in ground.scenario.orders:
        yield from _material(ground, order)
        for before, after in pairwise(order.operations):
            run = ground.runs.get((order.id, after.seq))
            if run is not None:
                flow = _Flow(ground, (order.id, before.seq), before, after, run)
                yield from flow.arrivals()
                yield from flow.stock()


def _material(ground: Ground, order: Order) -> Iterator[Violation]:
    """Pieces of the first operation are not begun before there is material for them.

    What was in work or out when planning began has its material; the piece after it has to wait.
    """
    first = order.operations[0]
    run, left = ground.runs.get((order.id, first.seq)), ground.lefts[order.id, first.seq]
    there = 0
    for arrival in order.material:
        piece = max(there - left.used, 0)
        there = arrival.quantity
        if run is None or piece >= run.quantity:
            continue
        piece = max(piece, run.out.count)
        if piece < run.quantity and run.begun_at(piece) == BEFORE:
            piece += 1
        needed = left.used + piece < there and piece < run.quantity
        if needed and run.begins_before(piece, arrival.at):
            message = f"begins piece {left.used + piece + 1} before its material is there"
            yield Violation("MATERIAL", place_of(run.blocks[0]), message)
    if order.material and run is not None and left.used + run.quantity > there:
        message = f"begins {left.used + run.quantity} pieces, there is material for {there}"
        yield Violation("MATERIAL", place_of(run.blocks[0]), message)


@dataclass(frozen=True)
class _Flow:
    """Pieces that one operation passes on, and the run that takes them."""

    ground: Ground
    producer: Key
    before: Operation
    after: Operation
    run: Run

    @property
    def source(self) -> Left:
        return self.ground.lefts[self.producer]

    @property
    def own(self) -> Left:
        return self.ground.lefts[self.run.order, self.run.seq]

    @property
    def batch(self) -> int:
        """Pieces that are passed on together."""
        return min(self.before.transfer_batch or max(self.source.out, 1), max(self.source.out, 1))

    def _arrives(self, number: int) -> int | None:
        """When a batch (from 0) is complete; None if it was when planning began."""
        return self.ground.passed_on(self.producer, number * self.batch)

    def arrivals(self) -> Iterator[Violation]:
        """Each batch is there, its gap over, when it is begun, and was not for too long."""
        own, last_piece = self.own, max(self.source.out - 1, 0)
        first = min(own.used, last_piece) // self.batch
        last = min(own.used + max(own.left, 1) - 1, last_piece) // self.batch
        early = late = False
        for number in range(first, last + 1):
            arrives = self._arrives(number)
            piece = max(number * self.batch - own.used, 0)
            if arrives is None or piece >= self.run.quantity:
                continue
            if not early and self.run.begins_before(piece, arrives + self.after.min_gap_us):
                early = True
                message = (
                    f"begins piece {own.used + piece + 1} before "
                    f"{self.producer[1]} has passed it on"
                )
                yield Violation("PRECEDENCE", place_of(self.run.blocks[0]), message)
            begun, most = self.run.begun_at(piece), self.after.max_gap_us
            whole = number * self.batch >= own.used  # else its first piece was begun before
            if not late and most is not None and whole and begun > arrives + most:
                late = True
                message = (
                    f"begins piece {own.used + piece + 1} {begun - arrives} us after "
                    f"{self.producer[1]} has passed it on, at most {most} are allowed"
                )
                yield Violation("MAXGAP", place_of(self.run.blocks[0]), message)

    def stock(self) -> Iterator[Violation]:
        """Whenever a batch arrives, at most so many pieces wait; pieces begun then do not."""
        limit, own, source = self.after.wip_limit, self.own, self.source
        if limit is None:
            return
        for number in range(source.good // self.batch, -(-source.out // self.batch)):
            arrives = self._arrives(number)
            if arrives is None:
                continue
            there = min((number + 1) * self.batch, source.out)
            waiting = there - own.used - self.run.begun_by(arrives)
            if waiting > limit:
                at = to_datetime(arrives).astimezone(self.ground.scenario.zone).isoformat()
                message = f"{waiting} pieces wait at {at}, at most {limit} may"
                yield Violation("WIP", place_of(self.run.blocks[0]), message)
                return
