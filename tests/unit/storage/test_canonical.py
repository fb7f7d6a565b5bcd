"""What the store writes of a fact is what the domain says its bytes are."""

from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.facts import Fact, FactDraft, FactKind, Source, encode, placed
from edge.storage.canonical import written
from edge.storage.packing import without_place
from tests.unit.storage.test_packing import HASH, drafts


class Word(str):
    """A text of another type."""


class Number(IntEnum):
    ONE = 1


class Letter(StrEnum):
    A = "a"


# What drafts take beside the plain types, wherever it stands.
RARE: tuple[Any, ...] = (
    Word("ä"),
    Number.ONE,
    Letter.A,
    (1, ("2", None)),
    2**64,
    -(2**63) - 1,
    {"b": 1, "a": [{"é": 1, "z": 2, "\U0001f600": 3, "\uffff": 4}]},
    "".join(map(chr, range(0x180))),
    {Word("k"): 1, Letter.A: 2, "": 3},
)


def fact_of(draft: FactDraft) -> Fact:
    return placed(draft, edge_id="e1", epoch=1, seq=9, recorded_at=5, prev_hash=HASH.hex())


def holding(body: Any) -> Fact:
    return fact_of(
        FactDraft(
            kind=FactKind.AUDIT, occurred_at=1, equipment_id="s", source=Source.SYSTEM, body=body
        )
    )


@given(draft=drafts)
def test_any_fact_is_written_as_the_domain_encodes_it(draft: FactDraft) -> None:
    fact = fact_of(draft)
    data = encode(fact)
    assert written(fact) == (data, without_place(data))


@given(values=st.lists(st.sampled_from(RARE), min_size=1), name=st.text())
def test_so_is_a_body_of_rarer_types(values: list[Any], name: str) -> None:
    fact = holding({name: values, "more": {"inner": values[0]}})
    assert written(fact)[0] == encode(fact)


@pytest.mark.parametrize("body", [{"a": "\ud800"}, MappingProxyType({"a": 1})])
def test_what_cannot_be_encoded_is_refused_by_both(body: Any) -> None:
    fact = holding(body)
    with pytest.raises((TypeError, ValueError)) as by_domain:
        encode(fact)
    with pytest.raises(by_domain.type):
        written(fact)
