"""`taktline edge` as a process while its store is copied, put back, and overwritten."""

import asyncio
import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.integration.collection.devices import ModbusDevice
from tests.journeys.processes import Api, api, until
from tests.journeys.test_link import Site, counting, linked, made, posted

pytestmark = pytest.mark.xdist_group("edge_process")
PAGE = 4096


async def command(*arguments: str) -> tuple[int, str]:
    """Exit code and output of a `taktline` command."""
    run = [sys.executable, "-m", "taktline", *arguments]
    done = await asyncio.to_thread(subprocess.run, run, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


async def store_of(edge: Api) -> Any:
    return await edge.get("/store")


@pytest.mark.longer
async def test_a_snapshot_is_put_back_while_the_edge_runs(tmp_path: Path) -> None:
    device = ModbusDevice()
    await device.start()
    await device.show(good=100, reject=0, order=0)
    site = Site(tmp_path, device)
    url = f"http://127.0.0.1:{site.edge_port}"
    config = ("--config", str(site.edge_file))
    with site.edge(), site.sync():
        async with api(site.edge_port) as edge, api(site.sync_port) as sync:
            sync.client.headers["Authorization"] = "Bearer a-token-for-this-test"
            await until(lambda: counting(edge))
            await device.show(good=120)
            await until(lambda: made(edge, 20))
            copy = str(tmp_path / "copy.sqlite")
            code, said = await command("backup", copy, "--edge", url, "--json")
            assert (code, json.loads(said)["name"]) == (0, copy)
            code, said = await command("backup", copy, *config)
            assert (code, "is there already" in said) == (3, True)
            await device.show(good=150)
            await until(lambda: made(edge, 50))
            await until(lambda: linked(edge))
            code, said = await command("restore", copy, *config)
            assert (code, "--through-edge" in said) == (4, True)
            code, said = await command("restore", copy, *config, "--through-edge")
            assert code == 0, said
            await until(lambda: made(edge, 50))
            await device.show(good=170)
            await until(lambda: made(edge, 70))
            await until(lambda: linked(edge))
            assert await posted(sync) == 70
            [done] = (await store_of(edge))["recoveries"]
            assert (tmp_path / done["set_aside"]).exists()
    code, said = await command("restore", copy, *config)
    assert code == 0, said
    code, said = await command("doctor", *config)
    assert (code, "let sync answer" in said) == (1, True), said
    with site.edge(), site.sync():
        async with api(site.edge_port) as edge:
            await until(lambda: made(edge, 70))
            await until(lambda: linked(edge))
            code, said = await command("doctor", *config, "--json")
            acts = {one["about"] for one in json.loads(said) if one["level"] == "act"}
            assert acts <= {"snapshots"}, said
    code, said = await command("verify", str(tmp_path / "edge.sqlite"))
    assert code == 0, said
    await device.stop()


def noise(path: Path, seed: int) -> None:
    """Overwrite most pages of a file that is in use, but the first."""
    chance, size = random.Random(seed), path.stat().st_size
    with path.open("r+b") as file:
        for page in range(1, size // PAGE):
            file.seek(page * PAGE)
            file.write(chance.randbytes(PAGE))


@pytest.mark.parametrize("seed", [1])
async def test_a_store_that_is_overwritten_while_the_edge_runs_is_replaced(
    tmp_path: Path, seed: int
) -> None:
    device = ModbusDevice()
    await device.start()
    await device.show(good=100, reject=0, order=0)
    site = Site(tmp_path, device)
    with site.edge() as process, site.sync():
        async with api(site.edge_port) as edge, api(site.sync_port) as sync:
            sync.client.headers["Authorization"] = "Bearer a-token-for-this-test"
            await until(lambda: counting(edge))
            await device.show(good=120)
            await until(lambda: made(edge, 20))
            url = f"http://127.0.0.1:{site.edge_port}/api/v1/store/copies"
            key = {"Idempotency-Key": "1"}
            copied = await edge.client.post(url, json={"actor": "anna"}, headers=key)
            assert copied.status_code == 201, copied.text
            await device.show(good=150)
            await until(lambda: made(edge, 50))
            await until(lambda: linked(edge))
            noise(tmp_path / "edge.sqlite", seed)
            noise(tmp_path / "edge.sqlite-wal", seed)
            await device.show(good=170)

            async def replaced() -> bool:
                try:
                    return bool((await store_of(edge))["recoveries"]) and await made(edge, 70)
                except AssertionError:
                    return False

            await until(replaced)
            await until(lambda: linked(edge))
            assert await posted(sync) == 70
        assert process.end() == 0
    code, said = await command("verify", str(tmp_path / "edge.sqlite"))
    assert code == 0, said
    await device.stop()
