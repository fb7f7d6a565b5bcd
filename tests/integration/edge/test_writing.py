"""A value written to a machine over the API: once for each key, refused with the reason."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
from typer.testing import CliRunner, Result

from edge.api.app import application
from edge.commands.write import write
from edge.domain.facts import FactKind, decode
from plc_drivers.configuration import DeviceConfig, TagConfig
from tests.integration.edge.floor_on_store import Site, site
from tests.integration.edge.served import served
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
        async with served(application(edge)) as url, httpx.AsyncClient(base_url=url) as client:
            yield client, driver


async def command(
    client: httpx.AsyncClient, tag: str, value: str, *more: str, answer: str = ""
) -> Result:
    where = ("--edge", str(client.base_url), "--device", "d", "--tag", tag)
    asked = [*where, "--value", value, "--actor", "ann", *more]
    return await asyncio.to_thread(lambda: CliRunner().invoke(write, asked, input=answer))


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


async def test_the_command_writes_once_it_is_confirmed_and_shows_what_the_machine_has(
    tmp_path: Path,
) -> None:
    async with site(tmp_path) as here, machines(here) as (client, driver):
        unsure = await command(client, "speed", "2.5", answer="n\n")
        assert (unsure.exit_code, driver.writes) == (1, [])
        done = await command(client, "speed", "2.5", answer="y\n")
        assert (done.exit_code, "d/speed reads back 2.5; fact" in done.output) == (0, True)
        told = await command(client, "speed", "-3", "--yes", "--json")
        assert told.exit_code == 0, told.output
        assert json.loads(told.output)["read_back"] in ("-3", -3)
        assert len(driver.writes) == 2


async def test_the_command_says_what_is_refused_or_does_not_read_back(tmp_path: Path) -> None:
    async with site(tmp_path) as here, machines(here) as (client, driver):
        refused = await command(client, "good", "1", "--yes")
        assert refused.exit_code == 1
        assert "good is not a tag with write = true" in refused.output
        assert driver.writes == []
        driver.deaf = True
        deaf = await command(client, "speed", "2.5", "--yes")
        assert (deaf.exit_code, "reads back 0" in deaf.output) == (1, True)


def test_the_command_says_when_there_is_no_edge() -> None:
    asked = ["--device", "d", "--tag", "t", "--value", "1", "--actor", "ann", "--yes", "--edge"]
    assert CliRunner().invoke(write, [*asked, "http://127.0.0.1:9"]).exit_code == 5
    assert CliRunner().invoke(write, [*asked, "box"]).exit_code == 2
