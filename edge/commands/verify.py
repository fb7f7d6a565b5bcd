"""`taktline verify`: the chain of a store's facts, and the tables that are made of them.

Exit codes: 0 whole, 1 a broken fact or tables that differ, 2 usage, 3 no store.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from edge.commands.request import AsJson
from edge.commissioning.exits import INVALID, NEGATIVE, end
from edge.storage.errors import StoreUnusable
from edge.storage.verify import VerifyResult
from edge.storage.verify import verify as verify_store

verify = typer.Typer(help="Check a store's chain of facts.", add_completion=False)


@verify.command()
def verify_command(
    store: Annotated[Path, typer.Argument(help="The edge's SQLite file; it may be in use.")],
    as_json: AsJson = False,
) -> None:
    """Check hashes, links and gaplessness of the facts, and the projections made of them.

    Exit 1 names the first broken fact or the tables that differ.
    """
    try:
        found = verify_store(store, told=_told)
    except StoreUnusable as error:
        end(str(error), INVALID)
    typer.echo(json.dumps(asdict(found)) if as_json else _verdict(store, found))
    raise typer.Exit(0 if found.whole else NEGATIVE)


def _told(facts: int) -> None:
    """How far it is, on one line of a terminal."""
    if facts % 10_000 == 0 and sys.stderr.isatty():
        typer.echo(f"\rfacts: {facts}", err=True, nl=False)


def _verdict(store: Path, found: VerifyResult) -> str:
    if found.broken:
        return f"{store}: fact {found.broken.seq} is broken: {found.broken.what}"
    if found.differing:
        tables = ", ".join(found.differing)
        return f"{store}: {found.facts} facts are whole, but differ from: {tables}"
    return f"{store}: whole; facts: {found.facts}, epoch {found.epoch}, last {found.last_hash}"
