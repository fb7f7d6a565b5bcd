"""What the checker stands on: its own reading of schedules, of time, and of what is left.

Nothing here or in the other check modules comes from the solver, its timelines or its
hours: a rule that both got wrong the same way would be seen by nobody.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import ceil, floor
from typing import Any, Final

from edge.domain.hours import hour_start, next_hour
from edge.planning.checking.before import Before, Key, Left
from edge.planning.checking.runs import Run
from edge.planning.checking.worktimes import Worktime, center_worktimes
from edge.planning.errors import ScenarioInvalid
from edge.planning.scenario.fields import BLOCK, ROW
from edge.planning.scenario.formats import refuse_other
from edge.planning.scenario.model import (
    SCHEDULE_FORMAT,
    Actual,
    Alternative,
    Block,
    HourRow,
    Operation,
    Order,
    Scenario,
    WorkCenter,
)
from edge.planning.scenario.reading import (
    BAD,
    Faults,
    Field,
    list_of,
    map_of,
    moment,
    one_of,
    record,
    text,
    whole,
)

Record = Mapping[str, Any]
DAY: Final = 86_400_000_000


@dataclass(frozen=True)
class Violation:
    """A rule that a schedule breaks, and where."""

    rule: str
    place: str
    message: str


def _anything(value: Any, _place: str, _faults: Faults) -> Any:
    return value


SCHEDULE = record(
    {
        "format": Field(one_of(SCHEDULE_FORMAT)),
        "input_hash": Field(text),
        "seed": Field(whole(0), required=False, default=0),
        "blocks": Field(list_of(BLOCK)),
        "hours": Field(list_of(ROW)),
        "orders": Field(
            list_of(
                record(
                    {
                        "id": Field(text),
                        "completion": Field(moment, required=False),
                        "due": Field(moment, required=False),
                        "tardiness_s": Field(whole(0)),
                        "late_quantity": Field(whole(0)),
                        "reasons": Field(list_of(_anything)),
                    }
                ),
                "id",
            )
        ),
        "capacity": Field(
            list_of(
                record(
                    {
                        "work_center": Field(text),
                        "required_s": Field(whole(0)),
                        "available_s": Field(whole(0)),
                        "short_s": Field(whole(0)),
                    }
                )
            )
        ),
        "objective": Field(map_of(_anything)),
        "levelled": Field(list_of(_anything), required=False, default=[]),
        "unexplained": Field(list_of(text), required=False, default=[]),
        "feasibility": Field(map_of(_anything), required=False),
    }
)


def read_schedule(document: Any) -> Record:
    """The schedule's records. Raises ScenarioInvalid with every fault of its form."""
    refuse_other(document, SCHEDULE_FORMAT)
    faults: Faults = []
    read = SCHEDULE(document, "", faults)
    if faults or read is BAD:
        raise ScenarioInvalid(tuple(faults))
    blocks = [_block(one) for one in read["blocks"]]
    return {**read, "blocks": blocks}


def _block(read: Record) -> Block:
    rest = {name: value for name, value in read.items() if name != "credit_s"}
    return Block(**rest, credit=Fraction(read["credit_s"]))


@dataclass(frozen=True)
class Ground:
    """A scenario and a schedule, side by side."""

    scenario: Scenario
    schedule: Record

    @cached_property
    def fence(self) -> int:
        """Nothing new starts before it."""
        until = self.scenario.frozen_until
        if until is None or until <= self.scenario.begin:
            return self.scenario.begin
        on_the_hour = hour_start(until, self.scenario.zone) == until
        return until if on_the_hour else next_hour(until, self.scenario.zone)

    @cached_property
    def lot_mark(self) -> str:
        """Between an order and the number of its lot; no order has it in its name."""
        mark = "#"
        while any(mark in order.id for order in self.scenario.orders):
            mark += "#"
        return mark

    @cached_property
    def orders(self) -> Mapping[str, Order]:
        return {order.id: order for order in self.scenario.orders}

    @cached_property
    def steps(self) -> Mapping[Key, tuple[Order, Operation]]:
        return {(o.id, step.seq): (o, step) for o in self.scenario.orders for step in o.operations}

    @cached_property
    def runs(self) -> Mapping[Key, Run]:
        """The run of each operation, of those blocks that are known."""
        found = {}
        for key, blocks in self._blocks("run").items():
            alternative = self.alternative(key, blocks[0].work_center)
            if alternative is None:
                found[key] = self._outside(key, blocks)
            else:
                time = self.worktime[alternative.work_center]
                found[key] = Run(blocks, time, alternative.cycle)
        return found

    def _outside(self, key: Key, blocks: list[Block]) -> Run:
        """A run outside; with a transfer batch in one block its pieces go out as they come."""
        order, step = self.steps[key]
        index, lead = order.operations.index(step), step.lead_time_us or 0
        before = (order.id, order.operations[index - 1].seq) if index else None
        out = self.before.out(key, self._there(before), lead)
        if step.transfer_batch is None or before is None or len(blocks) > 1:
            return Run(blocks, None, Fraction(1), out=out)
        start = max(blocks[0].start, self.fence) if out.count else blocks[0].start

        def leaves(piece: int) -> int:
            there = self.passed_on(before, self.lefts[key].used + piece)
            return max(start, (there or 0) + step.min_gap_us)

        return Run(blocks, None, Fraction(1), leaves, lead, out)

    def _there(self, before: Key | None) -> int | None:
        """Pieces that an operation has passed on at the fence; None where there is none."""
        if before is None:
            return None
        left = self.lefts[before]
        out = max(left.out, 1)
        batch = min(self.steps[before][1].transfer_batch or out, out)
        return left.good // batch * batch if left.left else left.good

    def passed_on(self, key: Key, piece: int) -> int | None:
        """When an operation passes on a good piece, from 0; None if it had when planning began."""
        source, run, step = self.lefts[key], self.runs.get(key), self.steps[key][1]
        out = max(source.out, 1)
        batch = min(step.transfer_batch or out, out)
        amount = min((min(piece, out - 1) // batch + 1) * batch, source.out)
        if amount <= source.good or run is None:
            return None
        starts = ceil((amount - source.good) / step.yield_)
        return run.finished_at(min(starts, source.left))

    @cached_property
    def setups(self) -> Mapping[Key, list[Block]]:
        return self._blocks("setup")

    def _blocks(self, kind: str) -> Mapping[Key, list[Block]]:
        """Blocks in time by operation; those that no rule can judge are left out."""
        found: dict[Key, list[Block]] = defaultdict(list)
        for block in self.schedule["blocks"]:
            if block.kind == kind and self.unknown(block) is None:
                found[block.order, block.seq].append(block)
        for blocks in found.values():
            blocks.sort(key=lambda one: (one.start, one.end))
        return found

    def unknown(self, block: Block) -> str | None:
        """Why a block cannot be judged; None if it can."""
        key = (block.order, block.seq)
        if key not in self.steps:
            return "no such operation in the scenario"
        outside = block.work_center is None and self.steps[key][1].lead_time_us is not None
        if not outside and self.alternative(key, block.work_center) is None:
            return "the work center is no alternative of the operation"
        return None if block.start <= block.end else "ends before it starts"

    def set_up_us(self, key: Key, start: int, end: int) -> int:
        """Microseconds of set-up of an operation that are worked between two moments."""
        total = 0
        for block in self.setups.get(key, ()):
            if block.work_center is not None:
                first, last = max(start, block.start), min(end, block.end)
                if first < last:
                    total += self.worktime[block.work_center].between(first, last)
        return total

    @cached_property
    def before(self) -> Before:
        """What was under way when planning began."""
        return Before(self.scenario, self.fence, self.kept, self.worktime, self.lefts)

    @cached_property
    def centers(self) -> Mapping[str, WorkCenter]:
        return {center.id: center for center in self.scenario.work_centers}

    @cached_property
    def kept(self) -> list[HourRow]:
        """Rows of the previous plan that this one must hold unchanged."""
        zone = self.scenario.zone
        return [row for row in self.scenario.previous if next_hour(row.hour, zone) <= self.fence]

    @cached_property
    def worktime(self) -> Mapping[str, Worktime]:
        ends = [block.end for block in self.schedule["blocks"]]
        start = min([self.scenario.plan_start, *(row.hour for row in self.scenario.previous)])
        span = (start - DAY, max([self.scenario.horizon, self.fence, *ends]) + DAY)
        return center_worktimes(self.scenario, *span)

    def alternative(self, key: Key, center: str | None) -> Alternative | None:
        """The alternative of an operation on a work center, None if it has none there."""
        _, operation = self.steps[key]
        return next((one for one in operation.alternatives if one.work_center == center), None)

    @cached_property
    def lefts(self) -> Mapping[Key, Left]:
        """What is left of every operation at the fence."""
        found: dict[Key, Left] = {}
        for order in self.scenario.orders:
            wanted = order.quantity
            goals: list[int] = []
            for step in reversed(order.operations):
                goals.insert(0, wanted)
                wanted = ceil(wanted / step.yield_)
            stock: int | None = None
            for step, goal in zip(order.operations, goals, strict=True):
                found[order.id, step.seq] = left = self._left(order, step, goal, stock)
                if stock is not None or self._ended(order.id, step.seq):
                    stock = left.out
        return found

    @cached_property
    def actuals(self) -> Mapping[Key, Actual]:
        return {(one.order, one.seq): one for one in self.scenario.actuals}

    @cached_property
    def _kept_of(self) -> Mapping[Key, list[HourRow]]:
        found: dict[Key, list[HourRow]] = defaultdict(list)
        for row in self.kept:
            found[row.order, row.seq].append(row)
        return found

    def _ended(self, order: str, seq: int) -> bool:
        actual = self.actuals.get((order, seq))
        return actual is not None and actual.ended

    def _left(self, order: Order, step: Operation, goal: int, stock: int | None) -> Left:
        key = (order.id, step.seq)
        actual = self.actuals.get(key) or Actual(order=order.id, seq=step.seq)
        coming = sum(self._coming(row) for row in self._kept_of.get(key, ()))
        good = actual.good + floor(coming * step.yield_)
        used = actual.good + actual.scrap + coming
        missing = 0 if self._ended(*key) else max(goal - good, 0)
        left = ceil(missing / step.yield_)
        if stock is not None:
            left = min(left, max(stock - used, 0))
        return Left(good, used, left, good + floor(left * step.yield_))

    def _coming(self, row: HourRow) -> int:
        """Pieces of a kept row that were not yet made at `now`."""
        end, begin = next_hour(row.hour, self.scenario.zone), self.scenario.begin
        if end <= begin or row.work_center not in self.worktime:
            return 0
        if row.owed is not None:
            return row.owed
        time = self.worktime[row.work_center]
        whole_hour, gone = time.between(row.hour, end), time.between(row.hour, max(begin, row.hour))
        return int(row.quantity - row.quantity * gone // max(whole_hour, 1))
