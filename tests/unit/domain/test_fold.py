"""The fold: what facts change in the projections."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from edge.domain.changes import Add, Put
from edge.domain.facts import Fact, FactKind, Source
from edge.domain.fold import FoldState, fold

HOUR = 3_600_000_000


def fact(seq: int, kind: FactKind, at: int, body: dict[str, Any], job: str | None = None) -> Fact:
    return Fact(
        edge_id="e1",
        epoch=1,
        seq=seq,
        kind=kind,
        occurred_at=at,
        recorded_at=at,
        equipment_id="L1",
        job_order_id=job,
        source=Source.PLC,
        actor=None,
        body=body,
        prev_hash="",
    )


def state(seq: int, at: int, time_class: str, fault: int = 0) -> Fact:
    body = {"state": 6, "mode": 1, "fault": fault, "time_class": time_class, "calendar": None}
    return fact(seq, FactKind.EQUIPMENT_STATE, at, body)


def tables(facts: list[Fact]) -> dict[str, dict[tuple[Any, ...], dict[str, Any]]]:
    """Projections of facts: rows by table and key, as a store would hold them."""
    held: dict[str, dict[tuple[Any, ...], dict[str, Any]]] = {}
    at = FoldState()
    for one in facts:
        folded = fold(at, one)
        at = folded.state
        for change in folded.changes:
            row = held.setdefault(change.table, {}).setdefault(tuple(change.key.values()), {})
            if isinstance(change, Put):
                row.update(change.values)
            else:
                assert isinstance(change, Add)
                for column, amount in change.amounts.items():
                    row[column] = row.get(column, 0) + amount
    return held


count_body = {
    "role": "good",
    "quantity": 5,
    "hour": HOUR,
    "run_time_per_item": "2.5",
    "calendar": {"shift": "early", "production_day": "2026-06-08"},
}


def test_a_count_adds_to_its_hour_and_to_its_job() -> None:
    held = tables([fact(1, FactKind.PRODUCTION_COUNT, HOUR + 5, count_body, "WO1.10")])
    assert held["hour_bucket"] == {
        ("L1", HOUR, "WO1.10", "2.5", "early", "2026-06-08"): {"good": 5}
    }
    assert held["job_progress"] == {("WO1.10",): {"good": 5}}


def test_a_count_without_a_job_is_kept_in_its_hour() -> None:
    held = tables([fact(1, FactKind.PRODUCTION_COUNT, HOUR, count_body)])
    assert list(held) == ["hour_bucket", "usage"]
    assert next(iter(held["hour_bucket"]))[2] == ""


def test_scrap_moves_good_pieces_only_where_it_reclassifies() -> None:
    scrap = {**count_body, "quantity": 2, "reason": "burr", "effect": "reclassify"}
    facts = [
        fact(1, FactKind.PRODUCTION_COUNT, HOUR, count_body, "WO1.10"),
        fact(2, FactKind.SCRAP, HOUR, scrap, "WO1.10"),
        fact(3, FactKind.SCRAP, HOUR, {**scrap, "effect": "reason_only"}, "WO1.10"),
    ]
    assert tables(facts)["job_progress"] == {("WO1.10",): {"good": 3, "scrap": 2}}


def test_delays_that_touch_are_one_stop_and_a_fault_found_later_names_it() -> None:
    facts = [
        state(1, 0, "APT"),
        state(2, 10, "ADET"),
        state(3, 20, "ADET", fault=101),
        state(4, 30, "APT"),
        state(5, 40, "ADET", fault=7),
    ]
    stops = tables(facts)["stop"]
    assert stops["L1", 2]["start"] == 10
    assert stops["L1", 2]["end"] == 30
    assert stops["L1", 2]["fault"] == 101
    assert stops["L1", 5] == {"start": 40, "end": None, "job_order_id": "", "fault": 7}


def test_a_stop_reason_names_its_stop() -> None:
    reason = {"stop": 2, "reason": "no_material", "note": "left rack"}
    held = tables(
        [state(1, 0, "APT"), state(2, 5, "ADET"), fact(3, FactKind.STOP_REASON, 9, reason)]
    )
    assert held["stop"]["L1", 2]["reason"] == "no_material"


def job_event(seq: int, event: str, at: int, **more: Any) -> Fact:
    body = {
        "event": event,
        "order": "WO1",
        "operation": 10,
        "product": "A",
        "revision": "1",
        "number": 1010,
        "quantity": 9,
        "work_center": "L1",
        "state": "Running",
        "version": 2,
        "phase": "setup",
        **more,
    }
    return fact(seq, FactKind.JOB_ORDER_EVENT, at, body, "WO1.10")


def test_each_time_that_a_job_was_on_is_a_run_of_its_own() -> None:
    facts = [
        job_event(1, "started", 10),
        job_event(2, "laid_aside", 20),
        job_event(3, "started", 30),
        job_event(4, "moved", 40, run={"started": 1, "end": 15}),
        job_event(5, "ended", 50),
        job_event(6, "ended", 60),  # without having been on: its pieces were assigned
        job_event(7, "moved", 70, started_at=31),  # of an older version: it names no run
    ]
    runs = tables(facts)["job_run"]
    assert {
        key: (row["recorded_start"], row["start"], row["recorded_end"], row["end"], row["ended"])
        for key, row in runs.items()
    } == {("WO1.10", 1): (10, 10, 20, 15, 2), ("WO1.10", 3): (30, 30, 50, 50, 5)}


def test_a_job_event_sets_the_job() -> None:
    row = tables([job_event(1, "started", 77)])["job_progress"]["WO1.10",]
    assert row["state"] == "Running"
    assert row["started_at"] == 77
    assert "ended_at" not in row


@given(
    st.lists(
        st.tuples(
            st.integers(-50, 500), st.sampled_from(["APT", "ADET", "ADOT", "OFF", "UNKNOWN"])
        ),
        min_size=1,
    )
)
def test_intervals_of_a_work_center_tile_without_overlap(seen: list[tuple[int, str]]) -> None:
    """Whatever the times of state facts, even back in time, intervals touch and never overlap."""
    facts = [state(seq, at, time_class) for seq, (at, time_class) in enumerate(seen, start=1)]
    rows = list(tables(facts)["state_interval"].values())
    for row, following in pairwise(rows):
        assert row["end"] == following["start"] >= row["start"]
    assert rows[-1]["end"] is None


def test_what_changes_nothing_changes_nothing() -> None:
    quiet = fact(1, FactKind.AUDIT, 1, {})
    folded = fold(FoldState(), quiet)
    assert folded.changes == ()
    assert fold(folded.state, replace(quiet, seq=2)).state == FoldState()
