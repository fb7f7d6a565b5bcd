"""Frozen hours have no blocks in a schedule; what they have is drawn all the same, and marked."""

import json
from typing import Any
from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st

from edge.domain.clock import parse_time
from edge.domain.hours import HOUR
from edge.planning.months.planned import PlannedJob, with_kept
from edge.planning.scenario.parse import parse
from edge.planning.views.bars import Bar
from edge.planning.views.chart import Chart, chart_of, of_scenario
from edge.planning.views.page import page_of
from edge.planning.views.svg import svg_of
from edge.planning.views.terminal import gantt_text
from edge.planning.views.words import Words
from tests.unit.planning.charts import scenario, solved

Json = dict[str, Any]
SIX = parse_time("2026-06-05T06:00+02:00")
MINUTE = 60_000_000


def again(minutes: int = 20, frozen: int = 2, count: int = 4) -> tuple[Json, Json, Json]:
    """A re-plan so long after six, with so many frozen hours: its scenario, and both plans."""
    first = json.loads(json.dumps(solved(scenario(count))))
    now = f"2026-06-05T{6 + minutes // 60:02}:{minutes % 60:02}:00+02:00"
    until = f"2026-06-05T{6 + minutes // 60 + frozen:02}:00:00+02:00"
    document = scenario(count, now=now, frozen_until=until, previous=first)
    return document, first, json.loads(json.dumps(solved(document)))


def drawn(document: Json, schedule: Json) -> Chart:
    return chart_of(schedule, of_scenario(parse(document)))


def frozen(of: Chart) -> list[Bar]:
    return [bar for bar in of.bars if bar.frozen]


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 6 * 60 - 1), st.integers(1, 2))
def test_each_piece_of_hours_that_stay_is_drawn_in_them_once(minutes: int, hours: int) -> None:
    document, _, schedule = again(minutes, hours)
    of, begin = drawn(document, schedule), SIX + minutes * MINUTE
    rows = [one for one in schedule["hours"] if one["frozen"]]
    rows = [one for one in rows if parse_time(one["hour"]) + HOUR > begin]
    wanted: dict[Any, int] = {}
    for row in rows:
        key = row["order"], row["seq"], row["work_center"]
        wanted[key] = wanted.get(key, 0) + row["quantity"]
    found: dict[Any, int] = {}
    for bar in frozen(of):
        key = bar.order, bar.seq, bar.work_center
        found[key] = found.get(key, 0) + bar.quantity
        assert begin - HOUR < bar.start < bar.end <= of.frozen_until  # type: ignore[operator]
    assert found == wanted
    assert len(of.bars) == len(frozen(of)) + len(schedule["blocks"])


def test_the_chart_is_not_blank_in_the_hours_that_stay() -> None:
    document, _, schedule = again()
    of = drawn(document, schedule)
    rows = [line for line in gantt_text(of, Words(), 100).splitlines() if line.startswith("L1")]
    assert rows[0][4 + 24 : 4 + 32] == "B" * 8  # a quarter of an hour a column: from six to eight
    for root in (
        ElementTree.fromstring(svg_of(of, Words("zh"))),
        ElementTree.fromstring(page_of(of, Words("zh"), "")),
    ):
        kept = [one for one in root.iter() if " kept" in one.get("class", "")]
        assert len(kept) == len(frozen(of)) > 0
        assert "\n冻结" in " ".join(root.itertext())


def test_an_edge_says_when_it_is_done() -> None:
    _, first, schedule = again()
    runs = [one for one in first["blocks"] if (one["order"], one["work_center"]) == ("WO0", "L1")]
    start, run_start = (parse_time(one["start"]) for one in runs)
    before = PlannedJob(
        order="WO0", operation=10, work_center="L1", start=start, run_start=run_start,
        end=parse_time(runs[1]["end"]), quantity=100,
    )  # fmt: skip
    of = chart_of(with_kept(schedule, [before], SIX + 2 * HOUR))
    bars = [bar for bar in frozen(of) if (bar.order, bar.seq) == ("WO0", 10)]
    assert [(bar.kind, bar.start, bar.end) for bar in bars] == [
        ("setup", start, run_start),
        ("run", run_start, before.end),
    ]
    assert [bar.quantity for bar in bars] == [0, 100]


def test_what_was_set_up_before_has_no_set_up_bar() -> None:
    _, _, schedule = again()
    before = PlannedJob(
        order="WO0", operation=10, work_center="L1", start=SIX, run_start=SIX, end=SIX + 3 * HOUR
    )
    of = chart_of(with_kept(schedule, [before], SIX + 2 * HOUR))
    bars = [bar for bar in frozen(of) if (bar.order, bar.seq) == ("WO0", 10)]
    assert [(bar.kind, bar.start, bar.end) for bar in bars] == [("run", SIX, SIX + 2 * HOUR)]


def test_what_has_no_cycle_time_is_known_to_the_hour_and_hatched() -> None:
    row = {
        "order": "A", "seq": 10, "work_center": "L1", "hour": "2026-06-05T04:00:00+00:00",
        "label": "06:00+02:00", "quantity": 7, "setup_s": 0, "frozen": True, "unchecked": True,
    }  # fmt: skip
    order = {"id": "A", "completion": None, "due": None, "tardiness_s": 0, "late_quantity": 0}
    schedule = {"blocks": [], "hours": [row], "orders": [order | {"reasons": []}]}
    for said in (schedule, with_kept(schedule, [], SIX + HOUR)):
        (bar,) = chart_of(said).bars
        assert (bar.start, bar.end, bar.quantity) == (SIX, SIX + HOUR, 7)
        assert bar.unchecked
