"""Stops, splits, merges and planned stops over random states: time is tiled exactly, always."""

from dataclasses import replace
from itertools import pairwise
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from edge.domain.changes import Put
from edge.domain.clock import parse_time
from edge.domain.facts import Fact, FactKind, Source
from edge.domain.fold import FoldState, fold
from edge.domain.hours import cut_at_hours
from edge.domain.intervals import Interval
from edge.domain.states import StateInterval, Stop
from edge.domain.stops import Changeover, PlannedStop, StopBook, StopPart, overlaid, parts_of
from edge.domain.vocabulary import SpanClass, TimeClass
from edge.kpi.elements import Elements, elements
from edge.kpi.projections import spans_of

LAST = 400
REASONS = [("", "", False), ("JAM", "breakdown", False), ("CLEAN", "planned", True)]
CLASSES = list(TimeClass)


def fact(seq: int, at: int, kind: FactKind, body: dict[str, object]) -> Fact:
    return Fact(
        edge_id="e1",
        epoch=1,
        seq=seq,
        kind=kind,
        occurred_at=at,
        recorded_at=at,
        equipment_id="L1",
        job_order_id=None,
        source=Source.OPERATOR,
        actor="anna",
        body=body,
        prev_hash="",
    )


class Ledger(NamedTuple):
    intervals: list[StateInterval]
    book: StopBook


class Books:
    """A few lines in place of a store: rows by table and key, as the fold says."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[tuple[object, ...], dict[str, object]]] = {}
        self.state = FoldState()
        self.seq = 0

    def take(self, at: int, kind: FactKind, body: dict[str, object]) -> None:
        self.seq += 1
        folded = fold(self.state, fact(self.seq, at, kind, body))
        self.state = folded.state
        for change in folded.changes:
            table = self.rows.setdefault(change.table, {})
            row = table.setdefault(tuple(change.key.values()), dict(change.key))
            if isinstance(change, Put):
                row.update(change.values)

    def table(self, name: str, record: type, **missing: object) -> list:  # type: ignore[type-arg]
        fields = record.__dataclass_fields__  # type: ignore[attr-defined]
        found = []
        for row in self.rows.get(name, {}).values():
            known = {**missing, **row}
            named = {one: known[one.rstrip("_")] for one in fields if one.rstrip("_") in known}
            found.append(record(**named))
        return found

    def ledger(self) -> Ledger:
        intervals = self.table("state_interval", StateInterval)
        intervals.sort(key=lambda one: (one.start, one.opened))
        book = StopBook(
            stops=self.table("stop", Stop, reason="", note=""),
            parts=self.table("stop_part", StopPart),
            planned=self.table("planned_stop", PlannedStop),
        )
        return Ledger(intervals, book)


@st.composite
def histories(draw: st.DrawFn) -> Ledger:
    """States, and what people said meanwhile of stops that were there: at any instants."""
    books, at = Books(), 0
    for _ in range(draw(st.integers(1, 14))):
        at += draw(st.integers(0, 40))
        body: dict[str, object] = {"state": 6, "mode": 1, "fault": draw(st.sampled_from([None, 7]))}
        body |= {"time_class": draw(st.sampled_from([*CLASSES, "ADET", "ADET"])), "calendar": None}
        body |= {"micro_us": draw(st.sampled_from([None, 9]))}
        body |= {"cause": {"reason": "JAM", "class": "breakdown", "planned": False}}
        books.take(at, FactKind.EQUIPMENT_STATE, body)
    stops = [int(str(row["id"])) for row in books.rows.get("stop", {}).values()]
    for _ in range(draw(st.integers(0, 8))):
        reason, class_, planned = draw(st.sampled_from(REASONS))
        said: dict[str, object] = {
            "reason": reason,
            "class": class_,
            "planned": planned,
            "note": "",
        }
        event = draw(st.sampled_from(["reason", "split", "merged", "planned"]))
        if event == "planned":
            start = draw(st.integers(0, LAST))
            said |= {"from": start, "to": start + draw(st.integers(1, 90))}
        elif not stops:
            continue
        else:
            moment = draw(st.integers(1, LAST))
            said |= {"stop": draw(st.sampled_from(stops)), "at": moment}
        books.take(at, FactKind.STOP_REASON, {"event": event, **said})
    ledger = books.ledger()
    starts = draw(st.lists(st.tuples(st.integers(0, LAST), st.integers(0, 50)), max_size=3))
    changeovers = [
        Changeover(
            equipment_id="L1",
            seq=1000 + place,
            at=start,
            job_order_id="",
            from_="any",
            to="any",
            standard_us=standard,
        )
        for place, (start, standard) in enumerate(starts)
    ]
    return Ledger(ledger.intervals, replace(ledger.book, changeovers=changeovers))


@given(histories(), st.integers(0, LAST))
def test_what_lies_over_the_states_tiles_the_same_time(ledger: Ledger, until: int) -> None:
    bare = list(overlaid(ledger.intervals, StopBook(), until))
    over = list(overlaid(ledger.intervals, ledger.book, until))
    for one, following in pairwise(over):
        assert one.start < one.end <= following.start
    assert sum(one.end - one.start for one in over) == sum(one.end - one.start for one in bare)
    if bare:
        assert (over[0].start, over[-1].end) == (bare[0].start, bare[-1].end)


@given(histories(), st.integers(0, LAST))
def test_elements_tile_the_calendar_exactly(ledger: Ledger, until: int) -> None:
    of = elements(spans_of(ledger.intervals, until, ledger.book), [], 0, until)
    assert of.calendar_time == until
    busy = of.actual_unit_busy_time + of.actual_unit_down_time + of.unknown_time
    assert of.planned_busy_time == busy
    assert 0 <= of.planned_stop_time <= of.off_time
    assert 0 <= of.micro_stop_time <= of.actual_production_time


@given(histories())
def test_parts_tile_their_stop_exactly(ledger: Ledger) -> None:
    for stop in ledger.book.stops:
        parts = parts_of(stop, ledger.book.parts)
        assert parts[0].start == stop.start
        assert parts[-1].end == stop.end
        for one, following in pairwise(parts):
            assert one.end == following.start
            assert one.start < one.end


@given(histories(), st.integers(1, LAST))
def test_planned_stops_only_take_time_out_of_what_stands_still(ledger: Ledger, until: int) -> None:
    without = StopBook(stops=ledger.book.stops, parts=ledger.book.parts)
    bare = elements(spans_of(ledger.intervals, until, without), [], 0, until)
    over = elements(spans_of(ledger.intervals, until, ledger.book), [], 0, until)
    made = bare.actual_production_time - bare.micro_stop_time
    assert over.actual_production_time - over.micro_stop_time == made
    assert over.planned_stop_time >= bare.planned_stop_time
    assert over.planned_busy_time <= bare.planned_busy_time


def test_a_split_gives_its_part_a_reason_and_a_merge_takes_it_back() -> None:
    books = Books()
    state: dict[str, object] = {"state": 11, "mode": 1, "fault": 7, "calendar": None}
    books.take(100, FactKind.EQUIPMENT_STATE, {**state, "time_class": "ADET"})
    books.take(200, FactKind.EQUIPMENT_STATE, {**state, "time_class": "APT"})
    said = {"stop": 1, "note": "", "class": "breakdown", "planned": False}
    books.take(210, FactKind.STOP_REASON, {**said, "reason": "JAM"})
    split = {**said, "event": "split", "at": 150, "reason": "CLEAN", "class": "planned"}
    books.take(220, FactKind.STOP_REASON, {**split, "planned": True})

    def seen() -> list[tuple[int, int, str]]:
        ledger = books.ledger()
        return [(s.start, s.end, s.time_class) for s in overlaid(*ledger, 300)]

    after = (200, 300, TimeClass.APT)
    assert seen() == [(100, 150, TimeClass.ADET), (150, 200, SpanClass.PLANNED), after]
    books.take(230, FactKind.STOP_REASON, {"event": "merged", "stop": 1, "at": 150})
    assert seen() == [(100, 200, TimeClass.ADET), after]
    books.take(240, FactKind.STOP_REASON, {**split, "planned": True})
    assert seen() == [(100, 150, TimeClass.ADET), (150, 200, SpanClass.PLANNED), after]


BERLIN, LORD_HOWE = ZoneInfo("Europe/Berlin"), ZoneInfo("Australia/Lord_Howe")
CHANGES = [
    (BERLIN, parse_time("2026-03-29T00:30:00+01:00")),
    (BERLIN, parse_time("2026-10-25T00:30:00+02:00")),
    (LORD_HOWE, parse_time("2026-04-05T00:30:00+11:00")),
]
STEP = 47_000_000  # so that LAST steps are more than five hours, across the change


def on_the_clock(ledger: Ledger, since: int) -> Ledger:
    """The same history from `since` on, in steps of STEP microseconds."""

    def at(moment: int | None) -> int | None:
        return None if moment is None else since + moment * STEP

    def spans(rows: Any) -> Any:
        return [replace(row, start=at(row.start), end=at(row.end)) for row in rows]

    book = ledger.book
    return Ledger(
        spans(ledger.intervals),
        StopBook(
            stops=[
                replace(one, micro_us=one.micro_us and one.micro_us * STEP)
                for one in spans(book.stops)
            ],
            parts=[replace(one, cut=since + one.cut * STEP) for one in book.parts],
            planned=spans(book.planned),
            changeovers=[
                replace(one, at=since + one.at * STEP, standard_us=one.standard_us * STEP)
                for one in book.changeovers
            ],
        ),
    )


@given(histories(), st.sampled_from(CHANGES))
def test_hours_tile_the_whole_over_a_clock_change(
    ledger: Ledger, change: tuple[ZoneInfo, int]
) -> None:
    zone, since = change
    moved, end = on_the_clock(ledger, since), since + LAST * STEP
    spans = list(spans_of(moved.intervals, end, moved.book))
    whole = elements(spans, [], since, end)
    hours = [
        elements(spans, [], hour.start, hour.end)
        for hour in cut_at_hours(Interval(since, end), zone)
    ]
    assert sum(hours, start=Elements()) == whole
    assert whole.calendar_time == end - since
