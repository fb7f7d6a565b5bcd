"""Lots are refused or mounted, pieces are split where they were changed, and traced both ways."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import httpx
import pytest

from edge.domain.facts import FactKind, decode
from edge.domain.recording import Baseline, BaselineMove, Document, FactWriter, Recorded, Recording
from edge.execution.genealogy.stand import LOTS
from edge.execution.orders import receiving
from edge.storage.verify import verify
from tests.contract.fact_schema import check
from tests.integration.edge.floor_on_store import SIX, Site, site
from tests.integration.edge.test_api import API, act, api
from tests.unit.execution.floor_parts import definition, order, schedule
from tests.unit.storage.samples import count

STEEL = {"material": "STEEL", "quantity": "1/8", "unit": "kg", "tracked": "lot", "revision": "B"}
DRAWING = {"id": "DRW-60", "revision": "C", "title": "Hinge"}


def documents() -> list[Document]:
    plain = definition()
    operations = [dict(one) for one in plain.content["operations"]]
    operations[0] |= {"materials": [STEEL], "documents": [DRAWING]}
    made = replace(plain, content={**plain.content, "bom_revision": "4", "operations": operations})
    return [made, schedule(1, order("WO1"), order("WO2", 2))]


def waiting(lock: asyncio.Lock) -> int:
    """How many wait for a lock that is held."""
    return len(lock._waiters or ())


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not true():
            await asyncio.sleep(0)


class SlowWriter:
    """A writer that commits nothing before `go`."""

    def __init__(self, writer: FactWriter) -> None:
        self.writer, self.held, self.go = writer, 0, asyncio.Event()

    async def record(self, recording: Recording) -> Recorded:
        self.held += 1
        await self.go.wait()
        return await self.writer.record(recording)


async def at_once(here: "Lots", *asked: Awaitable[httpx.Response]) -> list[int]:
    """What two are answered of which the second asks before the first is committed."""
    floor = here.here.floor
    floor.writer = slow = SlowWriter(floor.writer)
    answers = asyncio.gather(*asked)
    await until(lambda: slow.held + waiting(floor.lock(LOTS)) == len(asked))
    slow.go.set()
    return sorted(one.status_code for one in await answers)


class Lots:
    """A site with lots, and what people say there."""

    def __init__(self, here: Site, client: httpx.AsyncClient) -> None:
        self.here, self.client, self._keys, self.raw = here, client, 0, {"L1": 0, "L2": 0}

    async def act(self, path: str, status: Any = 201, **body: Any) -> Any:
        self._keys += 1
        answer = await act(self.client, path, f"k{self._keys}", **body)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def get(self, path: str, **query: Any) -> Any:
        answer = await self.client.get(f"{API}{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def receive(self, lot: str, quantity: Any = "100", **more: Any) -> None:
        said = {"material": "STEEL", "revision": "B", "quantity": quantity, "unit": "kg"} | more
        await self.act("/lots", lot=lot, **said)

    async def mount(self, lot: str, status: Any = 201, center: str = "L1", **more: Any) -> Any:
        return await self.act(f"/work-centers/{center}/materials/mount", status, lot=lot, **more)

    async def start(self, job: str) -> None:
        version = self.here.floor.register.jobs[job].version
        await self.act(f"/job-orders/{job}/start", version=version)

    async def complete(self, job: str) -> None:
        self.here.floor.register.reload()
        version = self.here.floor.register.jobs[job].version
        await self.act(f"/job-orders/{job}/complete", version=version)

    async def makes(self, pieces: int, job: str = "WO1.10", center: str = "L1") -> int:
        """The machine counts; the seq of the fact."""
        raw = self.raw[center]
        made = count(raw, pieces, job=job, work_center=center, at=self.here.clock.now())
        key: dict[str, Any] = {"equipment_id": center, "tag": "good", "counter_epoch": 1}
        before = self.here.floor.baseline(center, "good")
        new = Baseline(**key, raw=raw + pieces, at=self.here.clock.now())
        move = BaselineMove(expected=before, new=new)
        done = await self.here.store.record(Recording(drafts=(made,), baselines=(move,)))
        self.raw[center] += pieces
        self.here.floor.register.reload()
        return done.last_seq

    async def errors(self, path: str, **body: Any) -> list[str]:
        return [one["code"] for one in (await self.act(path, 409, **body))["errors"]]


@asynccontextmanager
async def lots(folder: Path) -> AsyncIterator[Lots]:
    async with site(folder, documents=documents()) as here, api(here) as client:
        yield Lots(here, client)
        for stored in here.floor.reader.facts_after(0, 1000):
            if stored.kind.startswith("material") or stored.kind == "audit":
                check(stored.data)
    assert verify(folder / "edge.sqlite").whole


async def test_a_start_needs_a_lot_of_each_tracked_material(tmp_path: Path) -> None:
    async with lots(tmp_path) as here:
        start = "/job-orders/WO1.10/start"
        assert await here.errors(start, version=1) == ["material"]
        (block,) = (await here.get("/work-centers/L1/board"))["next"][0]["blocks"]
        assert block["detail"] == "no lot of STEEL is mounted on L1"
        await here.receive("S1")
        await here.mount("S1")
        await here.act(start, version=1)


WRONG: dict[str, dict[str, Any]] = {
    "expired": {"expires": SIX},
    "wrong_material": {"material": "BRASS"},
    "revision": {"revision": "A"},
}


@pytest.mark.parametrize("code", WRONG)
async def test_a_lot_that_may_not_go_in_is_refused_with_both_named(
    tmp_path: Path, code: str
) -> None:
    async with lots(tmp_path) as here:
        await here.receive("S1", **WRONG[code])
        body = {"lot": "S1", "job_order_id": "WO1.10"}
        refused = await here.act("/work-centers/L1/materials/mount", 409, **body)
        assert [one["code"] for one in refused["errors"]] == [code]
        assert "S1" in refused["detail"]
        if code != "expired":
            assert "WO1.10" in refused["detail"]
        assert (await here.get("/work-centers/L1/materials"))["mounted"] == []
        last = here.here.floor.reader.facts_after(0, 1000)[-1]
        assert last.kind == FactKind.AUDIT


async def test_a_lot_in_another_unit_than_the_bills_is_not_taken(tmp_path: Path) -> None:
    async with lots(tmp_path) as here:
        grams = {"lot": "S1", "material": "STEEL", "revision": "B", "quantity": "8", "unit": "g"}
        refused = await here.act("/lots", 422, **grams)
        assert refused["detail"].startswith("unit 'g': bills have STEEL in kg")
        known = await here.act("/lots", **(grams | {"unit": "kg"}))
        assert known["warnings"] == []
        told = await here.act("/lots", **(grams | {"lot": "S2", "material": "STEAL"}))
        assert [one["code"] for one in told["warnings"]] == ["unknown_material"]
        assert "'STEAL'" in told["warnings"][0]["detail"]


async def test_a_lot_that_came_before_its_bill_is_refused_for_its_unit(tmp_path: Path) -> None:
    async with site(tmp_path, documents=[]) as here, api(here) as client:
        floor = Lots(here, client)
        await floor.receive("S1", unit="g")
        await receiving.take(here.floor, documents())
        here.floor.register.reload()
        body = {"lot": "S1", "job_order_id": "WO1.10"}
        assert await floor.errors("/work-centers/L1/materials/mount", **body) == ["unit"]


async def test_a_held_an_empty_and_an_unknown_lot_are_refused(tmp_path: Path) -> None:
    async with lots(tmp_path) as here:
        await here.mount("S9", 404)
        await here.receive("S1", "1")
        hold = {"scope": "lot", "target": "S1", "reason": "wrong hardness"}
        id_ = (await here.act("/quality/holds", **hold))["seq"]
        refused = await here.mount("S1", 409)
        assert [one["code"] for one in refused["errors"]] == ["held"]
        assert "wrong hardness" in refused["detail"]
        await here.act(f"/quality/holds/{id_}/release", actor="bert", note="measured again")
        await here.mount("S1")
        await here.start("WO1.10")
        await here.makes(8)
        await here.act("/work-centers/L1/materials/unmount", material="STEEL")
        assert [one["code"] for one in (await here.mount("S1", 409))["errors"]] == ["empty"]


async def test_a_hold_on_a_mounted_lot_blocks_the_start(tmp_path: Path) -> None:
    async with lots(tmp_path) as here:
        await here.receive("S1")
        await here.mount("S1")
        hold = {"scope": "lot", "target": "S1", "reason": "wrong hardness"}
        await here.act("/quality/holds", **hold)
        assert await here.errors("/job-orders/WO1.10/start", version=1) == ["hold"]


async def test_a_lot_that_is_changed_splits_the_pieces_at_the_counter(tmp_path: Path) -> None:
    async with lots(tmp_path) as here:
        await here.receive("S1", "5")
        await here.receive("S2")
        await here.mount("S1")
        await here.start("WO1.10")
        late = await here.makes(30)
        await here.mount("S2")
        await here.makes(70)
        spans = (await here.get("/lots/S1/trace"))["spans"]
        assert [(one["first"], one["last"], one["quantity"]) for one in spans] == [(1, 30, "15/4")]
        spans = (await here.get("/lots/S2/trace"))["spans"]
        assert [(one["first"], one["last"], one["raw"]) for one in spans] == [
            (31, 100, {"good": 30})
        ]
        body = {"changes": {"quantity": 20}, "note": "ten were counted twice"}
        await here.act(f"/facts/{late}/corrections", **body)
        spans = (await here.get("/lots/S2/trace"))["spans"]
        assert [(one["first"], one["last"]) for one in spans] == [(21, 90)]
        assert (await here.get("/lots/S1"))["left"] == "5/2"
        hours = (await here.get("/material-hours"))["items"]
        assert [(one["material"], one["consumed"]) for one in hours] == [("STEEL", "45/4")]


async def test_the_wrong_lot_was_scanned_and_is_put_right_by_a_new_fact(tmp_path: Path) -> None:
    async with lots(tmp_path) as here:
        for lot in ("S1", "S2", "S3"):
            await here.receive(lot)
        wrong = (await here.mount("S1"))["seq"]
        await here.start("WO1.10")
        await here.makes(16)
        await here.act("/job-orders/WO1.10/lots", lot="P1")
        await here.makes(8)
        await here.mount("S3")
        await here.act(f"/facts/{wrong}/reversal", lot="S2", note="S2 was in the machine")
        assert (await here.get("/lots/S1"))["consumed"] == "0"
        assert (await here.get("/lots/S2"))["consumed"] == "3"
        back = await here.get("/lots/P1/trace", direction="backward")
        assert {one["lot"] for one in back["lots"]} == {"P1", "S2"}


async def test_a_recall_finds_orders_customers_and_pallets(tmp_path: Path) -> None:
    async with lots(tmp_path) as here:
        await here.receive("S1")
        await here.receive("S2")
        await here.mount("S1")
        await here.start("WO1.10")
        await here.act("/job-orders/WO1.10/lots", lot="P1")
        await here.makes(40)
        await here.act("/job-orders/WO1.10/lots", lot="P2")
        await here.mount("S2")
        await here.makes(60)
        await here.complete("WO1.10")
        await here.mount("P2", center="L2")
        await here.start("WO1.20")
        await here.makes(50, "WO1.20", "L2")
        flows = [{"from": "WO1.20", "to": "PAL7", "quantity": "30"}]
        await here.act("/lots/flows", how="packed", flows=flows)
        found = await here.get("/lots/S2/recall")
        rows = {one["job_order_id"]: one for one in found["orders"]}
        assert {id_: (one["quantity"], one["lots"]) for id_, one in rows.items()} == {
            "WO1.10": (60, ["P2"]),
            "WO1.20": (50, ["WO1.20"]),
        }
        assert (found["customers"], found["pieces"]) == (["ACME"], 50)
        assert rows["WO1.20"]["pallets"] == ["PAL7"]
        contents = [{"lot": "WO1.20", "quantity": "30"}]
        assert found["pallets"] == [{"pallet": "PAL7", "contents": contents}]
        first = await here.get("/lots/S1/recall")
        assert [one["job_order_id"] for one in first["orders"]] == ["WO1.10"]
        back = await here.get("/lots/PAL7/trace", direction="backward")
        assert {one["lot"] for one in back["lots"]} == {"PAL7", "WO1.20", "P2", "S2"}
        unpack = {"how": "unpacked", "flows": flows}
        await here.act("/lots/flows", **unpack)
        assert (await here.get("/lots/S2/recall"))["pallets"] == []
        await here.act("/lots/flows", 409, **unpack)


async def test_an_operation_that_scans_nothing_takes_all_of_the_one_before(tmp_path: Path) -> None:
    async with lots(tmp_path) as here:
        await here.receive("S1")
        await here.mount("S1")
        await here.start("WO1.10")
        await here.makes(20)
        await here.complete("WO1.10")
        await here.start("WO1.20")
        await here.makes(20, "WO1.20", "L2")
        trace = await here.get("/lots/S1/trace")
        assert [(one["lot"], one["depth"]) for one in trace["lots"]] == [
            ("S1", 0),
            ("WO1.10", 1),
            ("WO1.20", 2),
        ]
        hows = {one["how"]: one["certain"] for one in trace["links"]}
        assert hows == {"bill": True, "order": False}


async def test_what_was_used_and_lost_is_taken_back_by_a_new_fact_once(tmp_path: Path) -> None:
    async with lots(tmp_path) as here:
        await here.receive("S1")
        await here.mount("S1")
        await here.start("WO1.10")
        await here.act("/job-orders/WO1.10/consumptions", 409, lot="S1", quantity="101")
        used = await here.act("/job-orders/WO1.10/consumptions", lot="S1", quantity="2.5")
        lost = {"material": "STEEL", "quantity": "1/3", "loss": "production", "reason": "offcut"}
        await here.act("/work-centers/L1/losses", lot="S1", **lost)
        assert (await here.get("/lots/S1"))["left"] == "583/6"
        (row,) = (await here.get("/material-hours"))["items"]
        assert (row["consumed"], row["production_loss"]) == ("5/2", "1/3")
        path = f"/facts/{used['seq']}/reversal"
        await here.act(path, note="it was another lot")
        await here.act(path, 409, note="it was another lot")
        assert (await here.get("/lots/S1"))["left"] == "299/3"
        assert {one["lot"] for one in (await here.get("/lots/S1/trace"))["lots"]} == {"S1"}


async def test_another_drawing_is_refused_and_blocks_the_start(tmp_path: Path) -> None:
    async with lots(tmp_path) as here:
        await here.receive("S1")
        await here.mount("S1")
        scan = {"what": "document", "id": "DRW-60", "job_order_id": "WO1.10"}
        refused = await here.act("/work-centers/L1/loaded", 409, revision="B", **scan)
        assert "DRW-60 revision B" in refused["detail"]
        assert "WO1.10 is made by DRW-60 revision C" in refused["detail"]
        assert await here.errors("/job-orders/WO1.10/start", version=1) == ["revision"]
        await here.act("/work-centers/L1/loaded", revision="C", **scan)
        await here.start("WO1.10")
        (loaded,) = (await here.get("/work-centers/L1/materials"))["loaded"]
        assert (loaded["id"], loaded["revision"]) == ("DRW-60", "C")


async def test_a_program_of_another_recipe_blocks_the_start(tmp_path: Path) -> None:
    async with lots(tmp_path) as here:
        await here.receive("S1")
        await here.mount("S1")
        machine = here.here.machine
        machine.shown["L1"] = replace(machine.shown["L1"], recipe=1020)
        refused = await here.act("/job-orders/WO1.10/start", 409, version=1)
        assert "L1 has recipe 1020 loaded; WO1.10 is made by recipe 1010" in refused["detail"]
        machine.shown["L1"] = replace(machine.shown["L1"], recipe=1010)
        await here.start("WO1.10")


async def test_a_lot_that_is_changed_while_the_machine_is_silent_is_not_certain(
    tmp_path: Path,
) -> None:
    async with lots(tmp_path) as here:
        await here.receive("S1")
        await here.receive("S2")
        await here.mount("S1")
        await here.start("WO1.10")
        here.here.machine.away = True
        await here.mount("S2")
        here.here.machine.away = False
        await here.makes(5)
        (span,) = (await here.get("/lots/S2/trace"))["spans"]
        assert (span["first"], span["last"], span["certain"]) == (1, 5, False)


async def test_a_repeated_request_mounts_once_and_a_rebuild_changes_nothing(
    tmp_path: Path,
) -> None:
    async with lots(tmp_path) as here:
        await here.receive("S1")
        body = {"lot": "S1"}
        first = await act(here.client, "/work-centers/L1/materials/mount", "same", **body)
        again = await act(here.client, "/work-centers/L1/materials/mount", "same", **body)
        assert (first.status_code, again.json()) == (201, first.json())
        await here.start("WO1.10")
        await here.makes(8)
        await here.act("/job-orders/WO1.10/scrap", quantity=3, reason="burr")
        before = await here.get("/lots/S1/trace")
        await here.here.store.rebuild()
        assert await here.get("/lots/S1/trace") == before


async def statements(here: Lots) -> dict[tuple[str | None, str, str], Fraction]:
    """What the feed is told of consumption, added up by job order, material and lot."""
    sums: dict[tuple[str | None, str, str], Fraction] = {}
    for stored in here.here.floor.reader.facts_after(0, 1000):
        fact = decode(stored.data)
        if fact.kind == FactKind.MATERIAL_CONSUMED and fact.body["event"] == "stated":
            key = (fact.job_order_id, fact.body["material"], fact.body["lot"])
            sums[key] = sums.get(key, Fraction(0)) + Fraction(fact.body["quantity"])
            assert Fraction(fact.body["total"]) == sums[key]
    return {key: much for key, much in sums.items() if much}


async def test_the_feed_is_told_what_was_consumed_and_what_is_restated(tmp_path: Path) -> None:
    async with lots(tmp_path) as here:
        tending = here.here.rooms.materials.tending
        for lot in ("S1", "S2", "S3"):
            await here.receive(lot)
        first = await here.mount("S1")
        await here.start("WO1.10")
        late = await here.makes(24)
        await tending.look()
        assert await statements(here) == {("WO1.10", "STEEL", "S1"): 3}
        await here.makes(8)
        await tending.look()
        assert await statements(here) == {("WO1.10", "STEEL", "S1"): 3}
        await here.mount("S2")
        await here.makes(16)
        await tending.look()
        await here.complete("WO1.10")
        await tending.look()
        await tending.look()
        wanted = {("WO1.10", "STEEL", "S1"): 4, ("WO1.10", "STEEL", "S2"): 2}
        assert await statements(here) == wanted
        body = {"changes": {"quantity": 8}, "note": "counted twice"}
        await here.act(f"/facts/{late}/corrections", **body)
        await tending.look()
        wanted["WO1.10", "STEEL", "S1"] = 2
        assert await statements(here) == wanted
        await here.act(f"/facts/{first['seq']}/reversal", lot="S3", note="S3 was in")
        await tending.look()
        wanted["WO1.10", "STEEL", "S3"] = wanted.pop(("WO1.10", "STEEL", "S1"))
        assert await statements(here) == wanted


async def test_output_goes_into_the_next_lot_by_pieces_and_is_closed_at_the_end(
    tmp_path: Path,
) -> None:
    async with lots(tmp_path) as here:
        tending = here.here.rooms.materials.tending
        tending.pieces_per_lot = 10
        await here.receive("S1")
        await here.mount("S1")
        await here.start("WO1.10")
        await tending.look()
        for pieces in (6, 6, 4, 7):
            await here.makes(pieces)
            await tending.look()
        await here.complete("WO1.10")
        await tending.look()
        made = (await here.get("/lots", job_order_id="WO1.10"))["items"]
        found = [(one["lot"], one["left"], one["closed_at"] is not None) for one in made]
        assert sorted(found)[:2] == [("WO1.10-1", "12", True), ("WO1.10-2", "11", True)]
        assert all(closed for _, _, closed in found)


async def test_a_lot_that_somebody_opens_while_the_next_is_due_stays_open(tmp_path: Path) -> None:
    async with lots(tmp_path) as here:
        tending = here.here.rooms.materials.tending
        tending.pieces_per_lot = 10
        await here.receive("S1")
        await here.mount("S1")
        await here.start("WO1.10")
        lock = here.here.floor.lock("L1")
        async with asyncio.TaskGroup() as both, lock:
            both.create_task(here.act("/job-orders/WO1.10/lots"))
            await until(lambda: waiting(lock) == 1)
            both.create_task(tending.look())
            await until(lambda: waiting(lock) == 2)
        made = (await here.get("/lots", job_order_id="WO1.10"))["items"]
        assert [(one["lot"], one["closed_at"]) for one in made] == [("WO1.10-1", None)]
        await here.makes(6)
        assert (await here.get("/lots/WO1.10-1"))["left"] == "6"


async def test_no_more_goes_out_of_a_lot_at_once_than_is_in_it(tmp_path: Path) -> None:
    async with lots(tmp_path) as here:
        await here.receive("S1")
        await here.mount("S1")
        await here.start("WO1.10")
        await here.receive("S2", "10")
        split = {"how": "split", "flows": [{"from": "S2", "to": "S3", "quantity": "6"}]}
        used = act(here.client, "/job-orders/WO1.10/consumptions", "u1", lot="S2", quantity="6")
        moved = act(here.client, "/lots/flows", "f1", **split)
        assert await at_once(here, used, moved) == [201, 409]
        assert (await here.get("/lots/S2"))["left"] == "4"


async def test_an_id_is_given_to_one_lot_only_by_whoever_comes_first(tmp_path: Path) -> None:
    async with lots(tmp_path) as here:
        await here.receive("S1")
        await here.mount("S1")
        await here.start("WO1.10")
        received = {"lot": "P1", "material": "STEEL", "quantity": "5", "unit": "kg"}
        opened = act(here.client, "/job-orders/WO1.10/lots", "o1", lot="P1")
        assert await at_once(here, opened, act(here.client, "/lots", "r1", **received)) == [
            201,
            409,
        ]


@pytest.mark.parametrize("policy", ["ask", "block"])
async def test_a_lot_that_has_run_out_is_said_or_forbids_to_go_on(
    tmp_path: Path, policy: str
) -> None:
    async with lots(tmp_path) as here:
        here.here.rooms.materials.judge.empty = "block" if policy == "block" else "ask"
        await here.receive("S1", "1")
        await here.receive("S2")
        await here.mount("S1")
        assert (await here.get("/lots/S1"))["mounted_on"] == ["L1"]
        await here.start("WO1.10")
        await here.makes(9)
        (block,) = (await here.get("/work-centers/L1/board"))["job"]["blocks"]
        assert block["detail"] == "lot S1 of STEEL is used up (-1/8 kg left)"
        assert block["only_warns"] == (policy == "ask")
        version = here.here.floor.register.jobs["WO1.10"].version
        await here.act("/job-orders/WO1.10/interrupt", version=version)
        if policy == "block":
            await here.act("/job-orders/WO1.10/resume", 409, version=version + 1)
            await here.mount("S2")
        await here.act("/job-orders/WO1.10/resume", version=version + 1)
