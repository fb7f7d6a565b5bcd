"""Pieces of set-up: counted apart, scrap until somebody approves them, where the plant says so."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from edge.collection.calendar_window import CalendarWindow
from edge.collection.channels import Pieces
from edge.collection.owners import Owner
from edge.collection.production import Known, Producer
from edge.collection.settings import WorkCenterSettings
from edge.domain.equipment import JobContext
from edge.domain.facts import FactDraft, decode
from edge.domain.jobs import ToolLife
from edge.domain.recording import Baseline, BaselineMove, FactWriter, Recorded, Recording
from edge.domain.vocabulary import MachineState
from edge.storage.verify import verify
from tests.contract.fact_schema import check
from tests.integration.edge.floor_on_store import CALENDAR, SIX, Site, site
from tests.integration.edge.test_api import API, act, api
from tests.integration.edge.test_dispatching import dispatcher, show_and_look
from tests.unit.execution.floor_parts import definition, order, schedule


@dataclass
class Shown:
    """What a snapshot shows, as far as it matters here."""

    values: dict[str, int]
    polled: float = 1.0


def counted(
    quantity: int, raw: int, policy: str, phase: str, state: int, tool: str = "", product: str = ""
) -> FactDraft:
    """A count as collection makes it at a work center with this policy."""
    settings = WorkCenterSettings(
        id="L1", device="d", calendar=CALENDAR, zone=CALENDAR.zone, setup_pieces=policy
    )
    job = JobContext(
        job_order_id="WO1.10",
        number=1010,
        run_time_per_item="5/2",
        phase=phase,
        tool=tool,
        setup_pieces=product,
        pieces_per_stroke=4 if tool else None,  # type: ignore[arg-type]
    )
    pieces = Pieces(
        role="good",
        quantity=quantity,
        steps=quantity,
        tag="good",
        counter_epoch=1,
        raw_from=raw,
        raw_to=raw + quantity,
        modulus=None,
        start=SIX + 60_000_000,
        end=SIX + 60_000_000,
        owner=Owner(job=job),
        polled=1.0,
    )
    producer = Producer(settings, CalendarWindow(CALENDAR, CALENDAR.zone))
    seen: Any = Shown({"state": state})
    [draft] = producer.facts(pieces, seen, Known(running_since=None, patience_s=5.0))
    return draft


@pytest.mark.parametrize(
    ("policy", "phase", "state", "role", "flagged"),
    [
        ("good", "setup", MachineState.RESETTING, "good", True),
        ("good", "setup", MachineState.EXECUTE, "good", False),
        ("good", "run", MachineState.EXECUTE, "good", False),
        ("scrap", "setup", MachineState.EXECUTE, "scrap", True),
        ("approval", "setup", MachineState.EXECUTE, "scrap", True),
        ("approval", "run", MachineState.EXECUTE, "good", False),
    ],
)
def test_what_a_piece_counts_as(
    policy: str, phase: str, state: int, role: str, flagged: bool
) -> None:
    draft = counted(3, 0, policy, phase, state)
    assert (draft.body["role"], "setup" in draft.body["flags"]) == (role, flagged)


def test_the_product_says_it_before_the_work_center() -> None:
    for product, role in (("", "good"), ("scrap", "scrap")):
        draft = counted(3, 0, "good", "setup", MachineState.RESETTING, product=product)
        assert (draft.body["role"], draft.body["flags"]) == (role, ["setup"])


@asynccontextmanager
async def setting_up(folder: Path, policy: str) -> AsyncIterator[tuple[Site, httpx.AsyncClient]]:
    async with site(folder) as here, api(here) as client:
        center = replace(here.floor.work_centers["L1"], setup_pieces=policy)
        here.floor.work_centers = {**here.floor.work_centers, "L1": center}
        await act(client, "/job-orders/WO1.10/start", "s", version=1)
        await here.record(counted(10, 0, policy, "setup", MachineState.EXECUTE))
        yield here, client
        for fact in here.store.reader.facts_after(0, 1000):
            if fact.kind in {"scrap", "production_count", "job_order_event"}:
                check(fact.data)
        assert not verify(folder / "edge.sqlite").broken


async def approve(here: Site, client: httpx.AsyncClient, good: int, key: str) -> httpx.Response:
    here.floor.register.reload()
    version = here.floor.job("WO1.10").version
    return await act(client, "/job-orders/WO1.10/approve", key, version=version, good=good)


async def test_pieces_of_set_up_are_good_after_approval(tmp_path: Path) -> None:
    async with setting_up(tmp_path, "approval") as (here, client):
        one = dispatcher(here)
        await show_and_look(here, one, MachineState.EXECUTE, 1010)
        assert here.floor.job("WO1.10").phase == "setup"  # a person ends it
        assert (await approve(here, client, 11, "much")).status_code == 422
        done = await approve(here, client, 7, "a")
        assert done.status_code == 201, done.text
        here.floor.register.reload()
        job = here.floor.job("WO1.10")
        assert (job.phase, job.good, job.scrap) == ("run", 7, 3)
        board = (await client.get(f"{API}/work-centers/L1/board")).json()
        assert board["job"]["setup"] == {"pieces": 10, "approved": 7}
        assert (board["hours"][0]["actual"], board["hours"][0]["scrap"]) == (7, 3)
        query: dict[str, Any] = {"work_center": "L1", "from": SIX, "to": SIX + 3_600_000_000}
        [kpi] = (await client.get(f"{API}/kpis", params=query)).json()["items"]
        assert kpi["elements"]["good_quantity"] == 7
        assert kpi["elements"]["scrap_quantity"] == 3
        assert (await approve(here, client, 1, "b")).status_code == 409


async def test_pieces_of_set_up_that_were_none_are_not_approved(tmp_path: Path) -> None:
    async with setting_up(tmp_path, "approval") as (here, client):
        made = here.store.reader.chain_end().seq
        body = {"changes": {"quantity": 0}, "note": "the machine ran empty"}
        assert (await act(client, f"/facts/{made}/corrections", "c", **body)).is_success
        refused = await approve(here, client, 1, "a")
        assert (refused.status_code, "0 pieces of set-up" in refused.text) == (422, True)
        assert (await approve(here, client, 0, "b")).is_success


async def test_pieces_of_set_up_are_scrap(tmp_path: Path) -> None:
    async with setting_up(tmp_path, "scrap") as (here, client):
        assert (await approve(here, client, 1, "a")).status_code == 422
        assert (await approve(here, client, 0, "b")).status_code == 201
        here.floor.register.reload()
        job = here.floor.job("WO1.10")
        assert (job.phase, job.good, job.scrap) == ("run", 0, 10)


async def test_where_set_up_ends_by_itself_nobody_approves(tmp_path: Path) -> None:
    async with setting_up(tmp_path, "good") as (here, client):
        assert (await approve(here, client, 0, "a")).status_code == 409
        assert here.floor.job("WO1.10").good == 10


LIFE = ToolLife(id="T7", strokes=100, warn_at=90, worn="forbid")


@pytest.mark.parametrize(
    ("strokes", "worn", "state", "status"),
    [
        (89, "forbid", "ok", 201),
        (90, "forbid", "soon", 201),
        (100, "forbid", "worn", 409),
        (100, "warn", "worn", 201),
    ],
)
async def test_a_worn_tool_warns_or_forbids_the_next_start_and_is_changed(
    tmp_path: Path, strokes: int, worn: str, state: str, status: int
) -> None:
    product = definition("HINGE", ["L1"])
    product.content["operations"][0]["alternatives"][0]["tool"] = {"id": "T7", "cavities": 4}
    documents = (product, schedule(1, order("WO1"), order("WO2", 2)))
    async with site(tmp_path, documents=documents) as here, api(here) as client:
        tools = edge_tools(client)
        tools.follow({"T7": replace(LIFE, worn=worn)})
        made = counted(4 * strokes, 0, "good", "run", MachineState.EXECUTE, "T7")
        await here.record(made)
        [shown] = (await client.get(f"{API}/tools")).json()["items"]
        assert (shown["strokes"], shown["state"]) == (strokes, state)
        board = (await client.get(f"{API}/work-centers/L1/board")).json()
        codes = [one["code"] for one in board["next"][0]["blocks"]]
        assert ("tool" in codes) == (state != "ok")
        version = here.floor.job("WO2.10").version
        started = await act(client, "/job-orders/WO2.10/start", "s", version=version)
        assert started.status_code == status, started.text
        body = {"work_center": "L1", "note": "ground"}
        changed = await act(client, "/tools/T7/change", "c", **body)
        assert changed.status_code == 201, changed.text
        assert (await act(client, "/tools/T7/change", "c", **body)).json() == changed.json()
        [shown] = (await client.get(f"{API}/tools")).json()["items"]
        assert (shown["strokes"], shown["state"]) == (0, "ok")
        check(here.store.reader.facts_after(changed.json()["seq"] - 1, 1)[0].data)
        assert decode(here.store.reader.facts_after(changed.json()["seq"] - 1, 1)[0].data).actor
        assert (await act(client, "/tools/T9/change", "d", **body)).status_code == 404
        await asyncio.sleep(0)
        assert not verify(tmp_path / "edge.sqlite").broken


class CountsFirst:
    """The writer of a floor, to which a counter is quicker than whatever comes first."""

    def __init__(self, writer: FactWriter, count: Recording) -> None:
        self._writer, self._counts = writer, [count]

    async def record(self, recording: Recording) -> Recorded:
        while self._counts:
            await self._writer.record(self._counts.pop())
        return await self._writer.record(recording)


async def test_what_is_counted_while_a_tool_is_changed_is_not_of_the_new_one(
    tmp_path: Path,
) -> None:
    async with site(tmp_path) as here, api(here) as client:
        tools = edge_tools(client)
        tools.follow({"T7": LIFE})
        rows = [
            Baseline(equipment_id="L1", tag="good", counter_epoch=1, raw=raw, at=SIX)
            for raw in (40, 60)
        ]
        moves = zip([None, *rows], rows, strict=False)
        first, second = (
            Recording(
                drafts=(counted(pieces, raw, "good", "run", MachineState.EXECUTE, "T7"),),
                baselines=(BaselineMove(expected=before, new=after),),
            )
            for (before, after), pieces, raw in zip(moves, (40, 20), (0, 40), strict=True)
        )
        await here.store.record(first)
        here.floor.writer = CountsFirst(here.store, second)
        changed = await act(client, "/tools/T7/change", "c", work_center="L1", note="ground")
        assert changed.status_code == 201, changed.text
        fact = decode(here.store.reader.facts_after(changed.json()["seq"] - 1, 1)[0].data)
        assert fact.body["tool"] == {"id": "T7", "strokes": "15"}
        assert tools.of("T7").strokes == 0


class CountsAlways:
    """The writer of a floor, to which a counter is always quicker: its baseline has moved on."""

    def __init__(self, writer: FactWriter, counts: Iterator[Recording]) -> None:
        self._writer, self._counts, self.attempts = writer, counts, 0

    async def record(self, recording: Recording) -> Recorded:
        if recording.baselines:
            self.attempts += 1
            if count := next(self._counts, None):
                await self._writer.record(count)
        return await self._writer.record(recording)


async def test_a_change_among_counters_that_never_stand_still_says_so_and_is_sent_again(
    tmp_path: Path,
) -> None:
    async with site(tmp_path) as here, api(here) as client:
        edge_tools(client).follow({"T7": LIFE})
        rows = [
            Baseline(equipment_id="L1", tag="good", counter_epoch=1, raw=raw, at=SIX)
            for raw in range(1, 22)
        ]
        counts = [
            Recording(
                drafts=(counted(1, after.raw - 1, "good", "run", MachineState.EXECUTE, "T7"),),
                baselines=(BaselineMove(expected=before, new=after),),
            )
            for before, after in zip([None, *rows], rows, strict=False)
        ]
        await here.store.record(counts[0])
        here.floor.writer = writer = CountsAlways(here.store, iter(counts[1:]))
        before = here.store.reader.chain_end().seq
        body = {"work_center": "L1", "note": "ground"}
        refused = await act(client, "/tools/T7/change", "c", **body)
        assert (refused.status_code, writer.attempts) == (503, 20)
        told = refused.json()
        assert told["type"] == "urn:taktline:problem:counting"
        assert told["detail"] == "L1 counted at each of 20 attempts"
        assert "send the same again" in told["mend"]
        assert refused.headers["retry-after"] == "1"
        assert here.store.reader.chain_end().seq == before + 20, "nothing but the pieces"
        changed = await act(client, "/tools/T7/change", "c", **body)
        assert changed.status_code == 201, changed.text


def edge_tools(client: httpx.AsyncClient) -> Any:
    """The tools of the edge behind a client."""
    transport: Any = client._transport
    return transport.app.state.edge.rooms.tools
