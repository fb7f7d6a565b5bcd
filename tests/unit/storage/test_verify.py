"""Whatever is done to a store behind its back is named, with the first fact it breaks."""

import sqlite3
from pathlib import Path

import pytest

from edge.domain.clock import ManualClock
from edge.domain.facts import decode, encode, sha256
from edge.domain.recording import Recording
from edge.storage import fact_rows
from edge.storage.errors import StoreUnusable
from edge.storage.store import Store
from edge.storage.verify import verify
from tests.unit.storage.samples import HOUR, baseline, counted, first, job_event, plan, state


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    """A closed store with 6 facts and a plan, acknowledged up to 5."""
    path = tmp_path / "edge.db"
    with Store.open(path, "e1", ManualClock(plant=5)) as store:
        await store.record(first())
        await store.record(counted(baseline(0), 5))
        await store.record(counted(baseline(5), 3))
        drafts = (state("APT", at=0), state("ADET", at=9), job_event("created", 1))
        await store.record(Recording(drafts=drafts, plan=plan(1, 0, {0: 5, HOUR: 6})))
        await store.acknowledge(5, store.reader.facts_after(4, 1)[0].hash)
    return path


def tamper(path: Path, *statements: str) -> None:
    conn = sqlite3.connect(path, isolation_level=None)
    conn.execute("DROP TRIGGER facts_never_change")
    conn.execute("DROP TRIGGER facts_never_go")
    for statement in statements:
        conn.execute(statement)
    conn.close()


def test_a_whole_store_is_whole(path: Path) -> None:
    result = verify(path)
    assert result.whole
    assert (result.edge_id, result.epoch, result.facts) == ("e1", 1, 6)
    assert (result.broken, result.differing) == (None, ())


async def test_a_store_in_use_can_be_verified(tmp_path: Path) -> None:
    with Store.open(tmp_path / "edge.db", "e1", ManualClock()) as store:
        assert verify(store.path).facts == 0
        await store.record(first())
        assert verify(store.path).whole


TAMPERED = {
    "UPDATE facts SET data = (SELECT data FROM facts WHERE seq = 3) WHERE seq = 2": (
        2,
        "its bytes do not have its hash",
    ),
    "UPDATE facts SET hash = x'00' WHERE seq = 3": (3, "its bytes do not have its hash"),
    "UPDATE facts SET data = x'0100' WHERE seq = 4": (4, "its bytes cannot be unpacked"),
    "UPDATE facts SET data = x'09' WHERE seq = 4": (4, "packed in form"),
    "DELETE FROM facts WHERE seq = 3": (3, "missing: 2 is followed by 4"),
    "DELETE FROM facts WHERE seq = 1": (1, "missing: 0 is followed by 2"),
    "DELETE FROM facts WHERE seq > 3": (4, "missing, though sync holds up to 5"),
    "UPDATE link SET acknowledged_hash = 'x'": (5, "sync acknowledged another fact here"),
    "UPDATE meta SET edge_id = 'e2'": (1, "of edge 'e1'"),
}


@pytest.mark.parametrize("statement", TAMPERED)
def test_the_first_broken_fact_is_named(path: Path, statement: str) -> None:
    seq, what = TAMPERED[statement]
    tamper(path, statement)
    result = verify(path)
    assert result.broken is not None
    assert result.broken.seq == seq
    assert result.broken.what.startswith(what)
    assert result.facts == seq - 1
    assert not result.whole


def test_a_fact_that_was_made_anew_breaks_the_next(path: Path) -> None:
    conn = sqlite3.connect(path)
    row = fact_rows.one(conn, 2)
    conn.close()
    assert row is not None
    fact = decode(row.data)
    forged = encode(type(fact)(**{**vars(fact), "body": {**fact.body, "quantity": 50}}))
    tamper(
        path,
        f"UPDATE facts SET data = x'{forged.hex()}', hash = x'{sha256(forged)}' WHERE seq = 2",
    )
    broken = verify(path).broken
    assert broken is not None
    assert (broken.seq, broken.what) == (3, "its bytes do not have its hash")


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ("UPDATE hour_bucket SET good = good + 1", "hour_bucket"),
        ("DELETE FROM job_progress", "job_progress"),
        ('UPDATE state_interval SET "end" = 4 WHERE "end" IS NOT NULL', "state_interval"),
        ("UPDATE stop SET reason = 'x'", "stop"),
        ("UPDATE hour_instruction SET quantity = 9", "hour_instruction"),
        ("UPDATE baselines SET raw = raw - 1", "baselines"),
    ],
)
async def test_a_table_that_is_not_what_the_facts_say_is_named(
    path: Path, statement: str, table: str
) -> None:
    tamper(path, statement)
    result = verify(path)
    assert result.broken is None
    assert result.differing == (table,)
    assert verify(path, projections=False).whole
    if table != "baselines":  # a baseline that is there is not set back
        with Store.open(path, "e1", ManualClock()) as store:
            assert await store.rebuild() == 6
        assert verify(path).whole


def test_what_is_no_store_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreUnusable, match="no such file"):
        verify(tmp_path / "none.db")
    text = tmp_path / "notes.txt"
    text.write_text("not a database, but long enough to look at" * 50)
    with pytest.raises(StoreUnusable, match="not a database"):
        verify(text)


def test_a_damaged_page_is_a_broken_fact(path: Path) -> None:
    conn = sqlite3.connect(path)
    (page,) = conn.execute("SELECT rootpage FROM sqlite_master WHERE name = 'facts'").fetchone()
    (size,) = conn.execute("PRAGMA page_size").fetchone()
    conn.close()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    broken = verify(path).broken
    assert broken is not None
    assert broken.what.startswith("the file is damaged")
