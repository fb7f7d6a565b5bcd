"""The month becomes hours on a real store with the real planner: releases, re-plans, freezes."""

from pathlib import Path
from typing import Any

from edge.domain.facts import FactDraft, Source, decode
from edge.domain.orders import HourInstruction
from edge.execution.dispatch.replanning import Replanner
from edge.planning.scenario.model import Scenario
from edge.planning.solving import solve
from tests.integration.edge.floor_on_store import MINUTE, SIX, Site, site
from tests.unit.execution.floor_parts import count, definition, order, schedule

HOUR = 60 * MINUTE


class PlannerHere:
    """The real planner without its process."""

    async def solve(self, scenario: Scenario, *, proofs: int | None = None) -> dict[str, Any]:
        return solve(scenario, proofs=proofs)


def instructions(here: Site, work_center: str = "L1") -> list[HourInstruction]:
    return list(here.store.reader.instructions(work_center, SIX, SIX + 40 * 24 * HOUR))


def total(rows: list[HourInstruction], order_id: str) -> int:
    return sum(row.quantity for row in rows if row.order == order_id)


def counted(job: str, quantity: int, hour: int) -> FactDraft:
    made = count(job, quantity)
    return FactDraft(**{**vars(made), "body": {**made.body, "hour": hour}})


async def test_the_first_plan_begins_now_and_its_hours_add_up_to_the_order(tmp_path: Path) -> None:
    documents = (definition(), schedule(1, order("WO1", quantity=5_000)))
    async with site(tmp_path, documents=documents) as here:
        replanner = Replanner(here.floor, PlannerHere())
        await replanner.replan(documents=True)
        rows = instructions(here)
        assert total(rows, "WO1") == 5_000
        # 06:10 to 07:00, less 300 s to set up, at 2.5 s a piece.
        assert rows[0].quantity == (50 * 60 - 300) * 2 // 5
        assert {row.plan for row in rows} == {1}
        assert replanner.next_jobs("L1")[0].id == "WO1.10"
        start, end = replanner.planned(here.floor.job("WO1.20")) or (0, 0)
        assert SIX < start < end


async def test_made_and_left_add_up_to_the_order_after_each_hour(tmp_path: Path) -> None:
    """Hours that are past stay as released; what is left is level again, whatever was made."""
    documents = (definition(), schedule(1, order("WO1", quantity=5_000)))
    async with site(tmp_path, documents=documents) as here:
        replanner = Replanner(here.floor, PlannerHere())
        await replanner.replan(documents=True)
        await here.floor.change(
            here.floor.job("WO1.10"),
            "start",
            None,
            source=Source.SYSTEM,
            actor="t",
        )
        made, hour = 0, SIX
        for pieces in (900, 1_300, 0, 1_500):
            before = [row for row in instructions(here) if row.hour <= hour]
            await here.record(counted("WO1.10", pieces, hour))
            made, hour = made + pieces, hour + HOUR
            here.clock.plant = hour + MINUTE  # a re-plan is never exactly on the hour
            await here.record(counted("WO1.10", 7, hour))
            await replanner.replan(documents=False)
            rows = instructions(here)
            assert [row for row in rows if row.hour < hour] == before
            assert made + total([row for row in rows if row.hour >= hour], "WO1") == 5_000
            made += 7
        assert replanner.plan.version == 5


async def test_documents_in_the_middle_of_an_hour_leave_that_hour_as_it_is(tmp_path: Path) -> None:
    documents = (definition(), schedule(1, order("WO1", quantity=5_000)))
    async with site(tmp_path, documents=documents) as here:
        replanner = Replanner(here.floor, PlannerHere())
        await replanner.replan(documents=True)
        first = [row for row in instructions(here) if row.hour == SIX]
        here.clock.advance(20 * 60)
        urgent = order("WO0", 9, quantity=100) | {"due": "2026-06-08T14:00:00+02:00"}
        await here.take(schedule(2, order("WO1", quantity=5_000), urgent))
        await replanner.replan(documents=True)
        rows = instructions(here)
        assert [row for row in rows if row.hour == SIX] == first
        assert total([row for row in rows if row.hour > SIX], "WO0") == 100
        assert {row.plan for row in rows if row.hour > SIX} == {2}


async def test_a_bad_routing_is_named_and_holds_no_other_order(tmp_path: Path) -> None:
    lost = definition("LOST", ("L1", "L9"))
    documents = (
        definition(),
        lost,
        schedule(
            1,
            order("WO1"),
            order("WO2", 2) | {"product": "LOST"},
            order("WO3", 3) | {"product": "NONE"},
        ),
    )
    async with site(tmp_path, documents=documents) as here:
        replanner = Replanner(here.floor, PlannerHere())
        await replanner.replan(documents=True)
        assert total(instructions(here), "WO1") == 100
        assert total(instructions(here), "WO2") == 0
        assert "order WO2: operation 20" in replanner.problem
        assert "order WO3: no definition of NONE/A" in replanner.problem


async def test_a_release_is_a_fact_with_the_forecast_of_each_order(tmp_path: Path) -> None:
    async with site(tmp_path) as here:
        await Replanner(here.floor, PlannerHere()).replan(documents=True)
        facts = [decode(one.data) for one in here.store.reader.facts_after(0, 1000)]
        [released] = [fact for fact in facts if fact.kind == "plan_released"]
        assert {one["id"] for one in released.body["orders"]} == {"WO1", "WO2"}
        assert all(one["completion"] > SIX for one in released.body["orders"])
        assert released.body["valid_from"] == SIX


async def test_no_job_is_started_before_its_release_or_outside_of_working_time(
    tmp_path: Path,
) -> None:
    later = {**order("WO1"), "release": "2026-06-08T08:00:00+02:00"}
    async with site(tmp_path, documents=(definition(), schedule(1, later))) as here:
        replanner = Replanner(here.floor, PlannerHere())
        await replanner.replan(documents=True)
        for minutes, startable in ((119, False), (120, True), (245, False), (271, True)):
            here.clock.plant = SIX + minutes * MINUTE  # a break begins at 240
            assert bool(replanner.next_job("L1")) is startable, minutes


async def test_a_plan_that_new_documents_overtook_is_dropped_and_made_again(
    tmp_path: Path,
) -> None:
    class Overtaken(PlannerHere):
        """New documents come while the first plan is made."""

        async def solve(self, scenario: Scenario, *, proofs: int | None = None) -> dict[str, Any]:
            if here.store.reader.downlink_position() == 2:
                await here.take(schedule(2, order("WO1", quantity=700)))
            return await super().solve(scenario, proofs=proofs)

    documents = (definition(), schedule(1, order("WO1", quantity=5_000)))
    async with site(tmp_path, documents=documents) as here:
        replanner = Replanner(here.floor, Overtaken())
        await replanner.replan(documents=True)
        assert (replanner.plan.version, instructions(here)) == (0, [])
        await replanner.replan(documents=True)
        assert total(instructions(here), "WO1") == 700
