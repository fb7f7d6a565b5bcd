"""What the panels write, for boards that are rare on a screen."""

from inspect import getsource
from typing import Any

import httpx
import pytest
from rich.cells import cell_len

from edge.execution.orders.unmade import Unmade
from terminal_ui.client import _raise_for
from terminal_ui.errors import AccessDenied, EdgeUnreachable, Problem, Refused
from terminal_ui.feed import NO_REASONS, View
from terminal_ui.model import Board, Kpis, Reason, Reasons
from terminal_ui.operations import OUTCOMES
from terminal_ui.screens.scrap import check_quantity
from terminal_ui.texts import LANGUAGES, Texts, load_texts
from terminal_ui.widgets.banner import alarm_text, banner_text
from terminal_ui.widgets.header import link_state, where_and_when
from terminal_ui.widgets.hours import _line
from terminal_ui.widgets.job import expected_lines, reason_text, state_text
from terminal_ui.widgets.kpis import figure
from terminal_ui.widgets.machine import _parts, mode_name, quality_text, state_name
from terminal_ui.widgets.measures import measure_text
from terminal_ui.widgets.panel import TITLE_WIDTH, Panel
from tests.integration.terminal.floor import SHIFT_START, Floor
from tests.unit.terminal.boards import board

EN, ZH = load_texts("en"), load_texts("zh")


def _state(**changes: Any) -> Board:
    return board(state=Floor().state | changes)


@pytest.mark.parametrize(
    ("state", "name", "shown"),
    [
        (6, "EXECUTE", "Producing"),
        (None, None, "no valid signal"),
        (42, "Wash", "Wash"),
        (42, None, "42"),
    ],
)
def test_states_have_a_name_in_any_case(state: int | None, name: str | None, shown: str) -> None:
    assert state_name(_state(state=state, name=name).state, EN) == shown


@pytest.mark.parametrize(
    ("quality", "shown"), [("by_hand", "no state reported yet"), ("unknown", "no valid signal")]
)
def test_a_state_that_nobody_knows_is_told_once(quality: str, shown: str) -> None:
    nothing = {"state": None, "name": None, "time_class": "UNKNOWN", "since": None}
    parts = _parts(_state(quality=quality, **nothing), EN, "")
    assert parts == [(shown, " bold")]


@pytest.mark.parametrize(("mode", "shown"), [(2, "Maintenance"), (3, "Manual"), (7, "mode 7")])
def test_modes_have_a_name_or_a_number(mode: int, shown: str) -> None:
    assert mode_name(mode, EN) == shown


@pytest.mark.parametrize(
    ("quality", "english", "chinese"),
    [
        ("by_hand", "reported by hand", "人工报告"),
        ("unknown", "no signal now", "当前无信号"),
        ("uncertain", "signal uncertain", "信号不确定"),
        ("bad", "signal bad", "信号不良"),
        ("other", "signal other", "信号 other"),
    ],
)
def test_what_the_state_rests_on_is_told_in_words(quality: str, english: str, chinese: str) -> None:
    assert quality_text(quality, EN)[0] == english
    assert quality_text(quality, ZH)[0] == chinese
    assert quality_text(quality, EN) in _parts(_state(quality=quality), EN, "")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, "speed 61.5 1/min"),
        ({"quality": "bad"}, "speed no value"),
        ({"value": None, "edge_time": None, "quality": None}, "speed no value"),
        ({"edge_time": SHIFT_START - 120_000_000}, "speed 61.5 1/min (2 min ago)"),
        ({"role": "weight", "unit": "kg"}, "weight 61.5 kg"),
    ],
)
def test_what_is_measured(changes: dict[str, Any], told: str) -> None:
    row = {"tag": "v", "role": "speed", "unit": "1/min", "value": "61.5", "quality": "good"}
    shown = board(measures=[row | {"edge_time": SHIFT_START} | changes], plant_now=SHIFT_START)
    assert measure_text(shown.measures[0], SHIFT_START, EN) == told


@pytest.mark.parametrize(
    ("link", "told"),
    [
        ({"state": "connected", "waiting": 3}, "sync: connected, sending 3"),
        ({"state": "forked", "waiting": 3}, "sync: refuses us: the records differ, 3 facts"),
        ({"state": "asleep", "waiting": 3}, "sync: asleep, 3 facts waiting since 06:00"),
        ({"state": "off", "waiting": 3}, "sync: not set up"),
    ],
)
def test_the_link(link: dict[str, Any], told: str) -> None:
    text, _ = link_state(board(link=link | {"since": SHIFT_START}), EN)
    assert text.startswith(told)


def test_before_the_shift_the_next_one_is_named() -> None:
    early = board(plant_now=SHIFT_START - 1)
    assert "next: early 06:00-14:00" in where_and_when(early, EN)
    assert "下一班：early 06:00-14:00" in where_and_when(early, ZH)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [60, 78, 118])
def test_hour_rows_fill_their_width_to_the_cell(language: str, width: int) -> None:
    texts = load_texts(language)
    rows = [dict(Floor().hours()[0], cause=cause) for cause in ("jam", "很长的原因" * 9, None)]
    for hour in board(hours=rows).hours:
        assert cell_len(_line(hour, "06:00 ", texts, NO_REASONS, width).plain) == width


@pytest.mark.parametrize(("texts", "shown"), [(EN, "fault 9999"), (ZH, "故障 9999")])
def test_an_unknown_fault_shows_its_number(texts: Texts, shown: str) -> None:
    seen = _state(fault=9999, fault_text={})
    assert any(shown in part for part in _parts(seen, texts, ""))
    row = Floor().hours()[0] | {"cause": "9999", "cause_text": None}
    [hour] = board(hours=[row]).hours
    assert shown in _line(hour, "06:00 ", texts, NO_REASONS, 90).plain


def test_an_hour_without_a_reason_names_the_fault() -> None:
    row = Floor().hours()[0] | {"cause": "204", "cause_text": {"en": "Jam", "zh": "卡料"}}
    [hour] = board(hours=[row]).hours
    assert "fault 204 Jam" in _line(hour, "06:00 ", EN, NO_REASONS, 90).plain
    assert "故障 204 卡料" in _line(hour, "06:00 ", ZH, NO_REASONS, 90).plain


def test_a_reason_that_is_no_code_stays_as_it_is() -> None:
    assert reason_text("cleaning", EN, NO_REASONS) == "cleaning"
    assert reason_text(None, EN, NO_REASONS) == ""


def test_a_stop_s_reason_is_not_told_in_the_words_of_scrap() -> None:
    """The demo's plant has MATERIAL for both."""
    waiting = Reason(code="MATERIAL", en="Waiting for material", zh="待料")
    defect = Reason(code="MATERIAL", en="Material defect", zh="材料缺陷")
    reasons = Reasons(scrap=(defect,), stop=(waiting,))
    assert reason_text("MATERIAL", EN, reasons) == "Waiting for material"
    assert reason_text("MATERIAL", ZH, reasons) == "待料"


@pytest.mark.parametrize("texts", [EN, ZH])
def test_titles_leave_room_before_what_they_stand_before(texts: Texts) -> None:
    titles = {key: texts.t(key) for key in _titles_in_lines()}
    assert {key: title for key, title in titles.items() if cell_len(title) >= TITLE_WIDTH} == {}


def _titles_in_lines() -> set[str]:
    """Keys of the titles that the parts of a board begin their first line with."""
    found, waiting = set[str](), [Panel]
    while waiting:
        panel = waiting.pop()
        waiting += panel.__subclasses__()
        if panel.TITLE and "titled(" in getsource(panel.draw):
            found.add(panel.TITLE)
    assert {"machine.title", "changeover.title", "held.title"} <= found
    return found


def test_a_job_without_phase_shows_its_state_alone() -> None:
    ready = board().next[0]
    assert state_text(ready, EN) == "ready to start"


@pytest.mark.parametrize(
    ("ratio", "shown"), [(None, "–"), ("1.000000", "100.0 %"), ("1.000001", "100.0 % !")]
)
def test_figures_above_100_percent_are_marked_and_not_capped(ratio: str | None, shown: str) -> None:
    names = ("availability", "effectiveness", "quality_ratio", "oee", "coverage")
    assert figure("oee", Kpis(**dict.fromkeys(names, ratio))) == shown


@pytest.mark.parametrize(
    ("value", "most", "told"),
    [
        ("1", 1, ""),
        ("0", 5, "0 pieces: enter 1 to 5"),
        ("-1", 5, "'-1' is not a whole number"),
        ("", 5, "'' is not a whole number"),
        ("٣", 5, "is not a whole number"),
        ("1", 0, "no piece was made yet"),
    ],
)
def test_pieces_of_scrap(value: str, most: int, told: str) -> None:
    fault = check_quantity(value, most, EN)
    assert told in fault
    assert bool(told) == bool(fault)


def test_banners() -> None:
    lost = View(board(), trouble=EdgeUnreachable("refused"), attempt=3)
    assert banner_text(View(), 0, "http://e", EN) == "Connecting to http://e ..."
    assert banner_text(View(board()), 0, "http://e", EN) == ""
    told = "EDGE LOST: data of 07:42, 35 s old. refused; trying again (attempt 3)"
    assert banner_text(lost, 35, "http://e", EN) == told
    assert "数据截至 07:42，已 35 秒" in banner_text(lost, 35, "http://e", ZH)
    denied = View(board(), trouble=AccessDenied(Problem(401, "No access", "Wrong", "Set it")))
    assert "No access: Wrong; Set it" in banner_text(denied, 0, "http://e", EN)


def test_alarms_of_the_edge_are_told_in_both_languages() -> None:
    assert alarm_text(None, EN) == alarm_text(board(alarms=[]), EN) == ""
    told = {"since": 1, "detail": "12 MB are free", "mend": "free space"}
    alarmed = board(alarms=[{"code": "disk_low", **told}, {"code": "new_one", **told}])
    first, second = alarm_text(alarmed, EN).splitlines()
    assert first.startswith("ALARM: little space is left")
    assert second == "ALARM: 12 MB are free free space"
    assert alarm_text(alarmed, ZH).startswith("警报：边缘服务磁盘空间不足")


@pytest.mark.parametrize("code", ["disk_low", "disk_full", "snapshot_failed", "archive_damaged"])
def test_every_alarm_has_its_text(code: str) -> None:
    for texts in (EN, ZH):
        assert texts.find(f"alarm.{code}", "")


@pytest.mark.parametrize(
    ("kind", "told"),
    [("not-authorized", Refused), ("not-recognised", Refused), ("forbidden", AccessDenied)],
)
def test_who_lacks_a_role_is_not_sent_to_look_at_the_token(
    kind: str, told: type[Exception]
) -> None:
    said = {"type": f"urn:taktline:problem:{kind}", "title": "You may not decide this"}
    with pytest.raises(Refused) as caught:
        _raise_for(httpx.Response(403, json=said))
    assert type(caught.value) is told
    assert ("token" in EN.table[outcome_of(caught.value)]) == (told is AccessDenied)


def outcome_of(error: Exception) -> str:
    """The message that tells what became of a command."""
    return next(text for kind, (text, _) in OUTCOMES.items() if isinstance(error, kind))


def test_what_is_expected_of_the_order_is_told_with_why_in_both_languages() -> None:
    hour = 3_600_000_000
    why = {
        "code": "plan.because_in_pace",
        "detail": "L1 is back in pace",
        "mend": "",
        "params": {"work_center": "L1"},
    }
    rate = {"operation": 10, "per_hour_up": 2016, "percent": 140, "possible": False}
    seen = {
        "due": SHIFT_START,
        "forecast_finish": SHIFT_START + 2 * hour,
        "range": {"from": SHIFT_START + hour, "to": SHIFT_START + 3 * hour, "percent": 80},
        "recovery": rate,
        "late_s": 7_200,
        "late_because": [why],
    }
    first, second = expected_lines(board(outlook=seen), EN)
    assert "2 h 00 min late; on time is not possible: 140 % of the rate" in first
    assert second == "L1 is back in pace"
    first, second = expected_lines(board(outlook=seen), ZH)
    assert "无法按期：需节拍的 140 %" in first
    assert second == "L1 已恢复计划节奏"
    on_time = seen | {"recovery": rate | {"possible": True}, "late_s": 0, "late_because": []}
    [line] = expected_lines(board(outlook=on_time | {"range": None}), EN)
    assert line.endswith("on time at 2016/h")
    moved = {"at": SHIFT_START + hour, "was_finish": SHIFT_START, "because": [why]}
    _, line = expected_lines(board(outlook=on_time | {"moved": moved}), EN)
    assert line == "moved at 07:00, was 06:00: L1 is back in pace"
    _, line = expected_lines(board(outlook=on_time | {"moved": moved}), ZH)
    assert line == "07:00 改期，原为 06:00：L1 已恢复计划节奏"
    assert len(expected_lines(board(outlook=seen | {"moved": moved}), EN)) == 2, "said already"
    assert expected_lines(board(), EN) == []


def test_an_order_without_a_finish_says_why_in_both_languages() -> None:
    said = Unmade(
        order="WO1", operation=10, work_center="L1", good=400, comes=400, wanted=600
    ).sentence()
    seen = {
        "due": SHIFT_START,
        "forecast_finish": None,
        "range": None,
        "recovery": None,
        "late_s": 0,
        "unmade": said.view(),
    }
    first, why = expected_lines(board(outlook=seen), EN)
    assert first == "due Mon 06-08 06:00, no finish can be told"
    assert why == str(said)
    first, why = expected_lines(board(outlook=seen), ZH)
    assert first == "交期 周一 06-08 06:00，无法给出完成时间"
    assert why.startswith("600 件中有 200 件无人生产")
    assert why.endswith("另外 200 件作为新订单下达")
