"""`taktline opening`: what was made before go-live, from a file, over the edge's API.

Exit codes: 0 done, 1 the edge refuses, 2 usage, 3 the file is not right, 5 the edge cannot be
reached.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from edge.commands.opening_files import READERS, Rows, read_opening
from edge.commands.request import Actor, AsJson, Edge, TokenEnv, shown
from edge.commissioning.asking import ask, document, refusal
from edge.commissioning.exits import INVALID, NEGATIVE, end

opening = typer.Typer(
    help="Take in what was made before go-live, from a file.", add_completion=False
)


@opening.command()
def opening_command(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="CSV or XLSX (headers in English or Chinese), or JSON."
        ),
    ],
    edge: Edge,
    actor: Actor,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would be booked.")
    ] = False,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Also for jobs whose pieces are counted already.")
    ] = False,
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Take in part-done orders and work in process at go-live: all rows, or none."""
    try:
        data = file.read_bytes()
    except OSError as error:
        end(f"{file}: {error.strerror}", INVALID)
    kind = file.suffix.lower()
    if kind not in READERS:
        end(f"{file}: write a file that ends in {', '.join(READERS)}", INVALID)
    rows, faults = read_opening(data, kind)
    body: dict[str, Any] = {"actor": actor, "rows": list(rows.rows), "sha256": rows.sha256}
    if faults:
        end("\n".join([*map(str, faults), *_more_faults(edge, token_env, body, rows)]), INVALID)
    body |= {"dry_run": dry_run, "confirm": confirm}
    answer = ask(edge, token_env, "POST", "/opening", json=body)
    if not answer.is_success:
        named = document(answer).get("errors") or []
        end("\n".join([refusal(answer), *map(_named, named)]), INVALID if named else NEGATIVE)
    shown(answer.json(), as_json, lambda booked: _booked(booked, dry_run))


def _booked(answer: Mapping[str, Any], dry_run: bool) -> Iterator[str]:
    for one in answer["jobs"]:
        yield (
            f"{one['job_order_id']}  {one['state']}  good {one['good']}  scrap {one['scrap']}  "
            f"left {one['left']}{'' if one['changed'] else '  as it was'}"
        )
    if answer["counters"]:
        yield f"{answer['counters']} counters"
    seq = answer["seq"]
    done = "nothing changes" if seq is None else f"recorded as fact {seq}"
    yield "nothing was booked: a dry run" if dry_run else done


def _more_faults(edge: str, token_env: str, body: Mapping[str, Any], rows: Rows) -> list[str]:
    """What the edge finds wrong in the rows that can be read, so that all of it is told at once."""
    if not rows.sound:
        return []
    asked = {**body, "rows": list(rows.sound), "dry_run": True}
    try:
        answer = ask(edge, token_env, "POST", "/opening", attempts=1, json=asked)
    except (
        typer.Exit
    ):  # it has said why there is no answer; what the file says is told all the same
        return []
    return [_named(one) for one in document(answer).get("errors") or []]


def _named(error: Mapping[str, str]) -> str:
    return f"{error['place']}: {error['value']}: {error['message']}; {error['mend']}"
