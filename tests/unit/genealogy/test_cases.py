"""The folder of cases: what is mounted, opened, counted, corrected, and what is in what."""

import json
from fractions import Fraction
from pathlib import Path

import pytest

from edge.domain.clock import ManualClock
from edge.storage.readers.genealogy import Genealogy
from edge.storage.store import Store
from tests.unit.genealogy.test_lots_properties import JOBS, PER_PIECE, Bench
from tests.unit.genealogy.test_pins import created

CASES = sorted((Path(__file__).parents[2] / "cases" / "genealogy").glob("*.json"))


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
async def test_a_case(file: Path, tmp_path: Path) -> None:
    case = json.loads(file.read_text())
    with Store.open(tmp_path / "edge.db", "e1", ManualClock(plant=1_000)) as store:
        bench = Bench(store)
        for job in JOBS:
            await bench.record(created(job, ("STEEL", PER_PIECE)))
        for what, number, *more in case["steps"]:
            bench.at += 1
            if what == "count":
                await bench.count(0, number)
            else:
                await getattr(bench, what)(number, more[0] if more else 0)
        reader = Genealogy(store.rows)
        found = {
            lot: sum((one.quantity for one in reader.consumption(lot=lot)), Fraction(0))
            for lot in ("S1", "S2")
        }
        assert {lot: str(much) for lot, much in found.items() if much} == case["consumed"]
        for lot, wanted in case["reached"].items():
            assert sorted(reader.reached(lot, forward=True)) == wanted
