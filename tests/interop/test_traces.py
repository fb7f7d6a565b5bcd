"""Every counter rule on random traces of truth, delivered by servers that nobody here wrote.

Readings fall where they fall: between two of them lie up to `STRIDE` steps of the machine, a cut
connection or a restart of the edge. In the end never more was recorded than made, and as much
unless a flag, a gap or a quarantine says so.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from random import Random
from zlib import crc32

import pytest

from edge.collection.counters import CounterRules
from edge.domain.equipment import EquipmentUnreachable
from tests import traces
from tests.integration.collection.plant import PATIENCE_S
from tests.interop.conftest import Shelf
from tests.interop.edge_here import MAX_RATE, EdgeHere, rules
from tests.interop.foreign import WORD, Foreign
from tests.traces import Moment, TraceRules, trace

pytestmark = [pytest.mark.interop, pytest.mark.asyncio(loop_scope="session")]
STEPS, STRIDE = 40, 3
DELIVERED_BY = ("node-opcua-secured", "pymodbustcp", "libmodbus-rtu")
IDLE = TraceRules(most=12)


@dataclass(frozen=True)
class Kind:
    """A machine, what the plant says of it, and whether all must be exact."""

    machine: TraceRules
    counter: CounterRules
    boot_tag: bool = True
    exact: bool = False


KINDS = {
    "goes_round": Kind(replace(IDLE, start=WORD - 90), rules(), exact=True),
    "goes_round_and_nobody_resets": Kind(
        replace(IDLE, start=WORD - 90), rules(resettable=False), boot_tag=False, exact=True
    ),
    "cold_starts": Kind(replace(IDLE, start=WORD - 90, boots=0.08), rules()),
    "warm_starts": Kind(replace(IDLE, start=30_000, boots=0.08, retentive=True), rules()),
    "resets_by_hand": Kind(
        replace(IDLE, start=WORD - 90, resets=0.05), rules(resettable=True), boot_tag=False
    ),
    "stops_at_its_end": Kind(
        replace(IDLE, start=32_767 - 150, saturates_at=32_767, modulus=None, boots=0.05),
        CounterRules(max_rate=MAX_RATE, saturates_at=32_767),
    ),
}


def seen_as_fewer(moments: Sequence[Moment]) -> bool:
    """The one bound: a counter reset between two readings that has counted past its old value.

    `Doubt` and flags are silent then, where no boot counter tells.
    """
    return any(
        late.raw >= early.raw and late.raw - early.raw != late.made - early.made
        for at, early in enumerate(moments)
        for late in moments[at + 1 : at + 2 * STRIDE]
    )


async def settled(edge: EdgeHere) -> None:
    """What the machine shows now is recorded, as soon as it can be reached."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                await edge.read()
            except EquipmentUnreachable:
                await asyncio.sleep(0.02)
            else:
                return


async def delivered(
    moments: Sequence[Moment], device: Foreign, edge: EdgeHere, draw: Random
) -> None:
    """The device shows each moment; some are read, some in the midst of an outage."""
    cut, restart = draw.sample(range(5, STEPS - 5), 2)
    for at, moment in enumerate(moments[1:], 1):
        await device.show(good=moment.raw, boot=moment.boot)
        if at == cut:
            await device.drop()
        elif at == restart:
            await edge.restart()
        elif at % STRIDE == 0:
            await settled(edge)
    await settled(edge)


@pytest.mark.parametrize("name", DELIVERED_BY)
@pytest.mark.parametrize("kind", KINDS)
async def test_never_more_than_was_made_and_exact_unless_it_is_said(
    kind: str, name: str, shelf: Shelf, tmp_path: Path
) -> None:
    device, rule = await shelf.take(name), KINDS[kind]
    seed = crc32(f"{kind} {name}".encode())
    moments = trace(seed, STEPS, rule.machine)
    await device.show(good=moments[0].raw, boot=moments[0].boot, reject=0)
    path, config = tmp_path / "edge.db", device.config("press1")
    async with EdgeHere(config, path, counter=rule.counter, boot_tag=rule.boot_tag) as edge:
        await delivered(moments, device, edge, Random(seed))
        facts, made = edge.facts(), moments[-1].made
        recorded, doubtful = traces.recorded(facts), traces.doubtful(facts)
        assert recorded <= made, f"seed {seed}"
        if rule.exact:
            assert (recorded, doubtful) == (made, False), f"seed {seed}"
        elif not doubtful and not seen_as_fewer(moments):
            assert recorded == made, f"seed {seed}"
        if may_be_either(moments, rule):
            assert "rollover" not in edge.flags(), f"seed {seed}"
            assert "rollover_or_reset" in edge.quarantined(), f"seed {seed}"


def may_be_either(moments: Sequence[Moment], rule: Kind) -> bool:
    """Whether the counter went down near its end where a reset has to be reckoned with."""
    wraps = any(
        early.raw > late.raw > 0 and early.raw > WORD - 90 for early, late in pairwise(moments)
    )
    return wraps and rule.counter.resettable is True
