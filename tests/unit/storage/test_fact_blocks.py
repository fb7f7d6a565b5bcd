"""The facts that an hour of a work center is made of, whenever they were told."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.domain.clock import ManualClock
from edge.domain.facts import FactDraft, FactKind, decode
from edge.domain.recording import Recording
from edge.storage.packing import BLOCK
from edge.storage.store import Store
from edge.storage.verify import verify
from tests.unit.storage.samples import HOUR, count, draft, state

CLOCK = ManualClock(plant=10 * HOUR)


def correction(corrects: int, changes: dict[str, object], at: int = 0) -> FactDraft:
    body = {"corrects": corrects, "changes": changes, "note": "n"}
    return draft(FactKind.CORRECTION, body, at=at)


def gap(start: int, end: int) -> FactDraft:
    body = {"from": start, "to": end, "reason": "unreachable", "detail": ""}
    return draft(FactKind.DATA_GAP, body, at=end)


async def record(store: Store, *drafts: FactDraft) -> None:
    await store.record(Recording(drafts=drafts))


async def test_an_hour_is_what_happened_in_it_and_what_was_told_of_it(tmp_path: Path) -> None:
    with Store.open(tmp_path / "edge.db", "e1", CLOCK) as store:
        await record(store, state("APT", at=5), count(0, 3, at=10), count(3, 4, at=HOUR + 1))
        await record(store, count(0, 9, at=20, work_center="L2"))
        await record(store, *(count(n, 1, at=3 * HOUR) for n in range(3 * BLOCK)))
        late = count(7, 2, at=4 * HOUR)
        of_before = FactDraft(**{**vars(late), "body": {**late.body, "hour": HOUR}})
        await record(store, of_before, gap(HOUR + 5, 3 * HOUR), correction(2, {"quantity": 2}))
        last = store.reader.chain_end().seq
        assert seqs(store, "L1", 0) == [1, 2, last]
        assert seqs(store, "L1", HOUR) == [1, 3, last - 2, last - 1]  # 1: the state it began with
        assert seqs(store, "L1", 2 * HOUR) == [1, last - 1]
        assert seqs(store, "L2", 0) == [4]
        assert seqs(store, "L3", 0) == []
        assert seqs(store, "L1", 30 * 60_000_000)[:3] == [1, 3, last - 2]  # a zone with :30
    assert verify(tmp_path / "edge.db").differing in ((), ("baselines",))


async def test_pieces_that_were_moved_belong_to_both_places(tmp_path: Path) -> None:
    with Store.open(tmp_path / "edge.db", "e1", CLOCK) as store:
        await record(store, count(0, 3, at=10), correction(1, {"equipment_id": "L2"}, 9 * HOUR))
        await record(store, correction(1, {"hour": HOUR}, 9 * HOUR))
        assert seqs(store, "L1", 0) == [1, 2, 3]
        assert seqs(store, "L2", 0) == [1, 2, 3]
        assert seqs(store, "L2", HOUR) == [1, 2, 3]
        await store.rebuild()
        assert seqs(store, "L2", HOUR) == [1, 2, 3]


@settings(max_examples=6, deadline=None)
@given(
    made=st.lists(
        st.tuples(st.sampled_from(["L1", "L2"]), st.integers(0, 5), st.integers(0, 5)), max_size=30
    )
)
def test_no_count_of_an_hour_is_missed(
    tmp_path_factory: pytest.TempPathFactory, made: list[tuple[str, int, int]]
) -> None:
    drafts = []
    for center, at, hour in made:
        one = count(0, 1, at=at * HOUR, work_center=center)
        drafts.append(FactDraft(**{**vars(one), "body": {**one.body, "hour": hour * HOUR}}))
    with Store.open(tmp_path_factory.mktemp("store") / "edge.db", "e1", CLOCK) as store:
        asyncio.run(store.record(Recording(drafts=tuple(drafts))))
        for center in ("L1", "L2"):
            for hour in range(6):
                wanted = [seq for seq, (c, _, h) in enumerate(made, 1) if (c, h) == (center, hour)]
                assert seqs(store, center, hour * HOUR) == wanted


def seqs(store: Store, equipment_id: str, hour: int) -> list[int]:
    found = store.facts.facts_of_hour(equipment_id, hour)
    assert [decode(one.data).seq for one in found] == [one.seq for one in found]
    return [one.seq for one in found]
