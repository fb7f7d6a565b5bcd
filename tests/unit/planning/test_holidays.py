"""Public holidays close local days; plan and plant close the same ones."""

import json
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.config import load as load_plant
from edge.configuration.changes import changes
from edge.domain.calendars import compile_calendar
from edge.domain.clock import parse_time, to_datetime
from edge.domain.hours import DAY
from edge.planning.scenario.closing import near
from edge.planning.scenario.parse import parse
from edge.planning.scenario.writing import input_hash, scenario_json
from edge.public_holidays import HolidayRule, closed_days, closed_spans
from tests.unit.planning.scenarios import EARLY, order, scenario
from tests.unit.planning.test_parse import faults_of

Json = dict[str, Any]
BAVARIA = {"country": "DE", "subdivision": "BY"}
SOUND = Path(__file__).parents[2] / "cases" / "plant_toml" / "always_and_shifts" / "plant.toml"


def document(holidays: Json | None, **more: Any) -> Json:
    calendars = {"early": {"weekly": [EARLY], "holidays": holidays, **more}}
    return scenario(order("O1"), calendars=calendars, plan_start="2026-06-01T06:00+02:00")


def closed(holidays: Json | None) -> list[str]:
    (calendar,) = parse(document(holidays)).calendars
    zone = ZoneInfo("Europe/Berlin")
    return [
        f"{to_datetime(one.start).astimezone(zone):%Y-%m-%d %H:%M}/"
        f"{to_datetime(one.end).astimezone(zone):%Y-%m-%d %H:%M}"
        for one in calendar.closed
    ]


def test_a_holiday_is_a_local_day() -> None:
    found = closed(BAVARIA)
    assert found[0] == "2026-06-04 00:00/2026-06-05 00:00"  # Corpus Christi
    assert "2026-12-25 00:00/2026-12-27 00:00" in found  # two days are one span
    assert found[-1].startswith("2027-12-25")  # to the end of the year after the horizon


def test_the_days_are_planned_and_hashed_not_the_rule() -> None:
    ruled = parse(document(BAVARIA))
    written = json.loads(json.dumps(scenario_json(ruled)))
    assert "holidays" not in written["calendars"]["early"]
    assert parse(written) == ruled
    assert input_hash(parse(document(None))) != input_hash(ruled)
    whole_country = {"country": "DE"}
    assert input_hash(parse(document(whole_country))) != input_hash(ruled)
    all_worked = parse(document({"country": "DE", "worked": ["2026-10-03", "Christi Himmelfahrt"]}))
    assert input_hash(all_worked) != input_hash(parse(document(whole_country)))


@pytest.mark.parametrize("named", ["2026-06-04", "Fronleichnam", "Corpus Christi"])
def test_a_holiday_can_be_worked_by_date_and_by_name(named: str) -> None:
    found = closed({**BAVARIA, "worked": [named]})
    assert not any(one.startswith("2026-06-04") for one in found)
    assert any(one.startswith("2026-10-03") for one in found)


def test_kinds_of_holidays_are_by_the_country() -> None:
    assumption = "2026-08-15 00:00/2026-08-16 00:00"
    assert assumption not in closed(BAVARIA)
    assert assumption in closed({**BAVARIA, "categories": ["public", "catholic"]})


@pytest.mark.parametrize(
    ("holidays", "place", "said"),
    [
        ({"country": "XX"}, "country", "AD, AE"),
        ({"country": "de"}, "country", "DE"),
        ({"country": "DE", "subdivision": "XX"}, "subdivision", "BB, BE, BW, BY"),
        ({"country": "VA", "subdivision": "XX"}, "subdivision", "remove it"),
        ({"country": "DE", "categories": ["x"]}, "categories", "catholic, public, school"),
        ({"country": "DE", "worked": ["2026-06-04"]}, "worked[0]", "Good Friday"),
        ({"country": "DE", "worked": ["Fasching"]}, "worked[0]", "Karfreitag"),
        ({}, "country", "add it"),
        ({**BAVARIA, "days": []}, "days", "country"),
    ],
)
def test_what_is_not_known_is_named_with_what_is(holidays: Json, place: str, said: str) -> None:
    fault = faults_of(document(holidays))[f"calendars.early.holidays.{place}"]
    assert said in fault.mend


def test_years_that_the_library_does_not_know_are_a_fault() -> None:
    late = document({"country": "DE"}) | {"plan_end": "2150-01-01T00:00+01:00"}
    assert "from 1991 to 2100" in faults_of(late)["calendars.early.holidays.country"].message


def test_a_holiday_with_a_faulty_plan_start_names_the_start_alone() -> None:
    bad = document(BAVARIA) | {"plan_start": "Monday"}
    assert set(faults_of(bad)) == {"plan_start"}


def plant(folder: Path, holidays: str) -> Any:
    shifts = SOUND.read_text().replace("always = true\n", "")
    file = folder / "plant.toml"
    file.write_text(shifts.replace("[[device]]", f"{holidays}\n[[device]]", 1))
    return load_plant(file)


def test_the_shifts_of_the_plant_and_the_plan_agree(tmp_path: Path) -> None:
    edge = plant(tmp_path, '[calendar.holidays]\ncountry = "DE"\nsubdivision = "BY"\n').calendars[0]
    (planned,) = parse(document(BAVARIA)).calendars
    start, end = parse_time("2026-06-01T00:00+02:00"), parse_time("2027-12-31T00:00+01:00")
    assert (
        compile_calendar(edge, start, end).working == compile_calendar(planned, start, end).working
    )
    trimmed = near(edge, start, end)
    assert len(trimmed.closed) < 60 < len(edge.closed)
    assert (
        compile_calendar(trimmed, start, end).working == compile_calendar(edge, start, end).working
    )


def test_a_reload_takes_holidays_over(tmp_path: Path) -> None:
    before = plant(tmp_path, "")
    after = plant(tmp_path, '[calendar.holidays]\ncountry = "DE"\n')
    assert changes(before, after) == {"calendar": {"changed": ["day"]}}
    assert before.calendars[0].revision != after.calendars[0].revision


@settings(max_examples=30)
@given(
    st.sampled_from([("DE", "BY"), ("US", "CA"), ("CN", None), ("IN", "KA"), ("WS", None)]),
    st.sampled_from(["Europe/Berlin", "Pacific/Apia", "Australia/Lord_Howe", "America/St_Johns"]),
    st.dates(date(2020, 1, 1), date(2040, 1, 1)),
    st.integers(0, 500),
)
def test_spans_are_the_days_whole_and_local(
    where: tuple[str, str | None], zone_name: str, first: date, length: int
) -> None:
    rule, zone = HolidayRule(country=where[0], subdivision=where[1]), ZoneInfo(zone_name)
    last = date.fromordinal(first.toordinal() + length)
    days, spans = closed_days(rule, first, last), closed_spans(rule, first, last, zone)
    covered = sum(one.length for one in spans)
    assert abs(covered - len(days) * DAY) <= len(days) * 3_600_000_000
    for one in spans:
        for edge in (one.start, one.end):
            local = to_datetime(edge).astimezone(zone)
            assert (local.hour, local.minute) == (0, 0)
    assert {to_datetime(one.start).astimezone(zone).date() for one in spans} <= set(days)
