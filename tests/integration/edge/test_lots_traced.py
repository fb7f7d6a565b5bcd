"""Pieces are split where lots were changed, and traced both ways; a wrong lot is put right."""

from pathlib import Path

from tests.integration.edge.lots_on_floor import lots
from tests.integration.edge.test_api import act


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
