"""What was made, as execution and the API read it from the store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from edge.domain.chain import ChainEnd, StoredFact
from edge.domain.corrections import Corrected
from edge.domain.orders import HourInstruction
from edge.domain.recording import Baseline, Document, ReleasedPlan
from edge.domain.states import StateInterval, Stop
from edge.domain.stops import StopBook

ShiftHour = tuple[int, str, str]
"""An hour (us, its start), shift and production day, both empty outside any shift."""
Reasons = Mapping[ShiftHour, Mapping[tuple[str, str], int]]
"""Pieces that have a reason, by hour, and by reason and place (empty where none was said)."""


@dataclass(frozen=True, kw_only=True)
class HourQuantity:
    """A row of the hour buckets; `job_order_id` empty for pieces without an order."""

    equipment_id: str
    hour: int
    job_order_id: str
    run_time_per_item: str
    shift: str
    production_day: str
    good: int
    scrap: int
    rework: int


@dataclass(frozen=True, kw_only=True)
class JobProgress:
    """A row of job progress: the fold's columns as they stand."""

    job_order_id: str
    order_id: str
    operation: int
    product: str
    revision: str
    number: int
    work_center: str
    quantity: int
    state: str
    version: int
    phase: str
    good: int
    scrap: int
    rework: int
    started_at: int | None
    ended_at: int | None


@dataclass(frozen=True, kw_only=True)
class HeldReading:
    """A counter's reading that was not believed; `id` is the seq of its quarantine fact.

    The steps between `raw_from` and `raw_to` were made from `from_` to `to` (us). `limit` is
    the most that the machine can have counted meanwhile; None in facts of older versions,
    as `from_` and `to`. `role` is what its pieces were to be told as when it was read; None in
    facts of older versions. `modulus` None for a counter that does not wrap, `pieces_per_pulse`
    (a fraction) None where a step is a piece. `decided` is the
    seq of the fact by which a person has decided, None while the quarantine is open; what
    follows it is the decision as it now stands.
    """

    equipment_id: str
    id: int
    at: int
    tag: str
    counter_epoch: int
    raw_from: int
    raw_to: int
    reason: str
    role: str | None
    from_: int | None
    to: int | None
    modulus: int | None
    limit: int | None
    pieces_per_pulse: str | None
    decided: int | None
    decided_at: int | None
    actor: str | None
    quantity: int | None
    job_order_id: str | None
    note: str | None


class ProductionReader(Protocol):
    """What execution and the API read; each call is one short read transaction."""

    def chain_end(self) -> ChainEnd: ...
    def facts_after(self, seq: int, limit: int) -> Sequence[StoredFact]: ...
    def baselines(self) -> Sequence[Baseline]: ...
    def jobs(self) -> Sequence[JobProgress]: ...
    def job(self, job_order_id: str) -> JobProgress | None: ...
    def hour_quantities(self, equipment_id: str, start: int, end: int) -> Sequence[HourQuantity]:
        """Buckets whose hour starts in [start, end)."""
        ...

    def state_intervals(self, equipment_id: str, start: int, end: int) -> Sequence[StateInterval]:
        """Intervals that touch [start, end), in order."""
        ...

    def stops(self, equipment_id: str, start: int, end: int) -> Sequence[Stop]:
        """Stops that touch [start, end), in order."""
        ...

    def stop(self, id_: int) -> Stop | None: ...
    def stop_book(self, equipment_id: str, start: int, end: int) -> StopBook:
        """Stops and planned stops that touch [start, end), in order, with all their parts."""
        ...

    def held_readings(
        self, equipment_id: str | None = None, *, open_: bool | None = None
    ) -> Sequence[HeldReading]:
        """Quarantines of a work center (None: of all), oldest first; `open_` None: all."""
        ...

    def held_reading(self, id_: int) -> HeldReading | None: ...
    def corrected(self, seq: int) -> Corrected | None:
        """A fact with its corrections so far; None if there is no such fact."""
        ...

    def order_stock(self) -> Mapping[tuple[str, str], int]:
        """By order and product, pieces that are there by promises that it has taken over."""
        ...

    def documents(self, kind: str) -> Sequence[Document]:
        """All documents of a kind, by position; the last of an id is in force."""
        ...

    def downlink_position(self) -> int: ...
    def downlink_end(self) -> tuple[int, str]:
        """Position and sha256 of the last document (0, "" for none)."""
        ...

    def plan(self) -> ReleasedPlan | None:
        """The plan version in force (its own instructions)."""
        ...

    def instructions(self, work_center: str, start: int, end: int) -> Sequence[HourInstruction]:
        """Instructions in force for hours in [start, end), whichever version brought them."""
        ...

    def acknowledged_instructions(
        self, work_center: str, start: int, end: int
    ) -> Sequence[tuple[int, int]]:
        """(plan, hour) pairs that the floor has acknowledged."""
        ...

    def answered(self, key: str) -> tuple[str, int, int] | None:
        """Fingerprint, first and last seq of a request that was committed before."""
        ...
