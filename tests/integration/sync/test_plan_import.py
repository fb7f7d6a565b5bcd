"""`taktline plan import` and `template` against a running service, as a planner uses them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from edge.commands.plan import plan
from tests.contract.sync.site import definition
from tests.contract.sync.tokens import token_of
from tests.integration.sync.running import Running, running, write_config
from tests.unit.erp_sync.planfiles.books import HEADER, book

ROW = ("WO1", "HINGE-60", "A", 800, "2026-06-10 14:00")


@pytest.fixture(scope="module")
def sync(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(write_config(tmp_path_factory.mktemp("sync"))) as service:
        with service.client("erp") as http:
            http.put("operations-definitions/HINGE-60/A", json=definition()).raise_for_status()
        yield service


def call(sync: Running, *arguments: str) -> Result:
    env = {"TAKTLINE_SYNC": sync.url, "ERP_TOKEN": token_of("erp"), "COLUMNS": "200"}
    return CliRunner().invoke(plan, [*arguments, "--token-env", "ERP_TOKEN"], env=env)


def write(folder: Path, *rows: tuple[Any, ...]) -> str:
    path = folder / "june.xlsx"
    path.write_bytes(book([HEADER, *rows]))
    return str(path)


def test_a_plan_is_looked_at_and_then_taken_in(sync: Running, tmp_path: Path) -> None:
    file = write(tmp_path, ROW, ("WO2", *ROW[1:]))
    dry = call(sync, "import", file, "--id", "2026-06", "--dry-run")
    assert dry.exit_code == 0, dry.output
    assert dry.output.splitlines()[0] == (
        "+ WO1  product HINGE-60, product_revision A, quantity 800, "
        "due 2026-06-10T14:00:00+02:00, priority 1"
    )
    assert dry.output.splitlines()[-2:] == [
        "2 new, 0 moved, 0 changed, 0 removed, 0 the same",
        "schedule 2026-06 revision 1 was not sent: a dry run; there is none yet",
    ]
    done = call(sync, "import", file, "--id", "2026-06")
    assert done.output.splitlines()[-1] == "schedule 2026-06 revision 1 is in force"
    again = call(sync, "import", file, "--id", "2026-06")
    assert again.output.splitlines()[-1].endswith("revision 1 was there already, unchanged")
    other = write(tmp_path, (*ROW[:3], 900, ROW[4]))
    changed = call(sync, "import", other, "--id", "2026-06", "--json")
    found = json.loads(changed.output)
    assert (found["revision"], found["dry_run"]) == ("2", False)
    assert found["difference"]["changed"][0]["changes"][0]["to"] == 900


def test_faults_end_with_their_cells(sync: Running, tmp_path: Path) -> None:
    file = write(tmp_path, (*ROW[:3], 0, "6/5/2026"))
    told = call(sync, "import", file, "--id", "2026-06", "--dry-run")
    assert told.exit_code == 3
    assert "Plan!D2 (quantity): 0: is below 1; write 1 or more" in told.output
    assert "Plan!E2 (due): 6/5/2026: is 2026-05-06 (dates=day-first) or" in told.output
    as_json = call(sync, "import", file, "--id", "2026-06", "--json")
    assert as_json.exit_code == 3
    assert len(json.loads(as_json.output)["faults"]) == 2
    many = [(f"W{at}", *ROW[1:3], None if at % 2 else 0, ROW[4]) for at in range(12)]
    told = call(sync, "import", write(tmp_path, *many), "--id", "2026-06", "--dry-run")
    cells = [line.partition(" ")[0] for line in told.output.splitlines()[1:]]
    assert cells == [f"Plan!D{row}" for row in range(2, 14)]
    assert "Plan!D3 (quantity): is missing; " in told.output
    assert call(sync, "import", str(tmp_path / "no.xlsx"), "--id", "2026-06").exit_code == 3
    assert call(sync, "import", str(tmp_path / "no.pdf"), "--id", "2026-06").exit_code == 3
    old = call(sync, "import", write(tmp_path, ROW), "--id", "2026-07", "--revision", "5")
    assert old.exit_code == 3  # its due date lies before July
    nobody = CliRunner().invoke(
        plan, ["import", file, "--id", "2026-06", "--sync", "http://127.0.0.1:9"]
    )
    assert nobody.exit_code == 5


@pytest.mark.parametrize("name", ["plan.xlsx", "plan.csv"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_template_filled_with_what_is_there_changes_nothing(
    sync: Running, tmp_path: Path, name: str, language: str
) -> None:
    call(sync, "import", write(tmp_path, ROW), "--id", "2026-06")
    kind, out = f"--{name.rpartition('.')[2]}", tmp_path / name
    filled = call(sync, "template", kind, str(out), "--id", "2026-06", "--language", language)
    assert filled.exit_code == 0, filled.output
    told = call(sync, "import", str(out), "--id", "2026-06", "--dry-run", "--json")
    assert told.exit_code == 0, told.output
    assert json.loads(told.output)["difference"]["same"] == 1
    assert json.loads(told.output)["new"] is False
    other = write(tmp_path, (*ROW[:3], 700, ROW[4]))
    assert call(sync, "import", other, "--id", "2026-06").exit_code == 0
    stale = call(sync, "import", str(out), "--id", "2026-06")
    assert stale.exit_code == 1
    assert "somebody else" in stale.output
    kept = call(sync, "template", kind, str(out), "--id", "2026-06")
    assert kept.exit_code == 3  # a file that is there is not written over
    empty = call(sync, "template", kind, str(tmp_path / f"empty-{name}"), "--id", "2026-09")
    assert empty.exit_code == 0, empty.output
    none = call(sync, "import", str(tmp_path / f"empty-{name}"), "--id", "2026-09", "--dry-run")
    assert none.output.splitlines()[-2] == "0 new, 0 moved, 0 changed, 0 removed, 0 the same"


@pytest.mark.parametrize(
    ("name", "code"), [("../x", 2), ("a/b", 2), ("", 2), ("..", 3), ("?a=b", 3), ("%2e%2e", 3)]
)
def test_what_is_no_name_of_a_schedule_is_refused_as_one(
    sync: Running, tmp_path: Path, name: str, code: int
) -> None:
    told = call(sync, "import", write(tmp_path, ROW), "--id", name)
    assert (told.exit_code, "no such thing" in told.output) == (code, False)
    if name:
        assert name in told.output


def test_a_plan_that_loses_most_of_its_orders_asks_first(sync: Running, tmp_path: Path) -> None:
    first, rows = (
        ("import", "--id", "2026-08"),
        [(f"A{at}", *ROW[1:4], "2026-08-10") for at in "123"],
    )
    assert call(sync, *first, write(tmp_path, *rows)).exit_code == 0
    for left in ((), rows[:1]):
        file = write(tmp_path, *left)
        told = call(sync, *first, file)
        assert told.exit_code == 1
        assert f"{3 - len(left)} of 3 orders would be removed; nothing was sent" in told.output
        assert "--remove-orders" in told.output
        as_json = call(sync, *first, file, "--json")
        assert as_json.exit_code == 1
        assert json.loads(as_json.stdout)["dry_run"] is True
        dry = call(sync, *first, file, "--dry-run")
        assert (dry.exit_code, dry.output.count(f"{3 - len(left)} removed")) == (1, 1)
        assert "--remove-orders" in dry.output
        assert call(sync, *first, file, "--dry-run", "--remove-orders").exit_code == 0
    there = call(sync, *first, write(tmp_path, *rows), "--json")
    assert json.loads(there.output)["revision"] == "1"
    assert call(sync, *first, write(tmp_path, *rows[:2])).exit_code == 0  # one of three goes
    meant = call(sync, *first, write(tmp_path), "--remove-orders")
    assert meant.output.splitlines()[-1] == "schedule 2026-08 revision 3 is in force"
