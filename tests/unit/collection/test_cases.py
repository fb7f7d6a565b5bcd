"""Every counter rule as a case: tests/cases/counters/NAME.json says input, facts and why."""

import json
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from edge.domain.facts import Fact, FactKind
from edge.domain.recording import Baseline
from tests.unit.collection.bench_machine import BenchMachine, after, counter, settings, within
from tests.unit.collection.memory_store import MemoryJobs, job

CASES = sorted((Path(__file__).parents[2] / "cases" / "counters").glob("*.json"))
TIMES = ("from", "to", "hour", "occurred_at")


def machine_of(case: dict[str, Any]) -> BenchMachine:
    counters = []
    for spec in case["counters"]:
        spec = {**spec, "max_rate": Fraction(spec.get("max_rate", "1"))}
        counters.append(counter(spec.pop("tag"), spec.pop("role"), **spec))
    jobs = MemoryJobs(numbers={number: job(number) for number in case.get("jobs", [])})
    roles = tuple(case.get("roles", ["state"]))
    machine = BenchMachine(settings(*counters, roles=roles, unknown_after_s=30), jobs=jobs)
    for row in case.get("stored", []):
        kept = Baseline(equipment_id="L1", **{**row, "at": after(row["at"])})
        machine.store.rows["L1", row["tag"]] = kept
    return machine


def flat(fact: Fact) -> dict[str, Any]:
    """A fact with its body's fields beside its own; times as seconds after the shift's start."""
    fields = {**asdict(fact), **fact.body, "kind": str(fact.kind)}
    for key in TIMES:
        if isinstance(fields.get(key), int):
            fields[key] = (fields[key] - after(0)) / 1_000_000
    return fields


async def run(case: dict[str, Any]) -> list[dict[str, Any]]:
    machine = machine_of(case)
    now = 0.0
    for step in case["snapshots"]:
        step = dict(step)
        at = step.pop("at")
        machine.bad = set(step.pop("bad", []))
        if step.pop("restart", False):
            machine.clock.advance(at - now)
            now = at
            machine.begin()
        await machine.show(at - now, **step)
        now = at
    facts = [one for one in machine.store.facts if one.kind != FactKind.EQUIPMENT_STATE]
    return [flat(fact) for fact in facts]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
async def test_case(path: Path) -> None:
    case = json.loads(path.read_text())
    assert case["why"].strip()
    facts = await run(case)
    expected = case["facts"]
    shown = [within(want, fact) for want, fact in zip(expected, facts, strict=False)]
    assert shown == expected
    assert len(facts) == len(expected), facts[len(expected) :]


def test_every_rule_has_a_case() -> None:
    assert len(CASES) >= 15
