"""Other papers are another plan: a revision that changed comes to the machine with its drawings."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from edge.domain.orders import HourInstruction
from edge.domain.recording import Document
from edge.execution.dispatch.replanning import Replanner
from terminal_ui.rooms import news
from tests.contract.fact_schema import check
from tests.integration.edge.floor_on_store import SIX, site
from tests.integration.edge.replanned import HOUR, PlannerHere
from tests.integration.edge.test_api import act, api
from tests.integration.edge.test_instructions import hinge
from tests.integration.edge.test_plan_room import sight
from tests.integration.edge.test_plan_versions import Planner
from tests.unit.execution.floor_parts import order, schedule

FAR = SIX + 10 * 24 * HOUR


def drawing(revision: str) -> list[dict[str, str]]:
    return [{"id": "DRW-7", "revision": revision, "title": "Hinge"}]


def orders(number: int, revision: str) -> Document:
    """Two orders; the second one is to be made by that revision."""
    second = order("WO2", 2, 500) | {"product_revision": revision}
    return schedule(number, order("WO1", quantity=4_000), second)


@asynccontextmanager
async def planned(folder: Path) -> AsyncIterator[Planner]:
    """A site whose plan, by revision A, was seen at L1."""
    documents = (hinge(), hinge("B", position=2, documents=drawing("D")), orders(1, "A"))
    async with site(folder, documents=documents) as here, api(here) as client:
        releasing = here.rooms.plans.releasing
        it = Planner(here, Replanner(here.floor, PlannerHere(), releasing=releasing), client)
        await it.replanner.replan(documents=True)
        await it.replanner.replan(documents=True)
        await act(client, "/work-centers/L1/acknowledge", "k1", plan=it.version)
        yield it


def rows(it: Planner, order_id: str) -> list[HourInstruction]:
    found = it.here.store.reader.instructions("L1", SIX + HOUR, FAR)
    return [one for one in found if one.order == order_id]


def by(row: HourInstruction) -> tuple[str, list[str]]:
    """The revision and the drawings that an hour is made by."""
    return row.sheet.revision, [one.revision for one in row.sheet.documents]


async def test_an_order_of_another_revision_is_planned_by_its_drawings_and_that_is_told(
    tmp_path: Path,
) -> None:
    async with planned(tmp_path) as it:
        version, others = it.version, rows(it, "WO1")
        pieces = [(one.hour, one.quantity) for one in rows(it, "WO2")]
        assert {by(one)[0] for one in rows(it, "WO2")} == {"A"}
        await it.here.take(orders(2, "B"))
        await it.replanner.replan(documents=True)
        assert it.version == version + 1
        assert [by(one) for one in rows(it, "WO2")] == [("B", ["D"])] * len(pieces)
        assert [(one.hour, one.quantity) for one in rows(it, "WO2")] == pieces
        assert [(one.hour, by(one)) for one in rows(it, "WO1")] == [
            (one.hour, by(one)) for one in others
        ]
        last = (await it.got("/plan/versions"))["items"][0]
        assert last["why"]["code"] == "plan.because_changed"
        assert (last["moved_s"], last["difference"]["hours"]) == (0, 0)
        told = (await it.got("/work-centers/L1/board"))["plan_news"]
        assert {one["job_order_id"] for one in told["changes"]} == {"WO2.10"}
        change: dict[str, Any] = told["changes"][0]
        assert (change["hour"], change["before"]) == (pieces[0][0], change["after"])
        assert change["papers"] == {"revision": "B", "documents": drawing("D")}
        table = await news.show_changes(await sight(it.client), {})
        assert {row[-1] for row in table.rows} == {"B, DRW-7/D"}
        for fact in it.here.store.reader.facts_after(0, 500):
            if fact.kind == "plan_released":
                check(fact.data)


async def test_a_drawing_that_is_sent_again_is_the_one_to_work_by(tmp_path: Path) -> None:
    async with planned(tmp_path) as it:
        version = it.version
        await it.here.take(hinge("A", position=3, documents=drawing("E")))
        await it.replanner.replan(documents=True)
        assert it.version == version + 1
        assert all(by(one) == ("A", ["E"]) for one in rows(it, "WO1"))


async def test_the_same_papers_are_the_same_plan_also_when_the_edge_starts_again(
    tmp_path: Path,
) -> None:
    async with planned(tmp_path) as it:
        version = it.version
        await it.here.take(hinge("B", position=3, documents=drawing("E")))  # nobody makes it
        await it.replanner.replan(documents=True)
        assert it.version == version
    async with site(tmp_path, documents=(hinge(),)) as here:
        releasing = here.rooms.plans.releasing
        again = Replanner(here.floor, PlannerHere(), releasing=releasing)
        await again.look()
        assert again.plan.version == version
