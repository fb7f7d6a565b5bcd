"""`taktline edge` as a process, on real servers, at wall-clock speed, without the simulators."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.collection.devices import Device, ModbusDevice, OpcUaDevice
from tests.journeys.plant_head import head
from tests.journeys.processes import Api, api, taktline, until
from tests.ports import free_port

pytestmark = pytest.mark.xdist_group("edge_process")

# Whoever imports one of these in the edge's processes fails: they are not installed on an edge.
NOT_ON_AN_EDGE = ("simulators", "erp_sync", "terminal_ui", "fastapi", "sqlalchemy", "textual")
BLOCKER = f"""
import sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {NOT_ON_AN_EDGE!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Blocker())
"""
PLANT = """[[device]]
id = "plc"
driver = "{driver}"
url = "{url}"
poll_ms = 50
timeout_ms = 1000
{extra}
{tags}
[[work_center]]
id = "L1"
name = "Line 1"
line = "L1"
device = "plc"
calendar = "always"
"""
TAG = """[[device.tag]]
id = "{id}"
address = "{address}"
type = "{type}"
role = "{id}"
{more}
"""
COUNTER = 'modulus = {modulus}\nmax_rate_per_s = "1000"'


def plant(folder: Path, device: Device, port: int, *, rejects: bool = True) -> Path:
    """A plant.toml for a device of the tests, with a counter of rejects or without."""
    config = device.config("plc")
    tags = []
    for tag in config.tags:
        if tag.id not in {"state", "mode", "fault", "order", "boot", "good", "reject"}:
            continue
        if tag.id == "reject" and not rejects:
            continue
        more = []
        if tag.id in {"good", "reject"}:
            more.append(COUNTER.format(modulus=2**32 if tag.type == "uint32" else 2**16))
        if config.driver == "modbus" and tag.type == "uint32":
            more.append('order = "CDAB"')
        row = {"id": tag.id, "address": tag.address, "type": tag.type}
        tags.append(TAG.format(**row, more="\n".join(more)))
    text = head(port) + PLANT.format(
        driver=config.driver,
        url=config.url,
        extra="insecure = true" if config.driver == "opcua" else "",
        tags="".join(tags),
    )
    file = folder / "plant.toml"
    file.write_text(text)
    (folder / "sitecustomize.py").write_text(BLOCKER)
    return file


async def connected(edge: Api) -> bool:
    return bool((await edge.status())["devices"][0]["state"] == "connected")


@pytest.mark.parametrize("make", [OpcUaDevice, ModbusDevice])
async def test_what_is_made_while_the_edge_is_dead_is_counted_once(
    tmp_path: Path, make: type[OpcUaDevice | ModbusDevice]
) -> None:
    """Down at the start, then up; kill -9; pieces meanwhile; a wrap of the counter."""
    device, port = make(), free_port()
    file = plant(tmp_path, device, port)
    env = {"PYTHONPATH": str(tmp_path)}
    command = ("edge", "--config", str(file))
    with taktline(tmp_path / "log", *command, env=env) as process:
        async with api(port) as edge:
            [silent] = (await edge.status())["devices"]
            assert silent["state"] != "connected"
            await device.start()
            await device.show(good=2**32 - 10, reject=0)
            await until(lambda: connected(edge))
            await until(lambda: baseline_taken(edge))
            await device.show(good=2**32 - 3)
            await until(lambda: counted_in(edge, 7))
        process.kill()
    await device.show(good=5)
    with taktline(tmp_path / "log", *command, env=env) as process:
        async with api(port) as edge:
            await until(lambda: counted_in(edge, 15))
        assert process.end() == 0
    await device.stop()
    verify = [sys.executable, "-m", "taktline", "verify", str(tmp_path / "edge.sqlite"), "--json"]
    found = json.loads(subprocess.run(verify, capture_output=True, check=True).stdout)
    assert found["broken"] is None
    assert found["differing"] == []
    assert "Traceback" not in (tmp_path / "log").read_text()


async def baseline_taken(edge: Api) -> bool:
    return (await edge.status())["devices"][0]["read_at"] is not None


async def counted_in(edge: Api, pieces: int) -> bool:
    return await edge.pieces() == pieces


async def test_a_second_edge_on_the_same_store_is_told_who_holds_it(tmp_path: Path) -> None:
    port = free_port()
    file = plant(tmp_path, ModbusDevice(), port)
    with taktline(tmp_path / "log", "edge", "--config", str(file)) as first:
        async with api(port):
            other = tmp_path / "other.toml"
            other.write_text(file.read_text().replace(f":{port}", f":{free_port()}"))
            command = [sys.executable, "-m", "taktline", "edge", "--config", str(other)]
            second = subprocess.run(command, capture_output=True, text=True, check=False)
            assert second.returncode == 4
            assert str(first.popen.pid) in second.stderr
        assert first.end() == 0


def test_a_faulty_plant_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    file = plant(tmp_path, ModbusDevice(), free_port())
    file.write_text(file.read_text().replace("poll_ms = 50", "poll_ms = 5.5\nspeed = 3"))
    command = [sys.executable, "-m", "taktline", "edge", "--config", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert "device[0].poll_ms" in done.stderr
    assert "device[0].speed" in done.stderr
    assert not (tmp_path / "edge.sqlite").exists()


def run_edge(file: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "taktline", "edge", "--config", str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)


async def test_the_same_edge_started_twice_is_told_who_holds_the_store(tmp_path: Path) -> None:
    port = free_port()
    file = plant(tmp_path, ModbusDevice(), port)
    with taktline(tmp_path / "log", "edge", "--config", str(file)) as first:
        async with api(port):
            done = run_edge(file)
            assert done.returncode == 4
            assert str(first.popen.pid) in done.stderr


async def test_the_address_of_the_api_is_taken(tmp_path: Path) -> None:
    port = free_port()
    file = plant(tmp_path, ModbusDevice(), port)
    other = tmp_path / "other.toml"
    other.write_text(file.read_text().replace('"edge.sqlite"', '"other.sqlite"'))
    with taktline(tmp_path / "log", "edge", "--config", str(file)):
        async with api(port):
            done = run_edge(other)
            assert done.returncode == 4
            assert f'api.listen = "127.0.0.1:{port}": another process listens there' in done.stderr


def test_an_address_of_another_machine_is_no_address_of_the_api(tmp_path: Path) -> None:
    file = plant(tmp_path, ModbusDevice(), 1234)
    listen = 'listen = "192.0.2.1:1234"\ntoken_env = "PATH"'
    file.write_text(file.read_text().replace('listen = "127.0.0.1:1234"', listen))
    done = run_edge(file)
    assert done.returncode == 3
    assert "api.listen" in done.stderr
    assert "write an address of this machine" in done.stderr


def test_tokens_that_are_not_in_the_environment_are_named_before_anything_is_made(
    tmp_path: Path,
) -> None:
    """Without a token an API that was meant to be guarded would be open to all."""
    file = plant(tmp_path, ModbusDevice(), free_port())
    sync = '[sync]\nurl = "http://127.0.0.1:1"\ntoken_env = "TAKTLINE_NO_SYNC_TOKEN"\n'
    guarded = '\ntoken_env = "TAKTLINE_NO_API_TOKEN"\n'
    text = file.read_text().replace("[[calendar]]", f"{guarded}{sync}[[calendar]]", 1)
    file.write_text(text)
    done = run_edge(file)
    assert done.returncode == 3
    assert 'api.token_env = "TAKTLINE_NO_API_TOKEN": this variable is not set' in done.stderr
    assert 'sync.token_env = "TAKTLINE_NO_SYNC_TOKEN": this variable is not set' in done.stderr
    assert not (tmp_path / "edge.sqlite").exists()


async def test_ctrl_c_ends_an_edge_in_good_order(tmp_path: Path) -> None:
    port = free_port()
    file = plant(tmp_path, ModbusDevice(), port)
    with taktline(tmp_path / "log", "edge", "--config", str(file)) as process:
        async with api(port):
            process.popen.send_signal(signal.SIGINT)
            assert process.popen.wait(timeout=30) == 130
    assert "edge_ended" in (tmp_path / "log").read_text()
