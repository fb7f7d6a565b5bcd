"""`taktline opening`: what was made before go-live, from a file, over the edge's API.

Exit codes: 0 done, 1 the edge refuses, 2 usage, 3 the file is not right, 5 the edge cannot be
reached.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from edge.commands.opening_files import READERS, read_opening
from edge.commissioning.address import EDGE
from edge.commissioning.asking import ask, document, refusal
from edge.commissioning.exits import INVALID, NEGATIVE, end
from edge.domain.faults import Fault

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
    edge: Annotated[
        str,
        typer.Option(
            "--edge", envvar=EDGE, help="The edge's address, for example http://box:8811."
        ),
    ],
    actor: Annotated[str, typer.Option("--actor", help="Who answers for it; it is recorded.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would be booked.")
    ] = False,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Also for jobs whose pieces are counted already.")
    ] = False,
    token_env: Annotated[
        str, typer.Option("--token-env", help="Name of the variable that holds the bearer token.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
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
    if faults:
        end(_told(faults), INVALID)
    body: dict[str, Any] = {"actor": actor, "rows": list(rows.rows), "sha256": rows.sha256}
    body |= {"dry_run": dry_run, "confirm": confirm}
    answer = ask(edge, token_env, "POST", "/opening", json=body)
    if not answer.is_success:
        named = document(answer).get("errors") or []
        end("\n".join([refusal(answer), *map(_named, named)]), INVALID if named else NEGATIVE)
    _show(answer.json(), as_json, dry_run)


def _show(answer: Mapping[str, Any], as_json: bool, dry_run: bool) -> None:
    if as_json:
        typer.echo(json.dumps(answer, ensure_ascii=False))
        return
    for one in answer["jobs"]:
        typer.echo(
            f"{one['job_order_id']}  {one['state']}  good {one['good']}  scrap {one['scrap']}  "
            f"left {one['left']}{'' if one['changed'] else '  as it was'}"
        )
    if answer["counters"]:
        typer.echo(f"{answer['counters']} counters")
    seq = answer["seq"]
    done = "nothing changes" if seq is None else f"recorded as fact {seq}"
    typer.echo("nothing was booked: a dry run" if dry_run else done)


def _told(faults: list[Fault]) -> str:
    return "\n".join(str(fault) for fault in faults)


def _named(error: Mapping[str, str]) -> str:
    return f"{error['place']}: {error['value']}: {error['message']}; {error['mend']}"
