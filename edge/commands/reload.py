"""`taktline reload`: tells a running edge to take over its changed plant.toml.

Exit codes: 0 done, also if nothing changed; 2 usage; 3 refused, with every fault; 5 the edge
cannot be reached, or its store cannot take it now.
"""

import json
from typing import TYPE_CHECKING, Any

import typer

from edge.commands.request import Actor, AsJson, Edge, TokenEnv
from edge.commissioning.address import checked_url
from edge.commissioning.asking import ask
from edge.commissioning.exits import INVALID, UNREACHABLE, end

if TYPE_CHECKING:
    import httpx

TIME_LIMIT_S = 60.0  # a device may take some seconds over its last reading
REFUSED = "urn:taktline:problem:configuration"
PATH = "/configuration/reload"

reload = typer.Typer(
    help="Let a running edge take over its changed plant.toml.", add_completion=False
)


@reload.command()
def reload_command(
    edge: Edge,
    token_env: TokenEnv = "",
    actor: Actor = "taktline reload",
    as_json: AsJson = False,
) -> None:
    """Apply the changed file as one whole, or not at all; no piece is lost either way.

    Exit 3 names every fault, and what cannot be changed while the edge runs.
    """
    url = checked_url(edge)
    response = ask(
        url, token_env, "POST", PATH, time_limit_s=TIME_LIMIT_S, attempts=1, json={"actor": actor}
    )
    try:
        answer: dict[str, Any] = response.json()
    except ValueError as error:
        end(f"edge {url} cannot be reached: {error}; is it running there?", UNREACHABLE)
    if as_json:
        typer.echo(json.dumps(answer, ensure_ascii=False))
    else:
        typer.echo(_words(url, response, answer), err=response.is_error)
    raise typer.Exit(_exit_code(response, answer))


def _exit_code(response: "httpx.Response", answer: dict[str, Any]) -> int:
    if response.is_success:
        return 0
    return INVALID if answer.get("type") == REFUSED else UNREACHABLE


def _words(url: str, response: "httpx.Response", answer: dict[str, Any]) -> str:
    if response.is_error:
        title, detail, mend = (answer.get(key, "") for key in ("title", "detail", "mend"))
        return f"{detail}\nedge {url}: {title}; mend: {mend}"
    if answer["seq"] is None:
        return f"edge {url}: nothing has changed, sha256 {answer['sha256']}"
    lines = [
        f"  {table} {how}: {', '.join(names)}"
        for table, differing in answer["changes"].items()
        for how, names in differing.items()
    ]
    first = f"edge {url}: applied, sha256 {answer['sha256']}, fact {answer['seq']}"
    return "\n".join([first, *(lines or ["  nothing differs but the file's text"])])
