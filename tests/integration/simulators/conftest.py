"""One process of machines for all tests that only look and command."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.simulators.processes import Child, machines

# Always manned, with counters just before their wrap. The faces' tests use one machine each.
PLANT = """
format = "taktline.scenario/1"
seed = 5
timezone = "Europe/Berlin"
"""
MACHINE = """
[[machine]]
id = "{id}"
name = "{id}"
url = "{scheme}://{where}"
unit = 3
word_order = "{order}"
good = {{ bits = {bits}, start = {start} }}
reject = {{ bits = 16, start = 65530 }}
cycle_spread = {{ from = "0.9", to = "1.1" }}
setup_spread = {{ from = "1", to = "1" }}
[[machine.recipe]]
number = 10
name = "quick"
cycle_s = "0.02"
setup_s = "0.1"
scrap = "0.2"
"""
TURNING = ("modbus.tcp", 32, 2**32 - 20)
PRESS = ("opc.tcp", 16, 2**16 - 20)
MACHINES = {
    "UA": (*PRESS, "ABCD"),
    "MB": (*TURNING, "CDAB"),
    "BIG": (*TURNING, "ABCD"),
    "RT": ("modbus.rtu+tcp", *TURNING[1:], "ABCD"),
    "PT": ("modbus.rtu", *TURNING[1:], "ABCD"),
}


def scenario_text(*ids: str) -> str:
    keys = ("scheme", "bits", "start", "order")
    return PLANT + "".join(
        MACHINE.format(id=id_, where=where(id_), **dict(zip(keys, MACHINES[id_], strict=True)))
        for id_ in ids
    )


def where(id_: str) -> str:
    return "pty" if id_ == "PT" else "127.0.0.1:0"


@pytest.fixture(scope="session")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Child, dict[str, Any]]]:
    """All machines of the table at the system's speed, and where they are."""
    path = tmp_path_factory.mktemp("plant") / "scenario.toml"
    path.write_text(scenario_text(*MACHINES), encoding="utf-8")
    with machines(path) as child:
        yield child, child.answer()["machines"]


@pytest.fixture
def modbus_scenario(tmp_path: Path) -> Path:
    """A plant of one Modbus machine: quick to start."""
    path = tmp_path / "scenario.toml"
    path.write_text(scenario_text("MB"), encoding="utf-8")
    return path
