"""How an explanation reads on a terminal."""

import copy
import re
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.commands.chains import chain_line, chains
from edge.commands.explanation import explained
from edge.commands.kpi import _report
from edge.commands.language import Language, Tongue, language

BERLIN = ZoneInfo("Europe/Berlin")

TOLD = {
    "kpi": {"en": "OEE index", "name": "oee"},
    "level": "unit",
    "of": "L1",
    "label": "2026-11-03T10:00+01:00",
    "arithmetic": {"formula": "Σ(PRI×GQ) / PBT", "numbers": "27 / 36", "result": "0.750000"},
    "absent": None,
    "coverage": "1.000000",
    "flags": [],
    "elements": [
        {"symbol": "PBT", "element": "planned_busy_time", "unit": "us", "value": "3600000000",
         "how": "time"},
    ],
    "calendars": [{"id": "day", "revision": "abc"}],
    "facts_shown": True,
    "units": [
        {
            "equipment_id": "L1",
            "intervals": [
                {"seq": 7, "from": 0, "us": 60_000_000, "time_class": "APT", "state": 6,
                 "job_order_id": "WO1.10", "stop": None, "reason": None},
            ],
            "pieces": [
                {"hour": 0, "job_order_id": "WO1.10", "run_time_per_item": "5/2", "good": 9,
                 "scrap": 1, "rework": 0, "facts": [
                     {"seq": 8, "kind": "production_count", "counts": {"good": 9}, "tag": "good",
                      "raw_from": 65_530, "raw_to": 3, "counter_epoch": 1, "flags": ["rollover"],
                      "actor": None, "corrections": [{"seq": 11}]},
                 ]},
            ],
            "records": [],
        }
    ],
}  # fmt: skip


def test_an_explanation_reads_from_the_figure_down_to_the_counter() -> None:
    text = "\n".join(explained(TOLD, BERLIN, facts=True))
    assert "oee = Σ(PRI×GQ) / PBT\n  = 27 / 36\n  = 0.750000" in text
    assert "1:00:00" in text
    assert "(fact 7)" in text
    assert "  1970-01-01T01:00:00+01:00 " in text, "as the site has it, like the label"
    fact = "fact 8 production_count: +9 good good 65530..3 (counter epoch 1) [rollover]"
    assert f"{fact}; corrected by fact 11" in text


WORDS = re.compile(r"[A-Za-z]{3,} [A-Za-z]{2,}")


def test_an_explanation_in_chinese_says_nothing_in_english() -> None:
    told = copy.deepcopy(TOLD) | {"hint": "ask", "hint_coded": {"code": "hint.shorter"}}
    told["kpi"] = {"en": "OEE index", "zh": "设备综合效率", "name": "oee"}
    elements: Any = told["elements"]
    elements[0]["how_coded"] = {"code": "how.intervals", "params": {}}
    lines = [*explained(told, BERLIN, facts=True, language=language(Tongue.ZH))]
    assert lines[0] == "设备综合效率：unit L1，2026-11-03T10:00+01:00"
    assert "  PBT                           1:00:00  这些时间类别的区间时间" in lines
    assert "  good 65530..3（计数器纪元 1）：1 条记录，9 件 [rollover]" in lines
    chinese = "    记录 8 production_count：+9 good good 65530..3（计数器纪元 1） [rollover]"
    assert f"{chinese}；由记录 11 更正" in lines
    assert [line for line in lines if WORDS.search(line)] == [
        f"{chinese}；由记录 11 更正",  # the counter is called good, and counts what is good
    ]


@pytest.mark.parametrize(
    ("tongue", "first", "second", "last"),
    [
        (Tongue.EN, "coverage 0.9", "below 95 % coverage there is no figure", "flags: x_above_1"),
        (Tongue.ZH, "数据覆盖率 0.9", "覆盖率低于 95%", "标记：x_above_1"),
    ],
)
def test_a_report_is_told_in_the_language_asked_for(
    tongue: Tongue, first: str, second: str, last: str
) -> None:
    report = {
        "level": "unit",
        "equipment_id": "L1",
        "label": "2026-06-08",
        "coverage": "0.9",
        "kpis": {"oee": None},
        "absent": {"oee": "below 95 % coverage there is no figure, only its parts"},
        "absent_coded": {"oee": {"code": "figure.coverage", "params": {}}},
        "flags": ["x_above_1"],
    }
    lines = [*_report(report, language(tongue))]
    assert first in lines[0]
    assert second in lines[1]
    assert lines[2] == f"  {last}"


def test_what_an_older_edge_says_without_a_code_stays_as_it_said_it() -> None:
    text = "\n".join(explained(TOLD, BERLIN, facts=False, language=language(Tongue.ZH)))
    assert "OEE index：unit L1" in text
    assert "time" in text


def test_a_figure_that_is_not_there_says_why() -> None:
    told = TOLD | {
        "arithmetic": {"formula": "GP / IP", "numbers": None, "result": None},
        "absent": "nothing to divide by in GP / IP",
    }
    assert "no figure: nothing to divide by" in "\n".join(explained(told, BERLIN, facts=False))


def fact(seq: int, start: int, end: int, **more: object) -> dict[str, object]:
    """A count of the tag good."""
    said = {"seq": seq, "kind": "production_count", "tag": "good", "counter_epoch": 0}
    said |= {"raw_from": start, "raw_to": end, "counts": {"good": (end - start) % 65_536}}
    return said | {"flags": [], "actor": None, "corrections": []} | more


def drawn(*facts: dict[str, object]) -> list[str]:
    return [chain_line(one, Language()) for one in chains([{"facts": list(facts)}])]


def test_facts_are_told_as_chains_and_one_by_one_only_if_asked() -> None:
    told = copy.deepcopy(TOLD)
    told["units"][0]["pieces"][0]["facts"] = [  # type: ignore[index]
        fact(seq, 64_800 + seq, 64_801 + seq) for seq in range(100, 203)
    ]
    short = "\n".join(explained(told, BERLIN, facts=False))
    assert "L1:\n  good 64900..65003 in 103 facts, 103 pieces\n" in short
    assert "fact 100 " not in short
    long = "\n".join(explained(told, BERLIN, facts=True))
    assert all(f"    fact {seq} production_count: +1 good" in long for seq in range(100, 203))


def test_a_chain_goes_over_the_counters_end_and_stops_at_a_hole_or_another_epoch() -> None:
    assert drawn(fact(1, 65_530, 65_535), fact(2, 65_535, 3, flags=["rollover"])) == [
        "good 65530..3 in 2 facts, 9 pieces [rollover]"
    ]
    assert drawn(fact(1, 0, 5), fact(2, 7, 9), fact(3, 9, 12, counter_epoch=1)) == [
        "good 0..5 in 1 fact, 5 pieces",
        "good 7..9 in 1 fact, 2 pieces",
        "good 9..12 (counter epoch 1) in 1 fact, 3 pieces",
    ]


def test_what_has_no_counter_is_told_by_its_kind_and_several_roles_by_name() -> None:
    scrap = {"seq": 3, "kind": "scrap_declared", "counts": {"good": -2, "scrap": 2}}
    assert drawn(fact(1, 0, 5), scrap, scrap | {"seq": 4}) == [
        "good 0..5 in 1 fact, 5 pieces",
        "scrap_declared in 2 facts, -4 good, 4 scrap",
    ]


def test_a_fact_that_was_divided_between_two_rows_is_one_fact_of_its_chain() -> None:
    rows = [
        {"facts": [fact(1, 0, 10, counts={"good": 4})]},
        {"facts": [fact(1, 0, 10, counts={"good": 6}), fact(2, 10, 12)]},
    ]
    assert [chain_line(one, Language()) for one in chains(rows)] == [
        "good 0..12 in 2 facts, 12 pieces"
    ]


STEPS = st.lists(st.integers(1, 9), max_size=30)


@given(STEPS, st.sets(st.integers(0, 29)))
def test_chains_hold_every_fact_once_and_all_that_it_counts(
    steps: list[int], gone: set[int]
) -> None:
    ends = [sum(steps[:place]) for place in range(len(steps) + 1)]
    facts = [fact(n, *ends[n : n + 2]) for n in range(len(steps)) if n not in gone]
    found = chains([{"facts": facts}])
    assert sorted(seq for one in found for seq in one.facts) == [one["seq"] for one in facts]
    assert sum(one.counts["good"] for one in found) == sum(
        one["counts"]["good"]  # type: ignore[index]
        for one in facts
    )
    holes = sum(n not in gone and n - 1 in gone for n in range(1, len(steps)))
    assert len(found) == holes + (0 not in gone and bool(steps))
