"""Random traces of a machine, read by a collector: recorded equals made, or it is said."""

from fractions import Fraction

import pytest

from tests.traces import TraceRules, doubtful, recorded, trace
from tests.unit.collection.bench_machine import BenchMachine, counter, settings

PLANTS: dict[str, tuple[TraceRules, dict[str, object], bool]] = {
    "wraps": (TraceRules(modulus=256, start=250), {"modulus": 256}, True),
    "starts": (TraceRules(boots=0.05), {}, False),
    "starts and is retentive": (TraceRules(boots=0.05, retentive=True, start=9000), {}, True),
    "is reset by anybody": (
        TraceRules(resets=0.05, modulus=256),
        {"modulus": 256, "resettable": True},
        False,
    ),
    "stops at its end": (
        TraceRules(modulus=None, saturates_at=150, resets=0.01),
        {"modulus": None, "saturates_at": 150},
        False,
    ),
}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", PLANTS)
async def test_a_trace_is_recorded_to_the_piece_or_said_to_be_less(name: str, seed: int) -> None:
    rules, counts, exact = PLANTS[name]
    rate = Fraction(rules.most) / Fraction(rules.step_s)
    machine = BenchMachine(
        settings(counter("good", "good", max_rate=rate, **counts), roles=("state", "boot"))
    )
    moments = trace(seed, rules=rules)
    now = 0.0
    for moment in moments:
        taken = await machine.show(moment.at - now, good=moment.raw, boot=moment.boot)
        now = moment.at
        if taken.again:
            await machine.show(0.25)
            now += 0.25
    facts = machine.store.facts
    assert recorded(facts) <= moments[-1].made
    assert recorded(facts) == moments[-1].made or doubtful(facts)
    assert not (exact and doubtful(facts))
    assert trace(seed, rules=rules) == moments
