"""Counts are corrected by people; the edge's sums and sync's are the same after any of it."""

import asyncio
import contextlib
import shutil
import sqlite3
import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.domain.changes import Add
from edge.domain.clock import ManualClock
from edge.domain.facts import FactDraft, FactKind, Source, decode
from edge.domain.recording import Recording
from edge.execution.errors import InvalidAction
from edge.execution.restating.sums import check_sums
from edge.storage.store import Store
from edge.storage.verify import verify
from erp_sync.inbox import chain, intake
from erp_sync.storage.engine import Store as SyncStore
from tests.contract.fact_schema import check
from tests.contract.sync.site import config_at
from tests.integration.edge.floor_on_store import MINUTE, SIX, Site, site
from tests.integration.edge.test_api import API, act, api
from tests.integration.edge.test_quarantines import NOTE, jumped

HOUR = 60 * MINUTE
EARLY = {"id": "day", "revision": "x", "shift": "early", "production_day": "2026-06-08"}


def counted(raw: int, quantity: int, job: str | None, hour: int = SIX) -> FactDraft:
    body = {"role": "good", "quantity": quantity, "tag": "good", "counter_epoch": 1}
    body |= {"raw_from": raw, "raw_to": raw + quantity, "from": hour, "to": hour, "flags": []}
    body |= {"hour": hour, "run_time_per_item": "2.5" if job else None, "calendar": EARLY}
    return FactDraft(
        kind=FactKind.PRODUCTION_COUNT,
        occurred_at=hour,
        equipment_id="L1",
        source=Source.PLC,
        job_order_id=job,
        body=body,
    )


def scrapped(quantity: int, job: str, hour: int = SIX) -> FactDraft:
    body = {"quantity": quantity, "reason": "burr", "effect": "reclassify", "hour": hour}
    body |= {"run_time_per_item": "2.5", "calendar": EARLY}
    return FactDraft(
        kind=FactKind.SCRAP,
        occurred_at=hour,
        equipment_id="L1",
        source=Source.OPERATOR,
        actor="ann",
        job_order_id=job,
        body=body,
    )


async def correct(client: Any, seq: int, key: str, **body: Any) -> Any:
    return await act(client, f"/facts/{seq}/corrections", key, **{"note": NOTE, **body})


def good(here: Site, job: str = "WO1.10") -> tuple[int, int]:
    here.floor.register.reload()
    found = here.floor.job(job)
    return found.good, found.scrap


async def test_quantity_and_job_are_corrected_and_the_first_figure_stays(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        await act(client, "/job-orders/WO1.10/start", "s", version=1)
        await here.record(counted(0, 30, None))
        seq = here.store.reader.chain_end().seq
        first = await correct(client, seq, "a", changes={"quantity": 28, "job_order_id": "WO1.10"})
        assert first.status_code == 201, first.text
        assert good(here) == (28, 0)
        second = await correct(client, seq, "b", changes={"quantity": 25}, version=1)
        assert second.status_code == 201, second.text
        shown = (await client.get(f"{API}/facts/{seq}")).json()
        assert shown["fact"]["body"]["quantity"] == 30
        assert shown["now"] == {"quantity": 25, "job_order_id": "WO1.10"}
        assert shown["version"] == 2
        [row] = [one for one in here.store.reader.hour_quantities("L1", SIX, SIX + 1) if one.good]
        assert (row.job_order_id, row.run_time_per_item, row.good) == ("WO1.10", "5/2", 25)
        query: dict[str, Any] = {"work_center": "L1", "from": SIX, "to": SIX + HOUR}
        [kpi] = (await client.get(f"{API}/kpis", params=query)).json()["items"]
        assert kpi["elements"]["good_quantity"] == 25
        board = (await client.get(f"{API}/work-centers/L1/board")).json()
        assert board["hours"][0]["actual"] == 25
        again = await correct(client, seq, "a", changes={"quantity": 28, "job_order_id": "WO1.10"})
        assert (again.json(), good(here)) == (first.json(), (25, 0))
        check(here.store.reader.facts_after(second.json()["seq"] - 1, 1)[0].data)
        assert projected_soundly(tmp_path / "edge.sqlite")


async def test_a_release_is_undone_by_a_correction(tmp_path: Path) -> None:
    async with jumped(tmp_path) as (here, client, id_):
        path = f"/quarantines/{id_}/release"
        seq = (await act(client, path, "r", quantity=40, note=NOTE)).json()["seq"]
        much = await correct(client, seq, "a", changes={"quantity": 101})
        assert (much.status_code, "can have counted 100" in much.text) == (422, True)
        assert (await correct(client, seq, "b", changes={"quantity": 0})).status_code == 201
        assert good(here) == (0, 0)
        [held] = here.store.reader.held_readings()
        assert (held.decided, held.quantity) == (seq, 0)
        await here.store.rebuild()
        assert here.store.reader.held_readings() == [held]


@pytest.mark.parametrize(
    ("what", "body", "status", "words"),
    [
        ("count", {"changes": {"quantity": -1}}, 422, "the fact says 30"),
        ("count", {"changes": {"quantity": 30}}, 422, "says so already"),
        ("count", {"changes": {"quantity": 9}}, 422, "only 20 are left"),
        ("count", {"changes": {"job_order_id": None}}, 422, "only 20 are left"),
        ("count", {"changes": {"job_order_id": "WO2.10"}}, 422, "was not started"),
        ("count", {"changes": {"job_order_id": "WO1.20"}}, 422, "a job of L2"),
        ("count", {"changes": {"job_order_id": "NO.1"}}, 404, "no job order"),
        ("count", {"changes": {}}, 422, "changes is empty"),
        ("count", {"changes": {"hour": 1}}, 422, "changes.hour"),
        ("count", {"changes": {"quantity": 29}, "note": " "}, 422, "note"),
        ("count", {"changes": {"quantity": 29}, "version": 1}, 409, "look again"),
        ("scrap", {"changes": {"quantity": 31}}, 422, "only 20 are left"),
        ("event", {"changes": {"quantity": 1}}, 422, "can be corrected"),
        ("none", {"changes": {"quantity": 1}}, 404, "no fact"),
    ],
)
async def test_what_cannot_be_is_refused_with_words(
    tmp_path: Path, what: str, body: dict[str, Any], status: int, words: str
) -> None:
    async with site(tmp_path) as here, api(here) as client:
        await act(client, "/job-orders/WO1.10/start", "s", version=1)
        await here.record(counted(0, 30, "WO1.10"))
        await here.record(scrapped(10, "WO1.10"))
        end = here.store.reader.chain_end()
        seq = {"scrap": end.seq, "count": end.seq - 1, "event": end.seq - 2, "none": 999}[what]
        answer = await correct(client, seq, "k", **body)
        assert (answer.status_code, words in answer.text) == (status, True), answer.text
        assert here.store.reader.chain_end() == end


async def test_a_count_is_corrected_only_as_far_as_the_operations_around_it_allow(
    tmp_path: Path,
) -> None:
    async with site(tmp_path) as here, api(here) as client:
        await act(client, "/job-orders/WO1.10/start", "s", version=1)
        await here.record(counted(0, 20, "WO1.10"))
        await here.record(counted(20, 10, "WO1.10"))
        await here.record(scrapped(2, "WO1.10"))
        made, last, scrap = (here.store.reader.chain_end().seq - less for less in (2, 1, 0))
        said: dict[str, Any] = {"version": 2, "confirm": True}
        ended = await act(client, "/job-orders/WO1.10/complete", "c", **said)
        assert ended.status_code == 201, ended.text
        started = await act(client, "/job-orders/WO1.20/start", "t", version=2)
        assert started.status_code == 201, started.text
        await here.record(replace(counted(0, 25, "WO1.20"), equipment_id="L2"))
        used = here.store.reader.chain_end().seq
        end = here.store.reader.chain_end()
        for key, seq, changes, words in (
            ("d", made, {"quantity": 16}, "WO1.20 has already used 25 of them"),
            ("e", last, {"job_order_id": None}, "WO1.20 has already used 25 of them"),
            ("f", used, {"quantity": 29}, "WO1.10 has passed on 28"),
        ):
            answer = await correct(client, seq, key, changes=changes)
            assert (answer.status_code, words in answer.text) == (409, True), answer.text
        assert here.store.reader.chain_end() == end
        for key, seq, quantity in (("g", made, 17), ("h", used, 20), ("i", made, 12)):
            answer = await correct(client, seq, key, changes={"quantity": quantity})
            assert answer.status_code == 201, answer.text
        # Late scrap was bad all the same, whoever has used it.
        assert (await correct(client, scrap, "j", changes={"quantity": 5})).status_code == 201
        assert (good(here), good(here, "WO1.20")) == ((17, 5), (20, 0))


async def test_scrap_of_the_operation_behind_was_used_too(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        await act(client, "/job-orders/WO1.10/start", "s", version=1)
        await here.record(counted(0, 20, "WO1.10"))
        made = here.store.reader.chain_end().seq
        await act(client, "/job-orders/WO1.10/complete", "c", version=2, confirm=True)
        await act(client, "/job-orders/WO1.20/start", "t", version=2)
        await here.record(replace(counted(0, 15, "WO1.20"), equipment_id="L2"))
        await here.record(replace(scrapped(5, "WO1.20"), equipment_id="L2"))
        fewer = await correct(client, made, "d", changes={"quantity": 14})
        assert (fewer.status_code, "already used 15 of them" in fewer.text) == (409, True)
        assert (await correct(client, made, "e", changes={"quantity": 15})).status_code == 201


async def test_a_count_of_nothing_is_corrected_to_some_and_never_below(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        await act(client, "/job-orders/WO1.10/start", "s", version=1)
        await here.record(counted(0, 0, "WO1.10"))
        seq = here.store.reader.chain_end().seq
        less = await correct(client, seq, "a", changes={"quantity": -1})
        assert (less.status_code, "the fact says 0" in less.text) == (422, True)
        assert (await correct(client, seq, "b", changes={"quantity": 3})).status_code == 201
        assert good(here) == (3, 0)


async def test_a_divided_count_is_made_whole_as_it_was_recorded(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        await act(client, "/job-orders/WO1.10/start", "s", version=1)
        await here.record(counted(0, 30, None))
        seq = here.store.reader.chain_end().seq
        given_ = {"fact": seq, "job_order_id": "WO1.10", "quantity": 10, "note": NOTE}
        assert (await act(client, "/work-centers/L1/assignments", "g", **given_)).is_success
        part = await correct(client, seq, "a", changes={"quantity": 10})
        assert (part.status_code, "is divided (10 of WO1.10, 20 of nobody)" in part.text) == (
            422,
            True,
        )
        whole = {"quantity": 30, "job_order_id": None}
        assert (await correct(client, seq, "b", changes=whole)).status_code == 201
        assert good(here) == (0, 0)
        again = await correct(client, seq, "c", changes=whole)
        assert (again.status_code, "says so already" in again.text) == (422, True)
    assert projected_soundly(tmp_path / "edge.sqlite")


async def test_pieces_of_an_hour_that_has_no_row_are_none(tmp_path: Path) -> None:
    less = Add(
        "hour_bucket",
        {
            "equipment_id": "L1",
            "hour": SIX,
            "job_order_id": "",
            "run_time_per_item": "",
            "shift": "",
            "production_day": "",
        },
        {"good": -1},
    )
    async with site(tmp_path) as here:
        with pytest.raises(InvalidAction, match="only 0 are left"):
            check_sums(here.store.reader, [less])


async def test_two_people_at_once_do_not_overwrite_each_other(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        await act(client, "/job-orders/WO1.10/start", "s", version=1)
        await here.record(counted(0, 30, "WO1.10"))
        seq = here.store.reader.chain_end().seq
        answers = await asyncio.gather(
            *(correct(client, seq, f"k{n}", changes={"quantity": n}, version=0) for n in range(5))
        )
        assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]


# What a random history is made of: a count, scrap, or a correction of an earlier one.
jobs = st.sampled_from(["WO1.10", "WO2.10", None])
hours = st.sampled_from([SIX, SIX + HOUR])
count_of = st.tuples(st.just("count"), st.integers(1, 50), jobs, hours)
scrap_of = st.tuples(st.just("scrap"), st.integers(1, 20), st.just("WO1.10"), hours)
to_quantity = st.fixed_dictionaries({"quantity": st.integers(0, 60)})
to_job = st.fixed_dictionaries(
    {"job_order_id": jobs, "run_time_per_item": st.sampled_from([None, "3"])}
)
correction_of = st.tuples(
    st.just("correct"),
    st.integers(0, 100),
    st.one_of(to_quantity, to_job, st.builds(lambda a, b: a | b, to_quantity, to_job)),
)
histories = st.lists(st.one_of(count_of, scrap_of, correction_of), min_size=1, max_size=14)


def drafts_of(history: list[Any]) -> list[FactDraft]:
    drafts: list[FactDraft] = []
    raw = 0
    for kind, *rest in history:
        if kind == "count":
            quantity, job, hour = rest
            drafts.append(counted(raw, quantity, job, hour))
            raw += quantity
        elif kind == "scrap":
            drafts.append(scrapped(*rest))
        elif facts := [n for n, one in enumerate(drafts, 1) if one.kind != FactKind.CORRECTION]:
            body = {"corrects": facts[rest[0] % len(facts)], "changes": rest[1], "note": NOTE}
            drafts.append(
                FactDraft(
                    kind=FactKind.CORRECTION,
                    occurred_at=SIX,
                    equipment_id="L1",
                    source=Source.OPERATOR,
                    actor="ann",
                    body=body,
                )
            )
    return drafts


def projected_soundly(path: Path) -> bool:
    """Whether projections are what the facts say; baselines are none of these tests."""
    found = verify(path)
    return found.broken is None and set(found.differing) <= {"baselines"}


def table(path: Path, name: str, columns: str) -> list[tuple[Any, ...]]:
    with contextlib.closing(sqlite3.connect(path)) as db:
        rows = db.execute(f"SELECT {columns} FROM {name}").fetchall()
    return sorted(row for row in rows if any(row[-3:]))


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("migrated")
    SyncStore(config_at(folder).store_url).close()
    return folder / "sync.sqlite"


@given(histories, st.integers(1, 5), st.integers(1, 5))
@settings(max_examples=25, deadline=None)
def test_edge_and_sync_have_the_same_sums_after_any_corrections(
    migrated: Path, history: list[Any], at_once: int, batch: int
) -> None:
    with tempfile.TemporaryDirectory() as name:
        asyncio.run(compare(Path(name), migrated, drafts_of(history), at_once, batch))


async def compare(
    folder: Path, migrated: Path, drafts: list[FactDraft], at_once: int, batch: int
) -> None:
    clock, zone = ManualClock(SIX), ZoneInfo("Europe/Berlin")
    edge_file, sync_file = folder / "edge.sqlite", folder / "sync.sqlite"
    with Store.open(edge_file, "e1", clock) as store:
        for first in range(0, len(drafts), at_once):
            await store.record(Recording(drafts=tuple(drafts[first : first + at_once])))
        facts = [fact.data for fact in store.reader.facts_after(0, 1000)]
    assert projected_soundly(edge_file)
    with Store.open(folder / "again.sqlite", "e1", clock) as restored:
        await restored.adopt(2, facts)
    shutil.copy(migrated, sync_file)
    sync = SyncStore(config_at(folder).store_url)
    for first in range(0, len(facts), batch):
        arrivals = chain.read("e1", facts[first : first + batch])
        take = partial(intake.take_in, edge_id="e1", epoch=1, arrivals=arrivals, watermark=None)
        await sync.write(partial(take, zone=zone, now=SIX))
    sync.close()
    for what, key in (
        ("hour_bucket", "hour, job_order_id, run_time_per_item, shift"),
        ("job_progress", "job_order_id"),
    ):
        columns = f"{key}, good, scrap, rework"
        ours = table(edge_file, what, columns)
        assert (
            ours == table(sync_file, what, columns) == table(folder / "again.sqlite", what, columns)
        )
    assert sum(
        row[-3] for row in table(edge_file, "hour_bucket", "good, scrap, rework")
    ) == expected([decode(data) for data in facts])


def expected(facts: list[Any]) -> int:
    """Good pieces by plain reckoning: what each fact is last said to be."""
    last = {fact.seq: fact.body["quantity"] for fact in facts if fact.kind != FactKind.CORRECTION}
    for fact in facts:
        if fact.kind == FactKind.CORRECTION and "quantity" in fact.body["changes"]:
            last[fact.body["corrects"]] = fact.body["changes"]["quantity"]
    signs = {fact.seq: 1 if fact.kind == FactKind.PRODUCTION_COUNT else -1 for fact in facts}
    return sum(signs[seq] * quantity for seq, quantity in last.items())
