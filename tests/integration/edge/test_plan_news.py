"""A version that changes a shift is told at its machine, and somebody acknowledges it."""

import json
from pathlib import Path

from edge.domain.plan_versions import ReleaseRules
from edge.domain.sentences import say
from terminal_ui.model import board_from
from terminal_ui.rooms import news
from terminal_ui.texts import load_texts
from terminal_ui.widgets.job import news_line
from tests.contract.fact_schema import check
from tests.integration.edge.floor_on_store import MINUTE, SIX
from tests.integration.edge.test_api import act
from tests.integration.edge.test_plan_room import sight
from tests.integration.edge.test_plan_versions import planner
from tests.integration.edge.test_replanning import counted

ACKNOWLEDGE = "/work-centers/L1/acknowledge"


async def test_what_changes_the_shift_is_shown_until_it_is_acknowledged(tmp_path: Path) -> None:
    async with planner(tmp_path, ask_above_s=10**6) as it:
        rules = ReleaseRules(ask_above_s=10**6, acknowledge_within_us=10 * MINUTE)
        it.here.rooms.plans.releasing.rules = rules
        await it.replanner.replan(documents=True)
        first = (await it.got("/work-centers/L1/board"))["plan_news"]
        assert (first["plan"], first["changes"], first["overdue"]) == (1, [], False)
        seen = await act(it.client, ACKNOWLEDGE, "k1", plan=1)
        assert seen.status_code == 201, seen.text
        assert (await it.got("/work-centers/L1/board"))["plan_news"] is None

        await it.here.record(counted("WO0.10", 100, SIX))
        await it.due_first(2, "WO2")
        found = (await it.got("/work-centers/L1/board"))["plan_news"]
        assert (found["plan"], found["since"], found["released_by"]) == (2, 1, None)
        assert {one["job_order_id"] for one in found["changes"]} >= {"WO1.10", "WO2.10"}
        table = await news.show_changes(await sight(it.client), {})
        assert len(table.rows) == len(found["changes"])
        chinese = await news.show_changes(await sight(it.client, "zh"), {})
        assert chinese.note.startswith("计划版本 2，由 边缘系统 下达")

        it.here.clock.advance(11 * 60)
        assert (await it.got("/work-centers/L1/board"))["plan_news"]["overdue"]
        late = {one["work_center"]: one for one in (await it.got("/plan"))["unacknowledged"]}
        assert (late["L1"]["plan"], late["L1"]["overdue"]) == (2, True)
        board = board_from(await it.got("/work-centers/L1/board"))
        line, style = news_line(board, load_texts("en"))
        assert "plan 2" in line
        assert "error" in style
        told = news.send_seen(await sight(it.client), {})
        done = await act(it.client, told.path, "k2", **dict(told.body))
        assert done.status_code == 201, done.text
        assert (await it.got("/work-centers/L1/board"))["plan_news"] is None
        # The other work center has still to see it.
        assert [one["work_center"] for one in (await it.got("/plan"))["unacknowledged"]] == ["L2"]
        rows = it.here.store.rows.query("SELECT * FROM plan_seen ORDER BY plan")
        assert [(row["work_center"], row["plan"], row["seen_by"]) for row in rows] == [
            ("L1", 1, "ann"),
            ("L1", 2, "ann"),
        ]
        wrong = await act(it.client, ACKNOWLEDGE, "k3", plan=9)
        assert (wrong.status_code, wrong.json()["code"]) == (409, "plan.not_told")
        for fact in it.here.store.reader.facts_after(0, 500):
            if fact.kind == "instruction_acknowledged":
                assert check(fact.data).body["hour"] is None
                assert json.loads(fact.data)["actor"] == "ann"


async def test_why_all_that_nobody_has_seen_was_changed_is_told_there(tmp_path: Path) -> None:
    down = say("plan.because_down", "L1 is down")
    async with planner(tmp_path, ask_above_s=10**6) as it:
        await it.replanner.replan(documents=True)
        quantity = 100
        for because in ([down], [say("plan.because_open", "L1 can work again"), down], []):
            await it.here.record(counted("WO0.10", quantity, SIX))
            quantity += 50
            it.here.clock.advance(600)  # ever less time is left for what the hour owes
            await it.replanner.replan(documents=False, because=because)
        why = (await it.got("/work-centers/L1/board"))["plan_news"]["why"]
        codes = [one["code"] for one in why["params"]["why"]]
        assert codes == ["plan.because_open", "plan.because_down"]
        board = board_from(await it.got("/work-centers/L1/board"))
        line, _ = news_line(board, load_texts("en"))
        assert line.endswith(f"(More, M): {why['params']['why'][0]['detail']}")


async def test_a_plan_that_waits_is_seen_and_decided_at_the_terminal(tmp_path: Path) -> None:
    async with planner(tmp_path) as it:
        await it.replanner.replan(documents=True)
        await it.due_first(2, "WO2")
        table = await news.show_proposal(await sight(it.client), {})
        assert any("changes its place on L1" in row[0] for row in table.rows)
        chinese = await news.show_proposal(await sight(it.client, "zh"), {})
        assert any("在 L1 上换了次序" in row[0] for row in chinese.rows)
        number, note = await news.ask_proposal(await sight(it.client), {})
        assert (number.default, note.optional) == ("1", True)
        call = news.send_release(await sight(it.client), {"proposal": 1, "note": "now"})
        done = await act(it.client, call.path, "k1", **dict(call.body))
        assert done.status_code == 201, done.text
