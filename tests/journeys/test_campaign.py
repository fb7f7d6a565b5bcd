"""A shift in which edge, sync and ERP are killed again and again, and not a piece is lost.

The edge dies by its own hand between two of its effects, most often within a changeover
(`edge_that_dies.py`), and from outside at any moment; sync and the ERP from outside. Once
the edge's store is put back from a backup, and once that of sync. The moments come from a
seed. What the machines made, by the referee, must stand in all books.
"""

import shutil
import signal
import sqlite3
import sys
import time
from contextlib import closing
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest

from simulators.clock import PlantClock, SystemClock
from simulators.demo.errors import DemoFailed
from simulators.demo.files import prepare
from simulators.demo.floor import Floor
from simulators.demo.options import MICROS_PER_HOUR, Options
from simulators.demo.processes import Crew
from simulators.demo.progress import PlainProgress
from simulators.demo.report import Result, as_text
from simulators.demo.run import Stage, clock_of, perform
from simulators.demo.script import Script
from simulators.erp.example import load_example

HERE = Path(__file__).parent
EXAMPLE = HERE.parent.parent / "examples" / "hardware_plant"
HOURS, SPEED = Fraction(8), Fraction(240)
CALM_HOURS = Fraction(1, 2)  # at the end, in which nobody dies
FROM_OUTSIDE = {"edge": 8, "sync": 6, "erp": 6}
# Stores are put back at this hour, from a backup that is so many hours old. Then the other
# service lives, because what both have forgotten nobody knows.
RESTORES = {"edge": (2.4, 0.3), "sync": (5.0, 0.4)}
PEACE_HOURS = (0.5, 1.0)  # before and after
TICK_S = 0.02
FEWEST_DEATHS, FEWEST_PIECES = 20, 4_000

pytestmark = [pytest.mark.xdist_group("demo"), pytest.mark.timeout(400), pytest.mark.longer]


@dataclass
class Reaper:
    """Kills at seeded moments, and starts again what has died."""

    seed: int
    folder: Path
    deaths: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        draws, last = Random(self.seed), float(HOURS - CALM_HOURS)
        names = [name for name, times in FROM_OUTSIDE.items() for _ in range(times)]
        kills = [(draws.uniform(0, last), "kill", name) for name in names]
        self.plan = [one for one in kills if not _in_peace(*one)]
        for name, (at, age) in RESTORES.items():
            self.plan += [(at - age, "back up", name), (at, "restore", name)]
        self.plan.sort()

    def watch(self, stage: Stage, _floor: Floor, clock: PlantClock, script: Script) -> None:
        """Until the hours are over."""
        end = clock.origin + int(HOURS * MICROS_PER_HOUR)
        calm = end - int(CALM_HOURS * MICROS_PER_HOUR)
        (self.folder / "calm").unlink()  # all are up
        while (now := clock.now()) < end:
            if now >= calm:
                (self.folder / "calm").touch()
            self._look_after(stage.crew)
            stage.play(script)
            hours = (now - clock.origin) / MICROS_PER_HOUR
            while self.plan and self.plan[0][0] <= hours:
                self._do(stage, *self.plan.pop(0)[1:])
            time.sleep(TICK_S)

    def _do(self, stage: Stage, what: str, name: str) -> None:
        child, store = stage.crew.children[name], stage.site.directory / f"{name}.sqlite"
        if what == "back up":
            return back_up(store, self.folder / store.name)
        if what == "restore":
            child.end(0)
            put_back(store, self.folder / store.name)
        child.kill_and_restart()
        return self.deaths.append(name)

    def _look_after(self, crew: Crew) -> None:
        """Start an edge that died by its own hand; whoever ended otherwise has failed."""
        for name, child in crew.children.items():
            code = child.exit_code
            if name == "edge" and code == -signal.SIGKILL:
                child.kill_and_restart()
                self.deaths.append(name)
            elif code is not None:
                raise DemoFailed(f"{name} ended by itself with code {code}", name)


def _in_peace(at: float, _what: str, name: str) -> bool:
    """Whether it is the wrong time to kill sync, beside a restore."""
    before, after = PEACE_HOURS
    times = [when for when, _ in RESTORES.values()]
    return name == "sync" and any(when - before <= at <= when + after for when in times)


def back_up(store: Path, copy: Path) -> None:
    """A copy of a store that is in use."""
    with closing(sqlite3.connect(store)) as now, closing(sqlite3.connect(copy)) as then:
        now.backup(then)


def put_back(store: Path, copy: Path) -> None:
    """An old copy in the place of a store, as a person would put it."""
    for name in (f"{store.name}-wal", f"{store.name}-shm"):
        store.with_name(name).unlink(missing_ok=True)
    shutil.copyfile(copy, store)


def campaign(folder: Path, seed: int) -> tuple[Result, Reaper]:
    """A shift under a reaper; all of its processes are ended."""
    folder.mkdir()
    (folder / "calm").touch()
    options = Options(
        hours=HOURS,
        speed=SPEED,
        seed=seed,
        stay=False,
        as_json=True,
        example=EXAMPLE,
        run_dir=folder / "run",
        edge_command=f"{sys.executable} {HERE / 'edge_that_dies.py'} {folder} {seed}",
    )
    clock = SystemClock()
    site, sent = prepare(options.example, options.run_dir), load_example(options.example)
    crew, reaper = Crew(options.run_dir), Reaper(seed, folder)
    stage = Stage(
        options=options,
        site=site,
        example=sent,
        crew=crew,
        progress=PlainProgress(sent.zone, clock.monotonic),
        monotonic=clock.monotonic,
    )
    try:
        return perform(stage, clock_of(stage), reaper.watch), reaper
    finally:
        crew.end(clock.monotonic)


@pytest.mark.parametrize("seed", [11])
def test_no_piece_is_lost_however_often_all_are_killed(tmp_path: Path, seed: int) -> None:
    result, reaper = campaign(tmp_path / "campaign", seed)
    told = "\n".join([*as_text(result), str(reaper.deaths)])
    assert result.good, told
    assert reaper.deaths.count("edge") >= FEWEST_DEATHS, told
    assert result.comparison.pieces >= FEWEST_PIECES, told
    for log in (tmp_path / "campaign" / "run" / "logs").iterdir():
        assert "Traceback" not in log.read_text(), log
