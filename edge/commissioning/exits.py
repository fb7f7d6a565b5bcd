"""How commands end: exit codes, the same of every command, and the words before one."""

from typing import NoReturn

import typer

NEGATIVE, USAGE, INVALID, LOCKED, UNREACHABLE, INTERRUPTED = 1, 2, 3, 4, 5, 130


def end(text: str, code: int) -> NoReturn:
    """Say why, on stderr, and exit."""
    typer.echo(text, err=True)
    raise typer.Exit(code)
