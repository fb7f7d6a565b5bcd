"""A quarantine is judged by a person, once; sync books what was released, and nothing twice."""

import asyncio
import contextlib
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from edge.api.app import application
from edge.commands.quarantine import quarantine
from edge.domain.facts import FactDraft, FactKind, Source, decode
from edge.domain.recording import Baseline, BaselineMove, Recording
from edge.execution.quarantine.judging import Judging
from edge.storage.store import Store
from edge.storage.verify import verify
from tests.contract.fact_schema import check
from tests.integration.edge.floor_on_store import MINUTE, SIX, Site, site
from tests.integration.edge.served import served
from tests.integration.edge.sync_between import link_of, sync_at
from tests.integration.edge.test_api import act, api, edge_of, state_fact

SEVEN = SIX + 60 * MINUTE
NOTE = "seen on the pallet"


def fact(kind: FactKind, body: dict[str, Any], at: int, job: str | None = None) -> FactDraft:
    return FactDraft(
        kind=kind,
        occurred_at=at,
        equipment_id="L1",
        source=Source.PLC,
        job_order_id=job,
        body=body,
    )


def counter(epoch: int, raw: int, at: int) -> Baseline:
    return Baseline(equipment_id="L1", tag="good", counter_epoch=epoch, raw=raw, at=at)


async def jump(
    here: Site,
    raw_from: int = 60,
    raw_to: int = 100,
    *,
    modulus: int | None = None,
    job: str = "",
    step: str = "",
    epoch: int = 1,
    role: str = "",
) -> int:
    """A counter that jumps at 07:10, as collection records it; the quarantine's id."""
    began, at = SIX + 40 * MINUTE, SEVEN + 10 * MINUTE
    held = {"tag": "good", "counter_epoch": epoch, "raw_from": raw_from, "raw_to": raw_to}
    held |= {"reason": "jump", "from": began, "to": at, "modulus": modulus, "limit": 12}
    held |= {"pieces_per_pulse": step} if step else {}
    held |= {"role": role} if role else {}  # older facts do not say it
    base = {"tag": "good", "counter_epoch": epoch, "raw": raw_from, "reason": "first"}
    again = {"tag": "good", "counter_epoch": epoch + 1, "raw": raw_to, "reason": "released"}
    running = replace(state_fact(began, "APT"), job_order_id=job or None)
    drafts = (
        fact(FactKind.COUNTER_BASELINE, base, began),
        running,
        fact(FactKind.QUARANTINE, held, at),
        fact(FactKind.COUNTER_BASELINE, again, at),
    )
    first, then = counter(epoch, raw_from, began), counter(epoch + 1, raw_to, at)
    stood = counter(epoch, raw_from, at) if epoch > 1 else None
    moves = (BaselineMove(expected=stood, new=first), BaselineMove(expected=first, new=then))
    recorded = await here.store.record(Recording(drafts=drafts, baselines=moves))
    here.clock.plant = at + 5 * MINUTE
    return recorded.first_seq + 2


@asynccontextmanager
async def jumped(folder: Path, **how: Any) -> AsyncIterator[tuple[Site, httpx.AsyncClient, int]]:
    """A started job, and a counter that jumped while it ran."""
    async with site(folder) as here, api(here) as client:
        started = await act(client, "/job-orders/WO1.10/start", "start", version=1)
        assert started.status_code == 201
        yield here, client, await jump(here, job="WO1.10", **how)


async def listed(client: httpx.AsyncClient, **query: str) -> list[dict[str, Any]]:
    answer = await client.get("/api/v1/quarantines", params=query)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_what_waits_is_listed_with_what_it_can_mean(tmp_path: Path) -> None:
    async with jumped(tmp_path) as (_here, client, id_):
        [held] = await listed(client, open="true", work_center="L1")
        assert (held["id"], held["tag"], held["reason"]) == (id_, "good", "jump")
        assert held["meanings"] == [
            {"how": "difference", "pieces": 40, "believed": False, "also": {}},
            {"how": "reset", "pieces": 100, "believed": False, "also": {}},
        ]
        assert (held["limit"], held["most"]) == (12, 100)
        assert (held["job_order_id"], held["label"]) == ("WO1.10", "2026-06-08T07:00+02:00")
        assert held["decision"] is None
        board = (await client.get("/api/v1/work-centers/L1/board")).json()
        assert board["quarantines"] == 1
        assert await listed(client, work_center="L2") == []


async def test_backward_it_can_be_a_wrap_or_a_reset(tmp_path: Path) -> None:
    async with jumped(tmp_path, raw_from=250, raw_to=6, modulus=256) as (_here, client, _id):
        [held] = await listed(client)
        assert [(one["how"], one["pieces"]) for one in held["meanings"]] == [
            ("reset", 6),
            ("wrap", 12),
        ]
        assert held["most"] == 12


async def test_released_pieces_count_in_their_job_and_hour(tmp_path: Path) -> None:
    async with jumped(tmp_path) as (here, client, id_):
        body: dict[str, Any] = {"quantity": 40, "note": NOTE}
        done = await act(client, f"/quarantines/{id_}/release", "k", **body)
        assert done.status_code == 201, done.text
        [released] = here.store.reader.facts_after(done.json()["seq"] - 1, 1)
        check(released.data)
        said = decode(released.data)
        assert (said.source, said.actor, said.job_order_id) == ("operator", "ann", "WO1.10")
        assert (said.body["raw_from"], said.body["raw_to"]) == (60, 100)
        board = (await client.get("/api/v1/work-centers/L1/board")).json()
        assert {hour["label"]: hour["actual"] for hour in board["hours"]}["07:00+02:00"] == 40
        assert (board["job"]["good"], board["quarantines"]) == (40, 0)
        query: dict[str, Any] = {
            "work_center": "L1",
            "from": SEVEN,
            "to": SEVEN + 60 * MINUTE,
            "by": "hour",
        }
        [kpi] = (await client.get("/api/v1/kpis", params=query)).json()["items"]
        assert kpi["elements"]["good_quantity"] == 40
        again = await act(client, f"/quarantines/{id_}/release", "k", **body)
        assert again.json() == done.json()
        [held] = await listed(client, open="false")
        assert (held["decision"]["quantity"], held["decision"]["note"]) == (40, NOTE)


@pytest.mark.parametrize(("end", "hour"), [(SEVEN, SIX), (SEVEN + 1, SEVEN)])
async def test_what_was_made_up_to_a_full_hour_is_of_the_hour_before(
    tmp_path: Path, end: int, hour: int
) -> None:
    async with jumped(tmp_path) as (here, _client, id_):
        held = here.store.reader.held_reading(id_)
        assert held is not None
        assert Judging(here.floor).hour_of(replace(held, to=end)) == hour


async def test_a_counter_that_was_wiped_may_have_counted_nothing(tmp_path: Path) -> None:
    async with jumped(tmp_path, raw_from=60, raw_to=0) as (_here, client, _id):
        [held] = await listed(client)
        assert [(one["how"], one["pieces"]) for one in held["meanings"]] == [("reset", 0)]
        assert held["most"] == 12


async def test_job_and_hour_are_chosen(tmp_path: Path) -> None:
    async with jumped(tmp_path) as (here, client, id_):
        body = {"quantity": 5, "note": NOTE, "job_order_id": "", "hour": SIX + 59 * MINUTE}
        assert (await act(client, f"/quarantines/{id_}/release", "k", **body)).status_code == 201
        rows = here.store.reader.hour_quantities("L1", SIX, SIX + 1)
        assert [(row.job_order_id, row.good) for row in rows] == [("", 5)]


async def test_it_is_decided_once(tmp_path: Path) -> None:
    async with jumped(tmp_path) as (here, client, id_):
        release, discard = f"/quarantines/{id_}/release", f"/quarantines/{id_}/discard"
        both = await asyncio.gather(
            act(client, release, "a", quantity=3, note=NOTE),
            act(client, discard, "b", note="a test run"),
        )
        assert sorted(answer.status_code for answer in both) == [201, 409]
        late = await act(client, discard, "c", note="again")
        assert late.status_code == 409
        assert "was decided by ann" in late.json()["detail"]
        assert here.store.reader.held_readings(open_=True) == []


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"quantity": 101}, 422, "can have counted 0 to 100"),
        ({"quantity": -1}, 422, "0 to 100"),
        ({"quantity": 1, "note": "  "}, 422, "note"),
        ({"quantity": 1, "job_order_id": "NO.1"}, 404, "no job order"),
        ({"quantity": 1, "job_order_id": "WO1.20"}, 422, "a job of L2"),
        ({"quantity": 1, "job_order_id": "WO2.10"}, 422, "was not started"),
        ({"quantity": 1, "hour": SIX - 60 * MINUTE}, 422, "were made from 2026-06-08T06:00"),
        ({"quantity": 1, "hour": SEVEN + 60 * MINUTE}, 422, "to 2026-06-08T07:00"),
    ],
)
async def test_what_cannot_be_is_refused_with_words(
    tmp_path: Path, body: dict[str, Any], status: int, words: str
) -> None:
    async with jumped(tmp_path) as (here, client, id_):
        before = here.store.reader.chain_end()
        answer = await act(client, f"/quarantines/{id_}/release", "k", **{"note": NOTE, **body})
        assert answer.status_code == status, answer.text
        assert words in answer.text
        assert here.store.reader.chain_end() == before


async def test_pieces_of_a_counter_that_was_taken_away_are_not_called_good(tmp_path: Path) -> None:
    """Nobody knows any more whether it counted good pieces or scrap; a discard is none of both."""
    async with jumped(tmp_path) as (here, client, id_):
        center = here.floor.work_centers["L1"]
        here.floor.work_centers = {"L1": replace(center, counters={})}
        assert [one["role"] for one in await listed(client)] == [None]
        path = f"/quarantines/{id_}"
        refused = await act(client, f"{path}/release", "a", quantity=12, note=NOTE)
        assert refused.status_code == 422
        assert "good is not in plant.toml any more" in refused.text
        assert (await act(client, f"{path}/discard", "b", note=NOTE)).status_code == 201


@pytest.mark.parametrize("counters", [{"good": "good"}, {}], ids=["told otherwise", "gone"])
async def test_pieces_are_what_their_counter_was_when_it_was_read(
    tmp_path: Path, counters: dict[str, str]
) -> None:
    async with jumped(tmp_path, role="scrap") as (here, client, id_):
        center = here.floor.work_centers["L1"]
        here.floor.work_centers = {"L1": replace(center, counters=counters)}
        assert (await listed(client))[0]["role"] == "scrap"
        done = await act(client, f"/quarantines/{id_}/release", "k", quantity=40, note=NOTE)
        assert done.status_code == 201, done.text
        [released] = here.store.reader.facts_after(done.json()["seq"] - 1, 1)
        assert decode(released.data).body["role"] == "scrap"
        [job] = [one for one in here.store.reader.jobs() if one.job_order_id == "WO1.10"]
        assert (job.good, job.scrap) == (0, 40)


async def test_no_quarantine_of_that_id(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        assert (await act(client, "/quarantines/7/discard", "k", note="?")).status_code == 404
        answer = await client.get("/api/v1/quarantines", params={"open": "maybe"})
        assert answer.status_code == 422


async def test_counting_goes_on_where_it_was_after_a_rebuild_and_a_loss(tmp_path: Path) -> None:
    """A release is of an epoch of before: it must not take a counter back there."""
    async with jumped(tmp_path) as (here, client, id_):
        body = {"quantity": 40, "note": NOTE}
        assert (await act(client, f"/quarantines/{id_}/release", "k", **body)).status_code == 201
        stands = here.store.reader.baselines()
        facts = [fact.data for fact in here.store.reader.facts_after(0, 1000)]
        held = here.store.reader.held_readings()
        await here.store.rebuild()
        assert here.store.reader.held_readings() == held
        assert verify(tmp_path / "edge.sqlite").whole
        with Store.open(tmp_path / "restored.sqlite", "e1", here.clock) as restored:
            await restored.adopt(2, facts)
            assert restored.reader.baselines() == stands
            assert restored.reader.held_readings() == held
        assert verify(tmp_path / "restored.sqlite").whole


async def test_a_real_sync_books_what_was_released_once(tmp_path: Path) -> None:
    (tmp_path / "sync").mkdir()
    async with jumped(tmp_path) as (here, client, id_), sync_at(tmp_path / "sync") as sync:
        link = link_of(here.store, sync.url)
        await link.greet(5.0)
        running = asyncio.create_task(link.run())
        try:
            await sent(here)
            body = {"quantity": 40, "note": NOTE}
            path = f"/quarantines/{id_}/release"
            assert (await act(client, path, "k", **body)).status_code == 201
            await sent(here)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await link.client.close()
        with contextlib.closing(sqlite3.connect(tmp_path / "sync" / "sync.sqlite")) as db:
            (good,) = db.execute("SELECT sum(good) FROM entry").fetchone()
            (holes,) = db.execute("SELECT count(*) FROM raw_hole").fetchone()
            (alarms,) = db.execute("SELECT count(*) FROM alarm").fetchone()
        assert (good, holes, alarms) == (40, 0, 0)


async def sent(here: Site) -> None:
    """All facts of the edge are at sync."""
    async with asyncio.timeout(20):
        while here.store.acknowledged()[0] < here.store.reader.chain_end().seq:
            await asyncio.sleep(0.01)


async def test_the_command_lists_releases_and_discards(tmp_path: Path) -> None:
    async with jumped(tmp_path) as (here, _client, id_), served(application(edge_of(here))) as url:

        async def run(*arguments: str) -> Result:
            asked = [*arguments, "--edge", url]
            return await asyncio.to_thread(lambda: CliRunner().invoke(quarantine, asked))

        shown = await run("list")
        assert shown.exit_code == 0, shown.output
        assert "40 (difference)" in shown.output
        assert "at most 12" in shown.output
        said = ("--actor", "ann", "--note", NOTE)
        much = await run("release", str(id_), "--quantity", "101", *said)
        assert (much.exit_code, "can have counted" in much.output) == (1, True)
        when = ("--hour", "2026-06-08T06:50+02:00", "--job-order", "WO1.10")
        done = await run("release", str(id_), "--quantity", "40", *said, *when, "--json")
        assert done.exit_code == 0, done.output
        assert json.loads(done.output)["seq"] > id_
        assert (await run("discard", str(id_), *said)).exit_code == 1
        assert "nothing waits" in (await run("list")).output
        [held] = json.loads((await run("list", "--all", "--json")).output)["items"]
        assert held["decision"]["quantity"] == 40
        assert here.store.reader.hour_quantities("L1", SIX, SIX + 1)[0].good == 40


def test_the_command_says_when_there_is_no_edge() -> None:
    gone = CliRunner().invoke(quarantine, ["list", "--edge", "http://127.0.0.1:9"])
    assert gone.exit_code == 5
    wrong = CliRunner().invoke(quarantine, ["list", "--edge", "box"])
    assert wrong.exit_code == 2
