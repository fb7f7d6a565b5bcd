"""Stops that people cut, join and plan: what it restates on the board, in KPIs, at the sync."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx

from edge.domain.changeover import ChangeoverRule, Changeovers
from edge.domain.facts import FactDraft
from edge.domain.vocabulary import MachineState
from edge.execution.stops.rules import ReasonRule, StopRules
from tests.contract.fact_schema import check
from tests.contract.sync.site import site_at
from tests.integration.edge.floor_on_store import MINUTE, SIX, Site, site
from tests.integration.edge.test_api import API, act, api
from tests.integration.edge.test_kpis import HOUR, count, state

RULES = StopRules(
    reasons={
        "TECH": ReasonRule(code="TECH", class_="breakdown"),
        "no_material": ReasonRule(code="no_material", parent="TECH", class_="logistics"),
        "CLEAN": ReasonRule(code="CLEAN", class_="planned"),
        "PACKER": ReasonRule(code="PACKER", work_centers=frozenset({"L2"})),
    }
)
CODES = [{"code": code, "en": code, "zh": code} for code in RULES.reasons]


async def get(client: httpx.AsyncClient, path: str, **query: Any) -> Any:
    answer = await client.get(f"{API}{path}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def written(here: Site, *kinds: str) -> None:
    """Facts of these kinds are as the contract says."""
    for fact in here.store.reader.facts_after(0, 100):
        if fact.kind in kinds:
            check(fact.data)


async def an_hour_with_a_stop(here: Site, client: httpx.AsyncClient) -> int:
    """06:00 runs, 06:20 stands, 06:50 runs; it is 08:10. The id of the stop."""
    here.rooms.stops.follow(RULES)
    client._transport.app.state.edge.reasons["stop"] = CODES  # type: ignore[attr-defined]
    await here.record(
        state(SIX, "APT"),
        state(SIX + 20 * MINUTE, "ADET"),
        state(SIX + 50 * MINUTE, "APT"),
        count(SIX, 300, 0),
    )
    here.clock.advance(2 * 3600)
    [stop] = here.store.reader.stops("L1", SIX, SIX + HOUR)
    return stop.id


async def elements(client: httpx.AsyncClient, hour: int = SIX) -> dict[str, int]:
    span = {"work_center": "L1", "from": hour, "to": hour + HOUR, "by": "hour"}
    found: dict[str, int] = (await get(client, "/kpis", **span))["items"][0]["elements"]
    return found


async def parts(client: httpx.AsyncClient) -> list[tuple[int, int, str, str]]:
    """Minutes of the hour, reason and what it counts as."""
    [stop] = (await get(client, "/stops", work_center="L1"))["items"]
    return [
        ((p["from"] - SIX) // MINUTE, (p["to"] - SIX) // MINUTE, p["reason"], p["counts_as"])
        for p in stop["parts"]
    ]


async def test_a_planned_part_restates_a_past_hour_and_a_merge_takes_it_back(
    tmp_path: Path,
) -> None:
    async with site(tmp_path) as here, api(here) as client:
        stop = await an_hour_with_a_stop(here, client)
        before = await elements(client)
        assert (before["planned_busy_time"], before["actual_unit_delay_time"]) == (
            HOUR,
            30 * MINUTE,
        )
        at = SIX + 35 * MINUTE
        done = await act(client, f"/stops/{stop}/split", "k1", at=at, reason="CLEAN")
        assert done.status_code == 201, done.text
        await act(
            client, f"/stops/{stop}/reason", "k2", reason="no_material", part=SIX + 21 * MINUTE
        )
        assert await parts(client) == [
            (20, 35, "no_material", "ADET"),
            (35, 50, "CLEAN", "PLANNED"),
        ]
        after = await elements(client)
        assert after["planned_busy_time"] == 45 * MINUTE
        assert after["planned_stop_time"] == after["off_time"] == 15 * MINUTE
        assert after["actual_unit_delay_time"] == 15 * MINUTE
        await act(client, f"/stops/{stop}/merge", "k3", at=at)
        assert await parts(client) == [(20, 50, "no_material", "ADET")]
        assert await elements(client) == before
        written(here, "stop_reason")
        await here.store.rebuild()
        assert await parts(client) == [(20, 50, "no_material", "ADET")]


async def test_what_cannot_be_said_of_a_stop_is_refused_with_what_to_do(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        stop = await an_hour_with_a_stop(here, client)

        async def refused(path: str, key: str, **body: Any) -> tuple[int, str]:
            answer = await act(client, path, key, **body)
            return answer.status_code, answer.json()["detail"]

        outside = await refused(f"/stops/{stop}/split", "k1", at=SIX)
        assert outside[0] == 422
        assert "inside the stop" in outside[1]
        not_cut = await refused(f"/stops/{stop}/merge", "k2", at=SIX + 30 * MINUTE)
        assert not_cut[0] == 409
        elsewhere = await refused(f"/stops/{stop}/reason", "k3", reason="PACKER")
        assert "is not for L1" in elsewhere[1]
        assert (await act(client, f"/stops/{stop}/split", "k4", at=SIX + 30 * MINUTE)).is_success
        which = await refused(f"/stops/{stop}/reason", "k5", reason="TECH")
        assert "has 2 parts" in which[1]
        twice = await refused(f"/stops/{stop}/split", "k6", at=SIX + 30 * MINUTE)
        assert twice[0] == 409
        old = await refused(f"/stops/{stop}/merge", "k7", at=SIX + 30 * MINUTE, version=0)
        assert old[0] == 409
        assert "version 1, not 0" in old[1]
        again = await act(client, f"/stops/{stop}/split", "k4", at=SIX + 30 * MINUTE)
        assert again.is_success  # the same request has the same answer
        shown = SIX + 32 * MINUTE + 400_000
        assert (await act(client, f"/stops/{stop}/split", "k8", at=shown)).is_success
        beside = await refused(f"/stops/{stop}/merge", "k9", at=SIX)
        cuts = "06:30:00+02:00, 2026-06-08T06:32:00+02:00"
        assert "06:00:00+02:00 but at 2026-06-08T" + cuts in beside[1]
        second = "2026-06-08T06:32:00+02:00"  # as the list shows it
        assert (await act(client, f"/stops/{stop}/merge", "k10", at=second)).is_success


async def test_a_planned_stop_cuts_what_it_lies_over_on_edge_and_sync_alike(
    tmp_path: Path,
) -> None:
    (tmp_path / "edge").mkdir()
    async with site(tmp_path / "edge") as here, api(here) as client, site_at(tmp_path) as sync:
        await an_hour_with_a_stop(here, client)
        span = {"from": SIX + 40 * MINUTE, "to": SIX + 70 * MINUTE, "reason": "CLEAN"}
        done = await act(client, "/planned-stops", "k1", work_center="L1", **span)
        assert done.status_code == 201, done.text
        assert await parts(client) == [(20, 40, "", "ADET"), (40, 50, "CLEAN", "PLANNED")]
        of = await elements(client)
        assert of["planned_busy_time"] == 50 * MINUTE
        assert of["outside_calendar"] == 10 * MINUTE  # what was produced in it all the same
        facts = [fact.data for fact in here.store.reader.facts_after(0, 100)]
        await sync.sent(facts, watermark=SIX + 2 * HOUR)
        query: dict[str, Any] = {"from": SIX, "to": SIX + 2 * HOUR, "by": "hour"}
        there = (await sync.get("kpis", **query, equipment="L1")).json()["items"]
        ours = (await get(client, "/kpis", work_center="L1", **query))["items"]
        assert ours == there
        id_ = done.json()["seq"]
        assert (await act(client, f"/planned-stops/{id_}/cancel", "k2")).is_success
        assert await parts(client) == [(20, 50, "", "ADET")]
        assert (await get(client, "/planned-stops", work_center="L1"))["items"] == []
        facts = [fact.data for fact in here.store.reader.facts_after(len(facts), 100)]
        await sync.sent(facts, watermark=SIX + 2 * HOUR)
        there = (await sync.get("kpis", **query, equipment="L1")).json()["items"]
        ours = (await get(client, "/kpis", work_center="L1", **query))["items"]
        assert ours == there


async def test_planned_stops_tile_whoever_plans_them_at_once(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        await an_hour_with_a_stop(here, client)

        def window(first: int, last: int) -> dict[str, Any]:
            return {"from": SIX + first * MINUTE, "to": SIX + last * MINUTE, "reason": "CLEAN"}

        async def plan(key: str, first: int, last: int, work_center: str = "L1") -> int:
            body = window(first, last) | {"work_center": work_center}
            return (await act(client, "/planned-stops", key, **body)).status_code

        at_once = await asyncio.gather(*(plan(f"k{n}", 60, 90) for n in range(3)))
        assert sorted(at_once) == [201, 409, 409]
        [first] = (await get(client, "/planned-stops", work_center="L1"))["items"]
        refused = await act(client, "/planned-stops", "k4", work_center="L1", **window(89, 120))
        assert refused.status_code == 409
        told = f"planned stop {first['id']} (CLEAN) has 2026-06-08T07:00:00+02:00 to "
        assert told in refused.json()["detail"]
        assert [await plan("k5", 90, 120), await plan("k6", 60, 90, "L2")] == [201, 201]
        mine = f"/planned-stops/{first['id']}"
        assert (await act(client, f"{mine}/change", "k7", **window(70, 91))).status_code == 409
        assert (await act(client, f"{mine}/change", "k8", **window(30, 80))).is_success
        assert (await act(client, f"{mine}/cancel", "k9")).is_success
        assert await plan("k10", 30, 90) == 201
        again = await act(client, f"{mine}/change", "k11", **window(200, 210))
        assert (again.status_code, "taken back" in again.json()["detail"]) == (404, True)


async def test_of_two_who_say_why_at_once_the_second_looks_again(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        stop = await an_hour_with_a_stop(here, client)
        said = [
            act(client, f"/stops/{stop}/reason", f"k{n}", reason=reason, version=0)
            for n, reason in enumerate(("CLEAN", "CLEAN", "CLEAN"))
        ]
        answers = await asyncio.gather(*said)
        assert sorted(one.status_code for one in answers) == [201, 409, 409]


def bars(chart: dict[str, Any]) -> Sequence[tuple[str, int, int]]:
    return [(one["key"], one["time"] // MINUTE, one["count"]) for one in chart["items"]]


async def test_the_pareto_says_what_the_elements_say(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        stop = await an_hour_with_a_stop(here, client)
        await here.record(
            state(SIX + 60 * MINUTE, "ADET"),
            state(SIX + 65 * MINUTE, "APT"),
            state(SIX + 70 * MINUTE, "ADET"),
            state(SIX + 72 * MINUTE, "APT"),
        )
        await act(client, f"/stops/{stop}/reason", "k1", reason="no_material")
        await act(client, f"/stops/{stop}/split", "k2", at=SIX + 40 * MINUTE, reason="CLEAN")
        span: dict[str, Any] = {"work_center": "L1", "from": SIX, "to": SIX + 2 * HOUR}
        chart = await get(client, "/stops/pareto", **span)
        assert bars(chart) == [("no_material", 20, 1), ("CLEAN", 10, 1), ("", 7, 2)]
        assert chart["items"][-1]["cumulative"] == "1.000000"
        counted = await get(client, "/stops/pareto", **span, order="count", planned="without")
        assert bars(counted) == [("", 7, 2), ("no_material", 20, 1)]
        top = await get(client, "/stops/pareto", **span, level=1, planned="without")
        assert bars(top) == [("TECH", 20, 1), ("", 7, 2)]
        classes = await get(client, "/stops/pareto", **span, by="class", planned="only")
        assert bars(classes) == [("planned", 10, 1)]
        of = [await elements(client, SIX + place * HOUR) for place in (0, 1)]
        stood = sum(one["actual_unit_delay_time"] + one["planned_stop_time"] for one in of)
        assert chart["time"] == stood


async def test_the_fault_names_the_reason_until_a_person_says_another(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        here.rooms.stops.follow(RULES)
        client._transport.app.state.edge.reasons["stop"] = CODES  # type: ignore[attr-defined]
        opened = state(SIX, "ADET")
        cause = {"reason": "CLEAN", "class": "planned", "planned": True}
        said = type(opened)(**{**vars(opened), "body": {**opened.body, "fault": 7, "cause": cause}})
        await here.record(said, state(SIX + 30 * MINUTE, "APT"))
        here.clock.advance(3600)
        assert await parts(client) == [(0, 30, "CLEAN", "PLANNED")]
        [stop] = (await get(client, "/stops", work_center="L1"))["items"]
        assert (stop["given"], stop["planned"]) == (False, True)
        await act(client, f"/stops/{stop['id']}/reason", "k1", reason="no_material")
        assert await parts(client) == [(0, 30, "no_material", "ADET")]


async def test_set_up_beyond_its_standard_is_a_loss(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        hinge = ChangeoverRule(from_="any", to="HINGE", minutes=20)
        other = ChangeoverRule(from_="any", to="any", minutes=5)
        here.floor.register.changeovers = Changeovers(rules=(other, hinge))
        here.machine.show("L1", MachineState.RESETTING)
        started = await act(client, "/job-orders/WO1.10/start", "k1", version=1)
        assert started.status_code == 201, started.text
        written(here, "job_order_event")
        at = SIX + 10 * MINUTE

        def of_job(minute: int, time_class: str) -> FactDraft:
            draft = state(at + minute * MINUTE, time_class)
            return replace(draft, job_order_id="WO1.10")

        await here.record(of_job(0, "ASUT"), of_job(12, "ADET"), of_job(15, "ASUT"))
        await here.record(of_job(30, "APT"))
        here.clock.plant = at + 40 * MINUTE
        board = await get(client, "/work-centers/L1/board")
        [one] = board["changeovers"]
        figures = [one[name] // MINUTE for name in ("standard", "spent", "beyond")]
        assert figures == [20, 27, 7]
        span: dict[str, Any] = {"work_center": "L1", "from": SIX, "to": SIX + HOUR}
        chart = await get(client, "/stops/pareto", **span)
        assert bars(chart) == [("CHANGEOVER", 7, 1), ("", 3, 1)]
        assert (await elements(client))["actual_unit_setup_time"] == 27 * MINUTE
        await here.store.rebuild()
        assert (await get(client, "/work-centers/L1/board"))["changeovers"] == [one]
