"""Where the pieces between two operations are: outside, back, or lying for a gap; pure.

No job order counts a step outside. When the operation before has ended, its pieces are back after
the lead time; before that, back is at least what the operation after has begun.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from edge.domain.orders import JobOrder, OperationsDefinition
from edge.domain.vocabulary import FINAL_JOB_STATES
from edge.planning.months.steps import outside_of
from edge.planning.scenario.model import Actual, Block, Operation, Order

Key = tuple[str, int]


@dataclass
class Away:
    """Counts and blocks of what is outside, as a scenario takes them."""

    actuals: list[Actual] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)

    def look(
        self,
        order: str,
        definition: OperationsDefinition,
        progress: Mapping[Key, JobOrder],
        now: int,
    ) -> None:
        """Take up the steps outside of one order."""
        for before, seq, after in outside_of(definition):
            made, taken = progress.get((order, before.seq)), progress.get((order, after))
            flow = next(one.flow for one in definition.operations if one.seq == after)
            assert flow.outside is not None
            used = taken.good + taken.scrap + taken.rework if taken else 0
            ended = _ended(made)
            if made is None or ended is None:
                self._back(order, seq, used)
                continue
            back = ended + flow.outside.lead_time_us
            if back <= now:
                self._back(order, seq, max(made.good, used), ended=True)
                continue
            self._back(order, seq, used)
            self.blocks.append(
                Block(
                    order=order,
                    seq=seq,
                    work_center=None,
                    kind="run",
                    start=ended,
                    end=back,
                    quantity=max(made.good - used, 0),
                    used=used,
                )
            )

    def _back(self, order: str, seq: int, good: int, *, ended: bool = False) -> None:
        if good > 0 or ended:
            self.actuals.append(Actual(order=order, seq=seq, good=good, ended=ended))


def _ended(job: JobOrder | None) -> int | None:
    if job is None or job.state not in FINAL_JOB_STATES:
        return None
    return job.ended_at


def lying(order: Order, progress: Mapping[Key, JobOrder], now: int) -> Order:
    """The order in which pieces of an operation that has ended lie out the rest of their gap."""
    if not any(one.min_gap_us for one in order.operations):
        return order
    return replace(order, operations=tuple(_lying(order, progress, now)))


def _lying(order: Order, progress: Mapping[Key, JobOrder], now: int) -> Iterator[Operation]:
    before: Operation | None = None
    for one in order.operations:
        ended = _ended(progress.get((order.id, before.seq))) if before else None
        if one.min_gap_us and ended is not None and ended + one.min_gap_us > now:
            yield replace(one, not_before=max(one.not_before or 0, ended + one.min_gap_us))
        else:
            yield one
        before = one
