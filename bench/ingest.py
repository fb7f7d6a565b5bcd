"""Facts into the store, beside a bare executemany of the same rows.

The bare side gets rows that are ready: packed bytes, hashes and every row of a projection
that the store's fold makes of these facts. It writes them with executemany into the same
schema and indexes, with as many facts in a transaction and the same durability (WAL,
synchronous FULL). The store's side makes drafts into facts, encodes, hashes, packs and folds
them, compares baselines, and answers each of its callers through the event loop.
"""

import asyncio
import gc
import os
import sqlite3
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from bench.measuring import CLOCK, Side, Work, interleaved, steady
from bench.mix import Made, Plant, recordings
from bench.ratio import Ratio
from edge.domain.changes import Add
from edge.domain.corrections import Corrected
from edge.domain.facts import Fact, FactDraft, encode, placed, sha256
from edge.domain.fold import FoldState
from edge.domain.recording import Recording
from edge.storage import canonical, fact_rows
from edge.storage.applying import upsert
from edge.storage.connections import WAL_PAGES, open_writer
from edge.storage.fact_blocks import Touched
from edge.storage.packing import pack_text
from edge.storage.projections import step
from edge.storage.schema import prepare
from edge.storage.store import Store
from edge.storage.tables.facts import INSERT as INSERT_FACT
from edge.storage.writer import LARGEST_GROUP

FACTS = 20_000
ROUNDS = 5
BULK = 500  # facts of one recording, as the link or a backlog brings them
SINGLES = 200
PAGE = 4096
SET_BASELINE = (
    "INSERT INTO baselines (equipment_id, tag, counter_epoch, raw, at) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT DO UPDATE SET raw = excluded.raw, at = excluded.at"
)
Rows = dict[str, list[tuple[Any, ...]]]


def stored(folder: Path, batch: Sequence[Recording]) -> Side:
    """All recordings at once into a new store."""

    async def all_at_once(store: Store) -> None:
        await asyncio.gather(*map(store.record, batch))

    @contextmanager
    def made() -> Iterator[Work]:
        with _new(folder) as path, Store.open(path, "e1", CLOCK) as store:
            yield lambda: asyncio.run(all_at_once(store))

    return made


def bare(folder: Path, made_of: Sequence[Made], path: Path) -> Side:
    """executemany of the same rows into new tables, as many facts a transaction."""
    ready = list(_transactions(made_of, path))

    def insert(conn: sqlite3.Connection) -> None:
        for rows in ready:
            conn.execute("BEGIN IMMEDIATE")
            for sql, some in rows.items():
                conn.executemany(sql, some)
            conn.execute("COMMIT")

    @contextmanager
    def made() -> Iterator[Work]:
        with _new(folder) as path, closing(open_writer(path)) as conn:
            prepare(conn, edge_id="e1", store_id="s")
            yield lambda: insert(conn)

    return made


def _transactions(made_of: Sequence[Made], path: Path) -> Iterator[Rows]:
    """What the store has written, row by row and by statement, for each transaction."""
    with closing(sqlite3.connect(path)) as conn:
        facts = conn.execute("SELECT seq, hash, data FROM facts ORDER BY seq").fetchall()
        decoded = [row.fact() for row in fact_rows.every(conn)]
    state = FoldState()
    for start in range(0, len(facts), LARGEST_GROUP):
        part = slice(start, start + LARGEST_GROUP)
        rows: Rows = defaultdict(list)
        rows[INSERT_FACT] = facts[part]
        touched = Touched()
        for fact in decoded[part]:
            folded = step(state, fact, _no_correction)
            state = folded.state
            touched.add(fact, folded.changes)
            for one in folded.changes:
                values = one.amounts if isinstance(one, Add) else one.values
                sql = upsert(isinstance(one, Add), one.table, tuple(one.key), tuple(values))
                rows[sql].append((*one.key.values(), *values.values()))
        moves = [one.move.new for one in made_of[part] if one.move]
        rows[SET_BASELINE] = [tuple(vars(new).values())[:5] for new in moves]
        rows.update(touched.rows())
        yield rows


def _no_correction(fact: Fact) -> Corrected:
    raise AssertionError(f"{fact.seq} is a correction")


@contextmanager
def _new(folder: Path) -> Iterator[Path]:
    """A path for a database, of which nothing is left afterwards."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        yield Path(name) / "edge.db"


def written(path: Path, made: list[Made]) -> float:
    """Let the store write the facts; the bytes of its file for each."""
    with Store.open(path, "e1", CLOCK) as store:
        empty = path.stat().st_size

        async def all_of_them() -> None:
            await asyncio.gather(*map(store.record, recordings(made, BULK)))

        asyncio.run(all_of_them())
    return (path.stat().st_size - empty) / len(made)


def one_by_one(folder: Path, made: list[Made], before: Sequence[Made] = ()) -> Side:
    """Facts that are each committed before the next comes, as on a quiet floor.

    They come behind facts `before`: where these filled the log once, it is written over from
    then on and grows no more, as in a store that has run for an hour.
    """

    async def each(store: Store, batch: Sequence[Recording]) -> None:
        for recording in batch:
            await store.record(recording)

    @contextmanager
    def side() -> Iterator[Work]:
        with _new(folder) as path, Store.open(path, "e1", CLOCK) as store:
            asyncio.run(each(store, recordings(list(before), 50)))
            if before:
                assert path.with_name(f"{path.name}-wal").stat().st_size >= WAL_PAGES * PAGE
            yield lambda: asyncio.run(each(store, recordings(made, 1)))

    return side


def appended(folder: Path, made: list[Made]) -> Side:
    """The same facts' canonical bytes at the end of a file, each with fdatasync."""
    lines = [encode(_placed(one.draft, seq)) for seq, one in enumerate(made, 1)]

    @contextmanager
    def side() -> Iterator[Work]:
        with _new(folder) as path, path.open("ab", buffering=0) as file:

            def append() -> None:
                for line in lines:
                    file.write(line)
                    os.fdatasync(file.fileno())

            yield append

    return side


def encoded(made: list[Made]) -> None:
    """Drafts are placed, encoded and hashed."""
    for seq, one in enumerate(made, 1):
        sha256(canonical.written(_placed(one.draft, seq))[0])


def made_ready(made: list[Made]) -> None:
    """The same with drafts that are built and searched for floats before, and packed after."""
    for seq, one in enumerate(made, 1):
        data, text = canonical.written(_placed(FactDraft(**vars(one.draft)), seq))
        sha256(data)
        pack_text(text)


def _placed(draft: FactDraft, seq: int) -> Fact:
    return placed(
        draft, edge_id="e1", epoch=1, seq=seq, recorded_at=draft.occurred_at, prev_hash="a" * 64
    )


def run() -> Iterable[Ratio]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plant = Plant()
        made = list(plant.facts(FACTS))
        more = list(plant.facts(SINGLES, FACTS))
        size = written(folder / "first.db", made)
        plain = sum(len(encode(_placed(one.draft, seq))) for seq, one in enumerate(made)) / FACTS
        sides = {
            "bulk": stored(folder, recordings(made, BULK)),
            "bare": bare(folder, made, folder / "first.db"),
            "waiting": stored(folder, recordings(made, 1)),
            "encoded": steady(lambda: encoded(made)),
            "ready": steady(lambda: made_ready(made)),
            "one": one_by_one(folder, made[:SINGLES]),
            "later": one_by_one(folder, more, made),
            "append": appended(folder, made[:SINGLES]),
        }
        gc.freeze()  # what goes in is none of the work's garbage
        cost = interleaved(sides, ROUNDS)
        gc.unfreeze()
    yield _rate(f"ingest, {BULK} facts a recording", cost["bulk"].wall, cost["bare"].wall, 0.8)
    yield _rate("the same by CPU seconds", cost["bulk"].cpu, cost["bare"].cpu)
    waiting = "ingest, 1 fact a recording, all waiting"
    yield _rate(waiting, cost["waiting"].wall, cost["bare"].wall)
    yield _rate("the same by CPU seconds", cost["waiting"].cpu, cost["bare"].cpu)
    for name, side in (("in a new log", "one"), ("in a log that has been full once", "later")):
        yield Ratio(
            name=f"one fact recorded and committed, {name}",
            ours=cost[side].wall / SINGLES * 1e6,
            bare=cost["append"].wall / SINGLES * 1e6,
            unit="us",
            limit=3 * cost["append"].wall / SINGLES * 1e6,
        )
    yield Ratio(
        name="a fact placed, encoded and hashed (CPU); beside built and packed too",
        ours=cost["encoded"].cpu / FACTS * 1e6,
        bare=cost["ready"].cpu / FACTS * 1e6,
        unit="us",
        limit=15,
    )
    yield Ratio(
        name="bytes a fact in the file, beside its canonical bytes",
        ours=size,
        bare=plain,
        unit="bytes",
        limit=250,
    )


def _rate(name: str, ours: float, bare: float, target: float | None = None) -> Ratio:
    unit = "facts/s"
    return Ratio(name=name, ours=FACTS / ours, bare=FACTS / bare, unit=unit, target=target)
