"""Whatever is mounted, counted and corrected: every piece is of one lot, and nothing is lost."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.domain.clock import ManualClock
from edge.domain.facts import FactDraft, FactKind
from edge.domain.recording import Recording
from edge.storage.readers.genealogy import Genealogy
from edge.storage.store import Store
from tests.unit.genealogy.test_pins import created
from tests.unit.storage.samples import count, draft

JOBS = ("WO1.10", "WO2.10")
PER_PIECE = Fraction(3, 7)
CONSUMED, PRODUCED = FactKind.MATERIAL_CONSUMED, FactKind.MATERIAL_PRODUCED


@dataclass
class Counted:
    """A count as it is now known: whose it is, the lot and the open lots of then."""

    job: str
    lot: str | None
    open: dict[str, str]
    pieces: int

    @property
    def output(self) -> str:
        return self.open.get(self.job, self.job)


@dataclass
class Model:
    """What every piece is made of and where it went, one by one as a person would keep book."""

    mounted: str | None = None
    open: dict[str, str] = field(default_factory=dict)
    lots: list[str] = field(default_factory=list)
    counts: dict[int, Counted] = field(default_factory=dict)

    def consumed(self) -> dict[str, Fraction]:
        sums: dict[str, Fraction] = {}
        for one in self.counts.values():
            if one.lot and one.pieces:
                sums[one.lot] = sums.get(one.lot, Fraction(0)) + one.pieces * PER_PIECE
        return sums

    def links(self) -> set[tuple[str, str]]:
        return {(one.lot, one.output) for one in self.counts.values() if one.lot and one.pieces}


def segment(model: Model) -> dict[str, Any]:
    mounted = [
        {"material": "STEEL", "lot": lot, "revision": "", "made_by": ""}
        for lot in ([model.mounted] if model.mounted else [])
    ]
    open_ = [{"job_order_id": job, "lot": lot} for job, lot in sorted(model.open.items())]
    return {"raw": {}, "certain": True, "mounted": mounted, "open": open_}


class Bench:
    """A store and the model of what was said to it."""

    def __init__(self, store: Store) -> None:
        self.store, self.model, self.raw, self.at = store, Model(), 0, 1

    async def record(self, one: FactDraft) -> int:
        return (await self.store.record(Recording(drafts=(one,)))).last_seq

    async def mount(self, number: int, _: int) -> None:
        self.model.mounted = f"S{number}" if number else None
        lot = self.model.mounted or "S1"
        said = {"event": "mounted" if number else "unmounted", "lot": lot, "material": "STEEL"}
        body = said | {"replaces": None} | segment(self.model)
        await self.record(draft(CONSUMED, body, at=self.at))

    async def open(self, number: int, _: int) -> None:
        job = JOBS[number % 2]
        lot = f"P{len(self.model.lots)}"
        self.model.lots.append(lot)
        self.model.open[job] = lot
        said = {"event": "opened", "lot": lot, "kind": "product", "material": "HINGE"}
        more = {"revision": "A", "unit": "pcs", "container": ""}
        body = said | more | segment(self.model)
        await self.record(draft(PRODUCED, body, at=self.at, job=job))

    async def count(self, number: int, pieces: int) -> None:
        job = JOBS[number % 2]
        seq = await self.record(count(self.raw, pieces, job=job, at=self.at))
        self.raw += pieces
        there = dict(self.model.open)
        self.model.counts[seq] = Counted(job, self.model.mounted, there, pieces)

    async def correct(self, number: int, pieces: int) -> None:
        if seq := await self._corrected(number, {"quantity": pieces}):
            self.model.counts[seq].pieces = pieces

    async def give(self, number: int, pieces: int) -> None:
        """The pieces are another job order's: its boundary was moved."""
        job = JOBS[pieces % 2]
        if seq := await self._corrected(number, {"job_order_id": job}):
            self.model.counts[seq].job = job

    async def _corrected(self, number: int, changes: dict[str, Any]) -> int:
        if not self.model.counts:
            return 0
        seq = sorted(self.model.counts)[number % len(self.model.counts)]
        body = {"corrects": seq, "changes": changes, "note": "known better"}
        await self.record(draft(FactKind.CORRECTION, body, at=self.at))
        return seq

    def check(self) -> None:
        reader = Genealogy(self.store.rows)
        found = {f"S{n}": reader.consumption(lot=f"S{n}") for n in range(1, 4)}
        sums = {
            lot: sum((one.quantity for one in rows), Fraction(0)) for lot, rows in found.items()
        }
        assert {lot: much for lot, much in sums.items() if much} == self.model.consumed()
        links = {(one.lot, one.output) for rows in found.values() for one in rows}
        assert links == self.model.links()
        pieces = sum(row.pieces for row in self.model.counts.values())
        made = sum(reader.good_in(lot) for lot in (*JOBS, *self.model.lots))
        assert made == pieces
        whole = reader.material_hours("L1", 0, 10**15)
        assert sum((one.consumed for one in whole), Fraction(0)) == pieces * PER_PIECE
        owed = [one.consumed for job in JOBS for one in reader.owed(job)]
        assert sum(owed, Fraction(0)) == pieces * PER_PIECE
        self.inverse(reader)

    def inverse(self, reader: Genealogy) -> None:
        """Forward of backward contains the start, and the other way round."""
        for lot, out in self.model.links():
            assert out in reader.reached(lot, forward=True)
            assert lot in reader.reached(out, forward=False)
            for far in reader.reached(lot, forward=True):
                assert lot in reader.reached(far, forward=False)


STEP = st.tuples(
    st.sampled_from(["mount", "mount", "open", "count", "count", "count", "correct", "give"]),
    st.integers(0, 3),
    st.integers(1, 40),
)


@settings(max_examples=25)
@given(steps=st.lists(STEP, max_size=14))
async def test_every_piece_is_of_the_lot_that_was_mounted_when_it_was_counted(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, int]]
) -> None:
    folder = tmp_path_factory.mktemp("lots")
    with Store.open(folder / "edge.db", "e1", ManualClock(plant=1_000)) as store:
        bench = Bench(store)
        for job in JOBS:
            await bench.record(created(job, ("STEEL", PER_PIECE)))
        for what, number, pieces in steps:
            bench.at += 1
            await getattr(bench, what)(number, pieces)
        bench.check()
        await store.rebuild()
        bench.check()


FLOWS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(-3, 5)), max_size=20)


@settings(max_examples=25)
@given(flows=FLOWS)
async def test_a_trace_is_its_own_inverse_whatever_was_packed_split_and_merged(
    tmp_path_factory: pytest.TempPathFactory, flows: list[tuple[int, int, int]]
) -> None:
    folder = tmp_path_factory.mktemp("lots")
    with Store.open(folder / "edge.db", "e1", ManualClock(plant=1_000)) as store:
        for source, target, quantity in flows:
            said = [{"from": f"A{source}", "to": f"A{target}", "quantity": str(quantity)}]
            body = {"event": "flowed", "how": "merged", "flows": said, "new": []}
            await store.record(Recording(drafts=(draft(PRODUCED, body),)))
        reader = Genealogy(store.rows)
        lots = [f"A{number}" for number in range(7)]
        forward = {lot: set(reader.reached(lot, forward=True)) for lot in lots}
        backward = {lot: set(reader.reached(lot, forward=False)) for lot in lots}
        for near in lots:
            for far in lots:
                assert near == far or (far in forward[near]) == (near in backward[far])
