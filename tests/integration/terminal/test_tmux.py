"""The command in a real terminal (tmux): what stands where, small and large, in both languages."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.integration.terminal.edge_server import EdgeServer
from tests.integration.terminal.floor import HOUR, MINUTE

PATIENCE_S = 60.0


class Screen:
    """A tmux session of its own server, so that nobody else's is touched."""

    def __init__(self, socket: Path) -> None:
        self._tmux = ("tmux", "-S", str(socket))

    async def run(self, *arguments: str) -> str:
        process = await asyncio.create_subprocess_exec(
            *self._tmux, *arguments, stdout=asyncio.subprocess.PIPE
        )
        out, _ = await process.communicate()
        return out.decode()

    async def keys(self, *keys: str) -> None:
        for key in keys:
            await self.run("send-keys", key)

    async def lines(self) -> list[str]:
        return (await self.run("capture-pane", "-p")).splitlines()

    async def shows(self, *wanted: str) -> list[str]:
        """Wait until the screen holds all of `wanted`."""
        shown: list[str] = []
        try:
            async with asyncio.timeout(PATIENCE_S):
                while True:
                    shown = await self.lines()
                    if all(any(one in line for line in shown) for one in wanted):
                        return shown
                    await asyncio.sleep(0.2)
        except TimeoutError:
            raise AssertionError("\n".join(shown)) from None


@asynccontextmanager
async def terminal(folder: Path, url: str, size: tuple[int, int]) -> AsyncIterator[Screen]:
    screen = Screen(folder / "tmux")
    command = f"{sys.executable} -m taktline terminal --edge {url} --work-center L1"
    width, height = map(str, size)
    await screen.run("new-session", "-d", "-x", width, "-y", height, f"LANG=C.UTF-8 {command}")
    try:
        yield screen
    finally:
        await screen.run("kill-server")


@pytest.mark.longer
@pytest.mark.needs("tmux")
@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
async def test_the_board_and_its_menu_in_a_real_terminal(
    tmp_path: Path, server: EdgeServer, size: tuple[int, int]
) -> None:
    floor = server.floor
    floor.stop_machine("jam")
    floor.required = {"pieces": 2500, "time": 6 * HOUR, "per_hour_up": 417}
    call = {"id": 9, "topic": "material", "note": "no coil", "called_by": "anna"}
    call |= {"called_at": floor.now - MINUTE, "acknowledged_at": None, "acknowledged_by": ""}
    floor.andon = [call]
    floor.hour_changes[0] = {"asks_cause": True, "data_gaps": ["edge_down"], "data_gap": 5}
    async with terminal(tmp_path, server.url, size) as screen:
        shown = await screen.shows(
            "! Material, called at 07:41, nobody comes yet: no coil",
            "! no cause said of 06:00: press M, 1, 1",
            "need 417/h",
            "!? Jam",
            "13:00     380",
            "Q Quit",
            "Ready",
        )
        assert len(shown) == size[1]
        await screen.keys("m")
        await screen.shows("1 Hours and calls")
        await screen.keys("1")
        await screen.shows("1 Cause of a red hour")
        await screen.keys("1")
        await screen.shows("06:00  plan 300  actual 262  -38  !?")
        await screen.keys("Escape")
        await screen.shows("▶ 07:00     450      50")
        await screen.keys("l")
        shown = await screen.shows("需 417/小时", "! 物料，07:41 呼叫，尚无人应答", "M 更多")
        assert max(cell_len(line) for line in shown) <= size[0]
