"""Sync in some lines: it keeps a chain, answers hello as sync does, and books no raw range twice.

The ranges are judged by sync's own code; what it would refuse is an AssertionError here.
"""

from dataclasses import dataclass, field

from edge.domain.chain import ChainConflict, ChainEnd
from edge.domain.facts import Fact, FactKind, decode, sha256
from edge.storage.store import Store
from erp_sync.inbox.ranges import RawRanges


@dataclass
class SyncModel:
    """What it holds; `said` counts its greetings that found a store behind."""

    epoch: int = 1
    facts: list[bytes] = field(default_factory=list)
    ranges: RawRanges = field(default_factory=lambda: RawRanges({}, set()))
    restores: int = 0

    @property
    def hashes(self) -> list[str]:
        return ["", *map(sha256, self.facts)]

    def hello(self, end: ChainEnd) -> tuple[int, list[bytes] | None]:
        """The epoch to go on in, and what the store lacks (None: nothing)."""
        hashes = self.hashes
        if end.seq < len(hashes):
            assert hashes[end.seq] == end.hash, "fork: another fact stands there"
        assert not (end.epoch < self.epoch and end.seq > len(self.facts)), "fork: an older epoch"
        behind = end.seq < len(self.facts)
        self.epoch = max(self.epoch, end.epoch) + behind
        self.restores += behind
        return self.epoch, self.facts[end.seq :] if behind else None

    async def meet(self, store: Store) -> None:
        """As the link does: say hello, settle, then forward all there is."""
        end = store.standing()
        epoch, lacks = self.hello(end)
        if lacks is None:
            await store.acknowledge(len(self.facts), self.hashes[-1])
        await store.settle(epoch, lacks or [])
        assert store.reader.chain_end().epoch == self.epoch
        for stored in store.reader.facts_after(len(self.facts), 1_000_000):
            self.take(decode(stored.data), stored.data)
        await store.acknowledge(len(self.facts), self.hashes[-1])

    def take(self, fact: Fact, data: bytes) -> None:
        """Hold one more fact; raises what sync would answer with."""
        if fact.seq != len(self.facts) + 1 or fact.prev_hash != self.hashes[-1]:
            raise ChainConflict(f"{fact.seq} does not follow {len(self.facts)}")
        assert fact.epoch <= self.epoch
        self.ranges.take(fact)
        self.facts.append(data)

    def booked(self) -> dict[str, int]:
        """Pieces by role."""
        sums: dict[str, int] = {}
        for fact in map(decode, self.facts):
            if fact.kind == FactKind.PRODUCTION_COUNT:
                role = fact.body["role"]
                sums[role] = sums.get(role, 0) + fact.body["quantity"]
        return sums
