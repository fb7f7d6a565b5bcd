"""A trace and a recall over 10,000 lots: several levels, two operations, orders made of each other.

Bare: the same reach by one recursive query over a ready table of links, which somebody would have
to keep right by hand whenever a count is corrected.
"""

import asyncio
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from bench.measuring import CLOCK
from bench.ratio import Ratio
from edge.domain.facts import FactDraft, FactKind, Source
from edge.domain.recording import Recording
from edge.execution.genealogy.stand import Bench
from edge.execution.genealogy.tracing import Tracing
from edge.execution.orders.register import JobRegister
from edge.storage.readers.genealogy import Genealogy
from edge.storage.store import Store

if TYPE_CHECKING:
    from edge.execution.desk import Desk
    from edge.execution.floor import Floor

HOUR = 3_600_000_000
LOTS_OF_ORDER = 7  # three of each operation, and a pallet
BRANCHES = 4
BARE = (
    "WITH RECURSIVE hit(lot) AS (VALUES (:lot) UNION"
    " SELECT target FROM hit JOIN link ON source = lot) SELECT count(*) FROM hit"
)
CONSUMED, PRODUCED = FactKind.MATERIAL_CONSUMED, FactKind.MATERIAL_PRODUCED


class Plant:
    """Orders as a tree: each is made of a lot of the one above, the first of lot ROOT, and
    the last ones go into pallet ALL."""

    def __init__(self, store: Store) -> None:
        self.store, self.lots = store, 2

    async def make(self, lots: int) -> None:
        orders = lots // LOTS_OF_ORDER
        root = {"event": "received", "lot": "ROOT", "kind": "material", "material": "PART"}
        root |= {"revision": "", "quantity": "1000", "unit": "pcs", "supplier_lot": ""}
        drafts = [_draft(PRODUCED, "s1", root, None), _draft(PRODUCED, "s1", _all(), None)]
        drafts += [one for number in range(orders) for one in self._order(number, orders)]
        for start in range(0, len(drafts), 1000):
            await self.store.record(Recording(drafts=tuple(drafts[start : start + 1000])))
        self.lots += orders * LOTS_OF_ORDER

    def _order(self, number: int, orders: int) -> Iterator[FactDraft]:
        jobs = [f"WO{number}.10", f"WO{number}.20"]
        above = f"WO{(number - 1) // BRANCHES}.20-{number % 3}" if number else "ROOT"
        for place, job in enumerate(jobs):
            yield _created(job, f"L{place}", "PART" if place == 0 else "")
        for part in range(3):
            source = {"material": "PART", "lot": above, "revision": "", "made_by": ""}
            yield from self._lot(jobs[0], "L0", source, part)
        for part in range(3):
            of = {"material": "WIP", "lot": f"{jobs[0]}-{part}", "made_by": jobs[0]}
            yield from self._lot(jobs[1], "L1", of | {"revision": ""}, part)
        pallet = f"PAL{number}"
        last = BRANCHES * number + 1 >= orders
        flows = [_flow(f"{jobs[1]}-{part}", pallet) for part in range(3)]
        flows += [_flow(pallet, "ALL")] if last else []
        body = {"event": "flowed", "how": "packed", "flows": flows, "new": [_new(pallet)]}
        yield _draft(PRODUCED, "s1", body, None)

    def _lot(self, job: str, center: str, source: dict[str, Any], part: int) -> Iterator[FactDraft]:
        lot = f"{job}-{part}"
        segment = {
            "raw": {},
            "certain": True,
            "mounted": [source],
            "open": [{"job_order_id": job, "lot": lot}],
        }
        said = {"event": "opened", "lot": lot, "kind": "product", "material": "PART"}
        yield _draft(PRODUCED, center, said | {"revision": "A", "unit": "pcs"} | segment, job)
        yield _count(job, center)


def _draft(kind: FactKind, center: str, body: dict[str, Any], job: str | None) -> FactDraft:
    return FactDraft(
        kind=kind,
        occurred_at=HOUR,
        equipment_id=center,
        job_order_id=job,
        source=Source.SYSTEM,
        body=body,
    )


def _count(job: str, center: str) -> FactDraft:
    body = {"role": "good", "quantity": 10, "hour": HOUR, "flags": [], "run_time_per_item": "2"}
    return _draft(FactKind.PRODUCTION_COUNT, center, body, job)


def _created(job: str, center: str, material: str) -> FactDraft:
    order, _, operation = job.partition(".")
    one = {"material": material, "revision": "", "quantity": "1", "unit": "pcs", "tracked": "lot"}
    body = {
        "event": "created",
        "order": order,
        "operation": int(operation),
        "product": "PART",
        "revision": "A",
        "work_center": center,
        "quantity": 30,
        "state": "Ended",
        "version": 1,
        "bom_revision": "A",
        "routing_revision": "A",
        "materials": [one] if material else [],
    }
    return _draft(FactKind.JOB_ORDER_EVENT, center, body, job)


def _flow(source: str, target: str) -> dict[str, str]:
    return {"from": source, "to": target, "quantity": "10"}


def _all() -> dict[str, Any]:
    return {"event": "flowed", "how": "packed", "flows": [], "new": [_new("ALL")]}


def _new(lot: str) -> dict[str, Any]:
    return {"lot": lot, "kind": "pallet", "material": "", "revision": "", "unit": "pcs"}


def traced(store: Store, direction: str) -> int:
    """How many lots a trace reaches, with all links between them, as the API is asked for it."""
    register = JobRegister(store.reader)
    floor = cast("Floor", SimpleNamespace(register=register, reader=store.reader))
    bench = Bench(floor, Genealogy(store.rows), cast("Desk", None))
    start = "ROOT" if direction == "forward" else "ALL"
    found = Tracing(bench).trace(start, direction)
    assert len(found["links"]) >= len(found["lots"]) - 1
    return len(found["lots"]) - 1


def traced_s(store: Store, direction: str) -> tuple[int, float]:
    """The same, and in how many seconds."""
    begun = CLOCK.monotonic()
    reached = traced(store, direction)
    return reached, CLOCK.monotonic() - begun


def _bare_s(folder: Path, store: Store) -> float:
    reader = Genealogy(store.rows)
    links = reader.links(["ROOT", *reader.reached("ROOT", forward=True)])
    conn = sqlite3.connect(folder / "bare.db")
    conn.execute("CREATE TABLE link (source TEXT, target TEXT, PRIMARY KEY (source, target))")
    rows = {(one.source, one.target) for one in links}
    conn.executemany("INSERT INTO link VALUES (?, ?)", sorted(rows))
    begun = CLOCK.monotonic()
    conn.execute(BARE, {"lot": "ROOT"}).fetchone()
    seconds = CLOCK.monotonic() - begun
    conn.close()
    return seconds


def run() -> Iterator[Ratio]:
    """Traces over 10,000 lots, with all links, beside the bare reach."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Store.open(folder / "edge.db", "e1", CLOCK) as store:
            plant = Plant(store)
            asyncio.run(plant.make(10_000))
            bare = _bare_s(folder, store)
            for direction in ("forward", "backward"):
                reached, seconds = traced_s(store, direction)
                yield Ratio(
                    name=f"trace {direction} of {reached:,} lots, with links",
                    ours=seconds * 1000,
                    bare=bare * 1000,
                    unit="ms",
                    limit=1000,
                )
