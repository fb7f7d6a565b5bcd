"""A plan as a workbook: real dates and numbers, sums of the schedule, no formula of others."""

import io
import zipfile
from datetime import date, datetime
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from edge.domain.clock import parse_time
from edge.planning.scenario.parse import parse
from edge.planning.views.chart import Beside, chart_of, of_scenario
from edge.planning.views.page import page_of
from edge.planning.views.terminal import late_text
from edge.planning.views.words import Words
from edge.planning.views.workbook import Floor, workbook_of
from tests.unit.planning.charts import EVIL, chart, evil, scenario, solved

Sheets = dict[str, list[list[Any]]]


def sheets(data: bytes) -> Sheets:
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def exported(document: dict[str, Any], language: str = "en", floor: Floor | None = None) -> bytes:
    schedule = solved(document)
    return workbook_of(
        chart_of(schedule, of_scenario(parse(document))), schedule, Words(language), floor
    )


def test_a_sheet_a_work_center_has_the_pieces_of_each_hour_and_their_sums() -> None:
    document = scenario(8)
    schedule = solved(document)
    found = sheets(exported(document))
    for center in ("L1", "L2"):
        hours = [one for one in schedule["hours"] if one["work_center"] == center]
        head, *days, total = found[center]
        assert head[0] == "Day: Pieces to begin (with planned scrap)"
        assert head[-1] == total[0] == "Total"
        for row in days:
            assert isinstance(row[0], date)
            said = [one for one in hours if local(one).date() == row[0]]
            for clock, cell in zip(head[1:-1], row[1:-1], strict=True):
                made = sum(one["quantity"] for one in said if f"{local(one):%H:%M}" == clock)
                assert (cell or 0) == made
            assert row[-1] == sum(one["quantity"] for one in said)
        assert total[-1] == sum(one["quantity"] for one in hours)
    assert found["Hours"][0][6] == "Pieces to begin (with planned scrap)"
    listed = found["Hours"][1:]
    assert sum(row[6] for row in listed) == sum(one["quantity"] for one in schedule["hours"])
    assert {type(row[1]) for row in listed} == {datetime}


@pytest.mark.parametrize(("language", "said"), [("en", "no cycle time"), ("zh", "无节拍")])
def test_hours_without_a_cycle_time_are_marked(language: str, said: str) -> None:
    document = scenario(2)
    document["orders"][0]["operations"][0]["alternatives"][0]["cycle_s"] = None
    found = sheets(exported(document, language))
    hours = found["Hours" if language == "en" else "小时指令"]
    assert hours[0][-1] == said
    assert {(row[3], row[4]) for row in hours[1:] if row[-1] == said} == {("WO0", 10)}
    assert all(row[-1] == said for row in hours[1:] if (row[3], row[4]) == ("WO0", 10))
    assert found["L1"][-1][1].startswith(said)
    assert found["L2"][-1][0] == ("Total" if language == "en" else "合计")


def local(row: dict[str, Any]) -> datetime:
    return datetime.fromtimestamp(parse_time(row["hour"]) / 1e6, parse(scenario()).zone)


def test_orders_have_their_times_and_why_they_are_late() -> None:
    document = scenario(8)
    schedule = solved(document)
    head, *rows = sheets(exported(document))["Orders"]
    by_id = {row[0]: dict(zip(head, row, strict=True)) for row in rows}
    assert {*by_id} == {one["id"] for one in schedule["orders"]}
    for one in schedule["orders"]:
        row = by_id[one["id"]]
        wanted = datetime.fromisoformat(one["completion"]).replace(tzinfo=None)
        assert abs((row["Done"] - wanted).total_seconds()) < 0.001
        assert (row["Late by (h)"] or 0) == pytest.approx(one["tardiness_s"] / 3600)
        assert row["Family"] in ("hinge", "bolt")
    late = [one for one in schedule["orders"] if one["reasons"]]
    assert late
    reasons = sheets(exported(document))["Reasons"][1:]
    assert len(reasons) == sum(len(one["reasons"]) for one in late)


@pytest.mark.parametrize(
    ("more", "expected", "why"),
    [
        ({"unexplained": ["WO0"]}, None, "why is not worked out yet"),
        ({}, None, "no single constraint makes it so"),
        ({}, {"unexplained": True}, "why is not worked out yet"),
        ({"unexplained": ["WO0"]}, {"unexplained": False}, "no single constraint makes it so"),
        ({"tardiness_s": 0}, {"unexplained": False}, "its work centers make less than planned"),
        ({"completion": None}, {"unexplained": False}, "what is left of it stands in hours"),
    ],
)
def test_a_late_order_without_reasons_says_what_is_known(
    more: dict[str, Any], expected: dict[str, Any] | None, why: str
) -> None:
    """In the workbook, the page and the terminal; `expected` of a running edge."""
    schedule = solved(scenario(1))
    row = schedule["orders"][0]
    row |= {"tardiness_s": 3600, "reasons": []} | {k: v for k, v in more.items() if k in row}
    schedule |= {k: v for k, v in more.items() if k not in row}
    seen = {"finish": parse_time(row["due"]) + 3_600_000_000, "late_s": 3600, "reasons": []}
    beside = Beside(orders={"WO0": {"expected": expected and seen | expected}})
    drawn = chart_of(schedule, beside)
    book = sheets(workbook_of(drawn, schedule, Words()))
    (late,) = (one for one in book["Orders"] if one[0] == "WO0")
    assert str(late[8]).startswith(why)
    assert [str(one[3])[: len(why)] for one in book["Reasons"][1:]] == [why]
    assert why in page_of(drawn, Words(), "")
    assert why in late_text(drawn, Words(), 200)


def test_texts_of_others_are_no_formulas_and_break_nothing() -> None:
    document = scenario(1)
    document["orders"][0] |= {"product": "=cmd|' /C calc'!A0", "family": "@SUM(1+1)"}
    data = exported(document)
    row = sheets(data)["Orders"][1]
    assert row[1:3] == ["=cmd|' /C calc'!A0", "@SUM(1+1)"]
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        for name in packed.namelist():
            if name.startswith("xl/worksheets/sheet"):
                formulas = packed.read(name).decode().split("<f>")[1:]
                assert all(one.startswith("SUM(") for one in formulas)
    schedule = solved(scenario(2))
    for one in schedule["hours"]:
        one["work_center"] += EVIL
    named = sheets(workbook_of(evil(), schedule, Words()))
    assert len(named) == 6
    assert all(len(name) <= 31 for name in named)


def test_names_of_sheets_do_not_collide() -> None:
    schedule = solved(scenario(2))
    for at, one in enumerate(schedule["hours"]):
        one["work_center"] = ("orders", "Hours", "A/B", "a:b", "")[at % 5]
    found = sheets(workbook_of(chart(), schedule, Words()))
    assert {"Orders", "orders 2", "Hours 2", "A_B", "a_b 2", "_"} <= {*found}


def test_an_hour_that_comes_twice_has_two_columns() -> None:
    document = scenario(1, plan_start="2026-10-25T00:00:00+02:00")
    document["calendars"] = {"shift": {"always": True}}
    document["orders"][0] |= {"due": "2026-10-26T10:00:00+01:00", "quantity": 400}
    head, *_ = sheets(exported(document))["L1"]
    assert [one for one in head if one.startswith("02:00")] == ["02:00", "02:00 +0100"]


def test_actuals_stand_beside_the_plan() -> None:
    row = {
        "hour": parse_time("2026-06-05T06:00:00+02:00"), "label": "06:00+02:00", "plan": 80,
        "expected": 80, "actual": None, "scrap": 0, "difference": None, "cumulative": None,
        "cause": None, "signature": {"by": "=Anna"},
    }  # fmt: skip
    job = {
        "order": "WO0", "operation": 10, "product": "HINGE-60", "work_center": "L1",
        "state": "running", "quantity": 100, "good": 40, "scrap": 1, "left": 60,
        "planned_start": row["hour"], "planned_end": None, "started_at": None, "ended_at": None,
    }  # fmt: skip
    floor = Floor(boards={"L1": [row], "L2": []}, jobs=[job])
    found = sheets(exported(scenario(1), "zh", floor))
    assert [*found] == ["订单", "延期原因", "产能", "作业订单", "看板", "小时指令", "L1", "L2"]
    assert found["看板"][1] == [
        "L1", datetime.fromisoformat("2026-06-05T06:00"), "06:00+02:00", 80, 80, "", 0, "", "", "",
        "=Anna",
    ]  # fmt: skip
    assert found["作业订单"][1][5:9] == [100, 40, 1, 60]


def test_the_same_plan_gives_the_same_bytes() -> None:
    assert exported(scenario(2)) == exported(scenario(2))
