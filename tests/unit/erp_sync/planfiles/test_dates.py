"""Dates in their styles: what a day without a time means, and what nobody can know."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.clock import MICROS, parse_time, to_micros
from erp_sync.planfiles.cells import Cell
from erp_sync.planfiles.dates import NotADate, moment
from erp_sync.planfiles.options import Options
from tests.unit.erp_sync.planfiles.books import BERLIN


def read(cell: Cell, *, epoch: int | None = None, ends: bool = False, **options: str) -> str:
    return moment(cell, Options(zone=BERLIN, **options), epoch, ends=ends)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "said",
    [
        "2026-06-30 14:00",
        "2026-06-30T14:00",
        "2026/6/30 14:00",
        "2026.06.30 14:00",
        "30.06.2026 14:00",
        "30.6.2026, 14:00:00",
        "30/06/2026 14:00",
        "6/30/2026 14:00",
        "6/30/2026 2:00 PM",
        "06-30-2026 2:00 p.m.",
        "2026年6月30日 14:00",
        "2026年06月30日14时00分",
        "2026年6月30日14时",
        "２０２６年６月３０日 １４：００",
        datetime.fromisoformat("2026-06-30T14:00"),
        datetime.fromisoformat("2026-06-30T13:59:59.999998"),
    ],
)
def test_one_moment_in_many_styles(said: Cell) -> None:
    assert read(said) == "2026-06-30T14:00:00+02:00"


def test_a_day_is_its_beginning_or_of_what_ends_its_end() -> None:
    for said in ("30.06.2026", date(2026, 6, 30), 46203, "2026年6月30日", "2026-06-30"):
        assert read(said, epoch=1900) == "2026-06-30T00:00:00+02:00"
        assert read(said, epoch=1900, ends=True) == "2026-07-01T00:00:00+02:00"
    assert read("2026-06-30 24:00") == "2026-07-01T00:00:00+02:00"


def test_a_time_with_its_offset_is_kept_as_it_is_written() -> None:
    assert read("2026-06-30T14:00:00+05:30", ends=True) == "2026-06-30T14:00:00+05:30"
    assert read("2026-06-30T14:00:00Z") == "2026-06-30T14:00:00Z"


@pytest.mark.parametrize(
    "said", ["9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00Z", "2200-01-01T00:00:00+02:00"]
)
def test_a_year_of_no_plan_is_refused_also_with_its_offset(said: str) -> None:
    with pytest.raises(NotADate, match="which is no date of a plan"):
        read(said)


def test_serial_dates_of_both_systems_are_the_same_day() -> None:
    assert read(46203.5, epoch=1900) == read(44741.5, epoch=1904) == "2026-06-30T12:00:00+02:00"
    said = Options(zone=BERLIN, epoch="1900")
    assert moment("46203", said, None, ends=False) == "2026-06-30T00:00:00+02:00"
    assert read("46203,25", epoch=1900) == "2026-06-30T06:00:00+02:00"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("6/5/2026", "2026-05-06 (dates=day-first) or 2026-06-05 (dates=month-first)"),
        ("46203", "2026-06-30 where days count from 1900, 2030-07-01 from 1904"),
        ("30.06.26", "two digits"),
        ("31.06.2026", "no calendar"),
        ("13/13/2026", "no calendar"),
        ("2026-06-30 25:00", "no clock"),
        ("6/30/2026 14:00 PM", "no clock"),
        ("2026-03-29 02:30", "leaves out"),
        ("2026-10-25 02:30", "comes twice"),
        ("30.06.1926", "no date of a plan"),
        ("soon", "no date"),
        (0.5, "no date"),
        (True, "no date"),
        (time(5, 30), "no date"),
        (None, "no date"),
    ],
)
def test_what_nobody_can_know_is_refused(said: Cell, why: str) -> None:
    with pytest.raises(NotADate) as refused:
        read(said)
    assert why in refused.value.message
    assert refused.value.mend


def test_the_option_decides_what_reads_both_ways_and_refuses_the_other() -> None:
    assert read("6/5/2026", dates="day-first")[:10] == "2026-05-06"
    assert read("6/5/2026", dates="month-first")[:10] == "2026-06-05"
    assert read("6/6/2026")[:10] == "2026-06-06"
    with pytest.raises(NotADate):
        read("6/30/2026", dates="day-first")


def test_a_day_whose_midnight_a_clock_change_leaves_out_begins_behind_it() -> None:
    beirut = Options(zone=ZoneInfo("Asia/Beirut"))
    assert moment("2026-03-29", beirut, None, ends=False) == "2026-03-29T01:00:00+03:00"


DAYS = st.dates(date(1990, 1, 1), date(2199, 12, 30))
TEXTS = st.text(max_size=14) | st.text("0123456789/.-年月日 :TZ+", max_size=20)


@given(DAYS, st.times().map(lambda at: at.replace(microsecond=0)))
def test_every_style_of_a_moment_is_the_same_moment(day: date, clock: time) -> None:
    local = datetime.combine(day, clock)
    texts = [
        f"{local:%Y-%m-%d %H:%M:%S}",
        f"{local:%d.%m.%Y %H:%M:%S}",
        f"{local.year}年{local.month}月{local.day}日 {local:%H:%M:%S}",
    ]
    serial = (local - datetime.fromisoformat("1899-12-30")) / timedelta(days=1)
    try:
        wanted = parse_time(read(local))
    except NotADate:  # a clock change: then no style knows it
        for text in texts:
            with pytest.raises(NotADate):
                read(text)
        return
    assert wanted == to_micros(local.replace(tzinfo=BERLIN))
    assert {parse_time(read(text)) for text in texts} == {wanted}
    assert parse_time(read(f"{local:%d/%m/%Y %H:%M:%S}", dates="day-first")) == wanted
    assert parse_time(read(f"{local:%m/%d/%Y %H:%M:%S}", dates="month-first")) == wanted
    if serial != int(serial):
        assert parse_time(read(serial, epoch=1900)) == wanted
        assert parse_time(read(serial - 1462, epoch=1904)) == wanted


@given(TEXTS | st.floats() | st.integers() | st.datetimes() | st.dates() | st.times())
def test_anything_is_a_moment_or_refused(said: Cell) -> None:
    """What is a day ends with it, and what is a moment is that moment; else both say why not."""
    found: list[int | None] = []
    for ends in (False, True):
        try:
            found.append(parse_time(read(said, epoch=1900, ends=ends)))
        except NotADate as refused:
            assert refused.message and refused.mend  # noqa: PT017, PT018 - both ends are right
            found.append(None)
    begin, end = found
    if begin is not None and end is not None:
        assert end - begin in {0, *(hours * 3_600 * MICROS for hours in (23, 24, 25))}
