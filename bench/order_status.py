"""An order's status at sync beside ten million facts and 12,000 orders: what the ERP waits for.

The facts are rows that are made quickly, with short bytes in place of their own (an order's status
reads none of them); a fifth of them stand in the ledger of pieces. Orders, job orders and
forecasts are whole. One real count of another edge comes before each look, as on a floor that
works. A look is a request through the whole service, without a socket. The bare side is the same
over few facts.

    python -m bench.order_status FACTS
"""

import asyncio
import sqlite3
import sys
import tempfile
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from statistics import quantiles
from time import process_time

from bench.measuring import CLOCK, Cost
from bench.ratio import Ratio
from tests.contract.sync.site import Site, definition, order, schedule, site_at
from tests.unit.erp_sync.chains import SECOND, SIX, Chain

FACTS, FEW = 10_000_000, 1_000
ORDERS, LOOKS = 12_000, 250
NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :many) "
MANY = (
    """INSERT INTO fact (edge_id, epoch, seq, position, kind, occurred_at, order_id, operation,
       hash, data)
       SELECT 'e1', 1, i, i, 'production_count', i, 'WO' || (i % :orders), 10,
       printf('%064x', i), x'7b7d' FROM n""",
    """INSERT INTO entry (position, line, edge_id, order_id, operation, equipment_id, hour,
       shift_key, production_day, good, scrap, rework)
       SELECT i, 0, 'e1', 'WO' || (i % :orders), 10, 'L' || (i % 50), i - i % 3600, 'day|early',
       'day' || (i / 100000), 1, 0, 0 FROM n WHERE i % 5 = 0""",
)
PLAN = (
    """INSERT INTO planned_order (order_id, schedule_id, number, product, product_revision,
       quantity, due, customer, priority)
       SELECT 'WO' || i, '2026-05', 1000 + i, 'HINGE-60', 'A', 800, :due, 'ACME', 3 FROM n""",
    """INSERT INTO job_progress (edge_id, job_order_id, order_id, operation, product, revision,
       number, work_center, quantity, state, good, scrap)
       SELECT 'e1', 'WO' || i || '.' || o.operation, 'WO' || i, o.operation, 'HINGE-60', 'A',
       1000 + i, 'L1', 800, 'Running', i % 800, 3
       FROM n JOIN (SELECT 10 AS operation UNION SELECT 20) o""",
    """INSERT INTO forecast (order_id, edge_id, plan, completion, due, reasons)
       SELECT 'WO' || i, 'e1', 1, :due, :due, '[]' FROM n""",
)


def fill(path: Path, facts: int) -> None:
    """So many facts of e1, and the orders that they were made for, in a store that is closed."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -400000"):
            db.execute(f"PRAGMA {pragma}")
        db.execute("BEGIN")
        for sql in MANY:
            db.execute(NUMBERS + sql, {"many": facts, "orders": ORDERS})
        for sql in PLAN:
            db.execute(NUMBERS + sql, {"many": ORDERS, "due": SIX})
        db.execute("INSERT INTO sequence VALUES ('feed', ?)", (facts,))
        db.execute(
            "INSERT INTO edge (edge_id, store_id, epoch, last_seq, last_hash, said_seq, watermark)"
            " VALUES ('e1', 's', 1, :facts, 'h', :facts, :now)",
            {"facts": facts, "now": SIX},
        )
        db.execute("COMMIT")


async def looks(site: Site) -> list[Cost]:
    """What each look at an order takes, after a count of another one."""
    chain, taken = Chain("e2"), list[Cost]()
    for number in range(LOOKS):
        count = chain.count(7, job="WOX.10", at=SIX + number * SECOND, equipment="L9")
        await site.sent([count], edge="e2", watermark=SIX + number * SECOND)
        begun, spent = CLOCK.monotonic(), process_time()
        answer = await site.get(f"orders/WO{1 + number * 23 % ORDERS}")
        taken.append(Cost(CLOCK.monotonic() - begun, process_time() - spent))
        assert (answer.status_code, len(answer.json()["operations"])) == (200, 2)
    return taken


async def measured(folder: Path, facts: int) -> Cost:
    """The 99th percentile of the looks, in milliseconds: on the wall, and of the processor."""
    async with site_at(folder) as site:
        await site.put("operations-definitions/HINGE-60/A", definition())
        await site.put("operations-schedules/2026-06", schedule(order("WOX")))
    fill(folder / "sync.sqlite", facts)
    async with site_at(folder) as site:
        taken = await looks(site)
        wall, cpu = [one.wall * 1000 for one in taken], [one.cpu * 1000 for one in taken]
        return Cost(quantiles(wall, n=100)[98], quantiles(cpu, n=100)[98])


def run(facts: int = FACTS) -> Iterable[Ratio]:
    p99 = {}
    for many in (FEW, facts):
        with tempfile.TemporaryDirectory() as name:
            p99[many] = asyncio.run(measured(Path(name), many))
    yield Ratio(
        name=f"order status at sync, {facts:,} facts, {ORDERS:,} orders, p99; beside few facts",
        ours=p99[facts].wall,
        bare=p99[FEW].wall,
        unit="ms",
        limit=20,
    )
    yield Ratio(
        name="the same by the processor",
        ours=p99[facts].cpu,
        bare=p99[FEW].cpu,
        unit="CPU ms",
    )


if __name__ == "__main__":
    for ratio in run(int(sys.argv[1])):
        print(ratio)
