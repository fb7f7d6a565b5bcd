"""A run's own copy: free ports, the same everywhere, and fresh tokens."""

import hashlib
import shutil
import tomllib
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from simulators.demo.errors import DemoInvalid
from simulators.demo.files import free_ports, prepare
from simulators.demo.options import moment, positive

EXAMPLE = Path(__file__).parents[3] / "examples" / "hardware_plant"


def loaded(path: Path) -> dict[str, object]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def test_ports_are_fresh_and_agree(tmp_path: Path) -> None:
    site = prepare(EXAMPLE, tmp_path / "run")
    plant, scenario = loaded(site.plant), loaded(site.scenario)
    devices, machines = plant["device"], scenario["machine"]
    assert isinstance(devices, list)
    assert isinstance(machines, list)
    urls = {device["url"] for device in devices}
    assert urls == {machine["url"] for machine in machines}
    assert urls.isdisjoint({device["url"] for device in _devices(EXAMPLE)})
    sync = plant["sync"]
    assert isinstance(sync, dict)
    assert sync == {"url": site.sync_url, "token_env": site.edge_token_env}
    assert site.edge_url != site.sync_url


def _devices(directory: Path) -> list[dict[str, object]]:
    devices = loaded(directory / "plant.toml")["device"]
    assert isinstance(devices, list)
    return devices


def test_tokens_are_fresh_and_only_their_hashes_are_written(tmp_path: Path) -> None:
    one, two = prepare(EXAMPLE, tmp_path / "one"), prepare(EXAMPLE, tmp_path / "two")
    assert one.tokens != two.tokens
    assert one.edge_token == one.tokens["edge-e1"]
    text = one.company.read_text(encoding="utf-8")
    for token in one.tokens.values():
        assert hashlib.sha256(token.encode()).hexdigest() in text
        assert token not in text
    assert "0" * 40 not in text


def test_a_run_directory_in_use_and_an_example_that_lacks_files_are_refused(tmp_path: Path) -> None:
    prepare(EXAMPLE, tmp_path / "run")
    with pytest.raises(DemoInvalid, match="not empty"):
        prepare(EXAMPLE, tmp_path / "run")
    shutil.copytree(EXAMPLE, tmp_path / "poor")
    (tmp_path / "poor" / "plant.toml").unlink()
    with pytest.raises(DemoInvalid, match=r"lacks plant\.toml"):
        prepare(tmp_path / "poor", tmp_path / "other")


def test_a_run_directory_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DemoInvalid, match=r"file: .*: --run-dir"):
        prepare(EXAMPLE, tmp_path / "file")
    with pytest.raises(DemoInvalid, match=r"run: .*: --run-dir"):
        prepare(EXAMPLE, tmp_path / "file" / "run")


def test_an_edge_that_has_a_sync_service_keeps_its_own_table(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE, tmp_path / "plant")
    with (tmp_path / "plant" / "plant.toml").open("a", encoding="utf-8") as plant:
        plant.write('\n[sync]\nurl = "http://127.0.0.1:8080"\ntoken_env = "MINE"\n')
    site = prepare(tmp_path / "plant", tmp_path / "run")
    assert loaded(site.plant)["sync"] == {"url": site.sync_url, "token_env": "MINE"}


def test_free_ports_differ() -> None:
    assert len(set(free_ports(20))) == 20


@pytest.mark.parametrize(
    ("text", "at"), [("2.5", Fraction(5, 2)), ("50%", Fraction(4)), ("1/2", Fraction(1, 2))]
)
def test_moments(text: str, at: Fraction) -> None:
    assert moment("--kill-edge-at", text, Fraction(8)) == at


@pytest.mark.parametrize("text", ["8", "100%", "0", "-1", "noon", "%", "1/0"])
def test_moments_outside_the_run_are_refused(text: str) -> None:
    with pytest.raises(DemoInvalid, match="--kill-edge-at"):
        moment("--kill-edge-at", text, Fraction(8))


@pytest.mark.parametrize("text", ["nan", "inf", "0", "-3", ""])
def test_a_speed_is_a_number_above_0(text: str) -> None:
    with pytest.raises(DemoInvalid, match="--speed"):
        positive("--speed", text)


def test_whoever_watches_the_folder_never_reads_a_port_of_the_example(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, seen = tmp_path / "run", set[str]()
    write = Path.write_text

    def watched(path: Path, text: str, **how: Any) -> int:
        seen.update(one.read_text() for one in run.glob("*.toml"))
        return write(path, text, **how)

    monkeypatch.setattr(Path, "write_text", watched)
    prepare(EXAMPLE, run)
    assert seen == set()
    assert sorted(one.name for one in run.iterdir()) == sorted(
        one.name for one in EXAMPLE.iterdir()
    )
