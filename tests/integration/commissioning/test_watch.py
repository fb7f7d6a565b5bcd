"""`taktline watch`: the screen by its keys, and printed rounds of real devices."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from textual.pilot import Pilot
from textual.widgets import DataTable, Static

from edge.commissioning.watch_app import WatchApp
from edge.commissioning.watch_source import SourceLost
from tests.integration.collection.devices import ModbusDevice
from tests.integration.commissioning.rounds import device, seen, tag
from tests.journeys.reloadable import Machine, PlantFile
from tests.ports import free_port

BLOCKER = """
import sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name == "textual":
            raise ModuleNotFoundError("No module named 'textual'", name=name)
sys.meta_path.insert(0, Blocker())
"""


class Shown:
    """A source that shows what a test sets, or is lost."""

    name = "plant.toml"

    def __init__(self, *devices: dict[str, Any]) -> None:
        self.devices, self.lost, self.looks = devices, "", 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    async def look(self) -> dict[str, Any]:
        self.looks += 1
        if self.lost:
            raise SourceLost(self.lost)
        return seen(*self.devices)

    async def settled(self) -> None:
        return None


def column(app: WatchApp, table: str, name: str) -> list[str]:
    return [str(cell) for cell in app.query_one(f"#{table}", DataTable).get_column(name)]


def head(app: WatchApp) -> str:
    return str(app.query_one("#head", Static).render())


async def until(pilot: Pilot[None], what: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not what():
            await pilot.pause(0.02)


async def test_the_screen_shows_filters_sorts_pauses_and_speaks() -> None:
    tags = [tag("good", "7", role="good"), tag("heat", "21.5", quality="bad", unit="°C")]
    source = Shown(device("a", tags=tags), device("b", state="silent", detail="no answer"))
    app = WatchApp(source, "en", 0.05)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: column(app, "tags", "value") == ["7", "21.5 °C"])
        assert column(app, "devices", "state") == ["connected", "silent"]
        assert "b: no answer" in str(app.query_one("#why", Static).render())
        tags[0]["value"] = "8"
        await until(pilot, lambda: column(app, "tags", "value") == ["8", "21.5 °C"])
        await pilot.press("s", "s", "s")
        await until(pilot, lambda: column(app, "tags", "tag") == ["a.heat", "a.good"])
        await pilot.press("f")
        await pilot.pause()
        await pilot.press("g", "o", "o", "enter")
        await until(pilot, lambda: column(app, "tags", "tag") == ["a.good"])
        await pilot.press("p")
        await until(pilot, lambda: "paused" in head(app))
        looks = source.looks
        tags[0]["value"] = "9"
        await pilot.pause(0.2)
        assert source.looks == looks
        assert column(app, "tags", "value") == ["8"]
        await pilot.press("p", "l", "escape")
        await until(pilot, lambda: "9" in column(app, "tags", "value"))
        assert column(app, "tags", "quality") == ["坏值", "良好"]
        source.lost = "connection refused"
        await until(pilot, lambda: "无应答" in head(app))
        await pilot.press("q")
    assert app.return_code == 0


async def test_one_round_of_real_devices(tmp_path: Path) -> None:
    server, dead = ModbusDevice(), ModbusDevice()
    await server.start()
    machines = {"a": Machine(server), "b": Machine(dead)}
    PlantFile(tmp_path / "plant.toml", free_port(), machines).write()
    done = await asyncio.to_thread(watch, tmp_path, "--config", "plant.toml", "--once", "--json")
    assert done.returncode == 1, done.stderr
    alive, silent = json.loads(done.stdout)["items"]
    assert (alive["state"], silent["state"]) == ("connected", "silent")
    assert {one["id"]: one["value"] for one in alive["tags"]}["state"] == "6"
    assert silent["figures"]["failures"]["unreachable"] >= 1
    only = ("--config", "plant.toml", "--once", "--device", "a", "--lang", "zh")
    done = await asyncio.to_thread(watch, tmp_path, *only)
    assert done.returncode == 0, done.stderr
    assert "已连接" in done.stdout
    await server.stop()


def test_what_is_missing_is_told(tmp_path: Path) -> None:
    PlantFile(tmp_path / "plant.toml", free_port(), {"a": Machine(ModbusDevice())}).write()
    (tmp_path / "sitecustomize.py").write_text(BLOCKER)
    no_screen = watch(tmp_path, "--config", "plant.toml", path=str(tmp_path))
    assert no_screen.returncode == 2
    assert "pip install 'taktline[terminal]'" in no_screen.stderr
    no_edge = watch(tmp_path, "--edge", f"http://127.0.0.1:{free_port()}", "--once")
    assert no_edge.returncode == 5, no_edge.stderr
    unknown = watch(tmp_path, "--config", "plant.toml", "--device", "x", "--once")
    assert (unknown.returncode, "one of a" in unknown.stderr) == (2, True)


def watch(folder: Path, *options: str, path: str = "") -> "subprocess.CompletedProcess[str]":
    env = {**os.environ, "PYTHONPATH": path} if path else None
    command = [sys.executable, "-m", "taktline", "watch", *options]
    return subprocess.run(
        command, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=60
    )
