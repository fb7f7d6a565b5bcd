"""The opening state at go-live: orders know it, shifts and the ERP's feed do not."""

from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from edge.domain.recording import Baseline
from erp_sync.inbox import chain, intake
from erp_sync.storage import ledger, tables
from erp_sync.storage.engine import Store as SyncStore
from tests.contract.fact_schema import check
from tests.contract.sync.site import config_at
from tests.integration.edge.floor_on_store import MINUTE, SIX, Site, site
from tests.integration.edge.test_api import api
from tests.integration.edge.test_corrections import projected_soundly
from tests.integration.restating.moved import API, act, changed, count

SHA = "0" * 64
ROWS: list[dict[str, Any]] = [
    {"row": 2, "order": "WO1", "operation": 10, "good": 100, "scrap": 3, "state": "finished"},
    {"row": 3, "order": "WO1", "operation": 20, "good": 40, "before": 60},
    {"row": 4, "order": "WO2", "operation": 10, "good": 25},
]


async def take(
    client: httpx.AsyncClient, key: str, rows: list[dict[str, Any]] = ROWS, **more: Any
) -> httpx.Response:
    return await act(client, "/opening", key, rows=rows, sha256=SHA, **more)


def jobs(here: Site) -> dict[str, tuple[str, int, int, int]]:
    here.floor.register.reload()
    return {
        id_: (str(job.state), job.good, job.scrap, job.left)
        for id_, job in here.floor.register.jobs.items()
    }


async def test_orders_limits_and_what_is_left_are_known(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        before = jobs(here)
        dry = await take(client, "d", dry_run=True)
        assert (dry.status_code, dry.json()["seq"], jobs(here)) == (200, None, before)
        assert [one["changed"] for one in dry.json()["jobs"]] == [True, True, True]
        done = await take(client, "a")
        assert done.status_code == 201, done.text
        now = jobs(here)
        assert now["WO1.10"] == ("Ended", 100, 3, 0)
        assert now["WO1.20"] == ("AllowedToStart", 40, 0, 60)
        assert now["WO2.10"] == ("AllowedToStart", 25, 0, 75)
        assert now["WO2.20"][0] == "NotAllowedToStart"
        assert here.floor.register.limit(here.floor.job("WO1.20")) == 100
        assert here.floor.register.rest(here.floor.job("WO1.20")).limit == 60  # type: ignore[union-attr]
        assert here.store.reader.hour_quantities("L1", 0, 2**62) == []
        assert (await take(client, "a")).json()["seq"] == done.json()["seq"]
        end = here.store.reader.chain_end()
        same = await take(client, "b")
        assert (same.status_code, same.json()["seq"]) == (200, None)
        assert here.store.reader.chain_end() == end
        for fact in here.store.reader.facts_after(done.json()["seq"] - 1, 20):
            check(fact.data)
        shown = (await client.get(f"{API}/opening")).json()["items"]
        assert (shown[0]["job_order_id"], shown[0]["good"]) == ("WO1.10", 100)
    assert projected_soundly(tmp_path / "edge.sqlite")


async def test_an_operation_may_start_if_the_one_before_has_passed_pieces_on(
    tmp_path: Path,
) -> None:
    async with site(tmp_path) as here, api(here) as client:
        nothing_yet = {"row": 3, "order": "WO2", "operation": 20, "good": 0}
        assert (await take(client, "a", [ROWS[0], nothing_yet])).is_success
        now = jobs(here)
        assert now["WO1.20"] == ("AllowedToStart", 0, 0, 100)  # it is in no row
        assert now["WO2.10"][0] == "AllowedToStart"
        assert now["WO2.20"][0] == "NotAllowedToStart"
    assert projected_soundly(tmp_path / "edge.sqlite")


async def test_another_file_books_the_difference_and_real_counts_are_asked_back(
    tmp_path: Path,
) -> None:
    async with site(tmp_path) as here, api(here) as client:
        assert (await take(client, "a")).status_code == 201
        rows = [{**ROWS[2], "good": 20}]
        assert (await take(client, "b", rows)).status_code == 201
        assert jobs(here)["WO2.10"][1] == 20
        await changed(here, client, "WO2.10", "start", here.clock.now())
        await here.record(count(0, 7, "WO2.10", SIX, SIX + 5 * MINUTE))
        runs = await take(client, "c", [{**ROWS[2], "good": 22}])
        assert (runs.status_code, "runs now" in runs.text) == (422, True)
        await changed(here, client, "WO2.10", "complete", here.clock.now() + MINUTE)
        asked = await take(client, "c", [{**ROWS[2], "good": 22}])
        assert (asked.status_code, asked.json().get("confirm")) == (409, True)
        sure = await take(client, "c", [{**ROWS[2], "good": 22}], confirm=True)
        assert sure.status_code == 201, sure.text
        assert jobs(here)["WO2.10"][:2] == ("Ended", 29)
        [row] = here.store.reader.hour_quantities("L1", 0, 2**62)
        assert row.good == 7
    assert projected_soundly(tmp_path / "edge.sqlite")


async def test_a_counter_begins_where_the_file_says(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        rows = [{"row": 2, "work_center": "L1", "counter": "good", "value": 1234}]
        assert (await take(client, "a", rows)).status_code == 201
        [known] = here.store.reader.baselines()
        at = here.clock.now()
        assert known == Baseline(equipment_id="L1", tag="good", counter_epoch=1, raw=1234, at=at)
        again = await take(client, "b", rows)
        assert (again.status_code, "counted already" in again.text) == (422, True)


@pytest.mark.parametrize(
    ("row", "place", "words"),
    [
        ({"order": "NO"}, "row 9, order", "no such order"),
        ({"operation": 30}, "row 9, operation", "no such operation"),
        ({"good": -1}, "row 9, good", "below 0"),
        ({"operation": 20, "good": 5}, "row 9, good", "has passed on 0"),
        ({"before": 5}, "row 9, before", "first operation"),
        ({"work_center": "L9", "counter": "good"}, "row 9, work_center", "is not here"),
        ({"work_center": "L1", "counter": "bad"}, "row 9, counter", "no such counter"),
    ],
)
async def test_every_fault_is_told_by_row_and_column_and_nothing_is_booked(
    tmp_path: Path, row: dict[str, Any], place: str, words: str
) -> None:
    async with site(tmp_path) as here, api(here) as client:
        end = here.store.reader.chain_end()
        base = {} if "work_center" in row else {"order": "WO2", "operation": 10}
        answer = await take(client, "k", [*ROWS[:2], {"row": 9, **base, **row}])
        assert answer.status_code == 422, answer.text
        [fault] = answer.json()["errors"]
        assert (fault["place"], words in fault["message"]) == (place, True)
        assert here.store.reader.chain_end() == end


async def test_faults_of_every_kind_are_told_in_one_answer(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        rows = [
            ROWS[0],
            {**ROWS[1], "before": 50},
            {"row": 7, "order": "NO", "operation": 10},
            {"row": 8, "order": "WO2", "operation": 10, "good": -1},
            {"row": 9, "order": "WO2", "operation": 20, "good": 900},  # rests on row 8
            {"row": 10, "work_center": "L1", "counter": "bad", "value": 1},
        ]
        end = here.store.reader.chain_end()
        answer = await take(client, "k", rows)
        assert answer.status_code == 422, answer.text
        assert sorted(one["place"] for one in answer.json()["errors"]) == [
            "row 10, counter",
            f"row {ROWS[1]['row']}, before",
            "row 7, order",
            "row 8, good",
        ]
        assert here.store.reader.chain_end() == end


async def test_wip_that_does_not_add_up_and_rows_that_stand_twice(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        wrong = await take(client, "k", [ROWS[0], {**ROWS[1], "before": 50}])
        assert "60 wait" in wrong.json()["errors"][0]["message"]
        twice = await take(client, "l", [*ROWS, {**ROWS[0], "row": 7}])
        assert [one["place"] for one in twice.json()["errors"]] == ["row 7, operation"]
        assert jobs(here)["WO1.10"][1] == 0


async def test_sync_shows_the_order_and_feeds_the_erp_nothing(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        assert (await take(client, "a")).status_code == 201
        facts = [fact.data for fact in here.store.reader.facts_after(0, 1000)]
    sync = SyncStore(config_at(tmp_path).store_url)
    arrivals = chain.read("e1", facts)
    taken = partial(intake.take_in, edge_id="e1", epoch=1, arrivals=arrivals, watermark=SIX)
    await sync.write(partial(taken, zone=ZoneInfo("Europe/Berlin"), now=SIX))

    def looked(connection: Any) -> tuple[list[Any], list[Any]]:
        job, entry = tables.job_progress, ledger.entry
        rows = connection.execute(job.select().order_by(job.c.job_order_id)).all()
        return rows, connection.execute(entry.select()).all()

    rows, entries = await sync.read(looked)
    assert [(row.job_order_id, row.good, row.scrap) for row in rows if row.good] == [
        ("WO1.10", 100, 3),
        ("WO1.20", 40, 0),
        ("WO2.10", 25, 0),
    ]
    assert entries == []
    sync.close()
