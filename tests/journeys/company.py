"""A whole company for a journey: edge and sync as processes, one machine that the test works.

What a journey asks: what the board says, what a KPI says, what the ERP's feed adds up to,
and what the reconciliation finds. Plant time runs from `ORIGIN`, as fast as the test wants.
"""

import hashlib
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from tests.integration.collection.devices import ModbusDevice
from tests.journeys.processes import Api, Process, api, taktline, until
from tests.journeys.test_edge_process import plant
from tests.ports import free_port

TOKEN = "a-token-for-this-test"
ENV = {"TAKTLINE_SYNC_TOKEN": TOKEN}
ORIGIN = "2026-06-08T06:00:00+02:00"
SYNC = '[sync]\nurl = "http://127.0.0.1:{port}"\ntoken_env = "TAKTLINE_SYNC_TOKEN"\n'
REASONS = """
[[reason]]
kind = "scrap"
code = "BURR"
en = "Burr"
zh = "毛刺"
[[reason]]
kind = "stop"
code = "JAM"
en = "Jam"
zh = "卡料"
"""
COMPANY = """
format = "taktline.company/1"
[site]
id = "s1"
timezone = "Europe/Berlin"
[store]
url = "sqlite:///sync.sqlite"
[api]
listen = "127.0.0.1:{port}"
[[edge]]
id = "e1"
[[principal]]
name = "all"
token_sha256 = "{hash}"
scopes = ["edge:e1", "plan:write", "performance:read", "books:write"]
"""
DEFINITION: Mapping[str, Any] = {
    "description": "Hinge 60 mm",
    "unit": "pcs",
    "family": "hinge",
    "operations": [
        {
            "seq": 10,
            "description": "Stamp",
            "recipe": 1010,
            "transfer_batch": None,
            "alternatives": [{"work_center": "L1", "cycle_s": "2", "setup_s": 60}],
        }
    ],
}


def company_file(folder: Path, port: int) -> Path:
    """A company.toml for sync at `port`: edge `e1`, and who has `TOKEN` may do everything."""
    file = folder / "company.toml"
    file.write_text(COMPANY.format(port=port, hash=hashlib.sha256(TOKEN.encode()).hexdigest()))
    return file


def order(id_: str = "WO1", number: int = 1001, quantity: int = 100, **more: Any) -> dict[str, Any]:
    """An order of HINGE-60; its operation 10 is `number * 1000 + 10` to the machine."""
    return {
        "id": id_,
        "number": number,
        "product": "HINGE-60",
        "product_revision": "A",
        "quantity": quantity,
        "release": None,
        "due": "2026-06-10T14:00:00+02:00",
        "customer": "ACME",
        "priority": 3,
        **more,
    }


@dataclass
class Company:
    """The running company; `machine.show(good=120)` makes pieces."""

    folder: Path
    machine: ModbusDevice
    edge: Api
    sync: Api
    edge_process: Process
    keys: Any

    async def act(self, path: str, status: int = 201, **body: Any) -> dict[str, Any]:
        """POST to the edge as anna, under a new key; its answer, which must have `status`."""
        answer = await self.edge.client.post(
            f"/api/v1{path}",
            json={"actor": "anna", **body},
            headers={"Idempotency-Key": f"k{next(self.keys)}"},
        )
        assert answer.status_code == status, f"{answer.status_code}: {answer.text}"
        content: dict[str, Any] = answer.json()
        return content

    async def put(self, path: str, content: object) -> httpx.Response:
        """PUT a document to sync."""
        answer = await self.sync.client.put(f"/api/v1{path}", json=content)
        assert answer.status_code in {200, 201}, answer.text
        return answer

    async def schedule(self, revision: int, *orders: Mapping[str, Any]) -> None:
        """A revision of the month plan; returns when the edge has its job orders."""
        span = {"from": "2026-06-01T00:00:00+02:00", "to": "2026-07-01T00:00:00+02:00"}
        content = {"revision": revision, **span, "orders": list(orders)}
        await self.put("/operations-schedules/2026-06", content)

        async def planned() -> bool:
            jobs = await self.jobs()
            wanted = {one["id"] for one in orders}
            return wanted <= {job["order"] for job in jobs.values()}

        await until(planned)

    async def jobs(self) -> dict[str, dict[str, Any]]:
        """Job orders of the edge by id."""
        return {job["id"]: job for job in (await self.edge.get("/job-orders"))["items"]}

    async def board(self, work_center: str = "L1") -> dict[str, Any]:
        board: dict[str, Any] = await self.edge.get(f"/work-centers/{work_center}/board")
        return board

    async def makes(self, pieces: int, job: str | None = None) -> None:
        """The machine makes good pieces; returns when they are recorded (for `job`)."""
        before = await self._good(job)
        await self.machine.show(good=self.machine.values["good"] + pieces)

        async def counted() -> bool:
            return await self._good(job) == before + pieces

        await until(counted)

    async def _good(self, job: str | None) -> int:
        return await self.edge.pieces() if job is None else (await self.jobs())[job]["good"]

    async def settled(self) -> None:
        """Until sync has every fact."""

        async def linked() -> bool:
            status = await self.edge.status()
            return bool(status["link"]["state"] == "connected" and status["waiting"] == 0)

        await until(linked)

    async def feed(self) -> list[dict[str, Any]]:
        """All items that the ERP can read."""
        await self.settled()
        items: list[dict[str, Any]] = []
        query: dict[str, Any] = {"limit": 500}
        while True:
            page = await self.sync.get("/operations-performance", **query)
            items += page["items"]
            query["after"] = page["next"]
            if page["complete"]:
                return items

    async def books(self) -> dict[tuple[str | None, int | None], tuple[int, int]]:
        """What the feed adds up to: good and scrap by order and operation."""
        sums: dict[tuple[str | None, int | None], list[int]] = defaultdict(lambda: [0, 0])
        for item in await self.feed():
            for effect in item["effects"]:
                row = sums[effect["order"], effect["operation"]]
                row[0] += effect["good"]
                row[1] += effect["scrap"]
        return {key: (good, scrap) for key, (good, scrap) in sums.items() if good or scrap}

    async def kpis(self, by: str = "hour", work_center: str = "L1") -> list[dict[str, Any]]:
        """The edge's reports of the last day, from the API that the terminal asks."""
        now = (await self.edge.status())["plant_now"]
        query = {"work_center": work_center, "from": now - 86_400_000_000, "to": now, "by": by}
        items: list[dict[str, Any]] = (await self.edge.get("/kpis", **query))["items"]
        return items


@asynccontextmanager
async def company(
    folder: Path,
    *orders: Mapping[str, Any],
    definition: Mapping[str, Any] = DEFINITION,
    plant_tail: str = "",
    rejects: bool = False,
    speed: int = 1,
    origin: str = ORIGIN,
) -> AsyncIterator[Company]:
    """A company with these orders of HINGE-60 (at least one) on work center L1.

    `plant_tail` is put behind plant.toml's devices and work centers. With `rejects` the machine
    counts them; without, people say what of the good pieces is scrap.
    """
    machine = ModbusDevice()
    await machine.start()
    await machine.show(good=100, reject=0, order=0, state=4)
    edge_port, sync_port = free_port(), free_port()
    file = plant(folder, machine, edge_port, rejects=rejects)
    file.write_text(f"{file.read_text()}\n{SYNC.format(port=sync_port)}\n{REASONS}\n{plant_tail}")
    clock = ("--plant-clock", f"{origin},{speed},{time.monotonic():.6f}")
    at = {"sync": str(company_file(folder, sync_port)), "edge": str(file)}
    with (
        taktline(folder / "sync.log", "sync", "--config", at["sync"], *clock),
        taktline(folder / "edge.log", "edge", "--config", at["edge"], *clock, env=ENV) as process,
    ):
        async with api(sync_port, TOKEN) as sync, api(edge_port) as edge:
            here = Company(folder, machine, edge, sync, process, count())
            await here.put("/operations-definitions/HINGE-60/A", definition)
            await here.schedule(1, *orders)

            async def counting() -> bool:
                return (await edge.status())["devices"][0]["read_at"] is not None

            await until(counting)
            yield here
    await machine.stop()


def good(jobs: Mapping[str, Mapping[str, Any]], ids: Sequence[str]) -> int:
    """Good pieces of these job orders together."""
    return sum(int(jobs[id_]["good"]) for id_ in ids)
