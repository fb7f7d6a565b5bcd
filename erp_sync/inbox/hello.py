"""What an edge is told when it starts: go on, restore, or stop because it forked."""

from dataclasses import dataclass, replace

from sqlalchemy import Connection

from erp_sync.errors import Alarm
from erp_sync.storage import edges, facts
from erp_sync.storage.edges import EdgeRow


@dataclass(frozen=True, kw_only=True)
class Hello:
    """What the edge says: the end of its chain, and how far sync had acknowledged it."""

    store_id: str
    epoch: int
    last_seq: int
    last_hash: str
    acknowledged_seq: int
    version: str


@dataclass(frozen=True, kw_only=True)
class Welcome:
    """The epoch to go on in, and how far the facts are committed here."""

    epoch: int
    acknowledged_seq: int
    acknowledged_hash: str
    action: str  # continue or restore


def put_back(connection: Connection, edge_id: str, hello: Hello) -> bool:
    """Whether this store was put back: the edge was told that more was committed here.

    What consumers said meanwhile is lost with the facts, so they must read the feed anew.
    """
    return hello.acknowledged_seq > edges.get(connection, edge_id).last_seq


def welcome(connection: Connection, edge_id: str, hello: Hello, now: int) -> Welcome:
    """Judge a hello and keep what it says; raises Alarm (409 `fork`)."""
    row = edges.get(connection, edge_id)
    _refuse_fork(row, hello, _hash_at(connection, row, hello.last_seq))
    behind = hello.last_seq < row.last_seq
    row = replace(
        row,
        store_id=hello.store_id,
        # A new epoch for each restore: what an older restore may have made is another's.
        epoch=max(row.epoch, hello.epoch) + (1 if behind else 0),
        said_seq=max(hello.last_seq, row.last_seq),
        heard_at=now,
        version=hello.version,
    )
    edges.put(connection, row)
    return Welcome(
        epoch=row.epoch,
        acknowledged_seq=row.last_seq,
        acknowledged_hash=row.last_hash,
        action="restore" if behind else "continue",
    )


def _hash_at(connection: Connection, row: EdgeRow, seq: int) -> str | None:
    """Hash of the fact at a seq; "" before the first, None beyond the last."""
    if seq == 0:
        return ""
    known = facts.kept(connection, row.edge_id, seq, seq).get(seq)
    return known.hash if known else None


def _refuse_fork(row: EdgeRow, hello: Hello, known: str | None) -> None:
    if known is not None and known != hello.last_hash:
        raise _fork(
            hello,
            known,
            f"at seq {hello.last_seq} the edge has hash {hello.last_hash!r}, here it is {known!r}",
        )
    # A store of an older epoch that went on past the end known here did so after
    # another one was restored in its place.
    if hello.epoch < row.epoch and hello.last_seq > row.last_seq:
        raise _fork(
            hello,
            row.last_hash,
            f"the edge is in epoch {hello.epoch} with seq {hello.last_seq}, but its store was "
            f"restored at seq {row.last_seq} and is in epoch {row.epoch}",
        )


def _fork(hello: Hello, known: str, detail: str) -> Alarm:
    return Alarm(
        409,
        "fork",
        "The edge's store is not the one known here",
        detail,
        "stop the edge; put back its own store, or start with an empty one to have it restored",
        members={"seq": hello.last_seq, "offered": hello.last_hash, "known": known},
    )
