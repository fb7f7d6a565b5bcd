"""Figures at the terminal: tables in the language of the screen, and why one is what it is."""

from collections.abc import Mapping

import pytest

from edge.kpi.absence import why_absent
from edge.kpi.elements import Elements
from edge.kpi.registry import KPIS
from edge.kpi.report import FLAGS
from terminal_ui.formatting import NOTHING
from terminal_ui.items import Nothing, Sight
from terminal_ui.model import Reasons
from terminal_ui.rooms import kpi
from terminal_ui.texts import LANGUAGES, load_texts
from tests.unit.terminal.boards import board

CATALOGUE = {"items": [{"name": "oee", "en": "OEE index", "zh": "设备综合效率", "unit": "1"}]}
REPORT = {
    "label": "2026-06-08 early",
    "kpis": {"oee": None},
    "absent": {"oee": "below 95 % coverage there is no figure, only its parts"},
    "absent_coded": {"oee": {"code": "figure.coverage", "params": {}}},
    "coverage": "0.900000",
    "flags": ["coverage_below_95"],
}
FACT = {"seq": 8, "tag": "good", "raw_from": 65_530, "raw_to": 3}
TOLD = {
    "arithmetic": {"formula": "Σ(PRI×GQ) / PBT", "numbers": "27 / 36", "result": "0.750000"},
    "absent": None,
    "elements": [{"symbol": "PBT", "value": "36", "how": "time"}],
    "units": [{"pieces": [{"job_order_id": "WO1.10", "good": 9, "scrap": 0, "facts": [FACT]}]}],
}


def sight(language: str = "en", *, known: bool = True, told: Mapping[str, object] = TOLD) -> Sight:
    answers: dict[str, object] = {
        "/kpis/catalogue": CATALOGUE,
        "/kpis": {"items": [REPORT] if known else []},
        "/kpis/oee/explanation": {"items": [told]},
    }

    async def get(path: str, **_: str) -> object:
        return answers[path]

    return Sight(
        board=board(), reasons=Reasons(), actor="anna", texts=load_texts(language), get=get
    )


@pytest.mark.parametrize(
    ("language", "name", "why"),
    [
        ("en", "OEE index (1)", "below 95 % coverage there is no figure, only its parts"),
        ("zh", "设备综合效率 (1)", "覆盖率低于 95%，只给出各组成部分，不给出指标"),
    ],
)
async def test_a_figure_that_is_not_there_says_why(language: str, name: str, why: str) -> None:
    table = await kpi.show("shift")(sight(language), {})
    assert table.rows == [(name, NOTHING, why)]
    assert "90.0 %" in table.note


async def test_a_time_of_which_nothing_is_known_is_said_to_be_so() -> None:
    with pytest.raises(Nothing, match="Nothing is known"):
        await kpi.show("week")(sight(known=False), {})


async def test_why_a_figure_is_not_there_is_explained_in_the_language_of_the_screen() -> None:
    said = why_absent(KPIS["comprehensive_energy_consumption"], Elements(), {"energy": ["L1"]})
    none = {"arithmetic": {**TOLD["arithmetic"], "result": None}}  # type: ignore[dict-item]
    told = {**TOLD, **none, "absent": said.text, "absent_coded": said.coded}
    chinese = "无此数据：需要角色为 energy 且带 max_rate_per_s 的变量（L1）"
    for language, wanted in (("en", said.text), ("zh", chinese)):
        table = await kpi.show_why(sight(language, told=told), {"figure": "oee"})
        assert table.note.endswith(f" = {wanted}")


async def test_why_shows_the_arithmetic_and_the_counters_readings() -> None:
    table = await kpi.show_why(sight(), {"figure": "oee"})
    assert table.note == "Σ(PRI×GQ) / PBT = 27 / 36 = 0.750000"
    assert table.rows[1] == ("WO1.10", "9 / 0", "8: good 65530..3")
    [field] = await kpi.ask_which(sight(), {})
    assert [choice.text for choice in field.choices] == ["OEE index (1)"]


def test_each_flag_of_a_report_has_a_text() -> None:
    for language in LANGUAGES:
        table = load_texts(language).table
        assert {f"kpi.flag.{flag}" for flag in FLAGS} <= set(table)
