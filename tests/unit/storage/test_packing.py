"""Facts come back from the file byte for byte, whatever is in them and whoever wrote them."""

import asyncio
import hashlib
import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.domain.clock import ManualClock
from edge.domain.facts import FactDraft, FactKind, Source, encode, placed, sha256
from edge.domain.recording import Recording
from edge.storage import fact_rows
from edge.storage.packing import PACKED, PLAIN, WHOLE, pack, pack_checked, unpack
from edge.storage.store import Store
from edge.storage.verify import verify
from tests.unit.storage import dying_migration
from tests.unit.storage.samples import count, draft, job_event, state
from tests.unit.storage.store_of_before import as_before

CLOCK = ManualClock(plant=1_780_898_400_000_000)
HASH = hashlib.sha256(b"before").digest()

# Names of the fact itself, in a body: what packing looks for must be found in the right place.
names = st.sampled_from(["seq", "prev_hash", "recorded_at", "source", "equipment_id", "edge_id"])
texts = st.text() | st.sampled_from(
    ['","seq":5,"', '","prev_hash":"ab","recorded_at":1', '"}', "\\"]
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names | texts, inner, max_size=4),
    max_leaves=8,
)


def drafts_of(kinds: Iterable[FactKind]) -> st.SearchStrategy[FactDraft]:
    return st.builds(
        FactDraft,
        kind=st.sampled_from(list(kinds)),
        occurred_at=st.integers(-(2**60), 2**60),
        equipment_id=texts.filter(bool),
        source=st.sampled_from(Source),
        job_order_id=st.none() | texts.filter(bool),
        actor=st.none() | texts,
        body=st.dictionaries(names | texts, values, max_size=5),
    )


drafts = drafts_of(FactKind)
# Of this no table is made, so that a body may be anything.
quiet = drafts_of([FactKind.SCHEDULE_RECEIVED])


@given(
    draft=drafts,
    edge=texts,
    epoch=st.integers(1, 2**40),
    seq=st.integers(2, 2**60),
    at=st.integers(0, 2**60),
)
def test_any_fact_comes_back_as_it_was(
    draft: FactDraft, edge: str, epoch: int, seq: int, at: int
) -> None:
    fact = placed(draft, edge_id=edge, epoch=epoch, seq=seq, recorded_at=at, prev_hash=HASH.hex())
    data = encode(fact)
    packed = pack(data)
    assert packed[:1] == PACKED
    assert unpack(packed, seq, HASH) == data
    row = fact_rows.Row(seq, hashlib.sha256(data).digest(), data)
    stored = fact_rows.stored(row)
    assert (stored.epoch, stored.kind, stored.occurred_at) == (epoch, draft.kind, draft.occurred_at)


@given(data=st.binary(min_size=1))
def test_any_bytes_come_back_as_they_were(data: bytes) -> None:
    assert unpack(pack_checked(data, 7, HASH), 7, HASH) == data


def test_bytes_that_others_wrote_another_way_are_kept_whole() -> None:
    fact = placed(count(0, 5), edge_id="e1", epoch=1, seq=2, recorded_at=1, prev_hash=HASH.hex())
    spaced = json.dumps(json.loads(encode(fact)), sort_keys=True).encode()
    upper = encode(replace(fact, prev_hash=HASH.hex().upper()))
    for data in (spaced, upper):
        packed = pack_checked(data, 2, HASH)
        assert packed[:1] == WHOLE
        assert unpack(packed, 2, HASH) == data
    assert unpack(encode(fact), 2, HASH) == encode(fact)  # as stores of before keep it
    assert encode(fact)[:1] == PLAIN


@settings(max_examples=8, deadline=None)
@given(groups=st.lists(st.lists(quiet, min_size=1, max_size=4), max_size=5))
def test_facts_of_any_sequence_are_read_back_with_their_hashes(
    tmp_path_factory: pytest.TempPathFactory, groups: list[list[FactDraft]]
) -> None:
    path = tmp_path_factory.mktemp("store") / "edge.db"
    with Store.open(path, "e1", CLOCK) as store:
        made = []
        for group in groups:
            recorded = asyncio.run(store.record(Recording(drafts=tuple(group))))
            made += [encode(fact) for fact in recorded.facts]
        facts = store.reader.facts_after(0, 100)
        assert [one.data for one in facts] == made
        assert [one.hash for one in facts] == [sha256(data) for data in made]
        assert [store.facts.fact(one.seq) for one in facts] == list(facts)
        for start in range(len(made) + 1):
            assert store.facts.facts_after(start, 2) == facts[start : start + 2]


async def of_before(path: Path) -> list[bytes]:
    """A store as the version of before left it; its facts."""
    drafts = (state("APT", at=0), job_event("created", 1), *(count(n, 1, at=n) for n in range(9)))
    odd = draft(FactKind.AUDIT, {"action": "x", "detail": {"text": 'ä"\\,"seq":9,'}})
    with Store.open(path, "e1", CLOCK) as store:
        await store.record(Recording(drafts=(*drafts, odd)))
        await store.rebuild()  # with the counter's baseline
        facts = [one.data for one in store.reader.facts_after(0, 100)]
    as_before(path)
    return facts


async def test_a_store_of_before_is_brought_forward_with_every_byte(tmp_path: Path) -> None:
    path = tmp_path / "edge.db"
    facts = await of_before(path)
    assert verify(path).whole  # it can be verified as it lies there
    with Store.open(path, "e1", CLOCK) as store:
        assert [one.data for one in store.reader.facts_after(0, 100)] == facts
    with sqlite3.connect(path) as conn:
        forms = {data[:1] for (data,) in conn.execute("SELECT data FROM facts")}
    conn.close()
    assert forms == {PACKED}
    assert verify(path).whole


async def test_a_damaged_fact_of_before_is_named_after_the_migration_too(tmp_path: Path) -> None:
    path = tmp_path / "edge.db"
    await of_before(path)
    conn = sqlite3.connect(path)
    with conn:
        conn.execute("DROP TRIGGER facts_never_change")
        conn.execute("UPDATE facts SET hash = 'zz' || substr(hash, 3) WHERE seq = 5")
        conn.execute(
            "CREATE TRIGGER facts_never_change BEFORE UPDATE ON facts"
            " BEGIN SELECT RAISE(ABORT, 'facts are append-only'); END"
        )
    conn.close()
    before = verify(path).broken
    Store.open(path, "e1", CLOCK).close()
    assert before is not None
    assert verify(path).broken == before


async def test_a_migration_that_is_killed_leaves_the_store_of_before(tmp_path: Path) -> None:
    path = tmp_path / "edge.db"
    facts = await of_before(path)
    for at in ("renamed", "packed"):
        command = [sys.executable, dying_migration.__file__, str(path), at]
        assert subprocess.run(command, check=False).returncode == -9
        conn = sqlite3.connect(path)
        columns = {row[1] for row in conn.execute("PRAGMA table_info(facts)")}
        conn.close()
        assert "kind" in columns
        assert verify(path).whole
    with Store.open(path, "e1", CLOCK) as store:
        assert [one.data for one in store.reader.facts_after(0, 100)] == facts
