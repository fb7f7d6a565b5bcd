"""What becomes of lots, for `taktline lots`: made, used, packed, split, lost, taken back."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

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
    table,
    told,
)
from edge.commissioning.asking import in_path

Job = Annotated[str, typer.Argument(metavar="JOB", help="The job order, for example WO1001.10.")]
Source = Annotated[
    str, typer.Argument(metavar="LOT", help="The lot, or the job order; its label does as well.")
]
Into = Annotated[str, typer.Option("--into", help="The lot, serial or pallet that it goes into.")]
OutOf = Annotated[str, typer.Option("--out-of", help="The pallet that it is on.")]
Much = Annotated[str, typer.Option("--quantity", help="How much: a decimal or a fraction.")]
Kind = Annotated[str, typer.Option("--kind", help="pallet or container.")]
Command = Callable[..., None]
LOSSES = "production, storage (and on the way) or other."
EXACT = ("consumed", "production_loss", "storage_loss", "other_loss")


def open_(
    job: Job,
    edge: Edge,
    actor: Actor,
    lot: Annotated[str, typer.Option("--lot", help="Its id; else the next number.")] = "",
    container: Annotated[str, typer.Option("--container", help="What it lies in.")] = "",
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Put the pieces of a job order into a new lot from now on."""
    body = {"actor": actor, "container": container} | ({"lot": lot} if lot else {})
    told(edge, token_env, f"/job-orders/{in_path(job)}/lots", body, as_json)


def close(
    lot: Source, edge: Edge, actor: Actor, token_env: TokenEnv = "", as_json: AsJson = False
) -> None:
    """Let nothing more go into a lot."""
    told(edge, token_env, f"/lots/{in_path(lot)}/close", {"actor": actor}, as_json)


def use(
    job: Job,
    lot: Source,
    edge: Edge,
    actor: Actor,
    quantity: Annotated[str, typer.Option("--quantity", help="Else all that is left.")] = "",
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Put a lot, a part of it, or a serial into the pieces of a job order."""
    body = {"actor": actor, "lot": lot} | ({"quantity": quantity} if quantity else {})
    told(edge, token_env, f"/job-orders/{in_path(job)}/consumptions", body, as_json)


def pallet(
    edge: Edge,
    actor: Actor,
    kind: Kind = "pallet",
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Make an empty pallet or container with the next number."""
    body = {"actor": actor, "kind": kind}
    made = asked(edge, token_env, "POST", "/lots/pallets", json=body)
    shown(made, as_json, lambda said: [f"{said['lot']}, recorded as fact {said['seq']}"])


def unpack(
    lot: Source,
    edge: Edge,
    actor: Actor,
    out_of: OutOf,
    quantity: Much,
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Take so much of a lot off a pallet again."""
    _flow(edge, token_env, as_json, actor, "unpacked", (lot, out_of, quantity))


def _into(name: str, how: str, says: str) -> Command:
    """A command that puts so much of a lot into another one."""

    def command(
        lot: Source,
        edge: Edge,
        actor: Actor,
        into: Into,
        quantity: Much,
        token_env: TokenEnv = "",
        as_json: AsJson = False,
    ) -> None:
        _flow(edge, token_env, as_json, actor, how, (lot, into, quantity))

    command.__name__, command.__doc__ = name, says
    return command


def serial(
    lot: Source,
    edge: Edge,
    actor: Actor,
    into: Into,
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Give one piece of a lot a serial number."""
    _flow(edge, token_env, as_json, actor, "serial", (lot, into, "1"))


def lose(
    material: Annotated[str, typer.Argument(metavar="MATERIAL", help="What was lost.")],
    edge: Edge,
    actor: Actor,
    work_center: Center,
    quantity: Much,
    loss: Annotated[str, typer.Option("--loss", help=LOSSES)],
    reason: Annotated[str, typer.Option("--reason", help="Why; it is recorded.")],
    unit: Annotated[str, typer.Option("--unit", help="Else that of the bill or lot.")] = "",
    lot: Annotated[str, typer.Option("--lot", help="Of which lot.")] = "",
    job_order: Annotated[str, typer.Option("--job-order", help="Else the one on.")] = "",
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Say that material was lost: it went into no piece."""
    body = {"actor": actor, "material": material, "quantity": quantity, "loss": loss}
    body |= {"reason": reason, "unit": unit, "lot": lot}
    body |= {"job_order_id": job_order} if job_order else {}
    told(edge, token_env, f"/work-centers/{in_path(work_center)}/losses", body, as_json)


def load(
    what: Annotated[str, typer.Argument(metavar="document|tool|program", help="What it is.")],
    loaded: Annotated[str, typer.Argument(metavar="ID/REVISION", help="As its code says.")],
    edge: Edge,
    actor: Actor,
    work_center: Center,
    job_order: Annotated[str, typer.Option("--job-order", help="For which; else the one on.")] = "",
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Say that a drawing, tool or program lies or is loaded on a work center."""
    id_, _, revision = loaded.partition("/")
    body = {"actor": actor, "what": what, "id": id_, "revision": revision}
    body |= {"job_order_id": job_order} if job_order else {}
    told(edge, token_env, f"/work-centers/{in_path(work_center)}/loaded", body, as_json)


def reverse(
    seq: Annotated[int, typer.Argument(metavar="FACT", help="The booking, its fact's seq.")],
    edge: Edge,
    actor: Actor,
    note: Note,
    lot: Annotated[str, typer.Option("--lot", help="The lot that was mounted in truth.")] = "",
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Take a booking of material back; with --lot another one was mounted than was scanned."""
    body = {"actor": actor, "note": note} | ({"lot": lot} if lot else {})
    told(edge, token_env, f"/facts/{seq}/reversal", body, as_json)


def hours(
    edge: Edge,
    work_center: Annotated[str, typer.Option("--work-center", help="Else all.")] = "",
    start: Annotated[str, typer.Option("--from", help="2026-06-08T06:00+02:00.")] = "",
    until: Annotated[str, typer.Option("--to", help="Else now.")] = "",
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """List what was consumed and lost of materials, by hour and job order."""
    query: dict[str, object] = {"work_center": work_center} if work_center else {}
    query |= {"from": moment(start, "--from")} if start else {}
    query |= {"to": moment(until, "--to")} if until else {}
    found = asked(edge, token_env, "GET", "/material-hours", params=query)
    if as_json:
        return shown(found, as_json, lambda _: [])
    rows = [_hour(one) for one in found["items"]]
    return table(("work center", "job order", "material", *EXACT, "unit"), rows)


def _hour(one: Mapping[str, Any]) -> tuple[str, ...]:
    names = ("equipment_id", "job_order_id", "material", *EXACT, "unit")
    return tuple(str(one[name]) for name in names)


def _flow(
    edge: str, token_env: str, as_json: bool, actor: str, how: str, said: tuple[str, str, str]
) -> None:
    source, target, quantity = said
    flow = {"from": source, "to": target, "quantity": quantity}
    told(edge, token_env, "/lots/flows", {"actor": actor, "how": how, "flows": [flow]}, as_json)


COMMANDS: tuple[Command, ...] = (
    *(open_, close, use, pallet),
    _into("pack", "packed", "Put so much of a lot onto a pallet or into a container."),
    unpack,
    _into("split", "split", "Make so much of a lot a lot of its own."),
    _into("merge", "merged", "Put so much of a lot together with others of its material."),
    _into("rework", "reworked", "Say that so much of a lot was reworked into another one."),
    *(serial, lose, load, reverse, hours),
)
