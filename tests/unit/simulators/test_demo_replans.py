"""What the demo says of a plan that was made again: when, why and what moved, in two languages."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from simulators.clock import parse_time
from simulators.demo.errors import NoAnswer
from simulators.demo.replans import Replans
from simulators.demo.words import TEXTS, words

DOWN = {
    "code": "plan.because_down",
    "params": {"work_center": "L1", "start": "08:20", "end": "09:20"},
    "detail": "L1 is down since 08:20: planned without it until 09:20, assumed",
    "mend": "",
}
HOUR = {"code": "plan.because_hour", "params": {}, "detail": "a new hour has begun", "mend": ""}
BEHIND = {
    "code": "plan.because_behind",
    "params": {"work_center": "L3", "minutes": 12},
    "detail": "L3 is 12 minutes of work behind its plan",
    "mend": "",
}
BOTH = {
    "code": "plan.because",
    "params": {"why": [DOWN, BEHIND]},
    "detail": f"{DOWN['detail']}; {BEHIND['detail']}",
    "mend": "",
}


def at(text: str) -> int:
    return parse_time(f"2026-06-{text}+02:00")


def move(before: str, after: str, order: str = "WO1", center: str = "L1") -> dict[str, Any]:
    place = {"work_center": center, "work_s": 600}
    return {
        "order": order,
        "operation": 20,
        "before": place | {"start": at(before) - 1, "end": at(before)},
        "after": place | {"start": at(after) - 1, "end": at(after)},
    }


NOTHING: dict[str, Any] = {"moved": [], "shifted": [], "lateness": [], "hours": []}
CHANGED = {
    "moved": [],
    "shifted": [
        move("08T09:30", "08T10:45", "WO2"),
        move("08T09:00", "08T09:40"),
        move("08T13:00", "08T12:00", "WO3", "L3"),
        move("08T13:50", "09T06:10", "WO4"),
    ],
    "lateness": [{"order": "WO2", "before_s": 0, "after_s": 600}],
    "hours": [{}] * 7,
}


@dataclass
class Plan:
    why: dict[str, Any]
    changed: dict[str, Any]
    answers: bool = True

    def plan_versions(self, limit: int) -> list[dict[str, Any]]:
        if not self.answers:
            raise NoAnswer("away")
        head = {"made_at": at("08T08:28"), "replaces": 3}
        first = {"plan": 1, "why": HOUR, "made_at": at("08T06:00"), "replaces": None}
        return [{"plan": 4, "why": self.why, **head}, first][:limit]

    def plan_difference(self, before: int, after: int) -> dict[str, Any]:
        assert (before, after) == (3, 4)
        return self.changed


def told(plan: Plan, language: str = "en") -> list[str]:
    return [*Replans(plan, ZoneInfo("Europe/Berlin"), words(language)).look()]


def test_when_why_and_what_moved() -> None:
    when, what = told(Plan(DOWN, CHANGED))
    assert when == "08:28  plan 4: L1 is down since 08:20: planned without it until 09:20, assumed"
    assert what.split("; ") == [
        "       operations: 3 later (first WO1.20 on L1: done 09:40, was 09:00)",
        "1 earlier (first WO3.20 on L3: done 12:00, was 13:00)",
        "late now: WO2",
        "hour instructions changed: 7",
    ]


def test_in_chinese() -> None:
    when, what = told(Plan(BOTH, CHANGED), "zh")
    assert when.split("；") == [
        "08:28  计划 4：L1 自 08:20 起停机：暂按 09:20 前不可用安排（假定）",
        "L3 比计划落后 12 分钟的工作量",
    ]
    assert what.split("；") == [
        "       变动：推后 3 道工序（首先 L1 的 WO1.20：09:00 改为 09:40 完成）",
        "提前 1 道工序（首先 L3 的 WO3.20：13:00 改为 12:00 完成）",
        "现在延迟：WO2",
        "改变的小时指令：7 条",
    ]


def test_another_day_is_said() -> None:
    changed = NOTHING | {"shifted": [move("08T13:50", "09T06:10")]}
    assert "on L1: done 2026-06-09 06:10, was 13:50" in told(Plan(DOWN, changed))[1]


def test_an_hour_that_begins_is_no_news_and_nothing_is_told_twice() -> None:
    assert told(Plan(HOUR, CHANGED)) == []
    plan = Plan(DOWN, NOTHING)
    replans = Replans(plan, ZoneInfo("Europe/Berlin"), words("en"))
    assert [*replans.look()][1].endswith("nothing moves")
    assert [*replans.look()] == []
    assert replans.count == {"plan.because_hour": 1, "plan.because_down": 1}


def test_while_the_edge_is_away_nothing_is_lost() -> None:
    plan = Plan(DOWN, NOTHING, answers=False)
    replans = Replans(plan, ZoneInfo("Europe/Berlin"), words("en"))
    assert [*replans.look()] == []
    plan.answers = True
    assert len([*replans.look()]) == 2


@pytest.mark.parametrize("language", ["en", "zh"])
def test_both_languages_say_the_same(language: str) -> None:
    assert TEXTS[language].keys() == TEXTS["en"].keys()
