"""`taktline certificates`, as an integrator uses it."""

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from edge.commissioning.certificates import app
from plc_drivers.opcua import pki

SOUND = Path(__file__).parents[2] / "cases" / "plant_toml" / "sound" / "plant.toml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "pki"


def run(*arguments: str, code: int = 0) -> str:
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == code, done.output
    return done.output


def listed(folder: Path) -> dict[str, str]:
    """Place by fingerprint."""
    document = json.loads(run("list", "--pki", str(folder), "--json"))
    return {one["fingerprint"]: one["place"] for one in document["certificates"]}


def test_from_none_to_a_renewed_one(folder: Path, tmp_path: Path) -> None:
    place = ("--pki", str(folder))
    assert run("list", *place) == "no certificates yet\n"
    assert "create" in run("export", str(tmp_path / "edge.der"), *place, code=1)
    made = json.loads(run("create", *place, "--host", "10.0.0.5", "--days", "20", "--json"))
    (shown,) = made["certificates"]
    assert shown["hosts"][-1] == "10.0.0.5"
    assert shown["days_left"] == 19
    assert "RENEW" in run("list", *place)
    assert "renew" in run("create", *place, code=1)
    run("renew", *place, "--new-key")
    assert len(listed(folder)) == 1
    assert shown["fingerprint"] not in listed(folder)
    run("export", str(tmp_path / "edge.der"), *place)
    assert pki.fingerprint((tmp_path / "edge.der").read_bytes()) in listed(folder)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    run("export", str(pipe), *place, code=3)
    assert pipe.is_fifo()


def test_trust_and_reject(folder: Path, tmp_path: Path) -> None:
    server = pki.create(tmp_path / "server", 1_767_225_600_000_000)
    place = ("--pki", str(folder))
    run("trust", str(server.file), *place)
    assert listed(folder) == {server.fingerprint: "trusted"}
    run("reject", server.fingerprint[:8], *place)
    assert listed(folder) == {server.fingerprint: "rejected"}
    run("trust", server.fingerprint, *place)
    assert listed(folder) == {server.fingerprint: "trusted"}
    assert "mend" in run("trust", "ffff", *place, code=1)
    assert "mend" in run("reject", "ffff", *place, code=1)
    (tmp_path / "wrong.der").write_text("no certificate")
    assert "is no certificate" in run("trust", str(tmp_path / "wrong.der"), *place, code=3)


def test_the_folder_is_that_of_the_plant(tmp_path: Path) -> None:
    plant = tmp_path / "plant.toml"
    plant.write_text(SOUND.read_text())
    assert run("list", "--config", str(plant)) == "no certificates yet\n"
    run("list", code=2)
    run("list", "--config", str(plant), "--pki", "pki", code=2)
    plant.write_text("format = 1")
    assert "fault" in run("list", "--config", str(plant), code=3)
