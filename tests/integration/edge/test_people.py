"""People sign on by badge and PIN; skills and roles forbid what they must, and labour adds up."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from edge.domain.people import Person
from edge.domain.vocabulary import MachineState
from edge.execution.errors import NotAuthorized
from edge.execution.people.pins import pin_hash
from edge.execution.people.room import PeopleRoom
from edge.execution.people.rules import PeopleRules
from edge.storage.readers.people import PeopleRows
from tests.contract.fact_schema import check
from tests.integration.edge.floor_on_store import MINUTE, SIX, site
from tests.integration.edge.test_api import API, act, api
from tests.unit.execution.floor_parts import count

PIN = "2468"
HOUR_S = 3600
ANNA = Person(
    id="anna",
    name="Anna",
    roles=frozenset({"operator"}),
    crew="a",
    badge="4711",
    skills={"press": date(2026, 6, 8), "weld": date(2026, 6, 7)},
)
BORIS = Person(
    id="boris", name="Boris", roles=frozenset({"supervisor"}), pin_hash=pin_hash(PIN), skills={}
)
RULES = PeopleRules(
    people={"anna": ANNA, "boris": BORIS}, skills={"L1": frozenset({"press"})}, required=True
)


@asynccontextmanager
async def staffed(folder: Path, rules: PeopleRules = RULES) -> AsyncIterator[tuple[Any, Any]]:
    async with site(folder) as here, api(here) as client:
        here.machine.show("L1", MachineState.IDLE)
        room = PeopleRoom(here.floor, PeopleRows(here.store.rows), rules)
        client._transport.app.state.edge.rooms.people = room  # type: ignore[attr-defined]
        yield here, client


async def sign_on(client: httpx.AsyncClient, key: str, **who: str) -> httpx.Response:
    body = {"work_center": "L1", **who}
    return await client.post(f"{API}/sign-ons", json=body, headers={"Idempotency-Key": key})


async def test_nothing_starts_before_somebody_with_the_skill_is_there(tmp_path: Path) -> None:
    async with staffed(tmp_path) as (here, client):
        refused = await act(client, "/job-orders/WO1.10/start", "k1", version=1)
        assert refused.status_code == 409
        assert {one["code"] for one in refused.json()["errors"]} == {"person", "skill.elsewhere"}
        assert "anna" in refused.json()["errors"][1]["mend"]
        assert not here.floor.gates.allows(here.floor.job("WO1.10"))  # nor does the dispatcher
        assert (await sign_on(client, "k2", badge="4711")).status_code == 201
        started = await act(client, "/job-orders/WO1.10/start", "k3", version=1)
        assert started.status_code == 201, started.text


async def test_a_skill_that_has_expired_is_named_with_its_day(tmp_path: Path) -> None:
    rules = replace(RULES, skills={"L1": frozenset({"weld"})})
    async with staffed(tmp_path, rules) as (_, client):
        await sign_on(client, "k1", badge="4711")
        refused = await act(client, "/job-orders/WO1.10/start", "k2", version=1)
        (error,) = refused.json()["errors"]
        assert error["detail"] == "Anna's weld expired on 2026-06-07"


async def test_a_skill_holds_to_the_end_of_its_last_local_day(tmp_path: Path) -> None:
    async with staffed(tmp_path) as (here, client):
        await sign_on(client, "k1", badge="4711")
        job = here.floor.job("WO1.10")
        (soon,) = here.floor.gates.blocks(job)
        assert soon.only_warns
        assert soon.said.detail == "skill press expires on 2026-06-08"
        here.clock.advance(18 * HOUR_S)  # 2026-06-09 at 00:00 in Berlin, 22:00 UTC before
        assert not here.floor.gates.allows(job)


async def test_a_role_needs_its_holder_signed_on(tmp_path: Path) -> None:
    async with staffed(tmp_path) as (here, client):
        with pytest.raises(NotAuthorized, match="is no supervisor; who may: boris"):
            here.floor.authority.check("anna", "supervisor")
        with pytest.raises(NotAuthorized, match="not signed on"):
            here.floor.authority.check("boris", "supervisor")
        on = await sign_on(client, "k1", person="boris", pin=PIN, work_center="")
        assert on.status_code == 201, on.text
        here.floor.authority.check("boris", "supervisor")
        here.floor.authority.check("boris", "quality")


async def test_wrong_pins_lock_and_say_nothing_of_what_was_wrong(tmp_path: Path) -> None:
    async with staffed(tmp_path) as (here, client):
        unknown = await sign_on(client, "k0", person="zoe", pin=PIN)
        for number in range(5):
            wrong = await sign_on(client, f"w{number}", person="boris", pin="0000")
            assert (wrong.status_code, wrong.json()["detail"]) == (403, unknown.json()["detail"])
            assert wrong.json()["title"] == "The badge or PIN is not known"
        locked = await sign_on(client, "k1", person="boris", pin=PIN)
        assert "too many" in locked.json()["detail"]
        here.clock.advance(61)
        assert (await sign_on(client, "k2", person="boris", pin=PIN)).status_code == 201


async def test_a_badge_of_nobody_is_not_known_rather_than_not_allowed(tmp_path: Path) -> None:
    async with staffed(tmp_path) as (_, client):
        refused = await sign_on(client, "k1", badge="9999")
        told = refused.json()
        assert (refused.status_code, told["title"]) == (403, "The badge or PIN is not known")
        assert told["type"] == "urn:taktline:problem:not-recognised"
        assert "plant.toml" in told["mend"]


async def test_presence_is_told_once_corrected_and_kept(tmp_path: Path) -> None:
    async with staffed(tmp_path) as (here, client):
        first = await sign_on(client, "k1", badge="4711")
        assert (await sign_on(client, "k1", badge="4711")).json() == first.json()
        assert (await sign_on(client, "k2", badge="4711")).status_code == 409
        await sign_on(client, "k3", badge="4711", work_center="L2")
        here.clock.advance(HOUR_S)
        people = (await client.get(f"{API}/people")).json()["items"]
        present = next(one["present"] for one in people if one["id"] == "anna")
        assert [(on["kind"], on["at"]) for on in present] == [
            ("work", "L1"),
            ("attendance", "s1"),
            ("work", "L2"),
        ]
        off = await act(client, "/sign-offs", "k4", person="anna", work_center="L1")
        assert off.status_code == 201, off.text
        opened = present[0]["opened"]
        denied = await act(
            client, f"/labour/{opened}/corrections", "k5", note="went at half past", to=SIX
        )
        assert denied.status_code == 403
        await sign_on(client, "k6", person="boris", pin=PIN, work_center="")
        headers = {"Idempotency-Key": "k7"}
        body = {"actor": "boris", "note": "went at half past", "to": SIX + 30 * MINUTE}
        path = f"{API}/labour/{opened}/corrections"
        done = await client.post(path, json=body, headers=headers)
        assert done.status_code == 201, done.text
        rows = PeopleRows(here.store.rows)
        found = rows.interval(opened)
        assert found is not None
        assert (found.start, found.end) == (SIX + 10 * MINUTE, SIX + 30 * MINUTE)
        labour = [
            check(fact.data)
            for fact in here.store.reader.facts_after(0, 100)
            if fact.kind == "labour"
        ]
        assert [one.body["event"] for one in labour][-1] == "corrected"
        live = here.store.rows.query("SELECT * FROM labour_interval")
        await here.store.rebuild()
        again = here.store.rows.query("SELECT * FROM labour_interval")
        assert list(map(tuple, live)) == list(map(tuple, again))


async def test_labour_and_performance_by_person_and_job(tmp_path: Path) -> None:
    """Golden: anna 06:10 to 07:10 at L1, 720 pieces of 2.5 s: 1800 s of her 3600 s."""
    async with staffed(tmp_path) as (here, client):
        await sign_on(client, "k1", badge="4711")
        await act(client, "/job-orders/WO1.10/start", "k2", version=1)
        made = count("WO1.10", 720)
        await here.record(replace(made, body={**made.body, "hour": SIX}))
        here.clock.advance(HOUR_S)
        query = {"from": SIX, "to": SIX + 70 * MINUTE, "by": "person"}
        (row,) = (await client.get(f"{API}/labour", params=query)).json()["items"]
        assert row["key"] == "anna"
        assert row["labour"] == row["work_time"] == 60 * MINUTE
        assert row["performance"] == "0.500000"
        assert row["worker_efficiency"] == "1.000000"
        bad = await client.get(f"{API}/labour", params={**query, "by": "moon"})
        assert bad.status_code == 422


async def test_whoever_forgets_is_signed_off_at_the_end_of_the_shift(tmp_path: Path) -> None:
    async with staffed(tmp_path) as (here, client):
        await sign_on(client, "k1", badge="4711")
        room = client._transport.app.state.edge.rooms.people
        here.clock.advance(9 * HOUR_S - 601)  # it is 06:10
        assert await room.signing.sign_off_forgotten() == 0
        here.clock.advance(1)
        assert await room.signing.sign_off_forgotten() == 2
        assert room.presence.signed_on() == []
        last = here.store.reader.facts_after(0, 100)[-1]
        body = check(last.data).body
        assert (body["why"], body["at"]) == ("forgotten", SIX + 8 * 60 * MINUTE)
