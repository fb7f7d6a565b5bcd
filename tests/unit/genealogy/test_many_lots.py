"""A trace over thousands of lots, several levels and orders, reaches them all both ways.

How fast it is belongs to `bench.genealogy`. Here only that its cost does not grow with the square.
"""

import time
from pathlib import Path

import pytest

from bench.genealogy import Plant, traced
from edge.domain.clock import ManualClock
from edge.storage.readers.figures import EVER_BOOKED
from edge.storage.readers.genealogy import NAMED, Genealogy
from edge.storage.store import Store

FOUND = {"NAMED": NAMED, "EVER_BOOKED": EVER_BOOKED}
LOTS = 3_000
CPU_SECONDS = 5  # it takes about 0.3


async def test_thousands_of_lots_are_traced_forward_and_backward(tmp_path: Path) -> None:
    with Store.open(tmp_path / "edge.db", "e1", ManualClock(plant=1_000)) as store:
        plant = Plant(store)
        await plant.make(LOTS)
        for direction in ("forward", "backward"):
            begun = time.process_time()  # other work runs beside
            assert traced(store, direction) > LOTS * 0.95
            assert time.process_time() - begun < CPU_SECONDS


async def test_what_is_in_thousands_of_lots_is_asked_at_once(tmp_path: Path) -> None:
    with Store.open(tmp_path / "edge.db", "e1", ManualClock(plant=1_000)) as store:
        await Plant(store).make(LOTS)
        reader = Genealogy(store.rows)
        names = [one.lot for one in reader.lots(limit=2 * LOTS)]
        assert len(names) > LOTS * 0.95
        begun = time.process_time()
        balances = reader.balances(names)
        assert time.process_time() - begun < CPU_SECONDS
        for name in [*names[::97], "WO3.10"]:
            used = sum(one.quantity for one in reader.consumption(lot=name))
            assert reader.balances([name])[name] == reader.balance(name)
            if name in balances:
                assert balances[name] == reader.balance(name)
                assert balances[name].consumed == used
                assert balances[name].made == reader.good_in(name)


@pytest.mark.parametrize("name", FOUND)
def test_what_is_asked_at_each_scan_and_figure_is_found_by_an_index(
    tmp_path: Path, name: str
) -> None:
    with Store.open(tmp_path / "edge.db", "e1", ManualClock(plant=1_000)) as store:
        values = {"name": "S-17", "material": ""} if name == "NAMED" else ("storage",)
        plan = [
            row["detail"] for row in store.rows.query(f"EXPLAIN QUERY PLAN {FOUND[name]}", values)
        ]
        assert plan
        assert not [step for step in plan if step.startswith("SCAN")], plan
