"""Facts keep their bytes, refuse floats and chain by hash."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from types import MappingProxyType
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.facts import (
    Fact,
    FactDraft,
    FactKind,
    Source,
    decode,
    encode,
    placed,
    sha256,
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
drafts = st.builds(
    FactDraft,
    kind=st.sampled_from(FactKind),
    occurred_at=st.integers(0, 2**53),
    equipment_id=st.text(max_size=5),
    job_order_id=st.none() | st.text(max_size=5),
    source=st.sampled_from(Source),
    actor=st.none() | st.text(max_size=5),
    body=st.dictionaries(st.text(max_size=5), json_values, max_size=4),
)


def fact_of(draft: FactDraft) -> Fact:
    return placed(draft, edge_id="e1", epoch=1, seq=1, recorded_at=5, prev_hash="")


@given(drafts)
def test_a_fact_comes_back_from_its_bytes_and_its_bytes_from_the_fact(draft: FactDraft) -> None:
    data = encode(fact_of(draft))
    assert decode(data) == fact_of(draft)
    assert encode(decode(data)) == data


@given(drafts)
def test_the_bytes_are_sorted_json_without_spaces(draft: FactDraft) -> None:
    fact = fact_of(draft)
    text = json.dumps(vars(fact), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert encode(fact) == text.encode()


def test_the_bytes_are_the_contracts() -> None:
    draft = FactDraft(
        kind=FactKind.ANDON,
        occurred_at=2,
        equipment_id="L1",
        source=Source.OPERATOR,
        actor="王",
        body={"b": 1, "a": None},
    )
    data = encode(fact_of(draft))
    assert data.decode() == (
        '{"actor":"王","body":{"a":null,"b":1},"edge_id":"e1","epoch":1,"equipment_id":"L1",'
        '"job_order_id":null,"kind":"andon","occurred_at":2,"prev_hash":"","recorded_at":5,'
        '"seq":1,"source":"operator","v":1}'
    )
    assert len(sha256(data)) == 64


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"a": 1.0}, "audit.a: 1.0"),
        ({"c": [], "a": {"b": [1, 2.5]}}, "audit.a.b[1]: 2.5"),
        ({"a": (0.1,)}, "audit.a[0]: 0.1"),
        (MappingProxyType({"a": MappingProxyType({"b": -0.0})}), "audit.a.b: -0.0"),
        ({"a": [{"b": float("nan")}]}, "audit.a[0].b: nan"),
    ],
)
def test_floats_are_refused_by_place(body: dict[str, object], place: str) -> None:
    with pytest.raises(ValueError, match=f"{re.escape(place)} is a float"):
        FactDraft(
            kind=FactKind.AUDIT, occurred_at=1, equipment_id="s", source=Source.SYSTEM, body=body
        )


@dataclass(frozen=True)
class Thing:
    name: str = "a"


class Plain(Enum):
    ONE = 1


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"a": Decimal("1.5")}, "audit.a: Decimal('1.5') is a Decimal"),
        ({"a": {"b": [UUID(int=1)]}}, "audit.a.b[0]: UUID("),
        ({"a": datetime(2026, 6, 8, tzinfo=UTC)}, "is a datetime"),
        ({"a": b"x"}, "audit.a: b'x' is a bytes"),
        ({"a": {"x"}}, "audit.a: {'x'} is a set"),
        ({"a": Fraction(1, 2)}, "is a Fraction"),
        ({"a": Thing()}, "is a Thing"),
        ({"a": Plain.ONE}, "is a Plain"),
        ({"a": {1: "x"}}, "audit.a: the key 1 is no string"),
        ({None: "x"}, "audit: the key None is no string"),
    ],
)
def test_what_json_has_no_word_for_is_refused_by_place(body: Any, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        FactDraft(
            kind=FactKind.AUDIT, occurred_at=1, equipment_id="s", source=Source.SYSTEM, body=body
        )


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"kind":"no"}', b"\xff"])
def test_what_is_no_fact_is_said_to_be_none(data: bytes) -> None:
    with pytest.raises(ValueError, match="not a fact"):
        decode(data)


@given(drafts)
def test_what_follows_a_fact_makes_it_none(draft: FactDraft) -> None:
    data = encode(fact_of(draft))
    assert decode(data + b"\n") == decode(data)  # a line of a file
    with pytest.raises(ValueError, match="not a fact: more follows"):
        decode(data + b"{}")
