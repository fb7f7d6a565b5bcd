"""What the rooms ask of the store, and nothing of how it is done.

All that must become true together goes into one `Recording` and is committed in
one transaction, or not at all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Protocol

from edge.domain.corrections import Corrected
from edge.domain.facts import Fact, FactDraft
from edge.domain.orders import HourInstruction

if TYPE_CHECKING:
    from edge.domain.stops import StopBook


class BaselineConflict(Exception):
    """A counter's baseline is not what the writer took it for: read it again, count anew."""


class VersionConflict(Exception):
    """A job order has changed since its caller looked: look again."""


class StateConflict(VersionConflict):
    """A work center's state has changed since its caller looked: look again."""


class RequestConflict(Exception):
    """An idempotency key came back with another request: use a new key."""


class ChainConflict(Exception):
    """Facts or an acknowledgement that do not fit this store's chain: stop, show it to people."""


class StoreUnavailable(Exception):
    """The store cannot take facts now (full disk, closing): keep what you have and try again."""


class FactsLacking(StoreUnavailable):
    """Old facts cannot be read, because their archive file is missing or damaged: the text names
    it. Recording and counting go on; what needs those facts waits until it is put back."""


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """Where a counter stood when it was last counted: raw value, edge time (us).

    `rest` is the part of the next piece that its steps have made ("1/2"; empty for none), where
    a step is no whole piece, and `rest_of` the job order whose piece it is.
    """

    equipment_id: str
    tag: str
    counter_epoch: int
    raw: int
    at: int
    rest: str = ""
    rest_of: str = ""


@dataclass(frozen=True, kw_only=True)
class BaselineMove:
    """Compare and set of a baseline; `expected` None says there is none yet."""

    expected: Baseline | None
    new: Baseline


@dataclass(frozen=True, kw_only=True)
class ExpectedVersion:
    """The version of a job order that the recording rests on."""

    job_order_id: str
    version: int


@dataclass(frozen=True, kw_only=True)
class ExpectedState:
    """The fact that opened the state a work center is in, on which the recording rests."""

    equipment_id: str
    opened: int | None


@dataclass(frozen=True, kw_only=True)
class Request:
    """A caller's idempotency key and the fingerprint of what was asked with it."""

    key: str
    fingerprint: str


@dataclass(frozen=True, kw_only=True)
class Document:
    """A document from the downlink, by kind, id and revision; `content` as it came."""

    position: int
    kind: str
    id: str
    revision: str
    sha256: str
    content: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class ReleasedPlan:
    """An immutable plan version with the instructions that it brings into force.

    Instructions before `valid_from` (us, an hour's start) stay as they were.
    """

    version: int
    input_hash: str
    valid_from: int
    schedule: Mapping[str, Any]
    instructions: tuple[HourInstruction, ...]


@dataclass(frozen=True, kw_only=True)
class Recording:
    """What becomes true in one transaction."""

    drafts: tuple[FactDraft, ...] = ()
    baselines: tuple[BaselineMove, ...] = ()
    versions: tuple[ExpectedVersion, ...] = ()
    states: tuple[ExpectedState, ...] = ()
    documents: tuple[Document, ...] = ()
    plan: ReleasedPlan | None = None
    request: Request | None = None


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What was committed: the facts, or the seqs of the first time for a repeated request."""

    first_seq: int
    last_seq: int
    facts: tuple[Fact, ...] = ()
    repeated: bool = False


class FactWriter(Protocol):
    """The one way to change anything that lasts."""

    async def record(self, recording: Recording) -> Recorded:
        """Commit `recording`; return after the commit.

        Raises BaselineConflict, VersionConflict or RequestConflict (nothing is
        written), StoreUnavailable if the store cannot take it now.
        """
        ...


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
class StateInterval:
    """A state of a work center; `end` None while it lasts."""

    equipment_id: str
    opened: int
    start: int
    end: int | None
    state: int | None
    mode: int | None
    fault: int | None
    time_class: str
    job_order_id: str
    shift: str
    production_day: str


@dataclass(frozen=True, kw_only=True)
class Stop:
    """A delay of a work center; `id` is the seq of the fact that opened it.

    `reason`, `note`, `class_` and `planned` are what people said (of its first part, where it
    was split); `cause` with its class what the fault's table said when it was recorded. A stop
    of at most `micro_us` is counted as production, where the plant has set that. `said` is how
    often people have said something of it: its version.
    """

    equipment_id: str
    id: int
    start: int
    end: int | None
    fault: int | None
    job_order_id: str
    reason: str
    note: str
    class_: str = ""
    planned: int = 0
    cause: str = ""
    cause_class: str = ""
    cause_planned: int = 0
    micro_us: int | None = None
    said: int = 0


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


@dataclass(frozen=True, kw_only=True)
class StoredFact:
    """A fact as it lies in the store: its canonical bytes and their hash."""

    epoch: int
    seq: int
    kind: str
    occurred_at: int
    data: bytes
    hash: str


@dataclass(frozen=True, kw_only=True)
class ChainEnd:
    """Where the chain of facts ends; seq 0 and an empty hash in a new store."""

    store_id: str
    epoch: int
    seq: int
    hash: str


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
    def stop_book(self, equipment_id: str, start: int, end: int) -> "StopBook":
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


@dataclass(frozen=True, kw_only=True)
class Settled:
    """What came of a restore: facts that sync gave back, facts of meanwhile that stand behind them
    now, and counters of which a reading waits for a person."""

    taken_back: int = 0
    rechained: int = 0
    held: int = 0


class LinkStore(Protocol):
    """What the link keeps: how far the facts are acknowledged, and restores."""

    def acknowledged(self) -> tuple[int, str]:
        """Seq and hash of the last fact that sync has committed (0, "" for none)."""
        ...

    async def acknowledge(self, seq: int, hash_: str) -> None:
        """Keep how far sync has come; raises ChainConflict if it holds another fact there."""
        ...

    async def adopt(self, epoch: int, facts: Sequence[bytes]) -> None:
        """Take back facts that this store lacks (canonical bytes, in order); go on in `epoch`.

        All or nothing; raises ChainConflict if they do not follow the end of the chain.
        """
        ...

    def standing(self) -> ChainEnd:
        """The end of the chain as sync may know it: after a restore, where the store was put back,
        until it is settled. What was recorded since is not forwarded."""
        ...

    async def settle(self, epoch: int, facts: Sequence[bytes]) -> Settled:
        """Take back the facts that sync holds behind `standing` (none: it holds no more), put what
        was recorded meanwhile behind them, and go on in `epoch`.

        All or nothing; raises ChainConflict if they do not follow.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class JobContext:
    """What a count or a state of a work center belongs to.

    `pieces_per_stroke`: what its tool makes at once, None where its definition names no tool;
    `also` what the same strokes make beside it; `others` the jobs that are on in parallel;
    `tool` its id; `setup_pieces` what its product's pieces of set-up count as (empty: as the
    work center says).
    """

    job_order_id: str
    number: int
    run_time_per_item: str
    phase: str
    interrupted: bool = False
    pieces_per_stroke: Fraction | None = None
    also: tuple["Beside", ...] = ()
    others: tuple[str, ...] = ()
    tool: str = ""
    setup_pieces: str = ""


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What a tool makes beside its job's product, by its side of the tool; `job` None: there
    is no job order of that product."""

    side: str
    pieces_per_stroke: Fraction
    job: JobContext | None = None


class JobBook(Protocol):
    """Which job a work center is on; kept by execution, asked by collection."""

    def running(self, work_center: str) -> JobContext | None:
        """The job that was started here and has not ended."""
        ...

    def by_number(self, work_center: str, number: int) -> JobContext | None:
        """The job that a machine names by its order number, whatever its state."""
        ...


@dataclass(frozen=True, kw_only=True)
class Observation:
    """What a machine showed in one snapshot, after its counts were committed.

    `at` is edge time (us), `polled` the monotonic second. Fields are None where
    the machine has no such tag or its value is not good. `raws` are the counters'
    raw values by tag; `target` is the good pieces that the machine was last told to make,
    `limit` all pieces (0 for any number).
    """

    work_center: str
    at: int
    polled: float
    state: int | None
    mode: int | None
    fault: int | None
    order: int | None
    recipe: int | None
    command: int | None
    raws: Mapping[str, int]
    target: int | None = None
    limit: int | None = None


class EquipmentUnreachable(Exception):
    """The machine cannot be reached or refuses now: tell the caller, try again later."""


class WriteRefused(EquipmentUnreachable):
    """The machine is not written to now: `reasons` says why by tag; show it, or try again later."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        self.reasons = dict(reasons)
        super().__init__("; ".join(f"{tag} {why}" for tag, why in reasons.items()))


@dataclass(frozen=True, kw_only=True)
class Written:
    """A value that was written: the seq of its audit fact, and what was read back.

    `read_back` is as in the fact, decimals as texts; `confirmed` whether it is what was
    written, None if it was not read back.
    """

    seq: int
    read_back: int | bool | str | None
    confirmed: bool | None


class Equipment(Protocol):
    """The machines, as execution sees them."""

    def observation(self, work_center: str) -> Observation | None:
        """The last snapshot; None while the machine is silent."""
        ...

    async def force_reading(self, work_center: str) -> Observation:
        """Read now and commit what was counted; raises EquipmentUnreachable."""
        ...

    async def write(self, work_center: str, values: Mapping[str, int], *, actor: str) -> None:
        """Write by role, in the order given, read back and audited.

        Raises EquipmentUnreachable (WriteRefused where limits, the state or the mode forbid it),
        or PermissionError where writing is off.
        """
        ...

    async def reclassify(self, work_center: str) -> None:
        """Judge the time class anew, because the job has changed."""
        ...
