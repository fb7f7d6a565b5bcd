"""The edge's answers: read as the contract has them, or refused with their place."""

from typing import Any

import pytest

from terminal_ui.errors import AnswerInvalid
from terminal_ui.model import board_from, reasons_from
from tests.integration.terminal.edge_server import REASONS
from tests.integration.terminal.floor import Floor


def test_a_board_is_read() -> None:
    board = board_from(Floor().board() | {"something_newer": 1})
    assert board.hours[0].difference == -38
    assert board.job is not None
    assert board.job.left == 488
    assert board.shift is not None
    assert board.kpis is not None
    assert board.kpis.oee == "0.739111"


def test_reasons_are_read_in_both_languages() -> None:
    reasons = reasons_from(REASONS)
    assert [reason.text("zh") for reason in reasons.stop] == ["卡料", "刀具损坏"]
    assert reasons.scrap[0].text("fr") == "burr"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"plant_now": "07:42"}, "board.plant_now: expected int, not '07:42'"),
        ({"plant_now": True}, "board.plant_now: expected int, not True"),
        ({"hours": {}}, "board.hours: expected a list"),
        ({"hours": [{}]}, r"board.hours\[0\].hour is missing"),
        ({"link": None}, "board.link: expected an object, not None"),
        ({"kpis": {"oee": 0.7}}, "board.kpis.availability is missing"),
        ({"state": Floor().state | {"fault_text": "Jam"}}, "expected texts by language"),
    ],
)
def test_what_the_contract_does_not_have_is_refused_with_its_place(
    changes: dict[str, Any], told: str
) -> None:
    with pytest.raises(AnswerInvalid, match=told):
        board_from(Floor().board() | changes)
