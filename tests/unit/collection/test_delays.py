"""What the state fact of a delay says more: its fault's reason, and the plant's threshold."""

from edge.collection.calendar_window import CalendarWindow
from edge.collection.states import DelaySays, On, Shown, StateTracker, Tracked
from edge.domain.facts import FactDraft
from edge.domain.stops import is_micro
from edge.kpi.elements import elements
from edge.kpi.projections import spans_of
from edge.kpi.report import Window, kpi_report
from tests.unit.collection.bench_machine import DAY_SHIFT, ZONE, after
from tests.unit.collection.memory_store import job
from tests.unit.kpi.test_overlay import Books

CAUSES = {7: {"reason": "JAM", "class": "minor", "planned": False}}
SECOND = 1_000_000


def told(delay: DelaySays) -> list[FactDraft]:
    """Runs, stands 4 s with fault 7, runs, stands 9 s with fault 8, runs."""
    tracker = StateTracker("L1", CalendarWindow(DAY_SHIFT, ZONE), delay=delay)
    at = after(3600)
    tracked, drafts = Tracked(at=at, written_at=at), list[FactDraft]()
    for seconds, state, fault in (
        (0, 6, None),
        (10, 11, 7),
        (14, 6, None),
        (20, 11, 8),
        (29, 6, None),
    ):
        shown = Shown(state=state, mode=1, fault=fault)
        tracked, more = tracker.see(tracked, at + seconds * SECOND, shown, On(job=job(1001010)))
        drafts += more
    return drafts


def test_only_a_delay_says_it_and_only_what_the_plant_says() -> None:
    bodies = [draft.body for draft in told(DelaySays(causes=CAUSES, micro_us=5 * SECOND))]
    assert [body.get("cause") for body in bodies] == [None, CAUSES[7], None, None, None]
    assert [body.get("micro_us") for body in bodies] == [None, 5 * SECOND, None, 5 * SECOND, None]
    plain = [draft.body for draft in told(DelaySays())]
    assert all("cause" not in body and "micro_us" not in body for body in plain)


def test_a_stop_below_the_threshold_counts_as_production_and_is_flagged() -> None:
    books = Books()
    for draft in told(DelaySays(micro_us=5 * SECOND)):
        books.take(draft.occurred_at, draft.kind, dict(draft.body))
    ledger = books.ledger()
    assert [is_micro(stop) for stop in ledger.book.stops] == [True, False]
    start = after(3600)
    of = elements(
        spans_of(ledger.intervals, start + 40 * SECOND, ledger.book), [], start, start + 40 * SECOND
    )
    assert of.micro_stop_time == 4 * SECOND
    assert (of.actual_production_time, of.actual_unit_delay_time) == (31 * SECOND, 9 * SECOND)
    report = kpi_report("L1", Window(start=start, end=start + 40 * SECOND, label="x"), of)
    assert "micro_stops_are_production" in report["flags"]  # type: ignore[operator]
