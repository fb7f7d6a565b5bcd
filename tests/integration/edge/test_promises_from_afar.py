"""Sales asks sync, and the edge that plans answers: over a real link, both on real sockets."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from edge.answering import Answering
from edge.api.app import application
from edge.link.client import Asked
from edge.link.link import Link
from tests.contract.sync.tokens import token_of
from tests.integration.edge.replanned import Planning
from tests.integration.edge.sync_between import Sync, link_of, sync_at
from tests.integration.edge.test_api import edge_of
from tests.integration.edge.test_promises import LINE, promising

Json = dict[str, Any]
MOST_S = 2.0


@asynccontextmanager
async def linked(sync: Sync, plant: Planning) -> AsyncIterator[Link]:
    """The edge's link is up, until it is cut."""
    link = link_of(plant.here.store, sync.url)
    link.answers = Answering(application(edge_of(plant.here, "secret")), "secret")
    running = asyncio.create_task(link.run())
    try:
        async with asyncio.timeout(20):
            while sync.service.questions.is_away("e1"):
                await asyncio.sleep(0.01)
        yield link
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await link.client.close()


@asynccontextmanager
async def at_sync(folder: Path) -> AsyncIterator[tuple[Sync, Planning, httpx.AsyncClient]]:
    """Sync, an edge that is not linked yet, and sales."""
    async with (
        sync_at(folder) as sync,
        promising(folder, (LINE,)) as (plant, _),
        sales(sync) as client,
    ):
        yield sync, plant, client


def sales(sync: Sync) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {token_of('sales')}"}
    return httpx.AsyncClient(
        base_url=f"{sync.url}/api/v1", headers=headers, params={"edge": "e1"}, timeout=20
    )


async def ask(client: httpx.AsyncClient, key: str = "", **said: Any) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    body = {"product": "HINGE", "quantity": 144, **said}
    return await client.post("/promises", json=body, headers=headers)


async def test_sales_is_answered_by_the_edge(tmp_path: Path) -> None:
    """A date, a reservation once for each key, its end; a refusal comes as the edge says it."""
    async with at_sync(tmp_path) as (sync, plant, client), linked(sync, plant):
        assert (await ask(client)).json()["date"]
        begun = time.monotonic()
        again = await ask(client)
        assert again.status_code == 200, again.text
        assert time.monotonic() - begun < MOST_S
        one, two = [await ask(client, "k1", reserve_s=600) for _ in range(2)]
        assert (one.status_code, two.status_code) == (201, 201)
        id_ = one.json()["reservation"]["id"]
        assert two.json()["reservation"]["id"] == id_
        assert one.json()["reservation"]["actor"] == "sales"
        assert [row["id"] for row in (await client.get("/promises")).json()["items"]] == [id_]
        longer = await client.post(f"/promises/{id_}/extend", json={"reserve_s": 7200})
        assert longer.status_code == 201
        early = await client.post(f"/promises/{id_}/shipment", json={"lots": []})
        assert (early.status_code, early.json()["code"]) == (409, "promise.not_ordered")
        assert (await client.delete(f"/promises/{id_}")).status_code == 201
        shown: Json = (await client.get(f"/promises/{id_}")).json()
        assert shown["state"] == "cancelled"
        nothing = await ask(client, product="NUT")
        assert (nothing.status_code, nothing.json()["code"]) == (404, "promise.no_definition")
        assert nothing.headers["content-type"] == "application/problem+json"


async def test_while_the_edge_is_away_the_last_answer_is_told_with_its_age(tmp_path: Path) -> None:
    """Never a date that nobody worked out: without a last answer there is none."""
    async with at_sync(tmp_path) as (sync, plant, client):
        never = await ask(client)
        assert (never.status_code, never.json()["last"]) == (503, None)
        assert never.json()["type"] == "urn:taktline:problem:edge-away"
        async with linked(sync, plant):
            date = (await ask(client)).json()["date"]
        sync.service.questions._heard.clear()  # as if it had been away for some seconds
        sync.service.clock.plant += 90_000_000  # type: ignore[attr-defined]
        away, listed = await asyncio.gather(ask(client, quantity=5), client.get("/promises"))
        last = away.json()["last"]
        assert (away.status_code, last["age_s"], last["quantity"]) == (503, 90, 144)
        assert last["answer"]["date"] == date
        assert listed.status_code == 503


async def test_only_those_who_may_ask_and_only_for_promises(tmp_path: Path) -> None:
    async with sync_at(tmp_path) as sync, promising(tmp_path, (LINE,)) as (plant, _):
        headers = {"Authorization": f"Bearer {token_of('reader')}"}
        async with httpx.AsyncClient(base_url=f"{sync.url}/api/v1", headers=headers) as reader:
            assert (await ask(reader)).status_code == 403
        async with sales(sync) as client:
            several = await client.post(
                "/promises", json={"product": "HINGE", "quantity": 1}, params={"edge": "e7"}
            )
            assert several.status_code == 422
        answers = Answering(application(edge_of(plant.here)), "")
        for method, path in (("POST", "/job-orders/WO1.10/start"), ("GET", "/promises/../store")):
            asked = Asked(id=1, method=method, path=path, key="k")
            assert (await answers(asked))[0] == 403
