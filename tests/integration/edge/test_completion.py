"""Under- and over-completion by policy of the product, where people end jobs and report."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.facts import decode
from edge.domain.jobs import Beyond, Completion, completion_from
from edge.domain.vocabulary import MachineState
from tests.integration.edge.floor_on_store import SIX, Site, site
from tests.integration.edge.test_api import API, act, api
from tests.integration.edge.test_dispatching import STROKES, dispatcher, targets
from tests.unit.execution.floor_parts import count, definition, order, schedule

KEY = {"under_percent": "2", "over_percent": "5"}


@asynccontextmanager
async def started(
    folder: Path, beyond: str, *, manual: bool = False
) -> AsyncIterator[tuple[Site, httpx.AsyncClient]]:
    product = definition("HINGE", ["L1"])
    product = replace(product, content={**product.content, "completion": KEY | {"beyond": beyond}})
    documents = (product, schedule(1, order("WO1")))
    async with site(folder, documents=documents) as here, api(here) as client:
        centers = here.floor.work_centers
        here.floor.work_centers = {
            **centers,
            "L1": replace(centers["L1"], manual=manual),
        }
        await act(client, "/job-orders/WO1.10/start", "s", version=1)
        yield here, client


def version(here: Site) -> int:
    here.floor.register.reload()
    return here.floor.job("WO1.10").version


async def complete(here: Site, client: httpx.AsyncClient, key: str, **more: Any) -> httpx.Response:
    path = "/job-orders/WO1.10/complete"
    return await act(client, path, key, version=version(here), **more)


@pytest.mark.parametrize(
    ("beyond", "good", "first", "confirmed"),
    [
        ("allow", 50, 201, 201),
        ("ask", 98, 201, 201),
        ("ask", 97, 409, 201),
        ("refuse", 97, 409, 409),
        ("refuse", 98, 201, 201),
    ],
)
async def test_an_end_below_the_tolerance_is_allowed_asked_back_or_refused(
    tmp_path: Path, beyond: str, good: int, first: int, confirmed: int
) -> None:
    async with started(tmp_path, beyond) as (here, client):
        await here.record(count("WO1.10", good))
        answer = await complete(here, client, "a")
        assert answer.status_code == first, answer.text
        if first == 409:
            wanted = "beyond-tolerance" if beyond == "ask" else "not-allowed"
            assert answer.json()["type"].endswith(wanted)
            again = await complete(here, client, "b", confirm=True)
            assert again.status_code == confirmed, again.text
            if confirmed == 201:
                [stored] = here.store.reader.facts_after(again.json()["seq"] - 1, 1)
                said = decode(stored.data)
                assert (said.actor, said.body["beyond"]["made"]) == ("ann", 97)


@pytest.mark.parametrize(
    ("beyond", "good", "first", "confirmed"),
    [
        ("allow", 130, 201, 201),
        ("ask", 105, 201, 201),
        ("ask", 106, 409, 201),
        ("refuse", 106, 409, 409),
    ],
)
async def test_a_report_above_the_tolerance_is_allowed_asked_back_or_refused(
    tmp_path: Path, beyond: str, good: int, first: int, confirmed: int
) -> None:
    async with started(tmp_path, beyond, manual=True) as (here, client):
        here.clock.plant = SIX + 3_000_000_000

        async def report(key: str, **more: Any) -> httpx.Response:
            path = "/job-orders/WO1.10/quantities"
            return await act(client, path, key, hour=SIX, good=good, scrap=0, **more)

        answer = await report("a")
        assert answer.status_code == first, answer.text
        if first == 409:
            assert (await report("b", confirm=True)).status_code == confirmed


@pytest.mark.parametrize(
    ("beyond", "good", "manual", "asked"),
    [
        ("ask", 106, False, ["over"]),
        ("refuse", 106, False, ["over"]),
        ("ask", 105, False, []),
        ("allow", 106, False, []),
        ("ask", 106, True, []),  # a supervisor has said so with the report
    ],
)
async def test_what_a_machine_made_above_the_tolerance_is_asked_about_where_people_end_the_job(
    tmp_path: Path, beyond: str, good: int, manual: bool, asked: list[str]
) -> None:
    async with started(tmp_path, beyond, manual=manual) as (here, client):
        await here.record(count("WO1.10", good))
        answer = await complete(here, client, "a")
        assert answer.status_code == 201, answer.text
        found = (await client.get(f"{API}/questions?open=true")).json()["items"]
        assert [one["about"] for one in found] == asked
        if asked:
            answer = await act(client, f"/questions/{found[0]['id']}/answer", "b", answer="stock")
            assert answer.status_code == 201, answer.text
            [said] = (await client.get(f"{API}/questions")).json()["items"]
            assert (said["answer"], said["surplus"]) == ("stock", good - 100)


@pytest.mark.parametrize(("beyond", "told"), [("allow", [3]), ("refuse", [2])])
async def test_a_press_of_four_cavities_respects_what_must_not_be_too_much(
    tmp_path: Path, beyond: str, told: list[int]
) -> None:
    """Ten pieces: three strokes are twelve, more than a tolerance of 5 percent allows."""
    product = definition("HINGE", ["L1"])
    product = replace(product, content={**product.content, "completion": KEY | {"beyond": beyond}})
    product.content["operations"][0]["alternatives"][0]["tool"] = {"id": "T7", "cavities": 4}
    documents = (product, schedule(1, order("WO1", quantity=10)))
    async with site(tmp_path, automatic=True, documents=documents) as here:
        counted = replace(here.floor.work_centers["L1"], target_in=STROKES, limit_in=STROKES)
        here.floor.work_centers = {**here.floor.work_centers, "L1": counted}
        one = dispatcher(here)
        await one.look()
        assert targets(here) == told
        await here.record(count("WO1.10", 4 * told[0]))
        here.clock.advance(90)
        here.machine.show("L1", MachineState.COMPLETE, 1010)
        shown = here.machine.shown["L1"]
        polled = here.clock.monotonic()
        here.machine.shown["L1"] = replace(shown, target=told[0], polled=polled)
        await one.look()
        assert targets(here) == told  # and no more: another stroke would be too much
        assert here.floor.job("WO1.10").state == "Ended"


@given(
    quantity=st.integers(1, 10**9),
    under=st.decimals(0, 100, places=2),
    over=st.decimals(0, 100, places=2),
)
def test_the_quantity_itself_is_always_within_the_tolerance(
    quantity: int, under: Any, over: Any
) -> None:
    policy = completion_from({"under_percent": str(under), "over_percent": str(over)})
    assert 0 <= policy.least(quantity) <= quantity <= policy.most(quantity) <= 2 * quantity


def test_without_the_key_any_number_completes() -> None:
    assert completion_from(None) == Completion(beyond=Beyond.ALLOW)
