"""What is known of restores of this store, and where it stands with sync because of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from edge.domain.chain import ChainEnd
from edge.storage.rows import Rows


@dataclass(frozen=True, kw_only=True)
class Recovery:
    """A restore: `seq` is where the store ended then, `known_seq` how far the one before is known
    to have come, `lost_from` (us) when the last fact that is there was recorded, `at` when it
    was put back. `settled_at` (us) None while sync has not said what it holds; then
    `taken_back` facts came back, `rechained` facts of meanwhile were put behind them, and of
    `held` counters a reading waits for a person, and `apart` words of people spoke of counts that
    came back as others: each is an audit `word_apart`. `snapshot`, `set_aside`: names, "" for none.
    """

    id: int
    at: int
    reason: str
    snapshot: str
    set_aside: str
    epoch: int
    seq: int
    hash: str
    salvaged: int
    known_seq: int
    lost_from: int
    settled_at: int | None
    taken_back: int
    rechained: int
    held: int
    apart: int


class RecoveryReader:
    """Reads of the recovery room; may be called from any thread."""

    def __init__(self, rows: Rows, chain_end: Callable[[], ChainEnd]) -> None:
        self._rows, self._chain_end = rows, chain_end

    def all(self) -> Sequence[Recovery]:
        """Every restore, oldest first."""
        return self._rows.records(Recovery, "FROM recovery ORDER BY id")

    def open(self) -> Sequence[Recovery]:
        """Those that are not settled."""
        return self._rows.records(Recovery, "FROM recovery WHERE settled_at IS NULL ORDER BY id")

    def standing(self) -> ChainEnd:
        """The end of the chain as sync may know it: what was recorded since a restore that is not
        settled is this store's own."""
        sql = (
            "SELECT store_id, recovery.epoch, seq, hash FROM recovery, meta"
            " WHERE settled_at IS NULL ORDER BY seq, recovery.id LIMIT 1"
        )
        if rows := self._rows.query(sql):
            store_id, epoch, seq, hash_ = rows[0]
            return ChainEnd(store_id=store_id, epoch=epoch, seq=seq, hash=hash_)
        return self._chain_end()

    def unconfirmed(self) -> int:
        """How many facts wait for sync's word before they are forwarded."""
        if not self.open():
            return 0
        return self._chain_end().seq - self.standing().seq
