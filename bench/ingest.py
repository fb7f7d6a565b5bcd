"""Facts into the store, beside a bare executemany of the same rows.

The bare side gets rows that are ready: bytes, hashes and the projections' upserts are
taken from what the store has just written. It inserts them with executemany into the
same schema and indexes, with as many facts in a transaction and the same durability
(WAL, synchronous FULL). The store's side makes drafts into facts, encodes, hashes and
folds them, compares baselines, and answers each of its callers through the event loop.
"""

import asyncio
import sqlite3
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from bench.ratio import Ratio, rate
from edge.domain.clock import SystemClock
from edge.domain.facts import FactDraft, FactKind, Source
from edge.domain.ports import Baseline, BaselineMove, Recording
from edge.storage.chain import INSERT_FACT
from edge.storage.connections import open_writer
from edge.storage.schema import prepare
from edge.storage.store import Store

CLOCK = SystemClock()
FACTS = 20_000
ROUNDS = 5
BULK = 500  # facts of one recording, as the link or a backlog brings them
HOUR = 3_600_000_000
WORK_CENTERS = 50

UPSERT_BUCKET = (
    "INSERT INTO hour_bucket (equipment_id, hour, job_order_id, run_time_per_item, shift,"
    " production_day, good) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE"
    " SET good = good + excluded.good"
)
UPSERT_JOB = (
    "INSERT INTO job_progress (job_order_id, good) VALUES (?, ?)"
    " ON CONFLICT DO UPDATE SET good = good + excluded.good"
)
SET_BASELINE = (
    "INSERT INTO baselines (equipment_id, tag, counter_epoch, raw, at) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT DO UPDATE SET raw = excluded.raw, at = excluded.at"
)


def counts() -> Sequence[tuple[FactDraft, BaselineMove]]:
    """Counts of 50 work centers in turn, each with the move of its baseline."""
    made, raws = [], dict[str, Baseline]()
    for step in range(FACTS):
        work_center = f"L{step % WORK_CENTERS}"
        was, at = raws.get(work_center), step * 1_000_000
        raw = was.raw if was else 0
        body = {
            "role": "good",
            "quantity": 3,
            "tag": "good",
            "counter_epoch": 1,
            "raw_from": raw,
            "raw_to": raw + 3,
            "from": at - 1_000_000,
            "to": at,
            "hour": at - at % HOUR,
            "flags": [],
            "run_time_per_item": "2.5",
            "calendar": {
                "id": "two_shift",
                "revision": 1,
                "shift": "early",
                "production_day": "2026-06-08",
            },
        }
        draft = FactDraft(
            kind=FactKind.PRODUCTION_COUNT,
            occurred_at=at,
            equipment_id=work_center,
            job_order_id=f"WO{1000 + step % WORK_CENTERS}.10",
            source=Source.PLC,
            body=body,
        )
        now = Baseline(equipment_id=work_center, tag="good", counter_epoch=1, raw=raw + 3, at=at)
        made.append((draft, BaselineMove(expected=was, new=now)))
        raws[work_center] = now
    return made


def recordings(size: int) -> list[Recording]:
    """The counts, `size` of them a recording."""
    made = counts()
    return [
        Recording(
            drafts=tuple(draft for draft, _ in made[start : start + size]),
            baselines=tuple(move for _, move in made[start : start + size]),
        )
        for start in range(0, FACTS, size)
    ]


def stored(folder: Path, batch: Sequence[Recording]) -> float:
    """Facts a second through the store, all recordings at once."""
    paths = [folder / f"store{number}.db" for number in range(ROUNDS)]

    async def all_at_once(store: Store) -> None:
        await asyncio.gather(*map(store.record, batch))

    def into(path: Path) -> None:
        with Store.open(path, "e1", CLOCK) as store:
            asyncio.run(all_at_once(store))

    return rate(FACTS, [lambda path=path: into(path) for path in paths], CLOCK)  # type: ignore[misc]


def bare(folder: Path, name: str, size: int, rows: Sequence[tuple[Any, ...]]) -> float:
    """Facts a second by executemany of the same rows, `size` facts a transaction."""
    made = counts()

    def into(path: Path) -> None:
        conn = open_writer(path)
        prepare(conn, edge_id="e1", store_id="s")
        for start in range(0, FACTS, size):
            part = made[start : start + size]
            conn.execute("BEGIN IMMEDIATE")
            conn.executemany(INSERT_FACT, rows[start : start + size])
            conn.executemany(UPSERT_BUCKET, map(_bucket, part))
            conn.executemany(UPSERT_JOB, [(draft.job_order_id, 3) for draft, _ in part])
            conn.executemany(SET_BASELINE, [tuple(vars(move.new).values()) for _, move in part])
            conn.execute("COMMIT")
        conn.close()

    paths = [folder / f"{name}{number}.db" for number in range(ROUNDS)]
    return rate(FACTS, [lambda path=path: into(path) for path in paths], CLOCK)  # type: ignore[misc]


def _bucket(made: tuple[FactDraft, BaselineMove]) -> tuple[Any, ...]:
    draft, body = made[0], made[0].body
    day = (body["calendar"]["shift"], body["calendar"]["production_day"])
    key = (draft.equipment_id, body["hour"], draft.job_order_id, body["run_time_per_item"])
    return (*key, *day, 3)


def rows_of(path: Path) -> list[tuple[Any, ...]]:
    """What the store has written, as rows for INSERT_FACT."""
    conn = sqlite3.connect(path)
    sql = (
        "SELECT seq, epoch, kind, occurred_at, recorded_at, equipment_id, job_order_id, hash, data"
        " FROM facts ORDER BY seq"
    )
    rows = conn.execute(sql).fetchall()
    conn.close()
    return rows


def run() -> Iterable[Ratio]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bulk = stored(folder, recordings(BULK))
        rows = rows_of(folder / "store0.db")
        size = (folder / "store0.db").stat().st_size / FACTS
        bare_bulk = bare(folder, "bulk", BULK, rows)
        yield Ratio(
            name=f"ingest, {BULK} facts a recording",
            ours=bulk,
            bare=bare_bulk,
            unit="facts/s",
            target=0.8,
        )
        for path in folder.glob("store*"):
            path.unlink()
        single = stored(folder, recordings(1))
        yield Ratio(
            name="ingest, 1 fact a recording, all waiting at once",
            ours=single,
            bare=bare_bulk,
            unit="facts/s",
        )
        data = sum(len(row[-1]) for row in rows) / FACTS
        yield Ratio(
            name="bytes a fact in the file, beside its canonical bytes",
            ours=size,
            bare=data,
            unit="bytes",
        )
