"""Kill -9: what was acknowledged is there, once; and who holds a store is known."""

import random
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.domain.clock import SystemClock
from edge.domain.facts import FactKind, decode
from edge.storage.errors import StoreLocked
from edge.storage.store import Store
from edge.storage.verify import verify
from tests.integration.storage.processes import start

KILLS = 10


def run_and_kill(path: Path, lines: int) -> dict[str, tuple[int, int]]:
    """Let a recorder acknowledge `lines` recordings and kill it; last seq and raw by tag."""
    said: dict[str, tuple[int, int]] = {}
    with start("recorder", str(path), "4") as child:
        assert child.stdout is not None
        for line in _until_killed(child.stdout, lines, child.kill):
            tag, seq, raw = line.split()
            said[tag] = (int(seq), int(raw))
        assert child.wait() == -signal.SIGKILL
    return said


def _until_killed(lines: Iterator[str], kill_after: int, kill: object) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        if number == kill_after:
            assert callable(kill)
            kill()
        if line.endswith("\n"):  # the last may be cut
            yield line


def sums(path: Path) -> dict[str, int]:
    """Pieces of all counts, by tag."""
    made: dict[str, int] = {}
    with Store.open(path, "e1", SystemClock()) as store:
        for stored in store.reader.facts_after(0, 1_000_000):
            fact = decode(stored.data)
            if fact.kind == FactKind.PRODUCTION_COUNT:
                made[fact.body["tag"]] = made.get(fact.body["tag"], 0) + fact.body["quantity"]
        assert {b.tag: b.raw for b in store.reader.baselines()} == made
    return made


def test_nothing_acknowledged_is_lost_and_nothing_is_doubled(tmp_path: Path) -> None:
    path = tmp_path / "edge.db"
    chance = random.Random(20260608)
    acknowledged = 0
    for _ in range(KILLS):
        said = run_and_kill(path, chance.randint(5, 400))
        result = verify(path)
        assert result.whole, result
        made = sums(path)
        for tag, (seq, raw) in said.items():
            assert result.facts >= seq > acknowledged
            assert made[tag] >= raw
        acknowledged = max(seq for seq, _ in said.values())
    assert acknowledged > KILLS


def test_a_second_process_is_refused_until_the_first_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "edge.db"
    with start("recorder", str(path), "0") as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        with pytest.raises(StoreLocked, match=f"process {child.pid} since .*recorder.py"):
            Store.open(path, "e1", SystemClock())
        assert verify(path).whole  # who only reads needs no lock
        child.kill()
        child.wait()
    Store.open(path, "e1", SystemClock()).close()
