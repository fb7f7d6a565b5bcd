"""The drawing of a plan: bars stand exactly where the schedule says, texts are only texts."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from edge.domain.clock import MICROS, parse_time, to_datetime
from edge.planning.scenario.parse import parse
from edge.planning.views.chart import Chart, chart_of, of_scenario
from edge.planning.views.page import page_of
from edge.planning.views.svg import hatched, svg_of
from edge.planning.views.words import WORDS, Words
from tests.unit.planning.charts import EVIL, chart, evil, scenario, solved

SVG = "{http://www.w3.org/2000/svg}"
HTML = "{http://www.w3.org/1999/xhtml}"
Element = ElementTree.Element


def page(of: Chart, language: str = "en") -> Element:
    return ElementTree.fromstring(page_of(of, Words(language), "Plan"))


def drawing(of: Chart) -> Element:
    return ElementTree.fromstring(svg_of(of, Words()))


def bars(root: Element) -> Iterator[tuple[str, str, Fraction, Fraction]]:
    """(order.operation, kind, start, length) of each bar, in seconds of the drawing."""
    for group in root.iter(f"{SVG}g"):
        if "data-order" in group.attrib:
            shape = group[0]
            kind = shape.attrib["class"].removeprefix("bar ")
            x, width = Fraction(shape.attrib["x"]), Fraction(shape.attrib["width"])
            yield group.attrib["data-name"], kind, x, width


def test_bars_are_exactly_the_blocks_of_the_schedule() -> None:
    document = scenario(6)
    schedule = solved(document)
    of = chart_of(schedule, of_scenario(parse(document)))
    wanted = sorted(
        (
            f"{one['order']}.{one['seq']}",
            one["kind"],
            Fraction(parse_time(one["start"]) - of.begin, MICROS),
            Fraction(parse_time(one["end"]) - parse_time(one["start"]), MICROS),
        )
        for one in schedule["blocks"]
    )
    assert any(length.denominator > 1 for *_, length in wanted)
    assert sorted(bars(drawing(of))) == sorted(bars(page(of))) == wanted


def test_the_view_box_is_the_plans_days_and_closed_time_fills_what_is_not_worked() -> None:
    of = chart(scenario(7))
    [inner] = [one for one in drawing(of) if one.tag == f"{SVG}svg"]
    days = 4  # Friday to Monday
    assert inner.attrib["viewBox"].split()[:3] == ["0", "0", str(days * 86_400)]
    closed = [one for one in inner.iter(f"{SVG}rect") if one.attrib["class"] == "closed"]
    worked = 2 * (8 * 3600 - 1800)
    by_row: dict[str, Fraction] = {}
    for one in closed:
        by_row[one.attrib["y"]] = by_row.get(one.attrib["y"], Fraction(0)) + Fraction(
            one.attrib["width"]
        )
    assert [*by_row.values()] == [days * 86_400 - worked] * 2


def test_days_of_a_clock_change_have_their_true_length() -> None:
    document = scenario(1, plan_start="2026-10-23T06:00:00+02:00")
    document["orders"][0] |= {"due": "2026-10-26T10:00:00+01:00", "quantity": 900}
    of = chart(document)
    root = page(of)
    [path] = [one for one in root.iter(f"{SVG}path") if one.attrib["class"] == "grid days"]
    midnights = [int(part.split()[0]) for part in path.attrib["d"].split("M")[1:]]
    lengths = {after - before for before, after in pairwise(midnights)}
    assert 25 * 3600 in lengths
    [hours] = [one for one in root.iter(f"{SVG}path") if one.attrib["class"] == "grid hours"]
    assert hours.attrib["d"].count("M") == sum(
        (after - before) // 3600 - 1
        for before, after in zip(
            [*midnights], [*midnights[1:], (of.end - of.begin) // MICROS], strict=True
        )
    )


def test_now_and_the_frozen_window_and_late_orders_are_marked() -> None:
    document = scenario(
        6, now="2026-06-05T08:20:00+02:00", frozen_until="2026-06-05T11:00:00+02:00"
    )
    of = chart(document)
    root = drawing(of)
    [inner] = [one for one in root if one.tag == f"{SVG}svg"]
    kinds = {one.attrib.get("class"): one for one in inner.iter()}
    assert kinds["now"].attrib["x1"] == str(8 * 3600 + 1200)
    assert kinds["fence"].attrib["x1"] == str(11 * 3600)
    assert kinds["frozen"].attrib["width"] == str(2 * 3600 + 2400)
    assert of.late
    red = [one for one in root.iter(f"{SVG}rect") if one.get("class") == "lateness"]
    late = {one.id for one in of.late}
    assert len(red) == 1 + sum(bar.order in late for bar in of.bars)  # and one in the legend
    rows = [one for one in page(of).iter(f"{HTML}tr") if one.attrib.get("class") == "pick"]
    assert [one.attrib["data-order"] for one in rows] == [one.id for one in of.late]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_has_no_cycle_time_is_hatched_and_said_to_be(language: str) -> None:
    document = scenario(4)
    for one in document["orders"][0]["operations"]:
        one["alternatives"][0]["cycle_s"] = None
    of = chart(document)
    for root in (page(of, language), drawing(of)):
        for group in root.iter(f"{SVG}g"):
            if "data-order" in group.attrib:
                hatched = [one for one in group if one.get("class") == "hatch"]
                assert bool(hatched) == (group.attrib["data-order"] == "WO0")
    said = WORDS["unchecked_long"][language == "zh"]
    text = " ".join(page(of, language).itertext())
    assert text.count(said) == 2 + 1  # on both bars, and what the hatching means
    assert said not in " ".join(page(chart(), language).itertext())


def test_stripes_stay_in_their_bar() -> None:
    for start, end, stripe in ((0, 90, 7), (5, 6, 40), (10, 10, 3), (0, 10**12, 10**9)):
        moves = hatched(start * MICROS, end * MICROS, 2, 20, stripe * MICROS).split('"')[3]
        for part in moves.split("M")[1:]:
            at, slant = Fraction(part.split()[0]), Fraction(part.split("l")[1].split()[0])
            assert start <= at <= at + 2 * slant <= end


def test_every_text_from_elsewhere_is_only_a_text() -> None:
    of = evil()
    for root in (page(of), drawing(of)):
        names = {one.attrib["data-order"] for one in root.iter() if "data-order" in one.attrib}
        shown = EVIL.replace("\x07", "\ufffd").replace("\u202e", "\ufffd")
        assert names == {shown, f"{shown}2"}
    scripts = [*page(of).iter(f"{HTML}script")]
    assert len(scripts) == 1
    text = page_of(of, Words(), EVIL)
    assert "<script>alert" not in text
    assert "http://" not in text.replace("http://www.w3.org/", "")
    assert "https://" not in text


def test_work_that_is_outside_lies_in_lanes_of_a_row_of_its_own() -> None:
    document = scenario(3)
    for one in document["orders"]:
        step = {"seq": 30, "lead_time_s": 86_400, "transfer_batch": None}
        one["operations"].append(step)
    of = chart(document)
    assert [row.id for row in of.rows] == ["L1", "L2", ""]
    outside = [bar for bar in of.bars if not bar.work_center]
    assert of.rows[-1].lanes == max(bar.lane for bar in outside) + 1 > 1
    for one in outside:
        for other in outside:
            if one is not other and one.lane == other.lane:
                assert one.end <= other.start or other.end <= one.start
    assert sorted(bars(page(of))) == sorted(bars(drawing(of)))


def test_a_schedule_alone_is_drawn_too() -> None:
    of = chart_of(solved(scenario()))
    assert of.families == ["WO0", "WO1", "WO2", "WO3"]
    assert of.rows[0].closed is None
    assert [*bars(page(of))]
    empty = chart_of({"blocks": [], "orders": [], "hours": []})
    assert page(empty) is not None
    assert drawing(empty) is not None


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_page_is_in_one_language(language: str) -> None:
    root = page(chart(scenario(6)), language)
    text = " ".join(root.itertext())
    assert ("延期订单" in text) == (language == "zh")
    assert ("Late orders" in text) == (language == "en")


def test_every_word_is_there_in_both_languages() -> None:
    for name, (english, chinese) in WORDS.items():
        assert english, name
        assert chinese, name
        assert english.count("{") == chinese.count("{"), name


def test_a_month_of_1200_operations_is_one_file_of_a_few_megabytes() -> None:
    """Not solved: 1,200 blocks on three lines, an hour each."""
    schedule = solved(scenario(1))
    block = next(one for one in schedule["blocks"] if one["kind"] == "run")
    first = parse_time("2026-06-01T00:00:00+02:00")
    schedule["blocks"] = [
        block
        | {"order": f"WO{number}", "work_center": f"L{number % 3}"}
        | {
            name: _iso(first + (number // 3 + later) * 3600 * MICROS)
            for name, later in (("start", 0), ("end", 1))
        }
        for number in range(1200)
    ]
    schedule["orders"] = [schedule["orders"][0] | {"id": f"WO{number}"} for number in range(1200)]
    of = chart_of(schedule)
    assert len([*bars(page(of))]) == 1200
    assert len(page_of(of, Words(), "Plan")) < 3_000_000


def _iso(at: int) -> str:
    return to_datetime(at).isoformat()
