"""`taktline assign`: pieces made without an order, and whose they are, over the edge's API.

Exit codes: 0 done, 1 the edge refuses, 2 usage, 5 the edge cannot be reached.
"""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from edge.commands.request import (
    Actor,
    AsJson,
    Center,
    Edge,
    Note,
    TokenEnv,
    asked,
    listed,
    moment,
    told,
)
from edge.commissioning.asking import in_path

NOBODY = "-"
assign = typer.Typer(
    help="List pieces made without an order; give them to a job, or take them back.",
    add_completion=False,
    no_args_is_help=True,
)


@assign.command("list")
def list_command(
    edge: Edge, work_center: Center, token_env: TokenEnv = "", as_json: AsJson = False
) -> None:
    """List what nobody has, count by count."""
    answer = asked(edge, token_env, "GET", f"/work-centers/{in_path(work_center)}/unassigned")
    listed(answer, as_json, _count, "all pieces have a job")


@assign.command()
def pieces(
    job: Annotated[
        str, typer.Argument(metavar="JOB", help="Job order that gets them, - for none.")
    ],
    edge: Edge,
    work_center: Center,
    actor: Actor,
    note: Note,
    hour: Annotated[
        str, typer.Option("--hour", help="Those of this hour, 2026-06-08T06:00+02:00; or --fact.")
    ] = "",
    fact: Annotated[
        int | None, typer.Option("--fact", help="Those of this count, as `list` shows it.")
    ] = None,
    taken_from: Annotated[
        str, typer.Option("--taken-from", help="Job order that has them now, - for none.")
    ] = NOBODY,
    quantity: Annotated[
        int | None, typer.Option("--quantity", help="So many good ones, the first; else all.")
    ] = None,
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Give pieces that were made without an order to a job, or take them back from it."""
    body: dict[str, Any] = {"actor": actor, "note": note, "job_order_id": _job(job)}
    body |= {"taken_from": _job(taken_from)}
    body |= {"hour": moment(hour, "--hour")} if hour else {}
    body |= {} if fact is None else {"fact": fact}
    body |= {} if quantity is None else {"quantity": quantity}
    told(edge, token_env, f"/work-centers/{in_path(work_center)}/assignments", body, as_json)


def _count(one: Mapping[str, Any]) -> str:
    return f"{one['fact']}  {one['label']}  {one['quantity']} {one['role']}"


def _job(text: str) -> str | None:
    return None if text == NOBODY else text
