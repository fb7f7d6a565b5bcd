"""The chain of facts as it lies in the store, and what the link keeps of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class ChainConflict(Exception):
    """Facts or an acknowledgement that do not fit this store's chain: stop, show it to people."""


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


@dataclass(frozen=True, kw_only=True)
class Settled:
    """What came of a restore: facts that sync gave back, facts of meanwhile that stand behind them
    now, counters of which a reading waits for a person, and words of people that do not fit."""

    taken_back: int = 0
    rechained: int = 0
    held: int = 0
    apart: int = 0


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
