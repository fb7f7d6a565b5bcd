"""A batch of new facts becomes rows: facts, ledger, projections, in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from edge.domain.changes import Change
from edge.domain.corrections import Corrected, folded_correction
from edge.domain.facts import Fact, FactKind, decode
from edge.domain.faults import Fault
from edge.domain.fold import FoldState, fold
from erp_sync.errors import invalid
from erp_sync.inbox import effects
from erp_sync.inbox.chain import Arrival
from erp_sync.inbox.ranges import RawRanges
from erp_sync.storage import corrections, edges, facts, fold_state, forecasts, ledger
from erp_sync.storage.changes import apply_changes

FORECASTING = frozenset({FactKind.PLAN_RELEASED, FactKind.ORDER_FORECAST})


@dataclass
class Batch:
    """What a batch of one edge writes; `position` is the feed's for its first fact."""

    connection: Connection
    edge_id: str
    position: int
    zone: ZoneInfo
    state: FoldState
    ranges: RawRanges
    facts: list[Mapping[str, Any]] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    entries: list[ledger.Entry] = field(default_factory=list)
    seen: dict[int, Fact] = field(default_factory=dict)
    forecasts: list[Fact] = field(default_factory=list)

    @classmethod
    def begin(cls, connection: Connection, edge_id: str, position: int, zone: ZoneInfo) -> "Batch":
        """A batch on what is stored of the edge now."""
        ranges = RawRanges(
            edges.raw_ends(connection, edge_id), edges.raw_holes(connection, edge_id)
        )
        state = fold_state.load(connection, edge_id)
        return cls(connection, edge_id, position, zone, state, ranges)

    def take(self, arrival: Arrival) -> None:
        """Add a fact; raises Alarm for an overlapping raw range, Problem (422) for a bad body."""
        fact = arrival.fact
        try:
            self.ranges.take(fact)
            changes = self._changes(fact)
            lines = effects.entries(changes, self.edge_id, self.position, self.zone)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise _malformed(arrival, error) from error
        self.changes += changes
        self.entries += lines
        self.seen[fact.seq] = fact
        self.facts.append(_row(arrival, self.position, lines))
        self.position += 1

    def write(self) -> None:
        """Write all that was taken."""
        facts.add(self.connection, self.facts)
        apply_changes(self.connection, self.edge_id, self.changes)
        ledger.add(self.connection, self.entries)
        edges.put_raw_ends(self.connection, self.edge_id, self.ranges.moved)
        opened, filled = self.ranges.opened, self.ranges.filled
        edges.put_raw_holes(self.connection, self.edge_id, opened, filled)
        for fact in self.forecasts:
            self._forecast(fact)

    def _forecast(self, fact: Fact) -> None:
        """What a fact says of when orders will be finished."""
        orders = fact.body["orders"]
        if fact.kind == FactKind.PLAN_RELEASED:
            forecasts.replace_with(self.connection, self.edge_id, fact.body["plan"], orders)
        else:
            forecasts.put_outlooks(self.connection, self.edge_id, orders)

    def _changes(self, fact: Fact) -> tuple[Change, ...]:
        if fact.kind == FactKind.CORRECTION:
            return self._corrected(fact)
        if fact.kind in FORECASTING:
            self.forecasts.append(fact)
        folded = fold(self.state, fact)
        self.state = folded.state
        return folded.changes

    def _corrected(self, fact: Fact) -> tuple[Change, ...]:
        seq = int(fact.body["corrects"])
        old = self.seen.get(seq) or self._stored(seq)
        if old is None:
            raise ValueError(f"it corrects seq {seq}, which is not a fact before it")
        earlier = corrections.of(self.connection, self.edge_id, seq)
        folded = folded_correction(self.state, fact, Corrected(old, earlier))
        self.state = folded.state
        corrections.add(self.connection, self.edge_id, seq, fact.seq, fact.body["changes"])
        return folded.changes

    def _stored(self, seq: int) -> Fact | None:
        data = facts.data(self.connection, self.edge_id, seq)
        return decode(data) if data is not None else None


def _row(arrival: Arrival, position: int, lines: list[ledger.Entry]) -> dict[str, Any]:
    fact = arrival.fact
    order, operation = ledger.order_of(fact.job_order_id)
    return {
        "edge_id": fact.edge_id,
        "epoch": fact.epoch,
        "seq": fact.seq,
        "position": position,
        "kind": str(fact.kind),
        "occurred_at": fact.occurred_at,
        "order_id": order or None,
        "operation": operation or None,
        "hash": arrival.hash,
        "effects": effects.effects_json(lines),
        "data": arrival.data,
    }


def _malformed(arrival: Arrival, error: Exception) -> Exception:
    what = f"{arrival.fact.kind}: {type(error).__name__} {error}"
    fault = Fault(
        f"fact {arrival.id}",
        str(dict(arrival.fact.body))[:200],
        what,
        "send a body as docs/contracts.md, section 1, describes it",
    )
    return invalid(f"fact {arrival.id} is malformed", "mend the edge that made it", [fault])
