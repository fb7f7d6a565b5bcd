"""`taktline maintenance`: what is due on machines, and the work on them, over the edge's API.

Exit codes: 0 done, 1 the edge refuses (or something is overdue), 2 usage, 5 it cannot be reached.
"""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from edge.commands.request import (
    Actor,
    AsJson,
    Center,
    Edge,
    Everything,
    OnlyCenter,
    TokenEnv,
    asked,
    listed,
    told,
)
from edge.commissioning.asking import in_path
from edge.commissioning.exits import NEGATIVE

maintenance = typer.Typer(
    help="Show what is due on machines; report, begin and finish work on them.",
    add_completion=False,
    no_args_is_help=True,
)

Id = Annotated[int, typer.Argument(metavar="ORDER", help="The order, as `orders` shows it.")]
Note = Annotated[str, typer.Option("--note", help="What was found or done.")]


@maintenance.command()
def due(
    edge: Edge, work_center: OnlyCenter = "", token_env: TokenEnv = "", as_json: AsJson = False
) -> None:
    """List how far each plan is, the most urgent first; exit 1 if one is overdue."""
    answer = asked(edge, token_env, "GET", "/maintenance/due", params=_only(work_center))
    listed(answer, as_json, _plan, "plant.toml names no maintenance plans")
    if any(one["state"] == "overdue" for one in answer["items"]):
        raise typer.Exit(NEGATIVE)


@maintenance.command()
def orders(
    edge: Edge,
    work_center: OnlyCenter = "",
    everything: Everything = False,
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """List the work that is asked for and under way."""
    query = _only(work_center) | ({} if everything else {"open": "true"})
    answer = asked(edge, token_env, "GET", "/maintenance/orders", params=query)
    listed(answer, as_json, _order, "nothing is asked for")


@maintenance.command()
def report(
    edge: Edge,
    work_center: Center,
    actor: Actor,
    note: Note = "",
    plan: Annotated[str, typer.Option(help="The plan's work; without it a breakdown.")] = "",
    stop: Annotated[int | None, typer.Option(help="The stop that it mends, by its id.")] = None,
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Ask for work on a machine."""
    body = {"actor": actor, "work_center": work_center, "note": note, "plan": plan, "stop": stop}
    told(edge, token_env, "/maintenance/orders", body, as_json)


@maintenance.command()
def begin(
    id_: Id,
    edge: Edge,
    actor: Actor,
    note: Note = "",
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Begin the work: nothing starts on the machine meanwhile."""
    _change(edge, token_env, id_, "begin", {"actor": actor, "note": note}, as_json)


@maintenance.command()
def done(
    id_: Id,
    edge: Edge,
    actor: Actor,
    note: Note = "",
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Say that the work is done; its plan begins anew."""
    _change(edge, token_env, id_, "done", {"actor": actor, "note": note}, as_json)


@maintenance.command()
def cancel(
    id_: Id, edge: Edge, actor: Actor, note: Note, token_env: TokenEnv = "", as_json: AsJson = False
) -> None:
    """Say that the work will not be done."""
    _change(edge, token_env, id_, "cancel", {"actor": actor, "note": note}, as_json)


@maintenance.command()
def used(
    plan: Annotated[str, typer.Argument(metavar="PLAN", help="The plan, as `due` shows it.")],
    edge: Edge,
    actor: Actor,
    hours: Annotated[int, typer.Option(help="Running hours since it was last done.")] = 0,
    cycles: Annotated[int, typer.Option(help="Cycles since then.")] = 0,
    days: Annotated[int, typer.Option(help="Days since then.")] = 0,
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Say at go-live what a plan had used up before the edge counted."""
    body = {"actor": actor, "hours": hours, "cycles": cycles, "days": days}
    told(edge, token_env, f"/maintenance/plans/{in_path(plan)}/used", body, as_json)


def _plan(one: Mapping[str, Any]) -> str:
    used = ", ".join(
        f"{one['used'][name]} of {limit} {name}" for name, limit in one["limit"].items()
    )
    place = f"{one['plan']:<16} {one['work_center']:<8} {one['state']:<8} {one['percent']:>4} %"
    return f"{place}  {used}  {one['en']}"


def _order(one: Mapping[str, Any]) -> str:
    what = " ".join(part for part in (one["plan"], one["note"]) if part)
    place = f"{one['id']}  {one['work_center']}  {one['kind']}  {one['state']}"
    return f"{place}  {what}  (by {one['reported_by']})"


def _change(
    edge: str, token_env: str, id_: int, action: str, body: Mapping[str, Any], as_json: bool
) -> None:
    told(edge, token_env, f"/maintenance/orders/{id_}/{action}", body, as_json)


def _only(work_center: str) -> dict[str, str]:
    return {"work_center": work_center} if work_center else {}
