"""A value written to a machine over the API: once for each key, refused with the reason."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx

from edge.api.app import application
from edge.domain.facts import FactKind, decode
from plc_drivers.configuration import DeviceConfig, TagConfig
from tests.integration.edge.floor_on_store import Site, site
from tests.integration.edge.test_api import edge_of
from tests.unit.collection.fake_driver import COUNTED, Bench, FakeDriver, until

PATH = "/api/v1/devices/d/tags"
TAGS = (
    *(TagConfig(id=id_, address="holding:0", type="uint32") for id_ in COUNTED),
    TagConfig(id="speed", address="holding:9", type="float64", write=True),
)


@asynccontextmanager
async def machines(here: Site) -> AsyncIterator[tuple[httpx.AsyncClient, FakeDriver]]:
    """The API over one machine whose facts lie in the real store."""
    driver = FakeDriver({**COUNTED, "speed": 0}, clock=here.clock)
    config = DeviceConfig(id="d", driver="modbus", url="", tags=TAGS, poll_ms=50)
    bench = Bench(driver, config, store=here.store, evidence=here.store.reader)
    async with bench:
        await until(lambda: bench.machines.observation("L1") is not None, "a snapshot")
        edge = replace(edge_of(here), write_tag=bench.machines.write_tag)
        transport = httpx.ASGITransport(application(edge))
        async with httpx.AsyncClient(transport=transport, base_url="http://edge") as client:
            yield client, driver


async def put(
    client: httpx.AsyncClient, tag: str, key: str, value: object, path: str = PATH
) -> httpx.Response:
    headers = {"Idempotency-Key": key}
    body = {"actor": "ann", "value": value}
    return await client.post(f"{path}/{tag}", json=body, headers=headers)


async def test_a_value_is_written_once_for_each_key(tmp_path: Path) -> None:
    async with site(tmp_path) as here, machines(here) as (client, driver):
        first = await put(client, "speed", "k1", "2.5")
        assert first.status_code == 201
        assert first.json() == {
            "seq": here.store.reader.chain_end().seq,
            "read_back": "2.5",
            "confirmed": True,
        }
        again = await put(client, "speed", "k1", "2.5")
        assert (again.status_code, again.json()) == (201, first.json())
        assert len(driver.writes) == 1
        other = await put(client, "speed", "k1", "3.5")
        assert (other.status_code, len(driver.writes)) == (422, 1)
        fact = decode(here.store.reader.facts_after(first.json()["seq"] - 1, 1)[0].data)
        assert (fact.kind, fact.actor, fact.body["action"]) == (
            FactKind.AUDIT,
            "ann",
            "device_write",
        )


async def test_what_is_refused_says_why_and_what_is_not_there_is_named(tmp_path: Path) -> None:
    async with site(tmp_path) as here, machines(here) as (client, driver):
        refused = await put(client, "good", "k1", 1)
        assert refused.status_code == 409
        assert refused.json()["detail"] == "good is not a tag with write = true"
        assert refused.json()["type"] == "urn:taktline:problem:write-refused"
        unknown = await put(client, "colour", "k2", 1)
        assert (unknown.status_code, "no tag 'colour'" in unknown.text) == (404, True)
        nowhere = await put(client, "good", "k3", 1, "/api/v1/devices/x/tags")
        assert (nowhere.status_code, "no device 'x'" in nowhere.text) == (404, True)
        binary = await put(client, "speed", "k4", 2.5)
        assert binary.status_code == 422
        assert driver.writes == []
