"""Red hours ask for a cause; signed hours keep their figures beside those that are known now."""

from pathlib import Path
from typing import Any

import httpx

from edge.domain.facts import FactDraft, FactKind, Source
from edge.domain.orders import HourInstruction
from edge.domain.recording import Recording, ReleasedPlan
from tests.contract.sync.site import site_at
from tests.integration.edge.floor_on_store import MINUTE, SIX, Site, site
from tests.integration.edge.test_api import API, act, api
from tests.integration.edge.test_kpis import HOUR, count, state
from tests.integration.edge.test_stops import written

EIGHT = range(8)


async def planned(here: Site, pieces: int = 100) -> None:
    """So many pieces in each hour of the shift."""
    given = tuple(
        HourInstruction(
            plan=1,
            work_center="L1",
            hour=SIX + place * HOUR,
            label=f"{6 + place:02d}:00+02:00",
            order="WO1",
            operation=10,
            quantity=pieces,
            setup_s=0,
        )
        for place in EIGHT
    )
    plan = ReleasedPlan(version=1, input_hash="h", valid_from=SIX, schedule={}, instructions=given)
    await here.store.record(Recording(plan=plan))


async def board(client: httpx.AsyncClient) -> dict[str, Any]:
    answer = await client.get(f"{API}/work-centers/L1/board")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


HOURS = "/work-centers/L1/hours"


async def test_a_red_hour_is_asked_signed_and_keeps_its_figures(tmp_path: Path) -> None:
    (tmp_path / "edge").mkdir()
    async with site(tmp_path / "edge") as here, api(here) as client, site_at(tmp_path) as sync:
        await planned(here)
        await act(client, "/job-orders/WO1.10/start", "k0", version=1)
        await here.record(state(SIX, "APT"), count(SIX, 80, 0), count(SIX + HOUR, 95, 80))
        here.clock.plant = SIX + 2 * HOUR + 30 * MINUTE
        shown = await board(client)
        first, second = shown["hours"][:2]
        assert (first["red"], first["asks_cause"], second["red"]) == (True, True, False)
        assert shown["asks"] == [SIX]
        early = await act(client, f"{HOURS}/{SIX}/sign", "k1", version=0)
        assert early.status_code == 409
        assert "say its cause" in early.json()["mend"]
        said = await act(client, f"{HOURS}/{SIX}/cause", "k2", reason="no_material", note="coil")
        assert said.status_code == 201, said.text
        first = (await board(client))["hours"][0]
        assert (first["cause"], first["asks_cause"], first["version"]) == ("no_material", False, 1)
        assert first["said"]["note"] == "coil"
        old = await act(client, f"{HOURS}/{SIX}/sign", "k3", version=0)
        assert old.status_code == 409
        signed = await act(client, f"{HOURS}/{SIX}/sign", "k4", version=1)
        assert signed.status_code == 201, signed.text

        scrap = await act(client, "/job-orders/WO1.10/scrap", "k5", quantity=100, reason="burr")
        assert scrap.status_code == 201, scrap.text
        first = (await board(client))["hours"][0]
        assert (first["actual"], first["scrap"]) == (75, 5)
        kept = first["signature"]
        assert (kept["good"], kept["scrap"], kept["difference"]) == (80, 0, -20)
        assert (kept["by"], kept["changed"]) == ("ann", True)
        twice = await act(client, f"{HOURS}/{SIX}/sign", "k6", version=2)
        assert twice.status_code == 409
        assert (await act(client, f"{HOURS}/{SIX}/unsign", "k7", version=2, note="late")).is_success
        assert (await act(client, f"{HOURS}/{SIX}/sign", "k8", version=3)).is_success
        kept = (await board(client))["hours"][0]["signature"]
        assert (kept["good"], kept["scrap"], kept["changed"]) == (75, 5, False)
        still = await act(client, f"{HOURS}/{SIX + 2 * HOUR}/sign", "k9", version=0)
        assert still.status_code == 409

        facts = [fact.data for fact in here.store.reader.facts_after(0, 100)]
        written(here, "board_hour")
        before = await board(client)
        await here.store.rebuild()
        assert await board(client) == before
        await sync.sent(facts, watermark=SIX + 2 * HOUR)
        feed = (await sync.get("operations-performance", limit=500)).json()["items"]
        told = [one["fact"]["body"] for one in feed if one["fact"]["kind"] == "board_hour"]
        assert [one["event"] for one in told] == ["cause", "signed", "unsigned", "signed"]
        assert [one["good"] for one in told if one["event"] == "signed"] == [80, 75]


async def test_what_is_missing_is_spread_over_the_working_time_that_is_left(
    tmp_path: Path,
) -> None:
    async with site(tmp_path) as here, api(here) as client:
        await planned(here)
        await here.record(state(SIX, "APT"), count(SIX, 80, 0))
        here.clock.plant = SIX + HOUR
        required = (await board(client))["required"]
        # 720 pieces in seven hours without a break of half an hour.
        assert required == {
            "pieces": 720,
            "time": 390 * MINUTE,
            "per_hour": "1440/13",
            "per_hour_up": 111,
        }


async def test_a_planned_stop_restates_what_is_expected_of_its_hours(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        await planned(here)
        await here.record(state(SIX, "APT"), state(SIX + 30 * MINUTE, "ADET"), count(SIX, 50, 0))
        await here.record(state(SIX + HOUR, "APT"))
        here.clock.plant = SIX + HOUR + 10 * MINUTE
        shown = await board(client)
        assert (shown["hours"][0]["difference"], shown["hours"][0]["red"]) == (-50, True)
        body = {"work_center": "L1", "from": SIX + 30 * MINUTE, "to": SIX + HOUR}
        code = {"reason": "no_material"}
        assert (await act(client, "/planned-stops", "k1", **body, **code)).is_success
        ahead = {"work_center": "L1", "from": SIX + 3 * HOUR, "to": SIX + 4 * HOUR}
        assert (await act(client, "/planned-stops", "k2", **ahead, **code)).is_success
        shown = await board(client)
        first, fourth = shown["hours"][0], shown["hours"][3]
        assert (first["plan"], first["expected"], first["difference"]) == (100, 50, 0)
        assert (first["red"], first["planned_stop"]) == (False, 30 * MINUTE)
        assert (fourth["expected"], fourth["planned_stop"]) == (0, HOUR)
        assert shown["required"]["pieces"] == 600
        # 14:00 is 410 minutes away; without the break and the planned hour.
        assert shown["required"]["time"] == (410 - 30 - 60) * MINUTE


async def test_a_gap_is_shown_at_its_hours(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        gap = {"from": SIX + 50 * MINUTE, "to": SIX + 65 * MINUTE}
        draft = FactDraft(
            kind=FactKind.DATA_GAP,
            occurred_at=SIX + 65 * MINUTE,
            equipment_id="L1",
            source=Source.SYSTEM,
            body={**gap, "reason": "edge_down", "detail": "x"},
        )
        await here.record(state(SIX, "APT"), draft)
        here.clock.plant = SIX + 2 * HOUR
        rows = (await board(client))["hours"]
        assert [row["data_gap"] // MINUTE for row in rows[:3]] == [10, 5, 0]
        assert [row["data_gaps"] for row in rows[:3]] == [["edge_down"], ["edge_down"], []]


async def test_a_call_for_help_is_seen_until_it_is_closed(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        called = await act(
            client, "/andon", "k1", work_center="L1", topic="material", note="no coil"
        )
        id_ = called.json()["seq"]
        [open_] = (await board(client))["andon"]
        assert (open_["topic"], open_["called_by"], open_["waited"]) == ("material", "ann", None)
        here.clock.advance(120)
        assert (await act(client, f"/andon/{id_}/acknowledge", "k2")).is_success
        assert (await act(client, f"/andon/{id_}/acknowledge", "k3")).status_code == 409
        status = (await client.get(f"{API}/status")).json()
        assert [one["waited"] for one in status["andon"]] == [120_000_000]
        here.clock.advance(60)
        assert (await act(client, f"/andon/{id_}/close", "k4", note="coil is there")).is_success
        assert (await board(client))["andon"] == []
        [closed] = (await client.get(f"{API}/andon?open=false")).json()["items"]
        assert (closed["lasted"], closed["closing_note"]) == (180_000_000, "coil is there")
        wrong = await act(client, "/andon", "k5", work_center="L1", topic="coffee")
        assert wrong.status_code == 422
        written(here, "andon")


async def test_a_corrected_count_changes_what_is_known_and_never_what_was_signed(
    tmp_path: Path,
) -> None:
    async with site(tmp_path) as here, api(here) as client:
        await planned(here)
        await act(client, "/job-orders/WO1.10/start", "k0", version=1)
        await here.record(state(SIX, "APT"), count(SIX, 95, 0))
        seq = here.store.reader.chain_end().seq
        here.clock.plant = SIX + 2 * HOUR
        assert (await act(client, f"{HOURS}/{SIX}/sign", "k1", version=0)).is_success
        changes = {"quantity": 90}
        path = f"/facts/{seq}/corrections"
        corrected = await act(client, path, "k2", note="counted by hand", changes=changes)
        assert corrected.status_code == 201, corrected.text
        first = (await board(client))["hours"][0]
        assert (first["actual"], first["difference"]) == (90, -10)
        assert (first["signature"]["good"], first["signature"]["changed"]) == (95, True)
