"""What commands that talk to an edge have in common: times are usage, answers are JSON or lines."""

import json

import pytest
import typer
from typer.testing import CliRunner

from edge.commands.assign import assign
from edge.commands.quality import quality
from edge.commands.quarantine import quarantine
from edge.commands.request import listed, moment

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
