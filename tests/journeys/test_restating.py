"""What is known later, with a real edge, sync and machine: on the board, in a KPI, in the ERP's
feed, and in the reconciliation, whose difference is 0 after each of it."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from simulators.erp.postings import (
    KINDS,
    NO_ORDER,
    Entry,
    Pieces,
    Posting,
    corrected,
    correction_postings,
    entry_of,
    pieces_of,
)
from tests.journeys.company import Company, company, order
from tests.journeys.explained import explained
from tests.journeys.processes import until

pytestmark = pytest.mark.xdist_group("edge_process")
DAY = "2026-06-08"
MINUTE, HOUR = 60_000_000, 3_600_000_000


async def booked(here: Company) -> dict[tuple[str, int], tuple[int, int]]:
    """An ERP reads the feed by its own arithmetic, acknowledges all of it and sends its books."""
    entries: dict[int, Entry] = {}
    totals: dict[tuple[str, int], Pieces] = {}
    items = await here.feed()
    for item in items:
        entry = entry_of(item)
        if entry.kind not in KINDS:
            continue
        postings: tuple[Posting, ...] = (Posting(entry, pieces_of(entry)),)
        if entry.kind == "correction":
            old = entries.get(int(entry.body["corrects"]))
            if old is None:  # of a state: no pieces
                continue
            now = entries[old.seq] = corrected(old, entry.body["changes"])
            postings = correction_postings(old, now)
        else:
            entries[entry.seq] = entry
        for posting in postings:
            place = posting.of.place
            totals[place] = totals.get(place, Pieces()) + posting.pieces
    said = [{"id": one["id"], "status": "posted", "document": "MB-1"} for one in items]
    await here.put("/consumers/erp/acknowledgements", {"items": said})
    rows = [
        {
            "order": "" if place == NO_ORDER else place[0],
            "operation": place[1],
            "good": pieces.good,
            "scrap": pieces.scrap,
        }
        for place, pieces in totals.items()
    ]
    await here.put(f"/consumers/erp/books/{DAY}", {"items": rows})
    return {place: (one.good, one.scrap) for place, one in totals.items() if one.good or one.scrap}


async def no_difference(here: Company) -> None:
    found = await here.sync.get(f"/reconciliations/{DAY}", consumer="erp")
    assert (found["difference"], found["waiting"]["edges"]) == (0, 0), found
    assert all(row["booked"] is not None for row in found["rows"])


async def started(here: Company, id_: str, number: int) -> None:
    await here.act(f"/job-orders/{id_}/start", version=(await here.jobs())[id_]["version"])
    await here.machine.show(state=6, order=number)

    async def loaded() -> bool:
        """Pieces that come with the order's number in one look are those of the order before."""
        return bool(((await here.board())["loaded"] or {}).get("number") == number)

    await until(loaded)


async def ended(here: Company, id_: str) -> None:
    await here.act(f"/job-orders/{id_}/complete", version=(await here.jobs())[id_]["version"])


async def hours(here: Company, job: str) -> int:
    """Good pieces of a job on the board of the shift."""
    board = await here.board()
    rows = [one for hour in board["hours"] for one in hour["orders"]]
    return sum(one["actual"] for one in rows if one["job_order_id"] == job)


async def elements(here: Company) -> dict[str, int]:
    """Sums of the KPIs' elements by hour."""
    rows = [row["elements"] for row in await here.kpis()]
    return {name: sum(row[name] for row in rows) for name in rows[0]}


async def test_a_boundary_is_moved_late_and_back(tmp_path: Path) -> None:
    orders = (order("WO1", 1001), order("WO2", 1002))
    async with company(tmp_path, *orders, speed=60) as here:
        await started(here, "WO1.10", 1001010)
        await here.makes(20, "WO1.10")
        changed = (await here.edge.status())["plant_now"]
        await here.makes(10, "WO1.10")  # they were WO2's: the order was changed late
        await ended(here, "WO1.10")
        recorded = (await here.jobs())["WO1.10"]["ended_at"]
        await started(here, "WO2.10", 1002010)
        await here.makes(5, "WO2.10")
        assert await booked(here) == {("WO1", 10): (30, 0), ("WO2", 10): (5, 0)}
        before = await elements(here)
        said: dict[str, Any] = {"between": ["WO1.10", "WO2.10"], "note": "changed late"}
        done = await here.act("/work-centers/L1/boundaries", at=changed, **said)
        jobs = await here.jobs()
        made = (jobs["WO1.10"]["good"], jobs["WO2.10"]["good"])
        assert sum(made) == 35
        assert made[0] in range(20, 24), made  # a count that straddles the moment is divided
        assert (jobs["WO1.10"]["ended_at"], jobs["WO2.10"]["started_at"]) == (changed, changed)
        assert (await hours(here, "WO1.10"), await hours(here, "WO2.10")) == made
        after = await elements(here)
        told = await explained(here)
        assert told.pieces == {"WO1.10": (made[0], 0, 0), "WO2.10": (made[1], 0, 0)}
        assert told.corrected
        for id_, many in zip(("WO1", "WO2"), made, strict=True):
            of_order = await explained(here, "quality_ratio", order=id_)
            assert of_order.pieces == {f"{id_}.10": (many, 0, 0)}
        assert after["produced_quantity"] == before["produced_quantity"] == 35
        report = {(job, 10): (pieces, 0) for job, pieces in zip(("WO1", "WO2"), made, strict=True)}
        assert await here.books() == report
        assert await booked(here) == report
        await no_difference(here)
        history = await here.edge.get("/job-orders/WO2.10/history")
        assert any(
            one["seq"] > done["seq"] and one["kind"] == "correction" for one in history["items"]
        )
        await here.act("/work-centers/L1/boundaries", at=recorded, **said)
        assert await booked(here) == {("WO1", 10): (30, 0), ("WO2", 10): (5, 0)}
        await no_difference(here)


@pytest.mark.longer
async def test_pieces_of_nobody_are_assigned_and_the_order_knows(tmp_path: Path) -> None:
    async with company(tmp_path, order(quantity=12), speed=60) as here:
        await here.machine.show(state=6)
        await here.makes(12)
        unassigned = (await here.edge.get("/job-orders"))["unassigned"]
        assert sum(one["good"] for one in unassigned) == 12
        assert (await elements(here))["unrated_quantity"] == 12
        hour = unassigned[0]["hour"]
        said: dict[str, Any] = {"job_order_id": "WO1.10", "note": "they were made for it"}
        for one in unassigned:
            await here.act("/work-centers/L1/assignments", hour=one["hour"], **said)
        job = (await here.jobs())["WO1.10"]
        assert (job["state"], job["good"], job["left"]) == ("Ended", 12, 0)
        assert await hours(here, "WO1.10") == 12
        assert (await elements(here))["unrated_quantity"] == 0
        assert await booked(here) == {("WO1", 10): (12, 0)}
        await no_difference(here)
        status = await here.sync.get("/orders/WO1")
        assert (status["good"], status["left"]) == (12, 0)
        await here.act(
            "/work-centers/L1/assignments", hour=hour, job_order_id=None, taken_from="WO1.10",
            quantity=2, note="two were samples",
        )  # fmt: skip
        assert (await here.jobs())["WO1.10"]["good"] == 10
        assert await booked(here) == {("WO1", 10): (10, 0), NO_ORDER: (2, 0)}
        await no_difference(here)


@pytest.mark.longer
async def test_late_scrap_restates_a_signed_hour_and_its_signature_stays(tmp_path: Path) -> None:
    async with company(tmp_path, order(), speed=300) as here:
        await started(here, "WO1.10", 1001010)
        await here.makes(20, "WO1.10")
        [first] = [hour for hour in (await here.board())["hours"] if hour["actual"]]

        async def over() -> bool:
            return bool((await here.edge.status())["plant_now"] > first["hour"] + HOUR)

        await until(over)
        [row] = [one for one in (await here.board())["hours"] if one["hour"] == first["hour"]]
        path = f"/work-centers/L1/hours/{first['hour']}"
        if row["red"]:
            await here.act(f"{path}/cause", reason="JAM", version=row["version"])
            [row] = [one for one in (await here.board())["hours"] if one["hour"] == first["hour"]]
        await here.act(f"{path}/sign", version=row["version"])
        made = row["actual"]
        await here.act("/job-orders/WO1.10/scrap", quantity=3, reason="BURR", hour=first["hour"])
        [now] = [one for one in (await here.board())["hours"] if one["hour"] == first["hour"]]
        assert (now["actual"], now["scrap"]) == (made - 3, 3)
        assert now["signature"]["good"] == made
        assert now["signature"]["changed"] is True
        told = await explained(here, "quality_ratio")
        assert told.value == Fraction(17, 20)
        assert told.pieces == {"WO1.10": (17, 3, 0)}
        [kpi] = [
            one["elements"]
            for one in await here.kpis()
            if one["from"] - one["from"] % HOUR == first["hour"]  # it began with the first state
        ]
        assert (kpi["good_quantity"], kpi["scrap_quantity"]) == (made - 3, 3)
        assert await booked(here) == {("WO1", 10): (17, 3)}
        await no_difference(here)

        async def corrected_item() -> bool:
            await here.settled()
            items = (await here.sync.get("/operations-performance", by="hour"))["items"]
            mine = [one for one in items if one["hour"] == first["hour"]]
            sums = sum(one["good"] for one in mine), sum(one["scrap"] for one in mine)
            return sums == (made - 3, 3)

        await until(corrected_item)


@pytest.mark.longer
async def test_what_was_made_before_go_live_is_the_orders_and_no_completion(
    tmp_path: Path,
) -> None:
    async with company(tmp_path, order(), speed=60) as here:
        rows = [{"row": 2, "order": "WO1", "operation": 10, "good": 60, "scrap": 2}]
        await here.act("/opening", rows=rows, sha256="0" * 64)
        await started(here, "WO1.10", 1001010)
        await here.makes(5, "WO1.10")
        job = (await here.jobs())["WO1.10"]
        assert (job["good"], job["scrap"], job["left"]) == (65, 2, 35)
        assert await hours(here, "WO1.10") == 5
        assert (await elements(here))["produced_quantity"] == 5
        assert await booked(here) == {("WO1", 10): (5, 0)}
        await no_difference(here)
        status = await here.sync.get("/orders/WO1")
        assert (status["good"], status["scrap"], status["left"]) == (65, 2, 35)
