"""`taktline stops`: stops and their Pareto over the edge's API; split, join, plan.

Exit codes: 0 done, 1 the edge refuses, 2 usage, 3 a time that is none, 5 no edge answers.
"""

import json
from collections.abc import Mapping
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from edge.commands.request import AsJson, Edge, TokenEnv, asked
from edge.commissioning.exits import end
from edge.commissioning.local import UTC, local_time, site_zone
from edge.domain.clock import MICROS, parse_time

INVALID = 3
stops = typer.Typer(
    help="List stops, chart where the time went; give reasons, split, join and plan stops.",
    add_completion=False,
    no_args_is_help=True,
)

Id = Annotated[int, typer.Argument(metavar="ID", help="The stop, as `list` shows it.")]
Center = Annotated[str, typer.Option("--work-center", help="The work center, for example L1.")]
Actor = Annotated[str, typer.Option("--actor", help="Who says it; it is recorded.")]
Note = Annotated[str, typer.Option("--note", help="What else is to be said.")]
Reason = Annotated[str, typer.Option("--reason", help="Code of a reason of plant.toml.")]
From = Annotated[str, typer.Option("--from", help="2026-06-08T06:00+02:00; else a day ago.")]
To = Annotated[str, typer.Option("--to", help="2026-06-08T14:00+02:00; else now.")]
At = Annotated[str, typer.Option("--at", help="The instant, 2026-06-08T06:42:30+02:00.")]


@stops.command("list")
def list_command(
    edge: Edge,
    work_center: Center,
    start: From = "",
    until: To = "",
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """List stops with their parts."""
    query = {"work_center": work_center, **_span(start, until)}
    found = asked(edge, token_env, "GET", "/stops", params=query)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    zone = site_zone(edge, token_env) if found["items"] else UTC
    for stop in found["items"]:
        for line in _lines(stop, zone):
            typer.echo(line)
    if not found["items"]:
        typer.echo("no stops")


@stops.command()
def pareto(
    edge: Edge,
    work_center: Annotated[str, typer.Option(help="Only of this work center; else all.")] = "",
    line: Annotated[str, typer.Option(help="Only of this line.")] = "",
    start: From = "",
    until: To = "",
    by: Annotated[
        str, typer.Option(help="reason, class, fault, shift, day or work_center.")
    ] = "reason",
    level: Annotated[int, typer.Option(help="Level of the reason tree, 1 the top; 0 none.")] = 0,
    order: Annotated[str, typer.Option(help="time or count.")] = "time",
    planned: Annotated[str, typer.Option(help="with, without or only.")] = "with",
    shift: Annotated[str, typer.Option(help="Only shifts of this name.")] = "",
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Chart where the time went, the largest bar first."""
    query: dict[str, object] = {"by": by, "level": level, "order": order, "planned": planned}
    query |= {"work_center": work_center} if work_center else {}
    query |= {"line": line} if line else {}
    query |= {"shift": shift} if shift else {}
    found = asked(edge, token_env, "GET", "/stops/pareto", params=query | _span(start, until))
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    for bar in found["items"]:
        share = bar["time_share" if order == "time" else "count_share"]
        typer.echo(
            f"{bar['key'] or '(no reason)':24} {_minutes(bar['time'])} {bar['count']:6} x "
            f"{_percent(share)} {_percent(bar['cumulative'])}"
        )
    typer.echo(f"{'in all':24} {_minutes(found['time'])} {found['count']:6} x")


@stops.command()
def reason(
    id_: Id,
    edge: Edge,
    actor: Actor,
    code: Reason,
    note: Note = "",
    at: Annotated[str, typer.Option(help="An instant in the part that is meant.")] = "",
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Say why a work center stood."""
    body: dict[str, object] = {"actor": actor, "reason": code, "note": note}
    body |= {"part": _time(at)} if at else {}
    _say(edge, token_env, f"/stops/{id_}/reason", body, as_json)


@stops.command()
def split(
    id_: Id,
    edge: Edge,
    actor: Actor,
    at: At,
    code: Reason = "",
    note: Note = "",
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Cut a stop in two; what follows has the reason, without one that of before."""
    body = {"actor": actor, "at": _time(at), "reason": code, "note": note}
    _say(edge, token_env, f"/stops/{id_}/split", body, as_json)


@stops.command()
def merge(
    id_: Id, edge: Edge, actor: Actor, at: At, token_env: TokenEnv = "", as_json: AsJson = False
) -> None:
    """Join a stop again where it was cut."""
    _say(edge, token_env, f"/stops/{id_}/merge", {"actor": actor, "at": _time(at)}, as_json)


@stops.command()
def plan(
    edge: Edge,
    work_center: Center,
    actor: Actor,
    code: Reason,
    start: From,
    until: To,
    note: Note = "",
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Tell a planned stop, ahead of time or afterwards."""
    body: dict[str, object] = {"actor": actor, "work_center": work_center, "reason": code}
    body |= {"note": note, "from": _time(start), "to": _time(until)}
    _say(edge, token_env, "/planned-stops", body, as_json)


@stops.command()
def cancel(
    id_: Annotated[int, typer.Argument(metavar="ID", help="The planned stop, its fact's seq.")],
    edge: Edge,
    actor: Actor,
    note: Note = "",
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Take a planned stop back."""
    body = {"actor": actor, "note": note}
    _say(edge, token_env, f"/planned-stops/{id_}/cancel", body, as_json)


def _say(edge: str, token_env: str, path: str, body: Mapping[str, object], as_json: bool) -> None:
    answer = asked(edge, token_env, "POST", path, json=body)
    typer.echo(json.dumps(answer) if as_json else f"recorded as fact {answer['seq']}")


def _span(start: str, until: str) -> dict[str, object]:
    named = {"from": start, "to": until}
    return {name: _time(text) for name, text in named.items() if text}


def _time(text: str) -> int:
    try:
        return parse_time(text)
    except ValueError as error:
        return end(f"{text!r} is no time: {error}; write 2026-06-08T06:42+02:00", INVALID)


def _lines(stop: Mapping[str, Any], zone: ZoneInfo) -> list[str]:
    fault = f"fault {stop['fault']}" if stop["fault"] else "no fault"
    head = (
        f"{stop['id']}  {local_time(stop['from'], zone)} to {local_time(stop['to'], zone)}  {fault}"
    )
    parts = [
        f"    {local_time(part['from'], zone)} to {local_time(part['to'], zone)}"
        f"  {part['reason'] or '(no reason)'}"
        f"  {part['counts_as']}{'' if part['given'] else ', by its fault' * bool(part['reason'])}"
        for part in stop["parts"]
    ]
    return [head, *parts]


def _minutes(time: int) -> str:
    return f"{time / (60 * MICROS):10.1f} min"


def _percent(share: str) -> str:
    return f"{float(share) * 100:6.1f} %"
