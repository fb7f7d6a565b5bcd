"""`taktline plan`: exit codes, tables, faults."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from edge.commands.plan import plan as all_of_plan
from edge.planning.cli import plan
from edge.planning.views.terminal import wide
from tests.unit.planning.scenarios import order, scenario

DUE = "2026-06-08T06:30+02:00"
ONE_FAULT = (
    "format: taktline.schedule/1: this is a schedule, not a scenario; "
    "name a file whose format is taktline.scenario/1"
)


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


def test_a_plan_is_printed_in_hours_and_times_of_the_site(tmp_path: Path) -> None:
    late = order("O1", due=DUE, material_from="2026-06-08T09:00:00.333334+02:00")
    told = run("solve", written(tmp_path, scenario(late))).stdout
    row = next(one for one in told.splitlines() if one.startswith("O1 "))
    assert row.split("  material")[0].split() == [
        "O1", "2026-06-08", "10:30", "2026-06-08", "06:30", "4.0", "h", "100",
    ]  # fmt: skip
    assert "; L1 has 0.5 h by then and needs 1.0 h; with room there: Mon 06-08 10:00" in row
    assert "2026-06-08T" not in told
    assert "_s" not in told
    assert "weighted tardiness 4.0 h, set-up 0.0 h, makespan 4.5 h" in told


def test_a_plan_and_what_is_short_are_told_in_chinese(tmp_path: Path) -> None:
    """The same figures in the same places, in columns that are wide enough for their signs."""
    path = written(tmp_path, scenario(order("O1", due=DUE), order("O2", due=DUE)))
    for command in ("solve", "feasibility"):
        told = {
            tongue: CliRunner().invoke(all_of_plan, [command, str(path), "--language", tongue])
            for tongue in ("en", "zh")
        }
        english, chinese = (told[one].stdout for one in ("en", "zh"))
        assert len(english.splitlines()) == len(chinese.splitlines())
        for word in ("overloaded", "needed", "late by", "work center", " h ", "more"):
            assert word not in chinese
        heads = [one for one in chinese.splitlines() if "不足" in one]
        assert heads
        row = chinese.splitlines()[1]
        assert wide(row[: row.index("2026")]) == wide(heads[0][: heads[0].index("期限")])
    assert run("why", path, "--order", "O1", "--language", "zh").exit_code == 0
    on_time = written(tmp_path, scenario(order("O1")), "on_time.json")
    assert run("why", on_time, "--language", "zh").stdout == "没有延期订单\n"


@pytest.mark.parametrize("command", ["solve", "why", "feasibility", "what-if"])
def test_a_schedule_in_place_of_a_scenario_is_one_fault(tmp_path: Path, command: str) -> None:
    path = written(tmp_path, scenario(order("O1")))
    schedule = written(tmp_path, json.loads(run("solve", path, "--json").stdout), "schedule.json")
    more = ("--remove", "O1") if command == "what-if" else ()
    found = CliRunner().invoke(all_of_plan, [command, str(schedule), *more])
    assert found.exit_code == 3
    assert found.stderr.splitlines() == [ONE_FAULT]
    other = run("check", path, path)
    assert (other.exit_code, len(other.stderr.splitlines())) == (3, 1)
    assert "this is a scenario, not a schedule" in other.stderr


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
