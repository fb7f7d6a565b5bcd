"""Calendars: shifts in UTC, exceptions, clock changes, and the arithmetic on them."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.calendars import (
    CalendarEnds,
    CalendarInvalid,
    CompiledCalendar,
    ShiftPattern,
    WorkCalendar,
    calendar_faults,
    compile_calendar,
    resolve,
)
from edge.domain.clock import parse_time, to_micros
from edge.domain.hours import (
    cut_at_hours,
    hour_label,
    hour_start,
    moment_label,
    next_hour,
    offset_at,
)
from edge.domain.intervals import Interval, intersect, subtract, union

HOUR = 3_600_000_000
DAY = 24 * HOUR
WEEKDAYS = frozenset(range(5))
EVERY_DAY = frozenset(range(7))
ZONES = [
    "Europe/Berlin",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/St_Johns",
]
EARLY = ShiftPattern("early", WEEKDAYS, time(6), time(14), ((time(10), time(10, 30)),))
LATE = ShiftPattern("late", WEEKDAYS, time(14), time(22), ((time(18), time(18, 30)),))
NIGHT = ShiftPattern("night", EVERY_DAY, time(22), time(6), ((time(2), time(2, 30)),))


def compiled(calendar: WorkCalendar, start: str, end: str) -> CompiledCalendar:
    return compile_calendar(calendar, parse_time(start), parse_time(end))


def berlin(*shifts: ShiftPattern, **exceptions: tuple[Interval, ...]) -> WorkCalendar:
    return WorkCalendar("c", "Europe/Berlin", shifts, **exceptions)  # type: ignore[arg-type]


def span(start: str, end: str) -> Interval:
    return Interval(parse_time(start), parse_time(end))


calendars = st.builds(
    WorkCalendar,
    id=st.just("c"),
    timezone=st.sampled_from(ZONES),
    shifts=st.lists(st.sampled_from([EARLY, LATE, NIGHT]), min_size=1, max_size=3, unique=True).map(
        tuple
    ),
)
CHANGES = [
    parse_time(text)
    for text in (
        "2026-03-29T01:00+00:00",
        "2026-10-25T01:00+00:00",
        "2027-03-28T01:00+00:00",
        "2026-04-04T15:00+00:00",
        "2026-10-03T15:30+00:00",
        "2026-11-01T04:30+00:00",
    )
]
starts = st.one_of(
    st.integers(parse_time("2026-01-01T00:00+00:00"), parse_time("2027-12-31T00:00+00:00")),
    st.builds(lambda change, away: change + away, st.sampled_from(CHANGES), st.integers(-DAY, DAY)),
)
exceptions = st.lists(st.tuples(st.integers(0, 14 * 24), st.integers(1, 40)), max_size=3)


@st.composite
def any_compiled(draw: st.DrawFn) -> CompiledCalendar:
    plain, start = draw(calendars), draw(starts)
    closed, opened = (
        tuple(
            Interval(start + at * HOUR, start + (at + length) * HOUR)
            for at, length in draw(exceptions)
        )
        for _ in range(2)
    )
    whole = WorkCalendar("c", plain.timezone, plain.shifts, closed=closed, open=opened)
    return compile_calendar(whole, start, start + 15 * DAY)


@given(any_compiled())
def test_working_time_is_sorted_disjoint_and_what_the_shifts_work(found: CompiledCalendar) -> None:
    assert all(one.end < two.start for one, two in pairwise(found.working))
    in_shifts = union(part for shift in found.shifts for part in shift.working)
    assert intersect(in_shifts, [found.span]) == found.working
    for shift in found.shifts:
        assert all(shift.start <= part.start < part.end <= shift.end for part in shift.working)
    assert all(one.end <= two.start for one, two in pairwise(found.shifts))


@given(any_compiled(), st.integers(0, 15 * DAY), st.integers(0, 15 * DAY), st.integers(0, 15 * DAY))
def test_worked_adds_up_and_agrees_with_is_working(
    found: CompiledCalendar, first: int, second: int, third: int
) -> None:
    a, b, c = sorted(found.span.start + one for one in (first, second, third))
    assert found.worked(a, b) + found.worked(b, c) == found.worked(a, c)
    inside = intersect(found.working, [Interval(a, c)]) if a < c else ()
    assert found.worked(a, c) == sum(one.length for one in inside)
    if a < found.span.end:
        assert found.is_working(a) == any(one.start <= a < one.end for one in found.working)


@given(any_compiled(), st.integers(0, 15 * DAY - 1))
def test_between_borders_nothing_changes(found: CompiledCalendar, offset: int) -> None:
    at = found.span.start + offset
    border = found.next_border(at)
    last = found.span.end - 1 if border is None else border - 1
    assert found.is_working(at) == found.is_working(last)
    assert found.shift_at(at) == found.shift_at(last)
    if border is not None:
        before = (found.is_working(border - 1), found.shift_at(border - 1))
        assert before != (found.is_working(border), found.shift_at(border))


@pytest.mark.parametrize(
    ("start", "end", "hours", "day"),
    [
        ("2026-10-24T12:00+02:00", "2026-10-25T12:00+01:00", 9, date(2026, 10, 24)),
        ("2027-03-27T12:00+01:00", "2027-03-28T12:00+02:00", 7, date(2027, 3, 27)),
        ("2026-06-08T12:00+02:00", "2026-06-09T12:00+02:00", 8, date(2026, 6, 8)),
    ],
)
def test_a_night_has_its_real_hours(start: str, end: str, hours: int, day: date) -> None:
    night = ShiftPattern("night", EVERY_DAY, time(22), time(6))
    found = compiled(berlin(night), start, end)
    assert found.worked(found.span.start, found.span.end) == hours * HOUR
    assert {(shift.name, shift.production_day) for shift in found.shifts} == {("night", day)}


@pytest.mark.parametrize("night", ["2026-10-24", "2027-03-27", "2026-06-08"])
def test_a_break_keeps_its_length_at_clock_changes(night: str) -> None:
    start = to_micros(datetime.fromisoformat(f"{night}T12:00+00:00"))
    with_break = compile_calendar(berlin(NIGHT), start, start + DAY)
    plain = ShiftPattern("night", EVERY_DAY, time(22), time(6))
    without = compile_calendar(berlin(plain), start, start + DAY)
    end = start + DAY
    assert without.worked(start, end) - with_break.worked(start, end) == HOUR // 2


def test_times_that_do_not_exist_or_come_twice() -> None:
    zone = ZoneInfo("Europe/Berlin")
    gap_end = parse_time("2027-03-28T03:00+02:00")
    assert resolve(date(2027, 3, 28), time(2, 15), zone) == gap_end
    assert resolve(date(2027, 3, 28), time(2, 45), zone) == gap_end
    first = parse_time("2026-10-25T02:30+02:00")
    assert resolve(date(2026, 10, 25), time(2, 30), zone) == first


def test_a_break_is_within_its_shift_and_not_worked() -> None:
    found = compiled(berlin(EARLY), "2026-06-08T00:00+02:00", "2026-06-09T00:00+02:00")
    at = parse_time("2026-06-08T10:15+02:00")
    shift = found.shift_at(at)
    assert shift is not None
    assert shift.name == "early"
    assert not found.is_working(at)
    assert found.next_border(at) == parse_time("2026-06-08T10:30+02:00")


def test_closed_takes_and_open_gives() -> None:
    calendar = berlin(
        EARLY,
        closed=(span("2026-06-09T00:00+02:00", "2026-06-10T00:00+02:00"),),
        open=(
            span("2026-06-09T08:00+02:00", "2026-06-09T09:00+02:00"),
            span("2026-06-13T06:00+02:00", "2026-06-13T12:00+02:00"),
        ),
    )
    found = compiled(calendar, "2026-06-08T00:00+02:00", "2026-06-15T00:00+02:00")
    days = [(shift.name, shift.production_day.day) for shift in found.shifts]
    assert days == [
        ("early", 8),
        ("early", 9),
        ("early", 10),
        ("early", 11),
        ("early", 12),
        ("extra", 13),
    ]
    tuesday = span("2026-06-09T00:00+02:00", "2026-06-10T00:00+02:00")
    assert found.worked(tuesday.start, tuesday.end) == HOUR


def test_a_shift_that_is_closed_entirely_is_none() -> None:
    closed = span("2026-06-09T00:00+02:00", "2026-06-10T00:00+02:00")
    calendar = berlin(EARLY, closed=(closed,))
    found = compiled(calendar, "2026-06-09T00:00+02:00", "2026-06-10T00:00+02:00")
    assert (found.shifts, found.working) == ((), ())


def test_always_has_a_shift_a_day() -> None:
    calendar = WorkCalendar("a", "Europe/Berlin", always=True)
    found = compiled(calendar, "2026-10-25T00:00+02:00", "2026-10-26T00:00+01:00")
    assert found.working == (found.span,)
    assert [shift.production_day for shift in found.shifts] == [date(2026, 10, 25)]
    assert found.span.length == 25 * HOUR


def test_a_shift_that_ends_when_it_starts_lasts_a_day() -> None:
    round_the_clock = ShiftPattern("day", frozenset({0}), time(6), time(6))
    found = compiled(berlin(round_the_clock), "2026-06-07T00:00+02:00", "2026-06-11T00:00+02:00")
    assert found.working == (span("2026-06-08T06:00+02:00", "2026-06-09T06:00+02:00"),)


def test_shifts_are_whole_where_the_span_cuts_them() -> None:
    found = compiled(berlin(NIGHT), "2026-06-09T01:00+02:00", "2026-06-09T03:00+02:00")
    (shift,) = found.shifts
    assert shift.end - shift.start == 8 * HOUR
    assert shift.production_day == date(2026, 6, 8)
    assert found.worked(found.span.start, found.span.end) == HOUR + HOUR // 2


def test_outside_the_span_is_an_error_that_names_calendar_and_date() -> None:
    found = compiled(berlin(EARLY), "2026-06-08T00:00+02:00", "2026-06-10T00:00+02:00")
    with pytest.raises(CalendarEnds, match=r"'c'.*2026-06-09"):
        found.worked(found.span.start, found.span.end + 1)
    for asked in (found.is_working, found.shift_at):
        with pytest.raises(CalendarEnds):
            asked(found.span.end)
    with pytest.raises(CalendarEnds):
        found.worked(found.span.start - 1, found.span.end)
    assert found.next_border(found.span.end) is None


@pytest.mark.parametrize(
    ("shifts", "place"),
    [
        ((EARLY, ShiftPattern("x", WEEKDAYS, time(13), time(15))), "shifts"),
        ((NIGHT, ShiftPattern("x", frozenset({0}), time(5), time(7))), "shifts"),
        (
            (
                ShiftPattern("sunday", frozenset({6}), time(22), time(6)),
                ShiftPattern("monday", frozenset({0}), time(5), time(13)),
            ),
            "shifts",
        ),
        (
            (ShiftPattern("x", WEEKDAYS, time(6), time(14), ((time(14), time(15)),)),),
            "shift x.breaks",
        ),
        (
            (ShiftPattern("x", WEEKDAYS, time(22), time(6), ((time(7), time(8)),)),),
            "shift x.breaks",
        ),
        ((ShiftPattern("x", frozenset(), time(6), time(14)),), "shift x.days"),
    ],
)
def test_faults_are_found(shifts: tuple[ShiftPattern, ...], place: str) -> None:
    calendar = berlin(*shifts)
    assert place in {fault.place for fault in calendar_faults(calendar)}
    with pytest.raises(CalendarInvalid):
        compile_calendar(calendar, 0, DAY)


def test_good_calendars_have_no_faults() -> None:
    assert calendar_faults(berlin(EARLY, LATE, NIGHT)) == ()
    unknown = WorkCalendar("c", "Europe/Berlim", (EARLY,))
    assert [fault.place for fault in calendar_faults(unknown)] == ["timezone"]


def test_the_revision_follows_the_content() -> None:
    one, same = berlin(EARLY, NIGHT), berlin(EARLY, NIGHT)
    assert one.revision == same.revision
    assert one.revision != berlin(EARLY).revision
    assert len(one.revision) == 12


@given(st.sampled_from(ZONES), starts)
def test_hours_tile_time(name: str, at: int) -> None:
    zone = ZoneInfo(name)
    start, end = hour_start(at, zone), next_hour(at, zone)
    assert start <= at < end
    assert end - start <= HOUR
    assert hour_start(start, zone) == start == hour_start(end - 1, zone)
    assert hour_start(end, zone) == end
    assert offset_at(start, zone) == offset_at(end - 1, zone)
    local = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at + offset_at(at, zone))
    assert hour_label(start, zone)[:2] == f"{local:%H}"


@given(st.sampled_from(ZONES), starts, st.integers(1, 30 * HOUR))
def test_cutting_at_hours_loses_nothing(name: str, start: int, length: int) -> None:
    zone, whole = ZoneInfo(name), Interval(start, start + length)
    parts = cut_at_hours(whole, zone)
    assert union(parts) == (whole,)
    assert sum(part.length for part in parts) == length
    assert len({hour_start(part.start, zone) for part in parts}) == len(parts)


@pytest.mark.parametrize(
    ("zone", "start", "hours", "labels"),
    [
        (
            "Europe/Berlin",
            "2026-10-25T01:00+02:00",
            4,
            ["01:00+02:00", "02:00+02:00", "02:00+01:00", "03:00+01:00"],
        ),
        ("Europe/Berlin", "2027-03-28T01:00+01:00", 2, ["01:00+01:00", "03:00+02:00"]),
        ("Asia/Kolkata", "2026-06-08T06:00+05:30", 2, ["06:00+05:30", "07:00+05:30"]),
        ("Asia/Kathmandu", "2026-06-08T06:00+05:45", 2, ["06:00+05:45", "07:00+05:45"]),
        (
            "Australia/Lord_Howe",
            "2026-10-04T01:00+10:30",
            2,
            ["01:00+10:30", "02:30+11:00", "03:00+11:00"],
        ),
        (
            "Australia/Lord_Howe",
            "2026-04-05T01:00+11:00",
            2,
            ["01:00+11:00", "01:30+10:30", "02:00+10:30"],
        ),
    ],
)
def test_labels(zone: str, start: str, hours: int, labels: list[str]) -> None:
    begin, site = parse_time(start), ZoneInfo(zone)
    parts = cut_at_hours(Interval(begin, begin + hours * HOUR), site)
    assert [hour_label(part.start, site) for part in parts] == labels
    assert hour_label(begin, site, date=True).startswith(start[:13])


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("2026-06-08T06:20:30Z", "2026-06-08 08:20"),
        ("2026-10-25T00:30Z", "2026-10-25 02:30+02:00"),
        ("2026-10-25T01:30Z", "2026-10-25 02:30+01:00"),
        ("2026-03-29T01:30Z", "2026-03-29 03:30"),
    ],
)
def test_a_moment_in_a_sentence_says_its_offset_where_it_comes_twice(at: str, said: str) -> None:
    assert moment_label(parse_time(at), ZoneInfo("Europe/Berlin")) == said


spans = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 9)), max_size=6).map(
    lambda pairs: union(Interval(start, start + length) for start, length in pairs)
)


@given(spans, spans)
def test_sets_of_intervals(left: tuple[Interval, ...], right: tuple[Interval, ...]) -> None:
    def points(found: tuple[Interval, ...]) -> set[int]:
        return {at for one in found for at in range(one.start, one.end)}

    assert points(union([*left, *right])) == points(left) | points(right)
    assert points(intersect(left, right)) == points(left) & points(right)
    assert points(subtract(left, right)) == points(left) - points(right)


def test_an_empty_interval_is_refused() -> None:
    with pytest.raises(ValueError, match="end must be after"):
        Interval(5, 5)
