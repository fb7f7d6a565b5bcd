"""The cases that were worked out by hand, through the command as a user calls it."""

import json
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from edge.planning.cli import plan

CASES = sorted((Path(__file__).parents[2] / "cases" / "planning").glob("*.json"))
Json = dict[str, Any]


def test_the_cases_are_there() -> None:
    assert len(CASES) >= 50


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path, tmp_path: Path) -> None:
    expect = json.loads(path.read_text())["expect"]
    run = CliRunner().invoke(plan, ["solve", str(path), "--json"])
    assert run.exit_code == 0, run.output
    schedule = json.loads(run.stdout)
    for name, value in expect.items():
        seen = SEEN[name](schedule)
        if name in ("started", "starts_at", "ends_at", "work_centers"):
            seen = {key: seen[key] if name != "started" else seen.get(key, 0) for key in value}
        assert seen == value, name
    written = tmp_path / "schedule.json"
    written.write_text(run.stdout)
    checked = CliRunner().invoke(plan, ["check", str(path), str(written)])
    assert (checked.exit_code, checked.stdout) == (0, "0 violations\n")


def hours(schedule: Json) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for row in schedule["hours"]:
        found[row["label"][:2]] += row["quantity"]
    return dict(found)


def sequence(schedule: Json) -> list[str]:
    return [block["order"] for block in schedule["blocks"] if block["kind"] == "run"]


def end(schedule: Json) -> str:
    last = max(datetime.fromisoformat(one["completion"]) for one in schedule["orders"])
    return last.isoformat(timespec="minutes")


def started(schedule: Json) -> dict[str, int]:
    """Pieces of the new hours by operation; of the case's operations all are named."""
    found: dict[str, int] = defaultdict(int)
    for block in schedule["blocks"]:
        found[f"{block['order']}.{block['seq']}"] += block.get("quantity", 0)
    return found


def local_times(schedule: Json, which: str) -> dict[str, str]:
    """Local time at which the run of each operation starts or ends, to the second."""
    found: dict[str, str] = {}
    for block in schedule["blocks"]:
        name, clock = f"{block['order']}.{block['seq']}", block[which][11:19]
        if block["kind"] == "run" and (which == "end" or name not in found):
            found[name] = clock
    return found


def work_centers(schedule: Json) -> dict[str, str]:
    return {f"{one['order']}.{one['seq']}": one["work_center"] for one in schedule["blocks"]}


def overload(schedule: Json) -> list[Json]:
    told = schedule["feasibility"]["overloads"]
    return [{key: one[key] for key in ("work_centers", "overload_h")} for one in told]


def late(schedule: Json) -> list[Json]:
    found = []
    for order in schedule["orders"]:
        if order["tardiness_s"]:
            (reason,) = order["reasons"]
            named = {key: value for key, value in reason.items() if key != "relaxed"}
            found.append(
                {
                    "order": order["id"],
                    "late_quantity": order["late_quantity"],
                    "tardiness_h": order["tardiness_s"] // 3600,
                    "reason": named,
                }
            )
    return found


SEEN: dict[str, Callable[[Json], Any]] = {
    "hours": hours,
    "sequence": sequence,
    "end": end,
    "late": late,
    "started": started,
    "starts_at": lambda schedule: local_times(schedule, "start"),
    "ends_at": lambda schedule: local_times(schedule, "end"),
    "work_centers": work_centers,
    "overload": overload,
    "labels": lambda schedule: [row["label"] for row in schedule["hours"]],
    "quantities": lambda schedule: [row["quantity"] for row in schedule["hours"]],
    "setup_s": lambda schedule: schedule["objective"]["setup_s"],
}
