"""`taktline plan`: exit codes, tables, faults."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from edge.planning.cli import plan
from tests.unit.planning.scenarios import order, scenario

DUE = "2026-06-08T06:30+02:00"


def run(*words: object) -> Result:
    return CliRunner().invoke(plan, [str(word) for word in words])


def written(folder: Path, document: Any, name: str = "scenario.json") -> Path:
    path = folder / name
    path.write_text(json.dumps(document))
    return path


def test_a_late_plan_is_a_plan(tmp_path: Path) -> None:
    found = run("solve", written(tmp_path, scenario(order("O1", due=DUE))))
    assert found.exit_code == 0
    assert "2026-06-08 06:00+02:00" in found.stdout
    assert "late by" in found.stdout
    assert "PRECEDENCE" not in found.stdout


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_every_fault_is_said_at_once(tmp_path: Path, options: tuple[str, ...]) -> None:
    bad = scenario(order("O1", quantity=-1), {**order("O2"), "operations": []})
    found = run("solve", written(tmp_path, bad), *options)
    assert found.exit_code == 3
    for place in ("orders[O1].quantity", "orders[O2].operations"):
        assert place in found.output


@pytest.mark.parametrize("effort", ["first", "normal", "high"])
def test_each_effort_prints_a_plan_that_the_checker_passes(tmp_path: Path, effort: str) -> None:
    path = written(tmp_path, scenario(order("O1"), order("O2", due="2026-06-09T14:00+02:00")))
    solved = run("solve", path, "--effort", effort, "--seed", "3", "--json")
    assert solved.exit_code == 0
    assert json.loads(solved.output)["seed"] == 3
    assert solved.output == run("solve", path, "--effort", effort, "--seed", "3", "--json").output
    schedule = tmp_path / "schedule.json"
    schedule.write_text(solved.output)
    assert run("check", path, schedule).exit_code == 0


def test_the_seed_stands_in_the_schedule(tmp_path: Path) -> None:
    path = written(tmp_path, {"why": "", "scenario": scenario(order("O1")), "expect": {}})
    found = run("solve", path, "--seed", "7", "--json")
    assert json.loads(found.stdout)["seed"] == 7


def test_check_says_what_is_broken(tmp_path: Path) -> None:
    path = written(tmp_path, scenario(order("O1")))
    schedule = json.loads(run("solve", path, "--json").stdout)
    schedule["hours"][0]["quantity"] -= 1
    broken = written(tmp_path, schedule, "schedule.json")
    found = run("check", path, broken)
    assert found.exit_code == 1
    assert "O1.10: SUM: the hours add up to 99, 100 are left" in found.stdout
    rules = [
        one["rule"] for one in json.loads(run("check", path, broken, "--json").stdout)["violations"]
    ]
    assert "SUM" in rules
    assert run("check", path, path).exit_code == 3
    assert run("check", path, tmp_path / "nothing.json").exit_code == 2
