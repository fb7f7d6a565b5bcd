"""The plan at the terminal: what the tables of the More menu say of an edge that plans."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from edge.api.app import application
from edge.domain.outlook import Outlook
from edge.execution.dispatch.forecasting import Forecasting
from edge.execution.dispatch.replanning import Replanner
from terminal_ui.items import Nothing, Sight, Table
from terminal_ui.model import Reasons, board_from
from terminal_ui.rooms import plan
from terminal_ui.texts import load_texts
from tests.integration.edge.floor_on_store import Site, site
from tests.integration.edge.served import served
from tests.integration.edge.test_api import api, edge_of
from tests.integration.edge.test_instructions import get, hinge
from tests.integration.edge.test_plan_versions import planner
from tests.integration.edge.test_replanning import PlannerHere
from tests.integration.terminal.test_tmux import terminal
from tests.unit.execution.floor_parts import order, schedule

SOON = {"due": "2026-06-08T08:00:00+02:00"}
DOCUMENTS = (
    hinge(),
    hinge(product="PIN"),
    schedule(
        1,
        order("WO1", quantity=9_000) | SOON,
        order("WO2", 2, quantity=300) | {"product": "PIN", "due": "2026-06-30T14:00:00+02:00"},
    ),
)


async def planned(here: Site) -> Mapping[str, Outlook]:
    """A plan is in force; what is expected of its orders."""
    replanner = Replanner(here.floor, PlannerHere())
    forecasting = replanner.forecasting = Forecasting(here.floor)
    await replanner.replan(documents=True)
    await forecasting.finished()
    return forecasting.outlooks


async def sight(client: httpx.AsyncClient, language: str = "en") -> Sight:
    async def ask(path: str, **query: str) -> object:
        answer = await client.get(f"/api/v1{path}", params=query)
        assert answer.status_code == 200, answer.text
        found: object = answer.json()
        return found

    return Sight(
        board=board_from(await get(client, "/work-centers/L1/board")),
        reasons=Reasons(),
        actor="anna",
        texts=load_texts(language),
        get=ask,
    )


def column(table: Table, name: str) -> list[str]:
    return [row[list(table.columns).index(name)] for row in table.rows]


async def test_hours_of_today_and_tomorrow_are_shown(tmp_path: Path) -> None:
    async with site(tmp_path, documents=DOCUMENTS) as here, api(here) as client:
        with pytest.raises(Nothing):
            await plan.show_hours(await sight(client), {})
        await planned(here)
        table = await plan.show_hours(await sight(client), {})
        days = column(table, "day")
        assert {*days} == {"Mon 06-08"}
        assert sum(map(int, column(table, "pieces"))) > 9_000
        assert table.note == "Version 1 of the plan"


async def test_who_waits_stands_in_the_order_of_the_plan(tmp_path: Path) -> None:
    async with site(tmp_path, documents=DOCUMENTS) as here, api(here) as client:
        await planned(here)
        table = await plan.show_waiting(await sight(client), {})
        jobs = column(table, "job")
        assert jobs == ["WO1.10", "WO2.10"]
        assert column(table, "due")[0] == "Mon 06-08 08:00"
        assert "COIL" in column(table, "waits")[0]  # what the board says of it


@pytest.mark.parametrize(("language", "why"), [("en", "of work until then"), ("zh", "到期前需要")])
async def test_late_orders_say_why_in_the_language_of_the_screen(
    tmp_path: Path, language: str, why: str
) -> None:
    expected: dict[str, Outlook] = {}
    async with (
        site(tmp_path, documents=DOCUMENTS) as here,
        api(here, outlooks=lambda: expected) as client,
    ):
        assert (await get(client, "/plan/late")) == {"version": None, "items": []}
        expected |= await planned(here)
        said = await get(client, "/plan/late?work_center=L1")
        assert [(one["order"], one["product"]) for one in said["items"]] == [("WO1", "HINGE")]
        assert said["items"][0]["late_s"] > 0
        table = await plan.show_late(await sight(client, language), {})
        assert column(table, "order")[0] == "WO1"
        reasons = column(table, "why")
        assert all(reasons)
        assert why in " ".join(reasons), reasons
        odd = await client.get("/api/v1/plan/late?work_center=L99")
        assert odd.status_code == 404


async def test_nobody_is_late_where_all_is_on_time(tmp_path: Path) -> None:
    documents = (hinge(), schedule(1, order("WO1", quantity=50)))
    async with site(tmp_path, documents=documents) as here, api(here) as client:
        await planned(here)
        with pytest.raises(Nothing, match="No order"):
            await plan.show_late(await sight(client), {})


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_the_version_in_force_says_what_it_changed(tmp_path: Path, language: str) -> None:
    async with planner(tmp_path, ask_above_s=10**6) as on:
        await on.replanner.replan(documents=True)
        first = await plan.show_changes(await sight(on.client, language), {})
        assert len(first.rows) == 1
        await on.due_first(2, "WO2")
        table = await plan.show_changes(await sight(on.client, language), {})
        assert f" {on.version} " in table.note.replace("，", " ").replace(",", " ")
        assert first.note != table.note
        changes = column(table, "change")
        assert any("WO2" in one for one in changes), changes
        assert all(changes)


@pytest.mark.needs("tmux")
async def test_the_plan_is_read_in_a_real_terminal(tmp_path: Path) -> None:
    async with site(tmp_path, documents=DOCUMENTS) as here:
        expected = await planned(here)
        async with (
            served(application(edge_of(here, outlooks=lambda: expected))) as url,
            terminal(tmp_path, url, (80, 24)) as screen,
        ):
            await screen.shows("Make now")
            await screen.keys("m")
            shown = await screen.shows("Plan of this machine")
            await screen.keys(number(shown, "Plan of this machine"))
            shown = await screen.shows("Orders that will be late")
            await screen.keys(number(shown, "Orders that will be late"))
            await screen.shows("WO1", "1 orders that come here")


def number(shown: list[str], name: str) -> str:
    """The digit that chooses an item of the menu."""
    found = re.search(rf"(\d) {name}", "\n".join(shown))
    assert found, shown
    return found[1]


def test_an_order_of_the_plan_has_its_texts() -> None:
    names: list[Any] = [item.name for item in plan.ROOM.items]
    assert {"hours", "waiting", "late"} <= {*names}
