"""Restored without sync: whatever happens until sync is back, each piece is booked once."""

import asyncio
import os
import tempfile
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from edge.collection.collector import Collector
from edge.domain.facts import FactKind, decode
from edge.storage.backup import backup
from edge.storage.recovery import Order
from edge.storage.snapshots import Keeping
from edge.storage.store import Store
from edge.storage.verify import verify
from tests.integration.storage.sync_model import SyncModel
from tests.unit.collection.bench_machine import BenchMachine, counter, settings
from tests.unit.collection.memory_store import MemoryJobs

FAST = Path("/dev/shm") if Path("/dev/shm").is_dir() else None
FEW = examples(max_examples=int(os.environ.get("TAKTLINE_EXAMPLES", "15")))
MODULUS, EVERYTHING = 4096, 1_000_000
COUNTERS = (
    counter("good", modulus=MODULUS, max_rate=Fraction(50)),
    counter("reject", modulus=MODULUS, max_rate=Fraction(50)),
)


@dataclass
class Line:
    """A machine, an edge and sync; `truth` is what the machine made since it was first read."""

    folder: Path
    machine: BenchMachine = field(
        default_factory=lambda: BenchMachine(
            settings(*COUNTERS, roles=("state", "boot")), jobs=MemoryJobs()
        )
    )
    sync: SyncModel = field(default_factory=SyncModel)
    truth: dict[str, int] = field(default_factory=lambda: {"good": 0, "scrap": 0})
    raws: dict[str, int] = field(default_factory=lambda: {"good": 4000, "reject": 7})
    snapshots: list[Path] = field(default_factory=list)
    boots: int = 1

    def open(self, order: Order | None = None) -> None:
        """The edge begins."""
        keeping = Keeping(folder=self.folder / "snapshots")
        path, clock = self.folder / "edge.sqlite", self.machine.clock
        self.store = Store.open(path, "e1", clock, keeping=keeping, order=order or Order())
        machine = self.machine
        machine.collector = Collector(
            machine.settings,
            writer=self.store,
            evidence=self.store.reader,
            jobs=machine.jobs,
            clock=clock,
        )
        machine.collector.open()

    async def make(self, good: int, bad: int) -> None:
        """The machine makes pieces, whoever looks."""
        self.machine.clock.advance(20 + good)
        for tag, role, pieces in (("good", "good", good), ("reject", "scrap", bad)):
            self.raws[tag] = (self.raws[tag] + pieces) % MODULUS
            self.truth[role] += pieces

    async def read(self) -> None:
        """The edge reads it, twice where a counter is doubted."""
        for _ in range(3):
            values = {**self.raws, "boot": self.boots}
            taken = await self.machine.show(5.0, **values)
            if not taken.again:
                return

    async def reset(self) -> None:
        """The controller starts anew, from 0."""
        self.raws, self.boots = {"good": 0, "reject": 0}, self.boots + 1

    async def snapshot(self) -> None:
        path = self.folder / f"copy{len(self.snapshots)}.sqlite"
        await asyncio.to_thread(backup, self.store.path, path)
        self.snapshots.append(path)

    async def restart(self) -> None:
        self.store.close()
        self.open()

    async def restore(self, which: int) -> None:
        """An old copy takes the store's place; sync keeps what it has."""
        self.store.close()
        copy = self.snapshots[which % len(self.snapshots)] if self.snapshots else None
        self.open(Order(snapshot=copy) if copy else None)

    async def meet(self) -> None:
        await self.sync.meet(self.store)

    def recorded(self) -> dict[str, int]:
        """Pieces by role in the store, and those of open quarantines."""
        sums = {"good": 0, "scrap": 0, "held": 0}
        for stored in self.store.reader.facts_after(0, EVERYTHING):
            fact = decode(stored.data)
            if fact.kind == FactKind.PRODUCTION_COUNT:
                sums[fact.body["role"]] += fact.body["quantity"]
        for held in self.store.reader.held_readings(open_=True):
            sums["held"] += (held.raw_to - held.raw_from) % MODULUS
        return sums


pieces = st.tuples(st.integers(0, 60), st.integers(0, 9))
step = st.one_of(
    st.tuples(st.just("make"), pieces),
    st.tuples(st.just("read"), st.none()),
    st.tuples(st.just("read"), st.none()),
    st.tuples(st.just("snapshot"), st.none()),
    st.tuples(st.just("restart"), st.none()),
    st.tuples(st.just("restore"), st.integers(0, 5)),
    st.tuples(st.just("meet"), st.none()),
)


async def play(line: Line, steps: list[tuple[str, object]]) -> None:
    line.open()
    await line.read()
    await line.snapshot()
    for name, with_ in steps:
        arguments = with_ if isinstance(with_, tuple) else () if with_ is None else (with_,)
        await getattr(line, name)(*arguments)
    await line.meet()
    await line.read()
    await line.meet()
    line.store.close()


def played(steps: list[tuple[str, object]], check: object) -> None:
    with tempfile.TemporaryDirectory(dir=FAST) as folder:
        line = Line(Path(folder))
        asyncio.run(play(line, steps))
        assert verify(line.store.path).whole
        line.open()
        recorded, booked = line.recorded(), line.sync.booked()
        line.store.close()
        assert callable(check)
        check(line, recorded, booked)


def exact(line: Line, recorded: dict[str, int], booked: dict[str, int]) -> None:
    assert recorded == {**line.truth, "held": 0}
    assert {"good": 0, "scrap": 0, **booked} == line.truth


@FEW
@given(st.lists(step, max_size=16))
def test_whatever_is_restored_and_when_each_piece_is_booked_once(
    steps: list[tuple[str, object]],
) -> None:
    played(steps, exact)


def never_too_many(line: Line, recorded: dict[str, int], booked: dict[str, int]) -> None:
    """With resets pieces may be unknown; none is ever booked twice, sync and store agree."""
    made = sum(line.truth.values())
    assert recorded["good"] + recorded["scrap"] <= made
    assert {"good": recorded["good"], "scrap": recorded["scrap"]} == {
        "good": 0,
        "scrap": 0,
        **booked,
    }


reset = st.tuples(st.just("reset"), st.none())


@FEW
@given(st.lists(st.one_of(step, reset), max_size=16))
def test_with_resets_in_between_no_piece_is_booked_twice(steps: list[tuple[str, object]]) -> None:
    played(steps, never_too_many)


async def test_the_first_reading_after_a_restore_is_unconfirmed(tmp_path: Path) -> None:
    line = Line(tmp_path)
    line.open()
    await line.read()
    await line.snapshot()
    await line.make(30, 2)
    await line.read()
    await line.meet()
    await line.restore(0)
    await line.make(10, 0)
    await line.read()
    await line.make(5, 0)
    await line.read()
    flags = [
        one.body["flags"]
        for one in map(decode, (fact.data for fact in line.store.reader.facts_after(0, 99)))
        if one.kind == FactKind.PRODUCTION_COUNT and one.body["role"] == "good"
    ]
    assert ["unconfirmed" in one for one in flags] == [True, False]
    assert line.store.recovery.unconfirmed() > 0
    assert line.recorded()["good"] == 45
    await line.restart()  # it survives a restart
    assert line.store.recovery.unconfirmed() > 0
    await line.meet()
    assert line.store.recovery.unconfirmed() == 0
    [done] = line.store.recovery.all()
    assert (done.settled_at is not None, done.held) == (True, 0)
    assert done.taken_back
    assert line.recorded() == {"good": 45, "scrap": 2, "held": 0}
    assert line.sync.booked() == {"good": 45, "scrap": 2}
    line.store.close()


async def test_an_epoch_that_sync_has_begun_is_gone_on_in_and_none_is_taken_back(
    tmp_path: Path,
) -> None:
    line = Line(tmp_path)
    line.open()
    await line.read()
    await line.store.settle(3, [])
    await line.store.settle(2, [])
    await line.make(5, 0)
    await line.read()
    epochs = [decode(fact.data).epoch for fact in line.store.reader.facts_after(0, 99)]
    line.store.close()
    assert (epochs[0], epochs[-1]) == (1, 3)
    assert verify(line.store.path).whole
