"""What people declared of an hour is shared so that no job has fewer than no pieces there."""

import asyncio
import tempfile
from pathlib import Path
from typing import Any

import httpx
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.integration.edge.floor_on_store import MINUTE, SIX, Site
from tests.integration.edge.test_corrections import projected_soundly
from tests.integration.restating.moved import HOUR, act, done
from tests.integration.restating.two_jobs import A, made, move, sums, two_jobs

SEVEN = SIX + HOUR  # A made 40 pieces from 07:00 to 07:20


async def declare(client: httpx.AsyncClient, key: str, what: str, **said: Any) -> httpx.Response:
    body = {"reason": "burr", "hour": SEVEN, **said}
    return await act(client, f"/job-orders/{A}/{what}", key, **body)


def rows(here: Site) -> list[tuple[str, int, int, int]]:
    """Job, good, scrap and rework of the hour of 07:00."""
    found = here.store.reader.hour_quantities("L1", SEVEN, SEVEN + 1)
    return [(row.job_order_id, row.good, row.scrap, row.rework) for row in found]


async def test_what_came_of_rework_goes_with_the_pieces_that_were_to_be_reworked(
    tmp_path: Path,
) -> None:
    async with two_jobs(tmp_path) as (here, client):
        assert (await declare(client, "r", "rework", quantity=2)).status_code == 201
        for result in ("good", "scrap"):
            said = {"quantity": 1, "result": result}
            assert (await declare(client, result, "rework-done", **said)).status_code == 201
        before = sums(here)
        answer = await move(client, "k", SEVEN + 10 * MINUTE)
        assert answer.status_code == 201, answer.text
        assert sums(here) == before
        # Of the two one went along: that which was scrap in the end.
        assert (A, 20, 0, 0) in rows(here)
        assert (await move(client, "back", SEVEN + 20 * MINUTE)).status_code == 201
        assert (A, 39, 1, 0) in rows(here)
    assert projected_soundly(tmp_path / "edge.sqlite")


async def test_an_hour_of_which_every_piece_was_bad_is_shared_to_the_piece(tmp_path: Path) -> None:
    async with two_jobs(tmp_path) as (here, client):
        assert (await declare(client, "s", "scrap", quantity=20)).status_code == 201
        assert (await declare(client, "r", "rework", quantity=20)).status_code == 201
        answer = await move(client, "k", SEVEN + 150_000_000)  # five pieces are left to A
        assert answer.status_code == 201, answer.text
        [mine] = [row for row in rows(here) if row[0] == A]
        assert (mine[1], mine[2] + mine[3]) == (0, 5)
    assert projected_soundly(tmp_path / "edge.sqlite")


said_of = st.lists(
    st.tuples(st.sampled_from(["scrap", "rework", "good", "bad"]), st.integers(1, 15)), max_size=8
)


@given(said_of, st.lists(st.integers(0, 80), min_size=1, max_size=4))
@example([("rework", 2), ("good", 1), ("bad", 1)], [40])
@example([("scrap", 10), ("scrap", 10), ("rework", 10), ("rework", 10)], [10])
@settings(max_examples=10, deadline=None)
def test_whatever_was_declared_a_boundary_can_be_moved(
    said: list[tuple[str, int]], quarters: list[int]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_moved(Path(folder), said, quarters))


async def _moved(folder: Path, said: list[tuple[str, int]], quarters: list[int]) -> None:
    async with two_jobs(folder) as (here, client):
        for n, (what, many) in enumerate(said):
            path, more = ("rework-done", {"result": "good" if what == "good" else "scrap"})
            if what in {"scrap", "rework"}:
                path, more = what, {}
            await declare(client, f"d{n}", path, quantity=many, **more)  # refused: too many
        before, stood = sums(here), made(here)
        for n, quarter in enumerate(quarters):
            answer = await move(client, f"m{n}", SEVEN + quarter * 15_000_000)
            assert answer.status_code in {201, 422}, answer.text
            assert answer.status_code == 201 or "lies there already" in answer.text, answer.text
            assert sums(here) == before
            assert min(min(row[1:]) for row in rows(here)) >= 0
        await done(client, "/work-centers/L1/boundaries", "aside", note="n", between=[A, "WO2.10"],
                   at=SEVEN + 81_000_000)  # fmt: skip
        assert (await move(client, "back", SEVEN + 20 * MINUTE)).status_code == 201
        assert made(here) == stood
