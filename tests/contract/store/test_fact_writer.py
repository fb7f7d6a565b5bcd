"""What every store promises the rooms: the protocols of `edge.domain`."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from edge.domain.chain import ChainConflict, LinkStore
from edge.domain.clock import ManualClock
from edge.domain.facts import FactKind, decode, sha256
from edge.domain.recording import (
    BaselineConflict,
    BaselineMove,
    Document,
    ExpectedVersion,
    FactWriter,
    Recorded,
    Recording,
    Request,
    RequestConflict,
    StoreUnavailable,
    VersionConflict,
)
from edge.storage.errors import RecordingInvalid
from edge.storage.store import Store
from edge.storage.verify import verify
from tests.unit.storage.samples import (
    HOUR,
    baseline,
    count,
    counted,
    draft,
    first,
    job_event,
    plan,
    state,
)

if TYPE_CHECKING:
    from edge.domain.production import ProductionReader


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(plant=1_000)


@pytest.fixture
def store(tmp_path: Path, clock: ManualClock) -> Iterator[Store]:
    with Store.open(tmp_path / "edge.db", "e1", clock) as store:
        yield store


def test_the_store_fits_the_ports(store: Store) -> None:
    writer: FactWriter = store
    reader: ProductionReader = store.reader
    link: LinkStore = store
    assert reader.chain_end().seq == 0
    assert link.acknowledged() == (0, "")
    assert callable(writer.record)


async def test_facts_get_their_place_in_the_chain(store: Store, clock: ManualClock) -> None:
    one = await store.record(Recording(drafts=(state("APT", at=5), state("ADET", at=6))))
    clock.plant = 500  # a clock that was set back
    two = await store.record(Recording(drafts=(count(0, 3),)))
    assert (one.first_seq, one.last_seq, two.first_seq) == (1, 2, 3)
    stored = store.reader.facts_after(0, 10)
    facts = [decode(fact.data) for fact in stored]
    assert facts == [*one.facts, *two.facts]
    assert [fact.recorded_at for fact in facts] == [1_000, 1_000, 1_000]
    assert [fact.prev_hash for fact in facts] == ["", *(sha256(f.data) for f in stored[:-1])]
    end = store.reader.chain_end()
    assert (end.epoch, end.seq, end.hash) == (1, 3, sha256(stored[-1].data))
    assert [fact.seq for fact in store.reader.facts_after(1, 1)] == [2]


async def test_a_recording_without_facts_has_none(store: Store) -> None:
    move = BaselineMove(expected=None, new=baseline(7))
    recorded = await store.record(Recording(baselines=(move,)))
    assert (recorded.first_seq, recorded.last_seq) == (1, 0)
    assert list(store.reader.baselines()) == [baseline(7)]


async def test_a_conflict_takes_back_only_its_own_recording(store: Store) -> None:
    await store.record(first())
    was = baseline(0)
    done = await asyncio.gather(
        store.record(counted(was, 5)),
        store.record(counted(was, 5)),
        store.record(counted(baseline(5), 2)),
        return_exceptions=True,
    )
    assert isinstance(done[1], BaselineConflict)
    assert "L1/good" in str(done[1])
    assert "raw 5" in str(done[1])
    assert [d.last_seq for d in done if isinstance(d, Recorded)] == [2, 3]
    assert list(store.reader.baselines()) == [baseline(7)]
    (bucket,) = store.reader.hour_quantities("L1", 0, HOUR)
    assert bucket.good == 7


async def test_what_was_written_before_a_conflict_is_taken_back_too(store: Store) -> None:
    await store.record(first())
    await store.record(Recording(plan=plan(1, 0, {0: 10})))
    half = counted(baseline(0), 5)
    stale = counted(baseline(3, tag="scrap"), 1)
    done = await asyncio.gather(
        store.record(replace(half, baselines=(*half.baselines, *stale.baselines))),
        store.record(replace(half, plan=plan(1, 0, {0: 99}))),
        store.record(counted(baseline(0), 2)),
        return_exceptions=True,
    )
    assert [type(one) for one in done] == [BaselineConflict, VersionConflict, Recorded]
    assert list(store.reader.baselines()) == [baseline(2)]
    assert [i.quantity for i in store.reader.instructions("L1", 0, 1)] == [10]
    assert verify(store.path).whole


async def test_a_baseline_that_is_there_is_not_begun_again(store: Store) -> None:
    await store.record(first())
    with pytest.raises(BaselineConflict):
        await store.record(first())
    with pytest.raises(BaselineConflict, match="is none"):
        await store.record(counted(baseline(0, tag="scrap"), 1))
    assert store.reader.chain_end().seq == 1


async def test_a_version_must_be_as_expected(store: Store) -> None:
    def event(expected: int) -> Recording:
        rests_on = ExpectedVersion(job_order_id="WO1.10", version=expected)
        return Recording(drafts=(job_event("created", expected + 1),), versions=(rests_on,))

    await store.record(event(0))
    await store.record(event(1))
    with pytest.raises(VersionConflict, match="expected version 1, is 2"):
        await store.record(event(1))
    (job,) = store.reader.jobs()
    assert (job.version, job.order_id, job.operation) == (2, "WO1", 10)


async def test_a_repeated_request_gets_the_first_answer(store: Store) -> None:
    asked = Recording(drafts=(count(0, 1),), request=Request(key="k", fingerprint="f"))
    one, two = await asyncio.gather(store.record(asked), store.record(asked))
    assert (one.repeated, two.repeated) == (False, True)
    assert (two.first_seq, two.last_seq) == (one.first_seq, one.last_seq)
    assert store.reader.answered("k") == ("f", 1, 1)
    assert store.reader.answered("other") is None
    other = replace(asked, request=Request(key="k", fingerprint="g"))
    with pytest.raises(RequestConflict, match="'k'"):
        await store.record(other)
    assert store.reader.chain_end().seq == 1


def nested(levels: int) -> Document:
    content: dict[str, Any] = {}
    for _ in range(levels):
        content = {"in": content}
    return Document(position=1, kind="x", id="x", revision="1", sha256="a", content=content)


DEFECTIVE: dict[str, Recording] = {
    "no quantity": Recording(drafts=(draft(FactKind.PRODUCTION_COUNT, {"role": "good"}),)),
    "no id": Recording(drafts=(draft(FactKind.JOB_ORDER_EVENT, {"event": "created"}),)),
    "text in a number": Recording(drafts=(count(0, 1), job_event("created", "x"))),  # type: ignore[arg-type]
    "too large": Recording(drafts=(count(0, 2**70),)),
    "half a character": Recording(drafts=(draft(FactKind.ANDON, {"text": "\ud800"}),)),
    "empty equipment": Recording(drafts=(count(0, 1, work_center=""),)),
    "nested without end": Recording(documents=(nested(100_000),)),
    "other tag": Recording(
        baselines=(BaselineMove(expected=baseline(0), new=baseline(0, tag="scrap")),)
    ),
}


@pytest.mark.parametrize("defect", DEFECTIVE)
async def test_a_defective_recording_is_refused_alone(store: Store, defect: str) -> None:
    good = Recording(drafts=(count(0, 1),))
    done = await asyncio.gather(
        store.record(good),
        store.record(DEFECTIVE[defect]),
        store.record(good),
        return_exceptions=True,
    )
    assert isinstance(done[1], RecordingInvalid), done[1]
    assert [d.last_seq for d in done if isinstance(d, Recorded)] == [1, 2]
    assert verify(store.path).broken is None


async def test_states_stops_and_reasons_are_read_by_span(store: Store) -> None:
    await store.record(Recording(drafts=(state("APT", at=0), state("ADET", at=10, fault=7))))
    await store.record(Recording(drafts=(state("APT", at=20),)))
    reason = draft(FactKind.STOP_REASON, {"stop": 2, "reason": "jam", "note": None}, at=30)
    stray = draft(FactKind.STOP_REASON, {"stop": 99, "reason": "jam", "note": None}, at=30)
    await store.record(Recording(drafts=(reason, stray)))
    read = store.reader
    spans = {
        (0, 100): [(0, 10), (10, 20), (20, None)],
        (0, 10): [(0, 10)],
        (10, 20): [(10, 20)],
        (19, 21): [(10, 20), (20, None)],
        (500, 600): [(20, None)],
    }
    for (start, end), expected in spans.items():
        intervals = read.state_intervals("L1", start, end)
        assert [(one.start, one.end) for one in intervals] == expected
    (stop,) = read.stops("L1", 15, 16)
    assert (stop.id, stop.start, stop.end, stop.fault, stop.reason) == (2, 10, 20, 7, "jam")
    assert read.stop(2) == stop
    assert read.stop(99) is None
    assert list(read.stops("L1", 20, 30)) == []


async def test_pieces_of_a_job_wait_for_its_first_event(store: Store) -> None:
    await store.record(Recording(drafts=(count(0, 4),)))
    assert list(store.reader.jobs()) == []
    await store.record(Recording(drafts=(job_event("created", 1),)))
    assert [job.good for job in store.reader.jobs()] == [4]


async def test_documents_are_kept_once_by_position(store: Store) -> None:
    document = Document(
        position=4,
        kind="operations_schedule",
        id="2026-06",
        revision="1",
        sha256="a",
        content={"z": [1.5, "黄"], "a": None},
    )
    await store.record(Recording(documents=(document,)))
    await store.record(Recording(documents=(document, replace(document, position=6))))
    with pytest.raises(RecordingInvalid, match="position 6"):
        await store.record(Recording(documents=(replace(document, position=6, sha256="b"),)))
    assert list(store.reader.documents("operations_schedule")) == [
        document,
        replace(document, position=6),
    ]
    assert list(store.reader.documents("operations_definition")) == []
    assert store.reader.downlink_position() == 6


async def test_a_plan_takes_over_from_its_hour_on(store: Store) -> None:
    one = plan(1, 0, {0: 10, HOUR: 11, 2 * HOUR: 12})
    two = plan(2, HOUR, {0: 99, HOUR: 21, 3 * HOUR: 23})
    assert store.reader.plan() is None
    await store.record(Recording(plan=one))
    await store.record(Recording(plan=two))
    assert store.reader.plan() == two
    in_force = store.reader.instructions("L1", 0, 9 * HOUR)
    assert [(i.plan, i.hour, i.quantity) for i in in_force] == [
        (1, 0, 10),
        (2, HOUR, 21),
        (2, 3 * HOUR, 23),
    ]
    with pytest.raises(VersionConflict, match="version 2"):
        await store.record(Recording(plan=two))
    seen = {"plan": 2, "work_center": "L1", "hour": HOUR}
    await store.record(Recording(drafts=(draft(FactKind.INSTRUCTION_ACKNOWLEDGED, seen),)))
    assert list(store.reader.acknowledged_instructions("L1", 0, 9 * HOUR)) == [(2, HOUR)]
    assert list(store.reader.acknowledged_instructions("L1", 0, HOUR)) == []


async def test_an_acknowledgement_must_name_a_fact_of_this_chain(store: Store) -> None:
    await store.record(Recording(drafts=(count(0, 1), count(1, 1))))
    hashes = [fact.hash for fact in store.reader.facts_after(0, 9)]
    await store.acknowledge(2, hashes[1])
    assert store.acknowledged() == (2, hashes[1])
    for seq, hash_ in ((1, hashes[1]), (3, hashes[1]), (0, hashes[0])):
        with pytest.raises(ChainConflict):
            await store.acknowledge(seq, hash_)
    assert store.acknowledged() == (2, hashes[1])
    await store.acknowledge(0, "")
    assert store.acknowledged() == (0, "")


async def test_a_closed_store_takes_nothing_and_has_kept_what_it_took(
    tmp_path: Path, clock: ManualClock
) -> None:
    path = tmp_path / "edge.db"
    with Store.open(path, "e1", clock) as store:
        waiting: list[Any] = [
            asyncio.ensure_future(store.record(Recording(drafts=(count(i, 1),)))) for i in range(50)
        ]
        await asyncio.sleep(0)
    assert [recorded.last_seq for recorded in await asyncio.gather(*waiting)] == [*range(1, 51)]
    with pytest.raises(StoreUnavailable, match="closed"):
        await store.record(Recording())
    with pytest.raises(StoreUnavailable, match="closed"):
        store.reader.chain_end()
    with Store.open(path, "e1", clock) as store:
        assert store.reader.chain_end().seq == 50
