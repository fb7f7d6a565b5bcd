"""Planned scrap on a floor: what jobs want, what hours ask, and what the ERP is asked about it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from edge.domain.facts import Source
from edge.domain.recording import Document
from tests.integration.edge.floor_on_store import SIX, site
from tests.integration.edge.replanned import planning
from tests.unit.execution.floor_parts import count, definition, order, schedule


def losing(percent: str) -> Document:
    """Two operations; of the second so many percent are planned to be scrap."""
    whole = definition()
    content: dict[str, Any] = {**whole.content}
    first, second = content["operations"]
    content["operations"] = [first, {**second, "planned_scrap_percent": percent}]
    return replace(whole, content=content)


async def test_jobs_and_hours_want_what_is_planned_to_be_lost(tmp_path: Path) -> None:
    documents = (losing("2"), schedule(1, order("WO1", quantity=1_000)))
    async with planning(tmp_path, documents) as one:
        jobs = one.here.floor.register.jobs
        assert {id_: job.quantity for id_, job in jobs.items()} == {
            "WO1.10": 1_021,
            "WO1.20": 1_000,
        }
        asked = {
            center: (sum(row.quantity for row in rows), sum(row.good for row in rows))
            for center in ("L1", "L2")
            if (rows := one.rows(center))
        }
        assert asked == {"L1": (1_021, 1_021), "L2": (1_021, 1_000)}


async def test_scrap_as_planned_makes_no_plan_and_scrap_beyond_it_does(tmp_path: Path) -> None:
    documents = (losing("20"), schedule(1, order("WO1", quantity=2_000)))
    async with planning(tmp_path, documents) as one:
        one.at(11)
        await one.makes("WO1.20", 800, center="L2")
        await one.makes("WO1.20", 200, center="L2", role="scrap")
        await one.look()
        assert "plan.because_scrap" not in one.why
        one.at(12)
        await one.makes("WO1.20", 400, center="L2", role="scrap")
        await one.look()
        assert "plan.because_scrap" in one.why
        left = 2_000 - 800
        hours = [row for row in one.rows("L2") if row.plan == one.replanner.plan.version]
        assert hours[0].hour > SIX
        kept = sum(row.good for row in one.rows("L2") if row.plan != one.replanner.plan.version)
        assert sum(row.good for row in hours) in {left - kept, left}


async def test_more_pieces_at_an_early_operation_are_not_too_many(tmp_path: Path) -> None:
    documents = (losing("2"), schedule(1, order("WO1", quantity=1_000)))
    async with site(tmp_path, documents=documents) as here:
        register = here.floor.register
        await here.floor.change(
            register.jobs["WO1.10"], "start", None, source=Source.SYSTEM, actor="t"
        )
        await here.record(count("WO1.10", 1_010, "L1"))
        await here.take(schedule(2, order("WO1", quantity=1_000)))
        assert list(register.questions) == []
        await here.take(schedule(3, order("WO1", quantity=500)))
        (asked,) = register.questions
        assert (asked.made, asked.wanted, asked.was) == (989, 500, 1_000)
        assert register.jobs["WO1.10"].quantity == 511
