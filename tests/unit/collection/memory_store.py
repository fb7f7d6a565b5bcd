"""A store in memory with the semantics of the ports: all or nothing, compare and set."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from edge.domain.changes import Put
from edge.domain.equipment import JobContext
from edge.domain.facts import Fact, FactDraft, FactKind, encode, placed, sha256
from edge.domain.fold import FoldState, fold
from edge.domain.recording import Baseline, BaselineConflict, Recorded, Recording, StoreUnavailable
from edge.domain.states import StateInterval


@dataclass
class MemoryStore:
    """FactWriter and the evidence that collection reads; `down` refuses as a full disk does."""

    facts: list[Fact] = field(default_factory=list)
    rows: dict[tuple[str, str], Baseline] = field(default_factory=dict)
    intervals: dict[int, dict[str, object]] = field(default_factory=dict)
    down: bool = False
    recordings: int = 0
    _folded: FoldState = field(default_factory=FoldState)
    _hash: str = ""

    async def record(self, recording: Recording) -> Recorded:
        if self.down:
            raise StoreUnavailable("the disk is full")
        for move in recording.baselines:
            stands = self.rows.get((move.new.equipment_id, move.new.tag))
            if stands != move.expected:
                raise BaselineConflict(f"expected {move.expected}, is {stands}")
        for move in recording.baselines:
            self.rows[move.new.equipment_id, move.new.tag] = move.new
        added = tuple(self._append(draft) for draft in recording.drafts)
        self.recordings += 1
        last = len(self.facts)
        return Recorded(first_seq=last - len(added) + 1, last_seq=last, facts=added)

    def baselines(self) -> Sequence[Baseline]:
        return tuple(self.rows.values())

    def state_intervals(self, equipment_id: str, start: int, end: int) -> Sequence[StateInterval]:
        every = [StateInterval(**row) for row in self.intervals.values()]  # type: ignore[arg-type]
        return [
            one
            for one in sorted(every, key=lambda one: (one.start, one.opened))
            if one.equipment_id == equipment_id
            and one.start < end
            and (one.end is None or one.end > start)
        ]

    def of(self, *kinds: FactKind) -> list[Fact]:
        """Facts of these kinds, in order."""
        return [fact for fact in self.facts if fact.kind in kinds]

    def pieces(self, role: str = "good") -> int:
        """All pieces of a role."""
        counts = self.of(FactKind.PRODUCTION_COUNT)
        return sum(fact.body["quantity"] for fact in counts if fact.body["role"] == role)

    def _append(self, draft: FactDraft) -> Fact:
        fact = placed(
            draft,
            edge_id="e1",
            epoch=1,
            seq=len(self.facts) + 1,
            recorded_at=draft.occurred_at,
            prev_hash=self._hash,
        )
        self._hash = sha256(encode(fact))
        self.facts.append(fact)
        folded = fold(self._folded, fact)
        self._folded = folded.state
        for change in folded.changes:
            if isinstance(change, Put) and change.table == "state_interval":
                opened = int(change.key["opened"] or 0)
                self.intervals.setdefault(opened, dict(change.key)).update(change.values)
        return fact


@dataclass
class MemoryJobs:
    """A job book that says what it is told."""

    on: JobContext | None = None
    numbers: dict[int, JobContext] = field(default_factory=dict)

    def running(self, work_center: str) -> JobContext | None:
        return self.on

    def by_number(self, work_center: str, number: int) -> JobContext | None:
        return self.numbers.get(number)


def job(number: int, phase: str = "run", run_time: str = "2.0", **tool: Any) -> JobContext:
    """The job that the demo plant would name by this number: 1001010 is WO1001.10."""
    order, operation = divmod(number, 1000)
    return JobContext(
        job_order_id=f"WO{order}.{operation}",
        number=number,
        run_time_per_item=run_time,
        phase=phase,
        **tool,
    )
