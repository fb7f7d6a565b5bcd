"""What commands that talk to an edge have in common: times are usage, answers are JSON or lines."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from edge.commands.assign import assign
from edge.commands.quality import quality
from edge.commands.quarantine import quarantine
from edge.commands.request import listed, moment
from edge.commissioning.asking import in_path

COMMANDS = Path(__file__).parents[3] / "edge" / "commands"
# What stands in paths and is no name that a person writes: numbers, and words of the command.
NUMBERS = {"id_", "seq", "opened", "version", "proposal", "work", "action", "row['hour']"}
NAMES = {"plan_import.py", "plan_template.py"}  # their `id_` is that of a schedule
EDGE = ["--edge", "http://127.0.0.1:9", "--actor", "anna"]
ITEMS = {"items": [{"id": "叫"}, {"id": "b"}]}


@pytest.mark.parametrize("text", ["yesterday", "2026-06-08", "2026-06-08T06:42"])
def test_a_time_without_its_offset_is_refused_and_says_what_to_write(text: str) -> None:
    with pytest.raises(typer.BadParameter, match=r"write for example 2026-06-08T06:42\+02:00"):
        moment(text, "--at")


@pytest.mark.parametrize(
    ("command", "said", "option"),
    [
        (
            quarantine,
            ["release", "7", *EDGE, "--quantity", "1", "--note", "n", "--hour", "6"],
            "--hour",
        ),
        (
            assign,
            ["pieces", "J1", *EDGE, "--work-center", "L1", "--note", "n", "--hour", "6"],
            "--hour",
        ),
        (
            quality,
            ["nonconformance", "J1", *EDGE, "--quantity", "1", "--reason", "X", "--hour", "6"],
            "--hour",
        ),
    ],
)
def test_commands_take_a_wrong_time_as_usage_and_names_the_option(
    command: typer.Typer, said: list[str], option: str
) -> None:
    done = CliRunner().invoke(command, said)
    assert done.exit_code == 2, done.output
    assert f"Invalid value for {option}" in done.output


def test_items_are_lines_or_json(capsys: pytest.CaptureFixture[str]) -> None:
    listed(ITEMS, False, lambda one: f"* {one['id']}", "none")
    assert capsys.readouterr().out == "* 叫\n* b\n"
    listed(ITEMS, True, lambda one: f"* {one['id']}", "none")
    assert json.loads(capsys.readouterr().out) == ITEMS
    listed({"items": []}, False, str, "none")
    assert capsys.readouterr().out == "none\n"


@given(st.text(min_size=1) | st.sampled_from([".", "..", "../x", "a/b", "a?b#c", "%2e%2e", "叫 1"]))
def test_a_name_in_a_path_is_one_part_of_it_whatever_it_is(name: str) -> None:
    url = httpx.URL(f"http://edge/api/v1/lots/{in_path(name)}/trace?x=1")
    path = url.raw_path.decode().partition("?")[0]
    assert [unquote(part) for part in path.split("/")] == ["", "api", "v1", "lots", name, "trace"]


def test_an_empty_name_is_no_part_of_a_path(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended:
        in_path("")
    assert ended.value.exit_code == 2
    assert "write the name" in capsys.readouterr().err


@pytest.mark.parametrize("path", sorted(COMMANDS.glob("*.py")), ids=lambda path: path.name)
def test_commands_write_no_name_into_a_path_as_it_is(path: Path) -> None:
    numbers = NUMBERS - {"id_"} if path.name in NAMES else NUMBERS
    assert [one for one in _in_paths(path) if one not in numbers] == []


def _in_paths(path: Path) -> Iterator[str]:
    """What stands as it is in texts of a file that begin as a path does."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.JoinedStr(values=[ast.Constant(value=str(first)), *rest]) if first[:1] == "/":
                found = [one.value for one in rest if isinstance(one, ast.FormattedValue)]
                yield from (text for text in map(ast.unparse, found) if text[:8] != "in_path(")
