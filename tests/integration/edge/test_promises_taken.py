"""Orders that take promises over: only what is held then, each once, and all is told."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx

from edge.domain.clock import parse_time
from edge.domain.facts import FactKind, Source, decode
from tests.contract.fact_schema import check as check_fact
from tests.integration.edge.floor_on_store import MINUTE, Site, site
from tests.integration.edge.replanned import Planning
from tests.integration.edge.test_promises import (
    LINE,
    asked,
    at,
    of_steel,
    post,
    promising,
    purchases,
)
from tests.unit.execution.floor_parts import definition, order, schedule

Json = dict[str, Any]
STOCK = {"lot": "F1", "material": "HINGE", "unit": "pcs", "kind": "product"}


def check_facts(here: Site) -> None:
    """What is in the store of promises is as the contract says."""
    facts = here.store.reader.facts_after(0, 500)
    for one in facts:
        if decode(one.data).kind == FactKind.PROMISE:
            check_fact(one.data)


async def cancelled(client: httpx.AsyncClient, id_: int) -> httpx.Response:
    headers = {"Idempotency-Key": f"c{id_}"}
    return await client.request(
        "DELETE", f"/api/v1/promises/{id_}", json={"actor": "sales"}, headers=headers
    )


async def take(plant: Planning, revision: int, *orders: Json) -> None:
    """A schedule comes, as the daemon takes it in, and is planned."""
    await plant.here.take(schedule(revision, *orders))
    await plant.here.rooms.promises.follow()
    await plant.replanner.replan(documents=True)


def naming(promise: int, id_: str = "WO7", quantity: int = 100) -> Json:
    return {**order(id_, int(id_[2:]), quantity=quantity), "promise": promise}


async def test_stock_of_a_promise_that_ran_out_is_not_promised_twice(tmp_path: Path) -> None:
    """Thirty in stock: they ran out with the first promise, and are the second one's since."""
    async with promising(tmp_path, (LINE,)) as (plant, client):
        await post(client, "/lots", **STOCK, quantity="30")
        first = (await asked(client, quantity=40, reserve_s=600))["reservation"]
        plant.here.clock.plant += 20 * MINUTE
        second = await asked(client, quantity=30, reserve_s=36_000)
        assert (first["from_stock"], second["from_stock"]) == (30, 30)
        await take(plant, 1, naming(first["id"], quantity=40))
        rows = plant.here.rooms.promises.reader.reservations()
        now = plant.here.clock.now()
        assert sum(one.from_stock for one in rows if one.holds_stock(now)) == 30
        shown = (await client.get(f"/api/v1/promises/{first['id']}")).json()
        assert (shown["state"], shown["order"]) == ("expired", None)
        assert plant.replanner.problem == (
            f"order WO7 names promise {first['id']}, which had run out when the order came"
        )
        assert plant.replanner.plan.jobs["WO7.10"].quantity == 40


async def test_an_order_makes_what_its_promise_has_not_in_stock(tmp_path: Path) -> None:
    """Of 1,440 pieces 1,400 are in stock: 40 are made, by the date that was promised."""
    async with promising(tmp_path, (LINE,)) as (plant, client):
        await post(client, "/lots", **STOCK, quantity="1400")
        made = (await asked(client, quantity=1440, reserve_s=36_000))["reservation"]
        assert (made["from_stock"], made["make"]) == (1400, 40)
        await take(plant, 1, naming(made["id"], quantity=1440))
        assert plant.here.floor.job("WO7.10").quantity == 40
        assert sum(row.quantity for row in plant.rows() if row.order == "WO7") == 40
        assert plant.replanner.plan.jobs["WO7.10"].end <= made["date"]
        assert (await asked(client, quantity=1))["from_stock"] == 0
        await take(plant, 2, naming(made["id"], quantity=1500))
        assert plant.here.floor.job("WO7.10").quantity == 100
        await take(plant, 3, naming(made["id"], quantity=1440), order("WO1", quantity=10))
        assert plant.here.floor.job("WO7.10").quantity == 40
    async with site(tmp_path, documents=()) as here:
        assert here.floor.job("WO7.10").quantity == 40
        before = list(here.rooms.promises.reader.claims())
        await here.store.rebuild()
        assert list(here.rooms.promises.reader.claims()) == before
        check_facts(here)


async def test_an_order_that_is_all_in_stock_is_not_made_at_all(tmp_path: Path) -> None:
    async with promising(tmp_path, (LINE,)) as (plant, client):
        await post(client, "/lots", **STOCK, quantity="50")
        id_ = (await asked(client, quantity=40, reserve_s=36_000))["reservation"]["id"]
        await take(plant, 1, naming(id_, quantity=40), order("WO1", quantity=10))
        assert set(plant.replanner.plan.jobs) == {"WO1.10"}
        assert plant.replanner.problem == ""
        assert plant.here.floor.register.jobs["WO7.10"].state == "Aborted"
        assert (await asked(client, quantity=20))["from_stock"] == 10
        gone = await cancelled(client, id_)
        assert gone.status_code == 201
        await plant.replanner.replan(documents=True)
        assert plant.replanner.plan.jobs["WO7.10"].quantity == 40
        assert plant.here.floor.job("WO7.10").quantity == 40
        assert (await asked(client, quantity=90))["from_stock"] == 50


async def test_what_was_shipped_is_neither_held_nor_free_nor_made_again(tmp_path: Path) -> None:
    async with promising(tmp_path, (LINE,)) as (plant, client):
        await post(client, "/lots", **STOCK, quantity="30")
        await post(client, "/lots", **STOCK | {"lot": "F2"}, quantity="30")
        id_ = (await asked(client, quantity=50, reserve_s=36_000))["reservation"]["id"]
        early = await post(client, f"/promises/{id_}/shipment", lots=[])
        assert (early.status_code, early.json()["code"]) == (409, "promise.not_ordered")
        await take(plant, 1, naming(id_, quantity=60))
        few = [{"lot": "F1", "quantity": 30}]
        refused = await post(client, f"/promises/{id_}/shipment", lots=few)
        assert (refused.status_code, refused.json()["code"]) == (422, "promise.not_all")
        more = [{"lot": "F1", "quantity": 31}, {"lot": "F2", "quantity": 19}]
        refused = await post(client, f"/promises/{id_}/shipment", lots=more)
        assert refused.status_code == 409
        assert "empty.source" in refused.text
        # Twenty of them went out on a pallet, which has taken them off their lot already.
        pallet = (await post(client, "/lots/pallets")).json()["lot"]
        flow = {"from": "F2", "to": pallet, "quantity": "20"}
        packed = await post(client, "/lots/flows", how="packed", flows=[flow])
        assert packed.status_code == 201, packed.text
        lots = [{"lot": "F1", "quantity": 30}, {"lot": pallet, "quantity": 20}]
        gone = await post(client, f"/promises/{id_}/shipment", key="ship", lots=lots)
        assert gone.status_code == 201, gone.text
        again = await post(client, f"/promises/{id_}/shipment", key="ship", lots=lots)
        assert again.json() == gone.json()
        assert plant.here.floor.job("WO7.10").quantity == 10
        assert (await asked(client, quantity=90))["from_stock"] == 10
        over = await cancelled(client, id_)
        assert (over.status_code, over.json()["code"]) == (409, "promise.over")
        await plant.here.store.rebuild()
        assert (await asked(client, quantity=90))["from_stock"] == 10
        check_facts(plant.here)


async def test_pieces_of_a_promised_order_without_a_customer_are_not_free(tmp_path: Path) -> None:
    async with promising(tmp_path, (LINE,)) as (plant, client):
        id_ = (await asked(client, quantity=40, reserve_s=36_000))["reservation"]["id"]
        own = naming(id_, quantity=40) | {"customer": ""}
        await take(plant, 1, own, order("WO1", quantity=10) | {"customer": ""})
        for job in ("WO7.10", "WO1.10"):
            await plant.start(job)
            await plant.makes(job, 8)
            floor = plant.here.floor
            await floor.change(floor.job(job), "interrupt", None, source=Source.SYSTEM, actor="t")
        assert (await asked(client, quantity=20))["from_stock"] == 8


async def test_a_place_that_ran_out_is_the_next_ones(tmp_path: Path) -> None:
    async with promising(tmp_path, (LINE,)) as (plant, client):
        first = (await asked(client, quantity=1440, reserve_s=600))["reservation"]
        plant.here.clock.plant += 20 * MINUTE
        second = await asked(client, quantity=1440, reserve_s=36_000)
        await take(plant, 1, naming(first["id"], quantity=1440))
        (held,) = plant.replanner.plan.promised
        assert held.end <= second["date"]
        assert plant.replanner.plan.jobs["WO7.10"].start >= held.end


async def test_a_promise_has_one_order_and_the_other_is_told(tmp_path: Path) -> None:
    async with promising(tmp_path, (LINE,)) as (plant, client):
        id_ = (await asked(client, quantity=100, reserve_s=600))["reservation"]["id"]
        await take(plant, 1, naming(id_), naming(id_, "WO8"), naming(99_999, "WO9"))
        shown = (await client.get(f"/api/v1/promises/{id_}")).json()
        assert (shown["state"], shown["order"]) == ("ordered", "WO7")
        assert plant.replanner.problem == (
            f"order WO8 names promise {id_}, which order WO7 has; "
            "order WO9 names promise 99999, which nobody knows"
        )
        assert set(plant.replanner.plan.jobs) == {"WO7.10", "WO8.10", "WO9.10"}


async def test_promises_of_other_products_and_other_edges_stay_where_they_are(
    tmp_path: Path,
) -> None:
    """NUT is made elsewhere: its promise of this number is that edge's."""
    nut = definition("NUT", ("M7",))
    bolt = definition("BOLT", ("L1",))
    async with promising(tmp_path, (LINE, bolt, nut)) as (plant, client):
        id_ = (await asked(client, quantity=100, reserve_s=600))["reservation"]["id"]
        others = naming(id_) | {"product": "BOLT"}, naming(id_, "WO8") | {"product": "NUT"}
        await take(plant, 1, *others)
        shown = (await client.get(f"/api/v1/promises/{id_}")).json()
        assert shown["state"] == "reserved"
        assert f"order WO7 names promise {id_}, which is of HINGE" in plant.replanner.problem
        assert f"order WO8 names promise {id_}" not in plant.replanner.problem


STEEL = {"lot": "S1", "material": "STEEL", "unit": "kg"}
TUESDAY = "2026-06-09T08:00:00+02:00"


def begins(plant: Planning, order: str) -> int:
    """When the plan in force begins an order, or what is promised."""
    blocks = plant.made[-1].schedule["blocks"]
    return min(parse_time(one["start"]) for one in blocks if one["order"] == order)


async def test_material_of_a_promise_is_no_other_orders(tmp_path: Path) -> None:
    """50 kg are there for 100 pieces, 50 come on Tuesday: the order that came later waits, also
    once the promise has its own, whoever is due first."""
    async with promising(tmp_path, (of_steel(),)) as (plant, client):
        await post(client, "/lots", **STEEL, quantity="50")
        await plant.here.take(purchases(1, (TUESDAY, "50")))
        made = (await asked(client, quantity=100, reserve_s=36_000))["reservation"]
        assert made["materials"] == [{"material": "STEEL", "unit": "kg", "quantity": "50"}]
        urgent = order("WO1", quantity=100) | {"due": "2026-06-08T12:00:00+02:00"}
        await take(plant, 1, urgent)
        assert begins(plant, "WO1") >= at("09T08:00")
        await take(plant, 2, urgent, naming(made["id"], quantity=100))
        assert begins(plant, "WO1") >= at("09T08:00")
        assert plant.replanner.plan.jobs["WO7.10"].end <= made["date"]
        assert (await asked(client, quantity=1))["date"] is None


async def test_pieces_that_are_promised_are_no_material_of_others(tmp_path: Path) -> None:
    """A door needs a hinge in each of two operations; 40 are there."""
    door = json.loads(json.dumps(definition("DOOR", ("L1", "L2")).content))
    for step in door["operations"]:
        step["materials"] = [{"material": "HINGE", "quantity": "1", "unit": "pcs"}]
    doors = replace(definition("DOOR"), content=door)
    async with promising(tmp_path, (LINE, doors)) as (_, client):
        await post(client, "/lots", **STOCK, quantity="40")
        assert (await asked(client, product="DOOR", quantity=20))["date"]
        assert (await asked(client, product="DOOR", quantity=21))["date"] is None
        await asked(client, quantity=20, reserve_s=36_000)
        assert (await asked(client, product="DOOR", quantity=11))["date"] is None
        await asked(client, product="DOOR", quantity=5, reserve_s=36_000)
        found = await asked(client, quantity=20)
        assert (found["from_stock"], found["make"]) == (10, 10)


async def test_planned_losses_need_their_material(tmp_path: Path) -> None:
    """An order of 90 good ones starts 100: the steel of all of them is its own."""
    document = of_steel()
    content = json.loads(json.dumps(document.content))
    content["operations"][0]["planned_scrap_percent"] = "10"
    lossy = replace(document, content=content)
    async with promising(tmp_path, (lossy, schedule(1, order("WO1", quantity=90)))) as (_, client):
        await post(client, "/lots", **STEEL, quantity="60")
        assert (await asked(client, quantity=18))["date"]  # ten kilograms are left
        assert (await asked(client, quantity=19))["date"] is None


async def test_a_purchase_that_came_is_counted_once(tmp_path: Path) -> None:
    """50 kg come of the 50 that are expected on Tuesday: there are 50 in all, and now."""
    async with promising(tmp_path, (of_steel(),)) as (plant, client):
        await plant.here.take(purchases(1, (TUESDAY, "50")))
        assert (await asked(client, quantity=100))["date"] > at("09T08:00")
        await post(client, "/lots", **STEEL, quantity="50")
        assert (await asked(client, quantity=100))["date"] < at("09T08:00")
        assert (await asked(client, quantity=101))["date"] is None
        await take(plant, 1, order("WO1", quantity=100), order("WO2", 2, quantity=10))
        assert begins(plant, "WO1") < at("09T08:00")
        lacks = "order WO2: 5 of STEEL lack, which no known purchase brings"
        assert plant.replanner.problem == lacks
        await plant.here.take(purchases(2, (TUESDAY, "50")))  # the ERP knows of it: 50 more come
        assert (await asked(client, quantity=90))["date"] > at("09T08:00")
        await plant.here.store.rebuild()
        assert (await asked(client, quantity=91))["date"] is None


async def test_stock_that_is_held_and_forgotten_or_gone_is_told(tmp_path: Path) -> None:
    """Its order was cancelled, or its lot is on hold; what is packed to go out is there."""
    async with promising(tmp_path, (LINE,)) as (plant, client):
        await post(client, "/lots", **STOCK, quantity="30")
        id_ = (await asked(client, quantity=30, reserve_s=36_000))["reservation"]["id"]
        await take(plant, 1, naming(id_, quantity=30), order("WO1", quantity=10))
        pallet = (await post(client, "/lots/pallets")).json()["lot"]
        flows = [{"from": "F1", "to": pallet, "quantity": "12"}]
        await post(client, "/lots/flows", how="packed", flows=flows)
        await take(plant, 2, naming(id_, quantity=30), order("WO1", quantity=11))
        assert plant.replanner.problem == ""
        await post(client, "/quality/holds", scope="lot", target="F1", reason="rust")
        await take(plant, 3, order("WO1", quantity=10))
        left_over, not_there = map(str, plant.replanner.remarks)
        assert left_over.startswith(
            f"promise {id_} holds 30 pieces of HINGE in stock for order WO7"
        )
        assert not_there.startswith("18 pieces of HINGE that are promised from stock are not there")
        await cancelled(client, id_)
        await take(plant, 4, order("WO1", quantity=12))
        assert plant.replanner.problem == ""
