"""`taktline simulate-erp`: an ERP that sends a month plan, polls and books."""

import logging
import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, NoReturn
from zoneinfo import ZoneInfo

import stamina.instrumentation
import typer

from simulators.clock import parse_plant_clock
from simulators.erp.books import Books
from simulators.erp.client import SyncClient
from simulators.erp.errors import ExampleInvalid, RequestRefused
from simulators.erp.example import load_example
from simulators.erp.system import Erp, Fault

NEGATIVE, USAGE, INVALID_INPUT, INTERRUPTED = 1, 2, 3, 130

simulate_erp = typer.Typer(
    help="A simulated ERP: sends a month plan, polls what happened, books it.", add_completion=False
)


@simulate_erp.command()
def run(
    example: Annotated[Path, typer.Argument(help="Folder with erp.toml and what it names")],
    sync: Annotated[str, typer.Option(help="Base URL of the sync service")],
    token_env: Annotated[str, typer.Option(help="Environment variable that holds the token")],
    books: Annotated[Path, typer.Option(help="The ERP's own SQLite file")],
    plant_clock: Annotated[str, typer.Option(help="ORIGIN,SPEED,ANCHOR of a demo")] = "",
    fault: Annotated[Fault | None, typer.Option(help="Book wrongly, once: for tests")] = None,
) -> None:
    """Run until stopped. Exit codes: 1 refused by the service, 2 usage, 3 invalid example."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    stamina.instrumentation.set_on_retry_hooks([])  # the ERP logs a loss and its end itself
    logging.getLogger("httpx").setLevel(logging.WARNING)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    token = os.environ.get(token_env, "")
    if not token:
        _stop(f"environment variable {token_env} is empty; set it to the ERP's token", USAGE)
    if not sync.startswith(("http://", "https://")):
        _stop(f"--sync {sync!r} is no address; write for example http://127.0.0.1:8080", USAGE)
    try:
        clock = parse_plant_clock(plant_clock)
    except ValueError as error:
        _stop(f"--plant-clock: {error}", USAGE)
    try:
        sent = load_example(example)
        own_books = _books(books, sent.zone, clock.now)
        Erp(sent, own_books, SyncClient(sync, token), fault).run()
    except (ExampleInvalid, ValueError) as invalid:
        _stop(str(invalid), INVALID_INPUT)
    except RequestRefused as refused:
        _stop(f"the sync service refused: {refused}", NEGATIVE)
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None


def _books(file: Path, zone: ZoneInfo, now: Callable[[], int]) -> Books:
    try:
        return Books(file, zone, now)
    except sqlite3.DatabaseError as error:
        _stop(f"--books {file}: {error}; name a file that you may write", INVALID_INPUT)


def _stop(text: str, code: int) -> NoReturn:
    typer.echo(f"taktline simulate-erp: {text}", err=True)
    raise typer.Exit(code)
