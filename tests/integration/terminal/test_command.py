"""The command itself, as its own process."""

import asyncio
import os
import sys

import pytest
from typer.testing import CliRunner

from terminal_ui.cli import terminal
from tests.integration.terminal.edge_server import EdgeServer


async def run(*args: str, **env: str) -> tuple[int, str, str]:
    """Exit code, output and errors of `taktline terminal` with `args`."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "taktline", "terminal", *args,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "COLUMNS": "200", "NO_COLOR": "1", **env},
    )  # fmt: skip
    out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


async def test_check_answers_with_exit_codes(server: EdgeServer) -> None:
    server.token = "secret"
    asked = ("--edge", server.url, "--work-center", "L1", "--check")
    code, out, _ = await run(*asked, "--token-env", "EDGE_TOKEN", EDGE_TOKEN="secret")
    assert (code, "answers: L1 Stamping" in out) == (0, True)
    code, _, err = await run(*asked)
    assert (code, "The token is wrong" in err) == (1, True)
    await server.stop()
    code, _, err = await run(*asked)
    assert (code, "cannot be reached" in err) == (5, True)


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("--edge", "box:8811", "--work-center", "L1"), "is no address"),
        (("--edge", "http://h", "--work-center", "L1", "--token-env", "NOT_SET_1"), "is not set"),
        (("--edge", "http://h", "--work-center", "L1", "--lang", "fr"), "'en', 'zh'"),
        (("--edge", "http://h", "--work-center", "L1", "--scan-start", "LOT"), "--scan-start"),
        (("--edge", "http://h", "--work-center", "L1", "--scan-start", "s"), "for example ~"),
        (("--edge", "http://h"), "--work-center"),
        (("--edge", "http://h", "--work-center", "L1"), "needs a screen and a keyboard"),
    ],
)
def test_bad_usage_exits_2_and_names_the_option(args: tuple[str, ...], told: str) -> None:
    result = CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1"}).invoke(terminal, args)
    assert result.exit_code == 2
    assert told in result.output
