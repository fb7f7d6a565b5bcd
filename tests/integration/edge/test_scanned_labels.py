"""Labels of GS1 at the door, at the machine, at the pallet: what they say is taken, and no more."""

from pathlib import Path
from typing import Any

import pytest

from edge.domain.clock import parse_time
from edge.domain.facts import decode
from edge.domain.gs1 import GS, encoded, readable
from tests.integration.edge.floor_on_store import SIX
from tests.integration.edge.lots_on_floor import Lots, lots

STEEL = "04012345000016"  # as the definition of the floor names it
HINGE = "04012345000023"
SSCC = "340123450000000017"
DAY = 86_400_000_000


def gs1(*said: tuple[str, str]) -> str:
    return encoded(said)


def steel(lot: str = "C7", kilos: str = "850", expires: str = "261231") -> str:
    """A supplier's label: 850 kg of steel."""
    return gs1(("01", STEEL), ("17", expires), ("3100", kilos.rjust(6, "0")), ("10", lot))


async def received(one: Lots, code: str, status: int = 201, **more: Any) -> Any:
    return await one.act("/lots", status, code=code, revision="B", **more)


async def test_a_label_says_what_comes_in(tmp_path: Path) -> None:
    async with lots(tmp_path) as one:
        done = await received(one, steel())
        told = {name: done[name] for name in ("lot", "material", "quantity", "unit", "kind")}
        assert told == {
            "lot": "C7",
            "material": "STEEL",
            "quantity": "850",
            "unit": "kg",
            "kind": "material",
        }
        assert done["expires"] == parse_time("2027-01-01T00:00:00+01:00")  # usable all that day
        assert done["warnings"] == []
        [fact] = one.here.store.reader.facts_after(done["seq"] - 1, 1)
        assert decode(fact.data).body["code"] == steel()  # as it was scanned
        again = await received(
            one, readable([("01", STEEL), ("10", "C7"), ("3100", "000001")]), 409
        )
        assert "C7 is known already" in again["detail"]
        second = await received(one, steel(), lot="C7-second")
        assert (second["lot"], second["supplier_lot"]) == ("C7-second", "C7")


async def test_a_lot_is_mounted_by_its_label_and_consumed(tmp_path: Path) -> None:
    async with lots(tmp_path) as one:
        await received(one, steel())
        await one.mount(readable([("01", STEEL), ("10", "C7")]))
        await one.start("WO1.10")
        await one.makes(80)
        assert (await one.get("/lots/C7"))["left"] == "840"
        found = await one.get("/scans", code=steel())
        assert (found["lot"]["lot"], found["label"]["material"]) == ("C7", "STEEL")
        used = await one.act("/job-orders/WO1.10/consumptions", lot=steel(), quantity="3")
        assert used["seq"]
        assert (await one.get("/lots/C7"))["left"] == "837"


async def test_an_expired_label_is_refused_with_words(tmp_path: Path) -> None:
    async with lots(tmp_path) as one:
        await received(one, steel(expires="260607"))  # yesterday
        refused = await one.mount(steel(expires="260607"), 409)
        assert [error["code"] for error in refused["errors"]] == ["expired"]
        assert "C7 of STEEL expired at 2026-06-08T00:00+02:00" in refused["detail"]
        await one.receive("S-1")  # nobody said when it expires; its label does
        label = gs1(("01", STEEL), ("17", "260601"), ("10", "S-1"))
        refused = await one.mount(label, 409)
        assert [error["code"] for error in refused["errors"]] == ["expired"]
        await one.receive("S-2", expires=SIX + DAY)
        await one.mount(gs1(("01", STEEL), ("17", "260608"), ("10", "S-2")))  # its last day
        refusals = [
            decode(fact.data).body["action"]
            for fact in one.here.store.reader.facts_after(0, 100)
            if fact.kind == "audit"
        ]
        assert len(refusals) == 2


@pytest.mark.parametrize(
    ("code", "said", "why"),
    [
        (
            gs1(("01", HINGE), ("10", "X")),
            {},
            f"no definition names GTIN {HINGE}",
        ),
        (gs1(("01", STEEL), ("10", "X")), {}, "quantity missing: its label does not say"),
        (
            gs1(("01", STEEL), ("37", "12"), ("10", "X")),
            {},
            "its label says 12 pcs; STEEL is counted",
        ),
        (steel(), {"material": "BRASS"}, f"material BRASS: GTIN {STEEL} names STEEL"),
        (steel(), {"expires": SIX}, "expires: its label says 2026-12-31"),
        (steel(lot="A/1"), {}, "cannot be an id here"),
        (steel().replace(STEEL, STEEL[:-1] + "7"), {}, "check digit is wrong"),
        ("S-4711", {}, "is no label of GS1"),
        (gs1(("00", SSCC)), {}, "material, quantity, unit missing"),
    ],
)
async def test_what_a_label_does_not_say_is_asked(
    tmp_path: Path, code: str, said: dict[str, Any], why: str
) -> None:
    async with lots(tmp_path) as one:
        end = one.here.store.reader.chain_end()
        refused = await received(one, code, 422, **said)
        assert why in str(refused)
        assert one.here.store.reader.chain_end() == end


async def test_what_is_said_goes_before_the_label(tmp_path: Path) -> None:
    async with lots(tmp_path) as one:
        part = await received(one, steel(lot="A/1"), lot="A-1", quantity="12.5")
        assert (part["lot"], part["quantity"], part["unit"]) == ("A-1", "25/2", "kg")
        assert part["supplier_lot"] == "A/1"
        await one.mount(steel(lot="A/1"))
        assert (await one.get("/lots/A-1"))["mounted_on"] == ["L1"]


async def test_one_label_for_several_lots_is_asked_back(tmp_path: Path) -> None:
    async with lots(tmp_path) as one:
        await received(one, steel(), lot="C7-a")
        await received(one, steel(), lot="C7-b")
        refused = await one.mount(steel(), 409)
        assert "stands for lots C7-b, C7-a" in refused["detail"]
        assert (await one.get("/scans", code=steel()))["lot"] is None
        packed = {"from": steel(), "to": "PAL-9", "quantity": "1"}
        refused = await one.act("/lots/flows", 409, how="packed", flows=[packed])
        assert "stands for lots C7-b, C7-a" in refused["detail"]
        await one.mount("C7-a")
        unknown = await one.mount(steel(lot="C8"), 404)
        assert "no lot C8 of STEEL on this edge" in unknown["detail"]


async def test_the_same_number_of_another_material_is_not_mixed_up(tmp_path: Path) -> None:
    async with lots(tmp_path, gtins=[HINGE]) as one:
        await one.act("/lots", lot="7", material="BRASS", quantity="5", unit="kg")
        unknown = await one.mount(steel(lot="7"), 404)
        assert "no lot 7 of STEEL" in unknown["detail"]
        packed = {"from": steel(lot="7"), "to": "PAL-9", "quantity": "1"}
        await one.act("/lots/flows", 404, how="packed", flows=[packed])
        into = {"from": "7", "to": steel(lot="7"), "quantity": "1"}
        refused = await one.act("/lots/flows", 422, how="split", flows=[into])
        assert "of two lots" in refused["detail"]
        await received(one, steel(lot="7"), lot="S7")
        await one.mount(steel(lot="7"))
        assert (await one.get("/lots/S7"))["mounted_on"] == ["L1"]


async def test_serials_and_pallets_are_scanned_by_their_labels(tmp_path: Path) -> None:
    async with lots(tmp_path, gtins=[HINGE]) as one:
        await one.receive("S-1")
        await one.mount("S-1")
        await one.start("WO1.10")
        await one.makes(10)
        serial = await one.act("/lots", code=gs1(("01", HINGE), ("21", "SN1")))
        assert (serial["lot"], serial["kind"], serial["quantity"], serial["unit"]) == (
            "SN1",
            "serial",
            "1",
            "pcs",
        )
        pallet = f"]C100{SSCC}"
        packed = {"how": "packed", "flows": [{"from": "WO1.10", "to": pallet, "quantity": "6"}]}
        await one.act("/lots/flows", **packed)
        label = gs1(("01", HINGE), ("21", "SN1"))
        flows = [{"from": label, "to": f"(00){SSCC}", "quantity": "1"}]
        await one.act("/lots/flows", how="packed", flows=flows)
        inside = (await one.get(f"/lots/{SSCC}"))["contents"]
        assert {each["lot"]: each["quantity"] for each in inside} == {"WO1.10": "6", "SN1": "1"}
        await one.act("/lots/flows", how="unpacked", flows=flows)
        assert len((await one.get(f"/lots/{SSCC}"))["contents"]) == 1


async def test_an_id_that_looks_like_a_label_is_the_lot_that_has_it(tmp_path: Path) -> None:
    async with lots(tmp_path) as one:
        id_ = f"00{SSCC}"
        await one.receive(id_)
        await one.mount(id_)
        assert (await one.get(f"/lots/{id_}"))["mounted_on"] == ["L1"]
        bad = await one.mount(f"(01){STEEL}{GS}", 422)
        assert "label of GS1" in str(bad)
        wrong = await one.mount("no such thing", 422)
        assert "no label of GS1" in str(wrong)
