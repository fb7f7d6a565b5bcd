"""`taktline trace`, `recall` and `label`: where lots of a running edge went, over its API.

Exit codes: 0 done, 1 the edge refuses, 2 usage, 5 the edge cannot be reached.
"""

import csv
import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from edge.commands.request import Actor, AsJson, Edge, TokenEnv, asked, table
from edge.commissioning.asking import in_path
from edge.commissioning.written import may_write_over, write_over

AsCsv = Annotated[bool, typer.Option("--csv", help="Print CSV, one line an order.")]
LotOption = Annotated[str, typer.Option("--lot", help="The lot, pallet or job order.")]
LotArgument = Annotated[str, typer.Argument(metavar="LOT", help="The lot's id.")]
RECALL = ("customer", "order", "operation", "job_order_id", "product", "revision", "quantity")

trace = typer.Typer(help="Where a lot went, or what it is made of.", add_completion=False)
recall = typer.Typer(help="Whom a suspect lot concerns.", add_completion=False)
label = typer.Typer(help="Print a label of a lot or a pallet.", add_completion=False)


@trace.command()
def trace_command(
    lot: LotOption,
    edge: Edge,
    backward: Annotated[
        bool, typer.Option("--backward/--forward", help="What is in it; else what it is in.")
    ] = False,
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Trace a lot through operations, orders, pallets, splits and merges."""
    direction = "backward" if backward else "forward"
    path = f"/lots/{in_path(lot)}/trace"
    answer = asked(edge, token_env, "GET", path, params={"direction": direction})
    if as_json:
        return typer.echo(json.dumps(answer, ensure_ascii=False))
    rows = [
        (str(one["depth"]), one["lot"], one["kind"], one["material"], str(one["made"] or ""))
        for one in answer["lots"]
    ]
    table(("depth", "lot", "kind", "material", "pieces"), rows)
    if answer["mounted_on"]:
        typer.echo(f"mounted on {', '.join(answer['mounted_on'])}")
    for one in answer["spans"]:
        sure = "" if one["certain"] else "; not certain: the machine was silent"
        typer.echo(
            f"{one['job_order_id']}: pieces {one['first']} to {one['last']} into {one['output']}, "
            f"{one['quantity']} {one['unit']}, counters from {one['raw']}{sure}"
        )
    return None


@recall.command()
def recall_command(
    lot: LotOption,
    edge: Edge,
    token_env: TokenEnv = "",
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """List orders, customers, pallets and quantities that contain something of a lot."""
    answer = asked(edge, token_env, "GET", f"/lots/{in_path(lot)}/recall")
    if as_json:
        return typer.echo(json.dumps(answer, ensure_ascii=False))
    rows = [
        (*(str(one[name]) for name in RECALL), " ".join(one["lots"]), " ".join(one["pallets"]))
        for one in answer["orders"]
    ]
    headings = (*RECALL, "lots", "pallets")
    if as_csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(headings)
        return writer.writerows(rows)
    table(headings, rows)
    return typer.echo(
        f"{answer['pieces']} finished pieces; customers: {', '.join(answer['customers']) or '-'}"
    )


@label.command()
def label_command(
    of: Annotated[str, typer.Argument(metavar="lot|pallet|serial", help="What it is.")],
    lot: LotArgument,
    edge: Edge,
    actor: Actor = "office",
    printer: Annotated[
        str, typer.Option(help="HOST or HOST:PORT (else 9100); without it ZPL is printed here.")
    ] = "",
    name: Annotated[str, typer.Option("--label", help="A label of plant.toml by its id.")] = "",
    out: Annotated[Path | None, typer.Option(help="Write the ZPL to this file.")] = None,
    token_env: TokenEnv = "",
) -> None:
    """Print a label of a lot, a pallet or a single piece; each copy is recorded."""
    if of not in {"lot", "pallet", "serial"}:
        raise typer.BadParameter(f"{of!r}: lot, pallet or serial", param_hint="lot|pallet|serial")
    if out is not None:
        may_write_over(out)  # before the copy is made and recorded
    body = {"actor": actor, "label": name, "printer": printer}
    answer = asked(edge, token_env, "POST", f"/lots/{in_path(lot)}/labels", json=body)
    if out is not None:
        write_over(out, answer["zpl"].encode())
    elif not printer:
        return typer.echo(answer["zpl"], nl=False)
    place = f"at {printer}" if printer else f"into {out}"
    return typer.echo(f"copy {answer['copy']} {place}, recorded as fact {answer['seq']}")
