"""Who may do what, what is refused how, and what is told to those who watch."""

import re
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from erp_sync.endpoint.app import make_app
from tests.contract.sync.site import Site
from tests.contract.sync.tokens import token_of
from tests.unit.erp_sync.chains import Chain, batch

MEMBERS = {"type", "title", "status", "detail", "mend"}
OPEN = ("/healthz", "/readyz", "/openapi.json", "/docs")


@pytest.mark.parametrize("path", OPEN)
async def test_health_and_documentation_need_no_token(site: Site, path: str) -> None:
    assert (await site.get(path, who=None)).status_code == 200


@pytest.mark.parametrize(
    ("who", "method", "path", "status"),
    [
        (None, "GET", "operations-performance", 401),
        ("nobody", "GET", "operations-performance", 401),
        ("planner", "GET", "operations-performance", 403),
        ("reader", "PUT", "operations-schedules/MAY", 403),
        ("reader", "PUT", "consumers/erp/acknowledgements", 403),
        ("reader", "PUT", "consumers/erp/books/2026-06-08", 403),
        (None, "GET", "/metrics", 401),
        ("edge", "GET", "orders", 403),
        ("erp", "POST", "edges/e1/facts", 403),
        ("erp", "GET", "edges/e1/downlink", 403),
        ("stranger", "POST", "edges/e9/hello", 404),
        ("erp", "GET", "nothing", 404),
        ("erp", "DELETE", "orders", 405),
        ("erp", "GET", "orders?limit=0", 422),
        ("erp", "GET", "operations-performance?colour=red", 422),
        ("erp", "PUT", "operations-definitions/a b/A", 422),
        ("edge", "POST", "edges/e1/facts", 422),
        ("edge", "POST", "edges/e1/hello", 422),
    ],
)
async def test_every_refusal_is_a_problem_document(
    site: Site, who: str | None, method: str, path: str, status: int
) -> None:
    answer = await site.call(who, method, path)
    problem: dict[str, Any] = answer.json()
    assert answer.status_code == problem["status"] == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem.keys() >= MEMBERS
    assert problem["mend"]


@pytest.mark.parametrize(
    ("who", "method", "path"),
    [
        ("planner", "PUT", "operations-schedules/MAY"),
        ("planner", "PUT", "operations-definitions/HINGE-60/A"),
        ("erp", "PUT", "consumers/erp/acknowledgements"),
        ("erp", "PUT", "consumers/erp/books/2026-06-08"),
        ("edge", "POST", "edges/e1/hello"),
        ("edge", "POST", "edges/e1/facts"),
    ],
)
async def test_a_content_type_that_is_not_read_is_named(
    site: Site, who: str, method: str, path: str
) -> None:
    odd = {"content-type": "application/xml; charset=utf-8"}
    refused = await site.call(who, method, path, content="<a/>", headers=odd)
    assert (refused.status_code, refused.json()["type"]) == (415, "urn:taktline:problem:media-type")
    assert "application/json" in refused.json()["mend"]


async def test_a_fault_of_ours_is_a_problem_too(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site.service, "store", None)
    with capture_logs() as logs:
        answer = await site.get("orders")
    assert (answer.status_code, answer.json()["type"][21:]) == (500, "unexpected")
    assert [entry["event"] for entry in logs] == ["unexpected"]


async def test_bodies_have_a_limit_by_length_and_by_what_comes(site: Site) -> None:
    transport = httpx.ASGITransport(make_app(site.service, largest_body=1000))
    headers = {"authorization": f"Bearer {token_of('edge')}"}

    async def parts() -> Any:
        for _ in range(20):
            yield b" " * 100

    async with httpx.AsyncClient(transport=transport, base_url="http://sync") as http:
        path = "/api/v1/edges/e1/facts"
        said = await http.post(path, content=b" " * 1001, headers=headers)
        streamed = await http.post(path, content=parts(), headers=headers)
    for answer in (said, streamed):
        assert (answer.status_code, answer.json()["type"][21:]) == (413, "too-large")


async def test_a_batch_has_a_limit(site: Site) -> None:
    body = batch([b"1"] * 5001)
    assert (await site.call("edge", "POST", "edges/e1/facts", content=body)).status_code == 422


async def test_metrics_tell_how_things_stand(site: Site) -> None:
    chain = Chain()
    await site.sent([chain.count(), chain.count(), chain.count()])
    site.clock.advance(7)
    item = {"id": "e1/1/1", "status": "posted", "document": "1"}
    await site.put("consumers/erp/acknowledgements", {"items": [item]})
    text = (await site.get("/metrics")).text
    for line in (
        "taktline_sync_feed_position 3.0",
        'taktline_sync_edge_last_seq{edge="e1"} 3.0',
        'taktline_sync_edge_age_seconds{edge="e1"} 7.0',
        'taktline_sync_edge_waiting_facts{edge="e1"} 0.0',
        'taktline_sync_consumer_lag_items{consumer="erp",feed="fact"} 2.0',
        'route="/api/v1/edges/{edge_id}/facts",status="200"} 1.0',
    ):
        assert line in text


async def test_openapi_describes_every_call(site: Site) -> None:
    api = (await site.get("/openapi.json", who=None)).json()
    refs = str(api)
    for path, operations in api["paths"].items():
        for method, operation in operations.items():
            assert operation.get("summary"), path
            assert operation.get("description"), path
            assert any(code.startswith("2") for code in operation["responses"])
            if path.startswith("/api/"):
                assert operation["security"] == [{"HTTPBearer": []}]
                for code in ("401", "403", "500", "503"):
                    assert "application/problem+json" in operation["responses"][code]["content"]
            if method in {"put", "post"}:
                assert "application/json" in operation["requestBody"]["content"], path
    schemas = api["components"]["schemas"]
    for name in (part.split("'")[0] for part in refs.split("#/components/schemas/")[1:]):
        assert name in schemas


async def test_the_documentation_page_needs_no_internet(site: Site) -> None:
    page = (await site.get("/docs", who=None)).text
    assert "://" not in page.replace("http://www.w3.org", "")
    for path in re.findall(r'(?:src|href)="([^"]+)"', page):
        assert (await site.get(path, who=None)).status_code == 200, path
