"""A trace over 10,000 lots, several levels and orders, forward and backward, within a second."""

import time
from pathlib import Path

from bench.genealogy import Plant, traced
from edge.domain.clock import ManualClock
from edge.storage.store import Store

SECOND = 1.0


async def test_ten_thousand_lots_are_traced_within_a_second(tmp_path: Path) -> None:
    with Store.open(tmp_path / "edge.db", "e1", ManualClock(plant=1_000)) as store:
        plant = Plant(store)
        await plant.make(10_000)
        for direction in ("forward", "backward"):
            begun = time.process_time()  # other work runs beside
            assert traced(store, direction) > 9_500
            assert time.process_time() - begun < SECOND
