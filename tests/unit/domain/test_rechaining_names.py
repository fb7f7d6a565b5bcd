"""What people said between a restore and sync's word follows its facts to their new places."""

from dataclasses import replace
from typing import Any

import pytest

from edge.domain.facts import Fact, FactDraft, FactKind, Source, placed
from edge.domain.rechaining import rechained
from edge.domain.references import renamed
from tests.unit.storage.samples import count

PLACES = {12: 31, 13: 32}


def fact(kind: FactKind | str, body: dict[str, Any], seq: int = 20) -> Fact:
    draft = FactDraft(
        kind=FactKind(kind), occurred_at=9, equipment_id="L1", source=Source.OPERATOR, body=body
    )
    return at(draft, seq)


def at(draft: FactDraft, seq: int) -> Fact:
    return placed(draft, edge_id="e1", epoch=1, seq=seq, recorded_at=seq, prev_hash="")


@pytest.mark.parametrize(
    ("kind", "said", "now"),
    [
        ("material_consumed", {"reverses": 12}, {"reverses": 31}),
        ("material_produced", {"reverses": 12}, {"reverses": 31}),
        ("material_consumed", {"segments": [3, 12]}, {"segments": [3, 31]}),
        ("job_order_event", {"answer": {"question": 13}}, {"answer": {"question": 32}}),
        ("job_order_event", {"question": {"supersedes": 12}}, {"question": {"supersedes": 31}}),
        ("job_order_event", {"question": {"about": "cut"}}, {"question": {"about": "cut"}}),
        ("stop_reason", {"stop": -12_001}, {"stop": -31_001}),
        (
            "correction",
            {"corrects": 12, "stops": [{"id": 13, "to": None}, {"id": -12_002}], "gone": [-13_000]},
            {"corrects": 31, "stops": [{"id": 32, "to": None}, {"id": -31_002}], "gone": [-32_000]},
        ),
    ],
)
def test_every_name_of_a_fact_follows_it(
    kind: str, said: dict[str, Any], now: dict[str, Any]
) -> None:
    assert renamed(fact(kind, said), PLACES).body == now


@pytest.mark.parametrize(
    ("changes", "now"),
    [
        ({"quantity": 28}, {"quantity": 8}),
        ({"quantity": 5}, {"quantity": 0}),
        (
            {"parts": [{"quantity": 22, "job_order_id": "A"}, {"quantity": 8}]},
            {"parts": [{"quantity": 2, "job_order_id": "A"}, {"quantity": 8}]},
        ),
        (
            {"parts": [{"quantity": 15}, {"quantity": 15, "job_order_id": "A"}]},
            {"parts": [{"quantity": 10, "job_order_id": "A"}]},
        ),
        ({"parts": [{"job_order_id": "A"}]}, {"parts": [{"job_order_id": "A"}]}),
    ],
)
def test_what_was_corrected_of_a_first_reading_is_less_what_came_back(
    changes: dict[str, Any], now: dict[str, Any]
) -> None:
    """30 pieces were read anew, of which sync knew 20."""
    back = [at(count(0, 20, at=9), 11)]
    first = at(count(0, 30, at=9), 11)
    said = fact("correction", {"corrects": 11, "changes": changes}, 12)
    again = rechained(back, [first, said], {("L1", "good"): (11, 11)}).facts
    assert [one.fact.body.get("quantity") for one in again] == [10, None]
    assert again[1].fact.body["changes"] == now


def test_what_was_said_of_a_count_that_came_back_as_it_was_is_said_of_that_one() -> None:
    back = [at(count(0, 20, at=9), 11)]
    read = at(count(0, 20, at=9), 11)
    said = fact("correction", {"corrects": 11, "changes": {"quantity": 18}}, 12)
    done = rechained([replace(back[0], seq=14)], [read, said], {("L1", "good"): (11, 11)})
    assert (done.same, done.apart) == ({11: 14}, 0)
    [again] = done.facts
    assert renamed(again.fact, done.same).body["corrects"] == 14


def test_what_was_said_of_a_count_that_came_back_as_others_is_kept_apart() -> None:
    """Nobody knows of which of the two it is: it is neither dropped nor guessed."""
    back = [at(count(0, 12, at=9), 11), at(count(12, 8, at=9), 12)]
    read = at(count(0, 20, at=9), 11)
    said = replace(
        fact("correction", {"corrects": 11, "changes": {"quantity": 18}}, 12), actor="ann"
    )
    more = replace(
        fact("correction", {"corrects": 12, "changes": {"quantity": 17}}, 13), actor="bo"
    )
    done = rechained(back, [read, said, more], {("L1", "good"): (11, 11)})
    assert (done.same, done.apart) == ({}, 2)
    assert [(one.was, one.fact.kind, one.fact.actor) for one in done.facts] == [
        (12, FactKind.AUDIT, "ann"),
        (13, FactKind.AUDIT, "bo"),
    ]
    detail = {"kind": "correction", "said": said.body}
    assert done.facts[0].fact.body == {"action": "word_apart", "detail": detail}
