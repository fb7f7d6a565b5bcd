"""Edge and sync as processes: the link is cut, the sync killed, the edge's store restored."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.integration.collection.devices import ModbusDevice
from tests.journeys.company import ENV, SYNC, TOKEN, company_file
from tests.journeys.processes import Api, api, taktline, until
from tests.journeys.test_edge_process import plant
from tests.ports import free_port

pytestmark = pytest.mark.xdist_group("edge_process")


class Site:
    """Files and ports of one edge and one sync."""

    def __init__(self, folder: Path, device: ModbusDevice) -> None:
        self.folder, self.edge_port, self.sync_port = folder, free_port(), free_port()
        self.edge_file = plant(folder, device, self.edge_port)
        self.edge_file.write_text(self.edge_file.read_text() + SYNC.format(port=self.sync_port))
        self.company = company_file(folder, self.sync_port)
        (folder / "sitecustomize.py").unlink()

    def edge(self) -> Any:
        return taktline(self.folder / "edge.log", "edge", "--config", str(self.edge_file), env=ENV)

    def sync(self) -> Any:
        return taktline(self.folder / "sync.log", "sync", "--config", str(self.company))

    def copy_store(self) -> bytes:
        """The store as a backup has it."""
        with (
            closing(sqlite3.connect(self.folder / "edge.sqlite")) as store,
            closing(sqlite3.connect(":memory:")) as copy,
        ):
            store.backup(copy)
            return copy.serialize()

    def restore(self, backup: bytes) -> None:
        """Put an old copy of the store in its place, as a person would."""
        for name in ("edge.sqlite-wal", "edge.sqlite-shm"):
            (self.folder / name).unlink(missing_ok=True)
        (self.folder / "edge.sqlite").write_bytes(backup)


async def made(edge: Api, pieces: int) -> bool:
    return await edge.pieces() == pieces


async def counting(edge: Api) -> bool:
    return (await edge.status())["devices"][0]["read_at"] is not None


async def linked(edge: Api) -> bool:
    status = await edge.status()
    return bool(status["link"]["state"] == "connected" and status["waiting"] == 0)


async def unreachable(edge: Api) -> bool:
    return bool((await edge.status())["link"]["state"] == "unreachable")


async def posted(sync: Api) -> int:
    """Good pieces in the whole feed, each item once."""
    cursor, pieces = None, 0
    while True:
        query = {"limit": 500} | ({"after": cursor} if cursor else {})
        page = await sync.get("/operations-performance", **query)
        for item in page["items"]:
            body = item["fact"]["body"]
            if item["fact"]["kind"] == "production_count" and body["role"] == "good":
                pieces += body["quantity"]
        cursor = page["next"]
        if page["complete"]:
            return pieces


async def test_the_edge_goes_on_without_sync_and_everything_arrives_later(tmp_path: Path) -> None:
    device = ModbusDevice()
    await device.start()
    await device.show(good=100, reject=0, order=0)
    site = Site(tmp_path, device)
    with site.edge():
        async with api(site.edge_port) as edge:
            await until(lambda: counting(edge))
            await device.show(good=120)
            await until(lambda: made(edge, 20))
            await until(lambda: unreachable(edge))
            assert (await edge.status())["waiting"] > 0
            board = await edge.get("/work-centers/L1/board")
            assert board["link"]["state"] == "unreachable"
            with site.sync() as sync:
                await until(lambda: linked(edge))
                sync.kill()
            await device.show(good=150)
            await until(lambda: made(edge, 50))
            with site.sync():
                await until(lambda: linked(edge))
                async with api(site.sync_port, TOKEN) as books:
                    assert await posted(books) == 50
    await device.stop()


async def test_a_restored_store_gets_its_facts_back_and_counts_nothing_twice(
    tmp_path: Path,
) -> None:
    device = ModbusDevice()
    await device.start()
    await device.show(good=100, reject=0, order=0)
    site = Site(tmp_path, device)
    with site.sync():
        with site.edge() as process:
            async with api(site.edge_port) as edge:
                await until(lambda: counting(edge))
                await device.show(good=110)
                await until(lambda: made(edge, 10))
                await until(lambda: linked(edge))
                backup = site.copy_store()
                await device.show(good=130)
                await until(lambda: made(edge, 30))
                await until(lambda: linked(edge))
                process.kill()
        site.restore(backup)
        await device.show(good=133)
        with site.edge() as process:
            async with api(site.edge_port) as edge:
                await until(lambda: made(edge, 33))
                assert (await edge.status())["epoch"] == 2
                await until(lambda: linked(edge))
                async with api(site.sync_port, TOKEN) as books:
                    assert await posted(books) == 33
            assert process.end() == 0
    await device.stop()
    with closing(sqlite3.connect(tmp_path / "edge.sqlite")) as store:
        assert store.execute("SELECT count(*) = max(seq) FROM facts").fetchone() == (1,)


async def test_a_wrong_token_is_said_and_the_edge_goes_on(tmp_path: Path) -> None:
    device = ModbusDevice()
    await device.start()
    site = Site(tmp_path, device)
    env = {"TAKTLINE_SYNC_TOKEN": "another"}
    command = ("edge", "--config", str(site.edge_file))
    with site.sync(), taktline(tmp_path / "edge.log", *command, env=env):
        async with api(site.edge_port) as edge:

            async def refused() -> bool:
                return bool((await edge.status())["link"]["state"] == "refused")

            await until(refused)
            assert "HTTP 401" in (await edge.status())["link"]["detail"]
            await until(lambda: counting(edge))
    await device.stop()
