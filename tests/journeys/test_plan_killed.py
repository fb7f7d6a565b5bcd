"""The edge is killed around a proposal and its release: a plan is in force whole, or not at all."""

import asyncio
import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from edge.storage.instruction_rows import unpacked
from edge.storage.plans import unpack
from tests.integration.edge.floor_on_store import SIX
from tests.integration.edge.test_plan_versions import month, planner
from tests.journeys.plant_head import head
from tests.journeys.processes import Process, api, started, taktline
from tests.ports import free_port

pytestmark = pytest.mark.xdist_group("edge_process")

DOOMED = Path(__file__).with_name("edge_that_dies_releasing.py")
SHIFT = """[[calendar.shift]]
name = "early"
days = ["mon", "tue", "wed", "thu", "fri"]
start = "06:00"
end = "14:00"
breaks = ["10:00-10:30"]
[planning]
ask_above_hours = 0
"""
LINE = """[[work_center]]
id = "{id}"
name = "Line {id}"
line = "{id}"
counting = "manual"
calendar = "always"
"""
RELEASE = "/api/v1/plan/proposals/1/release"


def plant(folder: Path, port: int) -> tuple[str, ...]:
    """A plant that asks whatever a plan moves; how its edge is started.

    It is ten past six and stays so: the hour that runs counts as made as far as it has gone.
    """
    lines = [LINE.format(id=id_) for id_ in ("L1", "L2")]
    (folder / "plant.toml").write_text("\n".join([head(port, calendar=SHIFT), *lines]))
    clock = f"2026-06-08T06:10:00+02:00,0.0001,{time.monotonic():.6f}"
    return ("--config", str(folder / "plant.toml"), "--plant-clock", clock)


@contextmanager
def doomed(folder: Path, moment: str, step: str, start: tuple[str, ...]) -> Iterator[Process]:
    with started(folder / "log", sys.executable, str(DOOMED), moment, step, *start) as process:
        yield process


async def died(process: Process) -> None:
    assert await asyncio.to_thread(process.popen.wait, 60) == -signal.SIGKILL


def stored(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    """What a dead edge left."""
    with closing(sqlite3.connect(folder / "edge.sqlite")) as store:
        return store.execute(sql).fetchall()


HOURS = """SELECT hour, work_center, label, order_id, operation, quantity, setup_s
    FROM hour_instruction ORDER BY hour, work_center, position"""


def hours(folder: Path) -> list[tuple[Any, ...]]:
    """What is in force of all hours."""
    return stored(folder, HOURS)


def proposed(folder: Path) -> list[tuple[Any, ...]]:
    """The hours that the first proposal says."""
    [(packed,)] = stored(folder, "SELECT instructions FROM proposed_plans WHERE proposal = 1")
    names = ("hour", "work_center", "label", "order", "operation", "quantity", "setup_s")
    found = [tuple(getattr(one, name) for name in names) for one in unpacked(0, unpack(packed))]
    return sorted(found, key=lambda one: one[:2])


def released(folder: Path) -> list[int]:
    """The versions that a proposal became; of all versions there is a fact, and all of each."""
    found = stored(folder, "SELECT plan, proposal FROM plan_version ORDER BY plan")
    whole = stored(folder, "SELECT version FROM plans ORDER BY version")
    facts = stored(folder, "SELECT count(*) FROM plan_version JOIN facts USING (seq)")
    assert [(one,) for one, _ in found] == whole
    assert facts == [(len(found),)]
    return [plan for plan, proposal in found if proposal is not None]


def proposals(folder: Path) -> list[tuple[int, str]]:
    return stored(folder, "SELECT proposal, state FROM plan_proposal ORDER BY proposal")


async def release(port: int) -> httpx.Response | None:
    """The answer; None if it was lost."""
    async with api(port) as edge:
        key = {"Idempotency-Key": "k1"}
        try:
            return await edge.client.post(RELEASE, json={"actor": "ann"}, headers=key)
        except httpx.TransportError:
            return None


async def test_a_kill_before_or_after_a_release_leaves_one_plan_whole_and_no_hour_twice(
    tmp_path: Path,
) -> None:
    async with planner(tmp_path) as it:
        await it.replanner.replan(documents=True)
        await it.here.take(month(2, "WO2"))
    port = free_port()
    start = plant(tmp_path, port)

    with doomed(tmp_path, "before", "proposed", start) as process:
        await died(process)
    assert (proposals(tmp_path), released(tmp_path)) == ([], [])
    with doomed(tmp_path, "after", "proposed", start) as process:
        await died(process)
    before = hours(tmp_path)
    assert (proposals(tmp_path), released(tmp_path)) == ([(1, "open")], [])

    with doomed(tmp_path, "before", "released", start) as process:
        assert await release(port) is None
        await died(process)
    assert (proposals(tmp_path), released(tmp_path)) == ([(1, "open")], [])
    assert hours(tmp_path) == before

    with doomed(tmp_path, "after", "released", start) as process:
        assert await release(port) is None
        await died(process)
    assert proposals(tmp_path) == [(1, "released")]
    [version] = released(tmp_path)
    after = hours(tmp_path)
    assert after == proposed(tmp_path) != before
    assert [one for one in after if one[0] == SIX] == [one for one in before if one[0] == SIX] != []

    with taktline(tmp_path / "log", "edge", *start) as process:
        again = await release(port)
        assert again is not None
        assert again.status_code == 201, again.text
        async with api(port) as edge:
            items = (await edge.get("/plan/versions"))["items"]
        [mine] = [one for one in items if one["proposal"] is not None]
        assert (mine["plan"], mine["released_by"]) == (version, "ann")
        assert mine["seq"] == again.json()["seq"]
        assert process.end() == 0
    # Asked again, and planned again at the start, it is the same.
    assert (released(tmp_path), hours(tmp_path)) == ([version], after)
    verify = [sys.executable, "-m", "taktline", "verify", str(tmp_path / "edge.sqlite"), "--json"]
    found = json.loads(subprocess.run(verify, capture_output=True, check=True).stdout)
    assert (found["broken"], found["differing"]) == (None, [])
