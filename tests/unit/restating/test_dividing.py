"""A count is cut where its case says, and whatever the cuts no piece is lost."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.changes import Add
from edge.domain.corrections import PARTS, Corrected, added, correction_changes
from edge.domain.dividing import Cut, cut_at, joined, parts_of, place, portions
from edge.domain.facts import Fact, FactKind, Source
from simulators.erp.postings import (
    Entry,
    corrected,
    correction_postings,
    entry_of,
    pieces_of,
)

CASES = sorted((Path(__file__).parents[2] / "cases" / "restating" / "dividing").glob("*.json"))
EARLY = {"id": "day", "revision": "x", "shift": "early", "production_day": "2026-06-08"}


def fact(body: dict[str, Any], job: str | None = "WO1.10", seq: int = 1) -> Fact:
    base = {"role": "good", "tag": "good", "counter_epoch": 1, "hour": 0, "flags": []}
    return Fact(
        edge_id="e1",
        epoch=1,
        seq=seq,
        kind=FactKind.PRODUCTION_COUNT,
        occurred_at=int(body.get("to", 0)),
        recorded_at=0,
        equipment_id="L1",
        job_order_id=job,
        source=Source.PLC,
        actor=None,
        body={**base, "calendar": EARLY, "run_time_per_item": "2", **body},
        prev_hash="",
    )


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_count_is_cut_as_its_case_says(path: Path) -> None:
    case = json.loads(path.read_text())
    assert case["why"]
    one = fact(case["count"])
    spans = case["running"]

    def running(start: int, end: int) -> int:
        return sum(max(min(end, to) - max(start, from_), 0) for from_, to in spans)

    raw = case["cut"].get("raw")
    cut = Cut(at=case["cut"]["at"], seq=None if raw is None else 1, raw=raw)
    quantity = int(one.body["quantity"])
    at = place(one, quantity, cut, running)
    assert at == case["before"]
    pieces = cut_at(portions(Corrected(one, [])), at, cut.at)
    sides = [part.last <= at for part in pieces]
    given_ = [
        part if before else type(part)(**{**vars(part), "job": "WO2.10"})
        for part, before in zip(pieces, sides, strict=True)
    ]
    parts = parts_of(one, joined(given_), lambda _: "3", by_raw=raw is not None)
    whole = [[quantity, one.body["raw_from"], one.body["raw_to"]]]
    told = [[one["quantity"], one["raw_from"], one["raw_to"]] for one in parts if "raw_from" in one]
    assert (told or whole) == case["parts"]


@pytest.mark.parametrize(("moment", "border"), [(40, 40), (-5, 0), (400, 100)])
def test_a_cut_has_the_times_of_its_two_sides(moment: int, border: int) -> None:
    one = fact({"quantity": 10, "raw_from": 0, "raw_to": 10, "from": 0, "to": 100})
    found = cut_at(portions(Corrected(one, [])), 3, moment)
    sides = [(part.first, part.last, part.start, part.end) for part in found]
    assert sides == [(0, 3, 0, border), (3, 10, border, 100)]


@given(
    quantity=st.integers(1, 500),
    cuts=st.lists(st.integers(0, 1000), min_size=1, max_size=6),
    spans=st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 1000)), max_size=4),
)
def test_cuts_keep_their_order_and_no_piece_is_lost(
    quantity: int, cuts: list[int], spans: list[tuple[int, int]]
) -> None:
    one = fact({"quantity": quantity, "raw_from": 7, "raw_to": 7 + quantity, "from": 0, "to": 1000})

    def running(start: int, end: int) -> int:
        return sum(max(min(end, to) - max(start, from_), 0) for from_, to in spans)

    places = [place(one, quantity, Cut(at=at), running) for at in sorted(cuts)]
    assert places == sorted(places)
    assert all(0 <= at <= quantity for at in places)
    pieces = list(portions(Corrected(one, [])))
    for moment, at in zip(sorted(cuts), places, strict=True):
        pieces = cut_at(pieces, at, moment)
    assert sum(part.quantity for part in pieces) == quantity
    assert [part.first for part in pieces[1:]] == [part.last for part in pieces[:-1]]
    assert all(part.start <= part.end for part in pieces)


jobs = st.sampled_from(["WO1.10", "WO2.10", "WO2.20"])
part = st.fixed_dictionaries({"quantity": st.integers(0, 30), "job_order_id": jobs})
changes = st.one_of(
    st.fixed_dictionaries({PARTS: st.lists(part, max_size=3)}),
    st.fixed_dictionaries({"quantity": st.integers(0, 50)}),
    st.fixed_dictionaries({"job_order_id": jobs}),
    st.fixed_dictionaries({"quantity": st.integers(0, 50), PARTS: st.lists(part, max_size=2)}),
)


@given(st.integers(1, 50), st.lists(changes, max_size=6))
def test_the_erps_reader_of_corrections_adds_up_to_what_the_fold_says(
    quantity: int, history: list[dict[str, Any]]
) -> None:
    one = fact({"quantity": quantity, "raw_from": 0, "raw_to": quantity, "from": 0, "to": 10})
    ours = _sums(added(one))
    entry = entry_of(_item(one))
    theirs = Counter({entry.place: pieces_of(entry).good})
    known = Corrected(one, [])
    for said in history:
        correction = fact({}, seq=2)
        correction = Fact(**{**vars(correction), "body": {"changes": said}})
        ours.update(_sums(one for one in correction_changes(correction, known)))
        known = known.after(said)
        now: Entry = corrected(entry, said)
        for posting in correction_postings(entry, now):
            theirs.update({posting.of.place: posting.pieces.good})
        entry = now
    assert {k: v for k, v in ours.items() if v} == {k: v for k, v in theirs.items() if v}


def _sums(adds: Any) -> Counter[tuple[str, int]]:
    found: Counter[tuple[str, int]] = Counter()
    for one in adds:
        if isinstance(one, Add) and one.table == "hour_bucket":
            order, _, operation = str(one.key["job_order_id"]).rpartition(".")
            found.update({(order, int(operation)): one.amounts["good"]})
    return found


def _item(one: Fact) -> dict[str, Any]:
    return {"id": "e1/1/1", "order": "WO1", "operation": 10, "fact": vars(one)}
