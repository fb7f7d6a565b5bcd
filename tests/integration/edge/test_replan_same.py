"""A plan without new facts is the same plan: real facts in the store, hours byte for byte."""

from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge.domain.pace import LevelRule, ReplanRules
from edge.execution.dispatch.replanning import Replanner
from tests.integration.edge.floor_on_store import MINUTE, SIX
from tests.integration.edge.replanned import HOUR, Planning, planning
from tests.unit.execution.floor_parts import definition, order, schedule


def hours(one: Planning, start: int) -> bytes:
    """The hours in force from `start` on, without the version that brought them."""
    rows: list[Any] = [
        (row.work_center, row.hour, row.label, row.order, row.operation, row.quantity, row.setup_s)
        for center in ("L1", "L2")
        for row in one.rows(center)
        if row.hour >= start
    ]
    return msgspec.json.encode(rows)


@pytest.mark.parametrize("cycle", ["2.5", "7"])
async def test_what_goes_as_planned_is_planned_the_same(tmp_path: Path, cycle: str) -> None:
    """Each hour brings its pieces to the one; plans at hours' starts and asked for amid hours."""
    made = definition()
    for operation in made.content["operations"]:
        operation["alternatives"][0]["cycle_s"] = cycle
    documents = (made, schedule(1, order("WO1", quantity=9_000)))
    async with planning(tmp_path, documents) as one:
        await one.start("WO1.10")
        first = {row.hour: row.quantity for row in one.rows()}
        for hour in range(5):
            at = SIX + (hour + 1) * HOUR
            expected = hours(one, at)
            one.here.clock.plant = at
            await one.makes("WO1.10", first[at - HOUR])
            await one.look()
            assert hours(one, at) == expected, f"at the start of hour {hour + 1}"
            one.replanner.wake()
            await one.look()
            assert hours(one, at) == expected, f"asked again in hour {hour + 1}"


@pytest.mark.parametrize("pitch", [None, 2 * HOUR])
async def test_a_level_plan_that_is_kept_stays_as_level(tmp_path: Path, pitch: int | None) -> None:
    """Monday brings its share, and the days after it theirs, though each hour is planned anew."""
    rules = ReplanRules(levels=(LevelRule(pitch=pitch, products=("HINGE",)),))
    wanted = order("WO1", quantity=9_000) | {"due": "2026-06-12T22:00:00+02:00"}
    documents = (definition(centers=("L1",)), schedule(1, wanted))

    def shares(one: Planning) -> Counter[int]:
        found: Counter[int] = Counter()
        for row in one.rows():
            found[(row.hour - SIX) // (24 * HOUR)] += row.quantity
        return found

    async with planning(tmp_path, documents, rules=rules) as one:
        await one.start("WO1.10")
        first = shares(one)
        assert len(first) == 5
        for hour in range(1, 9):
            at = SIX + hour * HOUR
            told = {row.hour: row.quantity for row in one.rows()}
            one.here.clock.plant = at
            await one.makes("WO1.10", told.get(at - HOUR, 0))
            await one.look()
            assert shares(one) == first, f"at the start of hour {hour}"
            one.replanner.wake()
            await one.look()
            assert shares(one) == first, f"asked again in hour {hour}"


async def test_an_edge_that_starts_again_plans_what_was_in_force(tmp_path: Path) -> None:
    documents = (definition(), schedule(1, order("WO1", quantity=9_000)))
    async with planning(tmp_path, documents) as one:
        await one.start("WO1.10")
        first = {row.hour: row.quantity for row in one.rows()}
        one.here.clock.plant = SIX + HOUR
        await one.makes("WO1.10", first[SIX])
        await one.look()
        expected, version = hours(one, SIX), one.replanner.plan.version
        one.here.clock.plant += MINUTE // 60
        again = Replanner(one.here.floor, one.replanner._planner)
        await again.look()
        assert hours(one, SIX) == expected
        assert again.plan.version == version
