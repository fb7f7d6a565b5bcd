"""Every figure is the same at edge and sync: all KPIs, levels and periods, to the digit."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import httpx
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from edge.domain.facts import FactKind
from edge.domain.recording import Document
from edge.execution.floor import WorkCenter
from edge.kpi.registry import KPIS
from edge.kpi.scopes import Level, Period
from erp_sync.storage.migrate import SCRIPTS
from tests.contract.sync.site import Site as SyncSite
from tests.contract.sync.site import site_at
from tests.integration.edge.floor_on_store import MINUTE, SIX, Site, site
from tests.integration.edge.test_api import API, act, api
from tests.integration.edge.test_explain import JOB, THING, WINDOW, a_morning, said
from tests.integration.edge.test_kpis import HOUR
from tests.unit.execution.floor_parts import definition, order, schedule

PLACES: dict[str, Any] = {
    "L1": {"line": "A", "area": "hall1", "constraint": True, "capacity_per_hour": "1200"},
    "L2": {"line": "A", "area": "hall1", "constraint": False, "capacity_per_hour": None},
}
STEEL = {"material": "STEEL", "revision": "B", "quantity": "1/8", "unit": "kg", "tracked": "none"}
THINGS = {**THING, Level.LINE: {"line": "A"}, Level.AREA: {"area": "hall1"}}
SPANS: dict[str, tuple[int, int]] = {
    Period.HOUR: (SIX, SIX + 2 * HOUR),
    Period.SHIFT: (SIX + 11, SIX + 70 * MINUTE),
    Period.DAY: (SIX, SIX + HOUR),
    Period.WEEK: (SIX, SIX + 1),
    Period.SPAN: (SIX, SIX + 2 * HOUR),
    Period.ORDER: (SIX, SIX + HOUR),
}

NEW = (
    "inspection_hour", "job_pin", "job_material", "material_use", "maintenance_interval",
    "labour_interval",
)  # fmt: skip


def product() -> Document:
    """A product with material, planned scrap and an inspection of each operation."""
    document = definition()
    burr = {"id": "burr", "en": "Burr", "kind": "attribute"}
    plan = {"id": "LOOK", "when": {"every_pieces": 50}, "sample": 3, "characteristics": [burr]}
    for operation in document.content["operations"]:
        more = {"materials": [STEEL], "planned_scrap_percent": "1.5", "inspections": [plan]}
        operation.update(more)
    return document


def placed_at(center: WorkCenter, place: dict[str, Any]) -> WorkCenter:
    capacity = place["capacity_per_hour"]
    known = None if capacity is None else Fraction(capacity)
    return replace(center, **{**place, "capacity_per_hour": known})


@asynccontextmanager
async def both(folder: Path) -> AsyncIterator[tuple[Site, httpx.AsyncClient, SyncSite]]:
    """An edge after a morning in which every room had its say, and a sync that was told all."""
    (folder / "edge").mkdir()
    documents = (product(), schedule(1, order("WO1"), order("WO2", 2)))
    async with (
        site(folder / "edge", documents=documents) as here,
        api(here) as client,
        site_at(folder) as sync,
    ):
        centers = here.floor.work_centers
        here.floor.work_centers = {id_: placed_at(centers[id_], PLACES[id_]) for id_ in centers}
        await a_whole_morning(here, client)
        await synced(here, sync, documents)
        yield here, client, sync


async def a_whole_morning(here: Site, client: httpx.AsyncClient) -> None:
    """A morning, with inspections, one of them void, and maintenance of both kinds."""
    applied = {"sha256": "0" * 64, "taktline": "1", "work_centers": PLACES}
    await here.record(said(FactKind.CONFIGURATION_APPLIED, SIX, applied, "s1"))
    await a_morning(here, client)
    for number, kind in enumerate(("corrective", "preventive")):
        body: dict[str, Any]
        body = {"event": "reported", "kind": kind, "plan": None, "stop": None, "note": ""}
        at = SIX + (80 + number) * MINUTE
        await here.record(said(FactKind.MAINTENANCE, at, body | {"at": at}))
        seq = here.store.reader.chain_end().seq
        for event, later in (("begun", 1), ("done", 5 + number)):
            body = {"event": event, "order": seq, "at": at + later * MINUTE, "note": "", "plan": ""}
            await here.record(said(FactKind.MAINTENANCE, at + later * MINUTE, body))
    seqs = []
    for key, seen in (("q1", "ok ok ok"), ("q2", "ok nok ok"), ("q3", "nok nok nok")):
        results = [{"characteristic": "burr", "readings": seen.split()}]
        looked = {"job_order_id": JOB, "inspection": "LOOK", "results": results}
        answer = await act(client, "/quality/results", key, **looked)
        assert answer.status_code == 201, answer.text
        seqs.append(answer.json()["seq"])
    for key, loss in (("l1", "production"), ("l2", "storage"), ("l3", "other")):
        lost = {"material": "STEEL", "quantity": "3/2", "loss": loss, "reason": "rust"}
        answer = await act(client, "/work-centers/L1/losses", key, **lost)
        assert answer.status_code == 201, answer.text
    path = f"/quality/results/{seqs[-1]}/void"
    answer = await act(client, path, "q4", note="another tray")
    assert answer.status_code == 201, answer.text


async def synced(here: Site, sync: SyncSite, documents: tuple[Document, ...]) -> None:
    product_, month = documents
    path = f"operations-definitions/{product_.id}/{product_.revision}"
    answer = await sync.put(path, product_.content)
    assert answer.status_code in {200, 201}, answer.text
    answer = await sync.put(f"operations-schedules/{month.id}", month.content)
    assert answer.status_code in {200, 201}, answer.text
    facts = [fact.data for fact in here.store.reader.facts_after(0, 1000)]
    await sync.sent(facts, watermark=here.clock.now())


async def consumed_is_what_material_hours_say(client: httpx.AsyncClient) -> None:
    hours = (await client.get(f"{API}/material-hours", params={"work_center": "L1"})).json()
    amounts = ("consumed", "production_loss", "storage_loss", "other_loss")
    total = sum(Fraction(one[name]) for one in hours["items"] for name in amounts)
    path, day = "kpis/finished_goods_ratio/explanation", {"work_center": "L1", "day": "2026-06-08"}
    [told] = (await client.get(f"{API}/{path}", params=day)).json()["items"]
    [consumed] = [one["value"] for one in told["elements"] if one["symbol"] == "CM"]
    assert Fraction(consumed) == total > 100


async def test_edge_and_sync_say_the_same_of_every_kpi(tmp_path: Path) -> None:
    shown: set[str] = set()
    async with both(tmp_path) as (_, client, sync):
        every = [(level, thing) for level in THINGS for thing in (THINGS[level], {"level": level})]
        for level, thing in every:
            for by, (start, end) in SPANS.items():
                if (level == Level.ORDER) != (by == Period.ORDER):
                    continue
                query: dict[str, Any] = {**thing, "from": start, "to": end, "by": str(by)}
                here = await client.get(f"{API}/kpis", params=query)
                if "work_center" in query:
                    query["equipment"] = query.pop("work_center")
                there = await sync.get("kpis", **query)
                assert here.status_code == there.status_code == 200, (query, here.text, there.text)
                assert here.json() == there.json(), query
                for item in here.json()["items"]:
                    shown |= {name for name, one in item["kpis"].items() if one is not None}
        await consumed_is_what_material_hours_say(client)
    nowhere = {name for name in KPIS if name not in shown}
    assert nowhere == {
        "inventory_turns", "machine_capability", "critical_machine_capability",
        "process_capability", "critical_process_capability",
    }  # fmt: skip


def without_what_stays(told: dict[str, Any]) -> dict[str, Any]:
    """An explanation without the facts of energy and inspections, which stay with the edge."""
    told.pop("hint", None)
    told.pop("hint_coded", None)
    for unit in told["units"]:
        unit.pop("edges", None)
        for row in unit["records"]:
            row.pop("facts", None)
    return told


async def test_edge_and_sync_explain_a_figure_by_the_same_facts(tmp_path: Path) -> None:
    readings = 0
    async with both(tmp_path) as (_, client, sync):
        for name, kpi in KPIS.items():
            means = [
                {**THINGS[level], **WINDOW[period]}
                for level in THINGS
                for period in WINDOW
                if not kpi.where.refusal(level, period)
            ]
            for query in means[:1] + means[-1:]:
                path = f"kpis/{name}/explanation"
                here = await client.get(f"{API}/{path}", params=query)
                there = await sync.get(path, **query)
                assert here.status_code == there.status_code == 200, (there.text, here.text)
                ours, theirs = here.json()["items"], there.json()["items"]
                assert all(unit["edges"] == ["e1"] for one in theirs for unit in one["units"])
                shown = [list(map(without_what_stays, items)) for items in (ours, theirs)]
                assert shown[0] == shown[1], (name, query)
                readings += there.text.count('"raw_from"')
    assert readings > 50


async def test_sync_says_which_edge_has_the_facts_that_it_cannot_find(tmp_path: Path) -> None:
    async with both(tmp_path) as (_, _, sync):
        day = {"work_center": "L1", "day": "2026-06-08"}
        for name in ("comprehensive_energy_consumption", "first_pass_yield"):
            [told] = (await sync.get(f"kpis/{name}/explanation", **day)).json()["items"]
            assert told["hint"] == (
                "the facts of energy and inspections are with edge e1: ask there"
            )
        answer = await sync.get("kpis/oee/explanation", work_center="L1", hour="2030-06-08T06")
        assert answer.status_code == 404
        twice = await sync.get("kpis", work_center="L1", equipment="L1", hour="2026-06-08T06")
        assert (twice.status_code, "name one of them" in twice.text) == (422, True)


async def test_what_an_older_version_stored_is_folded_when_the_store_is_opened(
    tmp_path: Path,
) -> None:
    """A store of before the tables that the KPIs need has their rows as if it always had them."""

    def rows(db: Connection) -> dict[str, list[tuple[Any, ...]]]:
        return {name: sorted(map(tuple, db.execute(text(f"SELECT * FROM {name}")))) for name in NEW}

    def older(db: Connection) -> None:
        config = Config(attributes={"connection": db})
        config.set_main_option("script_location", str(SCRIPTS))
        command.downgrade(config, "0005")

    async with both(tmp_path) as (_, _, sync):
        store = sync.service.store
        live = store.write_now(rows)
        assert all(live.values()), live
        store.write_now(older)
    async with site_at(tmp_path) as sync:
        folded = sync.service.store.write_now(rows)
    assert folded == live
