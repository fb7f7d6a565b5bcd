"""`taktline board` and `taktline calls` against an edge's real API on a real socket."""

import asyncio
import json
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from edge.api.app import application
from tests.integration.edge.commanding import run
from tests.integration.edge.floor_on_store import MINUTE, SIX, Site, site
from tests.integration.edge.served import served
from tests.integration.edge.test_api import edge_of
from tests.integration.edge.test_board_hours import planned
from tests.integration.edge.test_kpis import HOUR, count, state

L1 = ("--work-center", "L1")
EVA = ("--actor", "eva")


async def begun(url: str, *options: str) -> Process:
    command = (sys.executable, "-m", "taktline", *options, "--edge", url)
    return await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=STDOUT)


@asynccontextmanager
async def shift(folder: Path) -> AsyncIterator[tuple[Site, str]]:
    """An hour that is red, one that is not, and half of the third."""
    async with site(folder) as here:
        await planned(here)
        await here.record(state(SIX, "APT"), count(SIX, 80, 0), count(SIX + HOUR, 95, 80))
        here.clock.plant = SIX + 2 * HOUR + 30 * MINUTE
        async with served(application(edge_of(here))) as url:
            yield here, url


def rows(shown: str) -> dict[str, list[str]]:
    """The cells of the board's table, by the hour."""
    found = {line.split()[0]: line.split()[1:] for line in shown.splitlines() if line}
    return {hour: cells for hour, cells in found.items() if hour[:2].isdigit()}


async def test_the_board_is_a_table_and_an_hour_is_explained_and_signed(tmp_path: Path) -> None:
    async with shift(tmp_path) as (_, url):
        code, shown = await run(url, "board", *L1)
        assert code == 0, shown
        assert shown.splitlines()[0].startswith("L1 Line L1  early  2026-06-08T08:30:00+02:00")
        hours = rows(shown)
        assert hours["06:00"] == ["100", "80", "-20", "-20", "asked", "for"]
        assert hours["07:00"] == ["100", "95", "-5", "-25"]
        assert hours["13:00"] == ["100", "-", "-", "-"]
        assert "625 pieces short, 125 an hour" in shown
        early = await run(url, "board", "sign", *L1, *EVA, "--hour", "06:00")
        assert (early[0], "say its cause, then sign it" in early[1]) == (1, True)
        said = ("--hour", "06:00", "--reason", "no_material", "--note", "coil")
        done = await run(url, "board", "cause", *L1, *EVA, *said)
        assert done[0] == 0, done
        at = ("--hour", "2026-06-08T06:10+02:00")
        code, told = await run(url, "board", "sign", *L1, *EVA, *at)
        assert (code, "hour 06:00  plan 100  actual 80  diff -20" in told) == (0, True), told
        code, shown = await run(url, "board", *L1, "--at", "2026-06-08T06:00+02:00", "--json")
        first = json.loads(shown)["hours"][0]
        assert (first["cause"], first["signature"]["by"]) == ("no_material", "eva")
        assert rows((await run(url, "board", *L1))[1])["06:00"][-2:] == ["no_material", "eva"]
        back = ("--hour", "06:00", "--note", "scrap was found")
        assert (await run(url, "board", "unsign", *L1, *EVA, *back))[0] == 0


async def test_what_is_wrong_is_told_and_nothing_is_taken_for_granted(tmp_path: Path) -> None:
    async with shift(tmp_path) as (here, url):
        last = here.store.reader.chain_end().seq
        none = await run(url, "board", "sign", *L1, *EVA, "--hour", "22:00")
        assert (none[0], "there are: 06:00, 07:00" in none[1]) == (1, True), none
        lacking = await run(url, "board")
        assert (lacking[0], "--work-center" in lacking[1]) == (2, True)
        before = await run(url, "board", *L1, "sign", *L1, *EVA, "--hour", "06:00")
        assert (before[0], "write it after sign" in before[1]) == (2, True), before
        wrong = await run(url, "board", *L1, "--at", "6 o'clock")
        assert (wrong[0], "2026-06-08T06:42+02:00" in wrong[1]) == (2, True)
        assert (await run("http://127.0.0.1:9", "board", *L1))[0] == 5
        assert here.store.reader.chain_end().seq == last


async def test_a_watched_board_is_shown_again_until_it_is_ended(tmp_path: Path) -> None:
    async with shift(tmp_path) as (here, url):
        process = await begun(url, "board", *L1, "--watch")
        assert process.stdout is not None
        async with asyncio.timeout(60):
            while b"08:30:00+02:00" not in await process.stdout.readline():
                pass
            here.clock.plant += MINUTE
            while b"08:31:00+02:00" not in await process.stdout.readline():
                pass
            process.send_signal(signal.SIGINT)
            await process.communicate()
        assert process.returncode == 130


async def test_a_call_is_raised_answered_and_closed(tmp_path: Path) -> None:
    async with shift(tmp_path) as (_, url):
        assert await run(url, "calls", "list") == (0, "nobody calls\n")
        said = ("--topic", "material", "--note", "coil is empty")
        code, told = await run(url, "calls", "raise", *L1, *EVA, *said)
        assert (code, told.startswith("recorded as fact ")) == (0, True)
        id_ = told.split()[-1]
        assert "material coil is empty" in (await run(url, "board", *L1))[1]
        assert (await run(url, "calls", "answer", id_, "--actor", "otto"))[0] == 0
        code, shown = await run(url, "calls", "list", *L1)
        assert shown.strip().endswith("L1  material  eva: coil is empty  (otto comes)")
        twice = await run(url, "calls", "answer", id_, "--actor", "otto")
        assert (twice[0], "was acknowledged by otto" in twice[1]) == (1, True)
        assert (await run(url, "calls", "close", id_, *EVA))[0] == 0
        assert await run(url, "calls", "list") == (0, "nobody calls\n")
        assert "(closed by eva)" in (await run(url, "calls", "list", "--all"))[1]
        wrong = await run(url, "calls", "raise", *L1, *EVA, "--topic", "coffee")
        assert (wrong[0], "one of maintenance, material, quality, other" in wrong[1]) == (1, True)
