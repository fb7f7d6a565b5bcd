"""The edge before a secured simulator: who is trusted, who signs in, who is let in."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from plc_drivers.configuration import (
    SECURITY_MODES,
    SECURITY_POLICIES,
    DeviceConfig,
    SecurityConfig,
    TagConfig,
)
from plc_drivers.errors import Unreachable, Untrusted
from plc_drivers.opcua import pki
from simulators.access import POLICIES, digest_of
from tests.contract.drivers.secured import now, read_once
from tests.integration.simulators.conftest import MACHINE, PLANT
from tests.integration.simulators.processes import machines

pytestmark = pytest.mark.xdist_group("secured_simulator")
USER, PASSWORD, VARIABLE = "anna", "secret", "PRESS1_PASSWORD"
ACCESS = f"""
security = {json.dumps(POLICIES)}
certificates = "own"
trusted = "clients"
anonymous = false
user = [{{{{ name = "{USER}", password_hash = "{digest_of(PASSWORD)}" }}}}]
[[machine.recipe]]"""
PLANT_TOML = """
format = "taktline.plant/1"
site = {{id = "s1", timezone = "Europe/Berlin"}}
edge = {{id = "e1"}}
calendar = [{{id = "day", always = true}}]
[[device]]
id = "press1"
driver = "opcua"
url = "{url}"
security = {{user = "anna", password_env = "PRESS1_PASSWORD"}}
tag = [{{id = "mode", address = "ns=2;s=UA.Mode", type = "uint16"}}]
[[work_center]]
id = "L1"
device = "press1"
calendar = "day"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of the scenario; in `pki` is what the edge trusts and what it is."""
    made = tmp_path_factory.mktemp("secured")
    (made / "clients").mkdir()
    pki.create(made / "pki", now())
    return made


@pytest.fixture(scope="module")
def machine(folder: Path) -> Iterator[dict[str, Any]]:
    text = MACHINE.replace("\n[[machine.recipe]]", ACCESS).format(
        id="UA", scheme="opc.tcp", where="127.0.0.1:0", order="ABCD", bits=16, start=0
    )
    path = folder / "scenario.toml"
    path.write_text(PLANT + text, encoding="utf-8")
    with machines(path) as child:
        found: dict[str, Any] = child.answer()["machines"]["UA"]
        (folder / "plant.toml").write_text(PLANT_TOML.format(url=found["url"]), encoding="utf-8")
        yield found


@pytest.fixture
def trusting(machine: dict[str, Any], folder: Path) -> Path:
    """The edge's folder, when both trust each other."""
    pki.trust(folder / "pki", str(folder / "own" / "UA.der"))
    mine = pki.own(folder / "pki")
    assert mine is not None
    (folder / "clients" / "edge.der").write_bytes(mine.file.read_bytes())
    return folder / "pki"


async def read(url: str, pki_folder: Path, **security: str) -> object:
    config = DeviceConfig(
        id="press1",
        driver="opcua",
        url=url,
        timeout_ms=5000,
        insecure=not security,
        security=SecurityConfig(pki=pki_folder, **security) if security else None,  # type: ignore[arg-type]
        tags=(TagConfig(id="mode", address="ns=2;s=UA.Mode", type="uint16"),),
    )
    return (await read_once(config)).value


def taktline(folder: Path, *arguments: str) -> tuple[int, str]:
    """Exit code and all that is said."""
    done = subprocess.run(
        [sys.executable, "-m", "taktline", *arguments, "--config", str(folder / "plant.toml")],
        env=os.environ | {VARIABLE: PASSWORD},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_refused_then_trusted_by_the_command_then_read(
    machine: dict[str, Any], folder: Path
) -> None:
    code, words = taktline(folder, "read", "--once")
    assert (code, machine["fingerprint"] in words) == (1, True), words
    code, words = taktline(folder, "certificates", "trust", machine["fingerprint"])
    assert code == 0, words
    code, words = taktline(folder, "read", "--once")
    assert (code, "BadCertificateUntrusted" in words) == (1, True), words
    code, words = taktline(folder, "certificates", "export", str(folder / "clients" / "edge.der"))
    assert code == 0, words
    code, words = taktline(folder, "read", "--once")
    assert code == 0, words


@pytest.mark.parametrize(("policy", "mode"), list(product(SECURITY_POLICIES, SECURITY_MODES)))
async def test_every_policy_and_mode(
    machine: dict[str, Any], trusting: Path, policy: str, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, PASSWORD)
    sign_in = {"user": USER, "password_env": VARIABLE}
    assert await read(machine["url"], trusting, policy=policy, mode=mode, **sign_in) == 1


async def test_a_wrong_user_a_wrong_password_and_nobody_are_refused(
    machine: dict[str, Any], trusting: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for user, password in ((USER, "wrong"), ("bert", PASSWORD)):
        monkeypatch.setenv(VARIABLE, password)
        with pytest.raises(Unreachable, match="BadUserAccessDenied"):
            await read(machine["url"], trusting, user=user, password_env=VARIABLE)
    for security in ({"mode": "SignAndEncrypt"}, {}):
        with pytest.raises(Unreachable, match=r"anonymous|BadIdentityTokenRejected"):
            await read(machine["url"], trusting, **security)


async def test_its_certificate_is_that_of_its_folder(
    machine: dict[str, Any], tmp_path: Path, folder: Path
) -> None:
    (one,) = [path for path in (folder / "own").iterdir() if path.suffix == ".der"]
    pki.trust(tmp_path, str(one))
    assert [each.fingerprint for each in pki.listed(tmp_path, pki.TRUSTED)] == [
        machine["fingerprint"]
    ]
    with pytest.raises(Untrusted, match=machine["fingerprint"]):
        await read(machine["url"], tmp_path / "another", mode="Sign")
