"""Moments of a scenario are of the years 1990 to 2199; others are refused by place."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from edge.planning.cli import plan
from edge.planning.errors import ScenarioInvalid
from edge.planning.scenario.parse import parse
from tests.unit.planning.scenarios import EARLY, MONDAY, order, scenario, step

OUTSIDE = ["0001-01-01T00:00:00+00:00", "1900-01-01T00:00+01:00", "1989-12-31T23:59Z",
           "2200-01-01T00:00:00+00:00", "9999-12-31T23:59:59+00:00"]  # fmt: skip
INSIDE = ["1990-01-01T00:00+00:00", "2199-12-31T23:59:59Z"]


def calendars(**more: Any) -> dict[str, Any]:
    return {"calendars": {"early": {"weekly": [EARLY], **more}}}


def placed(at: str) -> dict[str, dict[str, Any]]:
    """By place: a scenario that has a moment there."""
    one = order("O1")
    held = [{**step(10), "not_before": at}]
    return {
        "plan_start": scenario(one, plan_start=at),
        "plan_end": scenario(one, plan_end=at),
        "now": scenario(one, now=at),
        "frozen_until": scenario(one, now=MONDAY, frozen_until=at),
        "orders[O1].due": scenario(order("O1", due=at)),
        "orders[O1].release": scenario(order("O1", release=at)),
        "orders[O1].material_from": scenario(order("O1", material_from=at)),
        "orders[O1].operations[10].not_before": scenario(order("O1", *held)),
        "calendars.early.closed[0][1]": scenario(one, **calendars(closed=[[MONDAY, at]])),
        "calendars.early.open[0][0]": scenario(one, **calendars(open=[[at, MONDAY]])),
    }


@pytest.mark.parametrize("at", OUTSIDE)
@pytest.mark.parametrize("place", list(placed(MONDAY)))
def test_a_moment_of_no_plan_is_refused_by_place(place: str, at: str) -> None:
    with pytest.raises(ScenarioInvalid) as refused:
        parse(placed(at)[place])
    (fault,) = [one for one in refused.value.faults if one.place == place]
    assert (fault.value, fault.message) == (at, "is no time of a plan")
    assert fault.mend == "write a year from 1990 to 2199"


@pytest.mark.parametrize("at", INSIDE)
def test_the_first_and_the_last_moment_are_read(at: str) -> None:
    parse(scenario(order("O1", material_from=at)))


@pytest.mark.parametrize("said", [1_780_891_200_000_000, 0, -1, 1.5, True, ["2026"]])
def test_microseconds_are_no_time_of_a_file(said: Any) -> None:
    with pytest.raises(ScenarioInvalid) as refused:
        parse(scenario(order("O1", release=said)))
    assert [one.message for one in refused.value.faults] == ["is not a time"]


def test_the_command_names_the_place(tmp_path: Path) -> None:
    path = tmp_path / "scenario.json"
    path.write_text(json.dumps(scenario(order("O1", due=OUTSIDE[-1]))))
    run = CliRunner().invoke(plan, ["solve", str(path)])
    assert run.exit_code == 3
    assert "orders[O1].due: 9999-12-31T23:59:59+00:00: is no time of a plan" in run.output
