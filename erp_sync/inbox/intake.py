"""Facts come in: checked, once each, with all that they do, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from erp_sync.errors import conflict
from erp_sync.inbox import chain, groups
from erp_sync.inbox.batch import Batch
from erp_sync.inbox.chain import Arrival
from erp_sync.storage import edges, facts, sequences
from erp_sync.storage.edges import EdgeRow


@dataclass(frozen=True, kw_only=True)
class Taken:
    """How far an edge's facts are committed now, and what the batch brought."""

    epoch: int
    acknowledged_seq: int
    hash: str
    new: int
    duplicates: int


def take_in(
    connection: Connection,
    edge_id: str,
    epoch: int,
    arrivals: Sequence[Arrival],
    watermark: int | None,
    zone: ZoneInfo,
    now: int,
) -> Taken:
    """Take in a batch, in the caller's transaction.

    Raises Problem or Alarm, and then nothing of the batch may be committed.
    """
    row = _row(edges.get(connection, edge_id), epoch)
    new = chain.new_ones(row, arrivals, _kept(connection, row, arrivals))
    tip = _write(connection, edge_id, new, zone)
    row = _advanced(row, new, watermark, now)
    edges.put(connection, row)
    if row.watermark is not None:
        groups.emit(connection, edge_id, row.watermark, tip)
    return Taken(
        epoch=row.epoch,
        acknowledged_seq=row.last_seq,
        hash=row.last_hash,
        new=len(new),
        duplicates=len(arrivals) - len(new),
    )


def _row(row: EdgeRow, epoch: int) -> EdgeRow:
    if row.epoch == 0:  # its first word: epoch 1 needs no hello
        return replace(row, epoch=epoch)
    if epoch != row.epoch:
        raise conflict(
            "wrong-epoch",
            "The epoch is not this edge's",
            f"the batch says epoch {epoch}; the edge is in epoch {row.epoch}",
            "say hello and go on in the epoch that it answers",
            epoch=row.epoch,
        )
    return row


def _kept(
    connection: Connection, row: EdgeRow, arrivals: Sequence[Arrival]
) -> dict[int, facts.Kept]:
    seqs = [one.fact.seq for one in arrivals if one.fact.seq <= row.last_seq]
    return facts.kept(connection, row.edge_id, min(seqs), max(seqs)) if seqs else {}


def _write(connection: Connection, edge_id: str, new: Sequence[Arrival], zone: ZoneInfo) -> int:
    """Write new facts with what they do; the feed's tip after them."""
    if not new:
        return sequences.tip(connection, sequences.FEED)
    batch = Batch.begin(
        connection, edge_id, sequences.take(connection, sequences.FEED, len(new)), zone
    )
    for arrival in new:
        batch.take(arrival)
    batch.write()
    groups.add(connection, batch.entries, zone)
    return batch.position - 1


def _advanced(row: EdgeRow, new: Sequence[Arrival], watermark: int | None, now: int) -> EdgeRow:
    marks = [mark for mark in (row.watermark, watermark) if mark is not None]
    row = replace(row, heard_at=now, watermark=max(marks, default=None))
    if not new:
        return row
    last = new[-1]
    seq = last.fact.seq
    return replace(row, last_seq=seq, last_hash=last.hash, said_seq=max(row.said_seq, seq))
