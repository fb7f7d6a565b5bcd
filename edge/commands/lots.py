"""`taktline lots`: lots of a running edge, in and out, over its API.

Exit codes: 0 done, 1 the edge refuses, 2 usage, 5 the edge cannot be reached.
"""

import json
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from edge.commands import lots_made
from edge.commands.request import (
    Actor,
    AsJson,
    Edge,
    TokenEnv,
    asked,
    moment,
    recorded,
    shown,
    table,
    told,
)
from edge.commissioning.asking import in_path
from edge.domain.gs1 import is_label

Scanned = Annotated[
    str, typer.Argument(metavar="LOT", help="The lot's id, or its GS1 label as scanned or read.")
]
lots = typer.Typer(
    help="Lots: received, mounted, used, made, packed, split and lost.",
    add_completion=False,
    no_args_is_help=True,
)
for _command in lots_made.COMMANDS:
    lots.command(_command.__name__.strip("_"))(_command)


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
    return table(("lot", "kind", "material", "revision", "left", "unit", "note"), rows)


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
    told(edge, token_env, "/lots", body, as_json, _received)


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
    told(edge, token_env, f"/work-centers/{in_path(work_center)}/materials/mount", body, as_json)


@lots.command()
def mounted(
    edge: Edge,
    work_center: Annotated[str, typer.Option(help="Of which work center.")],
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Show what is mounted on a work center and what its job order needs."""
    answer = asked(edge, token_env, "GET", f"/work-centers/{in_path(work_center)}/materials")
    if as_json:
        return typer.echo(json.dumps(answer, ensure_ascii=False))
    typer.echo(f"{work_center}: job order {answer['job_order_id'] or '-'}")
    rows = [
        (one["material"], one["revision"], f"{one['quantity']} {one['unit']}", one["lot"] or "-")
        for one in answer["needs"]
    ]
    table(("needs", "revision", "a piece", "lot"), rows)
    return table(
        ("mounted", "kind", "material", "revision", "left", "unit", "note"),
        [_lot_row(one) for one in answer["mounted"]],
    )


@lots.command()
def unmount(
    material: Annotated[str, typer.Argument(metavar="MATERIAL", help="What is taken off.")],
    edge: Edge,
    work_center: Annotated[str, typer.Option(help="From which work center.")],
    actor: Actor,
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Take the lot of a material off."""
    body = {"material": material, "actor": actor}
    told(edge, token_env, f"/work-centers/{in_path(work_center)}/materials/unmount", body, as_json)


@lots.command()
def show(lot: Scanned, edge: Edge, token_env: TokenEnv = "", as_json: AsJson = False) -> None:
    """Show a lot: what is left of it, where it is, and what is in it."""
    found = asked(edge, token_env, "GET", f"/lots/{in_path(lot)}")
    shown(found, as_json, _whole)


@lots.command()
def scan(
    code: Annotated[str, typer.Argument(metavar="CODE", help="As a scanner sends it.")],
    edge: Edge,
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Say what a label tells, and which lot it stands for; nothing is recorded."""
    shown(asked(edge, token_env, "GET", "/scans", params={"code": code}), as_json, _told)


def _received(lot: Mapping[str, Any]) -> list[str]:
    """What a lot was received as: its label may have said it."""
    what = f"{lot['lot']}: {lot['quantity']} {lot['unit']} of {lot['material']} {lot['revision']}"
    until = f"expires {lot['expires_label']}" if lot["expires_label"] else "never expires"
    return [f"{what.rstrip()}, {until}", *recorded(lot)]


def _whole(lot: Mapping[str, Any]) -> list[str]:
    left = "unknown" if lot["left"] is None else f"{lot['left']} {lot['unit']}"
    lines = [f"{lot['lot']}  {lot['kind']}  {lot['material']} {lot['revision']}".rstrip()]
    lines += [f"left {left}, consumed {lot['consumed']}, made {lot['made_pieces']}"]
    lines += [f"on hold: {lot['held']}"] if lot["held"] else []
    lines += [f"mounted on {', '.join(lot['mounted_on'])}"] if lot["mounted_on"] else []
    lines += [f"in {', '.join(lot['holders'])}"] if lot["holders"] else []
    return [*lines, *(f"has {one['quantity']} of {one['lot']}" for one in lot["contents"])]


def _told(found: Mapping[str, Any]) -> list[str]:
    label = found["label"] or {}
    lines = [f"{name}: {value}" for name, value in label.items() if value not in {None, ""}]
    return [*lines, f"lot: {found['lot']['lot']}" if found["lot"] else found["why_none"]]


def _lot_row(one: Mapping[str, Any]) -> tuple[str, ...]:
    note = f"on hold: {one['held']}" if one["held"] else ""
    left = "?" if one["left"] is None else one["left"]
    return (one["lot"], one["kind"], one["material"], one["revision"], left, one["unit"], note)
