"""A power cut at any moment: what was acknowledged is there, whatever was not synced is lost."""

import os
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from edge.domain.clock import SystemClock
from edge.storage.store import Store
from edge.storage.verify import verify
from tests.integration.storage.power import Disk, Op, operations
from tests.integration.storage.processes import ROOT

HERE = Path(__file__).parent / "unsynced"
LINES, CUTS = 60, 8
pytestmark = pytest.mark.needs("a C compiler")


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library that writes down what a program does to its files."""
    library = tmp_path_factory.mktemp("shim") / "unsynced.so"
    build = ["cc", "-shared", "-fPIC", "-O1", "-o", str(library), str(HERE / "unsynced.c"), "-ldl"]
    subprocess.run(build, check=True)
    return library


def recorded(folder: Path, shim: Path) -> tuple[list[Op], int]:
    """What a recorder did to its files until it was killed, and how many lines it has said.

    Its answers go through the same log: they are writes to a file of that folder.
    """
    log = folder / "operations"
    said = (folder / "edge.db.said").open("wb")
    env = {
        **os.environ,
        "LD_PRELOAD": str(shim),
        "UNSYNCED_LOG": str(log),
        "UNSYNCED_PREFIX": str(folder / "edge.db"),
    }
    run = [
        sys.executable,
        "-m",
        "tests.integration.storage.recorder",
        str(folder / "edge.db"),
        "3",
    ]
    with subprocess.Popen(run, cwd=ROOT, env=env, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        for _ in range(LINES):
            said.write(child.stdout.readline())
        child.kill()
    said.close()
    return list(operations(log.read_bytes())), LINES


def raws(path: Path) -> dict[str, int]:
    with Store.open(path, "e1", SystemClock()) as store:
        return {one.tag: one.raw for one in store.reader.baselines()}


def test_what_was_acknowledged_survives_a_power_cut(tmp_path: Path, shim: Path) -> None:
    ops, _ = recorded(tmp_path, shim)
    commits = [at for at, op in enumerate(ops) if op.kind == "s" and op.path.endswith("-wal")]
    assert len(commits) > CUTS
    chance, kept = Random(20260608), 0
    for cut in range(CUTS):
        folder = tmp_path / f"cut{cut}"
        folder.mkdir()
        # One in four may fall while the store is made, which takes half of all operations.
        at = chance.randrange(commits[cut % 4 > 0] + 1, len(ops))
        disk = Disk()
        for op in ops[:at]:
            disk.do(op)
        disk.cut(chance, folder)
        (folder / "edge.db-shm").unlink(missing_ok=True)  # memory of processes that are gone
        # All that the last sync of the log has covered was acknowledged, or may have been.
        least = folder / "least"
        least.mkdir()
        Disk(sure=disk.sure).cut(chance, least)
        (least / "edge.db-shm").unlink(missing_ok=True)
        surely = raws(least / "edge.db")
        kept += len(surely)
        found = raws(folder / "edge.db")
        assert all(found.get(tag, -1) >= raw for tag, raw in surely.items())
        assert verify(folder / "edge.db").whole
    assert kept > CUTS


def test_the_answers_of_a_recorder_never_run_ahead_of_its_disk(tmp_path: Path, shim: Path) -> None:
    """Cut at the very end, with nothing that is unsure: all that it had said is there."""
    ops, _ = recorded(tmp_path, shim)
    disk = Disk()
    for op in ops:
        disk.do(op)
    folder = tmp_path / "end"
    folder.mkdir()
    Disk(sure=disk.sure).cut(Random(1), folder)
    (folder / "edge.db-shm").unlink(missing_ok=True)
    found = raws(folder / "edge.db")
    for line in (tmp_path / "edge.db.said").read_text().splitlines():
        tag, _seq, raw = line.split()
        assert found[tag] >= int(raw)
