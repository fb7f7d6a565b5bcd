"""The command's exit codes and words, as far as no server is needed."""

import json
import re
import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from erp_sync.cli import app
from erp_sync.principals import Principal, identify
from tests.integration.sync.running import write_config

runner = CliRunner()


def test_faults_of_the_configuration_are_named_at_once(tmp_path: Path) -> None:
    config = write_config(tmp_path, listen="nowhere")
    text = config.read_text(encoding="utf-8").replace("Europe/Berlin", "Europe/Berlim")
    config.write_text(text, encoding="utf-8")
    for arguments in (["--config", str(config)], ["check", str(config)]):
        done = runner.invoke(app, arguments)
        assert done.exit_code == 3
        assert "company.toml: site.timezone = Europe/Berlim" in done.stderr
        assert "company.toml: api.listen = nowhere" in done.stderr


def test_a_bad_plant_clock_is_a_matter_of_usage(tmp_path: Path) -> None:
    done = runner.invoke(app, ["--config", str(write_config(tmp_path)), "--plant-clock", "x"])
    assert (done.exit_code, "ORIGIN,SPEED,ANCHOR" in done.stderr) == (2, True)


def test_a_token_and_its_hash_fit() -> None:
    done = runner.invoke(app, ["token"])
    found = re.fullmatch(r"token +(\S+)\ntoken_sha256 ([0-9a-f]{64})\n", done.stdout)
    assert found is not None
    principal = Principal("erp", found[2], frozenset())
    assert identify([principal], found[1]) == principal
    assert identify([principal], found[1] + "x") is None


def test_a_valid_file_is_said_to_be(tmp_path: Path) -> None:
    done = runner.invoke(app, ["check", str(write_config(tmp_path))])
    assert (done.exit_code, "site s1, edges: 2, principals: 3" in done.stdout) == (0, True)


def test_what_a_script_asks_for_is_json(tmp_path: Path) -> None:
    made = json.loads(runner.invoke(app, ["token", "--json"]).stdout)
    assert identify([Principal("erp", made["token_sha256"], frozenset())], made["token"])
    config = write_config(tmp_path)
    done = runner.invoke(app, ["check", str(config), "--json"])
    assert (done.exit_code, json.loads(done.stdout)) == (0, {"file": str(config), "faults": []})
    config.write_text(config.read_text(encoding="utf-8") + "\n[stor]\n", encoding="utf-8")
    done = runner.invoke(app, ["check", str(config), "--json"])
    [fault] = json.loads(done.stdout)["faults"]
    assert (done.exit_code, fault["place"], done.stderr) == (3, "stor", "")
    told = runner.invoke(app, ["check", str(config)]).stderr
    assert told.startswith(f"{config}: stor")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    done = runner.invoke(app, ["check", str(tmp_path / "none.toml")])
    assert (done.exit_code, "No such file" in done.stderr) == (3, True)


def test_a_taken_address_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("erp_sync.logs.configure_logs", lambda clock: None)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        done = runner.invoke(app, ["--config", str(write_config(tmp_path, listen))])
    assert (done.exit_code, listen in done.stderr) == (4, True)


def test_an_address_of_another_machine_is_a_fault_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("erp_sync.logs.configure_logs", lambda clock: None)
    config = write_config(tmp_path, "192.0.2.1:8080")
    done = runner.invoke(app, ["--config", str(config)])
    assert (done.exit_code, "an address of this machine" in done.stderr) == (3, True)
