"""`taktline people`: who is there, signing on and off, labour, and the hash of a PIN.

Exit codes: 0 done, 1 the edge refuses, 2 usage, 5 the edge cannot be reached.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Annotated, Any

import typer

from edge.commands.request import (
    Actor,
    AsJson,
    Edge,
    Note,
    TokenEnv,
    asked,
    listed,
    moment,
    shown,
    told,
)

people = typer.Typer(
    help="List the people of an edge, sign them on and off, show their labour.",
    add_completion=False,
    no_args_is_help=True,
)

WorkCenter = Annotated[str, typer.Option("--work-center", help="Where; without it: the site.")]
MICROS_A_MINUTE = 60_000_000


@people.command("list")
def list_command(edge: Edge, token_env: TokenEnv = "", as_json: AsJson = False) -> None:
    """List who works here, what they can do, and where they are."""
    answer = asked(edge, token_env, "GET", "/people")
    listed(answer, as_json, _line, "plant.toml names nobody: anyone may do anything")


@people.command()
def sign_on(
    edge: Edge,
    badge: Annotated[str, typer.Option(help="What the scanner reads.")] = "",
    person: Annotated[str, typer.Option(help="Who, with a PIN that is asked for.")] = "",
    work_center: WorkCenter = "",
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Sign somebody on by badge, or by person and PIN."""
    if bool(badge) == bool(person):
        raise typer.BadParameter("say --badge, or --person", param_hint="--badge")
    body = {"badge": badge} if badge else {"person": person, "pin": _pin()}
    told(edge, token_env, "/sign-ons", body | {"work_center": work_center}, as_json)


@people.command()
def sign_off(
    edge: Edge,
    person: Annotated[str, typer.Option(help="Who.")],
    work_center: Annotated[str, typer.Option(help="From where; without it: leave.")] = "",
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Sign somebody off from a work center, or from all of them and the site."""
    body = {"actor": person, "person": person, "work_center": work_center}
    told(edge, token_env, "/sign-offs", body, as_json)


@people.command()
def correct(
    opened: Annotated[int, typer.Argument(metavar="OPENED", help="The presence, as list shows.")],
    edge: Edge,
    actor: Actor,
    note: Note,
    start: Annotated[str, typer.Option("--from", help="When it began, ISO 8601.")] = "",
    until: Annotated[str, typer.Option("--to", help="When it ended, ISO 8601.")] = "",
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Say when somebody was there after all."""
    body: dict[str, Any] = {"actor": actor, "note": note}
    body |= {"from": moment(start, "--from")} if start else {}
    body |= {"to": moment(until, "--to")} if until else {}
    told(edge, token_env, f"/labour/{opened}/corrections", body, as_json)


@people.command()
def labour(
    edge: Edge,
    start: Annotated[str, typer.Option("--from", help="From when, ISO 8601 with an offset.")],
    until: Annotated[str, typer.Option("--to", help="To when.")],
    by: Annotated[str, typer.Option(help="person, crew, work_center or job.")] = "person",
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Show labour time and performance of a span, widened to whole hours."""
    query = {"from": moment(start, "--from"), "to": moment(until, "--to"), "by": by}
    answer = asked(edge, token_env, "GET", "/labour", params=query)
    shown(answer, as_json, lambda said: _labour(said["items"], by))


def _labour(rows: list[Mapping[str, Any]], by: str) -> Iterator[str]:
    yield f"{by:<16} {'labour min':>11} {'good':>10} {'performance':>12} {'efficiency':>11}"
    for row in rows:
        minutes = row["labour"] // MICROS_A_MINUTE
        efficiency = row.get("worker_efficiency") or "-"
        yield (
            f"{row['key'] or '(nobody)':<16} {minutes:>11} {_pieces(row['good']):>10} "
            f"{row['performance'] or '-':>12} {efficiency:>11}"
        )


def _pieces(exact: str | int) -> str:
    """Pieces of somebody who shared their hour with others, to a tenth."""
    return f"{float(Fraction(exact)):.1f}".removesuffix(".0")


@people.command()
def pin() -> None:
    """Print the hash of a PIN, for pin_hash in plant.toml."""
    from edge.execution.people.pins import pin_hash  # only here: it needs cryptography

    typer.echo(pin_hash(_pin(twice=True)))


def _pin(*, twice: bool = False) -> str:
    said: str = typer.prompt("PIN", hide_input=True, confirmation_prompt=twice, err=True)
    return said


def _line(one: Mapping[str, Any]) -> str:
    where = ", ".join(on["at"] for on in one["present"]) or "not here"
    skills = ", ".join(
        skill["skill"] + ("" if skill["valid"] else f" (expired {skill['until']})")
        for skill in one["skills"]
    )
    crew = f" [{one['crew']}]" if one["crew"] else ""
    return f"{one['id']}{crew}  {', '.join(one['roles'])}  {where}  {skills}".rstrip()
