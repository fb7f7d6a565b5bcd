"""What commands that talk to a running edge have in common: options, one request, its answer."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, Any

import typer

from edge.commissioning.address import EDGE
from edge.commissioning.asking import ask, refusal
from edge.commissioning.exits import NEGATIVE, UNREACHABLE, end
from edge.domain.clock import parse_time

Edge = Annotated[
    str,
    typer.Option("--edge", envvar=EDGE, help="The edge's address, for example http://box:8811."),
]
TokenEnv = Annotated[
    str, typer.Option("--token-env", help="Name of the variable that holds the bearer token.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Actor = Annotated[str, typer.Option("--actor", help="Who does it; it is recorded.")]
Note = Annotated[str, typer.Option("--note", help="Why; it is recorded.")]
Remark = Annotated[str, typer.Option("--note", help="What else is to be said.")]
Center = Annotated[str, typer.Option("--work-center", help="The work center, for example L1.")]
OnlyCenter = Annotated[str, typer.Option("--work-center", help="Only those of this work center.")]
Everything = Annotated[bool, typer.Option("--all", help="Those that are done with, too.")]


def asked(
    edge: str,
    token_env: str,
    method: str,
    path: str,
    *,
    as_said: Callable[[str], str] = str,
    **options: Any,
) -> Any:
    """What the edge answers to `path` below /api/v1; exit 1 with its words if it refuses.

    `as_said` puts its words into those of whoever asked.
    """
    answer = ask(edge, token_env, method, path, **options)
    if not answer.is_success:
        end(as_said(refusal(answer)), NEGATIVE)
    try:
        return answer.json()
    except ValueError:
        return end(f"{edge}: what answers is no edge: {answer.text[:100]!r}", UNREACHABLE)


def recorded(answer: Mapping[str, Any]) -> list[str]:
    """The line that tells which fact something has become."""
    return [f"recorded as fact {answer['seq']}"]


def told(
    edge: str,
    token_env: str,
    path: str,
    body: Mapping[str, object],
    as_json: bool,
    lines: Callable[[Any], Iterable[str]] = recorded,
) -> None:
    """Say something to the edge, print what it has become, and to stderr its warnings."""
    answer = asked(edge, token_env, "POST", path, json=dict(body))
    shown(answer, as_json, lines)
    for one in answer.get("warnings", ()):
        typer.echo(f"warning: {one['detail']}; {one['mend']}", err=True)


def shown(answer: Any, as_json: bool, lines: Callable[[Any], Iterable[str]]) -> None:
    """Print an answer: as JSON, else the lines that are made of it."""
    for line in [json.dumps(answer, ensure_ascii=False)] if as_json else lines(answer):
        typer.echo(line)


def listed(answer: Any, as_json: bool, line: Callable[[Mapping[str, Any]], str], none: str) -> None:
    """Print the items of an answer, one a line; `none` where there are none."""
    shown(answer, as_json, lambda said: [line(one) for one in said["items"]] or [none])


def moment(text: str, option: str) -> int:
    """Microseconds of a time with its offset; exit 2 that names the option."""
    try:
        return parse_time(text)
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is no time with its offset; write for example 2026-06-08T06:42+02:00",
            param_hint=option,
        ) from None


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows below their headings, in columns."""
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
    for row in (headings, *rows):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        typer.echo("  ".join(cells).rstrip())
