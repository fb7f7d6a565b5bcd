"""The chain of an edge's facts: no gap, no fork, every fact once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from edge.domain.facts import Fact, decode, sha256
from edge.domain.faults import Fault
from erp_sync.errors import Alarm, Problem, conflict, invalid
from erp_sync.storage.edges import EdgeRow
from erp_sync.storage.facts import Kept


@dataclass(frozen=True)
class Arrival:
    """A fact as it came: its bytes are what is stored and hashed."""

    fact: Fact
    data: bytes
    hash: str

    @property
    def id(self) -> str:
        """`edge/epoch/seq`, the item id of the feed."""
        return f"{self.fact.edge_id}/{self.fact.epoch}/{self.fact.seq}"


def read(edge_id: str, raws: Sequence[bytes]) -> list[Arrival]:
    """The facts of a batch; raises Problem (422) that names every one that is none."""
    arrivals, faults = [], []
    for index, raw in enumerate(raws):
        try:
            fact = decode(raw)
            _refuse_wrong_types(fact, edge_id)
        except ValueError as error:
            value = raw[:60].decode(errors="replace")
            mend = "send the bytes of a fact as docs/contracts.md, section 1, describes it"
            faults.append(Fault(f"facts[{index}]", value, str(error), mend))
        else:
            arrivals.append(Arrival(fact, raw, sha256(raw)))
    if faults:
        raise invalid(f"{len(faults)} of {len(raws)} are no facts", "mend what is named", faults)
    return arrivals


def new_ones(row: EdgeRow, arrivals: Sequence[Arrival], kept: Mapping[int, Kept]) -> list[Arrival]:
    """What of a batch is not held yet, checked to continue the chain of `row`.

    `kept` holds the facts from the batch's first seq on. Raises Problem: 409 `gap`
    with `expected_seq`, Alarm `key-conflict` (the same key with another hash) or
    `chain-broken` (prev_hash is not the hash before it).
    """
    new: list[Arrival] = []
    last_seq, last_hash, last_epoch = row.last_seq, row.last_hash, 0
    for arrival in arrivals:
        fact = arrival.fact
        if fact.seq <= row.last_seq:
            _refuse_other(arrival, kept.get(fact.seq))
            continue
        if fact.seq != last_seq + 1:
            raise _gap(row, fact.seq)
        if fact.prev_hash != last_hash:
            raise _broken(arrival, last_hash)
        if not last_epoch <= fact.epoch <= row.epoch:
            raise _wrong_epoch(arrival, row.epoch)
        new.append(arrival)
        last_seq, last_hash, last_epoch = fact.seq, arrival.hash, fact.epoch
    return new


def _refuse_wrong_types(fact: Fact, edge_id: str) -> None:
    for name in ("epoch", "seq", "occurred_at", "recorded_at"):
        value = getattr(fact, name)
        if type(value) is not int or value < 0:
            raise ValueError(f"{name} is {value!r}, not a whole number of 0 or more")
    for name in ("equipment_id", "prev_hash"):
        if not isinstance(getattr(fact, name), str):
            raise ValueError(f"{name} is not a text")
    if not isinstance(fact.job_order_id, str | None) or not isinstance(fact.body, dict):
        raise ValueError("job_order_id must be a text or null and body an object")
    if fact.edge_id != edge_id:
        raise ValueError(f"it is a fact of edge {fact.edge_id!r}, sent as {edge_id!r}")


def _refuse_other(arrival: Arrival, known: Kept | None) -> None:
    if known is not None and (known.epoch, known.hash) == (arrival.fact.epoch, arrival.hash):
        return
    known_as = f"{known.epoch}, {known.hash}" if known else "nothing"
    raise Alarm(
        409,
        "key-conflict",
        "This key belongs to another fact",
        f"fact {arrival.id} has hash {arrival.hash}, but at this seq is held (epoch, hash) "
        f"{known_as}",
        "two stores write as this edge, or one was rewritten: stop the edge and compare them",
        members={"seq": arrival.fact.seq, "offered": arrival.hash, "known": known_as},
    )


def _gap(row: EdgeRow, seq: int) -> Problem:
    return conflict(
        "gap",
        "Facts are missing",
        f"seq {seq} came, but {row.last_seq + 1} is next",
        "send the facts from expected_seq on",
        expected_seq=row.last_seq + 1,
    )


def _broken(arrival: Arrival, last_hash: str) -> Alarm:
    return Alarm(
        409,
        "chain-broken",
        "The chain does not go on here",
        f"fact {arrival.id} follows {arrival.fact.prev_hash!r}, but the fact before it has "
        f"hash {last_hash!r}",
        "the edge's store was changed or is another one: say hello, then compare the stores",
        members={
            "seq": arrival.fact.seq,
            "offered": arrival.hash,
            "known": last_hash,
        },
    )


def _wrong_epoch(arrival: Arrival, epoch: int) -> Problem:
    return conflict(
        "wrong-epoch",
        "The epoch is not this edge's",
        f"fact {arrival.id} is of epoch {arrival.fact.epoch}; the edge is in epoch {epoch}",
        "say hello and go on in the epoch that it answers",
        epoch=epoch,
    )
