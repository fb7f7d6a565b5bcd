"""`taktline stops` against an edge's real API on a real socket."""

import json
from pathlib import Path

from edge.api.app import application
from tests.integration.edge.commanding import run
from tests.integration.edge.floor_on_store import MINUTE, SIX, site
from tests.integration.edge.served import served
from tests.integration.edge.test_api import edge_of
from tests.integration.edge.test_kpis import state
from tests.integration.edge.test_stops import CODES, RULES


async def test_stops_are_split_listed_and_charted(tmp_path: Path) -> None:
    async with site(tmp_path) as here:
        here.rooms.stops.follow(RULES)
        await here.record(
            state(SIX, "APT"), state(SIX + 20 * MINUTE, "ADET"), state(SIX + 50 * MINUTE, "APT")
        )
        here.clock.advance(3600)
        stop = here.store.reader.stops("L1", SIX, SIX + 60 * MINUTE)[0].id
        edge = edge_of(here, "")
        edge.reasons["stop"] = CODES  # type: ignore[index]
        async with served(application(edge)) as url:
            at = "2026-06-08T06:35+02:00"
            said = ("--actor", "ann", "--at", at, "--reason", "CLEAN")
            done = await run(url, "stops", "split", str(stop), *said)
            assert done[0] == 0, done
            twice = await run(url, "stops", "split", str(stop), *said)
            assert (twice[0], "cut there already" in twice[1]) == (1, True)
            span = ("--work-center", "L1", "--from", "2026-06-08T06:00+02:00")
            code, shown = await run(url, "stops", "list", *span)
            assert code == 0
            assert "06:35:00+02:00 to 2026-06-08T06:50:00+02:00  CLEAN  PLANNED" in shown
            code, chart = await run(url, "stops", "pareto", *span, "--json")
            keys = [one["key"] for one in json.loads(chart)["items"]]
            assert sorted(keys) == ["", "CLEAN"]
            code, chart = await run(
                url, "stops", "pareto", *span, "--by", "class", "--planned", "only"
            )
            assert "planned" in chart
            assert "15.0 min" in chart
            wrong = await run(url, "stops", "merge", str(stop), "--actor", "ann", "--at", "06:35")
            assert wrong[0] == 3
            assert (await run("http://127.0.0.1:9", "stops", "list", *span))[0] == 5


async def test_planned_stops_are_listed_changed_and_cancelled(tmp_path: Path) -> None:
    async with site(tmp_path) as here:
        here.rooms.stops.follow(RULES)
        edge = edge_of(here, "")
        edge.reasons["stop"] = CODES  # type: ignore[index]
        async with served(application(edge)) as url:
            center, actor = ("--work-center", "L1"), ("--actor", "ann", "--reason", "CLEAN")
            none = await run(url, "stops", "planned", *center)
            assert none == (0, "nothing is planned\n")
            span = ("--from", "2026-06-08T10:00+02:00", "--to", "2026-06-08T10:30+02:00")
            told = await run(url, "stops", "plan", *center, *actor, *span)
            assert told[0] == 0, told
            code, shown = await run(url, "stops", "planned", *center, "--json")
            [one] = json.loads(shown)["items"]
            span = ("--from", "2026-06-08T11:00+02:00", "--to", "2026-06-08T11:15+02:00")
            moved = await run(
                url, "stops", "change", str(one["id"]), *actor, *span, "--note", "later"
            )
            assert moved[0] == 0, moved
            code, shown = await run(url, "stops", "planned", *center)
            assert (code, "11:00:00+02:00 to 2026-06-08T11:15:00+02:00  CLEAN  later" in shown) == (
                0,
                True,
            ), shown
            assert (await run(url, "stops", "cancel", str(one["id"]), "--actor", "ann"))[0] == 0
            assert (await run(url, "stops", "planned", *center))[1] == "nothing is planned\n"
