"""A site whose first operation takes lots of steel, and what people say there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx

from edge.domain.recording import Baseline, BaselineMove, Document, Recording
from edge.storage.verify import verify
from tests.contract.fact_schema import check
from tests.integration.edge.floor_on_store import Site, site
from tests.integration.edge.test_api import API, act, api
from tests.unit.execution.floor_parts import definition, order, schedule
from tests.unit.storage.samples import count

STEEL: dict[str, Any] = {
    "material": "STEEL",
    "quantity": "1/8",
    "unit": "kg",
    "tracked": "lot",
    "revision": "B",
}
STEEL |= {"gtins": ["4012345000016"]}
DRAWING = {"id": "DRW-60", "revision": "C", "title": "Hinge"}


def documents(**product: Any) -> list[Document]:
    """The operations of a product that takes steel; `product` is said of it beside."""
    plain = definition()
    operations = [dict(one) for one in plain.content["operations"]]
    operations[0] |= {"materials": [STEEL], "documents": [DRAWING]}
    content = {**plain.content, "bom_revision": "4", "operations": operations, **product}
    made = replace(plain, content=content)
    return [made, schedule(1, order("WO1"), order("WO2", 2))]


class Lots:
    """A site with lots, and what people say there."""

    def __init__(self, here: Site, client: httpx.AsyncClient) -> None:
        self.here, self.client, self._keys, self.raw = here, client, 0, {"L1": 0, "L2": 0}

    async def act(self, path: str, status: Any = 201, **body: Any) -> Any:
        self._keys += 1
        answer = await act(self.client, path, f"k{self._keys}", **body)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def get(self, path: str, **query: Any) -> Any:
        answer = await self.client.get(f"{API}{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def receive(self, lot: str, quantity: Any = "100", **more: Any) -> None:
        said = {"material": "STEEL", "revision": "B", "quantity": quantity, "unit": "kg"} | more
        await self.act("/lots", lot=lot, **said)

    async def mount(self, lot: str, status: Any = 201, center: str = "L1", **more: Any) -> Any:
        return await self.act(f"/work-centers/{center}/materials/mount", status, lot=lot, **more)

    async def start(self, job: str) -> None:
        version = self.here.floor.register.jobs[job].version
        await self.act(f"/job-orders/{job}/start", version=version)

    async def complete(self, job: str) -> None:
        self.here.floor.register.reload()
        version = self.here.floor.register.jobs[job].version
        await self.act(f"/job-orders/{job}/complete", version=version)

    async def makes(self, pieces: int, job: str = "WO1.10", center: str = "L1") -> int:
        """The machine counts; the seq of the fact."""
        raw = self.raw[center]
        made = count(raw, pieces, job=job, work_center=center, at=self.here.clock.now())
        key: dict[str, Any] = {"equipment_id": center, "tag": "good", "counter_epoch": 1}
        before = self.here.floor.baseline(center, "good")
        new = Baseline(**key, raw=raw + pieces, at=self.here.clock.now())
        move = BaselineMove(expected=before, new=new)
        done = await self.here.store.record(Recording(drafts=(made,), baselines=(move,)))
        self.raw[center] += pieces
        self.here.floor.register.reload()
        return done.last_seq

    async def errors(self, path: str, **body: Any) -> list[str]:
        return [one["code"] for one in (await self.act(path, 409, **body))["errors"]]


@asynccontextmanager
async def lots(folder: Path, **product: Any) -> AsyncIterator[Lots]:
    async with site(folder, documents=documents(**product)) as here, api(here) as client:
        yield Lots(here, client)
        for stored in here.floor.reader.facts_after(0, 1000):
            if stored.kind.startswith("material") or stored.kind == "audit":
                check(stored.data)
    assert verify(folder / "edge.sqlite").whole
