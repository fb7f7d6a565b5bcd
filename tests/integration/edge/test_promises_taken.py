"""Orders that take promises over: only what is held then, each once, and all is told."""

from pathlib import Path
from typing import Any

from tests.integration.edge.floor_on_store import MINUTE
from tests.integration.edge.replanned import Planning
from tests.integration.edge.test_promises import LINE, asked, post, promising
from tests.unit.execution.floor_parts import definition, order, schedule

Json = dict[str, Any]
STOCK = {"lot": "F1", "material": "HINGE", "unit": "pcs", "kind": "product"}


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
