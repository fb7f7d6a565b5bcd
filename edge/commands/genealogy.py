"""`taktline lots`, `trace`, `recall` and `label`: materials of a running edge, over its API.

Exit codes: 0 done, 1 the edge refuses, 2 usage, 5 the edge cannot be reached.
"""

import csv
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from edge.commands.request import Actor, AsJson, Edge, TokenEnv, asked, moment, told
from edge.domain.gs1 import is_label

AsCsv = Annotated[bool, typer.Option("--csv", help="Print CSV, one line an order.")]
LotOption = Annotated[str, typer.Option("--lot", help="The lot, pallet or job order.")]
LotArgument = Annotated[str, typer.Argument(metavar="LOT", help="The lot's id.")]
Scanned = Annotated[
    str, typer.Argument(metavar="LOT", help="The lot's id, or its GS1 label as scanned or read.")
]
RECALL = ("customer", "order", "operation", "job_order_id", "product", "revision", "quantity")

trace = typer.Typer(help="Where a lot went, or what it is made of.", add_completion=False)
recall = typer.Typer(help="Whom a suspect lot concerns.", add_completion=False)
label = typer.Typer(help="Print a label of a lot or a pallet.", add_completion=False)
lots = typer.Typer(
    help="List lots, receive them, mount them, and see what is mounted.",
    add_completion=False,
    no_args_is_help=True,
)


@lots.command("list")
def list_command(
    edge: Edge,
    material: Annotated[str, typer.Option(help="Only lots of this material.")] = "",
    job_order: Annotated[str, typer.Option(help="Only lots that this job order made.")] = "",
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """List the newest lots with what is left of them."""
    query = {"material": material} if material else {}
    query |= {"job_order_id": job_order} if job_order else {}
    answer = asked(edge, token_env, "GET", "/lots", params=query)
    if as_json:
        return typer.echo(json.dumps(answer, ensure_ascii=False))
    rows = [_lot_row(one) for one in answer["items"]]
    return _table(("lot", "kind", "material", "revision", "left", "unit", "note"), rows)


@lots.command()
def receive(
    lot: Scanned,
    edge: Edge,
    actor: Actor,
    material: Annotated[str, typer.Option(help="What it is; else as its label says.")] = "",
    quantity: Annotated[
        str, typer.Option(help="How much, a decimal or a fraction; else as its label says.")
    ] = "",
    unit: Annotated[str, typer.Option(help="Of what: kg, pcs, m.")] = "",
    id_: Annotated[str, typer.Option("--id", help="Its id here; else that of its label.")] = "",
    revision: Annotated[str, typer.Option(help="Revision of the material.")] = "",
    expires: Annotated[
        str, typer.Option(help="When it expires: 2026-12-31T00:00+01:00; without it never.")
    ] = "",
    supplier_lot: Annotated[str, typer.Option(help="The supplier's number.")] = "",
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Receive a lot: from then on it can be scanned."""
    body: dict[str, Any] = {"code": lot, "lot": id_} if is_label(lot) else {"lot": lot}
    body |= {"actor": actor, "material": material, "quantity": quantity, "unit": unit}
    body |= {"revision": revision, "supplier_lot": supplier_lot}
    body = {name: value for name, value in body.items() if value}
    body |= {"expires": moment(expires, "--expires")} if expires else {}
    told(edge, token_env, "/lots", body, as_json)


@lots.command()
def mount(
    lot: Scanned,
    edge: Edge,
    work_center: Annotated[str, typer.Option(help="Where it goes in.")],
    actor: Actor,
    job_order: Annotated[str, typer.Option(help="For which job order; else the one on.")] = "",
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Mount a lot: what is counted from now on is made of it."""
    body = {"lot": lot, "actor": actor} | ({"job_order_id": job_order} if job_order else {})
    told(edge, token_env, f"/work-centers/{work_center}/materials/mount", body, as_json)


@lots.command()
def mounted(
    edge: Edge,
    work_center: Annotated[str, typer.Option(help="Of which work center.")],
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Show what is mounted on a work center and what its job order needs."""
    answer = asked(edge, token_env, "GET", f"/work-centers/{work_center}/materials")
    if as_json:
        return typer.echo(json.dumps(answer, ensure_ascii=False))
    typer.echo(f"{work_center}: job order {answer['job_order_id'] or '-'}")
    rows = [
        (one["material"], one["revision"], f"{one['quantity']} {one['unit']}", one["lot"] or "-")
        for one in answer["needs"]
    ]
    _table(("needs", "revision", "a piece", "lot"), rows)
    return _table(
        ("mounted", "kind", "material", "revision", "left", "unit", "note"),
        [_lot_row(one) for one in answer["mounted"]],
    )


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
    path = f"/lots/{lot}/trace"
    answer = asked(edge, token_env, "GET", path, params={"direction": direction})
    if as_json:
        return typer.echo(json.dumps(answer, ensure_ascii=False))
    rows = [
        (str(one["depth"]), one["lot"], one["kind"], one["material"], str(one["made"] or ""))
        for one in answer["lots"]
    ]
    _table(("depth", "lot", "kind", "material", "pieces"), rows)
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
    answer = asked(edge, token_env, "GET", f"/lots/{lot}/recall")
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
    _table(headings, rows)
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
    body = {"actor": actor, "label": name, "printer": printer}
    answer = asked(edge, token_env, "POST", f"/lots/{lot}/labels", json=body)
    if out is not None:
        out.write_text(answer["zpl"], encoding="utf-8")
    elif not printer:
        return typer.echo(answer["zpl"], nl=False)
    place = f"at {printer}" if printer else f"into {out}"
    return typer.echo(f"copy {answer['copy']} {place}, recorded as fact {answer['seq']}")


def _lot_row(one: Mapping[str, Any]) -> tuple[str, ...]:
    note = f"on hold: {one['held']}" if one["held"] else ""
    left = "?" if one["left"] is None else one["left"]
    return (one["lot"], one["kind"], one["material"], one["revision"], left, one["unit"], note)


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
    for row in (headings, *rows):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        typer.echo("  ".join(cells).rstrip())
