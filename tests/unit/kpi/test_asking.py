"""What callers of edge and sync ask in words."""

from zoneinfo import ZoneInfo

import pytest

from edge.domain.clock import parse_time
from edge.domain.intervals import Interval
from edge.kpi.asking import asked, missing
from edge.kpi.errors import KpiRefused
from edge.kpi.scopes import Level, Period

BERLIN = ZoneInfo("Europe/Berlin")
SIX = parse_time("2026-06-08T06:00:00+02:00")


@pytest.mark.parametrize("name", ["work_center", "equipment"])
@pytest.mark.parametrize("start", [str(SIX), "2026-06-08T06:00:00+02:00", "2026-06-08T04:00:00Z"])
def test_times_are_microseconds_or_with_an_offset(name: str, start: str) -> None:
    said = {name: "L1", "from": start, "to": "2026-06-08T07:00:00 02:00"}
    found, label = asked(said, BERLIN, SIX, None, "hour")
    assert (found.level, found.of, found.by, label) == (Level.UNIT, "L1", Period.HOUR, None)
    assert found.asked == Interval(SIX, SIX + 3_600_000_000)


def test_a_window_is_named_and_an_order_is_its_life() -> None:
    found, label = asked({"line": "A", "day": "2026-06-08"}, BERLIN, SIX, "oee", "span")
    assert (found.by, label, found.names) == (Period.DAY, "2026-06-08", ("oee",))
    order, label = asked({"order": "WO1"}, BERLIN, SIX, None, "span")
    assert (order.level, order.by, label) == (Level.ORDER, Period.ORDER, None)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"work_center": "L1", "equipment": "L2", "day": "2026-06-08"}, "name one of them"),
        ({"line": "A", "area": "B", "day": "2026-06-08"}, "name one of them"),
        ({"order": "WO1", "day": "2026-06-08"}, "leave day out"),
        ({"line": "A", "from": "6", "to": "soon"}, "to 'soon'"),
        ({"line": "A", "from": "0001-01-01T00:00+14:00", "to": "6"}, "outside the years"),
        ({"line": "A", "from": "6", "to": "9999-12-31T23:59-14:00"}, "outside the years"),
        ({"line": "A", "from": "6"}, "to: missing"),
        ({"line": "A"}, "from and to: missing"),
        ({"line": "A", "hour": "noon"}, "2026-11-03T10"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_the_reason(said: dict[str, str], why: str) -> None:
    with pytest.raises(KpiRefused, match=why):
        asked(said, BERLIN, SIX, None, "span")


def test_what_is_missing_is_named_for_the_faults_of_a_query() -> None:
    assert missing({"line": "A"}) == ("from", "to")
    assert missing({"line": "A", "to": "7"}) == ("from",)
    assert missing({"order": "WO1"}) == missing({"week": "2026-W24"}) == ()
