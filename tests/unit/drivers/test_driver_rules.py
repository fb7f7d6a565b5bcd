"""What drivers refuse before they connect: addresses, types, urls, security."""

import subprocess
import sys
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from edge.config import load
from plc_drivers.configuration import DeviceConfig, SerialConfig, TagConfig
from plc_drivers.errors import ConfigInvalid
from plc_drivers.registry import DRIVERS, create, find_problems, rules

ROOT = Path(__file__).parents[3]
URLS = {"modbus": "modbus.tcp://10.0.0.1:502", "opcua": "opc.tcp://10.0.0.1:4840"}


def tag(**given: Any) -> TagConfig:
    return TagConfig(**({"id": "t", "address": "holding:1", "type": "uint16"} | given))


@pytest.mark.parametrize(
    ("driver", "given", "key"),
    [
        ("modbus", {"address": "holding:65536"}, "address"),
        ("modbus", {"address": "holding:01"}, "address"),
        ("modbus", {"address": "holding:-1"}, "address"),
        ("modbus", {"address": "40001"}, "address"),
        ("modbus", {"address": "holding:1.16", "type": "bool"}, "address"),
        ("modbus", {"address": "coil:1.2", "type": "bool"}, "address"),
        ("modbus", {"address": "holding:65535", "type": "uint32"}, "address"),
        ("modbus", {"type": "bool"}, "address"),
        ("modbus", {"address": "coil:1"}, "type"),
        ("modbus", {"address": "holding:1.2"}, "type"),
        ("modbus", {"type": "uint8"}, "type"),
        ("modbus", {"type": "datetime"}, "type"),
        ("opcua", {"address": "i=2257", "type": "datetime", "write": True}, "write"),
        ("opcua", {"address": "i=2257", "type": "datetime", "offset": Decimal(1)}, "scale"),
        ("modbus", {"type": "string"}, "length"),
        ("modbus", {"length": 4}, "length"),
        ("modbus", {"type": "string", "length": 4, "order": "CDAB"}, "order"),
        ("modbus", {"address": "input:1", "write": True}, "write"),
        ("modbus", {"type": "bits", "scale": Decimal("0.1")}, "scale"),
        ("modbus", {"type": "string", "length": 4, "offset": Decimal(1)}, "scale"),
        ("modbus", {"address": "holding:1.2", "type": "bool", "write": True}, "write"),
        ("opcua", {"address": "Line1.Good"}, "address"),
        ("opcua", {"address": "ns=2,s=Good"}, "address"),
        ("opcua", {"address": "ns=65536;s=Good"}, "address"),
        ("opcua", {"address": "i=4294967296"}, "address"),
        ("opcua", {"address": "ns=2;s=Good", "order": "CDAB"}, "order"),
        ("opcua", {"address": "ns=2;s=Good", "type": "string", "length": 4}, "length"),
    ],
)
def test_a_tag_that_cannot_work_is_named(driver: str, given: dict[str, Any], key: str) -> None:
    problems = rules(driver).tag_problems(tag(**given))
    assert [problem.key for problem in problems] == [key]
    assert problems[0].mend


@pytest.mark.parametrize(
    "address",
    ["ns=2;s=a;b=c", "i=85", "ns=3;i=0", "ns=1;b=M/RbKBsRVkePCePcx24oRA==", "ns=2;s=左.好",
     "ns=4;g=09087e75-8e5e-499b-954f-f2a9603db28a"],
)  # fmt: skip
def test_node_ids_of_every_kind_are_taken_and_are_what_the_library_reads(address: str) -> None:
    from asyncua import ua

    assert rules("opcua").tag_problems(tag(address=address)) == ()
    assert ua.NodeId.from_string(address).to_string()


@pytest.mark.parametrize(
    ("driver", "url"),
    [
        ("modbus", "http://10.0.0.1"),
        ("modbus", "modbus.tcp://"),
        ("modbus", "modbus.tcp://10.0.0.1:99999"),
        ("modbus", "10.0.0.1:502"),
        ("modbus", "modbus.rtu://ttyUSB0"),
        ("modbus", "modbus.rtu:///"),
        ("modbus", "modbus.rtu+tcp://"),
        ("modbus", "modbus.udp://10.0.0.1"),
        ("opcua", "http://10.0.0.1"),
        ("opcua", "opc.tcp://"),
        ("opcua", "opc.tcp://10.0.0.1:x"),
        ("opcua", "opc.tcp://user:secret@10.0.0.1:4840"),
    ],
)
def test_a_url_that_cannot_work_is_named(driver: str, url: str) -> None:
    config = DeviceConfig(id="d", driver=driver, url=url, insecure=True)
    assert [problem.key for problem in find_problems(config)] == ["url"]


def test_opcua_without_encryption_must_be_asked_for() -> None:
    config = DeviceConfig(id="d", driver="opcua", url=URLS["opcua"])
    (problem,) = find_problems(config)
    assert problem.key == "insecure"
    assert "insecure = true" in problem.mend


def test_a_value_wider_than_a_request_is_named() -> None:
    wide = (tag(type="uint64"),)
    config = DeviceConfig(id="d", driver="modbus", url=URLS["modbus"], tags=wide, max_registers=2)
    assert [problem.key for problem in find_problems(config)] == ["tag[0].address"]


SERIAL = SerialConfig(baudrate=9600)


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"serial": SERIAL}, "serial"),
        ({"url": "modbus.rtu+tcp://10.0.0.1:4001", "serial": SERIAL}, "serial"),
        ({"url": "modbus.rtu:///dev/ttyUSB0", "unit": 0}, "unit"),
        ({"forbidden": ("holding:1-199",)}, "tag[0].address"),
        ({"forbidden": ("input:1-199", "holding:1")}, "tag[0].address"),
        ({"forbidden": ("holding:2-199", "holding:9-5")}, "forbidden[1]"),
        ({"forbidden": ("40001-40010",)}, "forbidden[0]"),
    ],
)
def test_a_modbus_device_that_cannot_work_is_named(given: dict[str, Any], key: str) -> None:
    base: dict[str, Any] = {"id": "d", "driver": "modbus", "url": URLS["modbus"], "tags": (tag(),)}
    (problem,) = find_problems(DeviceConfig(**(base | given)))
    assert problem.key == key
    assert problem.mend


@pytest.mark.parametrize("url", ["modbus.rtu:///dev/serial/by-id/usb-1", "modbus.rtu:///dev/ttyS0"])
def test_a_serial_port_may_have_settings_or_the_usual_ones(url: str) -> None:
    for serial in (None, SERIAL):
        device = DeviceConfig(id="d", driver="modbus", url=url, tags=(tag(),), serial=serial)
        assert find_problems(device) == ()


def test_configurations_refuse_what_no_driver_could_use() -> None:
    with pytest.raises(ConfigInvalid) as invalid:
        TagConfig(id="", address="x", type="word", order="ABDC", modulus=1)
    assert [each.key for each in invalid.value.problems] == ["id", "type", "order", "modulus"]
    with pytest.raises(ConfigInvalid) as invalid:
        DeviceConfig(
            id="d", driver="modbus", url="x", unit=256, poll_ms=1, timeout_ms=1, tags=(tag(), tag())
        )
    keys = [each.key for each in invalid.value.problems]
    assert keys == ["unit", "poll_ms", "timeout_ms", "tag[1].id"]


def test_an_unknown_driver_is_named_with_those_that_are_known() -> None:
    with pytest.raises(ConfigInvalid, match="modbus, opcua"):
        create(DeviceConfig(id="d", driver="profinet", url="x"), lambda: 0)


def test_every_driver_has_a_page_and_a_sample_that_loads() -> None:
    for name, entry in DRIVERS.items():
        folder = ROOT / Path(*entry.rules.split(".")[:-1])
        assert (folder / "README.md").read_text().startswith("# ")
        plant = load(folder / "sample.toml")
        assert [device.connection.driver for device in plant.devices] == [name]
        create(plant.devices[0].connection, lambda: 0)
        assert tomllib.loads((folder / "sample.toml").read_text())["format"]


def test_the_sample_of_a_serial_line_loads_with_both_its_devices() -> None:
    plant = load(ROOT / "plc_drivers" / "modbus" / "sample_rtu.toml")
    for device in plant.devices:
        create(device.connection, lambda: 0)
        assert device.connection.serial is not None
    assert [device.connection.unit for device in plant.devices] == [1, 2]


def test_checking_loads_no_protocol_library() -> None:
    """The libraries take seconds and tens of megabytes; a check needs neither."""
    code = (
        "import sys; from pathlib import Path; from edge.config import load\n"
        "for name in ('opcua', 'modbus'): load(Path('plc_drivers', name, 'sample.toml'))\n"
        "print(sorted({'asyncua', 'pymodbus'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
