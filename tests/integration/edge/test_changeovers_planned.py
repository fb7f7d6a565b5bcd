"""Change-over minutes of plant.toml on a real edge: planned, shown, promised, and judged once."""

import json
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge.domain.changeover import ChangeoverRule, Changeovers
from edge.domain.facts import Source, decode
from edge.domain.orders import HourInstruction
from edge.domain.recording import Document
from edge.execution.dispatch.replanning import Replanner
from edge.execution.promising.joining import join
from edge.planning.checking.check import check
from edge.planning.scenario.model import Scenario
from edge.planning.scenario.parse import parse
from edge.planning.scenario.writing import scenario_json
from edge.planning.solving import solve
from tests.integration.edge.floor_on_store import MINUTE
from tests.integration.edge.replanned import PlannerHere, Planning, planning
from tests.integration.edge.test_api import api
from tests.unit.execution.floor_parts import definition, order, schedule

PRODUCTS = ("HINGE-60", "BRACKET-90", "HINGE-80", "BRACKET-120")
CHANGES = Changeovers(
    rules=(
        ChangeoverRule(from_="any", to="any", minutes=30),
        ChangeoverRule(from_="hinge", to="hinge", minutes=2),
        ChangeoverRule(from_="bracket", to="bracket", minutes=2),
    )
)


def documents(due: str = "2026-06-08T11:00:00+02:00", quantity: int = 480) -> list[Document]:
    """One order of 20 minutes of each product, families by turns, all due together."""
    made = [definition(product, ("L1",)) for product in PRODUCTS]
    for one in made:
        content: Any = one.content
        content["family"] = one.id.split("-")[0].lower()
    orders = [
        {**order(f"WO{place}", place, quantity=quantity), "product": product, "due": due}
        for place, product in enumerate(PRODUCTS, start=1)
    ]
    return [*made, schedule(1, *orders)]


class Listening(PlannerHere):
    """The planner; it remembers what was asked."""

    def __init__(self) -> None:
        self.asked: list[Scenario] = []

    async def solve(self, scenario: Scenario, *, proofs: int | None = None) -> dict[str, Any]:
        self.asked.append(scenario)
        return await super().solve(scenario, proofs=proofs)


def changing(
    folder: Path,
    planner: PlannerHere | None = None,
    changes: Changeovers = CHANGES,
    made: Sequence[Document] = (),
) -> AbstractAsyncContextManager[Planning]:
    """A floor with such change-overs, and its first plan."""
    return planning(folder, made or documents(), changeovers=changes, planner=planner)


def sequence(one: Planning) -> list[str]:
    """The products of a work center in the order of the plan in force."""
    jobs = sorted(one.replanner.plan.jobs.values(), key=lambda job: job.start)
    return [PRODUCTS[int(job.order[2:]) - 1] for job in jobs]


def set_ups(one: Planning) -> dict[str, int]:
    """Seconds of set-up in the hours of each order."""
    found: dict[str, int] = {}
    for row in one.rows():
        found[row.order] = found.get(row.order, 0) + row.setup_s
    return found


async def test_families_are_made_together_and_hours_show_what_a_change_takes(
    tmp_path: Path,
) -> None:
    async with planning(tmp_path / "without", documents()) as one:
        assert set(set_ups(one).values()) == {300}
    async with changing(tmp_path / "with") as one:
        families = [product.split("-")[0] for product in sequence(one)]
        assert families in (["HINGE"] * 2 + ["BRACKET"] * 2, ["BRACKET"] * 2 + ["HINGE"] * 2)
        assert sorted(set_ups(one).values()) == [120, 120, 1800, 1800]
        changes = [row.change for row in one.rows() if row.change]
        assert {change.to_family for change in changes} == {"hinge", "bracket"}


async def test_what_stands_on_the_machine_is_known_after_a_restart_too(tmp_path: Path) -> None:
    async with changing(tmp_path) as one:
        await one.start("WO3.10")
        await one.makes("WO3.10", 480)
        floor = one.here.floor
        await floor.change(floor.job("WO3.10"), "complete", None, source=Source.SYSTEM, actor="t")
        planner = Listening()
        again = Replanner(floor, planner)
        one.at(60)
        await again.look()
        [center, _] = planner.asked[-1].work_centers
        assert center.initial_family == "hinge"
        alone = replace(planner.asked[-1], previous=(), previous_blocks=(), frozen_until=None)
        [first, *_] = [row for row in solve(alone)["hours"] if row["setup_s"]]
        assert (first["order"], first["setup_s"]) == ("WO1", 120)


async def test_a_job_in_set_up_keeps_what_is_left_of_its_change(tmp_path: Path) -> None:
    """Begun at 06:50 it has twenty of its thirty minutes to do when the hour is over; begun at
    06:10, none: the hour that runs has it."""
    planner = Listening()
    async with changing(tmp_path, planner) as one:
        floor = one.here.floor
        left = []
        for job, started in (("WO2.10", 10), ("WO1.10", 50)):
            one.at(started)
            await floor.change(floor.job(job), "start", None, source=Source.SYSTEM, actor="t")
            one.at(started + 1)
            one.replanner.wake()
            await one.look()
            [said] = [one for one in planner.asked[-1].actuals if one.running_on]
            left.append((said.order, said.setup_left_us))
            await floor.change(floor.job(job), "interrupt", None, source=Source.SYSTEM, actor="t")
        assert left == [("WO2", 0), ("WO1", 20 * MINUTE)]


async def test_the_standard_of_a_start_is_what_was_planned(tmp_path: Path) -> None:
    """So a change-over as planned is no loss, and what goes beyond it is one."""
    async with changing(tmp_path) as one:
        first = min(one.replanner.plan.jobs.values(), key=lambda job: job.start)
        planned = set_ups(one)[first.order]
        await one.start(f"{first.order}.10")
        facts = [decode(row.data) for row in one.here.store.reader.facts_after(0, 500)]
        [standard] = [one.body["changeover"] for one in facts if "changeover" in one.body]
        assert isinstance(standard, dict)
        assert standard["standard_s"] == planned == 1800


async def test_a_plan_that_is_made_again_keeps_the_changes(tmp_path: Path) -> None:
    """At seven the first job is made as planned; at eight the next change-over has been made."""
    async with changing(tmp_path) as one:
        before = one.rows()
        floor = one.here.floor
        await one.start("WO1.10")
        one.at(59)
        await one.makes("WO1.10", 480)
        await floor.change(floor.job("WO1.10"), "complete", None, source=Source.SYSTEM, actor="t")
        one.at(60)
        await one.look()
        assert [_plain(row) for row in one.rows()] == [_plain(row) for row in before]
        await one.start("WO3.10")
        one.at(90)
        await one.makes("WO3.10", 480)
        await floor.change(floor.job("WO3.10"), "complete", None, source=Source.SYSTEM, actor="t")
        await floor.change(floor.job("WO2.10"), "start", None, source=Source.SYSTEM, actor="t")
        one.at(120)
        await one.look()
        assert [row for row in map(_plain, one.rows()) if row.setup_s] == [
            row for row in map(_plain, before) if row.setup_s
        ]


def _plain(row: HourInstruction) -> HourInstruction:
    """An hour whatever version of the plan it is of."""
    return replace(row, plan=0)


rules = st.lists(
    st.builds(
        ChangeoverRule,
        from_=st.sampled_from(["any", "hinge", "bracket", *PRODUCTS]),
        to=st.sampled_from(["any", "hinge", "bracket", *PRODUCTS]),
        minutes=st.integers(0, 45),
    ),
    min_size=1,
    max_size=5,
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rules, st.permutations(PRODUCTS))
async def test_the_plan_is_that_of_the_scenario_written_out(
    said: Sequence[ChangeoverRule], turns: Sequence[str]
) -> None:
    made = documents()
    for row, product in zip(made[-1].content["orders"], turns, strict=True):
        row["product"] = product
    with TemporaryDirectory() as folder:
        planner, changes = Listening(), Changeovers(rules=tuple(said))
        async with changing(Path(folder), planner, changes, made) as one:
            scenario = planner.asked[-1]
            written = parse(json.loads(json.dumps(scenario_json(scenario))))
            here, there = solve(scenario), solve(written)
            assert here == there
            assert not list(check(written, there))
            stored = one.here.store.reader.plan()
            assert stored is not None
            assert stored.schedule["blocks"] == there["blocks"]
            assert stored.schedule["hours"] == there["hours"]


async def test_a_promise_takes_the_change_that_the_plan_will_take(tmp_path: Path) -> None:
    """Behind hinges another hinge is set up for in two minutes, a bracket in thirty."""
    made = documents()
    made[-1] = schedule(1, {**order("WO1", quantity=480), "product": "HINGE-60"})
    async with changing(tmp_path, made=made) as one, api(one.here) as client:
        join(one.here.rooms, one.replanner, one.here.floor)
        setups = {}
        for product in ("HINGE-80", "BRACKET-90"):
            body = {"actor": "sales", "product": product, "quantity": 48, "reserve_s": 3600}
            answer = await client.post(
                "/api/v1/promises", json=body, headers={"Idempotency-Key": product}
            )
            assert answer.is_success, answer.text
            found = answer.json()
            setups[product] = found["work_centers"][0]["setup_s"]
            one.replanner.wake()
            await one.look()
            [*_, held] = sorted(one.replanner.plan.promised, key=lambda job: job.start)
            assert held.end <= found["date"]
        assert setups == {"HINGE-80": 120, "BRACKET-90": 1800}
        await one.here.rooms.promises.finding.adviser.close()
