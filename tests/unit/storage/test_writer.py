"""The writer when its disk lies, and when its own code is wrong."""

import sqlite3
from pathlib import Path

import pytest

from edge.domain.facts import sha256
from edge.domain.recording import BaselineConflict, Recording, StoreUnavailable
from edge.storage.chain import Tail
from edge.storage.recording import write
from edge.storage.schema import prepare
from edge.storage.verify import verify
from edge.storage.writer import Work, Writer
from tests.unit.storage.samples import baseline, counted, first, state


class Liar(sqlite3.Connection):
    """Says that a commit has failed which is on the disk: what a failed sync can mean."""

    lies = 0

    def execute(self, sql: str, *values: object) -> sqlite3.Cursor:
        done = super().execute(sql, *values)  # type: ignore[arg-type]
        if sql == "COMMIT" and self.lies:
            self.lies -= 1
            raise sqlite3.OperationalError("disk I/O error")
        return done


def recording(what: Recording) -> Work:
    return lambda conn, tail: write(conn, tail, what, 5)


@pytest.fixture
def conn(tmp_path: Path) -> Liar:
    conn = sqlite3.connect(
        tmp_path / "edge.db", isolation_level=None, check_same_thread=False, factory=Liar
    )
    prepare(conn, edge_id="e1", store_id="s")
    return conn


async def test_a_commit_that_was_said_to_fail_is_not_counted_again(
    conn: Liar, tmp_path: Path
) -> None:
    told: list[int] = []
    writer = Writer(conn, lambda seq, _hash: told.append(seq))
    await writer.submit(recording(first()), 1)
    conn.lies = 1
    with pytest.raises(StoreUnavailable, match="I/O error"):
        await writer.submit(recording(counted(baseline(0), 5)), 1)
    # Its maker keeps it and tries again: the baseline says that it is there.
    with pytest.raises(BaselineConflict, match=r"baseline of L1/good: expected .*, is raw 5"):
        await writer.submit(recording(counted(baseline(0), 5)), 1)
    done = await writer.submit(recording(counted(baseline(5), 1)), 1)
    assert done.last_seq == 3
    await writer.submit(recording(Recording(drafts=(state("APT", at=1),))), 1)
    writer.close()
    assert told == [1, 2, 3, 4]
    assert verify(tmp_path / "edge.db").whole


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_a_writer_that_fails_tells_everyone_and_takes_nothing_more(
    conn: Liar, tmp_path: Path
) -> None:
    def wrong(conn: sqlite3.Connection, tail: Tail) -> tuple[Tail, None]:
        write(conn, tail, first(), 5)
        raise MemoryError(sha256(b""))

    writer = Writer(conn, lambda _seq, _hash: None)
    with pytest.raises(StoreUnavailable, match="the writer has failed: MemoryError"):
        await writer.submit(wrong, 1)
    with pytest.raises(StoreUnavailable, match="MemoryError"):
        await writer.submit(recording(first()), 1)
    writer.close()
    assert verify(tmp_path / "edge.db").facts == 0
