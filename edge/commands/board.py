"""`taktline board`: the hour-by-hour board over the edge's API; causes and signatures of its hours.

Exit codes: 0 done, 1 the edge refuses, 2 usage, 5 no edge answers, 130 a watch was ended.
"""

import sys
from collections.abc import Iterator, Mapping
from time import sleep
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from edge.commands.request import (
    Actor,
    AsJson,
    Center,
    Edge,
    Note,
    Remark,
    TokenEnv,
    asked,
    moment,
    shown,
    told,
)
from edge.commissioning.asking import in_path
from edge.commissioning.exits import INTERRUPTED, NEGATIVE, UNREACHABLE, end
from edge.commissioning.local import local_time, site_zone

board = typer.Typer(
    help="Show the hour-by-hour board of a work center; say causes, sign its hours.",
    add_completion=False,
    invoke_without_command=True,
)

LOOK_S = 2.0
CLEAR = "\x1b[2J\x1b[H"
HEAD = ("hour", "plan", "actual", "scrap", "diff", "total", "cause", "signed")
MOMENT = "2026-06-08T07:00+02:00"

At = Annotated[str, typer.Option("--at", help=f"The shift at this time, {MOMENT}; else now.")]
Watch = Annotated[bool, typer.Option("--watch", help="Show it anew every 2 s, until Ctrl-C.")]
Hour = Annotated[
    str, typer.Option("--hour", help=f"07:00 as the board of now names it, else {MOMENT}.")
]
Json = Mapping[str, Any]


@board.callback()
def show(
    ctx: typer.Context,
    edge: Edge = "",
    work_center: Center = "",
    at: At = "",
    watch: Watch = False,
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Show the board: plan, actual, difference, running total, cause, and who has signed."""
    if ctx.invoked_subcommand is not None:
        _refuse_before(ctx)
        return
    for option, said in (("--edge", edge), ("--work-center", work_center)):
        if not said:
            raise typer.BadParameter("it is missing", param_hint=option)
    when = moment(at, "--at") if at else None
    if not watch:
        _print(edge, token_env, work_center, when, as_json)
        return
    try:
        _watch(edge, token_env, work_center, when, as_json)
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None


@board.command()
def cause(
    edge: Edge,
    work_center: Center,
    hour: Hour,
    actor: Actor,
    code: Annotated[str, typer.Option("--reason", help="Code of a reason of plant.toml.")],
    note: Remark = "",
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Say why an hour fell behind."""
    row = _hour(edge, token_env, work_center, hour)
    body = {"actor": actor, "reason": code, "note": note, "version": row["version"]}
    told(edge, token_env, f"{_path(work_center, row)}/cause", body, as_json)


@board.command()
def sign(
    edge: Edge,
    work_center: Center,
    hour: Hour,
    actor: Actor,
    note: Remark = "",
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Sign an hour with its figures of now, which are told first on stderr."""
    row = _hour(edge, token_env, work_center, hour)
    typer.echo("  ".join(f"{n} {v}" for n, v in zip(HEAD, _cells(row), strict=True) if v), err=True)
    body = {"actor": actor, "note": note, "version": row["version"]}
    told(edge, token_env, f"{_path(work_center, row)}/sign", body, as_json)


@board.command()
def unsign(
    edge: Edge,
    work_center: Center,
    hour: Hour,
    actor: Actor,
    note: Note,
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Take the signature of an hour back."""
    row = _hour(edge, token_env, work_center, hour)
    body = {"actor": actor, "note": note, "version": row["version"]}
    told(edge, token_env, f"{_path(work_center, row)}/unsign", body, as_json)


def _refuse_before(ctx: typer.Context) -> None:
    """What stands before a command would have no effect: say so."""
    given = [name for name in ctx.params if _is_said(ctx, name)]
    if given:
        option = f"--{given[0].replace('_', '-')}"
        raise typer.BadParameter(f"write it after {ctx.invoked_subcommand}", param_hint=option)


def _is_said(ctx: typer.Context, name: str) -> bool:
    source = ctx.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def _watch(edge: str, token_env: str, work_center: str, at: int | None, as_json: bool) -> None:
    """Again and again; an edge that does not answer is told, and asked again."""
    while True:
        if sys.stdout.isatty() and not as_json:
            typer.echo(CLEAR, nl=False)
        try:
            _print(edge, token_env, work_center, at, as_json)
        except typer.Exit as error:
            if error.exit_code != UNREACHABLE:
                raise
        sleep(LOOK_S)


def _print(edge: str, token_env: str, work_center: str, at: int | None, as_json: bool) -> None:
    found = _board(edge, token_env, work_center, at)
    shown(found, as_json, lambda said: _lines(said, site_zone(edge, token_env)))


def _board(edge: str, token_env: str, work_center: str, at: int | None) -> Json:
    query = {} if at is None else {"at": str(at)}
    path = f"/work-centers/{in_path(work_center)}/board"
    found: Json = asked(edge, token_env, "GET", path, params=query)
    return found


def _hour(edge: str, token_env: str, work_center: str, said: str) -> Json:
    """The row of an hour, by its label on the board of now or by any time in it."""
    at = moment(said, "--hour") if "T" in said else None
    rows = _named(_board(edge, token_env, work_center, at)["hours"])
    for row in reversed(rows):
        if row["name"] == said or (at is not None and row["hour"] <= at):
            return row
    known = ", ".join(str(row["name"]) for row in rows) or "none"
    return end(f"no hour {said} on the board; there are: {known}; else write {MOMENT}", NEGATIVE)


def _named(rows: list[dict[str, Any]]) -> list[Json]:
    """The hours with their names: with its offset where a clock change has two of them."""
    short = [row["label"][: len("07:00")] for row in rows]
    return [
        {**row, "name": name if short.count(name) == 1 else row["label"]}
        for row, name in zip(rows, short, strict=True)
    ]


def _path(work_center: str, row: Json) -> str:
    return f"/work-centers/{in_path(work_center)}/hours/{row['hour']}"


def _lines(found: Json, zone: ZoneInfo) -> Iterator[str]:
    shift, job = found["shift"], found["job"]
    when = local_time(found["plant_now"], zone)
    name = shift["name"] if shift else "no shift"
    yield f"{found['work_center']} {found['name']}  {name}  {when}"
    if job:
        made = f"{job['good']} of {job['quantity']}"
        yield f"job {job['id']} {job['product']}  {made}  {job['state']}"
    yield from _table([HEAD, *map(_cells, _named(found["hours"]))])
    if needed := found["required"]:
        rate = needed["per_hour_up"]
        yield f"{needed['pieces']} pieces short" + ("" if rate is None else f", {rate} an hour")
    for call in found["andon"]:
        heard = f", {call['acknowledged_by']} comes" if call["acknowledged_by"] else ""
        yield f"call {call['id']}: {call['topic']} {call['note']}".rstrip() + heard


def _cells(row: Json) -> tuple[str, ...]:
    signature = row["signature"]
    signed = f"{signature['by']}{' (changed since)' * signature['changed']}" if signature else ""
    why = row["cause"] or ("asked for" if row["asks_cause"] else "")
    doubt = "?" if row["data_gaps"] else ""
    return (
        row["name"],
        str(row["plan"]),
        "-" if row["actual"] is None else f"{row['actual']}{doubt}",
        str(row["scrap"] or ""),
        _signed(row["difference"]),
        _signed(row["cumulative"]),
        why if row["status"] != "break" else "break",
        signed,
    )


def _signed(number: int | None) -> str:
    return "-" if number is None else f"{number:+d}"


def _table(rows: list[tuple[str, ...]]) -> Iterator[str]:
    """Figures to the right, words to the left."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    words = {HEAD.index("cause"), HEAD.index("signed"), 0}
    for row in rows:
        cells = [
            cell.ljust(width) if place in words else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()
