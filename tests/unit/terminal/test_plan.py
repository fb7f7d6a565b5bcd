"""What an operator is told of this hour and the next: how fast, with what, and what to bring."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from edge.domain.remarks import Remark, in_english
from edge.domain.sentences import plain, say
from terminal_ui.items import Nothing
from terminal_ui.rooms import plan
from terminal_ui.texts import load_texts
from terminal_ui.widgets.job import InstructionPanel
from tests.integration.terminal.floor import HOUR, SHIFT_START, Floor
from tests.unit.terminal.boards import board
from tests.unit.terminal.test_jobs import sight

FULL = {
    **Floor().instruction(),
    "revision": "A",
    "rate": "720/7",
    "takt_s": "35",
    "unchecked": False,
    "setup_s": 300,
    "setup": {"from_family": "pin", "to_family": "hinge", "from_tool": None, "to_tool": "T7"},
    "tool": "T7",
    "documents": [{"id": "DRW-60", "revision": "C", "title": "Hinge", "url": None}],
    "materials": [
        {"material": "COIL", "revision": "B", "quantity": "56.25", "unit": "kg", "tracked": "lot"},
        {"material": "BOX", "revision": None, "quantity": "1", "unit": "pcs", "tracked": "none"},
    ],
}
NEXT = {**FULL, "hour": SHIFT_START + 2 * HOUR, "label": "08:00+02:00", "setup_s": 0, "setup": None}


def shown(instruction: dict[str, Any], language: str = "en") -> str:
    panel = InstructionPanel()
    panel.texts = load_texts(language)
    return panel.draw(board(instruction=instruction), 100).plain


def test_the_instruction_says_how_fast_and_with_what() -> None:
    text = shown(FULL)
    assert "102.9 an hour" in text
    assert "pin -> T7" in text
    assert "by DRW-60/C" in text
    assert "2 materials to stage" in text
    assert "换型" in shown(FULL, "zh")


def test_an_hour_that_nobody_has_checked_is_marked() -> None:
    unknown = {**FULL, "rate": None, "takt_s": None, "unchecked": True}
    assert "no cycle time" in shown(unknown)
    assert "无节拍" in shown(unknown, "zh")
    assert "no cycle time" not in shown(FULL)


@pytest.mark.parametrize("label", ["07:20+02:00", "10:50+05:30", "11:05+05:45"])
def test_hours_are_asked_for_from_the_one_that_runs_as_the_edge_has_it(label: str) -> None:
    """Kolkata's hour of 10:50 began at 05:00 by UTC and half an hour before that of UTC."""
    asked: list[dict[str, str]] = []

    async def get(path: str, **query: str) -> Any:
        asked.append(query)
        return {"items": [{**FULL, "job_order_id": "WO1.10", "plan": 1}]}

    here = replace(sight({}), board=board(label=f"2026-06-08T{label}"), get=get)
    table = asyncio.run(plan.show_hours(here, {}))
    assert table.rows
    assert [sorted(query) for query in asked] == [["to"]]


def test_what_could_not_be_planned_is_told_by_order() -> None:
    released = {"plan": 1, "replaces": None, "released_at": 0, "released_by": "", "why": None}
    problem = "order WO2: due 9999-12-31 is far; mend it; order WO3: no definition; send it"

    async def get(_path: str, **_query: str) -> Any:
        return {"version": released, "proposal": None, "problem": problem}

    table = asyncio.run(plan.show_changes(replace(sight({}), get=get), {}))
    assert [row[0] for row in table.rows][1:] == [
        "order WO2: due 9999-12-31 is far; mend it",
        "order WO3: no definition; send it",
    ]


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ["order WO2: no definition of A/B; send it", "no new plan"]),
        ("zh", ["订单 WO2：没有 A/B 的工艺定义；请发送它", "no new plan"]),
    ],
)
def test_what_could_not_be_planned_is_told_in_the_language_of_the_terminal(
    language: str, told: list[str]
) -> None:
    product = {"product": "A/B"}
    said = say("plan.no_definition", "no definition of {product}", "send it", **product)
    remarks = [Remark(order="WO2", said=said), Remark(said=plain("no new plan"))]
    released = {"plan": 1, "replaces": None, "released_at": 0, "released_by": "", "why": None}

    async def get(_path: str, **_query: str) -> Any:
        coded = [one.view() for one in remarks]
        problem = in_english(remarks)
        return {
            "version": released,
            "proposal": None,
            "problem": problem,
            "problem_coded": coded,
        }

    here = replace(sight({}), get=get, texts=load_texts(language))
    table = asyncio.run(plan.show_changes(here, {}))
    assert [row[0] for row in table.rows][1:] == told


def test_what_is_to_be_brought_is_listed_for_this_hour_and_the_next() -> None:
    here = sight({}, instructions=[FULL], next_instructions=[NEXT])
    table = asyncio.run(plan.show_stage(here, {}))
    kinds = [(row[0], row[2], row[3]) for row in table.rows]
    assert kinds == [
        (hour, what, which)
        for hour in ("07:00", "08:00")
        for what, which in (
            ("Tool", "T7"),
            ("Document", "DRW-60 Hinge"),
            ("Material", "COIL"),
            ("Material", "BOX"),
        )
    ]
    assert table.rows[2][-1] == "56.25 kg"
    with pytest.raises(Nothing):
        asyncio.run(plan.show_stage(sight({}), {}))
