"""States, stops and running time follow a boundary."""

import contextlib
import sqlite3
from pathlib import Path
from typing import Any

from tests.integration.edge.floor_on_store import MINUTE, SIX
from tests.integration.edge.test_corrections import projected_soundly
from tests.integration.restating.moved import (
    API,
    HOUR,
    state,
)
from tests.integration.restating.two_jobs import (
    BOUNDARY,
    A,
    B,
    classes,
    move,
    stopped,
    two_jobs,
)


async def test_states_are_cut_at_the_boundary_and_judged_anew(tmp_path: Path) -> None:
    async with two_jobs(tmp_path) as (here, client):
        recorded = classes(here)
        assert (await move(client, "a", BOUNDARY - 30 * MINUTE)).status_code == 201
        assert classes(here) == [
            (0, "ASUT", A),
            (5, "APT", A),
            (50, "APT", B),
            (60, "ADET", B),
            (65, "APT", B),
            (80, "ADET", B),  # it had produced before: this is no set-up
            (85, "APT", B),
            (120, "ADET", B),
            (122, "APT", B),
        ]
        assert stopped(here) == [(60, 65, B, 101), (80, 85, B, None), (120, 122, B, 7)]
        assert (await move(client, "b", BOUNDARY + 2 * MINUTE)).status_code == 201
        assert classes(here)[4:7] == [(80, "ADET", A), (82, "ASUT", B), (85, "APT", B)]
        assert stopped(here) == [(60, 65, A, 101), (80, 82, A, None), (120, 122, B, 7)]
        assert (await move(client, "c", BOUNDARY + 95 * MINUTE)).status_code == 201
        assert classes(here)[-1] == (175, "APT", B)  # the state that lasts is cut
        await here.record(state(2, "ADET", B, SIX + 178 * MINUTE, 9))
        assert classes(here)[-2:] == [(175, "APT", B), (178, "ADET", B)]
        assert (await move(client, "d", BOUNDARY)).status_code == 201
        assert classes(here)[:-1] == recorded
    assert projected_soundly(tmp_path / "edge.sqlite")


async def test_running_time_follows_also_of_a_state_that_lasts(tmp_path: Path) -> None:
    """What a machine has run is that of its intervals, whatever they were taken for meanwhile."""
    async with two_jobs(tmp_path, gap=20) as (here, client):
        for n, minute in enumerate((85, 150, 95, 170)):
            assert (await move(client, f"k{n}", SIX + minute * MINUTE)).status_code == 201
            if n == 2:
                await here.record(state(2, "ADET", B, SIX + 178 * MINUTE, 9))
        rows = here.store.reader.state_intervals("L1", 0, 2**62)
        ran = {"APT", "ASUT", "APT_OUTSIDE"}
        lasted = sum(one.end - one.start for one in rows if one.end and one.time_class in ran)
        with contextlib.closing(sqlite3.connect(tmp_path / "edge.sqlite")) as db:
            [(running,)] = db.execute("SELECT running FROM usage WHERE equipment_id = 'L1'")
        assert running == lasted
    assert projected_soundly(tmp_path / "edge.sqlite")


async def test_time_without_a_job_is_no_delay_any_more(tmp_path: Path) -> None:
    async with two_jobs(tmp_path, gap=20) as (here, client):
        assert (80, "ADOT", "") in classes(here)
        assert (await move(client, "a", BOUNDARY + 5 * MINUTE, [None, B])).status_code == 201
        # A machine in Complete during set-up is being set up; nobody's before.
        assert classes(here)[4:7] == [(80, "ADOT", ""), (85, "ASUT", B), (100, "ASUT", B)]
        report = (await client.get(f"{API}/kpis", params=_hour(SIX + HOUR))).json()["items"][0]
        assert report["elements"]["actual_unit_setup_time"] == 20 * MINUTE
        assert report["elements"]["actual_unit_down_time"] == 5 * MINUTE
        assert report["elements"]["unrated_quantity"] == 10


def _hour(at: int) -> dict[str, Any]:
    return {"work_center": "L1", "from": at, "to": at + 1, "by": "hour"}
