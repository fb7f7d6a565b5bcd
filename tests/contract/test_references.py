"""Every key of a body that holds the seq of a fact is known to whoever moves facts.

A key holds a seq if the schema of facts has a number there of which the page of contracts says
`seq`, or if it has such a name. One that is new and holds none is entered in `NO_SEQS`.
"""

import re
import types
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Union

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.facts import Fact, FactKind, Source
from edge.domain.folding.restated_states import part_key
from edge.domain.references import REFERENCES, named, renamed
from tests.contract.bodies.words import Count
from tests.contract.fact_schema import BODIES

CONTRACTS = Path(__file__).parents[2] / "docs" / "contracts.md"
# Whole numbers from 1 that are none: sizes, places in lists, versions, epochs, instants.
NO_SEQS = {
    "control_limits": {"size", "subgroups"},
    "counter_baseline": {"counter_epoch"},
    "equipment_state": {"micro_us"},
    "instruction_acknowledged": {"plan"},
    "job_order_event": {"operation", "version", "number", "question.was", "answer.kept"},
    "nonconformance": {"quantity", "parts.quantity"},
    "order_forecast": {"plan", "orders.plan"},
    "plan_proposal": {"proposal", "base"},
    "plan_released": {"plan", "proposal"},
    "production_count": {"counter_epoch"},
    "promise": {"lots.quantity", "quantity", "priority", "slots.operation", "slots.quantity"},
    "quality_result": {"operation", "results.nok"},
    "quarantine": {"counter_epoch", "limit"},
    "schedule_received": {"position"},
    "stop_reason": {"part"},  # the instant at which it begins
}
NO_SEQS["control_limits"] |= {"operation"}
# What the schema does not type: lists of anything.
UNTYPED = {"correction": {"stops.id", "gone"}}


def keys(kind: str) -> set[str]:
    """Paths of the body of a kind whose values are `Count`, a whole number from 1."""
    body = BODIES[kind]
    bodies = body.values() if isinstance(body, Mapping) else [body]
    return {path for one in bodies for path in _counts(one)}


def _counts(struct: type[msgspec.Struct], before: str = "") -> Iterator[str]:
    hints = typing.get_type_hints(struct, include_extras=True)
    for field in msgspec.structs.fields(struct):
        path = f"{before}{field.encode_name}"
        for one in _alternatives(hints[field.name]):
            if one == Count:
                yield path
            elif isinstance(one, type) and issubclass(one, msgspec.Struct):
                yield from _counts(one, f"{path}.")


def _alternatives(hint: Any) -> Iterator[Any]:
    """The types that a value can have, those in lists and dicts too."""
    origin = typing.get_origin(hint)
    if origin in {Union, types.UnionType, list, dict}:
        for one in typing.get_args(hint):
            yield from _alternatives(one)
    elif isinstance(hint, str):
        return
    else:
        yield hint


@pytest.mark.parametrize("kind", sorted(BODIES))
def test_every_key_that_holds_a_seq_is_entered(kind: str) -> None:
    entered = {*REFERENCES.get(kind, ())}
    found = keys(kind) | UNTYPED.get(kind, set())
    assert found - NO_SEQS.get(kind, set()) == entered & found, "enter it, or say that it is none"
    assert entered <= found, "this key is not in the schema"
    assert not entered & NO_SEQS.get(kind, set())


def test_every_key_of_which_the_contracts_say_that_it_is_a_seq_is_entered() -> None:
    rows = re.findall(r"^\| (`[a-z_`, ]+`) \| (.*) \|$", CONTRACTS.read_text(), re.MULTILINE)
    said: set[tuple[str, str]] = set()
    for kinds, text in rows:
        for kind in re.findall(r"`([a-z_]+)`", kinds):
            if kind in BODIES:
                said |= {(kind, key) for key in re.findall(r"`([a-z_]+)` \(seqs?\b", text)}
    known = {
        (kind, part) for kind, paths in REFERENCES.items() for path in paths for part in [path]
    }
    assert ("correction", "corrects") in said
    assert said <= known


def fact(kind: str, body: dict[str, Any]) -> Fact:
    return Fact(
        v=1,
        edge_id="e1",
        epoch=1,
        seq=900,
        kind=FactKind(kind),
        occurred_at=1,
        recorded_at=1,
        equipment_id="L1",
        job_order_id=None,
        source=Source.SYSTEM,
        actor=None,
        body=body,
        prev_hash="",
    )


def body_of(path: str, seqs: list[int]) -> dict[str, Any]:
    """A body that names facts at a path, in every form in which one may: one, or a list."""
    first, _, rest = path.partition(".")
    if rest:
        return {first: [body_of(rest, [seq]) for seq in seqs], "other": 7}
    return {first: seqs if len(seqs) > 1 else seqs[0], "other": 7}


PATHS = [(kind, path) for kind, paths in REFERENCES.items() for path in paths]


@given(st.sampled_from(PATHS), st.lists(st.integers(1, 500), min_size=1, max_size=4))
def test_what_is_named_moves_and_nothing_else(where: tuple[str, str], seqs: list[int]) -> None:
    kind, path = where
    before = fact(kind, body_of(path, seqs))
    places = {seq: seq + 1000 for seq in seqs if seq % 3}
    now = [places.get(seq, seq) for seq in seqs]
    after = renamed(before, places)
    assert after.body == body_of(path, now)
    assert [*named(before)] == seqs
    assert [*named(after)] == now
    assert renamed(before, {}) is before


def test_the_part_of_a_state_moves_with_its_state() -> None:
    said = fact("stop_reason", {"stop": part_key(41, 3), "reason": "r"})
    assert renamed(said, {41: 77}).body["stop"] == part_key(77, 3)
    assert named(said) == (41,)
