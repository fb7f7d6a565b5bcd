"""`taktline plan` against an edge's real API on a real socket: versions, differences, proposals."""

import json
import sqlite3
from pathlib import Path

import pytest

from edge.api.app import application
from edge.commands.language import Tongue, language
from edge.commands.plan_versions import _problems
from edge.domain.remarks import Remark, in_english
from edge.domain.sentences import plain, say
from edge.execution.authority import PLANNER, SUPERVISOR
from edge.execution.errors import NotAuthorized
from edge.storage.verify import verify
from tests.integration.edge.commanding import run
from tests.integration.edge.floor_on_store import SIX
from tests.integration.edge.replanned import HOUR
from tests.integration.edge.served import served
from tests.integration.edge.test_api import API, act, edge_of
from tests.integration.edge.test_plan_versions import planner


async def test_a_planner_looks_releases_and_unfreezes_from_the_command_line(
    tmp_path: Path,
) -> None:
    async with planner(tmp_path) as it:
        async with served(application(edge_of(it.here, ""))) as url:
            assert await run(url, "plan", "status") == (0, "no plan yet\n")
            await it.replanner.replan(documents=True)
            await it.due_first(2, "WO2")
            code, shown = await run(url, "plan", "status")
            assert code == 0
            assert "waits: proposal 1" in shown
            assert (
                "not seen at L1: versions up to 1, the first since" in shown
            )  # to keep level changes nothing there
            code, shown = await run(url, "plan", "diff", "--proposal", "1")
            assert (code, "changes its place on L1" in shown) == (0, True), shown
            assert "WO2.10  0 -> " in shown
            code, shown = await run(url, "plan", "release", "1", "--actor", "ann", "--note", "now")
            assert (code, "recorded as fact" in shown) == (0, True)
            code, shown = await run(url, "plan", "release", "1", "--actor", "bob")
            assert (code, "proposal 1 is released (ann)" in shown) == (1, True)
            code, shown = await run(url, "plan", "discard", "7", "--actor", "bob")
            assert (code, "proposal 7 is not here" in shown) == (1, True)
            code, shown = await run(url, "plan", "proposals")
            assert "released as version 3 by ann: now" in shown
            code, shown = await run(url, "plan", "versions", "--limit", "1")
            assert "by ann (proposal 1)" in shown
            assert len(shown.splitlines()) == 1
            code, shown = await run(url, "plan", "diff", "1", "3", "--json")
            assert json.loads(shown)["from"] == 1
            code, shown = await run(url, "plan", "diff", "--hours")
            assert (code, "2 operations move" in shown) == (0, True)
            until = ("--until", "2026-06-08T08:00+02:00", "--note", "down")
            done = await run(
                url, "plan", "unfreeze", "--work-center", "L1", "--actor", "bob", *until
            )
            assert done[0] == 0, done
            code, shown = await run(url, "plan", "status")
            assert "unfrozen: L1 until 2026-06-08T08:00:00+02:00, by bob: down" in shown
            wrong = ("--until", "eight", "--note", "down", "--actor", "bob")
            assert (await run(url, "plan", "unfreeze", "--work-center", "L1", *wrong))[0] == 3
        assert (await run("http://127.0.0.1:9", "plan", "versions"))[0] == 5


class Nobody:
    """Knows no one who may; remembers what was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def check(self, actor: str, role: str) -> None:
        self.asked.append(role)
        raise NotAuthorized(
            say(
                "person.no_role",
                "{actor!r} is no {role}; who may: {who}",
                "let one of them decide",
                actor=actor,
                role=say("word.planner", "planner"),
                who="",
            )
        )


async def test_only_a_planner_decides_and_only_a_supervisor_unfreezes(tmp_path: Path) -> None:
    async with planner(tmp_path) as it:
        await it.replanner.replan(documents=True)
        await it.due_first(2, "WO2")
        before = it.here.store.reader.chain_end().seq
        it.here.floor.authority = nobody = Nobody()
        unfrozen = {"work_centers": ["L1"], "until": SIX + 2 * HOUR, "note": "down"}
        for path, body in (
            ("/plan/proposals/1/release", {}),
            ("/plan/proposals/1/discard", {}),
            ("/plan/unfreeze", unfrozen),
        ):
            assert (await act(it.client, path, path, **body)).status_code == 403
        assert nobody.asked == [PLANNER, PLANNER, SUPERVISOR]
        assert it.here.store.reader.chain_end().seq == before


async def test_a_version_never_changes_and_an_old_one_is_kept_in_short(tmp_path: Path) -> None:
    async with planner(tmp_path, ask_above_s=10**6) as it:
        await it.replanner.replan(documents=True)
        for revision in range(2, 7):
            await it.due_first(revision, "WO2" if revision % 2 == 0 else "WO1")
        first = it.here.store.rows.query("SELECT version FROM plans WHERE whole = 0")
        assert [row["version"] for row in first] == [1, 2, 3]
        short = await it.client.get(f"{API}/plan/versions/1")
        assert (short.status_code, short.json()["code"]) == (409, "plan.in_short")
        listed = {one["plan"]: one for one in (await it.got("/plan/versions"))["items"]}
        assert listed[2]["difference"]["moved"] == 2
        rows = it.here.store.reader.instructions("L1", SIX, SIX + HOUR)
        assert {one.plan for one in rows} == {1}
        assert verify(tmp_path / "edge.sqlite").whole
        with sqlite3.connect(tmp_path / "edge.sqlite") as conn:
            for change in (
                "UPDATE plans SET schedule = x'' WHERE version = 6",
                "UPDATE plans SET whole = 1 WHERE version = 1",
                "UPDATE plans SET instructions = x'' WHERE version = 1",
                "DELETE FROM plans WHERE version = 6",
            ):
                with pytest.raises(sqlite3.IntegrityError, match="version of the plan"):
                    conn.execute(change)


@pytest.mark.parametrize(
    ("tongue", "told"),
    [
        (Tongue.EN, ["order WO2: no definition of A/B; send it", "it was not made"]),
        (Tongue.ZH, ["订单 WO2：没有 A/B 的工艺定义；请发送它", "it was not made"]),
    ],
)
def test_what_could_not_be_planned_is_printed_in_each_language(
    tongue: Tongue, told: list[str]
) -> None:
    said = say("plan.no_definition", "no definition of {product}", "send it", product="A/B")
    remarks = [Remark(order="WO2", said=said), Remark(said=plain("it was not made"))]
    answer = {"problem": in_english(remarks), "problem_coded": [one.view() for one in remarks]}
    assert [*_problems(answer, language(tongue))] == told
    assert [*_problems({"problem": "", "problem_coded": []}, language(tongue))] == []
    assert [*_problems({"problem": "of an older edge"}, language(tongue))] == ["of an older edge"]
