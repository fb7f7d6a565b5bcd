"""What OPC UA alone has: status codes, times, node types, limits on one request."""

import itertools
from collections.abc import Iterator

import pytest

from plc_drivers.configuration import DeviceConfig, TagConfig
from plc_drivers.opcua.driver import OpcuaDriver
from plc_drivers.opcua.values import judge, missed, name_of
from plc_drivers.reading import Quality, Reading
from tests.contract.drivers.processes import DeviceProcess, running

pytestmark = pytest.mark.xdist_group("opcua-device")
Y2026 = 1_767_225_600_000_000


@pytest.fixture(scope="module")
def live() -> Iterator[DeviceProcess]:
    with running("opcua") as process:
        yield process


async def read(url: str, max_nodes: int = 500, **types: str) -> dict[str, Reading]:
    config = DeviceConfig(
        id="device",
        driver="opcua",
        url=url,
        insecure=True,
        max_nodes_per_read=max_nodes,
        tags=tuple(
            TagConfig(id=name, address=f"ns=2;s={name}", type=kind) for name, kind in types.items()
        ),
    )
    driver = OpcuaDriver(config, itertools.count(1).__next__)
    await driver.connect()
    readings = await driver.poll()
    await driver.close()
    return {reading.tag: reading for reading in readings}


async def test_status_codes_become_qualities_with_their_names(live: DeviceProcess) -> None:
    found = await read(live.url, Uncertain="uint16", Overload="uint16", Bad="uint16")
    shown = {tag: (each.value, each.quality, each.detail) for tag, each in found.items()}
    assert shown == {
        "Uncertain": (7, Quality.UNCERTAIN, "UncertainSubNormal"),
        "Overload": (7, Quality.UNCERTAIN, "GoodOverload"),
        "Bad": (None, Quality.BAD, "BadSensorFailure"),
    }


async def test_what_is_no_value_of_the_type_is_bad_and_says_what_it_is(live: DeviceProcess) -> None:
    found = await read(live.url, Null="string", Array="uint16", Nan="float64", Good="uint32")
    assert {tag: reading.quality for tag, reading in found.items()} == dict.fromkeys(found, "bad")
    assert {reading.value for reading in found.values()} == {None}
    assert "no value" in found["Null"].detail
    assert "array" in found["Array"].detail
    assert "nan" in found["Nan"].detail
    assert 'mend: write type = "uint16"' in found["Good"].detail


async def test_times_of_source_and_server_are_kept_as_microseconds(live: DeviceProcess) -> None:
    reading = (await read(live.url, Good="uint16"))["Good"]
    assert reading.source_time is not None
    assert reading.server_time is not None
    assert Y2026 < reading.source_time <= reading.server_time
    assert reading.edge_time == 1


async def test_more_nodes_than_one_read_may_hold_are_read_in_several(live: DeviceProcess) -> None:
    types = {"State": "uint16", "Good": "uint16", "Total": "uint32", "Offset": "int16"}
    found = await read(live.url, 3, **types)
    assert [reading.edge_time for reading in found.values()] == [1, 1, 1, 2]
    assert {reading.quality for reading in found.values()} == {Quality.GOOD}


def test_severities_of_status_codes() -> None:
    assert judge(0) == (Quality.GOOD, "")
    assert judge(0x0000_0480) == (Quality.GOOD, "")  # info bits are not the status
    assert judge(0x0096_0000) == (Quality.GOOD, "GoodLocalOverride")
    assert judge(0xC000_0000)[0] is Quality.BAD  # reserved: to be taken as bad
    assert missed(0x0000_0480) == "the server's queue overflowed"
    assert missed(0x002F_0000) == "the server skipped samples"
    assert missed(0x0000_0400) == missed(0x0096_0000) == ""
    assert name_of(0x8FFF_0000) == "status 0x8FFF0000"
