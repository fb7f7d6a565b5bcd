"""A piece that was begun lies in the store with the baseline: over kills, verify and a restore."""

import asyncio
from fractions import Fraction
from pathlib import Path

from edge.collection.collector import Collector
from edge.domain.facts import FactKind, decode
from edge.storage.backup import backup
from edge.storage.store import Store
from edge.storage.verify import verify
from tests.unit.collection.bench_machine import BenchMachine, counter, settings
from tests.unit.collection.memory_store import MemoryJobs, job

ALL = 1_000_000


def collector(machine: BenchMachine, store: Store) -> Collector:
    """The machine's collector before a real store, as a new life of the edge begins."""
    machine.collector = Collector(
        machine.settings,
        writer=store,
        evidence=store.reader,
        jobs=machine.jobs,
        clock=machine.clock,
    )
    machine.collector.open()
    return machine.collector


def good(store: Store) -> list[int]:
    facts = [decode(fact.data) for fact in store.reader.facts_after(0, ALL)]
    return [one.body["quantity"] for one in facts if one.kind == FactKind.PRODUCTION_COUNT]


async def test_a_begun_piece_is_neither_lost_nor_made_twice(tmp_path: Path) -> None:
    tag = counter("good", pieces_per_step=Fraction(2, 3), max_rate=Fraction(10))
    jobs = MemoryJobs(on=job(1001010))
    machine = BenchMachine(settings(tag, roles=("state",)), jobs=jobs)
    copy = tmp_path / "copy.db"
    with Store.open(tmp_path / "edge.db", "e1", machine.clock) as store:
        collector(machine, store)
        await machine.show(1, good=100)
        await machine.show(1, good=101)
        await machine.show(1, good=102)
        await asyncio.to_thread(backup, store.path, copy)
        at = store.reader.chain_end().seq
        collector(machine, store)
        await machine.show(1, good=104)
        [row] = [one for one in store.reader.baselines() if one.tag == "good"]
        assert (row.raw, row.rest, row.rest_of) == (104, "2/3", "WO1001.10")
        assert good(store) == [0, 1, 1]
        missing = [fact.data for fact in store.reader.facts_after(at, ALL)]
        await store.rebuild()
    assert verify(tmp_path / "edge.db").whole
    with Store.open(copy, "e1", machine.clock) as store:
        await store.adopt(2, missing)
        assert row.rest in {one.rest for one in store.reader.baselines()}
        collector(machine, store)
        await machine.show(1, good=109)
        assert sum(good(store)) == 6
    assert verify(copy).whole
