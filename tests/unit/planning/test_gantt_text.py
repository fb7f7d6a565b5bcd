"""The plan as text: never wider than the terminal, and true to the time of each column."""

import pytest

from edge.planning.views.chart import chart_of, midnight
from edge.planning.views.terminal import gantt_text, late_text, wide
from edge.planning.views.words import Words
from tests.unit.planning.charts import chart, evil, scenario, solved


@pytest.mark.parametrize("width", [60, 80, 120, 200])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_line_is_wider_than_the_terminal(width: int, language: str) -> None:
    of, words = chart(scenario(8)), Words(language)
    for line in f"{gantt_text(of, words, width)}\n{late_text(of, words, width)}".splitlines():
        assert wide(line) <= width, line


def test_a_column_is_what_most_of_its_time_is() -> None:
    document = scenario(1)
    document["orders"][0]["operations"] = document["orders"][0]["operations"][:1]
    of = chart(document)
    lines = gantt_text(of, Words(), 100).splitlines()
    [row] = [line[4:] for line in lines if line.startswith("L1")]
    # A quarter of an hour a column: from 06:00 ten minutes of set-up, then 100 x 41.67 s.
    assert row[:24] == "·" * 24
    assert row[24:30] == "░AAAA "
    assert lines[0].strip() == "|Fri 06-05"


def test_what_has_no_cycle_time_has_a_sign_of_its_own_and_hides_no_work() -> None:
    document = scenario(2)
    for number, one in enumerate(document["orders"]):
        one["operations"] = one["operations"][:1]
        one["operations"][0]["alternatives"][0] |= {"cycle_s": 36 if number else None}
    lines = gantt_text(chart(document), Words("zh"), 110).splitlines()
    [row] = [line[4:] for line in lines if line.startswith("L1")]
    # An hour a column: set-up and 100 x 36 s of WO1, then what WO0 has of Friday and Monday.
    assert row.strip("· ").startswith("░A~·~~~~·")
    assert "~~~·" in row[48:]
    assert "~ 无节拍" in lines[-1]
    assert "~" not in gantt_text(chart(), Words(), 110)


def test_marks_stand_above_the_time_that_they_name() -> None:
    of = chart(
        scenario(2, now="2026-06-05T08:00:00+02:00", frozen_until="2026-06-05T11:00:00+02:00")
    )
    lines = gantt_text(of, Words(), 100).splitlines()  # an hour a column
    assert (lines[1].index("v"), lines[1].index("]")) == (4 + 8, 4 + 11)


def test_a_window_shows_its_days_alone() -> None:
    of = chart(scenario(8))
    friday = of.window(of.begin, midnight(of.begin, of.zone, days=1))
    lines = gantt_text(friday, Words(), 100).splitlines()
    assert lines[0].split() == ["|Fri", "06-05"]
    assert len(gantt_text(friday, Words(), 100).splitlines()[1]) == 4 + 96  # 15 minutes each
    assert 0 < len(friday.bars) < len(of.bars)
    with pytest.raises(ValueError, match="nothing of the plan"):
        of.window(of.end, of.end + 1)


def test_plans_without_a_scenario_and_without_bars_are_shown() -> None:
    assert "L1" in gantt_text(chart_of(solved(scenario())), Words(), 80)
    assert gantt_text(chart_of({"blocks": [], "orders": [], "hours": []}), Words(), 80)
    assert late_text(chart(scenario(1)), Words(), 80) == "All orders are on time."


def test_control_characters_do_not_reach_the_terminal() -> None:
    of = evil()
    text = f"{gantt_text(of, Words(), 100)}\n{late_text(of, Words(), 200)}"
    assert "\x07" not in text
    assert "\u202e" not in text
