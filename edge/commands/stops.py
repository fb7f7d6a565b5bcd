"""`taktline stops`: stops and their Pareto over the edge's API; split, join, plan.

Exit codes: 0 done, 1 the edge refuses, 2 usage, 3 a time that is none, 5 no edge answers.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from edge.commands.request import (
    Actor,
    AsJson,
    Center,
    Edge,
    OnlyCenter,
    Remark,
    TokenEnv,
    asked,
    shown,
    told,
)
from edge.commissioning.exits import INVALID, end
from edge.commissioning.local import local_time, site_zone
from edge.domain.clock import MICROS, parse_time

stops = typer.Typer(
    help="List stops, chart where the time went; give reasons, split, join and plan stops.",
    add_completion=False,
    no_args_is_help=True,
)

Id = Annotated[int, typer.Argument(metavar="ID", help="The stop, as `list` shows it.")]
Reason = Annotated[str, typer.Option("--reason", help="Code of a reason of plant.toml.")]
From = Annotated[str, typer.Option("--from", help="2026-06-08T06:00+02:00; else a day ago.")]
To = Annotated[str, typer.Option("--to", help="2026-06-08T14:00+02:00; else now.")]
Planned = Annotated[int, typer.Argument(metavar="ID", help="The planned stop, its fact's seq.")]
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

    def lines(said: Mapping[str, Any]) -> list[str]:
        if not said["items"]:
            return ["no stops"]
        zone = site_zone(edge, token_env)
        return [line for stop in said["items"] for line in _lines(stop, zone)]

    shown(found, as_json, lines)


@stops.command()
def pareto(
    edge: Edge,
    work_center: OnlyCenter = "",
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
    share = "time_share" if order == "time" else "count_share"
    shown(found, as_json, lambda said: _bars(said, share))


@stops.command()
def reason(
    id_: Id,
    edge: Edge,
    actor: Actor,
    code: Reason,
    note: Remark = "",
    at: Annotated[str, typer.Option(help="An instant in the part that is meant.")] = "",
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Say why a work center stood."""
    body: dict[str, object] = {"actor": actor, "reason": code, "note": note}
    body |= {"part": _time(at)} if at else {}
    told(edge, token_env, f"/stops/{id_}/reason", body, as_json)


@stops.command()
def split(
    id_: Id,
    edge: Edge,
    actor: Actor,
    at: At,
    code: Reason = "",
    note: Remark = "",
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Cut a stop in two; what follows has the reason, without one that of before."""
    body = {"actor": actor, "at": _time(at), "reason": code, "note": note}
    told(edge, token_env, f"/stops/{id_}/split", body, as_json)


@stops.command()
def merge(
    id_: Id, edge: Edge, actor: Actor, at: At, token_env: TokenEnv = "", as_json: AsJson = False
) -> None:
    """Join a stop again where it was cut."""
    told(edge, token_env, f"/stops/{id_}/merge", {"actor": actor, "at": _time(at)}, as_json)


@stops.command()
def plan(
    edge: Edge,
    work_center: Center,
    actor: Actor,
    code: Reason,
    start: From,
    until: To,
    note: Remark = "",
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Tell a planned stop, ahead of time or afterwards."""
    body: dict[str, object] = {"actor": actor, "work_center": work_center, "reason": code}
    body |= {"note": note, "from": _time(start), "to": _time(until)}
    told(edge, token_env, "/planned-stops", body, as_json)


@stops.command()
def planned(
    edge: Edge,
    work_center: Center,
    start: From = "",
    until: To = "",
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """List planned stops."""
    query = {"work_center": work_center, **_span(start, until)}
    found = asked(edge, token_env, "GET", "/planned-stops", params=query)

    def lines(said: Mapping[str, Any]) -> list[str]:
        zone = site_zone(edge, token_env) if said["items"] else ZoneInfo("UTC")
        return [_planned(one, zone) for one in said["items"]] or ["nothing is planned"]

    shown(found, as_json, lines)


@stops.command()
def change(
    id_: Planned,
    edge: Edge,
    actor: Actor,
    code: Reason,
    start: From,
    until: To,
    note: Remark = "",
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Give a planned stop another time or reason; all of it is said anew."""
    body: dict[str, object] = {"actor": actor, "reason": code, "note": note}
    body |= {"from": _time(start), "to": _time(until)}
    told(edge, token_env, f"/planned-stops/{id_}/change", body, as_json)


@stops.command()
def cancel(
    id_: Planned,
    edge: Edge,
    actor: Actor,
    note: Remark = "",
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Take a planned stop back."""
    body = {"actor": actor, "note": note}
    told(edge, token_env, f"/planned-stops/{id_}/cancel", body, as_json)


def _span(start: str, until: str) -> dict[str, object]:
    named = {"from": start, "to": until}
    return {name: _time(text) for name, text in named.items() if text}


def _time(text: str) -> int:
    try:
        return parse_time(text)
    except ValueError as error:
        return end(f"{text!r} is no time: {error}; write 2026-06-08T06:42+02:00", INVALID)


def _bars(found: Mapping[str, Any], share: str) -> Iterator[str]:
    for bar in found["items"]:
        yield (
            f"{bar['key'] or '(no reason)':24} {_minutes(bar['time'])} {bar['count']:6} x "
            f"{_percent(bar[share])} {_percent(bar['cumulative'])}"
        )
    yield f"{'in all':24} {_minutes(found['time'])} {found['count']:6} x"


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


def _planned(one: Mapping[str, Any], zone: ZoneInfo) -> str:
    span = f"{local_time(one['from'], zone)} to {local_time(one['to'], zone)}"
    return f"{one['id']}  {span}  {one['reason']}  {one['note']}".rstrip()
