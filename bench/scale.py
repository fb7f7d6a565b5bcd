"""The board of a running floor over a store of ten million facts and 12,000 job orders.

The facts are made quickly: the last ones by the store itself, those before as rows of the same
packed bytes (so their hashes are not theirs, and only their number counts here). Pieces,
states and stops of ten weeks lie in the projections, and one count comes before each look, as
on a floor that works. The bare side is the same over a store of a thousand facts.

    python -m bench scale
    python -m bench.scale FACTS     for another number
"""

import asyncio
import sqlite3
import sys
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from statistics import quantiles

from bench.measuring import CLOCK
from bench.mix import HOUR, START, Plant, recordings
from bench.ratio import Ratio
from edge.execution.board.page import board
from edge.storage.store import Store
from tests.integration.edge.floor_on_store import site

FACTS, FEW = 10_000_000, 1_000
JOBS, CENTERS, HOURS = 12_000, 50, 24 * 70
LOOKS = 200
REPEATED = """
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :facts)
    INSERT INTO facts SELECT i, f.hash, f.data FROM n JOIN few f ON f.seq = 1 + i % :few
"""


def filled(path: Path, facts: int) -> None:
    """A closed store of so many facts."""
    made = list(Plant(CENTERS).facts(FEW))

    async def record(store: Store, first: int) -> None:
        some = list(Plant(CENTERS).facts(FEW, first)) if first else made
        for recording in recordings(some, 500):
            drafts = recording.drafts
            await store.record(type(recording)(drafts=drafts))

    with Store.open(path, "e1", CLOCK) as store:
        asyncio.run(record(store, 0))
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.execute("PRAGMA synchronous = OFF")
        conn.execute("BEGIN")
        _many_facts(conn, facts)
        _weeks(conn)
        conn.execute("COMMIT")
    with Store.open(path, "e1", CLOCK) as store:
        asyncio.run(record(store, FEW))


def _many_facts(conn: sqlite3.Connection, facts: int) -> None:
    guards = conn.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'facts'"
    ).fetchall()
    for name, _ in guards:
        conn.execute(f"DROP TRIGGER {name}")
    conn.execute("CREATE TEMP TABLE few AS SELECT * FROM facts")
    (last,) = conn.execute("SELECT max(seq) FROM facts").fetchone()
    conn.execute("DELETE FROM facts")
    conn.execute(REPEATED, {"facts": facts - last, "few": FEW})
    # The last ones follow each other, so that the chain goes on behind them.
    conn.execute("INSERT INTO facts SELECT seq + ?, hash, data FROM few", (facts - last,))
    for _, sql in guards:
        conn.execute(sql)


def _weeks(conn: sqlite3.Connection) -> None:
    centers = [f"L{number + 1}" for number in range(CENTERS)]
    first = START - HOURS * HOUR
    jobs = (
        (f"WO{n}.10", f"WO{n}", 10, "HINGE-60", "A", n, f"L{n % CENTERS + 1}", 500, "Ended", 9, "")
        for n in range(2000, 2000 + JOBS)
    )
    conn.executemany(
        "INSERT INTO job_progress (job_order_id, order_id, operation, product, revision, number,"
        " work_center, quantity, state, version, phase) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        jobs,
    )
    conn.executemany(
        "INSERT INTO hour_bucket VALUES (?, ?, ?, '2.5', 'early', '2026-06-01', 400, 3, 0)",
        (
            (center, first + hour * HOUR, f"WO{2000 + hour % JOBS}.10")
            for center in centers
            for hour in range(HOURS)
        ),
    )
    conn.executemany(
        'INSERT INTO state_interval (equipment_id, opened, start, "end", state, mode, fault,'
        " time_class, job_order_id, shift, production_day)"
        " VALUES (?, ?, ?, ?, 6, 1, 0, 'APT', '', 'early', '2026-06-01')",
        (
            (center, -(place * 1000 + part), start, start + HOUR // 10)
            for place, center in enumerate(centers, 1)
            for part in range(HOURS * 10)
            for start in [first + part * (HOUR // 10)]
        ),
    )


async def looks(path: Path) -> Sequence[float]:
    """Seconds of each look at a board, after a count."""
    taken: list[float] = []
    async with site(path.parent) as here:
        plant = list(Plant(CENTERS).facts(LOOKS * 3, 3 * FEW))
        counts = [one for one in plant if one.move][:LOOKS]
        here.floor.register.reload()
        for number, one in enumerate(counts):
            await here.store_only(one.draft)
            begun = CLOCK.monotonic()
            here.floor.register.reload()
            await asyncio.to_thread(board, here.floor, f"L{number % 2 + 1}", (), None)
            taken.append(CLOCK.monotonic() - begun)
    return taken


def run(facts: int = FACTS) -> Iterable[Ratio]:
    p99, size = {}, 0
    for many in (2 * FEW, facts):
        with tempfile.TemporaryDirectory() as name:
            path = Path(name) / "edge.sqlite"
            filled(path, many)
            p99[many] = quantiles(asyncio.run(looks(path)), n=100)[98]
            size = path.stat().st_size
    yield Ratio(
        name=f"board after a count, {facts:,} facts, {JOBS:,} jobs, p99; beside few facts",
        ours=p99[facts] * 1000,
        bare=p99[2 * FEW] * 1000,
        unit="ms",
        limit=20,
    )
    yield Ratio(
        name="bytes a fact in that file, with ten weeks of projections; beside the promise",
        ours=size / facts,
        bare=250,
        unit="bytes",
        limit=250,
    )


if __name__ == "__main__":
    for ratio in run(int(sys.argv[1])):
        print(ratio)
