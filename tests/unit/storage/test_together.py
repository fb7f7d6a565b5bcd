"""Recordings that wait are written together, and leave what they leave one by one."""

import asyncio
import sqlite3
import threading
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from edge.domain.facts import FactKind
from edge.domain.recording import (
    BaselineConflict,
    BaselineMove,
    ExpectedVersion,
    Recorded,
    Recording,
    Request,
)
from edge.storage import fact_rows
from edge.storage.chain import Tail, load_tail
from edge.storage.errors import RecordingInvalid
from edge.storage.projections import PROJECTED
from edge.storage.recording import Record, is_plain, write_together
from edge.storage.schema import prepare
from edge.storage.writer import Writer
from tests.unit.storage.samples import baseline, count, counted, draft, first, job_event, state

BODY_OF_NOTHING = Recording(drafts=(draft(FactKind.PRODUCTION_COUNT, {"role": "good"}),))
# Counters that begin at 0 and steps that follow each other in one order only: others conflict.
RECORDINGS = (
    first(),
    first(tag="scrap"),
    counted(baseline(0), 1),
    counted(baseline(1), 2),
    counted(baseline(0, tag="scrap"), 1),
    Recording(drafts=(count(0, 2), state("APT", at=5))),
    Recording(drafts=(state("ADET", at=9), count(2, 1))),
    Recording(drafts=(job_event("running", 1),)),
    Recording(
        drafts=(job_event("running", 2),),
        versions=(ExpectedVersion(job_order_id="WO1.10", version=1),),
    ),
    Recording(drafts=(count(0, 1),), request=Request(key="k", fingerprint="f")),
    Recording(),
    BODY_OF_NOTHING,
)


def template() -> sqlite3.Connection:
    conn = sqlite3.connect(":memory:", isolation_level=None)
    prepare(conn, edge_id="e1", store_id="s")
    return conn


EMPTY = template()


def written(recordings: list[Recording], *, together: bool) -> tuple[list[str], object]:
    """How each was answered, and what is in the store then."""
    conn = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    EMPTY.backup(conn)
    left: list[object] = []

    def look(conn: sqlite3.Connection, tail: Tail) -> tuple[Tail, None]:
        tables = ("baselines", "requests", *PROJECTED)
        rows = {one: conn.execute(f'SELECT * FROM "{one}"').fetchall() for one in tables}
        left.append((rows, [row.data for row in fact_rows.every(conn)], tail.state))
        assert load_tail(conn).hash == tail.hash
        return tail, None

    async def all_of_them() -> list[str]:
        writer = Writer(conn, lambda _seq, _hash: None)
        go_on = threading.Event()

        def hold(_: sqlite3.Connection, tail: Tail) -> tuple[Tail, None]:
            assert go_on.wait(60)
            return tail, None

        held = asyncio.ensure_future(writer.submit(hold, 1))
        tasks = [asyncio.ensure_future(submitted(writer, one, together)) for one in recordings]
        await asyncio.sleep(0)  # until all of them stand in the queue
        go_on.set()
        answers = await asyncio.gather(held, *tasks, return_exceptions=True)
        await writer.submit(look, 1)
        writer.close()
        return [repr(answer) for answer in answers]

    return asyncio.run(all_of_them()), left


AT_ONCE: list[int] = []


def counting(
    conn: sqlite3.Connection, tail: Tail, works: Sequence[Record]
) -> tuple[Tail, list[Recorded]]:
    AT_ONCE.append(len(works))
    return write_together(conn, tail, works)


async def submitted(writer: Writer, recording: Recording, together: bool) -> Recorded:
    joint = counting if together and is_plain(recording) else None
    answer = await writer.submit(Record(recording, lambda: 7), 1, joint)
    assert isinstance(answer, Recorded)
    return answer


@settings(max_examples=60)
@given(recordings=st.lists(st.sampled_from(RECORDINGS), max_size=12))
def test_recordings_together_are_recordings_one_by_one(recordings: list[Recording]) -> None:
    assert written(recordings, together=True) == written(recordings, together=False)


def test_who_is_refused_takes_no_neighbour_along() -> None:
    answers, _ = written(
        [first(), counted(baseline(0), 1), BODY_OF_NOTHING, counted(baseline(0), 5), first()],
        together=True,
    )
    assert AT_ONCE[-1] == len(answers) - 1  # all of them were tried at once
    assert [answer.partition("(")[0] for answer in answers[1:]] == [
        "Recorded",
        "Recorded",
        RecordingInvalid.__name__,
        BaselineConflict.__name__,
        BaselineConflict.__name__,
    ]


def test_what_expects_something_stands_by_itself() -> None:
    plain = [is_plain(one) for one in RECORDINGS]
    assert plain == [not (one.versions or one.request) for one in RECORDINGS]
    move = BaselineMove(expected=None, new=baseline(0))
    assert is_plain(Recording(drafts=(count(0, 1),), baselines=(move,)))
