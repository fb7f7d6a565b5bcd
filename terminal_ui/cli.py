"""`taktline terminal`: the operator's screen for one work center."""

import asyncio
import os
import sys
from enum import StrEnum
from typing import Annotated
from urllib.parse import urlsplit

import typer

from edge.domain.clock import SystemClock
from terminal_ui.client import EdgeClient
from terminal_ui.errors import AnswerInvalid, EdgeBusy, EdgeUnreachable, Refused

NEGATIVE = 1
USAGE = 2
UNREACHABLE = 5

terminal = typer.Typer(
    help="The operator terminal of one work center, over the edge's API.",
    add_completion=False,
    pretty_exceptions_enable=False,
)


class Language(StrEnum):
    EN = "en"
    ZH = "zh"


@terminal.command()
def run(
    edge: Annotated[
        str,
        typer.Option(
            envvar="TAKTLINE_EDGE", help="The edge's address, for example http://box:8811."
        ),
    ],
    work_center: Annotated[str, typer.Option(help="The work center, for example L1.")],
    lang: Annotated[Language, typer.Option(help="Language; L switches it.")] = Language.EN,
    token_env: Annotated[
        str, typer.Option(help="Name of the variable that holds the bearer token.")
    ] = "",
    actor: Annotated[str, typer.Option(help="Who is recorded with each action.")] = "",
    scan_start: Annotated[
        str,
        typer.Option(
            help="Character that the scanner sends before each code, for example ~; "
            "then a scan may be slow."
        ),
    ] = "",
    check: Annotated[
        bool, typer.Option("--check", help="Only ask the edge for the board, and say how it went.")
    ] = False,
) -> None:
    """Show the board and take the operator's actions.

    An edge that is down at start is waited for on the screen. With --check: exit 0 if it
    answers, 5 if it cannot be reached, 1 if it refuses.
    """
    start = _start(scan_start)
    client = EdgeClient(_url(edge), work_center, _token(token_env))
    if check:
        raise typer.Exit(asyncio.run(_check(client)))
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        typer.echo("the terminal needs a screen and a keyboard; without them: --check", err=True)
        raise typer.Exit(USAGE)
    # Only here: --check and --help need no Textual.
    from terminal_ui.app import TerminalApp

    who = actor or f"operator@{work_center}"
    TerminalApp(client, SystemClock(), lang.value, who, scan_start=start).run()


async def _check(client: EdgeClient) -> int:
    try:
        board = await client.board()
    except (EdgeUnreachable, EdgeBusy) as error:
        typer.echo(f"edge {client.url} cannot be reached: {error}; is it running there?", err=True)
        return UNREACHABLE
    except (Refused, AnswerInvalid) as error:
        typer.echo(f"edge {client.url}, work center {client.work_center}: {error}", err=True)
        return NEGATIVE
    finally:
        await client.close()
    typer.echo(f"edge {client.url} answers: {board.work_center} {board.name}, {board.label}")
    return 0


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise typer.BadParameter(
            f"{text!r} is no address; write for example http://127.0.0.1:8811", param_hint="--edge"
        )
    return text


def _start(character: str) -> str:
    """No letter and no digit: those are keys of the board, and stand in codes."""
    if character and (len(character) > 1 or not "!" <= character <= "~" or character.isalnum()):
        raise typer.BadParameter(
            f"{character!r} is no start character; write one that is in no code, for example ~",
            param_hint="--scan-start",
        )
    return character


def _token(name: str) -> str:
    if name and name not in os.environ:
        raise typer.BadParameter(
            f"the variable {name} is not set; put the edge's token into it",
            param_hint="--token-env",
        )
    return os.environ.get(name, "") if name else ""
