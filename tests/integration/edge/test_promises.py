"""Promises on a real store with the real adviser's process: dates, reservations, orders."""

import asyncio
import json
import os
import random
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
from typer.testing import CliRunner

from edge.answering import Answering
from edge.api.app import application
from edge.commands.plan import plan
from edge.commands.plan_versions import plan_versions
from edge.commands.promise import promise
from edge.commissioning.address import EDGE
from edge.domain.clock import parse_time
from edge.domain.facts import FactDraft, FactKind, Source, decode
from edge.domain.people import Person
from edge.domain.recording import Document, Recording
from edge.execution.dispatch.forecasting import Forecasting
from edge.execution.people.rules import PeopleRules
from edge.execution.promising.joining import join
from edge.link import client as afar
from edge.planning.checking.check import check
from edge.planning.months import outlook
from edge.planning.process import AdviserProcess
from edge.planning.scenario.parse import parse
from edge.planning.solving import solve
from edge.storage.verify import verify
from tests.contract.fact_schema import check as check_fact
from tests.integration.edge.floor_on_store import MINUTE, SIX, site
from tests.integration.edge.replanned import Planning, planning
from tests.integration.edge.served import served
from tests.integration.edge.test_api import api, edge_of
from tests.unit.execution.floor_parts import definition, order, schedule

Json = dict[str, Any]
HOUR = 60 * MINUTE
LINE = definition("HINGE", ("L1",))


@asynccontextmanager
async def promising(
    folder: Path, documents: Sequence[Document]
) -> AsyncIterator[tuple[Planning, httpx.AsyncClient]]:
    """A floor with a plan at 06:10, and its API."""
    async with planning(folder, documents) as plant, api(plant.here) as client:
        join(plant.here.rooms, plant.replanner, plant.here.floor)
        try:
            yield plant, client
        finally:
            await plant.here.rooms.promises.finding.adviser.close()


KEYS = iter(range(10_000))


async def post(client: httpx.AsyncClient, path: str, key: str = "", **said: Any) -> httpx.Response:
    headers = {"Idempotency-Key": key or f"k{next(KEYS)}"}
    body = {"actor": "sales", **said}
    return await client.request("POST", f"/api/v1{path}", json=body, headers=headers)


async def asked(client: httpx.AsyncClient, **said: Any) -> Json:
    answer = await post(client, "/promises", **({"product": "HINGE"} | said))
    assert answer.is_success, answer.text
    found: Json = answer.json()
    return found


def at(text: str) -> int:
    return parse_time(f"2026-06-{text}+02:00")


async def test_a_promise_is_laid_behind_the_plan_and_says_what_limits_it(tmp_path: Path) -> None:
    """WO1 holds L1 from 06:10: 300 s and 4,000 pieces at 2.5 s, until 09:01:40 by its plan.

    Nothing is late: the hour that runs owes the 1,080 pieces that it had at ten past.
    """
    documents = (LINE, schedule(1, order("WO1", quantity=4_000)))
    async with promising(tmp_path, documents) as (plant, client):
        found = await asked(client, quantity=144, wanted="2026-06-08T09:00+02:00")
        assert (found["from_stock"], found["make"]) == (0, 144)
        assert found["kept"] in {"in_gaps", "behind"}
        # 300 s to set up and six minutes.
        assert found["date"] == at("08T09:12:40")
        assert found["in_time"] is False
        (slot,) = found["work_centers"]
        assert (slot["work_center"], slot["from"]) == ("L1", at("08T09:01:40"))
        assert found["limits"][0]["type"] == "CAPACITY"
        assert found["limits"][0]["said"]["code"] == "promise.capacity"
        assert found["range"] is None
        assert found["why_no_range"]["code"] == "promise.no_range"
        assert found["reservation"] is None
        assert plant.replanner.plan.version == 1


async def test_a_reservation_holds_its_place_until_it_runs_out(tmp_path: Path) -> None:
    async with promising(tmp_path, (LINE,)) as (plant, client):
        first = await asked(client, quantity=1440, reserve_s=3600, customer="ACME", note="call")
        made = first["reservation"]
        assert (made["state"], made["customer"], made["until"]) == (
            "reserved",
            "ACME",
            plant.here.clock.now() + HOUR,
        )
        second = await asked(client, quantity=1440)
        assert second["work_centers"][0]["from"] == first["work_centers"][0]["to"]
        plant.here.clock.plant += HOUR + 1
        third = await asked(client, quantity=1440)
        assert third["work_centers"][0]["from"] == plant.here.clock.now()
        shown = (await client.get(f"/api/v1/promises/{made['id']}")).json()
        assert shown["state"] == "expired"
        (fact,) = [
            one for one in plant.here.store.reader.facts_after(0, 500) if b'"promise"' in one.data
        ]
        check_fact(fact.data)
        assert decode(fact.data).body["make"] == 1440


async def test_the_last_free_hour_is_given_once(tmp_path: Path) -> None:
    """Two ask for the same at the same moment, and both hold it: one after the other."""
    async with promising(tmp_path, (LINE,)) as (_, client):
        both = await asyncio.gather(
            *(asked(client, quantity=1440, reserve_s=600, customer=str(n)) for n in range(4))
        )
        spans = sorted(
            (one["work_centers"][0]["from"], one["work_centers"][0]["to"]) for one in both
        )
        assert all(before[1] <= after[0] for before, after in pairwise(spans))


async def test_all_lots_of_a_product_count_however_many(tmp_path: Path) -> None:
    """1,200 lots of a piece each, of which one is on hold; the oldest count as the newest do."""
    async with promising(tmp_path, (LINE,)) as (plant, client):
        kept = {"kind": "product", "material": "HINGE", "revision": "", "quantity": "1"}
        drafts = [
            FactDraft(
                kind=FactKind.MATERIAL_PRODUCED,
                occurred_at=plant.here.clock.now(),
                equipment_id="s1",
                source=Source.SYSTEM,
                body={"event": "received", "lot": f"F{number}", "unit": "pcs", "supplier_lot": ""}
                | kept,
            )
            for number in range(1_200)
        ]
        await plant.here.store.record(Recording(drafts=tuple(drafts)))
        await post(client, "/quality/holds", scope="lot", target="F0", reason="rust")
        found = await asked(client, quantity=1_200)
        assert (found["from_stock"], found["make"]) == (1_199, 1)


async def test_the_same_request_again_reserves_nothing_more(tmp_path: Path) -> None:
    async with promising(tmp_path, (LINE,)) as (_, client):
        said = {"product": "HINGE", "quantity": 10, "reserve_s": 600}
        one = await post(client, "/promises", key="same", **said)
        two = await post(client, "/promises", key="same", **said)
        assert one.json()["reservation"]["id"] == two.json()["reservation"]["id"]
        other = await post(client, "/promises", key="same", **{**said, "quantity": 11})
        assert other.status_code == 422
        assert len((await client.get("/api/v1/promises")).json()["items"]) == 1


async def test_plans_hold_a_reservation_and_its_order_takes_it_over(tmp_path: Path) -> None:
    """The plan keeps its slot free; the order that names it stands there, by its date, once."""
    documents = (LINE, schedule(1, order("WO1", quantity=4_000)))
    async with promising(tmp_path, documents) as (plant, client):
        made = (await asked(client, quantity=1440, reserve_s=86_400))["reservation"]
        slot = made["work_centers"][0]
        assert await plant.look()
        blocks = plant.made[-1].schedule["blocks"]
        (held,) = [
            one
            for one in blocks
            if one["order"] == f"promise-{made['id']}" and one["kind"] == "run"
        ]
        assert parse_time(held["end"]) == slot["end"]
        assert {row.order for row in plant.rows()} == {"WO1"}
        again = await asked(client, quantity=1440)
        assert again["work_centers"][0]["from"] >= slot["end"]
        own = {**order("WO2", 2, quantity=1440), "promise": made["id"]}
        await plant.here.take(schedule(2, order("WO1", quantity=4_000), own))
        await plant.here.rooms.promises.follow()
        await plant.here.rooms.promises.follow()
        plant.replanner.wake()
        assert await plant.look()
        blocks = plant.made[-1].schedule["blocks"]
        assert {one["order"] for one in blocks} == {"WO1", "WO2"}
        (run,) = [one for one in blocks if one["order"] == "WO2" and one["kind"] == "run"]
        assert parse_time(run["end"]) <= made["date"]
        shown = (await client.get(f"/api/v1/promises/{made['id']}")).json()
        assert (shown["state"], shown["order"]) == ("ordered", "WO2")


async def test_it_is_extended_and_cancelled(tmp_path: Path) -> None:
    async with promising(tmp_path, (LINE,)) as (plant, client):
        id_ = (await asked(client, quantity=10, reserve_s=600))["reservation"]["id"]
        until = plant.here.clock.now() + 2 * HOUR
        assert (await post(client, f"/promises/{id_}/extend", until=until)).status_code == 201
        assert (await client.get(f"/api/v1/promises/{id_}")).json()["until"] == until
        past = await post(client, f"/promises/{id_}/extend", until=SIX)
        assert (past.status_code, past.json()["code"]) == (422, "promise.until")
        gone = await client.request(
            "DELETE",
            f"/api/v1/promises/{id_}",
            json={"actor": "sales"},
            headers={"Idempotency-Key": "c"},
        )
        assert gone.status_code == 201
        late = await post(client, f"/promises/{id_}/extend", reserve_s=60)
        assert (late.status_code, late.json()["code"]) == (409, "promise.over")


async def test_stock_comes_first_and_is_never_promised_twice(tmp_path: Path) -> None:
    async with promising(tmp_path, (LINE,)) as (plant, client):
        lot = {"lot": "F1", "material": "HINGE", "quantity": "30", "unit": "pcs", "kind": "product"}
        assert (await post(client, "/lots", **lot)).status_code == 201
        one = await asked(client, quantity=20, reserve_s=600)
        assert (one["from_stock"], one["make"], one["kept"]) == (20, 0, "stock")
        assert one["date"] == plant.here.clock.now()
        two = await asked(client, quantity=20, reserve_s=600)
        assert (two["from_stock"], two["make"]) == (10, 10)
        assert [part["from"] for part in two["parts"]] == ["stock", "made"]
        assert (await asked(client, quantity=5))["from_stock"] == 0
        await post(client, "/quality/holds", scope="lot", target="F1", reason="rust")
        plant.here.clock.plant += HOUR
        assert (await asked(client, quantity=5))["from_stock"] == 0


async def test_reservations_survive_a_restart(tmp_path: Path) -> None:
    async with promising(tmp_path, (LINE,)) as (_, client):
        await asked(client, quantity=1440, reserve_s=600)
    async with site(tmp_path, documents=()) as here:
        (one,) = here.rooms.promises.reader.reservations()
        assert one.holds_capacity(here.clock.now())
        before = one
        assert verify(tmp_path / "edge.sqlite").whole
        await here.store.rebuild()
        assert list(here.rooms.promises.reader.reservations()) == [before]


async def test_what_cannot_be_promised_is_said(tmp_path: Path) -> None:
    async with promising(tmp_path, (LINE,)) as (_, client):
        unknown = await post(client, "/promises", product="NUT", quantity=1)
        assert (unknown.status_code, unknown.json()["code"]) == (404, "promise.no_definition")
        both = await post(client, "/promises", product="HINGE", quantity=1, reserve_s=1, until=SIX)
        assert both.status_code == 422


class Unable:
    """An adviser that finds no plan that keeps a date; `late` would be late for it."""

    def __init__(self, late: dict[str, int]) -> None:
        self.late = late

    async def ask(self, _: object) -> Json:
        said = {"date": at("08T12:00"), "kept": "unproved", "slots": [], "limits": []}
        return {"promised": {**said, "late": self.late, "by_wanted": None}}

    async def close(self) -> None: ...


async def test_where_no_plan_keeps_a_date_nothing_is_promised_and_it_says_why(
    tmp_path: Path,
) -> None:
    async with promising(tmp_path, (LINE,)) as (plant, client):
        room = plant.here.rooms.promises.finding
        await room.adviser.close()
        room.adviser = Unable({"WO7": at("08T11:00"), "WO9": at("08T13:00")})
        found = await asked(client, quantity=10)
        assert (found["date"], found["kept"]) == (None, "unproved")
        assert found["why_no_date"]["code"] == "promise.others_late"
        assert found["why_no_date"]["params"] == {"order": "WO7", "done": "2026-06-08 11:00"}
        assert found["why_no_date"]["mend"]
        assert [one["order"] for one in found["late"]] == ["WO7", "WO9"]
        refused = await post(client, "/promises", product="HINGE", quantity=10, reserve_s=60)
        assert (refused.status_code, refused.json()["code"]) == (409, "promise.others_late")
        room.adviser = Unable({})
        found = await asked(client, quantity=10)
        assert found["why_no_date"]["code"] == "promise.unproved"
        assert found["range"] is None
        async with served(application(edge_of(plant.here))) as url:
            words = ["ask", "HINGE", "10", "--actor", "sales", "--edge", url]
            done = await asyncio.to_thread(CliRunner().invoke, promise, words)
            assert done.exit_code == 1
            assert done.output.startswith("no date can be proved: in each plan with it")


async def test_planned_scrap_takes_its_time(tmp_path: Path) -> None:
    """1,000 good ones at 2 % scrap start 1,021."""
    content = json.loads(json.dumps(LINE.content))
    content["operations"][0]["planned_scrap_percent"] = "2"
    async with promising(tmp_path, (replace(LINE, content=content),)) as (_, client):
        (slot,) = (await asked(client, quantity=1_000))["work_centers"]
        assert slot["quantity"] == 1_021
        assert slot["to"] - slot["from"] == (slot["setup_s"] + Fraction("2.5") * 1_021) * 10**6


async def test_a_product_without_a_cycle_time_is_promised_to_nobody(tmp_path: Path) -> None:
    content = json.loads(json.dumps(LINE.content))
    content["operations"][0]["alternatives"][0]["cycle_s"] = None
    async with promising(tmp_path, (replace(LINE, content=content),)) as (_, client):
        refused = await post(client, "/promises", product="HINGE", quantity=1)
        assert (refused.status_code, refused.json()["code"]) == (422, "promise.no_cycle")


async def test_the_command_tells_it(tmp_path: Path) -> None:
    """Exit 1 where the wanted date is not met; the same in Chinese."""
    documents = (LINE, schedule(1, order("WO1", quantity=4_000)))
    async with (
        promising(tmp_path, documents) as (plant, _),
        served(application(edge_of(plant.here))) as url,
    ):

        async def run(*words: str) -> tuple[int, str]:
            done = await asyncio.to_thread(CliRunner().invoke, promise, [*words, "--edge", url])
            return done.exit_code, done.output

        words = ("ask", "HINGE", "144", "--actor", "sales")
        code, said = await run(*words, "--wanted", "2026-06-08T09:00+02:00")
        assert code == 1
        date, missed, part = said.splitlines()[:3]
        assert (date, missed) == ("there on 2026-06-08 09:12", "  later than it is wanted")
        assert part.startswith("  144 pieces on 2026-06-08 09:12")
        assert "CAPACITY: L1 has 2.2 h to do" in said
        code, said = await run(*words, "--reserve", "5x")
        assert code == 2
        assert "is no span" in said
        code, said = await run("ask", "HINGE", "99999999", *words[3:])
        assert code == 1
        assert "there is no time for it by" in said
        assert "compile" not in said
        over = ("--wanted", "2026-06-01T09:00+02:00", "--reserve", "1h")
        code, said = await run(*words, *over)
        assert code == 1
        assert "later than it is wanted, and held all the same" in said
        assert "is held until 2026-06-08 07:10" in said
        assert (await run("cancel", (await run("list"))[1].split()[0], *words[3:]))[0] == 0
        code, said = await run(*words, "--reserve", "2h", "--language", "zh")
        assert (code, said.splitlines()[0]) == (0, "2026-06-08 09:12 可到")
        assert said.splitlines()[-1].endswith("保留到 2026-06-08 08:10")
        code, said = await run("list")
        assert "reserved  144 HINGE/A, there 2026-06-08 09:12" in said
        id_ = said.split()[0]
        assert (await run("extend", id_, "--actor", "sales", "--reserve", "1d"))[0] == 0
        assert (await run("cancel", id_, "--actor", "sales"))[0] == 0
        assert await run("list") == (0, "nothing\n")


async def test_what_if_on_the_plan_of_now(tmp_path: Path) -> None:
    """The edge's plan is not touched; what makes no sense is said."""
    late = {**order("WO1", quantity=4_000), "due": "2026-06-08T08:00:00+02:00"}
    async with promising(tmp_path, (LINE, schedule(1, late))) as (plant, client):
        answer = await post(
            client, "/plan/what-if", changes=[{"order": {"id": "WO1", "quantity": 100}}]
        )
        assert answer.status_code == 200, answer.text
        assert answer.json()["late"] == {"before": ["WO1"], "after": []}
        wrong = await post(client, "/plan/what-if", changes=[{"remove": {"id": "WO9"}}])
        assert (wrong.status_code, wrong.json()["code"]) == (422, "promise.impossible")
        assert plant.replanner.plan.version == 1


async def test_what_the_edge_has_to_plan_can_be_planned_elsewhere(tmp_path: Path) -> None:
    async with promising(tmp_path, (LINE, schedule(1, order("WO1", quantity=4_000)))) as (
        plant,
        client,
    ):
        answer = await client.get("/api/v1/plan/scenario")
        assert answer.status_code == 200, answer.text
        problem = parse(answer.json())
        elsewhere = solve(problem)
        assert check(problem, elsewhere) == ()
        released = plant.here.store.reader.plan()
        assert released is not None
        assert elsewhere["orders"] == released.schedule["orders"]
        running = {**released.schedule["hours"][0], "frozen": True}
        assert elsewhere["hours"] == [running, *released.schedule["hours"][1:]]
        async with served(application(edge_of(plant.here))) as address:
            done = await asyncio.to_thread(
                CliRunner().invoke, plan_versions, ["scenario", "--edge", address]
            )
            assert done.exit_code == 0, done.output
            assert json.loads(done.stdout)["orders"] == answer.json()["orders"]


async def test_a_running_edge_says_what_is_overloaded(tmp_path: Path) -> None:
    late = {**order("WO1", quantity=40_000), "due": "2026-06-08T08:00:00+02:00"}
    async with (
        promising(tmp_path, (LINE, schedule(1, late, order("WO2")))) as (plant, _),
        served(application(edge_of(plant.here))) as address,
    ):

        async def told(*words: str) -> Any:
            command = ["feasibility", "--edge", address, *words]
            return await asyncio.to_thread(CliRunner().invoke, plan, command)

        found, as_json = await told(), await told("--json")
    assert (found.exit_code, as_json.exit_code) == (1, 1), found.output
    (over,) = json.loads(as_json.stdout)["overloads"]
    assert (over["orders"][0]["order"], over["others"]) == ("WO1", 0)
    assert f"{over['overload_h']}" in found.stdout
    nothing = CliRunner().invoke(plan, ["feasibility"], env={EDGE: ""})
    assert nothing.exit_code == 2
    assert "say a scenario, or an edge" in nothing.output


def of_steel() -> Document:
    """The line, with half a kilogram of steel in each piece."""
    content = json.loads(json.dumps(LINE.content))
    content["operations"][0]["materials"] = [{"material": "STEEL", "quantity": "1/2", "unit": "kg"}]
    return replace(LINE, content=content)


def purchases(revision: int, *coming: tuple[str, str]) -> Document:
    receipts = [{"material": "STEEL", "quantity": much, "at": when} for when, much in coming]
    return Document(
        position=50 + revision,
        kind="expected_receipts",
        id="scm",
        revision=str(revision),
        sha256="",
        content={"revision": revision, "receipts": receipts},
    )


async def test_plans_and_promises_wait_for_material(tmp_path: Path) -> None:
    """WO1 needs 50 kg, 20 are there: its last 60 pieces wait for the purchase of Tuesday."""
    documents = (of_steel(), schedule(1, order("WO1", quantity=100)))
    async with promising(tmp_path, documents) as (plant, client):
        lot = {"lot": "S1", "material": "STEEL", "quantity": "20", "unit": "kg"}
        assert (await post(client, "/lots", **lot)).status_code == 201
        plant.at(59)
        await plant.here.take(purchases(1, ("2026-06-09T08:00:00+02:00", "100")))
        plant.replanner.wake()
        assert await plant.look()
        runs = [one for one in plant.made[-1].schedule["blocks"] if one["kind"] == "run"]
        assert parse_time(runs[-1]["end"]) > at("09T08:00")
        # 70 kg are left for 140 pieces more; for the next one nothing is ordered.
        found = await asked(client, quantity=140)
        assert found["date"] > at("09T08:00")
        assert found["limits"][0]["type"] == "MATERIAL"
        assert found["materials"][0]["needed"] == "70"
        more = await asked(client, quantity=141)
        assert (more["date"], more["limits"][0]["said"]["code"]) == (None, "promise.no_purchase")
        refused = await post(client, "/promises", product="HINGE", quantity=141, reserve_s=60)
        assert (refused.status_code, refused.json()["code"]) == (409, "promise.no_date")
        assert (await asked(client, quantity=140, reserve_s=600))["reservation"]
        assert (await asked(client, quantity=2))["date"] is None  # it is promised already


async def test_who_may_hold_what_is_promised(tmp_path: Path) -> None:
    """Anybody may ask; of those whom plant.toml names sales may reserve, or who asks at sync."""
    people = {
        "sara": Person(id="sara", name="Sara", roles=frozenset({"sales"})),
        "otto": Person(id="otto", name="Otto", roles=frozenset({"operator"})),
    }
    async with promising(tmp_path, (LINE,)) as (plant, client):
        rooms = plant.here.rooms
        rooms.people.follow(PeopleRules(people=people))
        plant.here.floor.authority = rooms.people.presence
        assert (await asked(client, quantity=10, actor="otto"))["date"]
        said: Json = {"product": "HINGE", "quantity": 10, "reserve_s": 600}
        refused = await post(client, "/promises", **said, actor="otto")
        assert (refused.status_code, refused.json()["code"]) == (403, "person.no_role")
        assert refused.json()["params"]["who"] == "sara"
        away = await post(client, "/promises", **said, actor="sara")
        assert (away.status_code, away.json()["code"]) == (403, "person.absent")
        far = Answering(application(edge_of(plant.here)), "")
        call = afar.Asked(
            id=1, method="POST", path="/promises", key="f", body=said | {"actor": "erp"}
        )
        status, answer = await far(call)
        assert status == 201, answer
        assert isinstance(answer, dict)
        id_ = answer["reservation"]["id"]
        held = await post(client, f"/promises/{id_}/extend", reserve_s=60, actor="otto")
        assert held.status_code == 403


async def test_the_range_is_by_what_was_made_of_the_plan(tmp_path: Path) -> None:
    """Thirty hours of which three quarters were made: it may well be later than planned."""
    documents = (LINE, schedule(1, order("WO1", quantity=4_000)))
    async with promising(tmp_path, documents) as (plant, client):
        assert (await asked(client, quantity=1440))["range"] is None
        room = plant.here.rooms.promises.finding
        shares = outlook.Sample(shares=(500_000, 1_000_000) * 15)
        forecasting = Forecasting(plant.here.floor)
        forecasting._sample = lambda *_: shares  # type: ignore[method-assign]
        room.range_of = forecasting.range_of
        found = await asked(client, quantity=1440)
        assert found["why_no_range"] is None
        assert found["range"]["hours"] == 30
        assert found["at"] <= found["range"]["from"] < found["range"]["to"]
        assert found["range"]["to"] > found["date"]


async def test_whatever_is_asked_and_given_back_stock_is_promised_once(tmp_path: Path) -> None:
    """Fifty steps by chance: what is held of the 40 pieces in stock is never more than 40."""
    dice = random.Random(7)
    async with promising(tmp_path, (LINE,)) as (plant, client):
        lot = {"lot": "F1", "material": "HINGE", "quantity": "40", "unit": "pcs", "kind": "product"}
        await post(client, "/lots", **lot)
        held: list[int] = []
        for _ in range(50):
            if held and dice.random() < 0.4:
                id_ = held.pop(dice.randrange(len(held)))
                headers = {"Idempotency-Key": f"c{id_}"}
                await client.request(
                    "DELETE", f"/api/v1/promises/{id_}", json={"actor": "sales"}, headers=headers
                )
            else:
                found = await asked(client, quantity=dice.randint(1, 25), reserve_s=600)
                held.append(found["reservation"]["id"])
            now = plant.here.clock.now()
            rows = plant.here.rooms.promises.reader.reservations()
            taken = sum(one.from_stock for one in rows if one.holds_stock(now))
            assert taken <= 40
            asks = min(40, sum(one.quantity for one in rows if one.holds_stock(now)))
            assert taken == asks or any(one.make for one in rows)


async def test_an_adviser_that_was_killed_is_replaced(tmp_path: Path) -> None:
    """What was reserved is in the store; the new process is told the plan anew."""
    async with promising(tmp_path, (LINE,)) as (plant, client):
        first = await asked(client, quantity=1440, reserve_s=600)
        adviser = plant.here.rooms.promises.finding.adviser
        assert isinstance(adviser, AdviserProcess)
        os.kill(adviser.pid or 0, signal.SIGKILL)
        again = await post(client, "/promises", product="HINGE", quantity=1440)
        if again.status_code != 200:
            assert again.json()["type"] == "urn:taktline:problem:no-advice"
            again = await post(client, "/promises", product="HINGE", quantity=1440)
        assert again.json()["work_centers"][0]["from"] == first["work_centers"][0]["to"]
