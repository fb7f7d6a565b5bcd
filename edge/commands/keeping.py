"""`taktline backup` and `taktline restore`: copies of an edge's store, and one in its place.

Exit codes: 0 done; 1 the edge refuses; 2 usage; 3 no copy can be made, or none that can be put
back; 4 a running edge holds the store; 5 the edge cannot be reached.
"""

import json
from pathlib import Path
from time import sleep
from typing import Annotated, Any

import typer

from edge.commands.request import AsJson, TokenEnv
from edge.commissioning.address import checked_url
from edge.commissioning.asking import ask, document, refusal
from edge.commissioning.exits import INVALID, LOCKED, NEGATIVE, UNREACHABLE, USAGE, end
from edge.commissioning.plant_file import plant_of
from edge.config import PlantConfig
from edge.domain.clock import SystemClock
from edge.keeping import keeping
from edge.storage.backup import backup as copy_store
from edge.storage.backup import same_disk
from edge.storage.errors import StoreLocked, StoreUnusable
from edge.storage.recovery import Order
from edge.storage.snapshots import Snapshots
from edge.storage.store import Store

COPY_S = 3600.0  # a large store takes its time
AGAIN_S, LOOK_S = 120.0, 0.5
SAME_DISK = "on the disk of the store, and gone with it; keep another copy on another"

backup = typer.Typer(help="Copy an edge's store, also while it runs.", add_completion=False)
restore = typer.Typer(help="Put a snapshot in the place of a store.", add_completion=False)

Config = Annotated[
    Path | None, typer.Option("--config", help="The plant.toml of an edge on this machine.")
]
EdgeUrl = Annotated[
    str, typer.Option("--edge", help="The address of a running edge, for example http://box:8811.")
]
Actor = Annotated[str, typer.Option("--actor", help="Who is recorded with it.")]


@backup.command()
def backup_command(
    target: Annotated[str, typer.Argument(help="A new file; with --edge, on the edge's machine.")],
    config: Config = None,
    edge: EdgeUrl = "",
    token_env: TokenEnv = "",
    actor: Actor = "taktline backup",
    as_json: AsJson = False,
) -> None:
    """Copy the store as it is at one moment; the copy is opened, checked and counted.

    With --config it needs no running edge and disturbs none. It never overwrites.
    """
    if edge:
        body = {"actor": actor, "target": target}
        answer = ask(edge, token_env, "POST", "/store/copies", time_limit_s=COPY_S, json=body)
        said = answer.json() if answer.is_success else end(refusal(answer), NEGATIVE)
    else:
        try:
            store, copy = named_plant(config).edge.store, Path(target)
            proof = copy_store(store, copy, archives=True)
        except StoreUnusable as error:
            end(str(error), INVALID)
        said = {"name": target, "epoch": proof.epoch, "seq": proof.seq, "facts": proof.facts}
        said |= {"same_disk": same_disk(copy, store)}
    typer.echo(json.dumps(said) if as_json else f"{said['name']}: whole; facts: {said['facts']}")
    if said.get("same_disk") and not as_json:
        typer.echo(f"{said['name']}: {SAME_DISK}", err=True)


@restore.command()
def restore_command(
    snapshot: Annotated[
        str, typer.Argument(help="A snapshot's number or name, or the file of a backup.")
    ],
    config: Config = None,
    through_edge: Annotated[
        bool, typer.Option("--through-edge", help="Let the edge that holds the store do it.")
    ] = False,
    without_archives: Annotated[
        bool,
        typer.Option("--without-archives", help="Also if archive files of it are missing."),
    ] = False,
    edge: EdgeUrl = "",
    token_env: TokenEnv = "",
    actor: Actor = "taktline restore",
    as_json: AsJson = False,
) -> None:
    """Prove a snapshot and put it in the store's place; the old file is set aside.

    A store that a running edge holds is refused with exit 4, unless it is asked to do it: it
    ends its rooms, restores, and counts again.
    """
    if edge or through_edge:
        url = checked_url(edge or own_address(named_plant(config)))
        body = {"actor": actor, "snapshot": snapshot, "without_archives": without_archives}
        said = _through(url, token_env, body)
    else:
        said = _here(named_plant(config), snapshot, without_archives)
    typer.echo(json.dumps(said) if as_json else _words(said))


def _here(plant: PlantConfig, snapshot: str, without_archives: bool) -> dict[str, Any]:
    """Restore while no edge runs."""
    store, kept = plant.edge.store, keeping(plant)
    file = Snapshots(store, kept).named(snapshot)
    order = Order(snapshot=file, without_archives=without_archives)
    clock = SystemClock()
    try:
        with Store.open(store, plant.edge.id, clock, keeping=kept, order=order) as opened:
            end_, [*_, done] = opened.reader.chain_end(), opened.recovery.all()
    except StoreLocked as error:
        end(f"{error}, or add --through-edge, and that edge does it", LOCKED)
    except StoreUnusable as error:
        end(str(error), INVALID)
    return {"name": done.snapshot, "seq": end_.seq, "set_aside": done.set_aside}


def _through(url: str, token_env: str, body: dict[str, Any]) -> dict[str, Any]:
    """Let the running edge restore, and wait until it is ready again."""
    before = len(_recoveries(url, token_env))
    answer = ask(url, token_env, "POST", "/store/restore", time_limit_s=COPY_S, json=body)
    if not answer.is_success:
        end(refusal(answer), NEGATIVE)
    name = Path(answer.json()["name"]).name
    for _ in range(round(AGAIN_S / LOOK_S)):
        sleep(LOOK_S)
        done = _recoveries(url, token_env)[before:]
        if done:
            return {"name": name, "seq": done[-1]["seq"], "set_aside": done[-1]["set_aside"]}
    return end(f"edge {url} has not come back within {AGAIN_S:g} s; see its log", UNREACHABLE)


def _recoveries(url: str, token_env: str) -> list[dict[str, Any]]:
    """Restores that the edge knows of; none while it begins anew."""
    found: list[dict[str, Any]] = document(ask(url, token_env, "GET", "/store")).get(
        "recoveries", []
    )
    return found


def _words(said: dict[str, Any]) -> str:
    return (
        f"{said['name']} is the store now, up to fact {said['seq']}; set aside: {said['set_aside']}"
    )


def own_address(plant: PlantConfig) -> str:
    """Where the edge of this plant answers on its own machine."""
    host = f"[{plant.api.host}]" if ":" in plant.api.host else plant.api.host
    return f"http://{host}:{plant.api.port}"


def named_plant(config: Path | None) -> PlantConfig:
    """The plant of a file; exit 2 without one, 3 with every fault."""
    if config is None:
        end("say which edge: --config plant.toml, or --edge URL", USAGE)
    return plant_of(config)
