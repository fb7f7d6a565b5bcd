"""What was under way when planning began, so that a plan may go on with it.

The counts say it, and the plan before as far as it had come: what it has from the fence on
may never have been begun, and excuses nothing.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from edge.domain.clock import MICROS
from edge.planning.checking.worktimes import Worktime
from edge.planning.scenario.model import Actual, Block, HourRow, Scenario

Key = tuple[str, int]
NONE = Fraction(0)


@dataclass(frozen=True)
class Left:
    """What is left of an operation: to start, and good pieces before and after."""

    good: int
    used: int
    left: int
    out: int


@dataclass(frozen=True)
class Out:
    """The first `count` of the pieces that are left of a step outside: they were out.

    `trips` of the plan before: the first piece and the one after the last (of all of the
    step), when they can be back at the earliest, and when that plan had the last of them back.
    """

    count: int = 0
    used: int = 0
    trips: tuple[tuple[int, int, int, int], ...] = ()

    def back(self, piece: int) -> int:
        """When a piece that was out can be back at the earliest."""
        return min(
            early for first, last, early, _ in self.trips if first <= self.used + piece < last
        )

    @property
    def latest(self) -> int:
        """When all that was out was to be back."""
        return max((late for *_, late in self.trips), default=0)


@dataclass(frozen=True)
class Before:
    """The plan before and the counts; `kept` are the hours of it that were over at the fence."""

    scenario: Scenario
    fence: int
    kept: Sequence[HourRow]
    worktime: Mapping[str, Worktime]
    lefts: Mapping[Key, Left]

    def begun(self, key: Key) -> bool:
        """Whether anything was done of an operation before the fence."""
        return self.lefts[key].used > 0 or key in self._said or key in self._begun_on

    def stands(self, key: Key, center: str) -> bool:
        """Whether a work center may be set up for an operation, and go on with it."""
        if key in self._said:
            return self._said[key].running_on == center
        if center in self._running:
            return False  # something else is said to run there
        if center in self._begun_on.get(key, ()):
            return True
        # It has pieces: where it was planned, or nobody knows where.
        planned = {one.work_center for one in self._blocks.get(key, ())}
        return self.lefts[key].used > 0 and (not planned or center in planned)

    def is_last(self, key: Key, center: str) -> bool:
        """Whether the plan before began nothing else there after it of which pieces were made."""
        if key in self._said:
            return True
        begun = ((one.order, one.seq) for one in reversed(self._in_turn(center)))
        made = (name for name in begun if self._made(name) or name == key)
        return next(made, key) == key

    def left_by(self, center: str) -> Key | None:
        """The operation whose run the plan before began last on a work center, which stands for it;
        None where something else is said to run there, or was being set up."""
        begun = self._in_turn(center)
        if center in self._running or not begun or begun[-1].kind != "run":
            return None
        return (begun[-1].order, begun[-1].seq)

    def _in_turn(self, center: str) -> list[Block]:
        """The blocks of the plan before that it began there, in time."""
        begun = (
            one
            for one in self.scenario.previous_blocks
            if one.work_center == center and one.start < self.fence
        )
        return sorted(begun, key=lambda one: (one.start, one.order, one.seq))

    def _made(self, key: Key) -> bool:
        return key in self.lefts and self.lefts[key].used > 0

    def setups_left(self, key: Key, center: str) -> frozenset[int]:
        """Microseconds of set-up that may be left of what stands on a work center."""
        if not self.stands(key, center):
            return frozenset()
        if key in self._said:
            return frozenset({self._said[key].setup_left_us})
        found = {0} if self.lefts[key].used else set[int]()
        blocks = [one for one in self._blocks.get(key, ()) if one.work_center == center]
        if blocks and center in self._begun_on.get(key, ()):
            time, fence = self.worktime[center], self.fence
            setups = [
                one
                for one in blocks
                if one.kind == "setup"
                and one.end > fence
                and (one.lot is None or one.start < fence)
            ]
            found.add(sum(time.between(max(one.start, fence), one.end) for one in setups))
        return frozenset(found)

    def most_credit(self, key: Key, center: str, cycle: Fraction) -> Fraction:
        """Seconds of work that the piece in work can have behind it: what was worked by the plan
        before since its last block began, less the pieces that were made since.
        """
        if center not in self._begun_on.get(key, ()) or not self.stands(key, center):
            return NONE
        runs = [
            one
            for one in self._blocks.get(key, ())
            if one.kind == "run" and one.work_center == center
        ]
        begun = [one for one in runs if one.start < self.fence]
        if not runs:
            return NONE
        last = begun[-1] if begun else runs[0]
        later = sum(one.quantity for one in runs[max(len(begun), 1) :])
        made = last.quantity + later - self.lefts[key].left
        until = max(min(self.fence, last.end), last.start)
        worked = self.worktime[center].between(last.start, until)
        behind = last.credit + Fraction(worked, MICROS) - made * cycle
        return max(behind, NONE) if made >= 0 else NONE

    def out(self, key: Key, there: int | None, lead: int) -> "Out":
        """Of the pieces that are left of a step outside those that were out.

        `there`: pieces that the step before had passed on; None where there is none before.
        """
        left = self.lefts[key]
        trips = tuple(
            (one.used, one.used + one.quantity, min(one.end, one.start + lead), one.end)
            for one in self._blocks.get(key, ())
            if one.work_center is None and one.start <= self.scenario.begin
        )
        most, at = left.used + left.left, left.used
        if there is not None:
            most = min(most, there)
        while ends := [last for first, last, *_ in trips if first <= at < min(last, most)]:
            at = min(max(ends), most)
        return Out(at - left.used, left.used, trips)

    def families(self, center: str) -> frozenset[str]:
        """Families that a work center may be set up for, beside the one that it began with."""
        keys = self._worked_on.get(center, set()) | self._worked_on.get(None, set())
        return frozenset(self._families[key] for key in keys if key in self._families)

    @cached_property
    def _families(self) -> Mapping[Key, str]:
        return {
            (order.id, step.seq): order.family_of(step)
            for order in self.scenario.orders
            for step in order.operations
        }

    @cached_property
    def _said(self) -> Mapping[Key, Actual]:
        return {
            (one.order, one.seq): one
            for one in self.scenario.actuals
            if one.running_on and not one.ended
        }

    @cached_property
    def _running(self) -> frozenset[str | None]:
        return frozenset(one.running_on for one in self._said.values())

    @cached_property
    def _blocks(self) -> Mapping[Key, list[Block]]:
        """Blocks of the plan before in time, by operation."""
        found: dict[Key, list[Block]] = defaultdict(list)
        for block in sorted(self.scenario.previous_blocks, key=lambda one: one.start):
            found[block.order, block.seq].append(block)
        return found

    @cached_property
    def _begun_on(self) -> Mapping[Key, set[str | None]]:
        """Work centers on which the plan before had begun an operation; None is outside."""
        found: dict[Key, set[str | None]] = defaultdict(set)
        for row in self.kept:
            found[row.order, row.seq].add(row.work_center)
        for block in self.scenario.previous_blocks:
            if block.start < self.fence:
                found[block.order, block.seq].add(block.work_center)
        return found

    @cached_property
    def _worked_on(self) -> Mapping[str | None, set[Key]]:
        """Operations that work centers may have worked on before the fence; None: any of them."""
        found: dict[str | None, set[Key]] = defaultdict(set)
        for key, centers in self._begun_on.items():
            for center in centers - {None}:
                found[center].add(key)
        for one in self.scenario.actuals:
            if one.good + one.scrap:
                found[None].add((one.order, one.seq))
            elif one.running_on:
                found[one.running_on].add((one.order, one.seq))
        return found
