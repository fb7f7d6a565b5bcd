"""A request that comes again while the first one is being worked on is told to wait."""

from pathlib import Path

import httpx

from edge.api.app import application
from edge.domain.recording import Request
from tests.integration.edge.floor_on_store import site
from tests.integration.edge.test_api import API, act, edge_of


async def test_the_same_key_waits_and_another_does_not(tmp_path: Path) -> None:
    async with site(tmp_path) as here:
        edge = edge_of(here)
        transport = httpx.ASGITransport(application(edge))
        path = "/job-orders/WO1.10/start"
        first = Request(key=f"POST {API}{path} k1", fingerprint="")
        async with httpx.AsyncClient(transport=transport, base_url="http://edge") as client:
            with edge.under_way.work_on(first):
                again = await act(client, path, "k1", version=1)
                other = await act(client, path, "k2", version=9)
            assert again.status_code == 409
            assert (again.json()["type"], again.headers["retry-after"]) == (
                "urn:taktline:problem:in-flight",
                "1",
            )
            assert "retry-after" not in other.headers
            assert (await act(client, path, "k1", version=1)).status_code == 201
