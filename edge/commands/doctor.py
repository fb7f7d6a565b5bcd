"""`taktline doctor`: everything about an edge and its store that a person should know.

Exit codes: 0 nothing to do; 1 something needs a person; 2 usage; 3 invalid input; 5 the edge
cannot be reached.
"""

import json
import math
import shutil
import sqlite3
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typer

from edge.commands.keeping import Config, EdgeUrl, named_plant, own_address
from edge.commands.request import AsJson, TokenEnv
from edge.commissioning.asking import ask, document, refusal
from edge.commissioning.exits import NEGATIVE, UNREACHABLE, end
from edge.config import PlantConfig
from edge.doctoring import ACT, Finding, examined, needs_a_person
from edge.domain.clock import SystemClock
from edge.domain.recording import StoreUnavailable
from edge.keeping import keeping
from edge.safekeeping import shown, size_of
from edge.storage.archives.anchors import folder_of
from edge.storage.archives.lacking import lacking
from edge.storage.ballast import Ballast
from edge.storage.connections import open_reader
from edge.storage.damage import StoreDamaged, check
from edge.storage.lockfile import is_held
from edge.storage.reader import Reader
from edge.storage.readers.recovery import RecoveryReader
from edge.storage.rows import Rows
from edge.storage.snapshots import Snapshots

doctor = typer.Typer(help="Say what is wrong with an edge and its store.", add_completion=False)


@doctor.command()
def doctor_command(
    config: Config = None, edge: EdgeUrl = "", token_env: TokenEnv = "", as_json: AsJson = False
) -> None:
    """Look at store, disk, snapshots, restores, sync, devices, certificates and quarantines.

    With --config a running edge of this machine is asked; one that does not run has its file
    checked page by page. Exit 1 if something needs a person, each with its mend.
    """
    if edge:
        found = _asked(edge, token_env)
    else:
        plant = named_plant(config)
        lock = plant.edge.store.with_name(f"{plant.edge.store.name}.lock")
        found = _asked(own_address(plant), token_env) if is_held(lock) else _looked(plant)
    typer.echo(json.dumps([asdict(one) for one in found]) if as_json else _words(found))
    raise typer.Exit(NEGATIVE if needs_a_person(found) else 0)


def _asked(url: str, token_env: str) -> list[Finding]:
    """A running edge."""
    store, status = _get(url, token_env, "/store"), _get(url, token_env, "/status")
    held = len(_get(url, token_env, "/quarantines?open=true")["items"])
    return examined(store, status, held, status["plant_now"], status.get("timezone", "UTC"))


def _get(url: str, token_env: str, path: str) -> Any:
    answer = ask(url, token_env, "GET", path)
    return document(answer) if answer.is_success else end(refusal(answer), UNREACHABLE)


def _looked(plant: PlantConfig) -> list[Finding]:
    """A store that no edge holds."""
    path, kept = plant.edge.store, keeping(plant)
    if not path.is_file():
        mend = "start the edge: it makes one, or taktline restore a backup"
        return [Finding(level=ACT, about="store", what=f"{path}: no such file", mend=mend)]
    ballast = Ballast(path, kept.ballast)
    store: dict[str, Any] = {
        "path": str(path),
        "bytes": size_of(path),
        "free": shutil.disk_usage(path.parent).free,
        "ballast": {"bytes": ballast.size, "whole": ballast.whole},
        "snapshots": [shown(one) for one in Snapshots(path, kept).all()],
        "sqlite": sqlite3.sqlite_version,
        "damage": _damage(path),
        "archives": _archives(path),
        "recoveries": [],
        "unconfirmed": 0,
        "alarms": [],
    }
    held = 0
    rows = Rows(path)
    try:
        reader = Reader(rows)
        known = RecoveryReader(rows, reader.chain_end)
        store["recoveries"] = [asdict(one) for one in known.all()]
        store["unconfirmed"], held = known.unconfirmed(), len(reader.held_readings(open_=True))
    except StoreUnavailable:
        pass  # of an older version, or damaged, which is said
    finally:
        rows.close()
    return examined(store, None, held, SystemClock().now(), plant.site.timezone)


def _damage(path: Path) -> str:
    try:
        conn = open_reader(path)
        try:
            check(conn, monotonic=lambda: 0.0, seconds=math.inf, thorough=True)
        finally:
            conn.close()
    except (sqlite3.Error, StoreDamaged) as error:
        return str(error)
    return ""


def _archives(path: Path) -> list[str]:
    """What is wrong with archive files, each read whole."""
    try:
        conn = open_reader(path)
        try:
            return lacking(conn, folder_of(path))
        finally:
            conn.close()
    except sqlite3.Error:
        return []  # the damage of the store is said


def _words(found: list[Finding]) -> str:
    return "\n".join(
        f"{one.level:<6} {one.about}: {one.what}" + (f"; mend: {one.mend}" if one.mend else "")
        for one in found
    )
