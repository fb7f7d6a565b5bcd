"""The edge's API over a real store: what a terminal and a script meet."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from edge.api.app import application
from edge.api.context import Edge
from edge.domain.facts import FactDraft, FactKind, Source
from edge.domain.outlook import Outlook
from edge.domain.sentences import say
from edge.domain.vocabulary import MachineState
from edge.execution.dispatch.released import PlanInForce
from edge.execution.orders.actions import Actions
from tests.integration.edge.floor_on_store import MINUTE, SIX, Site, site
from tests.unit.execution.floor_parts import count

API = "/api/v1"
FAR = say("plan.fault", "{words}", "mend it", words="due 9999-12-31 is far")


Expected = Callable[[], Mapping[str, Outlook]]


def edge_of(here: Site, token: str = "", outlooks: Expected = dict) -> Edge:
    async def news(after: int, seconds: float) -> bool:
        with here.store.subscribe(after) as subscription:
            await anext(subscription)
        return True

    plan = PlanInForce()
    return Edge(
        edge_id="e1",
        version="0",
        floor=here.floor,
        actions=Actions(here.floor),
        rooms=here.rooms,
        reasons={
            "scrap": [{"code": "burr", "en": "Burr", "zh": "毛刺"}],
            "stop": [{"code": "no_material", "en": "No material", "zh": "缺料"}],
        },
        next_jobs=lambda id_: plan.next_jobs(here.floor.register.waiting(id_)),
        planned=lambda job: None,
        plan=dict,
        outlooks=outlooks,
        plan_problems=lambda: {"WO2": [FAR]},
        link=lambda: {"state": "off", "since": 0, "detail": "", "waiting": 0},
        devices=lambda: [{"id": "plc_L1", "state": "connected"}],
        ready=list,
        metrics=lambda: b"",
        news=news,
        reload=lambda actor: asyncio.sleep(0, {"sha256": "", "changes": {}, "seq": None}),
        token=token,
    )


@asynccontextmanager
async def api(
    here: Site, token: str = "", outlooks: Expected = dict
) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(application(edge_of(here, token, outlooks)))
    async with httpx.AsyncClient(transport=transport, base_url="http://edge") as client:
        yield client


async def act(client: httpx.AsyncClient, path: str, key: str, **body: Any) -> httpx.Response:
    content = {"actor": "ann", **body}
    return await client.post(f"{API}{path}", json=content, headers={"Idempotency-Key": key})


async def test_a_job_is_started_counted_scrapped_and_completed(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        started = await act(client, "/job-orders/WO1.10/start", "k1", version=1)
        assert started.status_code == 201, started.text
        assert started.json()["version"] == 2
        await here.record(count("WO1.10", 100))
        scrap = await act(client, "/job-orders/WO1.10/scrap", "k2", quantity=3, reason="burr")
        assert scrap.status_code == 201
        done = await act(client, "/job-orders/WO1.10/complete", "k3", version=2)
        assert done.status_code == 201
        items = (await client.get(f"{API}/job-orders")).json()["items"]
        first, second = items[0], items[1]
        assert (first["state"], first["good"], first["scrap"]) == ("Ended", 97, 3)
        assert (second["state"], second["limit"]) == ("AllowedToStart", 97)


async def test_a_repeated_request_gets_its_first_answer_and_does_nothing(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:

        async def ask() -> httpx.Response:
            return await act(client, "/job-orders/WO1.10/start", "same", version=1)

        answers = await asyncio.gather(*(ask() for _ in range(5)))
        done = [answer for answer in answers if answer.status_code == 201]
        told_to_wait = [answer for answer in answers if answer.status_code == 409]
        assert done
        assert len(done) + len(told_to_wait) == 5
        for answer in told_to_wait:
            assert answer.json()["type"] == "urn:taktline:problem:in-flight"
            assert answer.headers["retry-after"] == "1"
        assert {answer.text for answer in done} == {(await ask()).text}
        other = await act(client, "/job-orders/WO1.10/start", "same", version=2)
        assert other.status_code == 422
        facts = here.store.reader.facts_after(0, 100)
        started = [fact for fact in facts if b'"event":"started"' in fact.data]
        assert len(started) == 1


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/job-orders/NO.10/start", {"version": 1}, 404),
        ("/job-orders/WO1.10/start", {"version": 9}, 409),
        ("/job-orders/WO1.10/complete", {"version": 1}, 409),
        ("/job-orders/WO1.20/start", {"version": 1}, 409),
        ("/job-orders/WO1.10/start", {"version": 1, "extra": 1}, 422),
        ("/job-orders/WO1.10/start", {"version": "1"}, 422),
        ("/job-orders/WO1.10/start", {"version": 1, "actor": " "}, 422),
        ("/job-orders/WO1.10/dance", {"version": 1}, 404),
        ("/job-orders/WO1.10/scrap", {"quantity": 1, "reason": "burr"}, 422),
        ("/job-orders/WO1.10/scrap", {"quantity": 0, "reason": "burr"}, 422),
        ("/job-orders/WO1.10/scrap", {"quantity": 1, "reason": "moths"}, 422),
        ("/stops/1/reason", {"reason": "no_material"}, 404),
        ("/stops/99999999999999999999/reason", {"reason": "no_material"}, 404),
        ("/maintenance/orders", {"work_center": "L1", "stop": 2**70}, 422),
        ("/job-orders/WO1.10/scrap", {"quantity": 1, "reason": "burr", "place": "a\x00b"}, 422),
        ("/job-orders/WO1.10/scrap", {"quantity": 1, "reason": "burr", "hour": "2026-06-08"}, 422),
        ("/job-orders/WO1.10/scrap", {"quantity": 1, "reason": "burr", "hour": 2**62}, 422),
        ("/andon", {"work_center": "L1", "topic": "other", "note": "\x1b[2J"}, 422),
        ("/andon", {"work_center": "L1", "topic": "other", "note": "\x9b2J"}, 422),
        ("/andon", {"work_center": "L1", "topic": "other", "note": "\u202efdp"}, 422),
        ("/lots", {"lot": "S1", "material": "STEEL", "unit": "kg", "quantity": "8,5"}, 422),
        ("/lots", {"lot": "S1", "material": "STEEL", "unit": "kg", "quantity": "-5"}, 422),
        ("/work-centers/L9/acknowledge", {"plan": 1, "hour": 0}, 404),
        ("/work-centers/L1/acknowledge", {"plan": 1, "hour": 0}, 409),
    ],
)
async def test_what_cannot_be_done_is_answered_with_a_problem_that_says_what_to_do(
    tmp_path: Path, path: str, body: dict[str, Any], status: int
) -> None:
    async with site(tmp_path) as here, api(here) as client:
        before = here.store.reader.chain_end()
        answer = await act(client, path, "k", **body)
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert {"type", "title", "status", "detail", "mend"} <= set(answer.json())
        assert here.store.reader.chain_end() == before


async def test_a_write_without_a_key_is_refused(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        answer = await client.post(f"{API}/job-orders/WO1.10/start", json={})
        assert answer.status_code == 422
        assert "Idempotency-Key" in answer.text


async def test_a_machine_that_is_away_is_not_guessed_at(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        here.machine.away = True
        answer = await act(client, "/job-orders/WO1.10/start", "k", version=1)
        assert answer.status_code == 503
        assert here.floor.register.running_job("L1") is None


async def test_completing_on_a_commanded_machine_waits_until_it_has_stopped(
    tmp_path: Path,
) -> None:
    async with site(tmp_path, automatic=True) as here, api(here) as client:
        await act(client, "/job-orders/WO1.10/start", "k1", version=1)
        assert here.machine.written[0][1] == {
            "order_setpoint": 1010,
            "recipe_setpoint": 1010,
            "target_setpoint": 100,
            "limit_setpoint": 0,
            "command": 1,
        }
        done = await act(client, "/job-orders/WO1.10/complete", "k2", version=2)
        assert done.status_code == 201
        assert here.machine.shown["L1"].state == MachineState.COMPLETE


def state_fact(at: int, time_class: str, fault: int = 0) -> FactDraft:
    body = {
        "state": 6 if time_class == "APT" else 11,
        "mode": 1,
        "fault": fault,
        "time_class": time_class,
        "calendar": None,
        "reason": "state",
    }
    return FactDraft(
        kind=FactKind.EQUIPMENT_STATE,
        occurred_at=at,
        equipment_id="L1",
        source=Source.PLC,
        body=body,
    )


async def test_the_board_shows_hours_state_stop_and_figures(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        await act(client, "/job-orders/WO1.10/start", "k1", version=1)
        await here.record(state_fact(SIX, "APT"), state_fact(SIX + 8 * MINUTE, "ADET", fault=101))
        made = count("WO1.10", 90)
        early = {"id": "two", "revision": "1", "shift": "early", "production_day": "2026-06-08"}
        body = {**made.body, "hour": SIX, "calendar": early}
        await here.record(FactDraft(**{**vars(made), "body": body}))
        shown = (await client.get(f"{API}/work-centers/L1/board")).json()
        assert shown["label"] == "2026-06-08T06:10+02:00"
        assert shown["job"]["id"] == "WO1.10"
        assert shown["state"]["fault_text"] == {"en": "Jam", "zh": "卡料"}
        hours = {hour["label"]: hour for hour in shown["hours"]}
        assert len(hours) == 8
        assert hours["06:00+02:00"]["actual"] == 90
        assert hours["06:00+02:00"]["cause"] == "101"
        assert hours["07:00+02:00"]["actual"] is None
        assert shown["kpis"]["availability"] == "0.800000"
        assert shown["kpis"]["effectiveness"] == "0.468750"
        stop = shown["open_stop"]
        given = await act(client, f"/stops/{stop['id']}/reason", "k9", reason="no_material")
        assert given.status_code == 201
        query: dict[str, Any] = {"work_center": "L1", "from": SIX, "to": SIX + 60 * MINUTE}
        [listed] = (await client.get(f"{API}/stops", params=query)).json()["items"]
        assert (listed["reason"], listed["to"]) == ("no_material", None)


async def test_a_token_guards_all_but_health(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here, token="secret") as client:
        assert (await client.get("/healthz")).status_code == 200
        refused = await client.get(f"{API}/status")
        assert refused.status_code == 401
        headers = {"Authorization": "Bearer secret"}
        assert (await client.get(f"{API}/status", headers=headers)).status_code == 200


async def test_what_is_not_there_is_a_problem_too(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        for method, path, status in (("GET", "/nothing", 404), ("PUT", f"{API}/status", 405)):
            answer = await client.request(method, path)
            assert answer.status_code == status
            assert answer.headers["content-type"] == "application/problem+json"
            assert ("allow" in answer.headers) == (status == 405)


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b"<a/>", "application/xml", 415),
        (b" " * 70_000, "application/json", 413),
        (b"{", "application/json; charset=utf-8", 422),
    ],
)
async def test_a_body_that_is_not_read_is_named(
    tmp_path: Path, content: bytes, content_type: str, status: int
) -> None:
    async with site(tmp_path) as here, api(here) as client:
        headers = {"Idempotency-Key": "k", "Content-Type": content_type}
        url = f"{API}/job-orders/WO1.10/start"
        answer = await client.post(url, content=content, headers=headers)
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path", ["/status", "/job-orders", "/work-centers", "/reasons", "/kpis?from=1&to=2", "/events"]
)
async def test_a_query_that_is_not_known_is_named(tmp_path: Path, path: str) -> None:
    async with site(tmp_path) as here, api(here) as client:
        answer = await client.get(f"{API}{path}{'&' if '?' in path else '?'}colour=red")
        assert (answer.status_code, answer.json()["errors"][0]["value"]) == (422, "red")


@pytest.mark.parametrize(
    ("id_", "status"), [("1.999", 410), ("9.3", 410), ("1.-5", 422), ("3", 422), ("1.2.3", 422)]
)
async def test_a_stream_does_not_begin_at_an_event_that_is_not_there(
    tmp_path: Path, id_: str, status: int
) -> None:
    async with site(tmp_path) as here, api(here) as client:
        answer = await client.get(f"{API}/events", headers={"Last-Event-ID": id_})
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"


async def test_kpis_are_refused_where_they_make_no_sense(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        wrong: list[dict[str, Any]] = [{"from": 1}, {"from": 2, "to": 1}]
        for query in [*wrong, {"from": 1, "to": 2, "by": "moon"}]:
            answer = await client.get(f"{API}/kpis", params=query)
            assert answer.status_code == 422, query


async def test_events_go_on_from_any_place(tmp_path: Path) -> None:
    from edge.api import events

    async with site(tmp_path) as here:
        edge = edge_of(here)
        stream = events._events(2, here.store.reader, edge.news)
        await anext(stream)
        seen = [await anext(stream) for _ in range(2)]
        assert seen[0].startswith(b"id: 1.3\nevent: ")
        data = seen[1].split(b"data: ")[1]
        assert json.loads(data)["seq"] == 4
        await stream.aclose()  # type: ignore[attr-defined]


async def test_every_fault_of_a_body_is_named_at_once(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        body = {"actor": " ", "quantity": 1.5, "colour": "red"}
        answer = await client.post(
            f"{API}/job-orders/WO1.10/scrap", json=body, headers={"Idempotency-Key": "k"}
        )
        assert answer.status_code == 422
        places = {fault["place"]: fault for fault in answer.json()["errors"]}
        assert set(places) == {"actor", "quantity", "reason", "colour"}
        assert places["quantity"]["value"] == "1.5"
        assert all(fault["mend"] for fault in places.values())


async def test_stops_of_no_work_center_are_not_asked_for(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        answer = await client.get(f"{API}/stops")
        assert answer.status_code == 422
        assert "work_center is missing" in answer.json()["detail"]


async def test_every_key_of_the_board_stands_in_the_contracts(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs" / "contracts.md").read_text()
    table = page.partition("### The board")[2].partition("\n\n`actual`")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    documented = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    async with site(tmp_path) as here, api(here) as client:
        board = (await client.get(f"{API}/work-centers/L1/board")).json()
    assert set(board) == documented


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/facts/99999999999999999999", 404),
        ("/lots?limit=99999999999999999999", 422),
        ("/kpis?work_center=L1&hour=0001-01-01T00", 422),
        ("/kpis?work_center=L1&from=2026-06-08T06:00&to=2026-06-08T07:00%2B02:00", 422),
        ("/kpis?work_center=L1&from=2026-06-08T06:00%2B02:00&to=2026-06-08T07:00+02:00", 200),
        ("/stops?work_center=L1&from=9999-12-31T23:59-12:00", 422),
        ("/work-centers/L1/hours/9999999999999999999/history", 404),
    ],
)
async def test_numbers_and_times_that_nothing_has_are_refused_and_no_defect(
    tmp_path: Path, path: str, status: int
) -> None:
    async with site(tmp_path) as here, api(here) as client:
        answer = await client.get(f"{API}{path}")
        assert answer.status_code == status, answer.text
        assert status == 200 or answer.json()["mend"]


async def test_an_order_says_what_of_it_could_not_be_planned(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        items = (await client.get(f"{API}/orders")).json()["items"]
        told = {one["id"]: one["plan_problem"] for one in items}
        assert told == {"WO1": "", "WO2": "due 9999-12-31 is far; mend it"}
        coded = {one["id"]: one["plan_problem_coded"] for one in items}
        assert coded == {"WO1": [], "WO2": [FAR.view()]}
        alone = (await client.get(f"{API}/orders/WO2")).json()
        assert alone["plan_problem"] == told["WO2"]
