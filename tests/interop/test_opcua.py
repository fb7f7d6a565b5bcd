"""Security, companion model and discovery before node-opcua."""

import asyncio
import base64
import dataclasses
import hashlib
import json
import sys
from pathlib import Path

import pytest
import pytest_asyncio

from edge.collection.state_table import StateTable
from edge.domain.clock import SystemClock
from edge.domain.vocabulary import MachineState
from plc_drivers.configuration import (
    SECURITY_MODES,
    SECURITY_POLICIES,
    DeviceConfig,
    SecurityConfig,
    TagConfig,
)
from plc_drivers.errors import Unreachable, Untrusted
from plc_drivers.opcua import pki
from plc_drivers.reading import Quality, Reading
from plc_drivers.registry import create
from tests.interop.conftest import PASSWORD_ENV, Shelf
from tests.interop.node_opcua import USER, NodeOpcua
from tests.interop.programs import ROOT

pytestmark = [pytest.mark.interop, pytest.mark.asyncio(loop_scope="session")]
WATCH_S = 5


@pytest_asyncio.fixture(loop_scope="session")
async def server(shelf: Shelf) -> NodeOpcua:
    running = await shelf.take("node-opcua")
    assert isinstance(running, NodeOpcua)
    return running


@pytest.fixture(scope="session")
def trusting(folder: Path) -> Path:
    """A folder with our certificate, made once; servers are trusted by the tests."""
    pki.create(folder / "ours", SystemClock().now())
    return folder / "ours"


def secured(server: NodeOpcua, security: SecurityConfig) -> DeviceConfig:
    return dataclasses.replace(server.config("press1"), insecure=False, security=security)


async def polled(config: DeviceConfig) -> tuple[Reading, ...]:
    driver = create(config, SystemClock().now)
    try:
        await driver.connect()
        return await driver.poll()
    finally:
        await driver.close()


@pytest.mark.parametrize("policy", SECURITY_POLICIES)
@pytest.mark.parametrize("mode", SECURITY_MODES)
async def test_every_policy_and_mode_carries_a_user_and_good_readings(
    policy: str, mode: str, server: NodeOpcua, trusting: Path
) -> None:
    pki.trust(trusting, str(server.certificate))
    security = SecurityConfig(
        policy=policy, mode=mode, pki=trusting, user=USER, password_env=PASSWORD_ENV
    )
    readings = await polled(secured(server, security))
    assert readings
    assert {one.quality for one in readings} == {Quality.GOOD}


async def test_a_server_that_nobody_has_trusted_is_refused_by_its_fingerprint(
    server: NodeOpcua, tmp_path: Path
) -> None:
    shown = hashlib.sha256(base64.b64decode(server.told["certificate"])).hexdigest()
    with pytest.raises(Untrusted, match="is not trusted") as refused:
        await polled(secured(server, SecurityConfig(pki=tmp_path)))
    assert f"taktline certificates trust {shown}" in str(refused.value)
    pki.trust(tmp_path, shown)
    assert await polled(secured(server, SecurityConfig(pki=tmp_path)))


async def test_a_wrong_password_is_refused(
    server: NodeOpcua, trusting: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pki.trust(trusting, str(server.certificate))
    monkeypatch.setenv("WRONG", "guessed")
    security = SecurityConfig(pki=trusting, user=USER, password_env="WRONG")
    with pytest.raises(Unreachable, match=r"BadUserAccessDenied|BadIdentityTokenRejected"):
        await polled(secured(server, security))


async def test_the_item_state_of_a_machinery_model_becomes_a_state(server: NodeOpcua) -> None:
    address = server.told["current_state_number"]
    tag = TagConfig(id="state", address=address, type="uint32", role="state")
    config = dataclasses.replace(server.config("press1"), tags=(tag,))
    found = []
    for number in range(4):
        await server.ask("item_state", number=number)
        (reading,) = await polled(config)
        found.append(StateTable(model="machinery").state(reading.value))
    stopped, aborted = MachineState.STOPPED, MachineState.ABORTED
    assert found == [stopped, aborted, MachineState.IDLE, MachineState.EXECUTE]


async def test_discovery_finds_counters_by_their_moves_and_the_state_by_its_type(
    server: NodeOpcua,
) -> None:
    async def works() -> None:
        for turn in range(10_000):
            await server.make(good=3, reject=turn % 2)
            await asyncio.sleep(0.1)

    command = ("-m", "taktline", "discover", "opcua", server.url, "--json")
    working = asyncio.create_task(works())
    run = await asyncio.create_subprocess_exec(
        sys.executable, *command, "--watch", str(WATCH_S), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await run.communicate()
    working.cancel()
    assert run.returncode == 0
    told = json.loads(output)
    by_role = {one["role"]: one["address"] for one in told["tags"]}
    space = server.told["namespace"]
    assert by_role["good"] == f"ns={space};s=good"
    assert by_role["reject"] == f"ns={space};s=reject"
    assert by_role["state"] == server.told["current_state_number"]
