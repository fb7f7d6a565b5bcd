"""What frozen hours have whole stays known to the plan behind them: which, where and when."""

from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from edge.domain.clock import MICROS, parse_time
from edge.domain.hours import HOUR
from edge.execution.dispatch.release_facts import forecasts
from edge.planning.months.planned import PlannedJob, planned_jobs, with_kept

SIX = parse_time("2026-06-08T06:00+02:00")
FENCE = SIX + HOUR
Json = dict[str, Any]


def job(start: int = 10, end: int = 40, **said: Any) -> PlannedJob:
    """Of A.10 on L1, in minutes after six."""
    first, last = SIX + start * 60 * MICROS, SIX + end * 60 * MICROS
    known: Json = {"start": first, "end": last, "run_start": first, "quantity": 600}
    named: Json = {"order": "A", "operation": 10, "work_center": "L1"}
    return PlannedJob(**(named | known | said))


def row(center: str = "L1", **said: Any) -> Json:
    known = {"order": "A", "seq": 10, "work_center": center, "quantity": 600, "frozen": True}
    return {**known, "hour": "2026-06-08T04:00:00+00:00", **said}


def behind(*blocks: Json, rows: tuple[Json, ...] = (row(),)) -> Json:
    """A schedule whose frozen hour is six."""
    order: Json = {"id": "A", "completion": None, "due": None, "tardiness_s": 0, "reasons": []}
    return {"blocks": list(blocks), "hours": list(rows), "orders": [order]}


RUN = {"order": "A", "seq": 10, "work_center": "L1", "kind": "run", "quantity": 900}
LATER = RUN | {"start": "2026-06-08T07:00+02:00", "end": "2026-06-08T07:37:30+02:00"}


def test_what_the_hour_has_whole_is_as_it_was_planned() -> None:
    assert planned_jobs(with_kept(behind(), [job()], FENCE)) == (job(),)


def test_what_is_cut_ends_with_the_hour() -> None:
    """The plan before had it until nine; now the hour has all that is left of it."""
    spans = ((SIX + HOUR // 2, SIX + 2 * HOUR), (SIX + 2 * HOUR, SIX + 3 * HOUR))
    for runs in (None, (), spans):
        said = behind()
        said["orders"][0]["due"] = "2026-06-08T06:30+02:00"
        before = job(10, 180, quantity=4_000, runs=runs)
        said = with_kept(said, [before], FENCE)
        (found,) = planned_jobs(said)
        assert (found.begins, found.end, found.quantity) == (before.begins, FENCE, 600)
        assert found.runs == (((spans[0][0], FENCE),) if runs else runs)
        (order,) = forecasts(said, {})
        assert (order["completion"], order["tardiness_s"]) == (FENCE, 30 * 60)


def test_what_goes_on_behind_the_hour_begins_in_it() -> None:
    (found,) = planned_jobs(with_kept(behind(LATER), [job()], FENCE))
    assert (found.begins, found.start, found.quantity) == (job().start, FENCE, 900)


def test_of_what_is_on_hold_the_hour_has_nothing() -> None:
    (found,) = planned_jobs(with_kept(behind(LATER), [job()], FENCE, {("A", 10): SIX + 1}))
    assert (found.begins, found.start) == (FENCE, FENCE)


def test_what_the_plan_before_had_later_or_elsewhere_is_as_the_hour_says() -> None:
    """As after a hold: the hour stands, and the plan had let it wait."""
    for before in ([job(70, 90)], [job(work_center="L2")], []):
        (found,) = planned_jobs(with_kept(behind(), before, FENCE))
        assert (found.work_center, found.begins, found.end) == ("L1", SIX, FENCE)
        assert (found.quantity, found.producing) == (600, ())


def test_an_order_that_is_done_and_an_hour_that_is_planned_keep_nothing() -> None:
    over, new = row(order="B"), row(frozen=False)
    assert "kept" not in with_kept(behind(rows=(over, new)), [job()], FENCE)


def test_sales_hears_when_the_hour_has_an_order_done() -> None:
    said = behind()
    said["orders"][0]["due"] = "2026-06-08T06:30+02:00"
    (found,) = forecasts(with_kept(said, [job()], FENCE), {})
    assert (found["completion"], found["tardiness_s"]) == (job().end, 600)
    said["orders"][0]["completion"] = "2026-06-08T08:00+02:00"
    (found,) = forecasts(with_kept(said, [job()], FENCE), {})
    assert (found["completion"], found["tardiness_s"]) == (parse_time("2026-06-08T08:00+02:00"), 0)


moments = st.integers(SIX - HOUR, FENCE - 1)


@given(
    spans=st.lists(st.tuples(moments, moments), max_size=3),
    credit=st.fractions(0, 90, max_denominator=1_000),
    unchecked=st.booleans(),
)
def test_kept_again_and_again_it_is_the_same(
    spans: list[tuple[int, int]], credit: Fraction, unchecked: bool
) -> None:
    """Whatever it was, also after many plans within the hour and a restart."""
    runs = None if not spans else tuple((min(one), max(one)) for one in spans)
    first = job(credit=credit, runs=() if unchecked else runs)
    known: tuple[PlannedJob, ...] = (first,)
    for _ in range(3):
        known = planned_jobs(with_kept(behind(), known, FENCE))
        assert known == (first,)
