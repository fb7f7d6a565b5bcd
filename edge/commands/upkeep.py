"""`taktline archive` and `taktline rebuild`: long work on a store, running edge or not.

Where an edge holds the store, that edge does it, beside counting; else the command does.
Exit codes: 0 done, 1 it failed, 2 usage, 3 invalid input, 5 the edge cannot be reached,
130 interrupted (what was begun goes on with the next run).
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from time import sleep
from typing import Annotated, Any

import typer

from edge.commands.request import AsJson
from edge.commissioning.asking import ask, refusal
from edge.commissioning.exits import INTERRUPTED, INVALID, NEGATIVE, end
from edge.commissioning.plant_file import plant_of
from edge.config import PlantConfig
from edge.domain.clock import SystemClock
from edge.domain.recording import StoreUnavailable
from edge.storage.archives.moving import NotArchived
from edge.storage.errors import StoreLocked, StoreUnusable
from edge.storage.store import Store
from edge.upkeep import wanted

LOOK_S = 0.5
archive = typer.Typer(help="Move old facts to archive files.", add_completion=False)
rebuild = typer.Typer(help="Make all tables anew from the facts.", add_completion=False)

Config = Annotated[Path, typer.Option(help="The plant.toml.")]
Edge = Annotated[str, typer.Option(help="The running edge's address; else as plant.toml says.")]
Work = Callable[[Store], Awaitable[dict[str, int]]]


@archive.command()
def archive_command(
    config: Config,
    keep_days: Annotated[
        int | None, typer.Option(min=0, help="Facts older than this go; else as plant.toml says.")
    ] = None,
    edge: Edge = "",
    as_json: AsJson = False,
) -> None:
    """Move facts that are old and that sync has; they stay readable, and counting goes on."""
    plant = plant_of(config)
    days = plant.edge.keep_days if keep_days is None else keep_days
    if keep_days is None and not days:
        end(f"{config}: keep_days = 0: nothing is archived; mend: --keep-days N", INVALID)

    async def work(store: Store) -> dict[str, int]:
        forwarded = plant.sync is not None
        what = wanted(store, SystemClock(), keep_days=days, forwarded=forwarded, least=1)
        return asdict(await store.archivist.run(what, lambda moved: _told(asdict(moved))))

    body = {"keep_days": days}
    done = _done(plant, work) or _asked(plant, edge, "archive", body)
    _say(done, as_json, "facts archived: {facts}, files: {files}, bytes: {size}")


@rebuild.command()
def rebuild_command(config: Config, edge: Edge = "", as_json: AsJson = False) -> None:
    """Fold all facts, archived and live, into the tables; nothing is recorded meanwhile."""
    plant = plant_of(config)

    async def work(store: Store) -> dict[str, int]:
        return {"facts": await store.rebuild(lambda facts: _told({"facts": facts}))}

    done = _done(plant, work) or _asked(plant, edge, "rebuild", {})
    _say(done, as_json, "facts folded: {facts}")


def _done(plant: PlantConfig, work: Work) -> dict[str, int] | None:
    """What `work` has done; None if an edge holds the store."""
    try:
        with Store.open(plant.edge.store, plant.edge.id, SystemClock()) as store:
            return asyncio.run(_awaited(work, store))
    except StoreLocked:
        return None
    except StoreUnusable as error:
        end(str(error), INVALID)
    except (NotArchived, StoreUnavailable) as error:
        end(f"{plant.edge.store}: {error}", NEGATIVE)
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None


async def _awaited(work: Work, store: Store) -> dict[str, int]:
    return await work(store)


def _asked(plant: PlantConfig, edge: str, work: str, body: dict[str, Any]) -> dict[str, int]:
    """Let the running edge do it, and watch."""
    url = edge or f"http://{plant.api.host}:{plant.api.port}"
    token = plant.api.token_env or ""
    begun = ask(url, token, "POST", f"/upkeep/{work}", json={"actor": f"taktline {work}"} | body)
    if begun.is_error:
        end(refusal(begun), NEGATIVE)
    while True:
        view = ask(url, token, "GET", "/upkeep").json()
        _told(view["done"])
        if view["state"] == "failed":
            end(f"edge {url}: {view['detail']}", NEGATIVE)
        if view["state"] == "done":
            found: dict[str, int] = view["done"]
            return found
        try:
            sleep(LOOK_S)
        except KeyboardInterrupt:
            raise typer.Exit(INTERRUPTED) from None


def _told(done: dict[str, int]) -> None:
    """How far it is, on one line of a terminal."""
    if done and sys.stderr.isatty():
        typer.echo("\r" + ", ".join(f"{name}: {n}" for name, n in done.items()), err=True, nl=False)


def _say(done: dict[str, int], as_json: bool, words: str) -> None:
    if sys.stderr.isatty():
        typer.echo("", err=True)
    typer.echo(json.dumps(done) if as_json else words.format(**done))
