"""Quality at the terminal: what the panel says, and what the menu's items send."""

from typing import Any

import pytest

from terminal_ui.items import Nothing, Sight
from terminal_ui.model import Reason, Reasons
from terminal_ui.rooms import quality
from terminal_ui.texts import load_texts
from terminal_ui.widgets.quality import _parts, _urgent
from tests.unit.terminal.boards import board

DUE = {"job_order_id": "WO1.10", "inspection": "DIM", "en": "Width", "zh": "宽度"}
LATE = DUE | {"late": 62, "unit": "pieces", "overdue": True}
HOLD = {"id": 9, "scope": "lot", "target": "C7", "reason": "cracks", "placed_by": "ann"}
NOTHING: dict[str, Any] = {"due": [], "holds": [], "findings": [], "held": 0, "waiting": 0}
WIDTH = {"id": "width", "en": "Width", "zh": "宽度", "kind": "measured", "unit": "mm"}
WIDTH |= {"lower": "11.90", "upper": "12.10", "tag": ""}
BURR = {"id": "burr", "en": "Burr", "zh": "毛刺", "kind": "attribute", "unit": ""}
BURR |= {"lower": "", "upper": "", "tag": ""}
PLAN = DUE | {"sample": 3, "characteristics": [WIDTH, BURR], "product": "HINGE", "operation": 10}
PLAN |= {"due": {"late": 62, "unit": "pieces", "overdue": True}}
POINT = {"seq": 1, "at": 1780891200000000, "value": "12.0100", "range": "0.0400", "rules": [1]}
LIMITS = {"lower": "11.9591", "center": "12.0000", "upper": "12.0409"}
CHART = {"points": [POINT, POINT | {"value": "12.0500"}], "limits": LIMITS, "cp": None, "cpk": None}
KEY = "WO1.10|DIM|width burr"


def sight(language: str = "en", **answers: object) -> Sight:
    async def get(path: str, **_: str) -> object:
        return answers[path.rpartition("/")[2]]

    return Sight(
        board=board(),
        reasons=Reasons(scrap=(Reason(code="BURR", en="Burr", zh="毛刺"),)),
        actor="anna",
        texts=load_texts(language),
        get=get,
    )


@pytest.mark.parametrize(
    ("said", "told", "urgent"),
    [
        ({"due": [LATE]}, ["Width (DIM): 62 pieces late, press M"], True),
        ({"due": [LATE | {"overdue": False}]}, ["Width (DIM): due now, press M"], False),
        (
            {"due": [LATE | {"not_taken": "width: it is dark"}]},
            ["Width (DIM): 62 pieces late, press M (width: it is dark)"],
            True,
        ),
        ({"holds": [HOLD]}, ["HOLD Lot C7: cracks"], True),
        ({"findings": ["width: rule 1"]}, ["width: rule 1"], False),
        ({"held": 5, "waiting": 2}, ["5 pieces held, 2 wait for rework"], False),
    ],
)
def test_the_panel_says_what_is_due_held_and_found(
    said: dict[str, Any], told: list[str], urgent: bool
) -> None:
    found = board(quality=NOTHING | said).quality
    assert list(_parts(found, load_texts("en"))) == told
    assert _urgent(found) is urgent


def test_a_board_of_an_older_edge_has_no_quality() -> None:
    assert list(_parts(board().quality, load_texts("zh"))) == []


async def test_an_inspection_is_asked_by_its_plan_and_sent_with_a_reading_for_each_piece() -> None:
    here = sight(inspections={"items": [PLAN]})
    (which,) = await quality.ask_inspection(here, {})
    assert which.choices[0].code == KEY
    assert "62 pieces LATE" in which.choices[0].text
    fields = await quality.ask_readings(here, {"inspection": KEY})
    assert "3 readings" in fields[0].text
    assert "11.90…12.10" in fields[0].text
    answers = {"inspection": KEY, "reading0": "12,01 12.02;11.98", "reading1": "o o N"}
    call = quality.send_inspection(here, answers)
    assert call.path == "/quality/results"
    assert call.body["results"] == [
        {"characteristic": "width", "readings": ["12.01", "12.02", "11.98"], "gauge": ""},
        {"characteristic": "burr", "readings": ["ok", "ok", "nok"], "gauge": ""},
    ]
    failed = {"passed": False, "findings": ["burr: piece 3 is not ok"]}
    assert "NOT as it should be: burr" in quality.told_inspection(here, answers, failed).message


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_chart_is_drawn_between_its_limits(language: str) -> None:
    here = sight(language, inspections={"items": [PLAN]}, chart=CHART)
    (which,) = await quality.ask_chart(here, {})
    table = await quality.show_chart(here, {"chart": which.choices[0].code})
    assert table.note.splitlines()[0] == "▅▲"
    assert "12.0409" in table.note
    assert [row[1] for row in table.rows] == ["12.0500", "12.0100"]


async def test_holds_and_decisions_name_what_they_are_on() -> None:
    held = {**HOLD, "placed_by": "ann"}
    here = sight(holds={"items": [held]}, nonconformances={"items": []})
    fields = await quality.ask_release(here, {})
    assert fields[0].choices[0].text == "Lot C7: cracks (ann)"
    assert (
        quality.send_release(here, {"hold": "9", "note": "ok"}).path == "/quality/holds/9/release"
    )
    said = {"scope": "lot", "target": "C7", "reason": "cracks", "interrupts": "yes"}
    assert quality.send_hold(here, said).body["interrupts"] is True
    decided = {"nonconformance": "4", "decision": "use", "note": "fine"}
    call = quality.send_decision(here, decided)
    assert call.path == "/quality/nonconformances/4/decisions"
    assert call.body == {"decision": "use", "note": "fine"}
    with pytest.raises(Nothing):
        await quality.ask_decision(here, {})
