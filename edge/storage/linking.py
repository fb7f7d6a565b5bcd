"""What the link keeps in the store: acknowledgements, and facts that are taken back."""

import sqlite3
from collections.abc import Sequence
from dataclasses import replace

from edge.domain.chain import ChainConflict
from edge.domain.facts import Fact, decode, sha256
from edge.storage import baselines, fact_rows
from edge.storage.chain import Tail, store
from edge.storage.packing import pack_checked


def acknowledge(conn: sqlite3.Connection, tail: Tail, seq: int, hash_: str) -> tuple[Tail, None]:
    """Keep how far sync has come; raises ChainConflict if it holds another fact there."""
    own = fact_rows.hash_at(conn, seq) if seq else ""
    if own != hash_:
        raise ChainConflict(
            f"sync acknowledged seq {seq} with hash {hash_!r}; here it is {own!r}:"
            " the two have gone different ways"
        )
    conn.execute("UPDATE link SET acknowledged_seq = ?, acknowledged_hash = ?", (seq, hash_))
    return tail, None


def adopt(
    conn: sqlite3.Connection, tail: Tail, epoch: int, facts: Sequence[bytes]
) -> tuple[Tail, None]:
    """Take facts back behind `tail`, bytes unchanged, with their effects; go on in `epoch`.

    They may come in several pages: what must not go back is the epoch of the facts.
    """
    taken: list[tuple[Fact, bytes, str]] = []
    last = fact_rows.one(conn, tail.seq)
    seq, prev_hash, past = tail.seq, tail.hash, last.fact().epoch if last else 1
    for data in facts:
        fact = _follows(data, tail.edge_id, seq, prev_hash, past)
        packed = pack_checked(data, fact.seq, bytes.fromhex(prev_hash))
        seq, prev_hash, past = fact.seq, sha256(data), fact.epoch
        taken.append((fact, packed, prev_hash))
    if epoch < max(past, tail.epoch):
        raise ChainConflict(f"epoch {epoch} is older than {max(past, tail.epoch)}, the present one")
    end = store(conn, tail, taken)
    for fact, _, _ in taken:
        if baseline := baselines.after(fact):
            baselines.set_to(conn, baseline)
    conn.execute("UPDATE meta SET epoch = ?", (epoch,))
    return replace(end, epoch=epoch), None


def _follows(data: bytes, edge_id: str, seq: int, prev_hash: str, epoch: int) -> Fact:
    try:
        fact = decode(data)
    except ValueError as error:
        raise ChainConflict(f"after seq {seq}: {error}") from error
    wrong = {
        "edge_id": fact.edge_id != edge_id,
        "seq": fact.seq != seq + 1,
        "prev_hash": fact.prev_hash != prev_hash,
        "epoch": fact.epoch < epoch,
    }
    for name, is_wrong in wrong.items():
        if is_wrong:
            raise ChainConflict(
                f"a fact to take back does not follow seq {seq} of edge {edge_id!r}:"
                f" its {name} is {getattr(fact, name)!r}"
            )
    return fact
