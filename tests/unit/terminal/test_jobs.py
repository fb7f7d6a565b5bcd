"""Job orders in the menu and on the screen: what is shown, asked and sent."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from terminal_ui.items import Nothing, Sight
from terminal_ui.model import Reasons
from terminal_ui.rooms import jobs
from terminal_ui.texts import load_texts
from terminal_ui.widgets.job import JobPanel
from tests.unit.terminal.boards import board, job

QUESTION = {
    "id": 42,
    "job_order_id": "WO1.10",
    "about": "cut",
    "made": 60,
    "wanted": 50,
    "asked_at": 1,
    "choices": ["close", "as_planned", "stock"],
}
SETUP = {**job("Running", phase="setup"), "setup": {"pieces": 10, "approved": 0}}


def sight(answers: Mapping[str, list[Any]], **changes: Any) -> Sight:
    async def get(path: str, **_: str) -> object:
        return {"items": answers.get(path, [])}

    shown = board(**changes)
    texts = load_texts("en")
    return Sight(board=shown, reasons=Reasons(), actor="anna", texts=texts, get=get)


def test_a_question_is_chosen_answered_and_sent() -> None:
    here = sight({"/questions": [QUESTION]})
    [which] = asyncio.run(jobs.ask_question(here, {}))
    assert [one.text for one in which.choices] == ["WO1.10: cut by the ERP, 60 / 50"]
    answer, _note = asyncio.run(jobs.ask_answer(here, {"question": "42"}))
    assert [one.code for one in answer.choices] == ["close", "as_planned", "stock"]
    said = {"question": "42", "answer": "stock", "note": "agreed"}
    call = jobs.send_answer(here, said)
    assert call.path == "/questions/42/answer"
    assert call.body == {"answer": "stock", "note": "agreed"}


def test_where_nobody_is_asked_it_says_so() -> None:
    with pytest.raises(Nothing, match="Nobody"):
        asyncio.run(jobs.show_questions(sight({}), {}))


def test_a_set_up_is_approved_up_to_what_it_made() -> None:
    here = sight({"/job-orders": [SETUP]}, job=SETUP)
    assert jobs.in_setup(here)
    [good] = asyncio.run(jobs.ask_setup(here, {}))
    assert good.most == 10
    call = jobs.send_setup(here, {"good": 7})
    assert call.path == f"/job-orders/{SETUP['id']}/approve"
    assert call.body == {"version": SETUP["version"], "good": 7}


def test_the_panel_says_what_waits_what_is_over_and_what_runs_beside() -> None:
    on = job("Running", waits_for_input=True, over=3)
    other = {**on, "id": "WO9.10", "order": "WO9"}
    panel = JobPanel()
    text = panel.draw(board(job=on, jobs=[on, other], questions=[QUESTION]), 80).plain
    for words in ("waits for input", "3 over", "cut by the ERP", "WO9"):
        assert words in text


def test_the_panel_says_that_the_machine_shows_no_order_and_what_to_do() -> None:
    said = {
        "code": "machine.no_order",
        "params": {"job": "WO1.10", "number": 1010},
        "detail": "the machine shows no order number",
        "mend": "load number 1010 at the machine",
    }
    panel = JobPanel()
    text = panel.draw(board(job=job("Running"), not_shown=said), 80).plain
    assert "the machine shows no order number" in text
    assert "load number 1010 at the machine" in text
    panel.texts = load_texts("zh")
    text = panel.draw(board(job=job("Running"), not_shown=said), 80).plain
    assert "机器未显示工单号" in text
    assert "请在机器上装载工单号 1010" in text
