"""`taktline calls`: calls for help (andon) over the edge's API.

Exit codes: 0 done, 1 the edge refuses, 2 usage, 5 no edge answers.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer

from edge.commands.request import (
    Actor,
    AsJson,
    Center,
    Edge,
    Everything,
    OnlyCenter,
    Remark,
    TokenEnv,
    asked,
    shown,
    told,
)
from edge.commissioning.local import local_time, site_zone

calls = typer.Typer(
    help="List calls for help; call, say that somebody comes, and that help was given.",
    add_completion=False,
    no_args_is_help=True,
)

Id = Annotated[int, typer.Argument(metavar="ID", help="The call, as `list` shows it.")]
Topic = Annotated[str, typer.Option("--topic", help="maintenance, material, quality or other.")]


@calls.command("list")
def list_command(
    edge: Edge,
    work_center: OnlyCenter = "",
    every: Everything = False,
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """List the calls that are open, or all of them."""
    query = {"work_center": work_center} if work_center else {}
    query |= {} if every else {"open": "true"}
    found = asked(edge, token_env, "GET", "/andon", params=query)

    def lines(said: Mapping[str, Any]) -> Iterator[str]:
        zone = site_zone(edge, token_env)
        for one in said["items"]:
            yield f"{one['id']}  {local_time(one['called_at'], zone)}  {_words(one)}"

    shown(found, as_json, lambda said: lines(said) if said["items"] else ["nobody calls"])


@calls.command("raise")
def raise_command(
    edge: Edge,
    work_center: Center,
    topic: Topic,
    actor: Actor,
    note: Remark = "",
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Call for help."""
    body = {"actor": actor, "work_center": work_center, "topic": topic, "note": note}
    told(edge, token_env, "/andon", body, as_json)


@calls.command()
def answer(
    id_: Id,
    edge: Edge,
    actor: Actor,
    note: Remark = "",
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Say that somebody comes."""
    told(edge, token_env, f"/andon/{id_}/acknowledge", {"actor": actor, "note": note}, as_json)


@calls.command()
def close(
    id_: Id,
    edge: Edge,
    actor: Actor,
    note: Remark = "",
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Say that the help was given."""
    told(edge, token_env, f"/andon/{id_}/close", {"actor": actor, "note": note}, as_json)


def _words(call: Mapping[str, Any]) -> str:
    said = f"{call['work_center']}  {call['topic']}  {call['called_by']}"
    said += f": {call['note']}" if call["note"] else ""
    if call["closed_at"] is not None:
        return f"{said}  (closed by {call['closed_by']})"
    return said + (f"  ({call['acknowledged_by']} comes)" if call["acknowledged_by"] else "")
