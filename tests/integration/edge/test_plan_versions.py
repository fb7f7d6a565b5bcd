"""Versions of the plan: what moves too much asks, people decide, the past and the frozen stay."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from edge.domain.facts import Source
from edge.domain.instructions import BLANK
from edge.domain.plan_versions import ReleaseRules
from edge.domain.recording import Document
from edge.execution.dispatch.releasing import MadePlan, Outcome
from edge.execution.dispatch.replanning import Replanner
from edge.execution.dispatch.triggers import DOCUMENTS
from tests.contract.fact_schema import check
from tests.integration.edge.floor_on_store import MINUTE, SIX, Site, site
from tests.integration.edge.replanned import HOUR, PlannerHere
from tests.integration.edge.test_api import API, act, api
from tests.integration.edge.test_replanning import counted
from tests.unit.execution.floor_parts import definition, order, schedule

AT_ONCE = "2026-06-08T08:00:00+02:00"
EARLY, LATER = "2026-06-08T14:00:00+02:00", "2026-06-10T14:00:00+02:00"
WITH_TABLES = ("plan_version", "plan_proposal", "plan_told", "plan_seen", "unfreezing")


def month(revision: int, first: str, quantity: int = 3_000) -> Document:
    """An order that is begun and two more, of which `first` is due first."""
    orders = [order("WO1", 1, quantity), order("WO2", 2, quantity)]
    return schedule(
        revision,
        order("WO0", 9, 4_000) | {"due": AT_ONCE},
        *({**one, "due": EARLY if one["id"] == first else LATER} for one in orders),
    )


@dataclass
class Planner:
    """A site whose plans ask whatever they move."""

    here: Site
    replanner: Replanner
    client: httpx.AsyncClient

    async def due_first(self, revision: int, first: str) -> None:
        """The ERP wants that order first now, and it is planned again."""
        await self.here.take(month(revision, first))
        await self.replanner.replan(documents=True)

    async def got(self, path: str) -> Any:
        answer = await self.client.get(f"{API}{path}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def stored(self, below: int = SIX + 10**15) -> list[bytes]:
        """What is in force of hours before `below`, as it lies in the store."""
        sql = "SELECT * FROM hour_instruction WHERE hour < ? ORDER BY hour, work_center, position"
        rows = self.here.store.rows.query(sql, (below,))
        return [repr(tuple(row)).encode() for row in rows]

    @property
    def version(self) -> int:
        return self.replanner.plan.version


@asynccontextmanager
async def planner(
    folder: Path, ask_above_s: int = 0, frozen_hours: int = 0
) -> AsyncIterator[Planner]:
    documents = (definition(), month(1, "WO1"))
    async with site(folder, documents=documents) as here, api(here) as client:
        rules = ReleaseRules(ask_above_s=ask_above_s, keep=3, frozen_hours=frozen_hours)
        releasing = here.rooms.plans.releasing
        releasing.rules = rules
        replanner = Replanner(here.floor, PlannerHere(), releasing=releasing)
        here.rooms.plans.wake = replanner.wake
        yield Planner(here, replanner, client)


async def test_what_moves_little_is_released_by_the_edge_and_says_why(tmp_path: Path) -> None:
    async with planner(tmp_path, ask_above_s=10**6) as it:
        await it.replanner.replan(documents=True)
        await it.due_first(2, "WO2")
        items = (await it.got("/plan/versions"))["items"]
        assert [one["plan"] for one in items] == [2, 1]
        last = items[0]
        assert (last["replaces"], last["released_by"], last["proposal"]) == (1, None, None)
        assert last["why"]["code"].startswith("plan.")
        assert last["as_of"] < last["seq"]
        # Of each work center one of the two changes its place.
        assert last["difference"]["moved"] == 2
        assert last["moved_s"] == last["difference"]["moved_s"] > 0
        assert items[1]["difference"] is None
        found = await it.got("/plan/difference?from=1&to=2")
        assert found["moved_s"] == last["moved_s"]
        assert any(one["code"] == "plan.moved_order" for one in found["words"])
        assert {one["order"] for one in found["hours"]} >= {"WO1", "WO2"}
        assert (await it.got("/plan/difference"))["hours"] == found["hours"]
        whole = await it.got("/plan/versions/2")
        assert whole["schedule"]["input_hash"] == whole["input_hash"]
        assert (await it.client.get(f"{API}/plan/versions/9")).status_code == 404


async def test_what_moves_more_waits_and_is_released_by_a_person(tmp_path: Path) -> None:
    async with planner(tmp_path) as it:
        await it.replanner.replan(documents=True)
        before = it.stored()
        await it.due_first(2, "WO2")
        found = await it.got("/plan")
        # What is in force has the new dates, and moves nothing.
        assert (it.version, found["version"]["difference"]["moved"]) == (2, 0)
        assert it.stored(SIX + HOUR) == [one for one in before if one in it.stored(SIX + HOUR)]
        waiting = found["proposal"]
        assert (waiting["proposal"], waiting["base"], waiting["state"]) == (1, 2, "open")
        shown = await it.got("/plan/proposals/1")
        assert {one["how"] for one in shown["changes"]["moved"]} == {"sequence"}

        done = await act(it.client, "/plan/proposals/1/release", "k1", note="the customer waits")
        assert done.status_code == 201, done.text
        assert it.version == 3
        assert it.stored(SIX + HOUR) == [one for one in before if one in it.stored(SIX + HOUR)]
        last = (await it.got("/plan/versions"))["items"][0]
        assert (last["released_by"], last["proposal"]) == ("ann", 1)
        decided = (await it.got("/plan/proposals"))["items"][0]
        assert (decided["state"], decided["decided_by"], decided["plan"]) == ("released", "ann", 3)

        again = await act(it.client, "/plan/proposals/1/release", "k1", note="the customer waits")
        assert (again.status_code, again.json()["seq"]) == (201, done.json()["seq"])
        late = await act(it.client, "/plan/proposals/1/release", "k2")
        assert (late.status_code, late.json()["code"]) == (409, "plan.decided")
        assert late.json()["detail"] == "proposal 1 is released (ann)"
        assert it.version == 3
        await it.replanner.look()
        assert (await it.got("/plan"))["proposal"] is None


async def test_the_plan_in_force_is_kept_level_while_another_one_waits(tmp_path: Path) -> None:
    async with planner(tmp_path) as it:
        await it.replanner.replan(documents=True)
        await it.due_first(2, "WO2")

        def sequence() -> list[str]:
            jobs = it.replanner.plan.jobs.values()
            return [one.order for one in sorted(jobs, key=lambda one: one.start)]

        def planned(order_id: str) -> int:
            rows = it.here.store.reader.instructions("L1", SIX + HOUR, 2**60)
            return sum(one.quantity for one in rows if one.order == order_id)

        before = sequence()
        await it.here.record(counted("WO0.10", 300, SIX))
        it.here.clock.plant = SIX + HOUR + MINUTE
        await it.replanner.replan(documents=False)
        found = await it.got("/plan")
        assert found["version"]["plan"] == it.version == 3
        assert found["version"]["difference"]["moved"] == 0
        assert sequence() == before
        assert planned("WO0") == 4_000 - 300
        assert planned("WO2") == 3_000
        # The one that waits is made anew for the hours after the one that runs, against this one.
        assert (found["proposal"]["proposal"], found["proposal"]["base"]) == (2, 3)
        assert (await act(it.client, "/plan/proposals/2/release", "k1")).is_success
        assert sequence() != before
        # What the hour that runs still owes counts as made; what is missing comes with the next.
        assert planned("WO2") == 3_000


async def test_what_was_discarded_is_not_asked_again(tmp_path: Path) -> None:
    async with planner(tmp_path) as it:
        await it.replanner.replan(documents=True)
        await it.due_first(2, "WO2")
        gone = await act(it.client, "/plan/proposals/1/discard", "k1", note="both are late anyway")
        assert gone.status_code == 201, gone.text
        it.here.clock.advance(10 * 60)
        await it.replanner.replan(documents=True)
        found = await it.got("/plan")
        assert found["proposal"] is None
        assert [one["moved_s"] for one in (await it.got("/plan/versions"))["items"][:-1]] == [0, 0]
        it.here.clock.plant = SIX + HOUR + MINUTE
        await it.replanner.replan(documents=False)
        assert (await it.got("/plan"))["proposal"] is None


async def test_an_open_proposal_goes_on_while_it_says_the_same_and_is_replaced_with_the_hour(
    tmp_path: Path,
) -> None:
    async with planner(tmp_path) as it:
        await it.replanner.replan(documents=True)
        await it.due_first(2, "WO2")
        it.here.clock.advance(10 * 60)
        await it.replanner.replan(documents=True)
        assert (await it.got("/plan"))["proposal"]["proposal"] == 1
        it.here.clock.plant = SIX + HOUR + MINUTE
        old = await act(it.client, "/plan/proposals/1/release", "k1")
        assert (old.status_code, old.json()["code"]) == (409, "plan.proposal_old")
        await it.replanner.look()
        states = {
            one["proposal"]: one["state"] for one in (await it.got("/plan/proposals"))["items"]
        }
        assert states == {1: "overtaken", 2: "open"}
        assert (await it.got("/plan"))["proposal"]["valid_from"] == SIX + 2 * HOUR


async def test_what_the_edge_asked_is_closed_once_it_would_not_ask_any_more(
    tmp_path: Path,
) -> None:
    async with planner(tmp_path) as it:
        await it.replanner.replan(documents=True)
        await it.due_first(2, "WO2")
        plan = it.here.store.reader.plan()
        assert plan is not None
        same = MadePlan(
            schedule=plan.schedule,
            valid_from=SIX + HOUR,
            trigger=DOCUMENTS,
            made_at=it.here.clock.now(),
            as_of=0,
            base=plan.version,
        )
        assert await it.replanner.releasing.offer(same) is Outcome.SAME
        [one] = (await it.got("/plan/proposals"))["items"]
        assert one["state"] == "overtaken"
        late = await act(it.client, "/plan/proposals/1/release", "k1")
        assert (late.status_code, late.json()["code"]) == (409, "plan.decided")
        assert late.json()["detail"] == "proposal 1 is replaced by a later plan"


async def test_what_is_released_is_of_what_is_left_when_it_is_released(tmp_path: Path) -> None:
    """A proposal goes on while it moves the same: what came since is in the version all the same,
    in its places."""
    async with planner(tmp_path) as it:
        await it.replanner.replan(documents=True)
        await it.due_first(2, "WO2")
        floor = it.here.floor
        await floor.change(floor.job("WO0.10"), "start", None, source=Source.SYSTEM, actor="t")
        it.here.clock.advance(5 * 60)
        await floor.change(floor.job("WO0.10"), "run", None, source=Source.SYSTEM, actor="t")
        content = month(3, "WO2").content
        third = order("WO3", 3, 700) | {"due": LATER}
        await it.here.take(schedule(3, *content["orders"], third))
        it.here.clock.advance(5 * 60)
        made = replace(counted("WO0.10", 120, SIX), occurred_at=it.here.clock.now())
        await it.here.record(made)
        await it.replanner.replan(documents=True)
        assert (await it.got("/plan"))["proposal"]["proposal"] == 1
        done = await act(it.client, "/plan/proposals/1/release", "k1")
        assert done.status_code == 201, done.text
        version = it.version
        rows = it.here.store.reader.instructions("L1", SIX + HOUR, 2**60)
        planned: dict[str, int] = {}
        for row in rows:
            planned[row.order] = planned.get(row.order, 0) + row.quantity
        owed = 1_080 - 120  # by the hour that runs: its 40 minutes are just enough for them
        assert planned == {"WO0": 4_000 - 120 - owed, "WO1": 3_000, "WO2": 3_000, "WO3": 700}
        jobs = it.replanner.plan.jobs
        assert jobs["WO2.10"].start < jobs["WO1.10"].start
        released = it.here.store.reader.plan()
        assert released is not None
        assert {one["id"] for one in released.schedule["orders"]} == planned.keys()
        await it.replanner.look()
        assert it.version == version, "it was level already"


async def test_two_people_who_release_two_proposals_do_not_both_get_their_way(
    tmp_path: Path,
) -> None:
    async with planner(tmp_path) as it:
        await it.replanner.replan(documents=True)
        await it.due_first(2, "WO2")
        it.here.clock.advance(5 * 60)
        await it.here.take(
            schedule(
                3,
                order("WO1", 1, 3_000) | {"due": LATER},
                order("WO2", 2, 3_000) | {"due": LATER},
                order("WO3", 3, 500) | {"due": EARLY},
                order("WO0", 9, 4_000) | {"due": AT_ONCE},
            )
        )
        await it.here.take(month(4, "WO2"))
        await it.replanner.replan(documents=True)
        number = (await it.got("/plan"))["proposal"]["proposal"]
        answers = await asyncio.gather(
            act(it.client, f"/plan/proposals/{number}/release", "k1", actor="ann"),
            act(it.client, f"/plan/proposals/{number}/release", "k2", actor="bob"),
            act(it.client, f"/plan/proposals/{number}/discard", "k3", actor="cid"),
        )
        assert sorted(one.status_code for one in answers) == [201, 409, 409]
        stale = await act(it.client, f"/plan/proposals/{number + 7}/release", "k4")
        assert stale.status_code == 404


async def test_an_edge_that_dies_with_an_open_proposal_has_it_when_it_comes_back(
    tmp_path: Path,
) -> None:
    (tmp_path / "live").mkdir()
    async with planner(tmp_path / "live") as it:
        await it.replanner.replan(documents=True)
        await it.due_first(2, "WO2")
        shutil.copytree(tmp_path / "live", tmp_path / "dead")  # as a kill leaves it
        await act(it.client, "/plan/proposals/1/release", "k1")
        shutil.copytree(tmp_path / "live", tmp_path / "released")
    async with planner(tmp_path / "dead") as it:
        assert it.version == 2
        assert (await it.got("/plan"))["proposal"]["proposal"] == 1
        done = await act(it.client, "/plan/proposals/1/release", "k1")
        assert done.status_code == 201, done.text
        assert it.version == 3
    async with planner(tmp_path / "released") as it:
        assert it.version == 3
        again = await act(it.client, "/plan/proposals/1/release", "k1")
        assert again.status_code == 201
        assert (await it.got("/plan/versions"))["items"][0]["plan"] == it.version == 3


async def test_plans_made_anew_from_the_facts_are_the_same_and_facts_are_as_written(
    tmp_path: Path,
) -> None:
    async with planner(tmp_path) as it:
        await it.replanner.replan(documents=True)
        for revision, first in ((2, "WO2"), (3, "WO1"), (4, "WO2")):
            await it.due_first(revision, first)
            if waiting := (await it.got("/plan"))["proposal"]:
                path = f"/plan/proposals/{waiting['proposal']}/release"
                assert (await act(it.client, path, f"k{revision}")).is_success
            it.here.clock.advance(3600)
            await it.replanner.replan(documents=False)
        await act(
            it.client,
            "/plan/unfreeze",
            "u1",
            work_centers=["L1"],
            until=SIX + 9 * HOUR,
            note="down",
        )

        def tables() -> dict[str, list[Any]]:
            names = (*WITH_TABLES, "hour_instruction")
            rows = {name: it.here.store.rows.query(f"SELECT * FROM {name}") for name in names}
            return {name: sorted(map(tuple, found)) for name, found in rows.items()}

        kept = it.here.store.rows.query("SELECT version, whole FROM plans ORDER BY version")
        assert len(kept) > 3
        before = tables()
        assert before["plan_version"]
        await it.here.store.rebuild()
        assert tables() == before
        for fact in it.here.store.reader.facts_after(0, 500):
            if fact.kind.startswith(("plan_", "instruction_")):
                check(fact.data)


async def test_frozen_hours_stay_to_the_byte_unless_a_supervisor_unfreezes_them(
    tmp_path: Path,
) -> None:
    async with planner(tmp_path, ask_above_s=10**6, frozen_hours=2) as it:
        await it.replanner.replan(documents=True)
        window = it.stored(SIX + 3 * HOUR)
        await it.due_first(2, "WO2")
        assert it.version == 2
        assert it.stored(SIX + 3 * HOUR) == window
        assert {one.plan for one in it.here.store.reader.instructions("L1", SIX + 3 * HOUR, 2**60)}

        await it.here.record(counted("WO0.10", 40, SIX))
        body = {"work_centers": ["L1"], "until": SIX + 2 * HOUR, "note": "the press is down"}
        done = await act(it.client, "/plan/unfreeze", "k1", **body)
        assert done.status_code == 201, done.text
        assert (await it.got("/plan"))["unfrozen"][0]["note"] == "the press is down"
        await it.replanner.look()
        assert it.version == 3
        rows = it.here.store.reader.instructions("L1", SIX, SIX + 3 * HOUR)
        # What was made in the hour stays, what was unfrozen is asked no more, the rest is kept.
        assert [(one.hour, one.quantity) for one in rows if one.hour < SIX + 2 * HOUR] == [
            (SIX, 40)
        ]
        kept = [one for one in window if b"L1" in one and str(SIX + 2 * HOUR).encode() in one]
        assert [one.plan for one in rows if one.hour == SIX + 2 * HOUR] == [1] * len(kept)
        others = [one for one in window if b"'L2'" in one]
        assert [one for one in it.stored(SIX + 3 * HOUR) if b"'L2'" in one] == others
        total = sum(
            one.quantity
            for one in it.here.store.reader.instructions("L1", SIX, 2**60)
            if one.order == "WO0"
        )
        assert total == 4_000
        last = (await it.got("/plan/versions"))["items"][0]
        assert "plan.because_unfrozen" in str(last["why"])
        # Nothing new is put into them, and a machine that is free gets the first of the order.
        first = it.replanner.next_job("L1")
        assert first is not None
        assert first.id == it.replanner.next_jobs("L1")[0].id
        again = len((await it.got("/plan/versions"))["items"])
        await it.replanner.replan(documents=True)
        assert len((await it.got("/plan/versions"))["items"]) == again
        past = await act(
            it.client, "/plan/unfreeze", "k2", work_centers=["L1"], until=SIX, note="late"
        )
        assert past.status_code == 422


async def test_an_order_of_another_product_does_not_keep_its_old_hours(tmp_path: Path) -> None:
    """WO1 becomes a bolt, made the other way round, WO2 is due first now, and five orders are new.
    All of that moves more than an hour and waits; what is in force knows it all the same."""
    bolt = replace(definition("BOLT", ("L2", "L1")), position=2)
    async with planner(tmp_path, ask_above_s=3_600) as it:
        await it.here.take(bolt)
        await it.replanner.replan(documents=True)
        first = it.version
        orders = month(2, "WO2").content["orders"]
        others = [order(f"WO{number}", number, 300) | {"due": LATER} for number in range(10, 15)]
        changed = [one | {"product": "BOLT"} if one["id"] == "WO1" else one for one in orders]
        await it.here.take(schedule(2, *changed, *others))
        await it.replanner.replan(documents=True)
        assert it.version > first
        assert it.replanner.problem == ""
        later = it.here.store.rows.query(
            "SELECT DISTINCT work_center, operation FROM hour_instruction"
            " WHERE order_id = 'WO1' AND hour >= ? ORDER BY operation",
            (SIX + HOUR,),
        )
        assert [tuple(row) for row in later] == [("L2", 10), ("L1", 20)]
        planned = {job.order for job in it.replanner.plan.jobs.values()}
        assert planned >= {"WO0", "WO2", *(one["id"] for one in others)}
        assert (await it.got("/plan"))["proposal"] is not None


@pytest.mark.parametrize("is_blank", [False, True], ids=["papers", "no papers"])
async def test_a_plan_that_cannot_be_kept_level_says_so(tmp_path: Path, is_blank: bool) -> None:
    """Its order of work is not to be had any more, which moves more than may be without asking;
    also where hours of before do not say what product they are of."""

    class Unwilling(PlannerHere):
        """Plans as it likes what is to be followed."""

        async def solve(self, scenario: Any, **more: Any) -> Any:
            return await super().solve(replace(scenario, follow=()), **more)

    async with planner(tmp_path) as it:
        await it.replanner.replan(documents=True)
        it.replanner._planner = Unwilling()
        releasing = it.replanner.releasing
        if is_blank:
            assert releasing._before is not None
            releasing._before = replace(
                releasing._before, papers=dict.fromkeys(releasing._before.papers, BLANK)
            )
        await it.due_first(2, "WO2")
        (said,) = it.replanner.remarks
        assert said.said.code == "plan.not_level"
        assert (await it.got("/plan"))["proposal"] is not None


async def test_the_first_version_is_compared_with_none(tmp_path: Path) -> None:
    async with planner(tmp_path) as it:
        await it.replanner.replan(documents=True)
        answer = await it.client.get(f"{API}/plan/difference")
        assert answer.status_code == 404
        assert answer.json()["code"] == "plan.first"
