"""The whole product as its processes: a demo reconciles, and sees what is made wrong."""

import hashlib
import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from edge.storage.fact_rows import every
from tests.contract.fact_schema import check

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
SHIFT_PIECES = 5_000

pytestmark = [pytest.mark.xdist_group("demo"), pytest.mark.timeout(400)]


def demo(run_dir: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "taktline", "demo", "--exit", "--run-dir", str(run_dir)]
    return subprocess.run(
        [*command, *options], cwd=ROOT, capture_output=True, text=True, check=False
    )


def report(run_dir: Path, *options: str) -> tuple[int, dict[str, Any]]:
    """Exit code and JSON report of a demo; its words are shown if it has none."""
    done = demo(run_dir, "--json", *options)
    assert done.stdout, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return done.returncode, result


def test_a_demo_reconciles_to_the_piece(tmp_path: Path) -> None:
    done = demo(tmp_path / "run", "--hours", "1")
    last = done.stdout.splitlines()[-1]
    assert done.returncode == 0, done.stdout + done.stderr
    assert last.startswith("reconciled: ")
    assert last.endswith("pieces, difference 0")
    for line in ("L1", "L2", "L3"):
        assert f"{line}: availability" in done.stdout
    assert_facts_are_as_written(tmp_path / "run" / "edge.sqlite")


def assert_facts_are_as_written(store: Path) -> None:
    """Every fact is as section 1 of the contracts says, and the chain is whole."""
    with closing(sqlite3.connect(f"{store.as_uri()}?mode=ro", uri=True)) as db:
        rows = [row.data for row in every(db)]
    before = ""
    for seq, data in enumerate(rows, start=1):
        fact = check(data)
        assert (fact.seq, fact.prev_hash) == (seq, before)
        before = hashlib.sha256(data).hexdigest()
    assert rows


def test_a_count_lost_between_driver_and_store_is_seen_and_named(tmp_path: Path) -> None:
    edge = f"{sys.executable} {HERE / 'edge_that_drops.py'}"
    code, result = report(tmp_path / "run", "--hours", "0.5", "--edge-command", edge)
    assert code == 1
    assert result["difference"] > 0
    [found, *_] = result["differences"]
    assert {"order", "operation", "book"} <= set(found)
    [link] = [one for one in result["findings"] if one.startswith("link: ")]
    assert "they do not chain" in link, "sync says where the count is missing"


@pytest.mark.parametrize(
    "fault", ["book-twice", pytest.param("move-piece", marks=pytest.mark.longer)]
)
def test_a_wrong_booking_of_the_erp_is_seen_and_named(tmp_path: Path, fault: str) -> None:
    code, result = report(tmp_path / "run", "--hours", "0.5", "--erp-fault", fault)
    assert code == 1
    assert result["difference"] > 0
    assert {found["book"] for found in result["differences"]} == {"booked"}


@pytest.mark.longer
@pytest.mark.parametrize("seed", ["1", "2", "3"])
def test_a_whole_shift_reconciles_with_any_seed(tmp_path: Path, seed: str) -> None:
    code, result = report(tmp_path / "run", "--seed", seed)
    assert code == 0, result
    assert result["difference"] == 0
    assert result["pieces"] >= SHIFT_PIECES


@pytest.mark.longer
@pytest.mark.parametrize("kills", [("edge",), ("sync",), ("edge", "sync")])
def test_a_shift_reconciles_when_processes_are_killed(
    tmp_path: Path, kills: tuple[str, ...]
) -> None:
    options = [option for name in kills for option in (f"--kill-{name}-at", "50%")]
    code, result = report(tmp_path / "run", "--hours", "4", *options)
    assert code == 0, result
    assert result["difference"] == 0
