"""What is joined before it is written leaves the file as writing it step by step does."""

import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.changes import Add, Change, Put
from edge.domain.recording import Baseline, BaselineConflict, BaselineMove
from edge.storage import baselines
from edge.storage.applying import apply
from edge.storage.schema import prepare

JOBS = st.sampled_from(["A.10", "B.10"])
PIECES = st.dictionaries(
    st.sampled_from(["good", "scrap", "rework"]), st.integers(-9, 9), min_size=1
)
added = st.builds(
    lambda job, amounts: Add("job_progress", {"job_order_id": job}, amounts), JOBS, PIECES
)
# Also of columns that are added to, which no fold does: their order must be kept all the same.
put = st.builds(
    lambda job, values: Put("job_progress", {"job_order_id": job}, values), JOBS, PIECES
)
# Few values, so that the steps of a counter often follow each other, and often do not.
places = st.builds(
    lambda tag, raw: Baseline(equipment_id="L1", tag=tag, counter_epoch=1, raw=raw, at=0),
    st.sampled_from(["good", "scrap"]),
    st.integers(0, 2),
)


def move(was: Baseline | None, new: Baseline) -> BaselineMove:
    expected = was and Baseline(**{**vars(was), "tag": new.tag})
    return BaselineMove(expected=expected, new=new)


moves = st.lists(st.builds(move, st.none() | places, places), max_size=8)


@pytest.fixture(scope="module")
def conn() -> Iterator[sqlite3.Connection]:
    conn = sqlite3.connect(":memory:", isolation_level=None)
    prepare(conn, edge_id="e1", store_id="s")
    yield conn
    conn.close()


def left_by_changes(conn: sqlite3.Connection, steps: list[list[Change]]) -> list[tuple[object]]:
    conn.execute("DELETE FROM job_progress")
    for changes in steps:
        apply(conn, changes)
    return conn.execute("SELECT * FROM job_progress ORDER BY 1").fetchall()


@given(changes=st.lists(added | put, max_size=12))
def test_changes_at_once_are_changes_one_by_one(
    conn: sqlite3.Connection, changes: list[Change]
) -> None:
    one_by_one = left_by_changes(conn, [[change] for change in changes])
    assert left_by_changes(conn, [changes]) == one_by_one


def left_by_moves(
    conn: sqlite3.Connection, steps: list[list[BaselineMove]]
) -> tuple[str, list[tuple[object]]]:
    """The conflict, and the baselines if there was none."""
    conn.execute("DELETE FROM baselines")
    try:
        for step in steps:
            baselines.move(conn, step)
    except BaselineConflict as conflict:
        return str(conflict), []  # the recording is taken back
    return "", conn.execute("SELECT * FROM baselines ORDER BY 1, 2").fetchall()


@given(steps=moves)
def test_moves_at_once_are_moves_one_by_one(
    conn: sqlite3.Connection, steps: list[BaselineMove]
) -> None:
    one_by_one = left_by_moves(conn, [[step] for step in steps])
    assert left_by_moves(conn, [steps]) == one_by_one
