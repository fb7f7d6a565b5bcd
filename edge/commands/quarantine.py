"""`taktline quarantine`: readings that wait for a person, over the edge's API.

Exit codes: 0 done, 1 the edge refuses, 2 usage, 5 the edge cannot be reached.
"""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from edge.commands.request import (
    Actor,
    AsJson,
    Edge,
    Everything,
    Note,
    OnlyCenter,
    TokenEnv,
    asked,
    listed,
    moment,
    told,
)

quarantine = typer.Typer(
    help="List counter readings that are kept apart; release or discard them.",
    add_completion=False,
    no_args_is_help=True,
)

Id = Annotated[int, typer.Argument(metavar="ID", help="The quarantine, as `list` shows it.")]


@quarantine.command("list")
def list_command(
    edge: Edge,
    work_center: OnlyCenter = "",
    everything: Everything = False,
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """List what waits for a person, and what it can mean in pieces."""
    query = {"work_center": work_center} if work_center else {}
    query |= {} if everything else {"open": "true"}
    answer = asked(edge, token_env, "GET", "/quarantines", params=query)
    listed(answer, as_json, _line, "nothing waits")


@quarantine.command()
def release(
    id_: Id,
    edge: Edge,
    quantity: Annotated[int, typer.Option(help="Pieces that were made.")],
    actor: Actor,
    note: Note,
    job_order: Annotated[
        str, typer.Option(help="Whose pieces; without it the job that was on.")
    ] = "",
    hour: Annotated[
        str,
        typer.Option(help="When they were made, 2026-06-08T06:00+02:00; else with the reading."),
    ] = "",
    also: Annotated[
        list[str] | None,
        typer.Option(help="Pieces of a side of the tool, right=40; else by the tool."),
    ] = None,
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Count so many pieces of a quarantine after all, once and for ever."""
    body: dict[str, Any] = {"actor": actor, "note": note, "quantity": quantity}
    body |= {"job_order_id": job_order} if job_order else {}
    body |= {"hour": moment(hour, "--hour")} if hour else {}
    body |= {"also": dict(_side(text) for text in also)} if also else {}
    told(edge, token_env, f"/quarantines/{id_}/release", body, as_json)


@quarantine.command()
def discard(
    id_: Id, edge: Edge, actor: Actor, note: Note, token_env: TokenEnv = "", as_json: AsJson = False
) -> None:
    """Say that no pieces were made, once and for ever."""
    body = {"actor": actor, "note": note}
    told(edge, token_env, f"/quarantines/{id_}/discard", body, as_json)


def _line(held: Mapping[str, Any]) -> str:
    means = " or ".join(
        f"{one['pieces']} ({', '.join([one['how'], *_beside(one)])})" for one in held["meanings"]
    )
    limit = "" if held["limit"] is None else f"; at most {held['limit']} by rate and time"
    role = held["role"] or "not in plant.toml any more"
    decision = held["decision"]
    done = f"; decided by {decision['actor']}: {decision['quantity']}" if decision else ""
    return (
        f"{held['id']}  {held['work_center']}/{held['tag']}  {held['label']}  {held['reason']}: "
        f"{held['raw_from']} to {held['raw_to']}, {role}: {means}{limit}; "
        f"job {held['job_order_id'] or '-'}{done}"
    )


def _beside(meaning: Mapping[str, Any]) -> list[str]:
    return [f"and {pieces} {side}" for side, pieces in meaning.get("also", {}).items()]


def _side(text: str) -> tuple[str, int]:
    side, _, pieces = text.rpartition("=")
    if not side or not pieces.isdecimal():
        raise typer.BadParameter(f"{text!r}: write for example right=40", param_hint="--also")
    return side, int(pieces)
