"""From an order to the ERP's books: board, KPI, feed and reconciliation say the same."""

from pathlib import Path

import pytest

from tests.journeys.company import company, order

pytestmark = pytest.mark.xdist_group("edge_process")


async def test_board_kpi_feed_and_reconciliation_say_the_same(tmp_path: Path) -> None:
    async with company(tmp_path, order(), speed=60) as here:
        job = (await here.jobs())["WO1.10"]
        await here.act("/job-orders/WO1.10/start", version=job["version"])
        await here.machine.show(state=6, order=1001010)
        await here.makes(20, "WO1.10")
        await here.act("/job-orders/WO1.10/scrap", quantity=3, reason="BURR")
        board = await here.board()
        assert sum(hour["actual"] or 0 for hour in board["hours"]) == 17
        assert sum(hour["scrap"] or 0 for hour in board["hours"]) == 3
        assert sum(row["elements"]["good_quantity"] for row in await here.kpis()) == 17
        assert await here.books() == {("WO1", 10): (17, 3)}
        found = await here.sync.get("/reconciliations/2026-06-08")
        recorded = [row["recorded"] for row in found["rows"]]
        assert [(one["good"], one["scrap"]) for one in recorded] == [(17, 3)]
