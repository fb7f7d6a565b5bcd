"""Where the bodies of facts name other facts by their seq, and how they follow these elsewhere."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from edge.domain.facts import Fact
from edge.domain.folding.restated_states import PARTS_OF_A_STATE, fact_of, part_key

# Where a body names another fact by its seq, by kind: a path of keys, of which each item of a list
# is meant. Whoever adds such a field adds it here; tests/contract/test_references.py finds them.
REFERENCES: Mapping[str, tuple[str, ...]] = {
    "andon": ("call",),
    "control_limits": ("baseline",),
    "correction": ("corrects", "stops.id", "gone"),
    "job_order_event": ("question.supersedes", "answer.question", "run.started"),
    "labour": ("opened",),
    "maintenance": ("stop", "order"),
    "material_consumed": ("corrects", "segments", "reverses"),
    "material_produced": ("reverses",),
    "nonconformance": ("nonconformance",),
    "plan_proposal": ("as_of",),
    "plan_released": ("as_of",),
    "production_count": ("quarantine", "beside"),
    "promise": ("promise",),
    "quality_hold": ("hold",),
    "stop_reason": ("stop", "planned_stop"),
}


def named(fact: Fact) -> tuple[int, ...]:
    """The seqs in a body that name other facts."""
    found: list[int] = []

    def seen(seq: int) -> int:
        found.append(fact_of(seq))
        return seq

    for path in REFERENCES.get(fact.kind, ()):
        _replaced(fact.body, path.split("."), seen)
    return tuple(found)


def renamed(fact: Fact, places: Mapping[int, int]) -> Fact:
    """A fact whose body names others by the seqs that they have now."""
    body: Any = fact.body
    for path in REFERENCES.get(fact.kind, ()):
        body = _replaced(body, path.split("."), lambda seq: _place(seq, places))
    return fact if body == fact.body else replace(fact, body=body)


def _place(seq: int, places: Mapping[int, int]) -> int:
    """Where the fact of `seq` is now; the id of a part of a state goes with that state."""
    if seq >= 0:
        return places.get(seq, seq)
    opened = fact_of(seq)
    return part_key(places.get(opened, opened), -seq - opened * PARTS_OF_A_STATE)


def _replaced(value: Any, path: Sequence[str], place: Callable[[int], int]) -> Any:
    """A value in which each seq at the end of `path` is what `place` says."""
    if isinstance(value, list):
        return [_replaced(one, path, place) for one in value]
    if not path:
        return place(value) if isinstance(value, int) else value
    if not isinstance(value, dict) or path[0] not in value:
        return value
    return {**value, path[0]: _replaced(value[path[0]], path[1:], place)}
