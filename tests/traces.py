"""What a counter shows over time, with the truth beside it: pure, the same for the same seed.

`trace(7)` is a list of moments; whoever delivers them (a bench, a server of anybody) shows
`raw` and `boot` from `at` on, and in the end holds `recorded` and `doubtful` of the facts
against `made`: never more was recorded than made, and exactly as much unless doubtful.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

DOUBTFUL_FLAGS = frozenset({"lower_bound", "ambiguous", "saturated", "pulse", "weighed"})
DOUBTFUL_GAPS = frozenset({"ambiguous", "reset", "saturated"})


@dataclass(frozen=True, kw_only=True)
class TraceRules:
    """A machine: at most `most` pieces in each step of `step_s` seconds.

    The counter begins at `start` and goes round at `modulus`, or stops at `saturates_at`; a
    start of the machine (a share of `boots` of the steps) sets it to 0 unless it is
    `retentive` and changes the boot counter; a reset by hand (`resets`) sets it to 0 only.
    """

    step_s: float = 0.5
    most: int = 2
    modulus: int | None = 1 << 16
    saturates_at: int | None = None
    start: int = 0
    boots: float = 0.0
    resets: float = 0.0
    retentive: bool = False


@dataclass(frozen=True, kw_only=True)
class Moment:
    """From `at` seconds on the machine shows `raw` and `boot`; `made` since the beginning."""

    at: float
    raw: int
    boot: int
    made: int


def trace(seed: int, steps: int = 200, rules: TraceRules | None = None) -> list[Moment]:
    """What a machine shows, one moment a step; the first is where it stands at the start."""
    rules, draw = rules or TraceRules(), Random(seed)
    raw, boot, made = rules.start, 1, 0
    moments = [Moment(at=0.0, raw=raw, boot=boot, made=made)]
    for step in range(1, steps + 1):
        new = draw.randint(0, rules.most)
        early = draw.randint(0, new)  # before a boot or reset, if there is one
        chance = draw.random()
        booted = chance < rules.boots
        if (booted and not rules.retentive) or rules.boots <= chance < rules.boots + rules.resets:
            raw, shown = 0, new - early
        else:
            shown = new
        boot, made = boot + booted, made + new
        raw = _advanced(raw, shown, rules)
        moments.append(Moment(at=step * rules.step_s, raw=raw, boot=boot, made=made))
    return moments


def _advanced(raw: int, by: int, rules: TraceRules) -> int:
    if rules.saturates_at is not None:
        return min(raw + by, rules.saturates_at)
    return raw + by if rules.modulus is None else (raw + by) % rules.modulus


def recorded(facts: Iterable[Any], role: str = "good") -> int:
    """Pieces of a role in facts (objects with `kind` and `body`)."""
    counts = [fact.body for fact in facts if str(fact.kind) == "production_count"]
    return sum(body["quantity"] for body in counts if body["role"] == role)


def doubtful(facts: Iterable[Any]) -> bool:
    """Whether some fact says that pieces may be missing: a flag, a quarantine, a gap."""
    return any(_doubts(str(fact.kind), fact.body) for fact in facts)


def _doubts(kind: str, body: Mapping[str, Any]) -> bool:
    if kind == "production_count":
        return bool(DOUBTFUL_FLAGS & set(body["flags"]))
    return kind == "quarantine" or (kind == "data_gap" and body["reason"] in DOUBTFUL_GAPS)
