"""Suspect pieces stay with the job that they were taken from, whatever is decided of them."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.integration.edge.floor_on_store import MINUTE, SIX, Site
from tests.integration.edge.test_corrections import projected_soundly
from tests.integration.restating.moved import HOUR, done
from tests.integration.restating.two_jobs import A, B, made, move, sums, two_jobs

SEVEN = SIX + HOUR  # A made 40 pieces from 07:00 to 07:20


async def suspects(client: httpx.AsyncClient) -> int:
    """Five of A's pieces in the hour of 07:00 are kept apart."""
    said = {"job_order_id": A, "quantity": 5, "reason": "burr", "hour": SEVEN}
    return int((await done(client, "/quality/nonconformances", "n", **said))["seq"])


async def decide(client: httpx.AsyncClient, id_: int, decision: str) -> None:
    said: dict[str, Any] = {"note": "looked at", "decision": decision}
    await done(client, f"/quality/nonconformances/{id_}/decisions", decision, **said)


def apart(here: Site) -> list[tuple[str, int]]:
    rows = here.store.rows.query("SELECT job_order_id, held + waiting FROM nonconformance_part")
    return [tuple(row) for row in rows]


@pytest.mark.parametrize("decision", [None, "scrap", "return", "rework"])
async def test_a_boundary_leaves_them_and_is_refused_where_it_cannot(
    tmp_path: Path, decision: str | None
) -> None:
    async with two_jobs(tmp_path) as (here, client):
        id_ = await suspects(client)
        if decision is not None:
            await decide(client, id_, decision)
        before, stood, had = sums(here), made(here), apart(here)
        end = here.store.reader.chain_end()
        for n, (minute, short) in enumerate(((2, 1), (0, 5), (-10, 5))):
            answer = await move(client, f"k{n}", SEVEN + minute * MINUTE)
            words = f"nonconformance {id_} is of pieces of {A} at 2026-06-08T07:00+02:00"
            assert (answer.status_code, words in answer.text) == (409, True), answer.text
            assert f"leave it at least {short} more good pieces" in answer.text
        assert here.store.reader.chain_end() == end
        # Ten pieces are left to A: its five that are suspect, and five good ones.
        assert (await move(client, "m", SEVEN + 5 * MINUTE)).status_code == 201
        assert (sums(here), apart(here)) == (before, had)
        now = made(here)
        assert (stood[A][0] - now[A][0], now[B][0] - stood[B][0]) == (30, 30)
        assert (await move(client, "back", SEVEN + 20 * MINUTE)).status_code == 201
        assert made(here) == stood
    assert projected_soundly(tmp_path / "edge.sqlite")


async def test_once_they_are_used_as_they_are_they_go_with_the_others(tmp_path: Path) -> None:
    async with two_jobs(tmp_path) as (here, client):
        id_ = await suspects(client)
        assert (await move(client, "a", SEVEN)).status_code == 409
        await decide(client, id_, "use")
        assert (await move(client, "b", SEVEN)).status_code == 201
        assert made(here)[A] == (116, 4)
    assert projected_soundly(tmp_path / "edge.sqlite")
