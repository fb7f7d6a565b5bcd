"""The commands, against a running edge: words, JSON and exit codes."""

import asyncio
import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from edge.api.app import application
from edge.commands.assign import assign
from edge.commands.boundary import boundary
from edge.commands.opening import opening
from tests.integration.edge.floor_on_store import MINUTE, SIX, site
from tests.integration.edge.served import served
from tests.integration.edge.test_api import api, edge_of
from tests.integration.restating.moved import at_time, changed, count

WHO = ["--actor", "Anna K.", "--note", "found out later"]


def run(app: Any, *args: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, list(args))
    return done.exit_code, done.output


async def test_what_the_commands_say_and_how_they_end(tmp_path: Path) -> None:
    async with site(tmp_path) as here, api(here) as client:
        await here.record(count(0, 30, None, SIX, SIX + 20 * MINUTE))
        await changed(here, client, "WO1.10", "start", SIX + 20 * MINUTE)
        await changed(here, client, "WO1.10", "complete", SIX + 40 * MINUTE)
        await changed(here, client, "WO2.10", "start", SIX + 40 * MINUTE)
        at_time(here, SIX + 50 * MINUTE)
        file = tmp_path / "opening.csv"
        file.write_text("订单,工序,合格,状态\nWO2,20,0,未完成\n", encoding="utf-8")
        wrong = tmp_path / "wrong.csv"
        wrong.write_text("order,operation,good\nWO1,20,5000\n", encoding="utf-8")

        mixed = tmp_path / "mixed.csv"
        lines = ["order,operation,good", "WO1,20,5000", "WO2,ten,1", "WO2,20,1", "NO,10,1"]
        mixed.write_text("\n".join(lines), encoding="utf-8")

        def commands(url: str) -> list[tuple[int, str]]:
            edge = ["--edge", url]
            here_ = [*edge, "--work-center", "L1"]
            jobs = ["--before", "WO1.10", "--after", "WO2.10"]
            at = ["--at", "2026-06-08T06:30+02:00"]
            six = ["--hour", "2026-06-08T06:00+02:00"]
            return [
                run(boundary, "move", *here_, *jobs, *at, *WHO),
                run(boundary, "move", *here_, *jobs, *at, *WHO),
                run(boundary, "move", *here_, *jobs, "--at", "noon", *WHO),
                run(boundary, "move", *here_, *jobs, "--raw", "good", *WHO),
                run(boundary, "list", *here_),
                run(boundary, "list", *here_, "--json"),
                run(assign, "list", *here_),
                run(assign, "pieces", "WO1.10", *here_, *six, "--quantity", "10", *WHO),
                run(assign, "pieces", "-", *here_, *six, "--taken-from", "WO1.10", *WHO, "--json"),
                run(assign, "list", *here_, "--json"),
                run(opening, str(file), *edge, "--actor", "Anna K.", "--dry-run"),
                run(opening, str(wrong), *edge, "--actor", "Anna K."),
                run(opening, str(mixed), *edge, "--actor", "Anna K."),
                run(opening, str(mixed), "--edge", "http://127.0.0.1:9", "--actor", "Anna K."),
                run(opening, str(tmp_path / "no.csv"), *edge, "--actor", "Anna K."),
                run(opening, str(file), "--edge", "http://127.0.0.1:9", "--actor", "Anna K."),
            ]

        async with served(application(edge_of(here))) as url:
            answers = await asyncio.to_thread(commands, url)
        expected = [
            (0, "recorded as fact"),
            (1, "lies there already"),
            (2, "--at"),
            (2, "good=1530"),
            (0, "WO2.10  2026-06-08T06:30:00+02:00 to now  (recorded 2026-06-08T06:40:00+02:00 to"),
            (0, '"recorded_start"'),
            (0, "30 good"),
            (0, "recorded as fact"),
            (0, '"seq"'),
            (0, '"quantity": 30'),
            (0, "nothing was booked: a dry run"),
            (3, "row 2, good: 5000"),
            (3, "row 3, operation: ten"),
            (3, "row 3, operation: ten"),
            (3, "No such file"),
            (5, "cannot be reached"),
        ]
        for (code, text), (wanted, words) in zip(answers, expected, strict=True):
            assert (code, words in text) == (wanted, True), text
        # The file and the edge say theirs together; WO2 is judged once all of it is read.
        told, alone = answers[12][1], answers[13][1]
        assert "row 2, good: 5000" in told
        assert "row 5, order: NO" in told
        assert "row 4" not in told
        assert "cannot be reached" in alone
        assert "row 2" not in alone
        json.loads(answers[9][1])
