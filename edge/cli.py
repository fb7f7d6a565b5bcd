"""The edge's commands: `taktline edge`, `check`, `read` and `verify`.

Exit codes: 0 done, 1 a negative result (unreachable device, broken chain), 2 usage,
3 invalid input, 4 locked by another process, 130 interrupted.
"""

import asyncio
import errno
import gc
import json
import logging
import os
import socket
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import structlog
import typer

from edge.commissioning.exits import INTERRUPTED, INVALID, LOCKED, NEGATIVE, USAGE, end
from edge.commissioning.reading import print_round, read_rounds, silence_libraries
from edge.config import ConfigFaults, Device, PlantConfig, load, missing_tokens
from edge.domain.clock import Clock, parse_plant_clock
from edge.domain.recording import StoreUnavailable
from edge.keeping import keeping
from edge.storage.errors import StoreLocked, StoreUnusable
from edge.storage.recovery import NOTHING, Order
from edge.storage.store import Store
from edge.storage.verify import VerifyResult
from edge.storage.verify import verify as verify_store

edge = typer.Typer(help="Run the edge service of a plant.", add_completion=False)
verify = typer.Typer(help="Check a store's chain of facts.", add_completion=False)
check = typer.Typer(help="Validate a plant.toml and name every fault.", add_completion=False)
read = typer.Typer(help="Read every tag of every device and print it.", add_completion=False)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@edge.command()
def edge_command(
    config: Annotated[Path, typer.Option(help="The plant.toml.")],
    plant_clock: Annotated[
        str, typer.Option(help="ORIGIN,SPEED,ANCHOR: an accelerated plant clock, for demos.")
    ] = "",
    ready_json: Annotated[
        bool, typer.Option("--ready-json", help="Print one JSON line once the API listens.")
    ] = False,
) -> None:
    """Read the machines, plan, instruct, record. Logs are JSON lines on stderr.

    Exit 3: a fault in plant.toml, or no token where it names one. Exit 4: another process
    holds the store, or the address of the API. Exit 130: Ctrl-C.
    """
    plant = _load(config, as_json=False)
    try:
        clock = parse_plant_clock(plant_clock)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--plant-clock") from None
    if missing := missing_tokens(plant, os.environ):
        end("\n".join(map(str, missing)), INVALID)
    _log_to_stderr()
    raise typer.Exit(asyncio.run(_run(plant, clock, ready_json)))


async def _run(plant: PlantConfig, clock: Clock, ready_json: bool) -> int:
    gc.disable()  # what is loaded stays: looking for garbage in it takes a sixth of the start
    from edge.daemon import Daemon  # 80 MB of libraries that others do without

    gc.freeze()
    gc.enable()
    from edge.serving import announce

    try:
        # The store first: who starts an edge twice is told who holds it, not that a port is taken.
        listener: socket.socket | None = None
        order = NOTHING
        while True:
            with _store(plant, clock, order) as store:
                if listener is None:
                    listener = _listener(plant)
                    if ready_json:
                        announce(listener)
                daemon = Daemon(plant, store, clock)
                code = await daemon.run(listener.dup())
            if daemon.again is None:
                listener.close()
                return code
            order, plant = daemon.again, daemon.plant
    except StoreLocked as error:
        end(str(error), LOCKED)
    except StoreUnusable as error:
        end(str(error), INVALID)
    except StoreUnavailable as error:
        end(f"{plant.edge.store}: {error}; mend: free space on its disk, then start", NEGATIVE)


def _store(plant: PlantConfig, clock: Clock, order: Order) -> Store:
    """The store, sound: a damaged one is replaced by its newest good snapshot."""
    edge = plant.edge
    return Store.open(edge.store, edge.id, clock, keeping=keeping(plant), order=order)


def _listener(plant: PlantConfig) -> socket.socket:
    from edge.serving import bound

    try:
        return bound(plant.api.host, plant.api.port)
    except OSError as error:
        place = f'{plant.file}: api.listen = "{plant.api.host}:{plant.api.port}"'
        if error.errno == errno.EADDRINUSE:
            mend = "end the process that listens there, or write another port"
            end(f"{place}: another process listens there; mend: {mend}", LOCKED)
        mend = "write an address of this machine, and a port that you may use"
        end(f"{place}: {error.strerror}; mend: {mend}", INVALID)


@verify.command()
def verify_command(
    store: Annotated[Path, typer.Argument(help="The edge's SQLite file; it may be in use.")],
    as_json: Json = False,
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


def _log_to_stderr() -> None:
    """JSON lines, plant-independent; libraries are heard from warnings on."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(message)s")
    silence_libraries()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


@check.command()
def check_command(
    file: Annotated[Path, typer.Argument(help="The plant.toml.")], as_json: Json = False
) -> None:
    """Validate a plant.toml; name every fault by file, key, value and mend (exit 3)."""
    plant = _load(file, as_json)
    tags = sum(len(device.connection.tags) for device in plant.devices)
    if as_json:
        typer.echo(json.dumps({"file": str(file), "sha256": plant.sha256, "faults": []}))
    else:
        typer.echo(
            f"{file}: sound; work centers: {len(plant.work_centers)}, "
            f"devices: {len(plant.devices)}, tags: {tags}"
        )


@read.command()
def read_command(
    config: Annotated[Path, typer.Option(help="The plant.toml.")],
    once: Annotated[bool, typer.Option("--once", help="Read once, then end.")] = False,
    device: Annotated[str | None, typer.Option(help="Only the device of this id.")] = None,
    as_json: Json = False,
) -> None:
    """Read every tag: value, quality, times. Exit 1 names what cannot be reached, and why."""
    chosen = _choose(_load(config, as_json), device)
    silence_libraries()
    try:
        reached = asyncio.run(_read(chosen, once, as_json))
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None
    raise typer.Exit(0 if reached else NEGATIVE)


async def _read(devices: tuple[Device, ...], once: bool, as_json: bool) -> bool:
    reached = True
    async for outcomes in read_rounds(devices, once=once):
        print_round(outcomes, as_json=as_json)
        reached = all(outcome.reached for outcome in outcomes)
    return reached


def _choose(plant: PlantConfig, device: str | None) -> tuple[Device, ...]:
    chosen = tuple(each for each in plant.devices if device in (None, each.id))
    if not chosen:
        known = ", ".join(each.id for each in plant.devices)
        typer.echo(f"--device {device}: no such device; mend: one of {known}", err=True)
        raise typer.Exit(USAGE)
    return chosen


def _load(file: Path, as_json: bool) -> PlantConfig:
    try:
        return load(file)
    except ConfigFaults as error:
        faults = [asdict(fault) for fault in error.faults]
        if as_json:
            typer.echo(json.dumps({"file": str(file), "faults": faults}, ensure_ascii=False))
        else:
            typer.echo(f"{error}\n{file}: {len(faults)} fault(s)", err=True)
        raise typer.Exit(INVALID) from None
