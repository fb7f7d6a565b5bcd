"""What commands that talk to a running edge have in common: options, one request, its answer."""

import json
from collections.abc import Mapping
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


def asked(edge: str, token_env: str, method: str, path: str, **options: Any) -> Any:
    """What the edge answers to `path` below /api/v1; exit 1 with its words if it refuses."""
    answer = ask(edge, token_env, method, path, **options)
    if not answer.is_success:
        end(refusal(answer), NEGATIVE)
    try:
        return answer.json()
    except ValueError:
        return end(f"{edge}: what answers is no edge: {answer.text[:100]!r}", UNREACHABLE)


def told(edge: str, token_env: str, path: str, body: Mapping[str, object], as_json: bool) -> None:
    """Say something to the edge, and print the fact that it has become."""
    answer = asked(edge, token_env, "POST", path, json=dict(body))
    typer.echo(json.dumps(answer) if as_json else f"recorded as fact {answer['seq']}")


def moment(text: str, option: str) -> int:
    """Microseconds of a time with its offset; exit 2 that names the option."""
    try:
        return parse_time(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from None
