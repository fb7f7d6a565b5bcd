"""The terminal's items send what the edge takes: asked on a real board, sent to a real API."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from terminal_ui.asking import Choice, Field
from terminal_ui.items import Item, Nothing, Sight
from terminal_ui.model import board_from, reasons_from
from terminal_ui.rooms.restating import ROOM
from terminal_ui.texts import load_texts
from tests.integration.edge.floor_on_store import MINUTE, SIX, site
from tests.integration.edge.test_api import api
from tests.integration.restating.moved import API, act, at_time, changed, count
from tests.integration.restating.test_runs import laid_aside, runs

ITEMS: Mapping[str, Item] = {item.name: item for item in ROOM.items}


async def sight(client: httpx.AsyncClient, language: str = "zh") -> Sight:
    async def get(path: str, **params: Any) -> Any:
        answer = await client.get(f"{API}{path}", params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    board = await get("/work-centers/L1/board")
    return Sight(
        board=board_from(board),
        reasons=reasons_from(await get("/reasons")),
        actor="ann",
        texts=load_texts(language),
        get=get,
    )


async def use(client: httpx.AsyncClient, name: str, **answers: Any) -> httpx.Response:
    """The item asks what `answers` answer (the first choice where nothing is said), and sends."""
    at, item = await sight(client), ITEMS[name]
    said: dict[str, object] = {}
    for ask in item.asks:
        for field in await ask(at, said):
            if field.name in answers:
                said[field.name] = answers[field.name]
            elif field.choices:
                said[field.name] = _first(field).code
            else:
                assert field.optional, field.name
    assert item.send is not None
    call = item.send(at, said)
    return await act(client, call.path, f"{name}{answers}", **call.body)


def _first(field: Field) -> Choice:
    assert all(choice.text for choice in field.choices)
    return field.choices[0]


async def test_each_border_of_each_run_is_offered_and_moved(tmp_path: Path) -> None:
    async with laid_aside(tmp_path) as (_, client):
        (asks,) = ITEMS["boundary"].asks
        between, *_ = await asks(await sight(client, "en"), {})
        assert [choice.text for choice in between.choices] == [
            "WO1.10 to WO2.10 (now 08:20)",
            "nobody to WO1.10 (now 08:05)",
            "WO1.10 to nobody (now 07:50)",
            "WO2.10 to WO1.10 (now 07:10)",
            "WO1.10 to WO2.10 (now 06:40)",
            "nobody to WO1.10 (now 06:00)",
        ]
        for choice, at, border in (
            (between.choices[2], "07:55", (2, "end")),
            (between.choices[4], "06:30", (0, "end")),
        ):
            said = {"between": choice.code, "at": at}
            moved = await use(client, "boundary", note="late", **said)
            assert moved.status_code == 201, moved.text
            run, side = border
            hours, minutes = map(int, at.split(":"))
            assert (await runs(client))[run][side] == SIX + (60 * hours + minutes - 360) * MINUTE


async def test_each_item_does_what_it_says(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        with pytest.raises(Nothing):
            await use(client, "boundary", at="06:20", note="late")
        await here.record(count(0, 30, None, SIX, SIX + 20 * MINUTE))
        await changed(here, client, "WO1.10", "start", SIX + 20 * MINUTE)
        await here.record(count(30, 20, "WO1.10", SIX + 20 * MINUTE, SIX + 40 * MINUTE))
        await changed(here, client, "WO1.10", "complete", SIX + 40 * MINUTE)
        await changed(here, client, "WO2.10", "start", SIX + 40 * MINUTE)
        at_time(here, SIX + 50 * MINUTE)
        moved = await use(client, "boundary", at="06:30", note="changed late")
        assert moved.status_code == 201, moved.text
        show = ITEMS["unassigned"].show
        assert show is not None
        table = await show(await sight(client), {})
        assert [row[1] for row in table.rows] == ["30"]
        given = await use(client, "assign", job="WO1.10", quantity=12, note="theirs")
        assert given.status_code == 201, given.text
        for name, more in (
            ("scrap", {"job": "WO1.10", "quantity": 2}),
            ("rework", {"job": "WO1.10", "quantity": 3}),
            ("done", {"job": "WO1.10", "quantity": 1, "again": "no"}),
        ):
            answer = await use(client, name, hour=str(SIX), **more)
            assert answer.status_code == 201, answer.text
        here.floor.register.reload()
        jobs = here.floor.register.jobs
        first = jobs["WO1.10"]
        assert (first.good, first.scrap, first.rework) == (10 + 12 - 2 - 3 + 1, 2, 2)
        assert jobs["WO2.10"].good == 10
