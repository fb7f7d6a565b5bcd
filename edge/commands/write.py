"""`taktline write`: one value to a tag of a machine, by a running edge, audited.

Exit codes: 0 written and read back as written; 1 refused, not confirmed here, or it does not
read back; 2 usage; 5 the edge cannot be reached.
"""

import json
from typing import Annotated, Any

import typer

from edge.commands.request import Actor, AsJson, Edge, TokenEnv
from edge.commissioning.asking import ask, in_path, refusal
from edge.commissioning.exits import NEGATIVE, end

TIME_LIMIT_S = 30.0  # a slow device takes some seconds to be written and read

write = typer.Typer(help="Write one value to a machine, by a running edge.", add_completion=False)


@write.command()
def write_command(
    edge: Edge,
    device: Annotated[str, typer.Option(help="The device, as plant.toml names it.")],
    tag: Annotated[str, typer.Option(help="Its tag; it needs write = true.")],
    value: Annotated[str, typer.Option(help="A number, true, false, or a text, as its type is.")],
    actor: Actor,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether it is meant.")] = False,
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Write a value, and show what the machine then has.

    The edge refuses what is not allowed: the tag, its limits, the state and mode of the machine.
    Exit 1: refused, or it does not read back as written.
    """
    if not yes:
        typer.confirm(f"write {value} to {device}/{tag}?", abort=True, err=True)
    path = f"/devices/{in_path(device)}/tags/{in_path(tag)}"
    body = {"actor": actor, "value": value}
    answer = ask(edge, token_env, "POST", path, time_limit_s=TIME_LIMIT_S, json=body)
    if answer.is_error:
        end(answer.text if as_json else refusal(answer), NEGATIVE)
    told: dict[str, Any] = answer.json()
    typer.echo(json.dumps(told) if as_json else _words(device, tag, told))
    raise typer.Exit(0 if told["confirmed"] else NEGATIVE)


def _words(device: str, tag: str, told: dict[str, Any]) -> str:
    place, fact = f"{device}/{tag}", f"fact {told['seq']}"
    if told["confirmed"]:
        return f"{place} reads back {told['read_back']}; {fact}"
    if told["confirmed"] is None:
        return f"{place} was written and could not be read back; {fact}; mend: look at the machine"
    shown = f"{place} was written and reads back {told['read_back']}; {fact}"
    return f"{shown}; mend: does the machine's program set it, or limit it?"
