"""A restore is settled: sync has said what it holds, and facts of meanwhile go behind it.

One transaction. The facts since the restore leave the chain, those that sync gives back take
their place, and behind them come the same facts again, less what was counted twice
(`edge.domain.rechaining`). None of them was ever forwarded, so nobody else knows them.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace

from edge.domain.chain import Settled
from edge.domain.facts import Fact, FactDraft, FactKind
from edge.domain.rechaining import (
    UNCONFIRMED,
    Counter,
    Rechained,
    counter_of,
    rechained,
)
from edge.domain.recording import Baseline
from edge.domain.references import named, renamed
from edge.storage import baselines, fact_rows, linking
from edge.storage.chain import Tail, append, load_tail
from edge.storage.rebuild import project
from edge.storage.settled_hours import where_good_ones_are
from edge.storage.tables.facts import NEVER_GO

OPEN = "SELECT seq, hash, epoch FROM recovery WHERE settled_at IS NULL ORDER BY seq, id LIMIT 1"
SETTLE = (
    "UPDATE recovery SET settled_at = ?, taken_back = ?, rechained = ?, held = ?, apart = ?"
    " WHERE settled_at IS NULL"
)
KNOWN = "SELECT equipment_id, tag, first_seq, last_seq FROM recovery_counter"
TOUCH = "INSERT OR IGNORE INTO recovery_counter VALUES (?, ?, ?, ?)"
BY_MESSAGE = "#sequence"  # beside the counters of a mailbox


def flagged(
    conn: sqlite3.Connection, drafts: Sequence[FactDraft], seq: int
) -> tuple[FactDraft, ...]:
    """Drafts that will stand behind `seq`, those marked that are the first reading of a counter
    since a restore: what they count may be known to sync already."""
    known = {(row[0], row[1]) for row in conn.execute(KNOWN)}
    first = {counter_of(one) for one in drafts} - known - {None}
    rows = [(*counter, seq + 1, seq + len(drafts)) for counter in first if counter]
    conn.executemany(TOUCH, rows)
    return tuple(_marked(one) if counter_of(one) in first else one for one in drafts)


def settle(
    conn: sqlite3.Connection, tail: Tail, *, epoch: int, facts: Sequence[bytes], now: int
) -> tuple[Tail, Settled]:
    """Take back `facts`, which follow where sync knows this store to end; go on in `epoch`.

    Raises ChainConflict if they do not follow; then nothing has changed.
    """
    base = conn.execute(OPEN).fetchone()
    if base is None and not facts and epoch <= tail.epoch:
        return tail, Settled()
    if base is None or base[0] >= tail.seq or not facts:
        tail, _ = linking.adopt(conn, tail, max(epoch, tail.epoch), facts)
        done = Settled(taken_back=len(facts))
    else:
        tail, done = _rechain(conn, base[0], epoch, facts)
    conn.execute(SETTLE, (now, done.taken_back, done.rechained, done.held, done.apart))
    conn.execute("DELETE FROM recovery_counter")
    return replace(load_tail(conn), unconfirmed=False), done


def _rechain(
    conn: sqlite3.Connection, base: int, epoch: int, facts: Sequence[bytes]
) -> tuple[Tail, Settled]:
    meanwhile = list(_behind(conn, base))
    stood = _baselines(conn)
    tail = _cut(conn, base)
    tail, _ = linking.adopt(conn, tail, epoch, facts)
    back = list(_behind(conn, base))
    first = {(row[0], row[1]): (row[2], row[3]) for row in conn.execute(KNOWN)}
    boxes = {one.equipment_id for one in stood.values() if one.tag.endswith(BY_MESSAGE)}
    again = rechained(back, meanwhile, first, lambda counter: counter[0] in boxes)
    tail, places = _put_behind(conn, tail, again)
    _stand(conn, stood, [*back, *_behind(conn, base + len(back))])
    _rename_requests(conn, base, places)
    done = Settled(
        taken_back=len(back), rechained=len(again.facts), held=again.held, apart=again.apart
    )
    return tail, done


def _behind(conn: sqlite3.Connection, seq: int) -> Iterator[Fact]:
    while rows := fact_rows.after(conn, seq, fact_rows.CHUNK):
        yield from (row.fact() for row in rows)
        seq = rows[-1].seq


def _cut(conn: sqlite3.Connection, base: int) -> Tail:
    """The chain as it was put back, and all that follows from it."""
    conn.execute("DROP TRIGGER facts_never_go")
    conn.execute("DELETE FROM facts WHERE seq > ?", (base,))
    conn.execute(NEVER_GO)
    project(conn, conn)
    return load_tail(conn)


def _put_behind(
    conn: sqlite3.Connection, tail: Tail, again: Rechained
) -> tuple[Tail, dict[int, int]]:
    """The facts behind the chain, and where each is now by the seq that it had."""
    places = dict(again.same)
    versions = dict(conn.execute("SELECT job_order_id, version FROM job_progress"))
    corrected = {seq for one in again.facts for seq in named(one.fact)}
    for one in again.facts:
        fact = _newer(renamed(one.fact, places), versions)
        # What a person has corrected stays one fact: the correction says how many it is.
        parts = (fact,) if one.was in corrected else where_good_ones_are(conn, fact)
        if one.was:
            places[one.was] = tail.seq + 1
        for part in parts:
            tail, _ = append(conn, tail, (_draft(part),), part.recorded_at)
    return tail, places


def _newer(fact: Fact, versions: dict[str, int | None]) -> Fact:
    """An event of a job order, at a version behind those that came back."""
    if fact.kind != FactKind.JOB_ORDER_EVENT or fact.job_order_id is None:
        return fact
    known = versions.get(fact.job_order_id) or 0
    version = max(int(fact.body["version"]), known + 1)
    versions[fact.job_order_id] = version
    return replace(fact, body={**fact.body, "version": version})


def _draft(fact: Fact) -> FactDraft:
    return FactDraft(
        kind=fact.kind,
        occurred_at=fact.occurred_at,
        equipment_id=fact.equipment_id,
        source=fact.source,
        job_order_id=fact.job_order_id,
        actor=fact.actor,
        body=fact.body,
    )


def _baselines(conn: sqlite3.Connection) -> dict[Counter, Baseline]:
    sql = "SELECT equipment_id, tag, counter_epoch, raw, at, rest, rest_of FROM baselines"
    rows = (Baseline(**dict(zip(COLUMNS, row, strict=True))) for row in conn.execute(sql))
    return {(one.equipment_id, one.tag): one for one in rows}


COLUMNS = ("equipment_id", "tag", "counter_epoch", "raw", "at", "rest", "rest_of")


def _stand(conn: sqlite3.Connection, stood: dict[Counter, Baseline], facts: list[Fact]) -> None:
    """Counters stand where the facts leave them; those who count see it, if that is elsewhere."""
    leave = {
        (one.equipment_id, one.tag): one for one in map(baselines.after, facts) if one is not None
    }
    for counter, left in leave.items():
        before = stood.get(counter)
        same = before is not None and replace(before, at=0) == replace(left, at=0)
        baselines.set_to(conn, before if before is not None and same else left)


def _rename_requests(conn: sqlite3.Connection, base: int, places: dict[int, int]) -> None:
    """An idempotency key answers with the seqs that its facts have now."""
    sql = "SELECT key, first_seq, last_seq FROM requests WHERE last_seq > ?"
    for key, first, last in conn.execute(sql, (base,)).fetchall():
        now = [new for was, new in places.items() if first <= was <= last]
        if now:
            conn.execute(
                "UPDATE requests SET first_seq = ?, last_seq = ? WHERE key = ?",
                (min(now), max(now), key),
            )


def _marked(draft: FactDraft) -> FactDraft:
    if draft.kind != FactKind.PRODUCTION_COUNT:
        return draft
    flags = [*draft.body.get("flags", ()), UNCONFIRMED]
    return replace(draft, body={**draft.body, "flags": flags})
