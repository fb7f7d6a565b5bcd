"""The plan of a running edge is drawn as it is in force, with its working time and families."""

from pathlib import Path

from edge.commands.plan_views import of_edge
from edge.domain.clock import parse_time
from edge.execution.dispatch.replanning import Replanner
from edge.planning.views.chart import chart_of
from edge.planning.views.page import page_of
from edge.planning.views.words import Words
from tests.integration.edge.floor_on_store import SIX, site
from tests.integration.edge.test_api import api
from tests.integration.edge.test_instructions import get, hinge
from tests.integration.edge.test_replanning import PlannerHere
from tests.unit.execution.floor_parts import order, schedule


async def test_the_plan_in_force_is_drawn_with_what_the_edge_knows(tmp_path: Path) -> None:
    documents = (hinge(), schedule(1, order("WO1", quantity=5_000)))
    async with site(tmp_path, documents=documents) as here, api(here) as client:
        before = await get(client, "/plan/chart")
        assert (before["version"], before["schedule"], before["orders"]) == (None, None, [])
        await Replanner(here.floor, PlannerHere()).replan(documents=True)
        said = await get(client, "/plan/chart")
        assert said["version"] == 1
        assert said["orders"][0]["family"] == "hinge"
        chart = chart_of(said["schedule"], of_edge(said))
        assert chart.begin <= SIX < chart.end
        assert (chart.now, chart.version) == (said["plant_now"], 1)
        assert chart.families == ["hinge"]
        made = [bar for bar in chart.bars if bar.kind == "run"]
        blocks = [one for one in said["schedule"]["blocks"] if one["kind"] == "run"]
        assert [bar.start for bar in made] == sorted(parse_time(one["start"]) for one in blocks)
        for row in chart.rows:
            assert row.closed, row.id
            # Nothing begins in closed time, which the drawing shows in grey.
            for bar in chart.bars:
                if bar.work_center == row.id:
                    assert not any(one.start <= bar.start < one.end for one in row.closed)
        assert "版本 1" in page_of(chart, Words("zh"), "e1")
