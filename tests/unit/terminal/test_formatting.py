"""How figures, times and widths are written."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from terminal_ui.formatting import (
    bar,
    duration,
    fit,
    percent,
    short_hours,
    signed,
    site_time,
)
from terminal_ui.texts import load_texts

MINUTE = 60_000_000
mixed = st.text(st.sampled_from("abc 12合格废品计划：…é"), max_size=30)


@given(mixed, st.integers(1, 40), st.booleans())
def test_a_text_fits_to_the_cell(text: str, width: int, right: bool) -> None:
    fitted = fit(text, width, right=right)
    assert cell_len(fitted) == width
    if cell_len(text) <= width:
        assert fitted.strip() == text.strip()
    else:
        assert "…" in fitted


@given(st.integers())
def test_a_difference_has_its_sign_and_its_value(number: int) -> None:
    text = signed(number)
    assert text[0] in "+-±"
    assert int(text.lstrip("±")) == number


@given(st.integers(-10, 2000), st.integers(0, 1000), st.integers(1, 30))
def test_a_bar_is_full_only_when_nothing_is_left(done: int, wanted: int, width: int) -> None:
    drawn = bar(done, wanted, width)
    assert len(drawn) == width
    assert ("░" not in drawn) == (wanted > 0 and done >= wanted)


@given(st.integers(0, 2_000_000))
def test_percentages_are_within_half_a_tenth(millionths: int) -> None:
    text = percent(f"{millionths // 10**6}.{millionths % 10**6:06d}")
    shown = Fraction(text.removesuffix(" %"))
    assert abs(shown - Fraction(millionths, 10**4)) <= Fraction(1, 20)


def test_no_figure_is_a_dash_and_not_zero() -> None:
    assert (percent(None), signed(None)) == ("–", "–")


@pytest.mark.parametrize(
    ("label", "micros", "clock"),
    [
        ("2026-06-08T06:42+02:00", 0, "02:00"),
        ("2026-06-08T06:42-03:30", 0, "20:30"),
        ("2026-06-08T06:42+05:45", 15 * MINUTE, "06:00"),
        ("2026-06-08T06:42", 0, "00:00"),
        ("2026-06-08T06:42+02:00", None, "–"),
    ],
)
def test_times_are_those_of_the_site(label: str, micros: int | None, clock: str) -> None:
    assert site_time(label).clock(micros) == clock


def test_days_have_their_weekday_in_the_language() -> None:
    time = site_time("2026-06-08T00:30+02:00")
    late_on_sunday_in_utc = 1_780_871_400_000_000
    assert time.day(late_on_sunday_in_utc, load_texts("en")) == "Mon 06-08"
    assert time.day(late_on_sunday_in_utc, load_texts("zh")) == "周一 06-08"


@pytest.mark.parametrize(
    ("minutes", "en", "zh"),
    [(-1, "0 min", "0 分钟"), (59, "59 min", "59 分钟"), (65, "1 h 05 min", "1 小时 05 分")],
)
def test_durations(minutes: int, en: str, zh: str) -> None:
    assert duration(minutes * MINUTE, load_texts("en")) == en
    assert duration(minutes * MINUTE, load_texts("zh")) == zh


def test_hours_show_their_offset_only_where_it_changes() -> None:
    assert short_hours(["06:00+02:00", "07:00+02:00"]) == ["06:00", "07:00"]
    autumn = ["02:00+02:00", "02:00+01:00"]
    assert short_hours(autumn) == autumn
    assert short_hours([]) == []
