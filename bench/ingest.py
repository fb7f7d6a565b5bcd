"""Facts into the store, beside a bare executemany of the same rows.

The bare side gets rows that are ready: bytes, hashes and the projections' upserts are
taken from what the store has just written. It inserts them with executemany into the
same schema and indexes, with as many facts in a transaction and the same durability
(WAL, synchronous FULL). The store's side makes drafts into facts, encodes, hashes and
folds them, compares baselines, and answers each of its callers through the event loop.
"""

import asyncio
import gc
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from bench.measuring import CLOCK, Side, Work, interleaved
from bench.ratio import Ratio
from edge.domain.facts import FactDraft, FactKind, Source
from edge.domain.ports import Baseline, BaselineMove, Recording
from edge.storage.connections import open_writer
from edge.storage.schema import prepare
from edge.storage.store import Store
from edge.storage.tables.facts import INSERT as INSERT_FACT

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
STATEMENTS = (INSERT_FACT, UPSERT_BUCKET, UPSERT_JOB, SET_BASELINE)


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


def stored(folder: Path, batch: Sequence[Recording]) -> Side:
    """All recordings at once into a new store."""

    async def all_at_once(store: Store) -> None:
        await asyncio.gather(*map(store.record, batch))

    @contextmanager
    def made() -> Iterator[Work]:
        with _new(folder) as path, Store.open(path, "e1", CLOCK) as store:
            yield lambda: asyncio.run(all_at_once(store))

    return made


def bare(folder: Path, rows: Sequence[tuple[Any, ...]]) -> Side:
    """executemany of the same rows into new tables, as many facts a transaction."""
    made_of = counts()
    parts = [slice(start, start + BULK) for start in range(0, FACTS, BULK)]
    ready = [
        (
            rows[part],
            list(map(_bucket, made_of[part])),
            [(draft.job_order_id, 3) for draft, _ in made_of[part]],
            [tuple(vars(move.new).values()) for _, move in made_of[part]],
        )
        for part in parts
    ]

    def insert(conn: sqlite3.Connection) -> None:
        for values in ready:
            conn.execute("BEGIN IMMEDIATE")
            for sql, some in zip(STATEMENTS, values, strict=True):
                conn.executemany(sql, some)
            conn.execute("COMMIT")

    @contextmanager
    def made() -> Iterator[Work]:
        with _new(folder) as path, closing(open_writer(path)) as conn:
            prepare(conn, edge_id="e1", store_id="s")
            yield lambda: insert(conn)

    return made


@contextmanager
def _new(folder: Path) -> Iterator[Path]:
    """A path for a database, of which nothing is left afterwards."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        yield Path(name) / "edge.db"


def _bucket(made: tuple[FactDraft, BaselineMove]) -> tuple[Any, ...]:
    draft, body = made[0], made[0].body
    day = (body["calendar"]["shift"], body["calendar"]["production_day"])
    key = (draft.equipment_id, body["hour"], draft.job_order_id, body["run_time_per_item"])
    return (*key, *day, 3)


def rows_of(path: Path) -> list[tuple[Any, ...]]:
    """What the store has written, as rows for INSERT_FACT."""
    conn = sqlite3.connect(path)
    rows = conn.execute("SELECT seq, hash, data FROM facts ORDER BY seq").fetchall()
    conn.close()
    return rows


def written(path: Path) -> tuple[list[tuple[Any, ...]], float]:
    """The rows that the store makes of the counts, and the bytes of its file for each."""
    with Store.open(path, "e1", CLOCK) as store:

        async def all_of_them() -> None:
            await asyncio.gather(*map(store.record, recordings(BULK)))

        asyncio.run(all_of_them())
    return rows_of(path), path.stat().st_size / FACTS


def run() -> Iterable[Ratio]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows, size = written(folder / "first.db")
        sides = {
            "bulk": stored(folder, recordings(BULK)),
            "bare": bare(folder, rows),
            "single": stored(folder, recordings(1)),
        }
        gc.freeze()  # what goes in is none of the work's garbage
        cost = interleaved(sides, ROUNDS)
        gc.unfreeze()
    yield _rate(f"ingest, {BULK} facts a recording", cost["bulk"].wall, cost["bare"].wall, 0.8)
    yield _rate("the same by CPU seconds", cost["bulk"].cpu, cost["bare"].cpu)
    yield _rate("ingest, 1 fact a recording, all waiting", cost["single"].wall, cost["bare"].wall)
    yield _rate("the same by CPU seconds", cost["single"].cpu, cost["bare"].cpu)
    yield Ratio(
        name="bytes a fact in the file, beside its canonical bytes",
        ours=size,
        bare=sum(len(row[-1]) for row in rows) / FACTS,
        unit="bytes",
        limit=250,
    )


def _rate(name: str, ours: float, bare: float, target: float | None = None) -> Ratio:
    unit = "facts/s"
    return Ratio(name=name, ours=FACTS / ours, bare=FACTS / bare, unit=unit, target=target)
