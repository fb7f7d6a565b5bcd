"""`taktline boundary`: where one job gave way to the next, as it is known later.

Exit codes: 0 done, 1 the edge refuses, 2 usage, 5 the edge cannot be reached.
"""

from collections.abc import Mapping
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from edge.commands.request import (
    Actor,
    AsJson,
    Center,
    Edge,
    Note,
    TokenEnv,
    asked,
    moment,
    shown,
    told,
)
from edge.commissioning.asking import in_path
from edge.commissioning.local import local_time, site_zone

NOBODY = "-"
boundary = typer.Typer(
    help="Move the boundary between two jobs; all that follows from it is restated.",
    add_completion=False,
    no_args_is_help=True,
)


@boundary.command("list")
def list_command(
    edge: Edge, work_center: Center, token_env: TokenEnv = "", as_json: AsJson = False
) -> None:
    """List when the jobs were on, as now known and as recorded, the last one first."""
    answer = asked(edge, token_env, "GET", f"/work-centers/{in_path(work_center)}/boundaries")

    def lines(said: Mapping[str, Any]) -> list[str]:
        zone = site_zone(edge, token_env)
        return [_line(one, zone) for one in said["items"]]

    shown(answer, as_json, lines)


@boundary.command()
def move(
    edge: Edge,
    work_center: Center,
    before: Annotated[str, typer.Option("--before", help="Job order before it, - for none.")],
    after: Annotated[str, typer.Option("--after", help="Job order behind it, - for none.")],
    actor: Actor,
    note: Note,
    at: Annotated[
        str, typer.Option("--at", help="When it was, 2026-06-08T06:50+02:00; or --raw.")
    ] = "",
    raw: Annotated[
        str, typer.Option("--raw", help="What a counter showed then, good=1530; or --at.")
    ] = "",
    run: Annotated[
        int | None,
        typer.Option(
            "--run", help="One of the two runs, where the jobs have several boundaries; see list."
        ),
    ] = None,
    version: Annotated[
        int | None,
        typer.Option("--version", help="Version of the job behind it, as it was looked at."),
    ] = None,
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Say when one job really gave way to the next, again and again if need be."""
    between = [None if one == NOBODY else one for one in (before, after)]
    body: dict[str, Any] = {"actor": actor, "note": note, "between": between}
    body |= {"at": moment(at, "--at")} if at else {}
    body |= {"raw": _raw(raw)} if raw else {}
    body |= {} if run is None else {"run": run}
    body |= {} if version is None else {"version": version}
    told(edge, token_env, f"/work-centers/{in_path(work_center)}/boundaries", body, as_json)


def _line(one: Mapping[str, Any], zone: ZoneInfo) -> str:
    """A run; as it was recorded where that is otherwise."""
    times = [one[name] for name in ("start", "end", "recorded_start", "recorded_end")]
    now, recorded = (
        f"{local_time(a, zone)} to {local_time(b, zone)}" for a, b in (times[:2], times[2:])
    )
    was = "" if now == recorded else f"  (recorded {recorded})"
    return f"{one['job_order_id']}  {now}{was}  run {one['started']}"


def _raw(text: str) -> dict[str, Any]:
    tag, _, value = text.rpartition("=")
    if not tag or not value.lstrip("-").isdecimal():
        raise typer.BadParameter(f"{text!r}: write for example good=1530", param_hint="--raw")
    return {"tag": tag, "value": int(value)}
