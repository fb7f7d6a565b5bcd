"""Two jobs one after the other on a work center, and what is to be seen of them."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.integration.edge.floor_on_store import MINUTE, SIX, Site, site
from tests.integration.edge.test_api import api
from tests.integration.restating.moved import (
    HOUR,
    NOTE,
    act,
    at_time,
    changed,
    count,
    scrapped,
    state,
)
from tests.unit.execution.floor_parts import definition, order, schedule

A, B, C = "WO1.10", "WO2.10", "WO3.10"

AB = [A, B]

BOUNDARY = SIX + 80 * MINUTE  # 07:20

STAND_STILL = ("hour_bucket", "job_progress", "job_run", "state_interval", "stop", "usage")


@asynccontextmanager
async def two_jobs(folder: Path, *, gap: int = 0) -> AsyncIterator[tuple[Site, httpx.AsyncClient]]:
    """A from 06:00 to 07:20, then B (after a gap of minutes), now it is 09:00; 10 pieces in
    each five minutes, and scrap: 4 of A in the hour of 06:00, 6 of B in that of 07:00."""
    documents = (definition(), schedule(1, *(order(f"WO{n}", n) for n in (1, 2, 3))))
    async with site(folder, documents=documents) as here, api(here) as client:
        at_time(here, SIX)
        await changed(here, client, A, "start", SIX)
        begun = BOUNDARY + gap * MINUTE
        await shown(here, gap)
        steps = [SIX + 5 * MINUTE * step for step in range(36)]
        counts = {
            at: count(10 * n, 10, _owner(at, begun), at, at + 5 * MINUTE)
            for n, at in enumerate(steps)
        }
        await here.record(*(one for at, one in counts.items() if at < BOUNDARY))
        await changed(here, client, A, "complete", BOUNDARY)
        await here.record(*(one for at, one in counts.items() if BOUNDARY <= at < begun))
        await changed(here, client, B, "start", begun)
        await here.record(*(one for at, one in counts.items() if begun <= at))
        at_time(here, SIX + 180 * MINUTE)
        await here.record(scrapped(4, A, SIX + 30 * MINUTE))
        await here.record(scrapped(6, B, SIX + 100 * MINUTE))
        yield here, client


def _owner(at: int, begun: int) -> str | None:
    return A if at < BOUNDARY else B if at >= begun else None


async def shown(here: Site, gap: int) -> None:
    """A: set-up, production, a jam from 07:00 to 07:05; B: set-up for five minutes, production,
    a stop from 08:00 to 08:02 that is still another fault, then production until now."""
    begun = BOUNDARY + gap * MINUTE
    at = [state(15, "ASUT", A, SIX), state(6, "APT", A, SIX + 5 * MINUTE)]
    at += [state(9, "ADET", A, SIX + HOUR, 101), state(6, "APT", A, SIX + 65 * MINUTE)]
    at += [state(17, "ADOT", None, BOUNDARY)] if gap else []
    at += [state(15, "ASUT", B, begun), state(6, "APT", B, begun + 5 * MINUTE)]
    at += [state(2, "ADET", B, SIX + 2 * HOUR, 7), state(6, "APT", B, SIX + 122 * MINUTE)]
    await here.record(*at)


async def move(
    client: httpx.AsyncClient, key: str, at: int, between: Sequence[str | None] = AB, **more: Any
) -> Any:
    body = {"note": NOTE, "between": list(between), "at": at, **more}
    return await act(client, "/work-centers/L1/boundaries", key, **body)


def made(here: Site) -> dict[str, tuple[int, int]]:
    here.floor.register.reload()
    jobs = here.floor.register.jobs
    return {id_: (jobs[id_].good, jobs[id_].scrap) for id_ in (A, B)}


def sums(here: Site) -> Counter[tuple[int, str]]:
    """Pieces of the work center by hour and role, whosever they are."""
    found: Counter[tuple[int, str]] = Counter()
    for row in here.store.reader.hour_quantities("L1", 0, 2**62):
        for role in ("good", "scrap", "rework"):
            found[row.hour, role] += getattr(row, role)
    return found


def classes(here: Site) -> list[tuple[int, str, str]]:
    """Minutes since six, time class and job of each interval."""
    rows = here.store.reader.state_intervals("L1", 0, 2**62)
    return [((one.start - SIX) // MINUTE, one.time_class, one.job_order_id) for one in rows]


def stopped(here: Site) -> list[tuple[int, int, str, int | None]]:
    rows = here.store.reader.stops("L1", 0, 2**62)
    return [
        ((one.start - SIX) // MINUTE, ((one.end or 0) - SIX) // MINUTE, one.job_order_id, one.fault)
        for one in rows
    ]
