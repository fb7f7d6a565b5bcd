"""A trace over thousands of lots, several levels and orders, reaches them all both ways.

How fast it is belongs to `bench.genealogy`. Here only that its cost does not grow with the square.
"""

import time
from pathlib import Path

from bench.genealogy import Plant, traced
from edge.domain.clock import ManualClock
from edge.storage.store import Store

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
