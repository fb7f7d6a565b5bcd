"""`taktline quality`: inspections, charts, holds and nonconformances, over the edge's API.

Exit codes: 0 done, 1 the edge refuses, 2 usage, 5 the edge cannot be reached.
"""

import json
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from edge.commissioning.asking import ask, refusal
from edge.commissioning.exits import NEGATIVE, end

quality = typer.Typer(
    help="Inspections that are due, charts, holds and nonconforming pieces.",
    add_completion=False,
    no_args_is_help=True,
)

Edge = Annotated[
    str, typer.Option("--edge", help="The edge's address, for example http://box:8811.")
]
Id = Annotated[int, typer.Argument(metavar="ID", help="As the list shows it.")]
Actor = Annotated[str, typer.Option("--actor", help="Who does it; it is recorded.")]
Note = Annotated[str, typer.Option("--note", help="Why; it is recorded.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; it is recorded.")]
TokenEnv = Annotated[
    str, typer.Option("--token-env", help="Name of the variable that holds the bearer token.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Everything = Annotated[bool, typer.Option("--all", help="Those that are done with, too.")]


@quality.command()
def holds(
    edge: Edge, everything: Everything = False, token_env: TokenEnv = "", as_json: AsJson = False
) -> None:
    """List the holds that are on."""
    query = {} if everything else {"open": "true"}
    answer = _ask(edge, token_env, "GET", "/quality/holds", params=query)
    _tell(answer, as_json, _hold_line, "nothing is held")


@quality.command()
def hold(
    scope: Annotated[str, typer.Argument(help="lot, job_order, product, work_center or gauge.")],
    target: Annotated[str, typer.Argument(help="Which one.")],
    edge: Edge,
    actor: Actor,
    reason: Reason,
    interrupts: Annotated[
        bool, typer.Option("--interrupts", help="Interrupt a running job too.")
    ] = False,
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Place a hold: nothing starts with what it is on until somebody else releases it."""
    body = {"actor": actor, "scope": scope, "target": target, "reason": reason}
    _post(edge, token_env, "/quality/holds", body | {"interrupts": interrupts}, as_json)


@quality.command()
def release(
    id_: Id, edge: Edge, actor: Actor, note: Note, token_env: TokenEnv = "", as_json: AsJson = False
) -> None:
    """Release a hold that somebody else, an inspection or a rule has placed."""
    body = {"actor": actor, "note": note}
    _post(edge, token_env, f"/quality/holds/{id_}/release", body, as_json)


def _hold_line(hold: Mapping[str, Any]) -> str:
    state = "interrupts" if hold["interrupts"] else "holds"
    if hold["released_at"] is not None:
        state = f"released by {hold['released_by']}: {hold['release_note']}"
    return (
        f"{hold['id']}  {hold['scope']} {hold['target']}  {hold['reason']}  "
        f"({hold['origin']}, {hold['placed_by']})  {state}"
    )


def _tell(answer: Any, as_json: bool, line: Any, none: str) -> None:
    if as_json:
        typer.echo(json.dumps(answer, ensure_ascii=False))
        return
    for one in answer["items"]:
        typer.echo(line(one))
    if not answer["items"]:
        typer.echo(none)


def _post(edge: str, token_env: str, path: str, body: Mapping[str, object], as_json: bool) -> None:
    answer = _ask(edge, token_env, "POST", path, json=body)
    typer.echo(json.dumps(answer) if as_json else f"recorded as fact {answer['seq']}")


def _ask(edge: str, token_env: str, method: str, path: str, **options: Any) -> Any:
    answer = ask(edge, token_env, method, path, **options)
    return answer.json() if answer.is_success else end(refusal(answer), NEGATIVE)
