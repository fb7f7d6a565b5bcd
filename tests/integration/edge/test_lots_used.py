"""What is in a lot goes out of it once: used, lost, taken back, told, filled into the next."""

from fractions import Fraction
from pathlib import Path
from typing import ClassVar

import pytest

from edge.domain.facts import FactKind, decode
from edge.domain.genealogy import Setting
from edge.domain.orders import JobOrder
from edge.domain.recording import Recorded, Recording, StoreUnavailable
from edge.execution.genealogy.tending import Tending
from tests.integration.edge.lots_on_floor import Lots, lots


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


async def test_a_lot_goes_in_whole_and_a_serial_once_where_no_quantity_is_said(
    tmp_path: Path,
) -> None:
    async with lots(tmp_path) as here:
        await here.receive("S1")
        await here.mount("S1")
        await here.start("WO1.10")
        await here.receive("S2", "7.5")
        await here.receive("N1", "3", kind="serial")
        path = "/job-orders/WO1.10/consumptions"
        await here.act(path, lot="S2")
        await here.act(path, lot="N1")
        left = {lot: (await here.get(f"/lots/{lot}"))["left"] for lot in ("S1", "S2", "N1")}
        assert left == {"S1": "100", "S2": "0", "N1": "2"}
        await here.act(path, 409, lot="S2")


async def test_a_loss_is_of_a_work_center_that_there_is(tmp_path: Path) -> None:
    async with lots(tmp_path) as here:
        await here.receive("S1")
        lost = {"material": "STEEL", "quantity": "1", "loss": "storage", "reason": "rust"}
        await here.act("/work-centers/L9/losses", 404, lot="S1", **lost)
        assert (await here.get("/lots/S1"))["left"] == "100"


async def test_a_loss_is_in_the_unit_of_its_lot_or_of_the_bills(tmp_path: Path) -> None:
    async with lots(tmp_path) as here:
        await here.receive("S1")
        path = "/work-centers/L1/losses"
        lost = {"material": "STEEL", "quantity": "2", "loss": "storage", "reason": "rust"}
        for named in ({"lot": "S1"}, {}):
            said = await here.act(path, 422, unit="g", **named, **lost)
            assert "'g'" in said["detail"]
            assert "kg" in said["detail"]
            await here.act(path, unit="kg", **named, **lost)
        assert (await here.get("/lots/S1"))["left"] == "98"


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


async def test_what_could_not_be_stated_is_stated_at_the_next_look(tmp_path: Path) -> None:
    """The store has no room once, and nothing else happens after it."""
    async with lots(tmp_path) as here:
        tending, floor = here.here.rooms.materials.tending, here.here.floor
        await here.receive("S1")
        await here.mount("S1")
        await here.start("WO1.10")
        await here.makes(24)
        floor.writer, store = Full(), floor.writer
        with pytest.raises(StoreUnavailable):
            await tending.look()
        floor.writer = store
        await tending.look()
        assert await statements(here) == {("WO1.10", "STEEL", "S1"): 3}


class Counted(Tending):
    """Notes the job orders that it looks at."""

    looked: ClassVar[list[str]] = []

    def _mark(self, job: JobOrder, setting: Setting) -> tuple[object, ...]:
        self.looked.append(job.id)
        return super()._mark(job, setting)


async def test_of_jobs_that_have_ended_those_alone_are_looked_at_that_have_changed(
    tmp_path: Path,
) -> None:
    async with lots(tmp_path) as here:
        tending = Counted(bench=here.here.rooms.materials.tending.bench)
        here.here.floor.register.changes = here.here.store.job_changes
        looked = tending.looked
        await here.receive("S1")
        await here.mount("S1")
        await here.start("WO1.10")
        late = await here.makes(24)
        await here.act("/job-orders/WO1.10/lots", lot="OUT-1")  # closed at its end
        await here.complete("WO1.10")
        await here.start("WO2.10")
        for _ in range(3):  # what it states itself is news once
            await tending.look()
        assert await statements(here) == {("WO1.10", "STEEL", "S1"): 3}
        looked.clear()
        await here.makes(8, "WO2.10")
        await tending.look()
        assert looked == ["WO2.10"]
        looked.clear()
        body = {"changes": {"quantity": 8}, "note": "counted twice"}
        await here.act(f"/facts/{late}/corrections", **body)
        await tending.look()
        assert sorted(looked) == ["WO1.10", "WO2.10"]
        assert (await statements(here))["WO1.10", "STEEL", "S1"] == 1


class Full:
    """A store without room."""

    async def record(self, recording: Recording) -> Recorded:
        raise StoreUnavailable("no space left")
