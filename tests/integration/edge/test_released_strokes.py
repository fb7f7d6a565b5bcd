"""Strokes that were kept apart are released by the tool, with what they made beside the job."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from edge.api.app import application
from edge.commands.quarantine import quarantine
from edge.domain.facts import decode
from edge.domain.orders import AlsoMade
from edge.domain.recording import Baseline, BaselineMove, Recording
from edge.execution.quarantine.beside import Side, sides_of
from edge.storage.verify import verify
from tests.contract.fact_schema import check
from tests.integration.edge.floor_on_store import Site, site
from tests.integration.edge.served import served
from tests.integration.edge.sync_between import link_of, sync_at
from tests.integration.edge.test_api import act, api, edge_of
from tests.integration.edge.test_quarantines import NOTE, jump, listed, sent
from tests.unit.execution.floor_parts import count, definition, order, schedule

SIDE = "good#right"


@asynccontextmanager
async def pressed(
    folder: Path, *, right: bool = True
) -> AsyncIterator[tuple[Site, httpx.AsyncClient, int]]:
    """A press whose stroke counter jumped by 10: 3 left pieces a stroke, 2 right ones."""
    left, beside = definition("HINGE", ["L1"]), definition("HINGE-R", ["L1"])
    also = [{"side": "right", "product": "HINGE-R", "cavities": 2}]
    tool = {"id": "T7", "cavities": 4, "blocked": 1, "also": also}
    left.content["operations"][0]["alternatives"][0]["tool"] = tool
    orders = [order("WO1"), *([{**order("WO2", 2), "product": "HINGE-R"}] if right else [])]
    documents = (left, beside, schedule(1, *orders))
    async with site(folder, documents=documents) as here, api(here) as client:
        center = replace(here.floor.work_centers["L1"], strokes=frozenset({"good"}))
        here.floor.work_centers = {**here.floor.work_centers, "L1": center}
        started = await act(client, "/job-orders/WO1.10/start", "start", version=1)
        assert started.status_code == 201
        yield here, client, await jump(here, 60, 70, job="WO1.10", step="3")


async def test_both_sides_are_offered(tmp_path: Path) -> None:
    async with pressed(tmp_path) as (_here, client, _id):
        [held] = await listed(client)
        assert [(one["pieces"], one["also"]) for one in held["meanings"]] == [
            (30, {"right": 20}),
            (210, {"right": 140}),
        ]
        assert held["also"] == [{"side": "right", "product": "HINGE-R", "job_order_id": "WO2.10"}]


@pytest.mark.parametrize(
    ("at", "whose"), [(0, "WO2.10"), (1, "WO8.10"), (9, "WO8.10"), (10, "WO2.10")]
)
async def test_what_was_made_beside_is_of_the_job_that_was_on(
    tmp_path: Path, at: int, whose: str
) -> None:
    """It has ended since, and another one of the product counts now."""
    async with pressed(tmp_path) as (here, _client, id_):
        jobs, begun = here.floor.register.jobs, here.clock.now()
        now = replace(jobs["WO2.10"], started_at=None)
        before = replace(now, id="WO8.10", started_at=begun + 1, ended_at=begun + 10)
        other = replace(before, id="WO9.10", product="HINGE", due=0, ended_at=None)
        jobs = {**jobs, "WO2.10": now, "WO8.10": before, "WO9.10": other}
        here.floor.register.jobs = jobs
        held = here.store.reader.held_reading(id_)
        assert held is not None
        [side] = sides_of(here.floor, held, jobs["WO1.10"], begun + at)
        assert side.job is not None
        assert side.job.id == whose


@pytest.mark.parametrize("right", [True, False])
async def test_the_board_shows_what_is_made_beside_the_job(tmp_path: Path, right: bool) -> None:
    async with pressed(tmp_path, right=right) as (here, client, _id):
        if right:
            await here.record(count("WO2.10", 8))
        board = (await client.get("/api/v1/work-centers/L1/board")).json()
        [beside] = board["beside"]
        assert (beside["side"], beside["product"]) == ("right", "HINGE-R")
        job = beside["job"]
        assert (job and (job["id"], job["good"], job["left"])) == (
            ("WO2.10", 8, 92) if right else None
        )


@pytest.mark.parametrize(
    ("body", "left", "right"),
    [
        ({"quantity": 30}, 30, 20),
        ({"quantity": 29}, 29, 19),
        ({"quantity": 30, "also": {"right": 18}}, 30, 18),
        ({"quantity": 0, "also": {"right": 2}}, 0, 2),
        ({"quantity": 0}, 0, 0),
        ({"quantity": 5, "job_order_id": ""}, 0, 0),
    ],
)
async def test_a_release_credits_both(
    tmp_path: Path, body: dict[str, Any], left: int, right: int
) -> None:
    async with pressed(tmp_path) as (here, client, id_):
        done = await act(client, f"/quarantines/{id_}/release", "k", note=NOTE, **body)
        assert done.status_code == 201, done.text
        facts = here.store.reader.facts_after(done.json()["seq"] - 1, 10)
        for one in facts:
            check(one.data)
        assert decode(facts[0].data).body["quarantine"] == id_
        assert len(facts) == 1 + (right > 0)
        here.floor.register.reload()
        assert here.floor.job("WO1.10").good == left
        assert here.floor.job("WO2.10").good == right
        again = await act(client, f"/quarantines/{id_}/release", "k", note=NOTE, **body)
        assert again.json() == done.json()
        other = await act(client, f"/quarantines/{id_}/release", "k2", note=NOTE, **body)
        assert other.status_code == 409
        stands = here.store.reader.baselines()
        await here.store.rebuild()
        assert here.store.reader.baselines() == stands
        assert verify(tmp_path / "edge.sqlite").whole


@pytest.mark.parametrize(
    ("also", "words"),
    [
        ({"top": 1}, "no such side; there are: right"),
        ({"right": 141}, "0 to 140"),
        ({"right": -1}, "0 to 140"),
    ],
)
async def test_a_side_that_cannot_be_is_refused(
    tmp_path: Path, also: dict[str, int], words: str
) -> None:
    async with pressed(tmp_path) as (here, client, id_):
        before = here.store.reader.chain_end()
        body = {"quantity": 3, "note": NOTE, "also": also}
        answer = await act(client, f"/quarantines/{id_}/release", "k", **body)
        assert (answer.status_code, words in answer.text) == (422, True), answer.text
        assert here.store.reader.chain_end() == before


@pytest.mark.parametrize(("quantity", "status"), [(140, 201), (141, 422)])
async def test_a_side_is_corrected_to_no_more_than_the_strokes_made(
    tmp_path: Path, quantity: int, status: int
) -> None:
    async with pressed(tmp_path) as (here, client, id_):
        done = await act(client, f"/quarantines/{id_}/release", "k", note=NOTE, quantity=30)
        path, changes = f"/facts/{done.json()['seq'] + 1}/corrections", {"quantity": quantity}
        answer = await act(client, path, "k2", note=NOTE, changes=changes)
        assert answer.status_code == status, answer.text
        here.floor.register.reload()
        assert here.floor.job("WO2.10").good == (quantity if status == 201 else 20)


async def test_a_side_without_an_order_is_nobodys_and_not_lost(tmp_path: Path) -> None:
    async with pressed(tmp_path, right=False) as (here, client, id_):
        done = await act(client, f"/quarantines/{id_}/release", "k", note=NOTE, quantity=30)
        _, side = here.store.reader.facts_after(done.json()["seq"] - 1, 10)
        said = decode(side.data)
        assert (said.job_order_id, said.body["quantity"]) == (None, 20)
        assert said.body["flags"] == ["released", "unassigned"]


async def test_a_discard_counts_nothing_on_any_side(tmp_path: Path) -> None:
    async with pressed(tmp_path) as (here, client, id_):
        assert (await act(client, f"/quarantines/{id_}/discard", "k", note="?")).status_code == 201
        here.floor.register.reload()
        assert (here.floor.job("WO1.10").good, here.floor.job("WO2.10").good) == (0, 0)


async def test_a_real_sync_books_both_sides_once_and_the_side_counts_on(tmp_path: Path) -> None:
    """The side's own counter made pieces before the release and makes more after it."""
    (tmp_path / "sync").mkdir()
    async with pressed(tmp_path) as (here, client, id_), sync_at(tmp_path / "sync") as sync:
        link = link_of(here.store, sync.url)
        await link.greet(5.0)
        running = asyncio.create_task(link.run())
        try:
            await made_beside(here, None, 4)
            await sent(here)
            path = f"/quarantines/{id_}/release"
            assert (await act(client, path, "k", note=NOTE, quantity=30)).status_code == 201
            await made_beside(here, 4, 9)
            second = await jump(here, 70, 75, job="WO1.10", step="3", epoch=2)
            path = f"/quarantines/{second}/release"
            assert (await act(client, path, "k2", note=NOTE, quantity=15)).status_code == 201
            await sent(here)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await link.client.close()
        with contextlib.closing(sqlite3.connect(tmp_path / "sync" / "sync.sqlite")) as db:
            orders = dict(db.execute("SELECT order_id, sum(good) FROM entry GROUP BY order_id"))
            (holes,) = db.execute("SELECT count(*) FROM raw_hole").fetchone()
            (alarms,) = db.execute("SELECT count(*) FROM alarm").fetchone()
        assert (orders, holes, alarms) == ({"WO1": 45, "WO2": 18 + 20 + 10}, 0, 0)


async def made_beside(here: Site, raw_from: int | None, raw_to: int) -> None:
    """Strokes that made right ones, as collection records them."""
    draft = count("WO2.10", 2 * (raw_to - (raw_from or 0)))
    body = {"tag": SIDE, "counter_epoch": 1, "raw_from": raw_from or 0, "raw_to": raw_to}
    body |= {"from": draft.occurred_at, "to": draft.occurred_at, "flags": [], "calendar": None}
    old = None if raw_from is None else side_at(raw_from)
    move = BaselineMove(expected=old, new=side_at(raw_to))
    drafts = (replace(draft, body={**draft.body, **body}),)
    await here.store.record(Recording(drafts=drafts, baselines=(move,)))


def side_at(raw: int) -> Baseline:
    return Baseline(equipment_id="L1", tag=SIDE, counter_epoch=1, raw=raw, at=1)


async def test_the_command_shows_and_says_both(tmp_path: Path) -> None:
    async with pressed(tmp_path) as (here, _client, id_), served(application(edge_of(here))) as url:

        async def run(*arguments: str) -> tuple[int, str]:
            done = await asyncio.to_thread(
                lambda: CliRunner().invoke(quarantine, [*arguments, "--edge", url])
            )
            return done.exit_code, done.output

        _, shown = await run("list")
        assert "30 (difference, and 20 right)" in shown
        release = ("release", str(id_), "--actor", "ann", "--note", NOTE, "--quantity", "30")
        assert (await run(*release, "--also", "right"))[0] == 2
        assert (await run(*release, "--also", "right=19"))[0] == 0
        here.floor.register.reload()
        assert here.floor.job("WO2.10").good == 19


FACTORS = st.fractions(min_value="1/20", max_value=64, max_denominator=20)


@given(st.integers(0, 100_000), FACTORS, FACTORS)
def test_a_side_is_never_more_than_the_strokes_made(strokes: int, main: Any, beside: Any) -> None:
    """Of whole pieces of the job; and all of it where they are all that the strokes made."""
    made = AlsoMade(side="right", product="R", pieces_per_stroke=beside)
    side = Side(made=made, main=main, job=None)
    told = side.beside(int(strokes * main))
    assert told <= int(strokes * beside)
    if (strokes * main).denominator == 1:
        assert told == int(strokes * beside)
