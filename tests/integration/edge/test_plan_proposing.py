"""A what-if is proposed and released: nothing is changed before, and only what a plan can do."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from edge.api.app import application
from edge.commands.plan import plan
from edge.execution.promising.joining import join
from tests.contract.fact_schema import check
from tests.integration.edge.served import served
from tests.integration.edge.test_api import act, edge_of
from tests.integration.edge.test_plan_versions import Planner, planner

Json = dict[str, Any]
FIRST = {"order": {"id": "WO2", "due": "2026-06-08T12:00:00+02:00"}}


@asynccontextmanager
async def proposing(folder: Path) -> AsyncIterator[Planner]:
    """A site with its first plan, whose what-ifs are answered."""
    async with planner(folder, ask_above_s=10**6) as it:
        join(it.here.rooms, it.replanner, it.here.floor)
        await it.replanner.look()
        try:
            yield it
        finally:
            await it.here.rooms.promises.finding.adviser.close()


async def propose(it: Planner, *changes: Json, key: str = "p1") -> Any:
    body = {"changes": [*changes], "propose": True, "note": "they wait", "actor": "eva"}
    return await act(it.client, "/plan/what-if", key, **body)


def sequence(it: Planner) -> list[str]:
    jobs = it.replanner.plan.jobs.values()
    return [one.order for one in sorted(jobs, key=lambda one: one.start)]


async def test_nothing_is_changed_until_a_planner_releases_it(tmp_path: Path) -> None:
    async with proposing(tmp_path) as it:
        stored, before = it.stored(), sequence(it)
        assert before.index("WO1") < before.index("WO2")
        answer = await propose(it, FIRST)
        assert answer.status_code == 201, answer.text
        number = answer.json()["proposal"]
        assert answer.json()["changes"][0]["code"] == "plan.if_order"
        asks = await it.got(f"/plan/proposals/{number}")
        assert (answer.json()["against"], asks["changes"]["from"]) == (1, 1)
        *told, in_all = answer.json()["words"]
        assert (told, in_all["code"]) == (asks["changes"]["words"], "plan.if_late")
        assert answer.json()["difference"]["moved_s"] == asks["moved_s"] > 0
        again = await propose(it, FIRST)
        assert (again.status_code, again.json()) == (201, answer.json())
        assert it.stored() == stored
        assert (it.version, sequence(it)) == (1, before)
        waits = (await it.got("/plan"))["proposal"]
        assert waits["why"]["code"] == "plan.because_what_if"
        assert waits["why"]["params"]["actor"] == "eva"
        await it.replanner.look()
        assert it.stored() == stored
        done = await act(it.client, f"/plan/proposals/{number}/release", "r1", actor="eva")
        assert done.status_code == 201, done.text
        after = sequence(it)
        assert after.index("WO2") < after.index("WO1")
        # The orders are as they were: nobody has changed their due dates.
        released = it.here.store.reader.plan()
        assert released is not None
        rows = {one["id"]: one["due"] for one in released.schedule["orders"]}
        assert rows["WO2"].startswith("2026-06-10")
        await it.replanner.replan(documents=False)
        assert sequence(it) == after
        for one in it.here.store.reader.facts_after(0, 500):
            if b"plan_proposal" in one.data:
                check(one.data)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"open": {"where": "L1", "from": "2026-06-08T14:00Z", "to": "2026-06-08T16:00Z"}}, "open"),
        ({"down": {"work_center": "L1", "to": "2026-06-08T16:00Z"}}, "down"),
        ({"order": {"id": "WO1", "quantity": 5}}, "ordered"),
        ({"remove": {"id": "WO1"}}, "removed"),
    ],
)
async def test_what_a_plan_cannot_do_is_not_proposed(
    tmp_path: Path, change: Json, code: str
) -> None:
    async with proposing(tmp_path) as it:
        refused = await propose(it, change)
        said = refused.json()
        assert (refused.status_code, said["code"]) == (422, f"plan.if_not_{code}")
        assert said["mend"]
        assert (await it.got("/plan/proposals"))["items"] == []


async def test_a_line_and_a_way_that_nobody_knows_are_not_proposed(tmp_path: Path) -> None:
    async with proposing(tmp_path) as it:
        line = await propose(it, {"line": {"id": "L9", "like": "L1"}})
        assert line.json()["code"] == "plan.if_no_line"
        way = {"order": "WO1", "operation": 10, "work_center": "L2", "cycle_s": "2"}
        assert (await propose(it, {"alternative": way})).json()["code"] == "plan.if_no_way"
        move = {"move": {"order": "WO1", "operation": 10, "work_center": "L9"}}
        refused = (await propose(it, move)).json()
        assert refused["code"] == "promise.impossible"
        same = await propose(it, {"order": {"id": "WO1", "priority": 9}})
        assert (same.status_code, same.json()["code"]) == (409, "plan.if_nothing")


async def test_it_is_proposed_and_released_from_the_command_line(tmp_path: Path) -> None:
    async with (
        proposing(tmp_path) as it,
        served(application(edge_of(it.here, ""))) as url,
    ):

        async def run(*words: str) -> tuple[int, str]:
            done = await asyncio.to_thread(CliRunner().invoke, plan, [*words, "--edge", url])
            return done.exit_code, done.output

        words = ("what-if", "--order", "WO2:due=2026-06-08T12:00:00+02:00", "--actor", "eva")
        code, said = await run(*words, "--propose", "--note", "they wait")
        assert code == 0, said
        assert said.splitlines()[-1].startswith("proposal 1 waits: nothing is changed until")
        assert "proposal 1 compared with version 1, which is in force" in said
        differs = (await run("diff", "--proposal", "1"))[1].splitlines()
        assert differs[0] == "proposal 1, compared with version 1:"
        assert {one.strip() for one in differs[1:] if " h)" in one} <= {
            *map(str.strip, said.splitlines())
        }
        assert "waits: proposal 1" in (await run("status"))[1]
        assert (await run("release", "1", "--actor", "eva"))[0] == 0
        assert it.version == 2
        code, said = await run("what-if", "--remove", "WO1", "--propose")
        assert code == 1
        assert "a plan leaves nothing out" in said
