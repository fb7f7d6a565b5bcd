"""A power cut at any moment of archiving loses nothing and doubles nothing."""

import asyncio
import random
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from edge.domain.chain import StoredFact
from edge.domain.clock import ManualClock
from edge.domain.recording import Recording
from edge.storage.archives import anchors
from edge.storage.archives.moving import Wanted
from edge.storage.packing import BLOCK
from edge.storage.store import Store
from edge.storage.verify import verify
from tests.integration.storage import dying_archivist
from tests.unit.storage.samples import count

FACTS = 9 * BLOCK + 7
ALL = Wanted(before=1 << 60, acknowledged=None)
MORE = 500


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[StoredFact]]:
    path = tmp_path_factory.mktemp("filled") / "edge.db"
    with Store.open(path, "e1", ManualClock(plant=1)) as store:
        for start in range(0, FACTS, MORE):
            asyncio.run(more(store, start, min(MORE, FACTS - start)))
        return path, list(store.reader.facts_after(0, 2 * FACTS))


async def more(store: Store, start: int, facts: int) -> None:
    drafts = tuple(count(n, 1, at=n) for n in range(start, start + facts))
    await store.record(Recording(drafts=drafts))


def checked(path: Path, facts: list[StoredFact]) -> None:
    """All facts are there once, in order; archiving goes on, and they still are."""
    result = verify(path, projections=False)
    assert (result.broken, result.facts) == (None, len(facts))
    with Store.open(path, "e1", ManualClock(plant=1)) as store:
        assert list(store.reader.facts_after(0, 2 * FACTS)) == facts
        asyncio.run(store.archivist.run(ALL))
        assert list(store.reader.facts_after(0, 2 * FACTS)) == facts
        [*parts] = anchors.folder_of(path).glob("*.part")
        assert parts == []
        asyncio.run(more(store, FACTS, 3))
        assert store.reader.chain_end().seq == len(facts) + 3
    result = verify(path, projections=False)
    assert (result.broken, result.facts) == (None, len(facts) + 3)


@pytest.mark.parametrize(
    ("step", "times"),
    [
        *((step, 1) for step in dying_archivist.STEPS),
        ("a block is written", 9),
        ("live rows go", 2),
    ],
)
def test_a_kill_at_any_step_loses_and_doubles_nothing(
    tmp_path: Path, filled: tuple[Path, list[StoredFact]], step: str, times: int
) -> None:
    source, facts = filled
    path = tmp_path / "edge.db"
    shutil.copyfile(source, path)
    command = [sys.executable, dying_archivist.__file__, str(path), step, str(times)]
    ended = subprocess.run(command, check=False).returncode
    assert ended == -signal.SIGKILL
    checked(path, facts)


@pytest.mark.longer
def test_kills_at_any_moment_lose_and_double_nothing(
    tmp_path: Path, filled: tuple[Path, list[StoredFact]]
) -> None:
    source, facts = filled
    chance = random.Random(4)
    for turn in range(40):
        path = tmp_path / str(turn) / "edge.db"
        path.parent.mkdir()
        shutil.copyfile(source, path)
        command = [sys.executable, dying_archivist.__file__, str(path), "live rows go", "1000000"]
        process = subprocess.Popen(command)
        timer = threading.Timer(chance.uniform(0.3, 1.5), process.kill)
        timer.start()
        process.wait()
        timer.cancel()
        checked(path, facts)
