"""`taktline check` and `taktline read` as processes, against real servers."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.drivers.processes import DeviceProcess, nothing_listens, running

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.xdist_group("check-and-read")  # one press and one lathe for all
CASES = ROOT / "tests" / "cases" / "plant_toml"
PLANT = """
format = "taktline.plant/1"
site = {{id = "s1", timezone = "Europe/Berlin"}}
edge = {{id = "e1"}}
calendar = [{{id = "day", always = true}}]

[[device]]
id = "press1"
driver = "opcua"
url = "{opcua}"
insecure = true
tag = [
    {{id = "good", address = "ns=2;s=Good", type = "uint16", role = "good", max_rate_per_s = "3"}},
    {{id = "ratio", address = "ns=2;s=Ratio", type = "float32", unit = "1"}},
    {{id = "gone", address = "ns=2;s=Missing", type = "uint16"}},
]

[[device]]
id = "lathe1"
driver = "modbus"
url = "{modbus}"
timeout_ms = 500
tag = [{{id = "good", address = "holding:2", type = "uint32", order = "CDAB"}}]

[[work_center]]
id = "L1"
device = "press1"
calendar = "day"
"""


@pytest.fixture(scope="module")
def press() -> Iterator[DeviceProcess]:
    with running("opcua") as process:
        yield process


@pytest.fixture(scope="module")
def lathe() -> Iterator[DeviceProcess]:
    with running("modbus") as process:
        yield process


def taktline(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "taktline", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def plant_file(folder: Path, opcua: str, modbus: str) -> str:
    file = folder / "plant.toml"
    file.write_text(PLANT.format(opcua=opcua, modbus=modbus))
    return str(file)


def test_a_sound_file_ends_with_0_and_says_what_it_holds() -> None:
    done = taktline("check", str(CASES / "sound" / "plant.toml"))
    assert (done.returncode, done.stderr) == (0, "")
    assert "sound; work centers: 1, devices: 1, tags: 2" in done.stdout


def test_every_fault_is_told_at_once_and_ends_with_3() -> None:
    file = str(CASES / "both_passes" / "plant.toml")
    done = taktline("check", file)
    assert done.returncode == 3
    *faults, summary = done.stderr.splitlines()
    assert summary == f"{file}: 4 fault(s)"
    assert len(faults) == 4
    assert all(line.startswith(f"{file}: ") and "; mend: " in line for line in faults)


def test_faults_as_json_name_file_key_value_message_and_mend() -> None:
    file = str(CASES / "listen" / "plant.toml")
    done = taktline("check", file, "--json")
    assert (done.returncode, done.stderr) == (3, "")
    (fault,) = json.loads(done.stdout)["faults"]
    assert fault == {
        "file": file,
        "key": "api.listen",
        "value": '"8811"',
        "message": "is not HOST:PORT",
        "mend": 'write for example "127.0.0.1:8811"',
    }


def test_a_file_with_faults_is_not_read_from() -> None:
    done = taktline("read", "--config", str(CASES / "listen" / "plant.toml"), "--once")
    assert (done.returncode, done.stdout) == (3, "")


def test_every_tag_is_read_once(press: DeviceProcess, lathe: DeviceProcess, tmp_path: Path) -> None:
    file = plant_file(tmp_path, press.url, lathe.url)
    done = taktline("read", "--config", file, "--once", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    first, second = json.loads(done.stdout)["devices"]
    assert (first["id"], first["reached"], first["detail"]) == ("press1", True, "")
    shown = {each["tag"]: (each["value"], each["quality"]) for each in first["readings"]}
    assert shown == {"good": (65_530, "good"), "ratio": ("0.1", "good"), "gone": (None, "bad")}
    times = first["readings"][0]
    assert times["source_time"] <= times["server_time"] <= times["edge_time"]
    (count,) = second["readings"]
    assert (count["value"], count["source_time"]) == (0x12345678, None)


def test_a_device_that_cannot_be_reached_is_named_with_why_and_ends_with_1(
    press: DeviceProcess, tmp_path: Path
) -> None:
    with nothing_listens("modbus") as url:
        file = plant_file(tmp_path, press.url, url)
        done = taktline("read", "--config", file, "--once")
        as_json = taktline("read", "--config", file, "--once", "--json", "--device", "lathe1")
        other = taktline("read", "--config", file, "--once", "--device", "press1")
    assert done.returncode == 1
    assert done.stderr.startswith("lathe1: cannot be reached: modbus.tcp://127.0.0.1")
    assert "nothing listens there" in done.stderr
    assert "65530  good" in done.stdout
    assert as_json.returncode == 1
    (device,) = json.loads(as_json.stdout)["devices"]
    assert (device["reached"], device["readings"]) == (False, [])
    assert "nothing listens there" in device["detail"]
    assert other.returncode == 0


def test_an_unknown_device_is_a_usage_error_that_names_the_known(tmp_path: Path) -> None:
    file = plant_file(tmp_path, "opc.tcp://127.0.0.1:1", "modbus.tcp://127.0.0.1:1")
    done = taktline("read", "--config", file, "--once", "--device", "press9")
    assert done.returncode == 2
    assert "press1, lathe1" in done.stderr


def test_reading_goes_on_until_it_is_interrupted_and_over_a_restart_of_the_device(
    press: DeviceProcess, tmp_path: Path
) -> None:
    with running("modbus") as device:
        file = plant_file(tmp_path, press.url, device.url)
        command = [sys.executable, "-m", "taktline", "read", "--config", file]
        reader = subprocess.Popen(
            [*command, "--json", "--device", "lathe1"], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert reader.stdout is not None
        assert _reached(reader.stdout.readline())
        device.kill()
        while _reached(reader.stdout.readline()):
            pass
        device.start()
        while not _reached(reader.stdout.readline()):
            pass
        reader.send_signal(signal.SIGINT)
        reader.stdout.read()
        reader.stdout.close()
        assert reader.wait(timeout=30) == 130


def _reached(line: str) -> bool:
    (device,) = json.loads(line)["devices"]
    return bool(device["reached"])
