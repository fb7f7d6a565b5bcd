"""One operation's run as the checker reads it: when each piece is begun and finished.

A run is one block, or several where it may be interrupted. The work of its blocks is one
after the other: what a piece has behind it at the end of a block is the `credit` of the
next. All amounts are exact; a moment is the last microsecond by which no more is worked.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import accumulate
from math import ceil, floor

from edge.planning.checking.before import Out
from edge.planning.checking.worktimes import Worktime
from edge.planning.scenario.model import Block

BEFORE = -1  # begun before planning began
NOTHING_OUT = Out()


@dataclass(frozen=True)
class Run:
    """The run blocks of an operation in time; `time` is None for one done outside.

    `leaves` tells when a piece, from 0, goes out, where pieces go out as they come and
    come back after `lead`; without it all of a block go out and come back together. `out`
    are those that were out when planning began.
    """

    blocks: Sequence[Block]
    time: Worktime | None
    cycle: Fraction
    leaves: Callable[[int], int] | None = None
    lead: int = 0
    out: Out = NOTHING_OUT

    @property
    def order(self) -> str:
        return self.blocks[0].order

    @property
    def seq(self) -> int:
        return self.blocks[0].seq

    @property
    def work_center(self) -> str | None:
        return self.blocks[0].work_center

    @property
    def start(self) -> int:
        return self.blocks[0].start

    @property
    def end(self) -> int:
        return max(block.end for block in self.blocks)

    @cached_property
    def quantity(self) -> int:
        return sum(block.quantity for block in self.blocks)

    @cached_property
    def _ends(self) -> list[int]:
        """Pieces that are finished by the end of each block."""
        return list(accumulate(block.quantity for block in self.blocks))

    @cached_property
    def cycle_us(self) -> Fraction:
        return self.cycle * 1_000_000

    def pieces_by(self, at: int) -> int:
        """Pieces that are finished at a moment."""
        return sum(self._made(block, at) for block in self.blocks if block.start < at)

    def _made(self, block: Block, at: int) -> int:
        if at >= block.end or self.time is None:
            return block.quantity if at >= block.end else 0
        worked = self.time.between(block.start, at)
        if worked == 0:
            return 0
        return min(block.quantity, floor((worked + block.credit * 1_000_000) / self.cycle_us))

    def finished_at(self, pieces: int) -> int:
        """When so many pieces, from 1, are finished."""
        if pieces > self.quantity:
            return self.end  # fewer are planned than are left: that is told by itself
        index = bisect_left(self._ends, pieces)
        block = self.blocks[index]
        if self.leaves is not None and pieces <= self.out.count:
            return min(self.out.back(pieces - 1), block.end)
        if self.leaves is not None and pieces < self.quantity:
            return min(self.leaves(pieces - 1) + self.lead, block.end)
        if self.time is None:
            return block.end
        within = pieces - (self._ends[index - 1] if index else 0)
        work = ceil(within * self.cycle_us - block.credit * 1_000_000)
        return min(self.time.first_at(self.time.until(block.start) + work), block.end)

    def begun_at(self, piece: int) -> int:
        """When a piece, from 0, is begun; BEFORE if it was in work or out when planning began."""
        if piece < self.out.count:
            return BEFORE
        if self.leaves is not None:
            return self.leaves(piece)
        index = bisect_right(self._ends, piece)
        within = piece - (self._ends[index - 1] if index else 0)
        while True:
            block = self.blocks[index]
            if self.time is None:
                return block.start
            work = within * self.cycle_us - block.credit * 1_000_000
            if work >= 0:
                return self.time.last_at(self.time.until(block.start) + floor(work))
            if index == 0:
                return BEFORE
            index -= 1  # it was begun in the block before and is gone on with here
            within = self.blocks[index].quantity

    def begun_by(self, at: int) -> int:
        """Pieces that are begun at a moment or before it, found by halving."""
        low, high = 0, self.quantity
        while low < high:
            middle = (low + high) // 2
            if self.begun_at(middle) <= at:
                low = middle + 1
            else:
                high = middle
        return low

    def begins_before(self, piece: int, at: int) -> bool:
        """Whether a piece is begun before a moment, exact to less than a microsecond."""
        index = bisect_right(self._ends, piece)
        block = self.blocks[index]
        if self.begun_at(piece) >= at:
            return False
        within = piece - (self._ends[index - 1] if index else 0)
        work = within * self.cycle_us - block.credit * 1_000_000
        if self.time is None or work < 0 or at <= block.start:
            return True
        return self.time.between(block.start, at) > work
