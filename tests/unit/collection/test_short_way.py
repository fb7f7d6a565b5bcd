"""A reading that shows nothing new takes a short way: it says exactly what the long one says."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from edge.collection.calendar_window import CalendarWindow
from edge.collection.states import Gap, On, Shown, StateTracker, Tracked, Tracking
from edge.domain.hours import HOUR
from tests.unit.collection.bench_machine import DAY_SHIFT, ZONE, after
from tests.unit.collection.memory_store import job

JOBS = (None, job(1001010), job(1001010, phase="setup"), job(1002010))
BREAK = round(4 * HOUR)  # after the shift's start

# At once, a moment, a poll, or up to and just over a border of the calendar.
steps = st.one_of(
    st.sampled_from([0, 1, 100_000, HOUR // 2 - 1, HOUR // 2, HOUR, 4 * HOUR]),
    st.integers(-2, 2).map(lambda beside: BREAK + beside),
    st.integers(-1_000_000, 20 * HOUR),
)
shows = st.builds(Shown, state=st.sampled_from([None, 4, 6, 11]), fault=st.sampled_from([None, 7]))
ons = st.builds(On, job=st.sampled_from(JOBS), order=st.sampled_from([None, 1001010]))
acts = st.sampled_from(["see"] * 6 + ["judge", "lose", "as before"])


@given(
    started=st.sampled_from([after(0), after(-1), after(4 * 3600), after(8 * 3600) - 1]),
    told=st.lists(st.tuples(acts, steps, shows, ons), max_size=25),
)
def test_the_short_way_says_what_the_long_way_says(
    started: int, told: list[tuple[str, int, Shown, On]]
) -> None:
    window = CalendarWindow(DAY_SHIFT, ZONE)
    short, long = StateTracker("L1", window), StateTracker("L1", CalendarWindow(DAY_SHIFT, ZONE))
    stands: Tracking = (Tracked(at=started, written_at=started), ())
    at, before = started, (Shown(state=6), On())
    for act, step, shown, on in told:
        at += step
        shown, on = before if act == "as before" else (shown, on)
        before = (shown, on)
        tracked = stands[0]
        long._last.clear()  # it knows nothing, so it always looks
        stands = _do(short, act, tracked, at, shown, on)
        assert stands == _do(long, act, tracked, at, shown, on)


def _do(
    tracker: StateTracker, act: str, tracked: Tracked, at: int, shown: Shown, on: On
) -> Tracking:
    if act == "judge":
        return tracker.judge(tracked, at, on)
    if act == "lose":
        start = tracked.at if tracked.valid_at is None else tracked.valid_at
        return tracker.lose(tracked, at, on, Gap(start=start, reason="unreachable", detail=""))
    return tracker.see(tracked, at, shown, on)


def test_another_calendar_is_told_at_the_next_reading() -> None:
    """`take_over` hands the tracking on to a tracker that is told otherwise."""
    night = replace(DAY_SHIFT, id="night", shifts=())
    one = StateTracker("L1", CalendarWindow(DAY_SHIFT, ZONE))
    other = StateTracker("L1", CalendarWindow(night, ZONE))
    shown = Shown(state=6)
    tracked = Tracked(at=after(0), written_at=after(0))
    for seconds in (1, 2, 3):
        tracked, _ = one.see(tracked, after(seconds), shown, On())
    tracked, drafts = other.see(tracked, after(4), shown, On())
    assert [draft.body["calendar"] for draft in drafts] == [None]
