"""Two work centers on one device: what befalls one is nothing to the other."""

import asyncio

import pytest

from edge.collection.collector import Collector
from edge.collection.rounds import Rounds
from edge.collection.schedule import reads_of
from edge.collection.settings import DeviceSettings
from edge.domain.clock import SystemClock
from edge.domain.recording import StoreUnavailable
from plc_drivers.configuration import DeviceConfig, TagConfig
from plc_drivers.driver import Changes
from tests.unit.collection.fake_driver import COUNTED, FakeDriver, center
from tests.unit.collection.memory_store import MemoryJobs, MemoryStore

TAGS = tuple(TagConfig(id=id_, address=id_, type="uint32") for id_ in COUNTED)


async def test_what_the_store_refuses_one_work_center_is_kept_of_the_other() -> None:
    """Its pieces, and a stop that was told before that snapshot and is told never again."""
    clock, driver = SystemClock(), FakeDriver(dict(COUNTED))
    full, open_ = MemoryStore(), MemoryStore()
    collectors = []
    for id_, store in (("L1", full), ("L2", open_)):
        one = Collector(
            center(id=id_), writer=store, evidence=store, jobs=MemoryJobs(), clock=clock
        )
        one.open()
        collectors.append(one)
    config = DeviceConfig(id="d", driver="modbus", url="", tags=TAGS)
    rounds = Rounds(
        reads_of(config, [one.settings for one in collectors], 1.0),
        collectors,
        clock,
        settings=DeviceSettings(config=config),
        answered=lambda: None,
        committed=lambda _: None,
    )
    await rounds.forced(driver)
    full.down = True
    for state in (11, 6):
        driver.values["state"] = state
        rounds._backlog.take(Changes(readings=(driver.reading("state"),)))
        await asyncio.sleep(0.11)  # two moments
    driver.values["good"] = 7
    with pytest.raises(StoreUnavailable):
        await rounds.forced(driver)
    assert (full.pieces(), open_.pieces()) == (0, 7)
    assert [row["state"] for row in open_.intervals.values()][-2:] == [11, 6]
    full.down = False
    await rounds.forced(driver)
    assert (full.pieces(), open_.pieces()) == (7, 7)
    assert [row["state"] for row in full.intervals.values()][-2:] == [11, 6]
