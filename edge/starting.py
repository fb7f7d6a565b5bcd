"""From a plant.toml to an edge that runs, and what is said where one cannot."""

import asyncio
import errno
import logging
import os
import socket
import sys
from pathlib import Path

import structlog
import typer

from edge.commissioning.exits import INVALID, LOCKED, NEGATIVE, end
from edge.commissioning.plant_file import plant_of
from edge.config import PlantConfig, missing_tokens
from edge.daemon import Daemon
from edge.domain.clock import Clock, parse_plant_clock
from edge.domain.recording import StoreUnavailable
from edge.keeping import keeping
from edge.serving import announce, bound
from edge.storage.errors import StoreLocked, StoreUnusable
from edge.storage.recovery import NOTHING, Order
from edge.storage.store import Store
from plc_drivers.registry import silence_libraries


def start(config: Path, plant_clock: str, ready_json: bool) -> int:
    """Run the edge of a plant.toml until it is ended; its exit code."""
    plant = plant_of(config)
    try:
        clock = parse_plant_clock(plant_clock)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--plant-clock") from None
    if missing := missing_tokens(plant, os.environ):
        end("\n".join(map(str, missing)), INVALID)
    _log_to_stderr()
    return asyncio.run(_run(plant, clock, ready_json))


async def _run(plant: PlantConfig, clock: Clock, ready_json: bool) -> int:
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
    try:
        return bound(plant.api.host, plant.api.port)
    except OSError as error:
        place = f'{plant.file}: api.listen = "{plant.api.host}:{plant.api.port}"'
        if error.errno == errno.EADDRINUSE:
            mend = "end the process that listens there, or write another port"
            end(f"{place}: another process listens there; mend: {mend}", LOCKED)
        mend = "write an address of this machine, and a port that you may use"
        end(f"{place}: {error.strerror}; mend: {mend}", INVALID)


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
