"""What becomes true in the store, and nothing of how it is done.

All that must become true together goes into one `Recording` and is committed in
one transaction, or not at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from edge.domain.facts import Fact, FactDraft
from edge.domain.orders import HourInstruction
from edge.domain.sentences import Told


class BaselineConflict(Exception):
    """A counter's baseline is not what the writer took it for: read it again, count anew."""


class VersionConflict(Told):
    """A job order has changed since its caller looked: look again."""


class StateConflict(VersionConflict):
    """A work center's state has changed since its caller looked: look again."""


class RequestConflict(Told):
    """An idempotency key came back with another request: use a new key."""


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

    Instructions before `valid_from` (us, an hour's start) stay as they were, but those of the
    work centers in `unfrozen` from the moment on that stands there. `keep` so many versions stay
    whole in the store, this one among them; 0: all.
    """

    version: int
    input_hash: str
    valid_from: int
    schedule: Mapping[str, Any]
    instructions: tuple[HourInstruction, ...]
    unfrozen: Mapping[str, int] = field(default_factory=dict)
    keep: int = 0


@dataclass(frozen=True, kw_only=True)
class ProposedPlan:
    """What a proposal says, whole, beside the fact that it was made."""

    proposal: int
    schedule: Mapping[str, Any]
    instructions: tuple[HourInstruction, ...]


@dataclass(frozen=True, kw_only=True)
class Recording:
    """What becomes true in one transaction. `decides` is a proposal that must be open till then."""

    drafts: tuple[FactDraft, ...] = ()
    baselines: tuple[BaselineMove, ...] = ()
    versions: tuple[ExpectedVersion, ...] = ()
    states: tuple[ExpectedState, ...] = ()
    documents: tuple[Document, ...] = ()
    plan: ReleasedPlan | None = None
    proposed: ProposedPlan | None = None
    decides: int | None = None
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
