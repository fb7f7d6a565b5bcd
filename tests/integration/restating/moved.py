"""Facts of a work center with jobs one after the other, and what is to be seen after moves."""

import sqlite3
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx

from edge.domain.calendars import compile_calendar
from edge.domain.facts import FactDraft, FactKind, Source
from edge.domain.hours import DAY, hour_start
from edge.storage.verify import COMPARED
from tests.integration.edge.floor_on_store import CALENDAR, MINUTE, Site

HOUR = 60 * MINUTE
API = "/api/v1"
NOTE = "the order was changed late"


def shift_at(at: int) -> dict[str, Any] | None:
    shift = compile_calendar(CALENDAR, at - DAY, at + DAY).shift_at(at)
    if shift is None:
        return None
    day = shift.production_day.isoformat()
    return {"id": "day", "revision": "x", "shift": shift.name, "production_day": day}


def count(raw: int, quantity: int, job: str | None, start: int, end: int, **more: Any) -> FactDraft:
    """Good pieces that the counter told between two moments of one hour."""
    body = {"role": "good", "quantity": quantity, "tag": "good", "counter_epoch": 1}
    body |= {"raw_from": raw, "raw_to": raw + quantity, "from": start, "to": end, "flags": []}
    body |= {"hour": hour_start(start, CALENDAR.zone), "calendar": shift_at(start)}
    body |= {"run_time_per_item": "5/2" if job else None, **more}
    return FactDraft(
        kind=FactKind.PRODUCTION_COUNT,
        occurred_at=end,
        equipment_id="L1",
        source=Source.PLC,
        job_order_id=job,
        body=body,
    )


def scrapped(quantity: int, job: str, at: int, reason: str = "burr") -> FactDraft:
    body: dict[str, Any] = {"quantity": quantity, "reason": reason, "effect": "reclassify"}
    body |= {"hour": hour_start(at, CALENDAR.zone), "calendar": shift_at(at)}
    return FactDraft(
        kind=FactKind.SCRAP,
        occurred_at=at,
        equipment_id="L1",
        source=Source.OPERATOR,
        actor="ann",
        job_order_id=job,
        body={**body, "run_time_per_item": "5/2"},
    )


def state(
    number: int | None, time_class: str, job: str | None, at: int, fault: int | None = None
) -> FactDraft:
    body: dict[str, Any] = {"state": number, "mode": 1, "fault": fault, "time_class": time_class}
    body |= {"calendar": shift_at(at), "reason": "state"}
    return FactDraft(
        kind=FactKind.EQUIPMENT_STATE,
        occurred_at=at,
        equipment_id="L1",
        source=Source.PLC,
        job_order_id=job,
        body=body,
    )


async def act(client: httpx.AsyncClient, path: str, key: str, **body: Any) -> httpx.Response:
    content = {"actor": "ann", **body}
    return await client.post(f"{API}{path}", json=content, headers={"Idempotency-Key": key})


async def done(client: httpx.AsyncClient, path: str, key: str, **body: Any) -> Any:
    answer = await act(client, path, key, **body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def at_time(here: Site, at: int) -> None:
    """The clock stands at a moment, and so do the machine's readings."""
    here.clock.advance((at - here.clock.now()) / 1_000_000)
    for id_, one in here.machine.shown.items():
        here.machine.shown[id_] = replace(one, at=at)


async def changed(here: Site, client: httpx.AsyncClient, job: str, action: str, at: int) -> None:
    """A job is started or completed at a moment, by the machine's reading then."""
    at_time(here, at)
    here.floor.register.reload()
    version = here.floor.job(job).version
    more = {"confirm": True} if action == "complete" else {}
    await done(client, f"/job-orders/{job}/{action}", f"{job}{action}{at}", version=version, **more)


def tables(path: Path, *names: str) -> dict[str, Counter[tuple[Any, ...]]]:
    """Rows of projections, but those of no pieces; versions and history left out."""
    conn = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    conn.row_factory = sqlite3.Row
    found = {}
    for name in names or COMPARED:
        rows = [dict(row) for row in conn.execute(f'SELECT * FROM "{name}"')]
        for row in rows:
            row.pop("version", None)
        if name == "hour_bucket":
            rows = [row for row in rows if row["good"] or row["scrap"] or row["rework"]]
        if name == "state_interval":
            rows = [row for row in rows if row["start"] != row["end"]]
        if name == "stop":
            rows = [row for row in rows if row["start"] is not None]
        found[name] = Counter(tuple(row.values()) for row in rows)
    conn.close()
    return found
