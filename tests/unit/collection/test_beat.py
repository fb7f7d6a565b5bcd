"""A machine sees that the edge lives and records: its number rises, and stands when it does not."""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest
import structlog.testing
from hypothesis import given
from hypothesis import strategies as st

from edge.collection import beat
from edge.collection.beat import following
from edge.domain.facts import FactKind
from plc_drivers.configuration import DeviceConfig, TagConfig
from plc_drivers.errors import Refused
from plc_drivers.reading import Value
from tests.unit.collection.fake_driver import COUNTED, Bench, FakeDriver, until


def tag(type_: str) -> TagConfig:
    return TagConfig(id="beat", address="holding:9", type=type_, role="heartbeat_out", write=True)


CONFIG = DeviceConfig(
    id="d",
    driver="modbus",
    url="",
    poll_ms=10,
    tags=(
        *(TagConfig(id=id_, address="holding:0", type="uint32") for id_ in COUNTED),
        tag("uint16"),
    ),
)


@given(
    st.sampled_from([("uint8", 255), ("int16", 32_767), ("uint16", 65_535), ("bcd16", 9_999)]),
    st.integers(-(2**40), 2**40),
)
def test_the_number_after_any_is_another_one_that_fits(kind: tuple[str, int], shown: int) -> None:
    name, most = kind
    number = following(tag(name), shown)
    assert 0 <= number <= most
    assert number != shown or not 0 <= shown <= most
    assert following(tag(name), most) == 0


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beat, "BEAT_S", 0.02)


async def test_it_rises_while_pieces_are_recorded_and_stands_while_they_are_not() -> None:
    driver = FakeDriver({**COUNTED, "beat": 41})
    async with Bench(driver, CONFIG) as bench:
        await until(lambda: len(driver.writes) >= 3, "three beats")
        assert driver.writes[:3] == [("beat", 42), ("beat", 43), ("beat", 44)]
        bench.store.down = True
        driver.values["good"] = 5
        health = bench.machines.collectors["L1"].health
        await until(lambda: health.store_failures > 0, "a refusal")
        stood = len(driver.writes)
        await until(lambda: health.store_failures > 20, "many more")
        assert len(driver.writes) <= stood + 1
        bench.store.down = False
        await until(lambda: len(driver.writes) > stood + 2, "beats again")
        assert bench.store.pieces() == 5
        assert not bench.store.of(FactKind.AUDIT)


@dataclass
class ReadOnly(FakeDriver):
    """Refuses every write."""

    async def write(self, values: Mapping[str, Value]) -> Mapping[str, Value]:
        raise Refused(dict.fromkeys(values, "read only"))


async def test_a_device_that_refuses_it_is_counted_all_the_same_and_told_of_once() -> None:
    driver = ReadOnly({**COUNTED, "beat": 0})
    with structlog.testing.capture_logs() as logs:
        async with Bench(driver, CONFIG) as bench:
            health = bench.machines.health["d"]
            await until(lambda: health.beat_failures > 5, "failures")
            driver.values["good"] = 5
            await until(lambda: bench.store.pieces() == 5, "five pieces")
            assert (health.connects, health.beats) == (1, 0)
    assert [one["event"] for one in logs].count("heartbeat_not_written") == 1
