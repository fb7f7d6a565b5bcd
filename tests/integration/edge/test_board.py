"""The hour-by-hour board on a real store: what cost an hour most, and sums so far."""

from pathlib import Path
from typing import Any

from edge.domain.facts import FactDraft
from edge.execution.board.page import board
from tests.integration.edge.floor_on_store import MINUTE, SIX, Site, site
from tests.integration.edge.test_api import API, act, api, state_fact
from tests.unit.execution.floor_parts import count

HOUR = 60 * MINUTE


def hours(here: Site) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = board(here.floor, "L1", [])["hours"]
    return shown


def counted(quantity: int, hour: int) -> FactDraft:
    made = count("WO1.10", quantity)
    return FactDraft(**{**vars(made), "body": {**made.body, "hour": hour}})


async def test_the_cause_of_an_hour_is_what_took_most_of_its_time(tmp_path: Path) -> None:
    stops = ((0, 3, 7), (5, 6, 101), (7, 8, 101), (50, 70, 33), (125, 127, 101))
    async with site(tmp_path) as here:
        for start, end, fault in stops:  # minutes of the shift, and a code
            await here.record(
                state_fact(SIX + start * MINUTE, "ADET", fault=fault),
                state_fact(SIX + end * MINUTE, "APT"),
            )
        here.clock.plant = SIX + 3 * HOUR
        assert [hour["cause"] for hour in hours(here)[:4]] == ["33", "33", "101", None]
        assert hours(here)[2]["cause_text"] == {"en": "Jam", "zh": "卡料"}
        assert hours(here)[0]["cause_text"] is None


async def test_a_reason_is_not_told_with_the_words_of_the_fault(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        await here.record(state_fact(SIX, "ADET", fault=101), state_fact(SIX + 9 * MINUTE, "APT"))
        here.clock.plant = SIX + 3 * HOUR
        assert hours(here)[0]["cause_text"] == {"en": "Jam", "zh": "卡料"}
        [stop] = (await client.get(f"{API}/stops?work_center=L1&from={SIX}")).json()["items"]
        said = await act(client, f"/stops/{stop['id']}/reason", "k", reason="no_material")
        assert said.status_code == 201, said.text
        assert (hours(here)[0]["cause"], hours(here)[0]["cause_text"]) == ("no_material", None)


async def test_an_unknown_fault_shows_its_number(tmp_path: Path) -> None:
    async with site(tmp_path) as here:
        await here.record(state_fact(SIX, "ADET", fault=9999))
        here.clock.plant = SIX + HOUR
        shown = board(here.floor, "L1", [])
        assert (shown["state"]["fault"], shown["state"]["fault_text"]) == (9999, {})
        assert (hours(here)[0]["cause"], hours(here)[0]["cause_text"]) == ("9999", None)


async def test_the_sum_of_differences_is_that_of_the_hours_that_have_begun(tmp_path: Path) -> None:
    async with site(tmp_path) as here:
        for hour, made in enumerate((30, 1, 20)):
            await here.record(counted(made, SIX + hour * HOUR))
        here.clock.plant = SIX + 2 * HOUR + 10 * MINUTE
        shown = hours(here)
        assert [hour["status"] for hour in shown[:4]] == ["past", "past", "current", "future"]
        assert [hour["cumulative"] for hour in shown[:4]] == [30, 31, 51, None]
        assert [hour["difference"] for hour in shown[:4]] == [30, 1, 20, None]
